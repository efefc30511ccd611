"""Check digits and GS1 element strings (DataMatrix of marked goods), with lost separators restored.

Sources: GS1 General Specifications, 7.9 (check digit) and 3.2 (application identifiers); lengths of
serial numbers and check parts of the Russian marking system as in its public documents.
"""

from dataclasses import dataclass

GS = "\x1d"
TEXT_MAX = 512
# What scanners and wedges put in the place of GS.
_SUBSTITUTES = ("\u241d", "<GS>", "{GS}", "[GS]", "\\x1d", "\\u001d", "<FNC1>")
_FIXED = {"01": 14, "02": 14, "11": 6, "13": 6, "15": 6, "17": 6, "3103": 6, "8005": 6}
_VARIABLE = {"10": 20, "21": 20, "91": 90, "92": 90, "93": 90, "240": 30}
_SERIAL_LENGTHS = (6, 7, 13, 20)  # milk, beer and tobacco blocks, most groups, medicine and others
# What follows the serial number, by the lengths that the marking system issues.
_TAILS = (
    (("93", 4),),
    (("93", 4), ("3103", 6)),
    (("8005", 6), ("93", 4)),
    (("91", 4), ("92", 44)),
    (("91", 4), ("92", 88)),
)


# GS1 General Specifications, 7.11, "character set 82", which all values of these identifiers keep to.
_ALPHABET = frozenset(
    "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
)


class BadElementsError(ValueError):
    """Not a valid element string, or one that can be read in two ways."""


@dataclass(frozen=True, slots=True)
class Elements:
    """A parsed element string; `text` has GS where it belongs."""

    values: dict[str, str]
    text: str
    was_repaired: bool = False


def has_valid_check_digit(digits: str) -> bool:
    """Whether the last digit fits: EAN-8, UPC-A, EAN-13, ITF-14 and GTINs inside of DataMatrix."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) < 8:
        return False
    return check_digit(digits[:-1]) == digits[-1]


def check_digit(body: str) -> str:
    """Return the check digit of GS1 for the digits before it."""
    weighed = [int(digit) for digit in reversed(body)]
    total = 3 * sum(weighed[::2]) + sum(weighed[1::2])
    return str((10 - total % 10) % 10)


def restore_separators(text: str) -> str:
    """Turn the usual substitutes of GS into GS and drop one in front (FNC1 as first character).

    Where GS itself comes through nothing is a substitute: "<GS>" may be a part of a serial number.
    """
    bare = text.removeprefix(GS)
    if GS in bare:
        return bare
    for substitute in _SUBSTITUTES:
        bare = bare.replace(substitute, GS)
    return bare.removeprefix(GS)


def looks_like_elements(text: str) -> bool:
    """Whether a text begins like a marking code: 01, a valid GTIN, 21."""
    head = text.removeprefix("(01)").removeprefix("01")
    return (
        text.startswith(("01", "(01)"))
        and has_valid_check_digit(head[:14])
        and len(head) > 18
        and head[14:].startswith(("21", "(21)"))
    )


def parse_elements(text: str, *, keeps_separators: bool = True) -> Elements:
    """Read an element string; where every GS is lost they are put back if there is one way only.

    Args:
        text: the code.
        keeps_separators: the road keeps GS, so a code of no known shape has none; a keyboard may
            have lost them, and then nobody knows where its serial number ends.

    Raises:
        BadElementsError: it cannot be read, or can be read in more than one way: scan again.
    """
    if len(text) > TEXT_MAX:
        raise BadElementsError(f"{len(text)} characters")
    strange = set(text) - _ALPHABET - {GS}
    if strange:
        raise BadElementsError(f"{min(strange)!r} stands in no element")
    if GS in text:
        return Elements(_split(text), text)
    found = _without_separators(text)
    if len(found) == 1:
        return found[0]
    if found:
        raise BadElementsError("separators are lost and the code can be read in two ways")
    values = _split(text)
    if not keeps_separators and len(values.get("21", "")) > min(_SERIAL_LENGTHS):
        raise BadElementsError("separators are lost: nobody knows where the serial number ends")
    return Elements(values, text)


def _split(text: str) -> dict[str, str]:
    """Cut a string that has its separators."""
    values: dict[str, str] = {}
    position = 0
    while position < len(text):
        if text[position] == GS:
            position += 1
            continue
        identifier = _identifier(text, position)
        start = position + len(identifier)
        if identifier in _FIXED:
            position = start + _FIXED[identifier]
        else:
            end = text.find(GS, start)
            position = len(text) if end < 0 else end
            if position - start > _VARIABLE[identifier]:
                raise BadElementsError(f"({identifier}) is too long: a separator is lost")
        values[identifier] = text[start:position]
        if position > len(text) or not values[identifier]:
            raise BadElementsError(f"({identifier}) is cut off")
    return values


def _identifier(text: str, position: int) -> str:
    for length in (4, 3, 2):
        identifier = text[position : position + length]
        if len(identifier) == length and (identifier in _FIXED or identifier in _VARIABLE):
            return identifier
    raise BadElementsError(f"unknown identifier at {position}")


def _without_separators(text: str) -> list[Elements]:
    """Every way to cut 01 GTIN 21 serial and one of the known tails out of a text without GS."""
    found = []
    head, rest = text[:18], text[18:]
    for serial_length in _SERIAL_LENGTHS:
        for tail in _TAILS:
            parts = _cut_tail(rest[serial_length:], tail)
            if parts is None:
                continue
            serial = rest[:serial_length]
            values = {"01": head[2:16], "21": serial, **parts}
            whole = head + GS.join([serial, *(key + value for key, value in parts.items())])
            found.append(Elements(values, whole, was_repaired=True))
    return found


def _cut_tail(text: str, tail: tuple[tuple[str, int], ...]) -> dict[str, str] | None:
    parts: dict[str, str] = {}
    for identifier, length in tail:
        end = len(identifier) + length
        if not text.startswith(identifier) or len(text) < end:
            return None
        parts[identifier] = text[len(identifier) : end]
        text = text[end:]
    return None if text else parts
