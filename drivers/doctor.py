"""What devices are there, what is wrong with them and what to do, in words.

Every driver and every way of finding devices is asked by itself and in its own thread: one that fails
or hangs becomes a line of the report and cannot hide the rest.
"""

import importlib
import os
import platform
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from drivers.api.device import DeviceConfig, DeviceKind, Health, Probe
from drivers.api.errors import DriverError, Language, Timeout
from drivers.registry import (
    build_camera,
    build_fiscal,
    build_printer,
    build_qr_payments,
    build_scanner,
    build_terminal,
)
from drivers.watch import (
    Watched,
    WatchedFiscal,
    WatchedPrinter,
    WatchedQrPayments,
    WatchedTerminal,
)

# ruff: noqa: PLC0415 - vendor libraries are asked one by one, each may be missing

CHECK_TIMEOUT_S = 20.0
CAMERA_TIMEOUT_S = 8.0
TERMINAL_ANSWER_S = 10.0
SECRET_KEY_VARIABLE = "SBP_SECRET_KEY"  # noqa: S105 - the name, not the key


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes:
        kind: 'printer', 'terminal', 'scanner', 'camera', 'serial port' or 'library'.
        name: id of a configured device, or the name the system gives it.
        address: where it is.
        probe: verdict, words and hint.
        configured: whether the till is set up to use it.
    """

    kind: str
    name: str
    address: str
    probe: Probe
    configured: bool = False

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
            "health": str(self.probe.health),
            "code": self.probe.code,
            "words": {"ru": self.probe.words_ru, "en": self.probe.words_en},
            "hint": {"ru": self.probe.hint_ru, "en": self.probe.hint_en},
        }


def examine(
    configs: Sequence[DeviceConfig] = (),
    *,
    discover: bool = True,
    timeout_s: float = CHECK_TIMEOUT_S,
) -> tuple[Finding, ...]:
    """Check the configured devices and look for others; takes `timeout_s` at most. Any thread."""
    checks: list[tuple[Finding, Callable[[], list[Finding]]]] = []
    for config in configs:
        blank = Finding(str(config.kind), config.id, config.address, _SILENT, configured=True)
        checks.append((blank, _checker(config, blank)))
    if discover:
        for name, search in _SEARCHES.items():
            checks.append((Finding(name, "-", "-", _SILENT), search))
    findings = _run_all(checks, timeout_s)
    used = {config.address for config in configs}
    return tuple(item for item in findings if item.configured or item.address not in used)


def check_device(config: DeviceConfig) -> Probe:
    """Open one configured device, look at it and let it go.

    Raises:
        DriverError: what is wrong with it.
    """
    watch = _WATCHES.get(config.kind)
    if watch is not None:
        return _open_and_poll(watch(config))
    if config.kind is DeviceKind.QR_PAYMENT:
        return _check_bank(config)
    if config.kind is DeviceKind.SCANNER:
        scanner = build_scanner(config)
        try:
            scanner.open()
        finally:
            scanner.close()
        hint = ("Считайте любой код, чтобы проверить его.", "Scan any code to check it.")
        return Probe(Health.ONLINE, "порт открыт", "the port is open", *hint)
    return _check_camera(config)


def _check_bank(config: DeviceConfig) -> Probe:
    """Ask the bank with the key from the surroundings; without one say how to give it."""
    key = os.environ.get(SECRET_KEY_VARIABLE, "")
    if not key:
        words = ("ключ банка не введён", "the bank's key is not given")
        hint = (
            f"Введите его в настройках кассы или в переменной {SECRET_KEY_VARIABLE}.",
            f"Enter it in the till's settings or in the variable {SECRET_KEY_VARIABLE}.",
        )
        return Probe(Health.DEGRADED, *words, *hint, code="qr.no_key")
    watched = WatchedQrPayments(build_qr_payments(config, secret_key=key))
    watched.open()
    try:
        return watched.poll()
    finally:
        watched.close()


def _watch_terminal(config: DeviceConfig) -> WatchedTerminal:
    limit = "ask_limit_s" if config.transport == "program" else "answer_timeout_s"
    short = {**config.options, limit: TERMINAL_ANSWER_S}
    return WatchedTerminal(build_terminal(replace(config, options=short)))


# Kinds that are looked at as the supervisor does. Any: each has a driver of its own.
_WATCHES: Mapping[DeviceKind, Callable[[DeviceConfig], Watched[Any]]] = {
    DeviceKind.PRINTER: lambda config: WatchedPrinter(build_printer(config)),
    DeviceKind.TERMINAL: _watch_terminal,
    DeviceKind.FISCAL: lambda config: WatchedFiscal(build_fiscal(config)),
}


def _open_and_poll(watched: Watched[Any]) -> Probe:
    try:
        watched.open()
        return watched.poll()
    finally:
        watched.close()


def _check_camera(config: DeviceConfig) -> Probe:
    camera = build_camera(config)
    done = threading.Event()
    failures: list[Exception] = []

    def fail(error: Exception) -> None:
        failures.append(error)
        done.set()

    camera.start(lambda _: None, lambda _: done.set(), fail)
    came = done.wait(CAMERA_TIMEOUT_S)
    camera.stop(1.0)
    if failures:
        raise failures[0]
    if not came:
        raise Timeout(f"camera {config.address}: no picture in {CAMERA_TIMEOUT_S} s")
    return Probe(Health.ONLINE, "показывает", "shows a picture")


def _checker(config: DeviceConfig, blank: Finding) -> Callable[[], list[Finding]]:
    return lambda: [replace(blank, probe=check_device(config))]


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
    except DriverError as error:
        slot[:] = [replace(blank, probe=_of_error(error))]
    except Exception as error:  # noqa: BLE001 - one broken library must not hide the other lines
        words = f"{type(error).__name__}: {error}"
        hint = ("Сообщите в поддержку.", "Tell the support.")
        slot[:] = [replace(blank, probe=Probe(Health.OFFLINE, words, words, *hint))]


def _of_error(error: DriverError) -> Probe:
    """The error's own sentences with the detail that an installer needs."""
    probe = Probe.of_error(error)
    if not error.detail:
        return probe
    return replace(
        probe,
        words_ru=f"{probe.words_ru} ({error.detail})",
        words_en=f"{probe.words_en} ({error.detail})",
    )


