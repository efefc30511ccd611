"""Reading the values of a list's parameters: text, choices, amounts, numbers, moments, flags."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from typing import Any

from pydantic_core import PydanticCustomError

from app.contracts.amounts import AMOUNT_MINOR_MAX, parse_units
from app.contracts.errors import ErrorCode, FieldProblem
from app.service.kit.problems import ProblemError

#: The parameter by which a request wants all rows counted.
EXACT_TOTAL = "exactTotal"

_TEXT_MAX = 200
_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 2000, 2200


class Kind(Enum):
    """What the values of a column are."""

    TEXT = auto()
    AMOUNT = auto()
    COUNT = auto()
    MOMENT = auto()
    FLAG = auto()


def parameter_problem(name: str, code: str, detail: str) -> ProblemError:
    """Return the refusal of one query parameter; the pointer is `?` and its name."""
    field = FieldProblem(pointer=f"?{name}"[:_TEXT_MAX], code=code, detail=detail)
    return ProblemError(ErrorCode.VALIDATION_ERROR, f"{field.pointer}: {detail}", errors=(field,))


def read_whole(name: str, text: str, least: int, most: int) -> int:
    """Return a whole number within bounds.

    Raises:
        ProblemError: VALIDATION_ERROR.
    """
    if not _WHOLE.fullmatch(text) or not least <= int(text) <= most:
        raise parameter_problem(name, "range", f"must be a whole number from {least} to {most}")
    return int(text)


def read_text(name: str, text: str) -> str:
    """Return one line of text.

    Raises:
        ProblemError: VALIDATION_ERROR.
    """
    if _CONTROL.search(text):
        raise parameter_problem(name, "text_control", "must not contain control characters")
    if not 1 <= len(text.strip()) <= _TEXT_MAX:
        raise parameter_problem(name, "length", f"must have 1 to {_TEXT_MAX} characters")
    return text.strip()


def read_value(name: str, kind: Kind, text: str) -> Any:  # noqa: ANN401 - what the kind says
    """Return the value that a parameter's text stands for.

    Raises:
        ProblemError: VALIDATION_ERROR.
    """
    return _READERS[kind](name, text)


def read_end(name: str, kind: Kind, text: str) -> tuple[Any, bool]:
    """Return the upper end of a range, and whether it belongs to the range.

    A date without a time means the whole of that day.

    Raises:
        ProblemError: VALIDATION_ERROR.
    """
    value = read_value(name, kind, text)
    if kind is Kind.MOMENT and _DATE.fullmatch(text):
        return value + timedelta(days=1), False
    return value, True


def _read_amount(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise parameter_problem(name, "amount_type", "must be a number")
    try:
        minor = parse_units(Decimal(text))
    except PydanticCustomError as error:
        raise parameter_problem(name, error.type, error.message()) from error
    if abs(minor) > AMOUNT_MINOR_MAX:
        raise parameter_problem(name, "amount_range", "is out of range")
    return minor


def _read_count(name: str, text: str) -> int:
    return read_whole(name, text, -(10**12), 10**12)


def _read_moment(name: str, text: str) -> datetime:
    # A plus that was not escaped arrives as a space.
    said = text.replace(" ", "+") if "T" in text else text
    try:
        value = datetime.fromisoformat(said)
    except ValueError as error:
        raise parameter_problem(name, "moment_format", "must be a date or time") from error
    if _DATE.fullmatch(text):
        value = value.replace(tzinfo=UTC)
    if value.tzinfo is None:
        raise parameter_problem(name, "moment_format", "must be a date, or a time with its zone")
    if not _FIRST_YEAR <= value.year < _LAST_YEAR:
        raise parameter_problem(name, "moment_range", "is out of range")
    return value.astimezone(UTC)


def _read_flag(name: str, text: str) -> bool:
    if text not in ("true", "false"):
        raise parameter_problem(name, "flag", "must be true or false")
    return text == "true"


_READERS: Mapping[Kind, Callable[[str, str], Any]] = {
    Kind.TEXT: read_text,
    Kind.AMOUNT: _read_amount,
    Kind.COUNT: _read_count,
    Kind.MOMENT: _read_moment,
    Kind.FLAG: _read_flag,
}
