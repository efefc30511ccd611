"""Reading marking codes: GS1 DataMatrix, packs of tobacco, furs and stamps of spirits.

Sources: public documents of the marking system (GS1 with 93, 91 and 92, 8005, 3103); GS1 General
Specifications 7.11 (alphabet of serial numbers); pack of tobacco, 29 characters of which 21 identify:
public sample client of ТС ПИоТ; furs ``RU-401301-AAA0277031``; stamps of 68 and 150 characters, of
which the fiscal document takes 23 (from the 9th) and 14 (from the first) (unconfirmed).
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from drivers.api.marking import MarkCode, MarkFault, MarkFormat, MarkUnreadable
from drivers.scanners.codes import split_aim
from drivers.scanners.gs1 import (
    GS,
    TEXT_MAX,
    BadElementsError,
    has_valid_check_digit,
    looks_like_elements,
    parse_elements,
    restore_separators,
)
from drivers.scanners.layout import Way, readings, undo

# GS1 General Specifications 7.11: the 82 characters of element strings.
_ALPHABET = re.compile(r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z\x1d]*")
_FUR = re.compile(r"[A-Z]{2}-\d{6}-[A-Z]{3}\d{7}")
_STAMP_68 = re.compile(r"\d\dN[0-9A-Z]{65}")
_STAMP_150 = re.compile(r"\d{3}[0-9A-Z]{147}")
_PACK_LENGTH, _PACK_SERIAL_END, _PACK_PRICE_END = 29, 21, 25
_GTIN_LENGTH = 14
_BARCODE_LENGTHS = (8, 12, 13, 14)
_SERIAL_MAX = 20
_LENGTH_93, _LENGTH_91, _LENGTHS_92 = 4, 4, (44, 88)
# Some scanners put these in the place of FNC1 (unconfirmed).
_FNC1_BYTES = "\xe8"


def parse_mark(text: str | bytes, *, typed: bool = False, ways: Iterable[Way] = ()) -> MarkCode:
    """Read a code as scanned; a symbology prefix, substitutes of GS and lost ones are put right.

    Args:
        text: the scanned code.
        typed: it came through a keyboard: a Russian layout and Caps Lock are put right too. Where that
            can be done in two ways that make two codes, the likelier one is returned as doubtful.
        ways: how the keyboard is known to come out, e.g. from a calibration; empty if it is not.

    Raises:
        MarkUnreadable: it is no marking code, or not a whole one; `fault` says why.
    """
    plain = text.decode("latin-1") if isinstance(text, bytes) else text
    plain = split_aim(plain.strip(" \r\n\t"))[1]
    if not plain:
        raise MarkUnreadable(MarkFault.EMPTY)
    if len(plain) > TEXT_MAX:
        raise MarkUnreadable(MarkFault.TOO_LONG, f"{len(plain)} characters")
    found: dict[str, MarkCode] = {}
    faults: list[MarkUnreadable] = []
    for reading in _readings(plain, ways) if typed else (plain,):
        try:
            code = _parse_reading(reading, was_retyped=reading != plain)
        except MarkUnreadable as error:
            faults.append(error)
        else:
            found.setdefault(code.text, code)
    if not found:
        raise faults[0]
    code = next(iter(found.values()))
    return replace(code, is_doubtful=len(found) > 1)


def _readings(text: str, ways: Iterable[Way]) -> tuple[str, ...]:
    known = [reading for way in ways if (reading := undo(text, way)) is not None]
    return tuple(dict.fromkeys(known)) or readings(text)


def _parse_reading(text: str, *, was_retyped: bool) -> MarkCode:
    separated = restore_separators(text.replace(_FNC1_BYTES, GS))
    repaired = was_retyped or separated != text.removeprefix(GS)
    other = _other_format(separated, was_repaired=repaired)
    if other is not None:
        return other
    plain = _without_brackets(separated)
    if not _ALPHABET.fullmatch(plain):
        raise MarkUnreadable(MarkFault.ALPHABET)
    if not plain.startswith("01"):
        raise MarkUnreadable(_what_else(plain))
    return _gs1_mark(plain, was_repaired=repaired)


def _other_format(text: str, *, was_repaired: bool) -> MarkCode | None:
    """Read what has no GS1 elements: a pack of tobacco, a fur, a stamp; None if it is none."""
    if _FUR.fullmatch(text):
        return MarkCode(MarkFormat.FUR, text, was_repaired=was_repaired)
    if _STAMP_150.fullmatch(text):
        return MarkCode(MarkFormat.EGAIS30, text, serial=text[:14], was_repaired=was_repaired)
    if _STAMP_68.fullmatch(text):
        return MarkCode(MarkFormat.EGAIS20, text, serial=text[8:31], was_repaired=was_repaired)
    # The head of a longer code that was cut to 29 characters must not pass for a pack.
    is_pack = len(text) == _PACK_LENGTH and not looks_like_elements(text)
    if (
        is_pack
        and has_valid_check_digit(text[:_GTIN_LENGTH])
        and _ALPHABET.fullmatch(text)
        and GS not in text
    ):
        return MarkCode(
            MarkFormat.SHORT,
            text,
            text[:_GTIN_LENGTH],
            text[_GTIN_LENGTH:_PACK_SERIAL_END],
            text[_PACK_PRICE_END:],
            was_repaired=was_repaired,
        )
    return None


def _without_brackets(text: str) -> str:
    """Take the brackets of the printed form off the first two identifiers."""
    if not text.startswith("(01)"):
        return text
    return text.replace("(01)", "01", 1).replace("(21)", "21", 1)


def _what_else(text: str) -> MarkFault:
    if text.isdigit() and len(text) in _BARCODE_LENGTHS and has_valid_check_digit(text):
        return MarkFault.BARCODE
    return MarkFault.NOT_A_MARK


def _gs1_mark(text: str, *, was_repaired: bool) -> MarkCode:
    gtin = text[2:16]
    if text.isdigit() and len(text) <= _GTIN_LENGTH:
        raise MarkUnreadable(_what_else(text))
    if len(gtin) < _GTIN_LENGTH:
        raise MarkUnreadable(MarkFault.CUT_OFF)
    if not gtin.isdigit():
        raise MarkUnreadable(MarkFault.NOT_A_MARK)
    if not has_valid_check_digit(gtin):
        raise MarkUnreadable(MarkFault.CHECK_DIGIT)
    try:
        elements = parse_elements(text)
    except BadElementsError as error:
        raise MarkUnreadable(_fault_of(error), str(error)) from error
    values = elements.values
    serial = values.get("21", "")
    if not serial or len(serial) > _SERIAL_MAX:
        raise MarkUnreadable(MarkFault.CUT_OFF, "no serial number")
    return MarkCode(
        MarkFormat.GS1M,
        elements.text,
        gtin,
        serial,
        _check_part(values),
        price_minor=_digits(values, "8005"),
        weight_g=_digits(values, "3103"),
        was_repaired=was_repaired or elements.was_repaired,
    )


def _fault_of(error: BadElementsError) -> MarkFault:
    if "two ways" in str(error) or "separator" in str(error):
        return MarkFault.SEPARATOR_LOST
    return MarkFault.CUT_OFF


def _check_part(values: dict[str, str]) -> str:
    """Return the short check part (93) or key and signature (91, 92), as long as they must be."""
    short = values.get("93", "")
    if short:
        if len(short) != _LENGTH_93:
            raise MarkUnreadable(MarkFault.CUT_OFF, f"(93) has {len(short)} characters")
        return short
    key, signature = values.get("91", ""), values.get("92", "")
    if not key and not signature:
        raise MarkUnreadable(MarkFault.NO_CHECK_PART)
    if len(key) != _LENGTH_91 or len(signature) not in _LENGTHS_92:
        lengths = f"(91) has {len(key)} characters, (92) {len(signature)}"
        raise MarkUnreadable(MarkFault.CUT_OFF, lengths)
    return key + signature


def _digits(values: dict[str, str], identifier: str) -> int | None:
    value = values.get(identifier, "")
    if not value:
        return None
    if not (value.isascii() and value.isdigit()):
        raise MarkUnreadable(MarkFault.CUT_OFF, f"({identifier}) is no number")
    return int(value)
