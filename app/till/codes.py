"""What a scanned code is, by its looks alone: product, weight, guest, or unknown.

Whether a product has the code, or a guest the card, is asked afterwards. Weight codes are those of
shop scales: EAN-13 beginning with 2, `2P IIIII WWWWW C`: prefix, item number, grams, check digit.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CODE_MAX: Final = 1_000
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
_GUEST_TEXT_MIN: Final = 16
_CARD_PREFIX: Final = "LC:"
_GS: Final = "\x1d"
_GS1_PRODUCT: Final = re.compile(r"^01(\d{14})")
_GUEST_TEXT: Final = re.compile(r"[\x21-\x7e]+")


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
    """

    kind: CodeKind
    text: str
    raw: str
    quantity_milli: int = 0


Classifier = Callable[[str], Code]


def is_gtin(digits: str) -> bool:
    """Tell whether digits are an EAN-8, UPC-A, EAN-13 or GTIN-14 with a right check digit."""
    if len(digits) not in _GTIN_LENGTHS or not (digits.isascii() and digits.isdigit()):
        return False
    total = sum(
        int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits))
    )
    return total % 10 == 0


def classify(raw: str) -> Code:
    """Tell what a code is by its length, letters and check digit."""
    text = raw.strip().strip(_GS)[:CODE_MAX]
    if text.isascii() and text.isdigit():
        return _classify_digits(text, raw)
    if text.upper().startswith(_CARD_PREFIX):
        return _classify_card(text[len(_CARD_PREFIX) :].strip(), raw)
    if match := _GS1_PRODUCT.match(text):
        # GS1 DataMatrix of marked goods: the product's number, then serial and signature.
        return Code(CodeKind.PRODUCT, match[1].lstrip("0").zfill(13), raw)
    if len(text) >= _GUEST_TEXT_MIN and _GUEST_TEXT.fullmatch(text):
        return Code(CodeKind.GUEST, text, raw)
    return Code(CodeKind.PRODUCT if text else CodeKind.UNKNOWN, text, raw)


def _classify_card(text: str, raw: str) -> Code:
    is_six = len(text) == 6 and text.isascii() and text.isdigit()
    return Code(CodeKind.SIX_DIGITS if is_six else CodeKind.GUEST, text, raw)


def _classify_digits(text: str, raw: str) -> Code:
    if len(text) == 6:
        return Code(CodeKind.SIX_DIGITS, text, raw)
    if len(text) == 13 and text[0] == "2" and is_gtin(text):
        return Code(CodeKind.WEIGHT, text[2:7], raw, quantity_milli=int(text[7:12]))
    if len(text) == 14 and text[0] == "0":
        return Code(CodeKind.PRODUCT, text[1:], raw)
    return Code(CodeKind.PRODUCT, text, raw)
