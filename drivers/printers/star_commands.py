"""Star line mode bytes -> the same commands that ESC/POS bytes give. Never raises, whatever the bytes.

Each sequence is told by the name of the ESC/POS command that does the same (``ESC GS a n`` -> ``ESC a``),
so that paper, picture and simulator serve both command sets; what ESC/POS has no counterpart for keeps a
name of its own (``ESC ACK``, ``ETB``, ``ESC b``). Sources: the command tables of the star_ethernet gem
(shinsukeimai/star_ethernet, command.rb) and of ReceiptPrinterEncoder (star-prnt.js); code page numbers as in
the reference, paragraph 6.1.
"""

import re
from collections.abc import Callable

from drivers.printers.commands import PAYLOAD_MAX, TABS_MAX, Command, Found

_MORE: Found = (0, None)
_TEXT = re.compile(rb"[\x20-\xff]+")
BARCODE_END = 0x1E
_BARCODE_MAX = 256
_CUTS = {0: b"\x00", 1: b"\x01", 2: b"\x41\x00", 3: b"\x42\x00"}
_SINGLE: dict[int, Command] = {
    0x04: Command("EOT"), 0x05: Command("ENQ"), 0x09: Command("HT"), 0x0A: Command("LF"),
    0x0C: Command("FF"), 0x0D: Command("CR"), 0x17: Command("ETB"), 0x18: Command("CAN"),
    0x07: Command("ESC p", b"\0\0\0"), 0x1A: Command("ESC p", b"\1\0\0"),
    0x1C: Command("DLE DC4", b"\1\0\1"), 0x19: Command("DLE DC4", b"\1\1\1"),
    0x0E: Command("GS !", b"\x10"), 0x14: Command("GS !", b"\0"),
}  # fmt: skip
"""07 and 1A pulse the drawer in the order of printing, 1C and 19 at once."""


def next_star(buffer: bytes, at: int) -> Found:
    """The Star command that begins at a place of the buffer."""
    byte = buffer[at]
    if byte >= 0x20:
        run = _TEXT.match(buffer, at)
        assert run is not None
        return len(run.group()), Command("text", run.group())
    if byte != 0x1B:
        return 1, _SINGLE.get(byte, Command("unknown", buffer[at : at + 1]))
    if at + 1 >= len(buffer):
        return _MORE
    family = _FAMILIES.get(buffer[at + 1])
    if family is not None:
        return family(buffer, at)
    plain = _ESC.get(chr(buffer[at + 1]))
    if plain is None:
        return 2, Command("unknown", buffer[at : at + 2])
    count, make = plain
    return _fixed(buffer, at, 2, count, make)


_Make = Callable[[bytes], Command]


def _fixed(buffer: bytes, at: int, skip: int, count: int, make: _Make) -> Found:
    end = at + skip + count
    if end > len(buffer):
        return _MORE
    return skip + count, make(buffer[at + skip : end])


def _as(name: str) -> _Make:
    return lambda data: Command(name, data)


def _always(name: str, data: bytes = b"") -> _Make:
    return lambda _: Command(name, data)


def _size(data: bytes) -> Command:
    """``ESC i height width``, each 0..5."""
    return Command("GS !", bytes(((data[1] & 7) << 4 | data[0] & 7,)))


def _cut(data: bytes) -> Command:
    number = data[0] - 48 if data[0] >= 48 else data[0]
    if number not in _CUTS:
        return Command("unknown", b"\x1bd" + data)
    return Command("GS V", _CUTS[number])


_ESC: dict[str, tuple[int, _Make]] = {
    "@": (0, _as("ESC @")), "E": (0, _always("ESC E", b"\1")), "F": (0, _always("ESC E", b"\0")),
    "4": (0, _always("GS B", b"\1")), "5": (0, _always("GS B", b"\0")), "i": (2, _size),
    "-": (1, _as("ESC -")), "a": (1, _as("ESC d")), "d": (1, _cut),
    "J": (1, lambda data: Command("ESC J", bytes((min(data[0] * 2, 255),)))),
    "I": (1, _as("ESC J")),
    "0": (0, _always("ESC 3", b"\x18")),
    "z": (1, lambda data: Command("ESC 3", b"\x20" if data[0] & 1 else b"\x18")),
    "W": (1, lambda data: Command("GS !", b"\x10" if data[0] & 1 else b"\0")),
    "h": (1, lambda data: Command("GS !", b"\x01" if data[0] & 1 else b"\0")),
    "\x07": (2, _as("pulse width")), "R": (1, _as("ESC R")), " ": (1, _as("ESC SP")),
    "/": (1, _as("zero")), "M": (0, _as("pitch")), "P": (0, _as("pitch")), ":": (0, _as("pitch")),
    "g": (0, _as("pitch")), "l": (1, _as("margin")), "Q": (1, _as("margin")), "_": (1, _as("upperline")),
    "p": (0, _as("FS &")), "q": (0, _as("FS .")), "$": (1, _as("shift jis")),
    "%": (1, _as("ESC %")), "C": (1, _as("page length")),
}  # fmt: skip
_GS: dict[str, tuple[int, _Make]] = {
    "t": (1, _as("ESC t")), "a": (1, _as("ESC a")), "A": (2, _as("ESC $")), "R": (2, _as("ESC \\")),
    "b": (1, _as("smoothing")), "\x03": (3, _as("document")),
    "\x07": (3, lambda data: Command("ESC B", data[:1])),
}  # fmt: skip
_RS: dict[str, tuple[int, _Make]] = {
    "F": (1, _as("ESC M")), "a": (1, _as("ESC RS a")), "d": (1, _as("density")), "r": (1, _as("speed")),
    "E": (1, _as("ESC RS E")), "C": (1, _as("colour")), "c": (1, _as("colour")),
}  # fmt: skip


