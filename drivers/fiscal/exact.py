"""Exact numbers in JSON: kopecks leave as ``225.12`` and come back as 22512, never through a float."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from drivers.api.errors import ProtocolError

JsonValue = None | bool | int | str | Decimal | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
# Servers that compute with doubles answer 225.12000000000001; half a hundredth of a kopeck is noise.
_NOISE = Decimal("0.005")
_DIGITS_MAX = 15
#: No register counts with more places before or behind the point; written out, 1e22222222222 fills the memory.
_PLACES_MAX = 40


def roubles(amount_minor: int) -> Decimal:
    """Kopecks as roubles with exactly two places."""
    return Decimal(amount_minor).scaleb(-2)


def units(quantity_milli: int) -> Decimal:
    """Thousandths as units with no more places than needed."""
    whole, rest = divmod(quantity_milli, 1000)
    return Decimal(whole) if not rest else Decimal(f"{whole}.{rest:03d}".rstrip("0"))


def dump(value: JsonValue) -> str:
    """Write JSON in one line; decimals as they are, Cyrillic readable."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        parts = (
            f"{json.dumps(key, ensure_ascii=False)}: {dump(item)}" for key, item in value.items()
        )
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(dump(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def load(data: bytes | str) -> JsonValue:
    """Read JSON with numbers kept exact.

    Raises:
        ProtocolError: it is no JSON, or nested too deeply, or holds NaN or a number beyond all sums.
    """
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        value: JsonValue = json.loads(text, parse_float=_number, parse_constant=_refuse)
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise ProtocolError(f"no JSON: {error}") from error
    return value


def kopecks(value: JsonValue) -> int | None:
    """Read roubles as kopecks; None if it is no number that a register may send."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    number = Decimal(value)
    if not number.is_finite() or number.adjusted() > _DIGITS_MAX:
        return None
    minor = (number * 100).to_integral_value()
    return int(minor) if abs(number * 100 - minor) <= _NOISE else None


def _number(text: str) -> Decimal:
    number = Decimal(text)
    _, digits, exponent = number.as_tuple()
    if not isinstance(exponent, int) or max(abs(exponent), len(digits) + exponent) > _PLACES_MAX:
        raise ValueError(f"{text[:40]} is beyond all sums")
    return number


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no number")
