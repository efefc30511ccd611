"""Codes typed through a Russian keyboard layout or with Caps Lock, put back by key position.

Position means: the same physical key in the layout that scanners assume (US). Sources: Microsoft
keyboard layouts 00000409 (US) and 00000419 (Russian); scan code set 1 for the main block, which
Linux event codes repeat (X11 adds 8).
"""

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
    """Every text the scanner may have meant, the likeliest first, each once.

    Caps Lock swaps the case of letters in both layouts, and the Russian one has letters where the
    US one has signs, so the case is put right before the keys are.
    """
    tries: tuple[str, ...]
    if is_russian(text):
        tries = (to_english(text), to_english(text.swapcase()), text)
    else:
        tries = (text, text.swapcase())
    return tuple(dict.fromkeys(tries))
