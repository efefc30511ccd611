"""Text for displays: one sign a column, in the display's code page, and never a command.

Signs that code pages lack become what people read in their place. Control characters are dropped, so
that a dish's name can never carry a command.
"""

import unicodedata

LATIN = "latin"
CODE_PAGES = ("cp866", "cp1251", LATIN)
_SIGNS = str.maketrans({
    "«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "‘": "'", "’": "'",
    "–": "-", "—": "-", "−": "-", "‑": "-", "₽": "р", "€": "E", "×": "x", "…": ".",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\n": " ", "\r": " ",
})  # fmt: skip
_LATIN = str.maketrans({
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "sch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "№": "No",
})  # fmt: skip
_UNKNOWN = "?"


def plain(text: str, code_page: str) -> str:
    """One line of signs that the code page has; transliterated for `latin`."""
    text = unicodedata.normalize("NFC", text).translate(_SIGNS)
    text = "".join(char for char in text if unicodedata.category(char)[0] != "C")
    if code_page == LATIN:
        text = "".join(map(_latin, text))
        return text.encode("ascii", "replace").decode("ascii")
    return text.encode(code_page, "replace").decode(code_page)


def line(text: str, code_page: str, columns: int) -> bytes:
    """A whole line: cut, filled with blanks, encoded; exactly `columns` bytes."""
    shown = plain(text, code_page)[:columns].ljust(columns)
    return shown.encode("ascii" if code_page == LATIN else code_page)


def running(text: str, code_page: str, length_max: int) -> bytes:
    """A text that the display lets run by itself: cut, not filled."""
    shown = plain(text, code_page)[:length_max]
    return shown.encode("ascii" if code_page == LATIN else code_page)


def window(text: str, step: int, columns: int) -> str:
    """What stands in the line after so many steps of a running text, over and over."""
    if len(text) <= columns:
        return text
    loop = f"{text}   "
    start = step % len(loop)
    return (loop + loop)[start : start + columns]


def _latin(char: str) -> str:
    small = char.lower()
    found = small.translate(_LATIN)
    if found == small:
        return char
    return found if char == small else found.capitalize()
