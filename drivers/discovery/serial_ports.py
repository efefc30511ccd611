"""Serial ports of this computer, with the USB names behind them and a guess at what hangs there."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from drivers.api.device import DeviceKind
from drivers.discovery.found import Confidence, Found, Guess, UsbName, propose
from drivers.discovery.usb_ids import CONVERTER, guess_usb

BY_ID = Path("/dev/serial/by-id")
_ROLE_WORDS = {
    DeviceKind.SCANNER: ("сканер", "a scanner"),
    DeviceKind.PRINTER: ("принтер", "a printer"),
    DeviceKind.TERMINAL: ("платёжный терминал", "a payment terminal"),
    DeviceKind.FISCAL: ("касса (ККТ)", "a fiscal register"),
    DeviceKind.SCALE: ("весы", "a scale"),
}


def find_serial_ports(
    ports: Iterable[Any] | None = None,  # Any: pyserial has no stubs
    by_id: Path = BY_ID,
) -> list[Found]:
    """List the ports; none is opened.

    Args:
        ports: what pyserial lists, for tests.
        by_id: folder of lasting names on Linux.
    """
    if ports is None:
        from serial.tools import list_ports  # noqa: PLC0415 - not where no ports are asked for

        ports = list_ports.comports()
    lasting = _lasting_names(by_id)
    return [_found(port, lasting) for port in sorted(ports, key=lambda port: str(port.device))]


def _found(port: Any, lasting: dict[str, str]) -> Found:  # noqa: ANN401 - pyserial has no stubs
    address = lasting.get(os.path.realpath(port.device), str(port.device))
    usb = _usb_name(port)
    guess = guess_usb(usb.vendor, usb.product) if usb else None
    title = str(port.device)
    if usb and usb.title:
        title = f"{usb.title} ({port.device})"
    words_ru, words_en = _words(usb, guess)
    if guess is None or guess.role == CONVERTER:
        return Found(
            "serial port", address, "serial", title, words_ru=words_ru, words_en=words_en, usb=usb
        )
    kind = DeviceKind(guess.role)
    config = propose(kind, guess.model, "serial", address, guess.options) if guess.model else None
    return Found(
        str(kind),
        address,
        "serial",
        title,
        guess.model,
        guess.confidence,
        words_ru,
        words_en,
        usb,
        config,
    )


def _usb_name(port: Any) -> UsbName | None:  # noqa: ANN401 - pyserial has no stubs
    if port.vid is None:
        return None
    names = (str(name).strip() for name in (port.manufacturer, port.product) if name)
    return UsbName(
        f"{port.vid:04x}", f"{port.pid:04x}", str(port.serial_number or ""), " ".join(names)
    )


def _words(usb: UsbName | None, guess: Guess | None) -> tuple[str, str]:
    if usb is None:
        return (
            "Порт самого компьютера: что к нему подключено, не видно. Выберите устройство сами.",
            "A port of the computer itself: what is on it cannot be seen. Choose it yourself.",
        )
    if guess is None:
        return (
            f"USB-устройство {usb.numbers()}, которого нет в таблице. Выберите, что это.",
            f"A USB device {usb.numbers()} that is not in the table. Choose what it is.",
        )
    if guess.role == CONVERTER:
        return (
            f"Переходник {guess.title}: за ним может быть дисплей, весы, принтер, сканер.",
            f"A converter {guess.title}: a display, scale, printer or scanner may be behind it.",
        )
    role_ru, role_en = _ROLE_WORDS.get(DeviceKind(guess.role), (guess.role, guess.role))
    doubt_ru, doubt_en = _DOUBTS[guess.confidence]
    return f"{doubt_ru}{role_ru} {guess.title}.", f"{doubt_en}{role_en}, {guess.title}."


_DOUBTS = {
    Confidence.SURE: ("Это ", "It is "),
    Confidence.LIKELY: ("Скорее всего, это ", "It is probably "),
    Confidence.GUESS: ("Возможно, это ", "It may be "),
    Confidence.UNKNOWN: ("Может быть, это ", "It might be "),
}


def _lasting_names(folder: Path) -> dict[str, str]:
    """Device file -> name that stays when it is plugged into another socket."""
    if not folder.is_dir():
        return {}
    return {os.path.realpath(link): str(link) for link in sorted(folder.iterdir())}
