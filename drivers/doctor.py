"""What devices are there, what is wrong with them and what to do, in words.

Every driver and every way of finding devices is asked by itself and in its own thread: one that fails
or hangs becomes a line of the report and cannot hide the rest. What a line says is a row of
`drivers.discovery.verdicts`, picked by `drivers.discovery.diagnosis`.
"""

import importlib
import os
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from drivers.api.device import DeviceConfig, DeviceKind, Health, Probe
from drivers.api.errors import DriverError, Language, ProtocolError, Timeout
from drivers.checkup import SECRET_KEY_VARIABLE, check_device, find_speed
from drivers.discovery import cameras, search, serial_ports, usb_printers
from drivers.discovery.diagnosis import Diagnosis, diagnose, judge
from drivers.discovery.found import Found, Problem
from drivers.discovery.verdicts import VERDICTS

__all__ = [
    "SECRET_KEY_VARIABLE",
    "Finding",
    "check_device",
    "check_libraries",
    "examine",
    "find_all",
    "find_speed",
]

CHECK_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        kind: a `DeviceKind`, 'serial port', 'library' or 'search'.
        name: id of a configured device, or the name the system gives it.
        address: where it is.
        probe: verdict, words and hint.
        configured: whether the till is set up to use it.
        verdict: code of the row of `VERDICTS`, '' while a check is not done.
        config: proposed settings of a device that was found, None where the person has to choose.
    """

    kind: str
    name: str
    address: str
    probe: Probe
    configured: bool = False
    verdict: str = ""
    config: DeviceConfig | None = None

    def line(self, lang: Language = "ru") -> str:
        """The finding as one line of text."""
        words = self.probe.words_ru if lang == "ru" else self.probe.words_en
        hint = self.probe.hint_ru if lang == "ru" else self.probe.hint_en
        mark = {Health.ONLINE: "OK  ", Health.DEGRADED: "!   ", Health.OFFLINE: "FAIL"}
        text = f"{mark[self.probe.health]} {self.kind:<11} {self.name:<16} {self.address}: {words}"
        return f"{text}. {hint}" if hint else text

    def to_json(self) -> dict[str, object]:
        """The finding for `doctor --json`."""
        return {
            "kind": self.kind,
            "name": self.name,
            "address": self.address,
            "configured": self.configured,
            "verdict": self.verdict,
            "health": str(self.probe.health),
            "code": self.probe.code,
            "words": {"ru": self.probe.words_ru, "en": self.probe.words_en},
            "hint": {"ru": self.probe.hint_ru, "en": self.probe.hint_en},
            "config": self.config.to_json() if self.config else None,
        }


def examine(
    configs: Sequence[DeviceConfig] = (),
    *,
    discover: bool = True,
    network: bool = False,
    timeout_s: float = CHECK_TIMEOUT_S,
) -> tuple[Finding, ...]:
    """Check the configured devices and look for others; takes `timeout_s` at most. Any thread.

    Args:
        configs: the devices of the settings.
        discover: look for devices that are not among them.
        network: look through the local network too; only when a person asked for it.
        timeout_s: for everything; a search on the network gets the time it needs.
    """
    checks: list[tuple[Finding, Callable[[], list[Finding]]]] = []
    for config in configs:
        blank = Finding(str(config.kind), config.id, config.address, _SILENT, configured=True)
        blank = replace(blank, verdict="device.hangs")
        checks.append((blank, _checker(config, blank, configs)))
    limit_s = timeout_s
    if discover:
        limit_s = max(timeout_s, search.NETWORK_TIMEOUT_S + 1.0) if network else timeout_s
        blank = Finding("search", "-", "-", _SILENT, verdict="device.hangs")
        checks.append((blank, lambda: find_all(network=network, timeout_s=limit_s - 1.0)))
        checks.append((replace(blank, kind="library"), check_libraries))
    findings = _run_all(checks, limit_s)
    used = {os.path.realpath(config.address) for config in configs}
    return tuple(
        item for item in findings if item.configured or os.path.realpath(item.address) not in used
    )


def _checker(
    config: DeviceConfig, blank: Finding, others: Sequence[DeviceConfig]
) -> Callable[[], list[Finding]]:
    def check() -> list[Finding]:
        try:
            diagnosis = judge(config, check_device(config, others))
        except DriverError as error:
            diagnosis = _explain(config, error)
        return [replace(blank, probe=diagnosis.probe, verdict=diagnosis.verdict)]

    return check


def _explain(config: DeviceConfig, error: DriverError) -> Diagnosis:
    """Say what an error means; a scale that is silent on its line is tried at other speeds."""
    lost_for_words = isinstance(error, Timeout | ProtocolError)
    if config.kind is DeviceKind.SCALE and config.transport == "serial" and lost_for_words:
        found = find_speed(config)
        if found:
            values = {"found": found, "baud": str(config.options.get("baud", "")) or "?"}
            row = VERDICTS["line.other_speed"]
            return Diagnosis(row.code, row.probe(values, error.code))
    return diagnose(config, error)


def _run_all(
    checks: Iterable[tuple[Finding, Callable[[], list[Finding]]]], timeout_s: float
) -> list[Finding]:
    """Run every check on its own daemon thread; what hangs is reported as silent."""
    results: list[list[Finding]] = []
    threads = []
    for blank, check in checks:
        slot = [blank]
        results.append(slot)
        thread = threading.Thread(target=_guarded, args=(blank, check, slot), daemon=True)
        thread.start()
        threads.append(thread)
    ended = threading.Event()
    waiter = threading.Thread(target=_join_all, args=(threads, ended), daemon=True)
    waiter.start()
    ended.wait(timeout_s)
    return [finding for slot in results for finding in list(slot)]


def _join_all(threads: list[threading.Thread], ended: threading.Event) -> None:
    for thread in threads:
        thread.join()
    ended.set()


def _guarded(blank: Finding, check: Callable[[], list[Finding]], slot: list[Finding]) -> None:
    try:
        slot[:] = check()
    except Exception as error:  # noqa: BLE001 - one broken library must not hide the other lines
        row = VERDICTS["program.fault"]
        probe = row.probe({"detail": f"{type(error).__name__}: {error}"})
        slot[:] = [replace(blank, probe=probe, verdict=row.code)]


def find_all(*, network: bool = False, timeout_s: float = CHECK_TIMEOUT_S) -> list[Finding]:
    """Everything that the searches find, and a line for each search that was not well."""
    limit_s = min(timeout_s, search.NETWORK_TIMEOUT_S if network else search.TIMEOUT_S)
    result = search.discover(network=network, timeout_s=limit_s)
    return [_found(item) for item in result.found] + [_problem(item) for item in result.problems]


def find_serial_ports() -> list[Finding]:
    """Serial ports of this computer."""
    return [_found(item) for item in serial_ports.find_serial_ports()]


def find_usb_printers() -> list[Finding]:
    """Printers on USB."""
    return [_found(item) for item in usb_printers.find_usb_printers()]


def find_cameras() -> list[Finding]:
    """Cameras, without switching them on where the system lists them."""
    return [_found(item) for item in cameras.find_cameras()]


def _found(item: Found) -> Finding:
    verdict = "found.device" if item.config else "found.port"
    words = {"words_ru": item.words_ru.rstrip("."), "words_en": item.words_en.rstrip(".")}
    probe = VERDICTS[verdict].probe(words)
    return Finding(item.kind, item.title, item.address, probe, verdict=verdict, config=item.config)


def _problem(item: Problem) -> Finding:
    words = {"words_ru": item.words_ru.rstrip("."), "words_en": item.words_en.rstrip(".")}
    row = VERDICTS["search.failed"]
    return Finding("search", item.search, "-", row.probe(words), verdict=row.code)


def check_libraries() -> list[Finding]:
    """Libraries the drivers need, each with what is lost without it."""
    return [_check_library(name, *loss) for name, loss in _LIBRARIES.items()]


_LIBRARIES: Mapping[str, tuple[str, str]] = {
    "serial": ("не будет последовательных устройств", "no serial devices"),
    "escpos": ("не будет печати чеков", "no receipts are printed"),
    "cv2": ("не будет камеры", "no camera"),
    "zxingcpp": ("камера не будет читать коды", "the camera reads no codes"),
    "usb.core": ("не будет принтеров по USB без драйвера", "no USB printers without a driver"),
    "pyzbar.pyzbar": ("камера читает трудные коды хуже", "the camera reads hard codes less well"),
}


def _check_library(name: str, loss_ru: str, loss_en: str) -> Finding:
    try:
        module: Any = importlib.import_module(name)  # Any: a vendor's module, asked for its version
    except (ImportError, OSError) as error:
        row = VERDICTS["library.optional" if name.startswith(_OPTIONAL) else "library.missing"]
        probe = row.probe({"loss_ru": loss_ru, "loss_en": loss_en, "detail": str(error)})
        return Finding("library", name, "-", probe, verdict=row.code)
    row = VERDICTS["library.present"]
    version = str(getattr(module, "__version__", ""))
    return Finding("library", name, version or "-", row.probe(), verdict=row.code)


_OPTIONAL = ("pyzbar", "usb")
_SILENT = VERDICTS["device.hangs"].probe(code=Timeout.code)
