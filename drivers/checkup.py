"""One look at one configured device: open it, ask it, let it go. For the doctor and `status`."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from drivers.api.device import DeviceConfig, DeviceKind, Health, OptionValue, Probe
from drivers.api.errors import DriverError, ProtocolError, Timeout
from drivers.api.printer import ReceiptPrinter
from drivers.registry import (
    build_camera,
    build_display,
    build_drawer,
    build_fiscal,
    build_printer,
    build_qr_payments,
    build_scale,
    build_scanner,
    build_terminal,
)
from drivers.watch import (
    Watched,
    WatchedDisplay,
    WatchedDrawer,
    WatchedFiscal,
    WatchedPrinter,
    WatchedQrPayments,
    WatchedScale,
    WatchedTerminal,
)

CAMERA_TIMEOUT_S = 8.0
TERMINAL_ANSWER_S = 10.0
SECRET_KEY_VARIABLE = "SBP_SECRET_KEY"  # noqa: S105 - the name, not the key
SPEED_ANSWER_S = 0.3
SPEEDS = (
    (9600, "N"),
    (57600, "N"),
    (4800, "E"),
    (19200, "N"),
    (115200, "N"),
    (4800, "N"),
    (19200, "E"),
)
"""Line settings met at scales (public clients of the scales), the usual ones first."""


def check_device(config: DeviceConfig, others: Sequence[DeviceConfig] = ()) -> Probe:
    """Open one configured device, look at it and let it go.

    Args:
        config: the device.
        others: the rest of the settings; a drawer in a printer's socket needs its printer.

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
    if config.kind is DeviceKind.DRAWER:
        printer = _printer_of(config, others)
        return _open_and_poll(WatchedDrawer(build_drawer(config, printer)))
    return _check_camera(config)


def _printer_of(config: DeviceConfig, others: Sequence[DeviceConfig]) -> ReceiptPrinter | None:
    for other in others:
        if other.id == config.address and other.kind is DeviceKind.PRINTER:
            return build_printer(other)
    return None


def find_speed(config: DeviceConfig) -> str:
    """Say at which line speed a scale answers, '' if at none; asks for the weight only."""
    for baud, parity in SPEEDS:
        line: dict[str, OptionValue] = {"baud": baud, "parity": parity, "answer_s": SPEED_ANSWER_S}
        tried = build_scale(replace(config, options={**config.options, **line}))
        try:
            tried.open()
            tried.read()
        except (Timeout, ProtocolError):
            continue
        except DriverError:
            return ""  # the port itself is the trouble
        finally:
            tried.close()
        return f"{baud} 8{parity}1"
    return ""


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
    DeviceKind.SCALE: lambda config: WatchedScale(build_scale(config)),
    DeviceKind.DISPLAY: lambda config: WatchedDisplay(build_display(config)),
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
