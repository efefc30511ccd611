"""Text for receipt printers: no character that changes width or hides a command.

Code pages of printers lack typographic signs; each is replaced by what people read in its place. Control
characters are dropped, so that a product's name can never carry a printer command.
"""

import functools
import unicodedata

NO_BREAK_SPACE = "\u00a0"

_REPLACEMENTS: dict[str, str] = {
    "«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "‟": '"',
    "‘": "'", "’": "'", "‚": "'", "‹": "<", "›": ">", "′": "'", "″": '"',
    "–": "-", "—": "-", "―": "-", "‒": "-", "‐": "-", "‑": "-", "−": "-",
    "…": "...", "×": "x", "•": "*", "≥": ">=", "≤": "<=",
    "₽": "руб.", "€": "EUR", "₸": "тг.", "₴": "грн",
    "֏": "AMD", "₾": "GEL", "₼": "AZN", "₺": "TRY", "₿": "BTC",
    "\u00a0": NO_BREAK_SPACE, "\u202f": NO_BREAK_SPACE, "\u2007": NO_BREAK_SPACE,
    "\u2009": " ", "\u2002": " ", "\u2003": " ", "\u2008": " ", "\u200a": " ", "\t": " ",
}  # fmt: skip
_SPACES = frozenset("\u00a0\u202f\u2007\u2009\u2002\u2003\u2008\u200a\t")
# Georgian capitals (Mtavruli) are drawn by few fonts; in Georgian they say no more than the small letters.
_GEORGIAN: dict[str, str] = {
    chr(code): chr(code - 0x1C90 + 0x10D0) for code in range(0x1C90, 0x1CBB)
}
MONEY_SIGNS = frozenset("₽€₸₴")
"""Signs of money that the font of pictures can draw."""
REPLACED = frozenset(_REPLACEMENTS) - _SPACES - frozenset("֏₾₼₺₿")
"""Signs with a replacement that may also be printed as they are."""
_UNKNOWN = "?"


@functools.lru_cache(maxsize=32)
def _table(keep: frozenset[str]) -> dict[int, str]:
    replaced = {sign: word for sign, word in _REPLACEMENTS.items() if sign not in keep}
    return str.maketrans({**replaced, **_GEORGIAN})


def normalise(text: str, keep: frozenset[str] = frozenset()) -> str:
    """Replace, compose and drop; line feeds and no-break spaces stay for the layout.

    Pictographs and East Asian characters, which are two columns wide or have no glyph, become ``?``.

    Args:
        text: any text.
        keep: signs that are not replaced, see ``drivers.printers.spelling``.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.translate(_table(keep)))
    if composed.isprintable() and max(composed) < "\u2600":
        return composed
    return "".join(map(_clean, composed))


def _clean(char: str) -> str:
    if char in ("\n", NO_BREAK_SPACE):
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Cf", "Mn", "Me", "Mc", "Zl", "Zp"}:
        return ""
    if category == "Zs":
        return " "
    return _UNKNOWN if char >= "\u2600" or category[0] == "C" else char
