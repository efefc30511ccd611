"""Massa-K, protocol 100: frames over COM or TCP (port 5001).

::

    F8 55 CE | length u16 LE | body = command, data | check u16 LE

Sources: public clients of the protocol (the sample reply is verified by its check sum);
codes of the replies and of the errors as those clients name them (CMD_ACK_SET_TARE 12, CMD_NACK_TARE
15, CMD_ACK_SET 27, CMD_ERROR 28, CMD_NACK F0). What stands for how much in the division byte is not
confirmed by the maker: `DIVISIONS` is a default that the option `division` overrides.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.api.errors import (
    ConfigurationError,
    DeviceNotReady,
    DeviceRefused,
    FinalError,
    NotSupported,
    ProtocolError,
)
from drivers.api.scale import Overloaded, ScaleCapabilities, ScaleNeedsService, Weight
from drivers.scales.line import MORE, Line, Piece

HEADER = b"\xf8\x55\xce"
TCP_PORT = 5001
BODY_MAX = 512
GET_NAME, GET_MASS, SET_ZERO, SET_TARE = 0x20, 0x23, 0x72, 0xA3
ACK_NAME, ACK_MASS, ACK_SET, ACK_TARE = 0x21, 0x24, 0x27, 0x12
NACK_TARE, ERROR, NACK = 0x15, 0x28, 0xF0
DIVISIONS: Mapping[int, int] = {0: 1, 1: 10, 2: 100, 3: 1_000, 4: 10_000}
"""Code of the division -> tenths of a gram (unconfirmed)."""
_BY_NAME = {"0.1": 1, "1": 10, "10": 100, "100": 1_000, "1000": 10_000}
CHECKS = ("massa", "xmodem")


def check_massa(body: bytes) -> int:
    """The check sum of protocol 100; like XMODEM's, but the last byte goes in whole (7.3)."""
    crc = 0
    for byte in body:
        high, register = crc & 0xFF00, 0
        for _ in range(8):
            carry = (high ^ register) & 0x8000
            register = ((register << 1) ^ (0x1021 if carry else 0)) & 0xFFFF
            high = (high << 1) & 0xFFFF
        crc = (register ^ (crc << 8) ^ byte) & 0xFFFF
    return crc


def check_xmodem(body: bytes) -> int:
    """Plain CRC-16/XMODEM, which some emulators and converters send instead."""
    crc = 0
    for byte in body:
        crc ^= byte << 8
        for _ in range(8):
            crc = ((crc << 1) ^ (0x1021 if crc & 0x8000 else 0)) & 0xFFFF
    return crc


@dataclass(frozen=True, slots=True)
class Massak100Options:
    """Settings of protocol 100.

    Attributes:
        division: 'auto' believes the scale; '0.1', '1', '10', '100' or '1000' grams override it.
        check: 'massa', or 'xmodem' for converters that use the plain one.
    """

    division: str = "auto"
    check: str = "massa"

    def __post_init__(self) -> None:
        if self.division != "auto" and self.division not in _BY_NAME:
            known = ", ".join(("auto", *_BY_NAME))
            raise ConfigurationError(f"division {self.division!r} is none of {known}")
        if self.check not in CHECKS:
            raise ConfigurationError(f"check {self.check!r} is none of {', '.join(CHECKS)}")


def frame(body: bytes, check: str = "massa") -> bytes:
    """Pack a command."""
    return HEADER + struct.pack("<H", len(body)) + body + struct.pack("<H", _check(body, check))


def cut_frame(buffer: bytes, check: str = "massa") -> Piece:
    """Cut the first frame; what stands before a header is noise."""
    start = buffer.find(HEADER)
    if start < 0:
        # The header may have come in part.
        kept = next((n for n in (2, 1) if buffer.endswith(HEADER[:n])), 0)
        return Piece(len(buffer) - kept)
    return Piece(start) if start else _frame_in_front(buffer, check)


def _frame_in_front(buffer: bytes, check: str) -> Piece:
    if len(buffer) < 5:
        return MORE
    length = int.from_bytes(buffer[3:5], "little")
    if not 1 <= length <= BODY_MAX:
        return Piece(1, damaged=True)
    end = 5 + length + 2
    if len(buffer) < end:
        return MORE
    body = buffer[5 : 5 + length]
    if int.from_bytes(buffer[end - 2 : end], "little") != _check(body, check):
        # Only the first byte is given up: the length may be what is wrong.
        return Piece(1, damaged=True)
    return Piece(end, body)


