"""Text for receipt printers: no character that changes width or hides a command.

Code pages of printers lack typographic signs; each is replaced by what people read in its place. Control
characters are dropped, so that a product's name can never carry a printer command.
"""

import unicodedata

NO_BREAK_SPACE = "\u00a0"

_REPLACEMENTS: dict[str, str] = {
    "«": '"', "»": '"', "„": '"', "“": '"', "”": '"', "‟": '"',
    "‘": "'", "’": "'", "‚": "'", "‹": "<", "›": ">", "′": "'", "″": '"',
    "–": "-", "—": "-", "―": "-", "‒": "-", "‐": "-", "‑": "-", "−": "-",
    "…": "...", "₽": "руб.", "€": "EUR", "×": "x", "•": "*", "≥": ">=", "≤": "<=",
    "\u00a0": NO_BREAK_SPACE, "\u202f": NO_BREAK_SPACE, "\u2007": NO_BREAK_SPACE,
    "\u2009": " ", "\u2002": " ", "\u2003": " ", "\u2008": " ", "\u200a": " ", "\t": " ",
}  # fmt: skip
_TABLE = str.maketrans(_REPLACEMENTS)
_UNKNOWN = "?"


def normalise(text: str) -> str:
    """Replace, compose and drop; line feeds and no-break spaces stay for the layout.

    Pictographs and East Asian characters, which are two columns wide or have no glyph, become ``?``.
    """
    if text.isascii() and text.isprintable():
        return text
    composed = unicodedata.normalize("NFC", text.translate(_TABLE))
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
