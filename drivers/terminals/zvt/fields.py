"""Bitmaps (BMP) and TLV containers inside ZVT messages.

Sources: [ZVT] chapters "Bitmaps" and "TLV-container"; lengths cross-checked with BmpParser of
[Portalum] and with its recorded answers.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from drivers.api.errors import ProtocolError
from drivers.terminals.zvt.codec import decode_bcd

FIELDS_MAX = 64
TLV_ITEMS_MAX = 2000
TLV_DEPTH_MAX = 6

AMOUNT = 0x04
TLV = 0x06
TRACE = 0x0B
TIME = 0x0C
DATE = 0x0D
PAN = 0x22
TRACK_2 = 0x23
TRACK_3 = 0x24
RESULT = 0x27
TERMINAL_ID = 0x29
TRACK_1 = 0x2D
AUTH_CODE = 0x3B
TEXT = 0x3C
CURRENCY = 0x49
TOTALS = 0x60
RECEIPT = 0x87
CARD_NAME = 0x8B

TLV_LINE = 0x07  # text line
TLV_DISPLAY = 0x24  # texts for the display
TLV_PRINT = 0x25  # texts for the printer
TLV_TRACE_LONG = 0x1F2B  # trace number of more than six digits

_CARD_DATA = frozenset((PAN, TRACK_1, TRACK_2, TRACK_3))

_FIXED: dict[int, int] = {
    0x01: 1, 0x02: 1, 0x03: 1, 0x04: 6, 0x05: 1, 0x0B: 3, 0x0C: 3, 0x0D: 2, 0x0E: 2, 0x17: 2,
    0x19: 1, 0x27: 1, 0x29: 4, 0x2A: 15, 0x3A: 2, 0x3B: 8, 0x3D: 3, 0x49: 2, 0x70: 4, 0x71: 4,
    0x72: 1, 0x73: 1, 0x74: 1, 0x75: 1, 0x87: 2, 0x88: 3, 0x8A: 1, 0x8C: 1, 0xA0: 1, 0xAA: 3,
    0xBA: 5, 0xD0: 1, 0xD2: 1, 0xD3: 1, 0xE0: 1, 0xE9: 1, 0xEA: 1, 0xEB: 8, 0xF0: 1, 0xF9: 1,
    0xFA: 1, 0xFB: 1, 0xFC: 1, 0xFD: 1,
}  # fmt: skip
_LL = frozenset(
    (PAN, TRACK_2, TRACK_1, CARD_NAME, 0xA7, 0xD1, *range(0xE1, 0xE9), *range(0xF1, 0xF9))
)
_LLL = frozenset((TRACK_3, 0x2E, 0x37, TEXT, TOTALS, 0x9A, 0xAF))


@dataclass(frozen=True, slots=True)
class Fields:
    """Bitmaps of one message in order; `rest` begins with a bitmap this driver does not know."""

    items: tuple[tuple[int, bytes], ...] = ()
    rest: bytes = b""

    def find(self, tag: int) -> bytes | None:
        """Return the first value with this tag, None if there is none."""
        return next((value for key, value in self.items if key == tag), None)

    def digits(self, tag: int) -> str:
        """Return a decimal field as text, '' if it is not there."""
        value = self.find(tag)
        return decode_bcd(value) if value is not None else ""


def encode_field(tag: int, value: bytes) -> bytes:
    """Write one bitmap with the length prefix its kind needs."""
    if tag in _FIXED:
        if len(value) != _FIXED[tag]:
            raise ProtocolError(f"BMP {tag:02X} needs {_FIXED[tag]} bytes, not {len(value)}")
        return bytes((tag,)) + value
    if tag == TLV:
        return bytes((tag,)) + _encode_tlv_length(len(value)) + value
    digits = 2 if tag in _LL else 3 if tag in _LLL else 0
    text = str(len(value)).rjust(digits, "0")
    if not digits or len(text) > digits:
        raise ProtocolError(f"BMP {tag:02X} cannot carry {len(value)} bytes")
    # Length digits are sent as F0..F9, one byte a digit ([ZVT] "LL-Var").
    return bytes((tag,)) + bytes(0xF0 | int(digit) for digit in text) + value


def parse_fields(data: bytes) -> Fields:
    """Read the bitmaps of a message.

    An unknown bitmap has no known length, so reading stops there and the bytes stay in `rest`.

    Raises:
        ProtocolError: a field is cut off or its length is not decimal.
    """
    items: list[tuple[int, bytes]] = []
    position = 0
    while position < len(data) and len(items) < FIELDS_MAX:
        tag = data[position]
        span = _value_span(tag, data, position + 1)
        if span is None:
            break
        start, end = span
        if end > len(data):
            raise ProtocolError(f"BMP {tag:02X} is cut off")
        items.append((tag, data[start:end]))
        position = end
    return Fields(tuple(items), data[position:])


def _value_span(tag: int, data: bytes, position: int) -> tuple[int, int] | None:
    """Return where the value of a bitmap begins and ends, None for an unknown bitmap."""
    if tag in _FIXED:
        return position, position + _FIXED[tag]
    if tag == TLV:
        size, start = _tlv_length(data, position)
        return start, start + size
    digits = 2 if tag in _LL else 3 if tag in _LLL else 0
    if not digits:
        return None
    size = 0
    for byte in data[position : position + digits]:
        if byte & 0x0F > 9:
            raise ProtocolError(f"BMP {tag:02X} has no decimal length")
        size = size * 10 + (byte & 0x0F)
    start = position + digits
    if start > len(data):
        raise ProtocolError(f"BMP {tag:02X} is cut off")
    return start, start + size


def encode_tlv(tag: int, value: bytes) -> bytes:
    """Write one TLV object; tags above FF take two bytes."""
    head = tag.to_bytes(2, "big") if tag > 0xFF else bytes((tag,))
    return head + _encode_tlv_length(len(value)) + value


def walk_tlv(data: bytes, depth: int = 0) -> Iterator[tuple[int, bytes]]:
    """Yield (tag, value) of every object, containers first and then what they hold.

    Raises:
        ProtocolError: an object is cut off, or nests deeper than `TLV_DEPTH_MAX`.
    """
    if depth > TLV_DEPTH_MAX:
        raise ProtocolError("TLV objects nest too deeply")
    position = 0
    for _ in range(TLV_ITEMS_MAX):
        if position >= len(data):
            return
        tag, position = _tlv_tag(data, position)
        size, start = _tlv_length(data, position)
        position = start + size
        if position > len(data):
            raise ProtocolError(f"TLV {tag:02X} is cut off")
        value = data[start:position]
        yield tag, value
        first = tag >> 8 or tag
        if first & 0x20:  # BER: bit 6 of the first tag byte marks a container
            yield from walk_tlv(value, depth + 1)
    raise ProtocolError("too many TLV objects")


def _tlv_tag(data: bytes, position: int) -> tuple[int, int]:
    tag = data[position]
    position += 1
    if tag & 0x1F != 0x1F:  # BER: all five bits set means that the tag goes on
        return tag, position
    if position >= len(data):
        raise ProtocolError("TLV tag is cut off")
    return tag << 8 | data[position], position + 1


def _tlv_length(data: bytes, position: int) -> tuple[int, int]:
    """Return a TLV length and the position behind it (short form, 81 and 82 forms)."""
    if position >= len(data):
        raise ProtocolError("TLV length is cut off")
    first = data[position]
    position += 1
    if first < 0x80:
        return first, position
    extra = first & 0x7F
    if extra not in (1, 2) or position + extra > len(data):
        raise ProtocolError(f"TLV length {first:02X} is not allowed")
    return int.from_bytes(data[position : position + extra], "big"), position + extra


def _encode_tlv_length(size: int) -> bytes:
    if size < 0x80:
        return bytes((size,))
    if size <= 0xFF:
        return bytes((0x81, size))
    if size > 0xFFFF:
        raise ProtocolError(f"TLV object of {size} bytes is too long")
    return b"\x82" + size.to_bytes(2, "big")


def masked_pan(value: bytes) -> str:
    """Show a card number with stars: E is the terminal's own mask, F is padding.

    A terminal that sends the full number gets it masked here, all but the last four digits.
    """
    text = value.hex().upper().rstrip("F").replace("E", "*")
    if "*" not in text and len(text) > 4:
        text = "*" * (len(text) - 4) + text[-4:]
    return text


def without_card_data(data: bytes) -> bytes:
    """Return a message's bitmaps with card numbers and tracks blotted out, fit for a log."""
    try:
        fields = parse_fields(data)
        parts = [
            encode_field(tag, b"\xee" * len(value) if tag in _CARD_DATA else value)
            for tag, value in fields.items
        ]
    except ProtocolError:
        return b""
    return b"".join(parts)
