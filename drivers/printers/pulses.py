"""Drawer pulses of ESC/POS. Source: Epson ESC/POS command reference, ``ESC p`` and ``DLE DC4``."""

from drivers.api.printer import BadDocument, DrawerPin

PULSE_MS = 50
OFF_MS = 500
"""Pause after a pulse, for the coil to cool."""


def drawer_pulse(pin: DrawerPin, pulse_ms: int = PULSE_MS) -> bytes:
    """``ESC p m t1 t2``, times in steps of 2 ms, in the order of printing."""
    return bytes((0x1B, 0x70, _drawer_number(pin), min(pulse_ms // 2, 255), OFF_MS // 2))


def realtime_drawer_pulse(pin: DrawerPin, pulse_ms: int = PULSE_MS) -> bytes:
    """``DLE DC4 1 m t``, obeyed at once, also without paper; t is 100 ms, 200 ms ... 800 ms.

    The pulse is never shorter than 200 ms: the command's own time-out of the coil is coarse, and a drawer
    that stays shut without paper cannot be tried again by the cashier.
    """
    steps = min(max((pulse_ms + 99) // 100, 2), 8)
    return bytes((0x10, 0x14, 0x01, _drawer_number(pin), steps))


def _drawer_number(pin: DrawerPin) -> int:
    if pin not in {2, 5}:
        raise BadDocument(f"drawer pin {pin}")
    return 0 if pin == 2 else 1
