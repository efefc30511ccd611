"""`maxloyalty doctor`: which devices are configured or found, and what is wrong with them."""

import json
import sys

from app.settings import Settings
from drivers.api.device import DeviceConfig, Health
from drivers.api.errors import DriverError, Language
from drivers.doctor import examine


def run_doctor(*, as_json: bool) -> int:
    """Print a line (or JSON) for each device; 1 if a configured one does not work."""
    settings = Settings.load()
    lang: Language = "en" if settings.language == "en" else "ru"
    configs: list[DeviceConfig] = []
    wrong: list[DriverError] = []
    for entry in settings.devices:
        try:
            configs.append(DeviceConfig.from_json(entry))
        except DriverError as error:
            wrong.append(error)
    findings = examine(configs)
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
