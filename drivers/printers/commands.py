"""ESC/POS bytes -> commands, piece by piece as they come. Never raises, whatever the bytes.

Lengths of arguments follow the Epson ESC/POS command reference. What is not known is skipped by two bytes
(the introducer and its letter), as real printers do, and reported as ``unknown``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PAYLOAD_MAX = 4 * 1024 * 1024
"""Declared lengths above this are treated as garbage; a real picture of a roll is far smaller."""
TABS_MAX = 32

_TEXT = re.compile(rb"[\x20-\xff]+")
_SINGLE = {0x07: "BEL", 0x09: "HT", 0x0A: "LF", 0x0C: "FF", 0x0D: "CR", 0x18: "CAN"}
_INTRODUCERS = {0x10: "DLE", 0x1B: "ESC", 0x1C: "FS", 0x1D: "GS"}
# Number of argument bytes after the introducer and its letter.
_ESC = {
    "@": 0, "!": 1, " ": 1, "$": 2, "%": 1, "-": 1, "2": 0, "3": 1, "=": 1, "?": 1, "B": 2, "E": 1,
    "G": 1, "J": 1, "L": 0, "M": 1, "R": 1, "S": 0, "T": 1, "V": 1, "W": 8, "\\": 2, "a": 1, "c": 2,
    "d": 1, "e": 1, "f": 2, "i": 0, "m": 0, "p": 3, "r": 1, "t": 1, "u": 1, "v": 0, "{": 1,
}  # fmt: skip
_FS = {".": 0, "&": 0, "!": 1, "-": 1, "C": 1, "S": 2, "W": 1, "p": 2}
_GS = {
    "!": 1, "$": 2, "/": 1, ":": 0, "B": 1, "H": 1, "I": 1, "L": 2, "P": 2, "W": 2, "\\": 2, "^": 3,
    "a": 1, "b": 1, "c": 0, "f": 1, "h": 1, "r": 1, "w": 1,
}  # fmt: skip
_FIXED = {
    f"{introducer} {letter}": count
    for introducer, letters in (("ESC", _ESC), ("FS", _FS), ("GS", _GS))
    for letter, count in letters.items()
}
_DLE_DC4 = {1: 3, 2: 3, 8: 8}
_CUT_WITH_FEED = frozenset({65, 66, 97, 98, 103, 104})


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        name: as in the reference, for example ``ESC t``, ``GS ( k``, ``LF``; ``text``; ``unknown``.
        data: what follows the name: arguments, payload, or the text's bytes.
    """

    name: str
    data: bytes = b""


