"""Frames and fields of INPAS SmartSale. Source: [Clients].

::

    STX 02 | length of the body, 2 bytes low first | body | CRC-16/BUYPASS, 2 bytes high first
    body = repeat { field number | length, 2 bytes low first | ASCII }
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from drivers.api.errors import ProtocolError

STX, EOT, ACK, NAK = 0x02, 0x04, 0x06, 0x15
BODY_MAX = 32 * 1024
FIELDS_MAX = 256
_HEAD, _TAIL = 3, 2

# Fields, [Clients]; V* seen in a client, U general knowledge.
AMOUNT = 0  # V*
CURRENCY = 4  # V*
PAN = 10  # U
AUTH_CODE = 13  # U
RRN = 14  # U
HOST_CODE = 15  # U
TEXT = 19  # U
WHEN = 21  # V*, YYYYMMDDHHMMSS
HOST_ID = 23  # U
OPERATION = 25  # V*
TRACE = 26  # V*, chosen by the till, unique
TERMINAL_ID = 27  # V*
STATUS = 39  # V*
COMMAND = 65  # U, what a service operation is to do
ECR_ID = 89  # V*
SLIP = 90  # U


class FrameError(ProtocolError):
    """A damaged frame; `used` bytes of the buffer belong to it."""

    def __init__(self, detail: str, *, used: int) -> None:
        super().__init__(detail)
        self.used = max(used, 1)


@dataclass(frozen=True, slots=True)
class Message:
    """The fields of one frame in their order; a number may come once only."""

    fields: Mapping[int, bytes]

    def text(self, number: int, encoding: str = "ascii") -> str:
        """Return a field as text, '' if it is not there."""
        return self.fields.get(number, b"").decode(encoding, errors="replace").strip("\0 ")

    @property
    def is_wait(self) -> bool:
        """Whether the terminal only says that it works on: a short frame without a status."""
        return STATUS not in self.fields and len(encode_body(self.fields)) == WAIT_BODY


#: A wait frame begins STX 05: a body of five bytes, which is one field of two letters.
WAIT_BODY = 5


def crc16(data: bytes) -> int:
    """CRC-16/BUYPASS: polynomial 0x8005, start 0, no reflection; "123456789" gives FEE8."""
    register = 0
    for byte in data:
        register ^= byte << 8
        for _ in range(8):
            register = (register << 1 ^ (0x8005 if register & 0x8000 else 0)) & 0xFFFF
    return register


def encode_body(fields: Mapping[int, bytes]) -> bytes:
    """Write the fields one after another."""
    parts = []
    for number, value in fields.items():
        if not 0 <= number <= 0xFF or len(value) > 0xFFFF:
            raise ProtocolError(f"field {number} of {len(value)} bytes cannot be sent")
        parts.append(bytes((number,)) + len(value).to_bytes(2, "little") + value)
    return b"".join(parts)


def encode(fields: Iterable[tuple[int, str]]) -> bytes:
    """Build the frame of a request."""
    try:
        body = encode_body({number: value.encode("ascii") for number, value in fields})
    except UnicodeEncodeError as error:
        raise ProtocolError(f"a field is no ASCII: {error}") from error
    return frame(body)


def frame(body: bytes) -> bytes:
    """Put head and check sum around a body."""
    if len(body) > BODY_MAX:
        raise ProtocolError(f"a body of {len(body)} bytes is too long")
    head = bytes((STX,)) + len(body).to_bytes(2, "little") + body
    return head + crc16(head).to_bytes(2, "big")


def take_frame(buffer: bytes | bytearray) -> tuple[bytes, int] | None:
    """Cut the first frame off a buffer that begins with STX.

    Returns:
        The body and the number of bytes used up, None while the frame is not complete.

    Raises:
        FrameError: the frame is damaged.
    """
    if len(buffer) < _HEAD:
        return None
    if buffer[0] != STX:
        raise FrameError(f"a frame cannot begin with {buffer[0]:02X}", used=1)
    size = int.from_bytes(buffer[1:_HEAD], "little")
    if size > BODY_MAX:
        raise FrameError(f"a body of {size} bytes is too long", used=len(buffer))
    end = _HEAD + size
    if len(buffer) < end + _TAIL:
        return None
    received = int.from_bytes(buffer[end : end + _TAIL], "big")
    if received != crc16(bytes(buffer[:end])):
        raise FrameError(f"wrong check sum {received:04X}", used=end + _TAIL)
    return bytes(buffer[_HEAD:end]), end + _TAIL


def decode(body: bytes) -> Message:
    """Read the fields of a body.

    Raises:
        ProtocolError: a field is cut off or comes twice.
    """
    fields: dict[int, bytes] = {}
    position = 0
    while position < len(body):
        if len(fields) >= FIELDS_MAX or position + 3 > len(body):
            raise ProtocolError("the fields of a frame break off")
        number = body[position]
        size = int.from_bytes(body[position + 1 : position + 3], "little")
        position += 3 + size
        if position > len(body):
            raise ProtocolError(f"field {number} is cut off")
        if number in fields:
            raise ProtocolError(f"field {number} comes twice")
        fields[number] = body[position - size : position]
    return Message(fields)
