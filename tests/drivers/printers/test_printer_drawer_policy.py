"""Which payments open the drawer, and by which pulse."""

import pytest

from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.drawer_policy import DrawerWhen, opens_drawer
from drivers.api.errors import ConfigurationError
from drivers.api.printer import OpenDrawer, PrintDocument
from drivers.printers.escpos import EscposEncoder
from drivers.printers.profiles import get_profile
from drivers.printers.pulses import realtime_drawer_pulse
from drivers.registry import build_printer


@pytest.mark.parametrize(
    ("when", "tenders", "is_open"),
    [
        ("cash", {"cash"}, True),
        ("cash", {"card"}, False),
        ("cash", {"card", "cash"}, True),
        ("cash", (), False),
        ("always", {"card"}, True),
        ("always", (), False),
        ("never", {"cash"}, False),
    ],
)
def test_drawer_opens_by_the_tender(when: DrawerWhen, tenders: set[str], is_open: bool) -> None:
    assert opens_drawer(when, tenders) is is_open
    assert not opens_drawer(when, tenders, is_copy=True)


def test_pulse_and_pin_are_those_of_the_settings() -> None:
    profile = get_profile("XP-80").adjusted(drawer_pin=5, drawer_pulse_ms=100)
    encode = EscposEncoder(profile).encode
    assert encode(PrintDocument([OpenDrawer()])).endswith(b"\x1bp\x01\x32\xfa")
    assert encode(PrintDocument([OpenDrawer(2)])).endswith(b"\x1bp\x00\x32\xfa")
    assert realtime_drawer_pulse(5, 350) == b"\x10\x14\x01\x01\x04"


def test_settings_of_a_device_reach_the_driver() -> None:
    def config(**options: str | int) -> DeviceConfig:
        return DeviceConfig("r", DeviceKind.PRINTER, "printer.escpos", "usb", "04b8:0e15", options)

    printer = build_printer(config(profile="TM-T88V", drawer_when="never", drawer_pin=5))
    assert printer.capabilities.drawer_when == "never"
    for wrong in ({"drawer_when": "sometimes"}, {"drawer_pin": 4}, {"signs": "?"}):
        with pytest.raises(ConfigurationError):
            build_printer(config(**wrong))
