"""Serial ports by what hangs on them, for a name of the system changes with the socket.

An address ``usb:05f9:4204`` or ``usb:05f9:4204:S/N 123`` means the port of the USB device with that
vendor, product and, where given, serial number. It is looked up at every opening, so a scanner that was
pulled out and comes back as another ``/dev/ttyACM1`` or ``COM7`` is found again.
"""

import re
from collections.abc import Callable, Iterable
from typing import Protocol

from drivers.api.errors import ConfigurationError, NotConnected

SCHEME = "usb:"
_FORM = re.compile(r"usb:([0-9a-f]{4}):([0-9a-f]{4})(?::(.+))?", re.IGNORECASE)


class Port(Protocol):
    """What is known about a port; pyserial's own description has these fields."""

    device: str
    vid: int | None
    pid: int | None
    serial_number: str | None


def list_usb_ports() -> Iterable[Port]:
    """List the serial ports of this computer."""
    from serial.tools import list_ports  # noqa: PLC0415 - only those who look for a port pay for it

    ports: Iterable[Port] = list_ports.comports()
    return ports


def resolve_port(address: str, find: Callable[[], Iterable[Port]] = list_usb_ports) -> str:
    """Return the port's present name; an address that is a name is returned as it is.

    Raises:
        ConfigurationError: the address begins with ``usb:`` and goes on wrongly, or two devices fit.
        NotConnected: no such device is plugged in.
    """
    if not address.lower().startswith(SCHEME):
        return address
    form = _FORM.fullmatch(address)
    if form is None:
        raise ConfigurationError(
            f"serial {address!r} must be usb:VVVV:PPPP or usb:VVVV:PPPP:SERIAL"
        )
    vendor, product, serial = int(form[1], 16), int(form[2], 16), form[3]
    fitting = sorted(
        port.device
        for port in find()
        if (port.vid, port.pid) == (vendor, product) and serial in (None, port.serial_number)
    )
    if not fitting:
        raise NotConnected(f"serial {address}: no such USB device")
    if len(fitting) > 1:
        raise ConfigurationError(
            f"serial {address}: {', '.join(fitting)} fit alike, add the serial number"
        )
    return fitting[0]


def stable_address(port: Port) -> str:
    """Return an address that outlives a change of the socket; '' for a port that is no USB device."""
    if port.vid is None or port.pid is None:
        return ""
    tail = f":{port.serial_number}" if port.serial_number else ""
    return f"{SCHEME}{port.vid:04x}:{port.pid:04x}{tail}"