def _lettered(table: dict[str, tuple[int, _Make]]) -> Callable[[bytes, int], Found]:
    """Commands of two introducers and a letter."""

    def find(buffer: bytes, at: int) -> Found:
        if at + 2 >= len(buffer):
            return _MORE
        known = table.get(chr(buffer[at + 2]))
        if known is None:
            return 3, Command("unknown", buffer[at : at + 3])
        return _fixed(buffer, at, 3, *known)

    return find


def _gs(buffer: bytes, at: int) -> Found:
    """``ESC GS``: the two-dimensional codes, the buzzer, else by the letter."""
    if at + 2 >= len(buffer):
        return _MORE
    if buffer[at + 2] == 0x79:
        return _qr(buffer, at)
    if buffer[at + 2] == 0x19:
        return _buzzer(buffer, at)
    return _lettered(_GS)(buffer, at)


def _qr(buffer: bytes, at: int) -> Found:
    """``ESC GS y S f n`` (settings), ``y D 1 m nL nH data`` (store), ``y P`` (print)."""
    if at + 3 >= len(buffer):
        return _MORE
    letter = buffer[at + 3]
    if letter == 0x50:
        return 4, Command("GS ( k", b"1Q0")
    if letter == 0x53:
        return _fixed(buffer, at, 4, 2, _qr_setting)
    if letter != 0x44:
        return 4, Command("unknown", buffer[at : at + 4])
    if at + 7 >= len(buffer):
        return _MORE
    count = int.from_bytes(buffer[at + 6 : at + 8], "little")
    return _fixed(buffer, at, 8, count, lambda data: Command("GS ( k", b"1P0" + data))


def _qr_setting(data: bytes) -> Command:
    field, value = data
    if field == 0x31:
        return Command("GS ( k", bytes((49, 69, 48 + (value & 3))))
    if field == 0x32:
        return Command("GS ( k", bytes((49, 67, value)))
    return Command("GS ( k", bytes((49, 65, value, 0)))


def _buzzer(buffer: bytes, at: int) -> Found:
    """``ESC GS EM DC1 m n1 n2`` sets the external buzzer, ``DC2 m n1 n2`` sounds it n1 times."""
    if at + 3 >= len(buffer):
        return _MORE
    sounds = buffer[at + 3] == 0x12
    name = "ESC B" if sounds else "buzzer"
    return _fixed(buffer, at, 4, 3, lambda data: Command(name, data[1:2]))


def _bit_image(buffer: bytes, at: int) -> Found:
    """``ESC X nL nH`` and n columns of three bytes: 24 dots from top to bottom."""
    if at + 3 >= len(buffer):
        return _MORE
    head = buffer[at + 2 : at + 4]
    count = int.from_bytes(head, "little") * 3
    if count > PAYLOAD_MAX:
        return 4, Command("unknown", buffer[at : at + 4])
    return _fixed(buffer, at, 4, count, lambda data: Command("ESC *", b"\x21" + head + data))


def _barcode(buffer: bytes, at: int) -> Found:
    """``ESC b n1 n2 n3 n4 data RS``."""
    if at + 6 > len(buffer):
        return _MORE
    end = buffer.find(BARCODE_END, at + 6, at + 6 + _BARCODE_MAX)
    if end >= 0:
        return end + 1 - at, Command("ESC b", buffer[at + 2 : end])
    if len(buffer) - at > 6 + _BARCODE_MAX:
        return 2, Command("unknown", buffer[at : at + 2])
    return _MORE


def _tab_stops(buffer: bytes, at: int) -> Found:
    """``ESC D`` and up to 32 positions, ended by NUL."""
    end = buffer.find(0, at + 2, at + 3 + TABS_MAX)
    if end >= 0:
        return end + 1 - at, Command("ESC D", buffer[at + 2 : end])
    if len(buffer) - at > TABS_MAX + 3:
        return 2, Command("unknown", buffer[at : at + 2])
    return _MORE


def _logo(buffer: bytes, at: int) -> Found:
    """``ESC FS p n m``: logo n from the printer's memory."""
    if at + 2 >= len(buffer):
        return _MORE
    if buffer[at + 2] != 0x70:
        return 3, Command("unknown", buffer[at : at + 3])
    return _fixed(buffer, at, 3, 2, _as("FS p"))


_FAMILIES: dict[int, Callable[[bytes, int], Found]] = {
    0x06: lambda buffer, at: _fixed(buffer, at, 2, 1, _as("ESC ACK")),
    0x1C: _logo,
    0x1D: _gs,
    0x1E: _lettered(_RS),
    0x44: _tab_stops,
    0x58: _bit_image,
    0x62: _barcode,
}
