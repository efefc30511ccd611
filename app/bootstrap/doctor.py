"""`maxloyalty doctor`: which devices are configured or found, and what is wrong with them."""

import json
import sys
from dataclasses import replace
from typing import Final

from app.bootstrap.marking import LateMarking, marking_settings
from app.kernel.clock import SystemClock
from app.settings import Settings
from drivers.api.device import DeviceConfig, Health, Probe
from drivers.api.errors import DriverError, Language
from drivers.doctor import Finding, examine

_ADDRESSES: Final = ("piot_url", "cdn_url", "module_url")


def run_doctor(*, as_json: bool, network: bool = False) -> int:
    """Print a line (or JSON) for each device; 1 if a configured one does not work.

    Args:
        as_json: For programs.
        network: Also look for devices in the local network; only when a person asked for it.
    """
    settings = Settings.load()
    lang: Language = "en" if settings.language == "en" else "ru"
    configs: list[DeviceConfig] = []
    wrong: list[DriverError] = []
    for entry in settings.devices:
        try:
            configs.append(DeviceConfig.from_json(entry))
        except DriverError as error:
            wrong.append(error)
    findings = (*examine(configs, network=network), *look_at_marking(settings))
    if as_json:
        rows = [finding.to_json() for finding in findings]
        rows += [{"kind": "setting", "health": "offline", "words": {"en": str(x)}} for x in wrong]
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    else:
        for finding in findings:
            sys.stdout.write(finding.line(lang) + "\n")
        for each in wrong:
            sys.stdout.write(f"FAIL setting: {each.text(lang)} ({each})\n")
    broken = any(item.configured and item.probe.health is Health.OFFLINE for item in findings)
    return 1 if broken or wrong else 0


def look_at_marking(settings: Settings) -> tuple[Finding, ...]:
    """Ask the services of marking codes how they are; nothing if the settings name none."""
    if not settings.marking:
        return ()
    address = " ".join(str(settings.marking[key]) for key in _ADDRESSES if key in settings.marking)
    try:
        checker = LateMarking(marking_settings(settings.marking), SystemClock())
        probe = checker.probe()
        checker.close()
    except DriverError as error:
        probe = replace(Probe.of_error(error), hint_ru=str(error), hint_en=str(error))
    return (Finding("marking", "services", address, probe, configured=True, verdict=probe.code),)
