"""CAS scales and those that speak CAS-M: ENQ, ACK, DC1, then the weight as text; COM 9600 8N1.

::

    01 02 | STA | SIGN | W5..W0 | UN1 UN0 | BCC | 03 04       BCC is the XOR of STA to UN0

Sources: docs.mertech.ru, scales_pos/protocol, CAS-M; docs.rkeeper.ru, "Поддерживаемые драйверы весов"
(the variant with seven characters of weight, which ends with 03 alone and may begin with 81).
"""

from dataclasses import dataclass
from functools import reduce
from operator import xor

from drivers.api.errors import ConfigurationError, NotSupported, ProtocolError
from drivers.api.scale import ScaleCapabilities, Weight
from drivers.scales.line import MORE, Line, Piece

ENQ, ACK, DC1 = b"\x05", 0x06, b"\x11"
STX, ETX, EOT = 0x02, 0x03, 0x04
HEADS = (0x01, 0x81)
FRAME_BYTES = 15
ZERO_KEY, TARE_KEY = b"\x3c\x5a\x4b\x3e\x09", b"\x3c\x54\x4b\x3e\x09"
OVERLOAD = ord("F")
PLACES_MAX = 6


@dataclass(frozen=True, slots=True)
class CasOptions:
    """Settings of CAS.

    Attributes:
        decimals: decimal places of a weight that comes without a point (unconfirmed).
    """

    decimals: int = 3

    def __post_init__(self) -> None:
        if not 0 <= self.decimals <= PLACES_MAX:
            raise ConfigurationError(f"decimals must be 0 to {PLACES_MAX}, not {self.decimals}")


def check(content: bytes) -> int:
    """BCC: XOR of STA to UN0."""
    return reduce(xor, content, 0)


def frame(content: bytes) -> bytes:
    """Pack STA to UN0, twelve bytes less two: what a scale sends."""
    return bytes((HEADS[0], STX)) + content + bytes((check(content), ETX, EOT))


def cut_ack(buffer: bytes) -> Piece:
    """Cut up to the ACK that says that the scale listens."""
    place = buffer.find(ACK)
    return Piece(len(buffer)) if place < 0 else Piece(place + 1, buffer[place : place + 1])


def cut_frame(buffer: bytes) -> Piece:
    """Cut the first frame and return STA to UN0."""
    if (buffer and buffer[0] not in HEADS) or (len(buffer) > 1 and buffer[1] != STX):
        return Piece(1)
    return MORE if len(buffer) < FRAME_BYTES else _frame_in_front(buffer)


def _frame_in_front(buffer: bytes) -> Piece:
    if buffer[13:15] == bytes((ETX, EOT)):
        content, sent = buffer[2:12], buffer[12]
    elif buffer[14] == ETX:
        content, sent = buffer[2:13], buffer[13]
    else:
        return Piece(1, damaged=True)
    if check(content) != sent:
        return Piece(1, damaged=True)
    return Piece(FRAME_BYTES, content)


def parse_weight(content: bytes, decimals: int = 3) -> Weight:
    """Read STA, SIGN, the digits and the unit.

    Raises:
        ProtocolError: no weight. NotSupported: pounds.
    """
    if len(content) not in (10, 11) or content[0] not in b"SU":
        raise ProtocolError(f"weight of {len(content)} bytes: {content.hex(' ')}")
    digits, unit = content[2:-2], content[-2:].strip(b" \x00").lower()
    if content[1] == OVERLOAD or OVERLOAD in digits:
        return Weight(0, stable=False, tare_g=None, overload=True)
    if unit not in (b"kg", b"g"):
        raise NotSupported(f"the scale weighs in {unit!r}: switch it to kilograms")
    grams = _grams(digits.strip(), decimals, is_kg=unit == b"kg")
    negative = content[1] == ord("-")
    return Weight(-grams if negative else grams, stable=content[0] == ord("S"), tare_g=None)


def _grams(text: bytes, decimals: int, *, is_kg: bool) -> int:
    whole, point, fraction = text.partition(b".")
    if not (whole + fraction).isdigit():
        raise ProtocolError(f"{text!r} is no weight")
    places = len(fraction) if point else decimals if is_kg else 0
    divisor: int = 10**places
    value = int(whole + fraction) * (1000 if is_kg else 1)
    return (value + divisor // 2) // divisor


class Cas:
    """`Dialect` of CAS."""

    capabilities = ScaleCapabilities()

    def __init__(self, options: CasOptions | None = None) -> None:
        self._decimals = (options or CasOptions()).decimals

    def read(self, line: Line) -> Weight:
        """ENQ, then DC1."""
        line.ask(ENQ, cut_ack)
        return parse_weight(line.ask(DC1, cut_frame), self._decimals)

    def zero(self, line: Line) -> None:
        """Press the key; the scale does not answer, so it is asked whether it is still there."""
        line.send(ZERO_KEY)
        self.read(line)

    def tare(self, line: Line) -> None:
        """Press the key; as `zero`."""
        line.send(TARE_KEY)
        self.read(line)

    def set_tare(self, line: Line, grams: int) -> None:
        """There is no such command."""
        raise NotSupported(f"{line.name}: CAS cannot set a tare of {grams} g")
