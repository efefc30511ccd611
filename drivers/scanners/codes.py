"""What a scanned text means: product, weight, marking, guest, gift card, coupon, staff card."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from drivers.api.scanner import Code, CodeKind, Symbology
from drivers.scanners.gs1 import (
    GS,
    BadElementsError,
    has_valid_check_digit,
    looks_like_elements,
    parse_elements,
    restore_separators,
)
from drivers.scanners.layout import Layout, Lock, Way, likely_ways, undo

TEXT_LENGTH_MAX = 2048
GUEST_CODE_DIGITS = 6
_PRODUCT_LENGTHS = (8, 12, 13, 14)  # EAN-8, UPC-A, EAN-13, ITF-14
_DIGIT_SIGNS = frozenset("!@#$%^&*()")  # Shift and a digit of the US layout
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


def classify(
    text: str,
    rules: CodeRules = DEFAULT_RULES,
    *,
    typed: bool = False,
    ways: Sequence[Way] = (),
    keeps_separators: bool | None = None,
) -> Code:
    """Say what a scanned text is.

    Never raises: what cannot be understood is UNKNOWN with a reason.

    Args:
        text: as it came, separators and an AIM identifier included.
        rules: the restaurant's own codes.
        typed: it came through a keyboard, so a wrong layout or Caps Lock is put right: among its
            readings the first that is certain wins (a prefix fits, a check digit fits). If another
            is as certain and says something else, the code has a `doubt`.
        ways: how the keys may have come out, as far as it is known; () is not known.
        keeps_separators: whether GS comes through; None: of a keyboard it is not known.
    """
    keeps = not typed if keeps_separators is None else keeps_separators
    cut = text.strip(" \r\n\t")
    if not cut or len(cut) > TEXT_LENGTH_MAX:
        shown = split_aim(cut)[1][:64]
        return Code(CodeKind.UNKNOWN, shown, shown, reason="empty or too long")
    if not typed:
        return _classify_reading(split_aim(cut)[1], rules, keeps=keeps)
    found = {
        way: _classify_reading(split_aim(reading)[1], rules, keeps=keeps)
        for way in ways or likely_ways(cut)
        if (reading := undo(cut, way)) is not None
    }
    return _best_reading(cut, found)


def _best_reading(typed: str, found: Mapping[Way, Code]) -> Code:
    """Choose the first certain reading and say what speaks against it."""
    if not found:
        return Code(CodeKind.UNKNOWN, typed, typed, reason="the keyboard cannot have typed this")
    certain = _without_lock_twins({w: code for w, code in found.items() if code.kind in _CERTAIN})
    best = certain[0] if certain else next(iter(found.values()))
    others = [code for code in certain if code.text != best.text]
    doubt = ""
    if others:
        doubt = "the keyboard's layout or Caps Lock is not known: the code can be read in two ways"
        if any((code.kind, code.value) != (best.kind, best.value) for code in others):
            return replace(best, kind=CodeKind.UNKNOWN, reason=doubt, doubt=doubt)
    was_retyped = best.text != split_aim(typed)[1]
    return replace(best, was_repaired=best.was_repaired or was_retyped, doubt=doubt)


def _without_lock_twins(certain: Mapping[Way, Code]) -> list[Code]:
    """Drop what only a mix-up of the two locks explains.

    In the Russian layout signs are on letter keys, so Caps Lock and a shift lock differ in the row of
    digits alone: of two such readings the one with digits is right, not the one with signs there.
    """
    kept = dict(certain)
    for layout in Layout:
        pair = [Way(layout, Lock.CAPS), Way(layout, Lock.SHIFT)]
        signs = [bool(_DIGIT_SIGNS & set(certain[way].text)) for way in pair if way in certain]
        if len(signs) == 2 and signs[0] != signs[1]:
            del kept[pair[0] if signs[0] else pair[1]]
    return list(kept.values())


def _classify_reading(text: str, rules: CodeRules, *, keeps: bool = True) -> Code:
    if not text:
        return Code(CodeKind.UNKNOWN, text, text, reason="empty")
    prefixed = _by_prefix(text, rules) or _by_json(text, rules)
    if prefixed is not None:
        return prefixed
    if text.isascii() and text.isdigit():
        return _classify_digits(text, rules, keeps=keeps)
    marking = _by_elements(text, keeps=keeps)
    if marking is not None:
        return marking
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


def _by_elements(text: str, *, keeps: bool) -> Code | None:
    elements = restore_separators(text)
    if not looks_like_elements(elements):
        return None
    code = _classify_marking(elements, keeps=keeps)
    if elements.removeprefix(GS) == text.removeprefix(GS) or "<" not in text:
        return code
    # The substitutes <GS> and <FNC1> are made of characters that a serial number may hold.
    other = _classify_marking(text, keeps=False)
    if CodeKind.UNKNOWN in (other.kind, code.kind):
        return code
    return replace(code, kind=CodeKind.UNKNOWN, reason="a separator or a part of the serial number")


def _classify_digits(text: str, rules: CodeRules, *, keeps: bool) -> Code:
    if len(text) == GUEST_CODE_DIGITS:
        return Code(CodeKind.GUEST_CODE, text, text)
    if looks_like_elements(text):
        return _classify_marking(text, keeps=keeps)
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


def _classify_marking(text: str, *, keeps: bool) -> Code:
    plain = text
    if text.startswith("(01)") and text[18:22] == "(21)":
        plain = f"01{text[4:18]}21{text[22:]}"
    try:
        elements = parse_elements(plain, keeps_separators=keeps)
    except BadElementsError as error:
        return Code(CodeKind.UNKNOWN, plain[2:16], plain, reason=str(error))
    return Code(
        CodeKind.MARKING,
        elements.values["01"],
        elements.text,
        serial=elements.values.get("21", ""),
        was_repaired=elements.was_repaired,
    )
