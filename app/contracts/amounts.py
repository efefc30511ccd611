"""Amounts and points on the wire: JSON numbers in units outside, integer hundredths inside.

On the wire ``12.5`` means twelve roubles fifty; a model holds ``1250``. Parsing never goes through
binary floating point arithmetic: the service reads JSON with ``parse_float=Decimal``, and a float that
another parser has already produced is taken by its shortest decimal text, which is exact up to 15 digits.

In code a field is built from hundredths: ``Tender(amount=1250)``. The two readings are told apart by the
validation mode: JSON mode, or a context made by :func:`wire_context`, means "units from the wire".
"""

from decimal import Context, Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

AMOUNT_MINOR_MAX = 10_000_000_000_00
"""Ten thousand million units: far above any check, far below where a double loses a hundredth."""

_WIRE_KEY = "wire"
_EXPONENT_MAX = 20
_QUANTITY_MILLI_MAX = 100_000_000
# The common context rounds to 28 digits; nothing that comes this far has more than 40.
_EXACT = Context(prec=60)


def wire_context() -> dict[str, bool]:
    """Return the validation context that says "these numbers are units from the wire"."""
    return {_WIRE_KEY: True}


def is_wire(info: ValidationInfo) -> bool:
    """Tell whether a value being validated came from the wire and not from our own code."""
    if info.mode == "json":
        return True
    context = info.context
    return isinstance(context, dict) and bool(context.get(_WIRE_KEY))


def parse_units(value: object, places: int = 2) -> int:
    """Turn a JSON number in units into integer hundredths (or other decimal parts), exactly.

    Args:
        value: What a JSON parser made of the number: int, Decimal or float.
        places: How many decimals are allowed.

    Raises:
        PydanticCustomError: Not a number, not finite, too many decimals, or too large.
    """
    if type(value) is int and abs(value) <= AMOUNT_MINOR_MAX:
        return int(value * 10**places)  # as most amounts are: exact without more ado
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        raise PydanticCustomError("amount_type", "must be a number")
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        raise PydanticCustomError("amount_finite", "must be a finite number")
    # The exponent is looked at before any arithmetic: 1e999999999 must not be expanded.
    if number and (number.adjusted() > _EXPONENT_MAX or number.adjusted() < -_EXPONENT_MAX):
        raise PydanticCustomError("amount_range", "is out of range")
    if len(number.as_tuple().digits) > 2 * _EXPONENT_MAX:
        raise PydanticCustomError(
            "amount_decimals", "must have at most {places} decimals", {"places": places}
        )
    scaled = _EXACT.scaleb(number, places)
    if scaled != scaled.to_integral_value():
        raise PydanticCustomError(
            "amount_decimals", "must have at most {places} decimals", {"places": places}
        )
    return int(scaled)


def units_number(minor: int) -> int | float:
    """Return the JSON number for integer hundredths: whole units as int, others as the nearest double.

    The shortest text of that double is exactly the two decimals, as the range is below 10**13.
    """
    whole, rest = divmod(minor, 100)
    return whole if rest == 0 else float(Decimal(minor).scaleb(-2))


def _read(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    if is_wire(info):
        minor = parse_units(value)
    elif isinstance(value, int) and not isinstance(value, bool):
        minor = value
    else:
        raise PydanticCustomError("amount_minor", "must be integer hundredths when built in code")
    if abs(minor) > AMOUNT_MINOR_MAX:
        raise PydanticCustomError("amount_range", "is out of range")
    return minor


def _read_unsigned(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    minor = _read(value, info)
    if minor < 0:
        raise PydanticCustomError("amount_negative", "must not be negative")
    return minor


def _read_positive(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    minor = _read(value, info)
    if minor <= 0:
        raise PydanticCustomError("amount_positive", "must be greater than zero")
    return minor


def _read_quantity(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    if is_wire(info):
        milli = parse_units(value, 3)
    elif isinstance(value, int) and not isinstance(value, bool):
        milli = value
    else:
        raise PydanticCustomError(
            "quantity_milli", "must be integer thousandths when built in code"
        )
    if not 0 < milli <= _QUANTITY_MILLI_MAX:
        raise PydanticCustomError("quantity_range", "is out of range")
    return milli


def _quantity_number(milli: int) -> int | float:
    whole, rest = divmod(milli, 1000)
    return whole if rest == 0 else float(Decimal(milli).scaleb(-3))


_TO_NUMBER = PlainSerializer(units_number, when_used="json")


def _schema(minimum: str | None) -> WithJsonSchema:
    schema: dict[str, Any] = {
        "type": "number",
        "multipleOf": 0.01,
        "maximum": AMOUNT_MINOR_MAX // 100,
    }
    if minimum is None:
        schema["minimum"] = -AMOUNT_MINOR_MAX // 100
    else:
        schema[minimum] = 0
    return WithJsonSchema(schema)


SignedAmount = Annotated[int, BeforeValidator(_read), _TO_NUMBER, _schema(None)]
"""Money of either sign (rounding, price deltas), integer hundredths inside."""

Amount = Annotated[int, BeforeValidator(_read_unsigned), _TO_NUMBER, _schema("minimum")]
"""Money, zero or more, integer hundredths inside."""

PositiveAmount = Annotated[
    int, BeforeValidator(_read_positive), _TO_NUMBER, _schema("exclusiveMinimum")
]
"""Money above zero, integer hundredths inside."""

Points = Annotated[int, BeforeValidator(_read_unsigned), _TO_NUMBER, _schema("minimum")]
"""Loyalty points, zero or more, integer hundredths inside."""

SignedPoints = Annotated[int, BeforeValidator(_read), _TO_NUMBER, _schema(None)]
"""Loyalty points of either sign, integer hundredths inside."""

PositivePoints = Annotated[
    int, BeforeValidator(_read_positive), _TO_NUMBER, _schema("exclusiveMinimum")
]
"""Loyalty points above zero, integer hundredths inside."""

Quantity = Annotated[
    int,
    BeforeValidator(_read_quantity),
    PlainSerializer(_quantity_number, when_used="json"),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.001}),
]
"""A quantity above zero: a number with at most three decimals outside, integer thousandths inside."""