class CommandParser:
    """Cuts a stream into commands; keeps an unfinished command for the next piece.

    Args:
        next_command: the command set; ESC/POS unless told otherwise.
    """

    def __init__(self, next_command: "NextCommand | None" = None) -> None:
        self._buffer = b""
        self._next = next_command or next_escpos

    @property
    def pending(self) -> int:
        """Bytes of an unfinished command."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Command]:
        """Take the next bytes, give the commands that are complete."""
        buffer = self._buffer + data
        commands: list[Command] = []
        position = 0
        while position < len(buffer):
            size, command = self._next(buffer, position)
            if command is None or position + size > len(buffer):
                break
            commands.append(command)
            position += size
        self._buffer = buffer[position:]
        return commands


def parse_commands(data: bytes) -> list[Command]:
    """All complete ESC/POS commands of a finished stream."""
    found = scan_commands(data)
    return [command for _, command in found if command.name != "incomplete"]


def scan_commands(
    data: bytes, next_command: "NextCommand | None" = None
) -> Iterator[tuple[int, Command]]:
    """The commands of a finished stream with their places; a rest that is none is ``incomplete``."""
    find = next_command or next_escpos
    position = 0
    while position < len(data):
        size, command = find(data, position)
        if command is None or position + size > len(data):
            yield position, Command("incomplete", data[position:])
            return
        yield position, command
        position += size


Found = tuple[int, Command | None]
"""Size of the command in bytes, and the command; None: more bytes are needed to tell."""
NextCommand = Callable[[bytes, int], Found]
"""A command set: what begins at this place of the buffer."""
_MORE: Found = (0, None)


def next_escpos(buffer: bytes, at: int) -> Found:
    """The ESC/POS command that begins at a place of the buffer."""
    byte = buffer[at]
    if byte >= 0x20:
        run = _TEXT.match(buffer, at)
        assert run is not None
        return len(run.group()), Command("text", run.group())
    introducer = _INTRODUCERS.get(byte)
    if introducer is None:
        return 1, Command(_SINGLE.get(byte, "unknown"), buffer[at : at + 1])
    if at + 1 >= len(buffer):
        return _MORE
    return _realtime(buffer, at) if introducer == "DLE" else _lettered(buffer, at, introducer)


def _lettered(buffer: bytes, at: int, introducer: str) -> Found:
    """A command of ESC, FS or GS and a letter."""
    name = f"{introducer} {chr(buffer[at + 1])}"
    if special := _SPECIAL.get(name):
        return special(buffer, at)
    count = _FIXED.get(name)
    if count is None:
        return 2, Command("unknown", buffer[at : at + 2])
    return _fixed(buffer, at, name, count)


def _fixed(buffer: bytes, at: int, name: str, count: int, skip: int = 2) -> Found:
    """A command of ``skip`` bytes of name and ``count`` bytes of data."""
    end = at + skip + count
    if end > len(buffer):
        return _MORE
    return skip + count, Command(name, buffer[at + skip : end])


def _realtime(buffer: bytes, at: int) -> Found:
    """``DLE EOT n [a]``, ``DLE ENQ n``, ``DLE DC4 fn ...``."""
    kind = buffer[at + 1]
    if kind not in {0x04, 0x05, 0x14}:
        return 2, Command("unknown", buffer[at : at + 2])
    if at + 2 >= len(buffer):
        return _MORE
    function = buffer[at + 2]
    if kind == 0x04:
        return _fixed(buffer, at, "DLE EOT", 2 if function in {7, 8} else 1)
    if kind == 0x05:
        return _fixed(buffer, at, "DLE ENQ", 1)
    return _fixed(buffer, at, "DLE DC4", _DLE_DC4.get(function, 1))


def _sized(buffer: bytes, at: int, name: str, header: int, payload: int) -> Found:
    """A command whose header (after two name bytes) declares a payload."""
    if payload > PAYLOAD_MAX:
        return 2 + header, Command("unknown", buffer[at : at + 2 + header])
    return _fixed(buffer, at, name, header + payload)


def _parenthesis(buffer: bytes, at: int) -> Found:
    """``GS ( x pL pH ...`` and ``FS ( x pL pH ...``; data begins after the length."""
    if at + 4 >= len(buffer):
        return _MORE
    introducer = _INTRODUCERS[buffer[at]]
    count = int.from_bytes(buffer[at + 3 : at + 5], "little")
    return _fixed(buffer, at, f"{introducer} ( {chr(buffer[at + 2])}", count, skip=5)


def _cut(buffer: bytes, at: int) -> Found:
    if at + 2 >= len(buffer):
        return _MORE
    return _fixed(buffer, at, "GS V", 2 if buffer[at + 2] in _CUT_WITH_FEED else 1)


def _raster(buffer: bytes, at: int) -> Found:
    """``GS v 0 m xL xH yL yH`` and x times y bytes."""
    if at + 7 >= len(buffer):
        return _MORE
    width = int.from_bytes(buffer[at + 4 : at + 6], "little")
    height = int.from_bytes(buffer[at + 6 : at + 8], "little")
    return _sized(buffer, at, "GS v", 6, width * height)


def _barcode(buffer: bytes, at: int) -> Found:
    """``GS k m data NUL`` (m below 65) or ``GS k m n data``."""
    if at + 3 >= len(buffer):
        return _MORE
    if buffer[at + 2] >= 65:
        return _fixed(buffer, at, "GS k", 2 + buffer[at + 3])
    end = buffer.find(b"\0", at + 3, at + 3 + 256)
    if end >= 0:
        return _fixed(buffer, at, "GS k", end - at - 1)
    if len(buffer) - at > 256 + 3:
        return 3, Command("unknown", buffer[at : at + 3])
    return _MORE


def _stored_images(buffer: bytes, at: int) -> Found:
    """``FS q n`` and n times ``xL xH yL yH`` with x times y times 8 bytes."""
    if at + 2 >= len(buffer):
        return _MORE
    end = at + 3
    for _ in range(buffer[at + 2]):
        if end + 4 > len(buffer):
            return _MORE
        x, y = (int.from_bytes(buffer[end + k : end + k + 2], "little") for k in (0, 2))
        if x * y * 8 > PAYLOAD_MAX:
            return 3, Command("unknown", buffer[at : at + 3])
        end += 4 + x * y * 8
    return _fixed(buffer, at, "FS q", end - at - 2)


def _bit_image(buffer: bytes, at: int) -> Found:
    """``ESC * m nL nH`` and n columns of one or three bytes."""
    if at + 4 >= len(buffer):
        return _MORE
    columns = int.from_bytes(buffer[at + 3 : at + 5], "little")
    return _sized(buffer, at, "ESC *", 3, columns * (3 if buffer[at + 2] >= 32 else 1))


def _download_image(buffer: bytes, at: int) -> Found:
    """``GS * x y`` and x times y times 8 bytes."""
    if at + 3 >= len(buffer):
        return _MORE
    return _sized(buffer, at, "GS *", 2, buffer[at + 2] * buffer[at + 3] * 8)


def _tab_stops(buffer: bytes, at: int) -> Found:
    """``ESC D`` and up to 32 positions, ended by NUL."""
    end = buffer.find(b"\0", at + 2, at + 2 + TABS_MAX + 1)
    if end >= 0:
        return _fixed(buffer, at, "ESC D", end - at - 1)
    if len(buffer) - at > TABS_MAX + 2:
        return 2, Command("unknown", buffer[at : at + 2])
    return _MORE


_SPECIAL: dict[str, Callable[[bytes, int], Found]] = {
    "ESC *": _bit_image,
    "ESC D": _tab_stops,
    "FS (": _parenthesis,
    "FS q": _stored_images,
    "GS (": _parenthesis,
    "GS *": _download_image,
    "GS V": _cut,
    "GS k": _barcode,
    "GS v": _raster,
}
