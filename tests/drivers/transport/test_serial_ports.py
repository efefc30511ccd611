"""A serial device is found by what it is, under whatever name the system gives its port now."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.api.errors import ConfigurationError, NotConnected
from drivers.transport import ports
from drivers.transport.ports import Port, resolve_port, stable_address
from drivers.transport.serial import SerialTransport


@dataclass
class Known:
    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


SCANNER = Known("/dev/ttyACM0", 0x05F9, 0x4204, "S/N 1")
TWIN = Known("/dev/ttyACM1", 0x05F9, 0x4204, "S/N 2")
PLAIN = Known("/dev/ttyS0")


def found(address: str, *known: Port) -> str:
    return resolve_port(address, lambda: known)


def test_port_is_found_by_vendor_product_and_serial_number() -> None:
    assert found("usb:05f9:4204", PLAIN, SCANNER) == "/dev/ttyACM0"
    assert found("USB:05F9:4204", SCANNER) == "/dev/ttyACM0"
    assert found("usb:05f9:4204:S/N 2", SCANNER, TWIN) == "/dev/ttyACM1"
    assert found("/dev/ttyS0") == "/dev/ttyS0"


def test_stable_address_finds_its_own_port() -> None:
    for port in (SCANNER, TWIN):
        assert found(stable_address(port), PLAIN, SCANNER, TWIN) == port.device
    assert stable_address(PLAIN) == ""
    assert stable_address(Known("COM3", 1, 2)) == "usb:0001:0002"


def test_absent_device_and_two_alike_are_said() -> None:
    with pytest.raises(NotConnected):
        found("usb:05f9:4204", PLAIN)
    with pytest.raises(NotConnected):
        found("usb:05f9:4204:S/N 3", SCANNER)
    with pytest.raises(ConfigurationError, match="ttyACM0, /dev/ttyACM1 fit alike"):
        found("usb:05f9:4204", SCANNER, TWIN)
    with pytest.raises(ConfigurationError, match="must be usb:"):
        found("usb:scanner")


def test_transport_looks_the_port_up_at_every_opening(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    present: list[Port] = []
    monkeypatch.setattr(ports.resolve_port, "__defaults__", (lambda: present,))
    transport = SerialTransport("usb:05f9:4204")
    with pytest.raises(NotConnected, match="no such USB device"):
        transport.open()
    present.append(Known(str(tmp_path / "ttyACM7"), 0x05F9, 0x4204))
    with pytest.raises(NotConnected, match="ttyACM7"):
        transport.open()
