"""Measured numbers on the wire: what a machine says of itself, rounded and never refused for digits.

Money is exact and lives in `app.contracts.amounts`; a processor's load is a reading, so 12.3456789 is
taken as what it is near to. Inside they are whole numbers of a fixed part.
"""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.contracts.amounts import is_wire

_WHOLE_MAX = 1_000_000_000_000
_POINT_MAX = 1_000_000_000


def _read(value: Any, info: ValidationInfo, places: int) -> int:  # noqa: ANN401 - pydantic hands over anything
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        raise PydanticCustomError("measure_type", "must be a number")
    if not is_wire(info):
        return int(value)
    number = Decimal(value)
    if not number.is_finite() or number < 0:
        raise PydanticCustomError("measure_range", "must be a finite number, zero or more")
    # Looked at before any arithmetic: 1e999999999 must not be expanded.
    if number and number.adjusted() > len(str(_WHOLE_MAX)):
        raise PydanticCustomError("measure_range", "is out of range")
    return int(number.scaleb(places).to_integral_value(ROUND_HALF_EVEN))


def _read_whole(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    return _read(value, info, 0)


def _read_centi(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    return _read(value, info, 2)


def _read_milli(value: Any, info: ValidationInfo) -> int:  # noqa: ANN401 - pydantic hands over anything
    return _read(value, info, 3)


def _number(value: int, places: int) -> int | float:
    whole, rest = divmod(value, 10**places)
    return whole if rest == 0 else float(Decimal(value).scaleb(-places))


def _centi_number(value: int) -> int | float:
    return _number(value, 2)


def _milli_number(value: int) -> int | float:
    return _number(value, 3)


def _schema(maximum: int) -> WithJsonSchema:
    return WithJsonSchema({"type": "number", "minimum": 0, "maximum": maximum})


Reading = Annotated[
    int, BeforeValidator(_read_whole), Field(ge=0, le=_WHOLE_MAX), _schema(_WHOLE_MAX)
]
"""A reading, rounded to whole units: milliseconds, megabytes, operations."""

LoadPercent = Annotated[
    int,
    BeforeValidator(_read_centi),
    Field(ge=0, le=1_000_000_00),
    PlainSerializer(_centi_number, when_used="json"),
    _schema(1_000_000),
]
"""A load in per cent, in hundredths inside; above a hundred on several cores."""

MetricValue = Annotated[
    int,
    BeforeValidator(_read_milli),
    Field(ge=0, le=_POINT_MAX * 1000),
    PlainSerializer(_milli_number, when_used="json"),
    _schema(_POINT_MAX),
]
"""The value of one point of a metric, in thousandths inside."""
