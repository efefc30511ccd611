"""The port to whatever tells scanned codes apart: product, weight, guest, or of no use here.

Whether a product has the code, or a guest the card, is asked afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from app.till.words import Words

if TYPE_CHECKING:
    from drivers.api.marking import MarkCode


class CodeKind(StrEnum):
    """What a code seems to be."""

    PRODUCT = "product"
    WEIGHT = "weight"
    GUEST = "guest"
    SIX_DIGITS = "six_digits"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was told apart.

    Attributes:
        kind: What it seems to be.
        text: What to look for: the barcode, the item number of a weight code, the guest's text.
        raw: The code as it was read.
        quantity_milli: Grams of a weight code, else 0.
        forms: Other ways in which the menu may know it, the likeliest first.
        words: Why a code of kind UNKNOWN is of no use here; None if nothing is known about it.
        mark: The marking code that it is, None if it is none.
        mark_words: Why it cannot serve as a marking code; None if it can, or is plainly something else.
    """

    kind: CodeKind
    text: str
    raw: str
    quantity_milli: int = 0
    forms: tuple[str, ...] = ()
    words: Words | None = None
    mark: "MarkCode | None" = None
    mark_words: Words | None = None


Classifier = Callable[[str], Code]
"""Tells what a code is; never raises. Any thread."""
