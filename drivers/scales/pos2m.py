"""Shtrih and Mertech scales, protocol POS2-M: COM, 9600 to 115200, 8N1.

::

    02 | N | command, data | LRC        N counts command and data, LRC is the XOR of all after 02

Each side confirms with 06 or asks again with 15. Source: docs.mertech.ru, scales_pos/protocol,
POS2-M and POSPRO. The document prints the length of the reply as "11": it is read from the frame.
"""

import struct
from dataclasses import dataclass
from functools import reduce
from operator import xor

from drivers.api.errors import ConfigurationError, DeviceRefused, ProtocolError
from drivers.api.scale import ScaleCapabilities, ScaleNeedsService, Weight
from drivers.scales.line import MORE, Line, Piece

STX, ACK, NAK = 0x02, 0x06, 0x15
GET_STATE, SET_ZERO, TARE, SET_TARE = 0x3A, 0x30, 0x31, 0x32
PASSWORD_LENGTH = 4
TARE_MAX_G = 0xFFFF
# Bits of the state (POS2-M, "Запрос состояния весового канала").
STABLE, ZERO, HAS_TARE, ZERO_FAILED = 1 << 4, 1 << 1, 1 << 3, 1 << 5
OVERLOAD, UNSTABLE_START, CALIBRATE = 1 << 6, 1 << 7, 1 << 9


@dataclass(frozen=True, slots=True)
class Pos2mOptions:
    """Settings of POS2-M.

    Attributes:
        password: four characters, of the administrator.
    """

    password: str = "0030"  # noqa: S105 - printed in the document, the same in every scale

    def __post_init__(self) -> None:
        if len(self.password) != PASSWORD_LENGTH or not self.password.isascii():
            raise ConfigurationError(f"the password of the scale has {PASSWORD_LENGTH} characters")


def frame(content: bytes) -> bytes:
    """Pack command and data."""
    counted = bytes((len(content),)) + content
    return bytes((STX,)) + counted + bytes((check(counted),))


def check(counted: bytes) -> int:
    """LRC: XOR of everything after 02."""
    return reduce(xor, counted, 0)


def cut_frame(buffer: bytes) -> Piece:
    """Cut the first frame; 06 and noise are stepped over, 15 means that we were not understood."""
    if not buffer:
        return MORE
    if buffer[0] == NAK:
        return Piece(1, refused=True)
    return Piece(1) if buffer[0] != STX else _frame_in_front(buffer)


def _frame_in_front(buffer: bytes) -> Piece:
    if len(buffer) < 2:
        return MORE
    length = buffer[1]
    if not length:
        return Piece(1, damaged=True)
    end = 2 + length + 1
    if len(buffer) < end:
        return MORE
    if check(buffer[1 : end - 1]) != buffer[end - 1]:
        return Piece(1, damaged=True)
    return Piece(end, buffer[2 : end - 1])


def parse_state(body: bytes) -> Weight:
    """Read the reply 3A: error, state u16, weight i32 in grams, tare u16.

    Raises:
        DeviceRefused: the scale answered with an error. ProtocolError: too short or another reply.
        ScaleNeedsService: it says that it has to be calibrated or did not find its zero.
    """
    if len(body) >= 2 and body[0] == GET_STATE and body[1]:
        raise DeviceRefused(f"error {body[1]:02X} of the scale")
    if len(body) < 10 or body[0] != GET_STATE:
        raise ProtocolError(f"state of {len(body)} bytes: {body.hex(' ')}")
    state, grams, tare = struct.unpack_from("<HiH", body, 2)
    for bit, words in (
        (CALIBRATE, "calibration is needed"),
        (ZERO_FAILED, "no zero at power-on"),
        (UNSTABLE_START, "unstable at power-on"),
    ):
        if state & bit:
            raise ScaleNeedsService(words)
    return Weight(
        grams=grams,
        stable=bool(state & STABLE),
        tare_g=tare,
        zero=bool(state & ZERO),
        has_tare=bool(state & HAS_TARE),
        overload=bool(state & OVERLOAD),
    )


class Pos2m:
    """`Dialect` of POS2-M."""

    capabilities = ScaleCapabilities(sets_tare=True, tells_tare=True)

    def __init__(self, options: Pos2mOptions | None = None) -> None:
        self._password = (options or Pos2mOptions()).password.encode("ascii")

    def read(self, line: Line) -> Weight:
        """Command 3A."""
        return parse_state(self._ask(line, GET_STATE))

    def zero(self, line: Line) -> None:
        """Command 30."""
        self._order(line, SET_ZERO)

    def tare(self, line: Line) -> None:
        """Command 31."""
        self._order(line, TARE)

    def set_tare(self, line: Line, grams: int) -> None:
        """Command 32."""
        if not 0 <= grams <= TARE_MAX_G:
            raise ConfigurationError(f"a tare of {grams} g: 0 to {TARE_MAX_G} are possible")
        self._order(line, SET_TARE, struct.pack("<H", grams))

    def _order(self, line: Line, command: int, data: bytes = b"") -> None:
        body = self._ask(line, command, data)
        if body[1:2] != b"\x00":
            code = body[1:2].hex().upper() or "none"
            raise DeviceRefused(f"{line.name}: command {command:02X}, error {code}")

    def _ask(self, line: Line, command: int, data: bytes = b"") -> bytes:
        body = line.ask(frame(bytes((command,)) + self._password + data), cut_frame)
        line.send(bytes((ACK,)))
        if body[0] != command:
            raise ProtocolError(f"{line.name}: reply {body[0]:02X} to {command:02X}")
        return body
