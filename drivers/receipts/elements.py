"""Elements of paper in the sizes of a template; what the parts of a receipt are made of."""

from collections.abc import Iterator
from typing import Final

from drivers.api.printer import Align, Columns, Element, Text
from drivers.receipts.template import Size

Elements = Iterator[Element]
"""What a part of a receipt yields."""
INDENT: Final = "  "
_MULTIPLIERS: Final[dict[Size, tuple[int, int]]] = {
    "normal": (1, 1), "tall": (1, 2), "large": (2, 2),
}  # fmt: skip


def sized(text: str, size: Size, align: Align = "left", *, bold: bool = False) -> Text:
    """Return a paragraph in one of the template's sizes."""
    width, height = _MULTIPLIERS[size]
    return Text(text, align, width, height, bold)


def pair(left: str, right: str, size: Size = "normal", *, bold: bool = False) -> Columns:
    """Return words and an amount in one of the template's sizes."""
    width, height = _MULTIPLIERS[size]
    return Columns(left, right, bold, width, height)