def find_serial_ports() -> list[Finding]:
    """Serial ports of this computer."""
    from serial.tools import list_ports

    hint = ("Можно подключить как сканер, принтер или терминал.", "May be a scanner or a printer.")
    probe = Probe(Health.ONLINE, "порт найден", "port found", *hint)
    return [
        Finding("serial port", port.description or port.name, port.device, probe)
        for port in sorted(list_ports.comports(), key=lambda port: str(port.device))
    ]


def find_usb_printers() -> list[Finding]:
    """Printer nodes of the Linux kernel; elsewhere none."""
    probe = Probe(Health.ONLINE, "принтер найден", "printer found")
    nodes = sorted(Path("/dev/usb").glob("lp*")) if os.name == "posix" else []
    return [Finding("printer", node.name, str(node), probe) for node in nodes]


def find_cameras() -> list[Finding]:
    """Cameras, without switching them on where the system lists them."""
    probe = Probe(Health.ONLINE, "камера найдена", "camera found")
    folder = Path("/sys/class/video4linux")
    if platform.system() == "Linux":
        nodes = sorted(folder.glob("video*")) if folder.is_dir() else []
        return [
            Finding("camera", _read(node / "name"), node.name.removeprefix("video"), probe)
            for node in nodes
        ]
    from drivers.scanners import vision

    found = []
    for index in range(3):
        try:
            vision.open_frames(str(index), width=0, height=0).release()
        except DriverError:
            continue
        found.append(Finding("camera", f"camera {index}", str(index), probe))
    return found


def check_libraries() -> list[Finding]:
    """Libraries the drivers need, each with what is lost without it."""
    return [_check_library(name, *loss) for name, loss in _LIBRARIES.items()]


_LIBRARIES: Mapping[str, tuple[str, str]] = {
    "serial": ("не будет последовательных устройств", "no serial devices"),
    "escpos": ("не будет печати чеков", "no receipts are printed"),
    "cv2": ("не будет камеры", "no camera"),
    "zxingcpp": ("камера не будет читать коды", "the camera reads no codes"),
    "pyzbar.pyzbar": ("камера читает трудные коды хуже", "the camera reads hard codes less well"),
}


def _check_library(name: str, loss_ru: str, loss_en: str) -> Finding:
    try:
        module: Any = importlib.import_module(name)  # Any: a vendor's module, asked for its version
    except (ImportError, OSError) as error:
        optional = name.startswith("pyzbar")
        health = Health.DEGRADED if optional else Health.OFFLINE
        probe = Probe(health, f"нет: {loss_ru}", f"missing: {loss_en}", str(error), str(error))
        return Finding("library", name, "-", probe)
    version = str(getattr(module, "__version__", ""))
    return Finding("library", name, version or "-", Probe(Health.ONLINE, "есть", "present"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return path.parent.name


_SILENT = Probe.of_error(Timeout())
_SEARCHES: Mapping[str, Callable[[], list[Finding]]] = {
    "serial port": find_serial_ports,
    "printer": find_usb_printers,
    "camera": find_cameras,
    "library": check_libraries,
}