def parse_mass(body: bytes, division: str = "auto") -> Weight:
    """Read the reply 24: weight i32, division, stable, net, zero, and in newer scales the tare i32.

    Raises:
        ProtocolError: too short. ConfigurationError: a division code that the table does not know.
    """
    if len(body) < 9 or body[0] != ACK_MASS:
        raise ProtocolError(f"mass of {len(body)} bytes: {body.hex(' ')}")
    weight, code, stable, net, zero = struct.unpack_from("<iBBBB", body, 1)
    tenths = DIVISIONS.get(code) if division == "auto" else _BY_NAME[division]
    if tenths is None:
        raise ConfigurationError(f"division code {code} is unknown: set the option 'division'")
    tare = struct.unpack_from("<i", body, 9)[0] if len(body) >= 13 else None
    return Weight(
        grams=to_grams(weight, tenths),
        stable=bool(stable),
        tare_g=None if tare is None else to_grams(tare, tenths),
        zero=bool(zero),
        has_tare=bool(net),
    )


def to_grams(value: int, tenths: int) -> int:
    """Turn divisions of so many tenths of a gram into grams; half a gram is rounded away from zero."""
    grams = (abs(value) * tenths + 5) // 10
    return grams if value >= 0 else -grams


class Massak100:
    """`Dialect` of protocol 100."""

    def __init__(self, options: Massak100Options | None = None) -> None:
        self._options = options or Massak100Options()
        self.capabilities = ScaleCapabilities(sets_tare=True, tells_tare=True)

    def read(self, line: Line) -> Weight:
        """Command 23."""
        body = self._ask(line, bytes((GET_MASS,)))
        if body[0] == ACK_MASS:
            return parse_mass(body, self._options.division)
        problem = _problem(body, line.name)
        if isinstance(problem, Overloaded):
            return Weight(0, stable=False, overload=True)
        raise problem

    def zero(self, line: Line) -> None:
        """Command 72."""
        self._order(line, bytes((SET_ZERO,)), ACK_SET)

    def tare(self, line: Line) -> None:
        """Command A3 with the weight that lies there: protocol 100 has no key of its own for it."""
        reading = self.read(line)
        self.set_tare(line, reading.grams + (reading.tare_g or 0))

    def set_tare(self, line: Line, grams: int) -> None:
        """Command A3; the tare is told in grams (unconfirmed)."""
        self._order(line, bytes((SET_TARE,)) + struct.pack("<i", grams), ACK_TARE)

    def _order(self, line: Line, request: bytes, wanted: int) -> None:
        body = self._ask(line, request)
        if body[0] != wanted:
            raise _problem(body, line.name)

    def _ask(self, line: Line, request: bytes) -> bytes:
        check = self._options.check
        return line.ask(frame(request, check), lambda buffer: cut_frame(buffer, check))


_FAULTS: Mapping[int, str] = {
    0x09: "not in the mode of weighing",
    0x17: "no contact with the weighing module",
    0x18: "there was a load at power-on",
    0x19: "the scale is broken",
}


def _problem(body: bytes, name: str) -> DeviceNotReady | FinalError | ProtocolError:
    """Say what a reply other than the wanted one means."""
    command, code = body[0], body[1] if len(body) > 1 else -1
    if command == NACK or (command == ERROR and code == 0x07):
        return NotSupported(f"{name}: unknown command", device=name)
    if command == NACK_TARE or (command == ERROR and code == 0x15):
        return DeviceRefused(f"{name}: zero or tare is not possible now", device=name)
    if command != ERROR:
        return ProtocolError(f"{name}: unexpected reply {body.hex(' ')}")
    if code == 0x08:
        return Overloaded(name)
    if code in _FAULTS:
        return ScaleNeedsService(f"{name}: {_FAULTS[code]}")
    return DeviceRefused(f"{name}: error {code:02X}", device=name)


def _check(body: bytes, check: str) -> int:
    return check_massa(body) if check == "massa" else check_xmodem(body)
