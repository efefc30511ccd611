"""Massa-K, protocol 2: one byte asks, five bytes answer; COM 4800 8E1, no check sum.

Source: two public clients (one of them with bytes seen on a line: `80 00 D0 07 00` is
2 kg at rest). The 24-bit weight has its sign in the top bit; the second byte says how many more
decimal places than grams there are.

Without a check sum a lost or added byte cannot be seen in one answer. What can be is checked (length,
decimal places), and `drivers.api.scale.weigh` believes only two equal answers.
"""

from drivers.api.errors import NotSupported, ProtocolError
from drivers.api.scale import ScaleCapabilities, Weight
from drivers.scales.line import MORE, Line, Piece

GET_WEIGHT, SET_TARE, SET_ZERO = b"\x4a", b"\x0d", b"\x0e"
ANSWER_BYTES = 5
PLACES_MAX = 3
_SIGN = 1 << 23


def cut_answer(buffer: bytes) -> Piece:
    """Cut five bytes; more than five at once, or senseless decimal places, are noise."""
    if len(buffer) < ANSWER_BYTES:
        return MORE
    if len(buffer) > ANSWER_BYTES or buffer[1] > PLACES_MAX:
        return Piece(len(buffer), damaged=True)
    return Piece(ANSWER_BYTES, buffer)


def parse_answer(body: bytes) -> Weight:
    """Read status (bit 7 stable, 6 zero, 5 net), decimal places and weight.

    Raises:
        ProtocolError: not five bytes, or senseless decimal places.
    """
    if len(body) != ANSWER_BYTES or body[1] > PLACES_MAX:
        raise ProtocolError(f"weight of {len(body)} bytes: {body.hex(' ')}")
    status, places = body[0], body[1]
    raw = int.from_bytes(body[2:5], "little")
    divisor: int = 10**places
    grams = ((raw & ~_SIGN) + divisor // 2) // divisor
    return Weight(
        grams=-grams if raw & _SIGN else grams,
        stable=bool(status & 0x80),
        tare_g=None,
        zero=bool(status & 0x40),
        has_tare=bool(status & 0x20),
    )


class Massak2:
    """`Dialect` of protocol 2."""

    capabilities = ScaleCapabilities()

    def read(self, line: Line) -> Weight:
        """Byte 4A."""
        return parse_answer(line.ask(GET_WEIGHT, cut_answer))

    def zero(self, line: Line) -> None:
        """Byte 0E; the scale does not answer, so it is asked whether it is still there."""
        line.send(SET_ZERO)
        self.read(line)

    def tare(self, line: Line) -> None:
        """Byte 0D; as `zero`."""
        line.send(SET_TARE)
        self.read(line)

    def set_tare(self, line: Line, grams: int) -> None:
        """There is no such command."""
        raise NotSupported(f"{line.name}: protocol 2 cannot set a tare of {grams} g")
