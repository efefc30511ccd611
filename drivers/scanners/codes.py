"""What a scanned text means: product, weight, marking, guest, gift card, coupon, staff card."""

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from drivers.api.scanner import Code, CodeKind, Symbology
from drivers.scanners.gs1 import (
    BadElementsError,
    has_valid_check_digit,
    looks_like_elements,
    parse_elements,
    restore_separators,
)
from drivers.scanners.layout import is_russian, readings

TEXT_LENGTH_MAX = 2048
GUEST_CODE_DIGITS = 6
_PRODUCT_LENGTHS = (8, 12, 13, 14)  # EAN-8, UPC-A, EAN-13, ITF-14
_CERTAIN = frozenset(CodeKind) - {CodeKind.TEXT, CodeKind.UNKNOWN}

# AIM identifiers, ISO/IEC 15424: letter of the symbology and a modifier.
_AIM = {
    "E0": Symbology.EAN13,
    "E4": Symbology.EAN8,
    "d1": Symbology.DATAMATRIX,
    "d2": Symbology.DATAMATRIX,
    "C0": Symbology.CODE128,
    "C1": Symbology.CODE128,
    "Q0": Symbology.QR,
    "Q1": Symbology.QR,
    "Q3": Symbology.QR,
}


@dataclass(frozen=True, slots=True)
class CodeRules:
    """The restaurant's own codes.

    Attributes:
        prefixes: first characters of a code and what they mean; the longest fitting one wins.
        json_types: value of `type` in a QR that holds a JSON object, and what it means.
        weight_prefixes: first two digits of EAN-13 that carry a weight: 2P IIIII WWWWW C, grams.
        guest_ean_prefixes: first two digits of EAN-13 on plastic guest cards.
    """

    prefixes: Mapping[str, CodeKind] = field(
        default_factory=lambda: {
            "LC:": CodeKind.GUEST,
            "CARD:": CodeKind.GUEST,
            "GIFT:": CodeKind.GIFT_CARD,
            "PROMO:": CodeKind.PROMO,
            "STAFF:": CodeKind.STAFF,
        }
    )
    json_types: Mapping[str, CodeKind] = field(
        default_factory=lambda: {
            "card": CodeKind.GUEST,
            "gift": CodeKind.GIFT_CARD,
            "promo": CodeKind.PROMO,
            "staff": CodeKind.STAFF,
        }
    )
    weight_prefixes: tuple[str, ...] = ("21", "22", "23")
    guest_ean_prefixes: tuple[str, ...] = ()


DEFAULT_RULES = CodeRules()


def split_aim(text: str) -> tuple[Symbology, str]:
    """Take an AIM identifier such as ]d2 off a text; UNKNOWN if there is none."""
    if len(text) > 3 and text[0] == "]" and text[1:3] in _AIM:
        return _AIM[text[1:3]], text[3:]
    return Symbology.UNKNOWN, text


def classify(text: str, rules: CodeRules = DEFAULT_RULES, *, typed: bool = False) -> Code:
    """Say what a scanned text is.

    Never raises: what cannot be understood is UNKNOWN with a reason.

    Args:
        text: as it came, separators and an AIM identifier included.
        rules: the restaurant's own codes.
        typed: it came through a keyboard, so a wrong layout or Caps Lock is put right: among its
            readings the first that is certain wins (a prefix fits, a check digit fits).
    """
    stripped = split_aim(text.strip(" \r\n\t"))[1]
    if not stripped or len(stripped) > TEXT_LENGTH_MAX:
        return Code(CodeKind.UNKNOWN, stripped[:64], stripped[:64], reason="empty or too long")
    if not typed:
        return _classify_reading(stripped, rules)
    codes = [_classify_reading(reading, rules) for reading in readings(stripped)]
    best = next((code for code in codes if code.kind in _CERTAIN), codes[0])
    was_retyped = is_russian(stripped) or best is not codes[0]
    return replace(best, was_repaired=True) if was_retyped else best


def _classify_reading(text: str, rules: CodeRules) -> Code:
    prefixed = _by_prefix(text, rules) or _by_json(text, rules)
    if prefixed is not None:
        return prefixed
    if text.isascii() and text.isdigit():
        return _classify_digits(text, rules)
    elements = restore_separators(text)
    if looks_like_elements(elements):
        return _classify_marking(elements)
    if not text.isprintable():
        return Code(CodeKind.UNKNOWN, text, text, reason="control characters")
    return Code(CodeKind.TEXT, text, text)


def _by_prefix(text: str, rules: CodeRules) -> Code | None:
    for prefix in sorted(rules.prefixes, key=len, reverse=True):
        if text.startswith(prefix) and len(text) > len(prefix):
            return Code(rules.prefixes[prefix], text[len(prefix) :], text)
    return None


def _by_json(text: str, rules: CodeRules) -> Code | None:
    """A QR that names its type itself; its value is the whole text, which may be signed."""
    if not text.startswith("{"):
        return None
    with contextlib.suppress(ValueError, RecursionError):
        content = json.loads(text)
        kind = rules.json_types.get(str(content.get("type"))) if isinstance(content, dict) else None
        if kind is not None:
            return Code(kind, text, text)
    return None


def _classify_digits(text: str, rules: CodeRules) -> Code:
    if len(text) == GUEST_CODE_DIGITS:
        return Code(CodeKind.GUEST_CODE, text, text)
    if looks_like_elements(text):
        return _classify_marking(text)
    if len(text) not in _PRODUCT_LENGTHS:
        return Code(CodeKind.TEXT, text, text)
    if not has_valid_check_digit(text):
        return Code(CodeKind.UNKNOWN, text, text, reason="the check digit does not fit")
    return _classify_checked(text, rules)


def _classify_checked(text: str, rules: CodeRules) -> Code:
    """Digits with a valid check digit: a product unless the restaurant says otherwise."""
    if len(text) == 13 and text.startswith(rules.weight_prefixes):
        return Code(CodeKind.WEIGHT, text[2:7], text, weight_g=int(text[7:12]))
    if len(text) == 13 and rules.guest_ean_prefixes and text.startswith(rules.guest_ean_prefixes):
        return Code(CodeKind.GUEST, text, text)
    return Code(CodeKind.PRODUCT, text, text)


def _classify_marking(text: str) -> Code:
    plain = text.replace("(01)", "01", 1).replace("(21)", "21", 1)
    try:
        elements = parse_elements(plain)
    except BadElementsError as error:
        return Code(CodeKind.UNKNOWN, plain[2:16], plain, reason=str(error))
    return Code(
        CodeKind.MARKING,
        elements.values["01"],
        elements.text,
        serial=elements.values.get("21", ""),
        was_repaired=elements.was_repaired,
    )
