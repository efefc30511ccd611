"""Codes typed through a Russian keyboard layout or with Caps Lock, put back by key position.

Position means: the same physical key in the layout that scanners assume (US). Sources: Microsoft
keyboard layouts 00000409 (US) and 00000419 (Russian); scan code set 1 for the main block, which
Linux event codes repeat (X11 adds 8).
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass

_RUSSIAN = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_ENGLISH = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_LETTERS = dict(zip(_RUSSIAN, _ENGLISH, strict=True))
# These stand in both layouts on different keys, so they are moved only in a text known as Russian.
_SIGNS = {".": "/", ",": "?", '"': "@", "№": "#", ";": "$", ":": "^", "?": "&", "/": "|"}
_TO_ENGLISH = str.maketrans(_LETTERS | _SIGNS)
_MARKS = frozenset(_LETTERS) | {"№"}

_ROWS = {2: "1234567890-=", 16: "qwertyuiop[]", 30: "asdfghjkl;'`", 43: "\\zxcvbnm,./"}
_ROWS_SHIFTED = {2: "!@#$%^&*()_+", 16: "QWERTYUIOP{}", 30: 'ASDFGHJKL:"~', 43: "|ZXCVBNM<>?"}
_NUMPAD = {71: "7", 72: "8", 73: "9", 74: "-", 75: "4", 76: "5", 77: "6", 78: "+", 79: "1", 80: "2",
           81: "3", 82: "0", 83: "."}  # fmt: skip
_SPACE = 57


def _keys(rows: dict[int, str]) -> dict[int, str]:
    table = {start + offset: char for start, row in rows.items() for offset, char in enumerate(row)}
    return table | _NUMPAD | {_SPACE: " "}


_PLAIN, _SHIFTED = _keys(_ROWS), _keys(_ROWS_SHIFTED)


def by_position(scan_code: int, *, shift: bool) -> str:
    """Return the character a US keyboard has on this key, '' for a key without one.

    Args:
        scan_code: scan code set 1 (Windows) or Linux event code; subtract 8 from X11's.
        shift: whether Shift is held. Caps Lock does not matter here, which is the point.
    """
    return (_SHIFTED if shift else _PLAIN).get(scan_code, "")


def is_russian(text: str) -> bool:
    """Whether a text holds characters that only the Russian layout types."""
    return not _MARKS.isdisjoint(text)


def to_english(text: str) -> str:
    """Put a text typed in the Russian layout on the same keys of the US layout."""
    return text.translate(_TO_ENGLISH)


def readings(text: str) -> tuple[str, ...]:
    """Every text the scanner may have meant, the likeliest first, each once."""
    found = (undo(text, way) for way in likely_ways(text))
    return tuple(dict.fromkeys(reading for reading in found if reading is not None))


class Layout(enum.StrEnum):
    """The layout that was active while the scanner typed."""

    LATIN = "latin"
    RUSSIAN = "russian"


class Lock(enum.StrEnum):
    """What turned the case round while the scanner typed."""

    NONE = "none"
    CAPS = "caps"  # letters of the layout only
    SHIFT = "shift"  # every key, digits too: Shift held down, or Caps Lock as a shift lock


@dataclass(frozen=True, slots=True)
class Way:
    """How keys become characters."""

    layout: Layout = Layout.LATIN
    lock: Lock = Lock.NONE


PLAIN_WAY = Way()
WAYS = tuple(Way(layout, lock) for lock in Lock for layout in Layout)

# The Russian layout's keys by scan code; rows as in `_ROWS`. Source: layout 00000419.
_RUSSIAN_ROWS = {2: "1234567890-=", 16: "йцукенгшщзхъ", 30: "фывапролджэё", 43: "\\ячсмитьбю."}
_RUSSIAN_SHIFTED = {2: '!"№;%:?*()_+', 16: "ЙЦУКЕНГШЩЗХЪ", 30: "ФЫВАПРОЛДЖЭЁ", 43: "/ЯЧСМИТЬБЮ,"}
Key = tuple[int, bool]


def _typed_by(plain: dict[int, str], shifted: dict[int, str]) -> dict[Key, str]:
    keys: dict[Key, str] = {}
    for shift, rows in ((False, plain), (True, shifted)):
        for start, row in rows.items():
            keys |= {(start + place, shift): char for place, char in enumerate(row)}
    # The space bar types the same with Shift, and the digits of the numpad are no scanner's.
    return keys | {(_SPACE, False): " "}


_CHARACTERS = {
    Layout.LATIN: _typed_by(_ROWS, _ROWS_SHIFTED),
    Layout.RUSSIAN: _typed_by(_RUSSIAN_ROWS, _RUSSIAN_SHIFTED),
}
_KEYS = {
    layout: {char: key for key, char in table.items()} for layout, table in _CHARACTERS.items()
}


def _locked(layout: Layout, key: Key, lock: Lock) -> Key:
    """Turn Shift round where the lock does; twice is nothing, so it is its own inverse."""
    code, shift = key
    is_letter = _CHARACTERS[layout][code, False].isalpha()
    turns = code != _SPACE and (lock is Lock.SHIFT or (lock is Lock.CAPS and is_letter))
    return code, shift != turns


def spoil(text: str, way: Way) -> str:
    """What comes out when a scanner types `text` on a US keyboard and the system is set otherwise.

    Characters without a key (GS, Cyrillic) are sent by other means and stay.
    """
    return "".join(_spoilt(char, way) for char in text)


def _spoilt(char: str, way: Way) -> str:
    key = _KEYS[Layout.LATIN].get(char)
    if key is None:
        return char
    return _CHARACTERS[way.layout][_locked(way.layout, key, way.lock)]


def undo(text: str, way: Way) -> str | None:
    """What the scanner meant if `text` came out that way; None if it cannot have."""
    meant = []
    for char in text:
        key = _KEYS[way.layout].get(char)
        if key is None:
            if char in _KEYS[Layout.LATIN]:
                return None  # the Russian layout has no Latin letters
            meant.append(char)
        else:
            meant.append(_CHARACTERS[Layout.LATIN][_locked(way.layout, key, way.lock)])
    return "".join(meant)


def likely_ways(text: str) -> tuple[Way, ...]:
    """Every way a text may have come out, the likeliest first."""
    first = Layout.RUSSIAN if is_russian(text) else Layout.LATIN
    return tuple(sorted(WAYS, key=lambda way: (way.lock is Lock.SHIFT, way.layout is not first)))


def ways_of_keys(keys: Iterable[tuple[str, str]]) -> tuple[Way, ...]:
    """The ways that explain what known keys have typed.

    Args:
        keys: pairs of the character of the US layout, '' where the key is not known, and of the
            character that came out.
    """
    known = [(meant, typed) for meant, typed in keys if meant]
    return tuple(way for way in WAYS if all(_spoilt(meant, way) == typed for meant, typed in known))
