"""The base of every wire model, and the plain field types that they share.

Names are camelCase on the wire and snake_case in code; either is accepted when a model is built.
Unknown fields are ignored. Models are frozen.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    Strict,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError
from typing_extensions import override

from app.contracts.amounts import wire_context
from app.kernel.text import normalize_phone


class MalformedJsonError(ValueError):
    """The bytes are not the JSON that we accept: syntax, NaN, doubled keys, too deep, not UTF-8."""


# How many of the whole numbers inside make one of the units on the wire, by the finest step there.
_SCALES: Final = {0.01: 100, 0.001: 1000}


class WireModel(BaseModel):
    """A frozen message: camelCase outside, snake_case inside, unknown fields ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        frozen=True,
        extra="ignore",
        # What was sent may be personal, and errors end in logs.
        hide_input_in_errors=True,
        # A process reads and writes few of the messages that there are: each is made ready at its
        # first use, which spares a serving process 5 MB.
        defer_build=True,
    )

    @classmethod
    def from_wire(cls, data: bytes | str | Mapping[str, Any]) -> Self:
        """Build the model from a message: JSON text, or a mapping that :func:`parse_json` made.

        Raises:
            MalformedJsonError: the text is not acceptable JSON.
            pydantic.ValidationError: a field is missing or wrong.
        """
        raw = parse_json(data) if isinstance(data, bytes | str) else data
        return cls.model_validate(raw, context=wire_context())

    def to_wire(self) -> dict[str, Any]:
        """Return the message as JSON-ready values; absent optional fields are left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_wire_json(self) -> str:
        """Return the message as JSON text; absent optional fields are left out."""
        return self.model_dump_json(by_alias=True, exclude_none=True)

    @classmethod
    @override
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        """Describe the model; defaults of amounts are told in units, as they are on the wire."""
        schema = handler(core_schema)
        told = handler.resolve_ref_schema(schema).get("properties", {})
        for name, field in cls.model_fields.items():
            one = told.get(field.alias or name, {})
            scale = _SCALES.get(one.get("multipleOf"))
            if scale and isinstance(field.default, int) and one.get("default") == field.default:
                whole, rest = divmod(field.default, scale)
                one["default"] = field.default / scale if rest else whole
        return schema


class ShownOnce(WireModel):
    """An answer with secrets that nobody can read again: they are not kept for repeated calls."""

    SECRETS: ClassVar[tuple[str, ...]] = ()


def _refuse_constant(name: str) -> None:
    raise MalformedJsonError(f"{name} is not a JSON number")


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise MalformedJsonError("a field is given twice")
    return result


# Made once: a call of `json.loads` with hooks makes one each time.
_DECODER: Final = json.JSONDecoder(
    parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique_pairs
)


def parse_json(text: bytes | str) -> Any:  # noqa: ANN401 - JSON is anything
    """Parse JSON strictly: decimals stay exact, NaN and doubled keys are refused.

    Raises:
        MalformedJsonError: the text is not acceptable JSON.
    """
    try:
        if isinstance(text, bytes):
            # An object that begins with a brace and a quote is UTF-8, as nearly all are.
            known = "utf-8" if text[:2] == b'{"' else json.detect_encoding(text)
            text = text.decode(known, "surrogatepass")
        return _DECODER.decode(text)
    except MalformedJsonError:
        raise
    except RecursionError as error:
        raise MalformedJsonError("nested too deeply") from error
    except (ValueError, ArithmeticError) as error:
        raise MalformedJsonError(str(error)) from error


# Control characters, and halves of surrogate pairs, which no database and no printer can hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_FORBIDDEN_IN_LINE = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def _clean_text(value: str) -> str:
    if _FORBIDDEN.search(value):
        raise PydanticCustomError("text_control", "must not contain control characters")
    return value


def _clean_line(value: str) -> str:
    if _FORBIDDEN_IN_LINE.search(value):
        raise PydanticCustomError("text_control", "must not contain control characters")
    return value.strip()


def _not_empty(value: str) -> str:
    if not value:
        raise PydanticCustomError("text_empty", "must not be empty")
    return value


_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def _read_moment(value: Any) -> Any:  # noqa: ANN401 - pydantic hands over anything
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    raise PydanticCustomError("moment_format", "must be an ISO 8601 time with a zone")


def _to_utc(value: datetime) -> datetime:
    # Compared before conversion: year 1 or 9999 with a zone would overflow in astimezone.
    if not _EARLIEST <= value <= _LATEST:
        raise PydanticCustomError("moment_range", "is out of range")
    return value.astimezone(UTC)


def _moment_text(value: datetime) -> str:
    # UTC ends in +00:00.
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_read_moment),
    AfterValidator(_to_utc),
    PlainSerializer(_moment_text, return_type=str, when_used="json"),
]
"""A moment in UTC; text in ISO 8601 with a zone on the wire."""

Id = Annotated[
    str,
    Field(min_length=1, max_length=100),
    AfterValidator(_clean_line),
    AfterValidator(_not_empty),
]
"""An identifier, ours or of another system."""

Line = Annotated[str, Field(max_length=200), AfterValidator(_clean_line)]
"""One line of text, trimmed; may be empty."""

Name = Annotated[
    str,
    Field(min_length=1, max_length=200),
    AfterValidator(_clean_line),
    AfterValidator(_not_empty),
]
"""One line of text that must say something."""

Text = Annotated[str, Field(max_length=2000), AfterValidator(_clean_text)]
"""Longer text; line breaks and tabs are allowed."""

Flag = Annotated[bool, Strict()]
"""True or false; not 0, not "yes"."""

Count = Annotated[int, Strict(), Field(ge=0, le=2_000_000_000)]
"""A whole number, zero or more."""

Whole = Annotated[int, Strict(), Field(ge=-2_000_000_000, le=2_000_000_000)]
"""A whole number of either sign."""

QuantityMilli = Annotated[int, Strict(), Field(gt=0, le=100_000_000)]
"""A quantity in thousandths, above zero."""

BasisPoints = Annotated[int, Strict(), Field(ge=0, le=1_000_000)]
"""A percentage in hundredths of a per cent: 2000 is 20 %."""


def _read_phone(value: str) -> str:
    digits = normalize_phone(value)
    if digits is None:
        raise PydanticCustomError("phone_format", "must be a phone number")
    return digits


Phone = Annotated[
    str, Field(max_length=40), AfterValidator(_clean_line), AfterValidator(_read_phone)
]
"""A phone in any usual form; digits inside (79991234567)."""

CardCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""The six digits of a card."""
