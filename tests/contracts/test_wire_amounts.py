"""Amounts on the wire: exact both ways, and nothing that is not a sum gets in."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app.contracts.amounts import (
    AMOUNT_MINOR_MAX,
    Amount,
    PositiveAmount,
    Quantity,
    SignedAmount,
    units_number,
)
from app.contracts.base import MalformedJsonError, Moment, Phone, WireModel, parse_json
from app.contracts.plugin import CheckItem
from app.contracts.transactions import RulesInput


class Sums(WireModel):
    """A message with each kind of number."""

    any_sign: SignedAmount = 0
    not_negative: Amount = 0
    positive: PositiveAmount = 1
    quantity: Quantity = 1000


class Facts(WireModel):
    """A message with a time and a phone."""

    happened_at: Moment
    phone: Phone = "79991234567"


@given(st.integers(-AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX))
def test_every_sum_survives_the_wire(minor: int) -> None:
    message = Sums(any_sign=minor)
    text = message.to_wire_json()
    assert Sums.from_wire(text) == message
    assert Sums.model_validate_json(text) == message
    assert Sums.from_wire(json.loads(text)) == message
    assert Sums.from_wire(message.to_wire()) == message


@given(st.integers(-AMOUNT_MINOR_MAX, AMOUNT_MINOR_MAX))
def test_the_number_sent_has_at_most_two_decimals(minor: int) -> None:
    text = json.dumps(units_number(minor))
    assert Decimal(text) == Decimal(minor).scaleb(-2)
    assert len(text.partition(".")[2]) <= 2


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_sum_is_read_exactly_or_refused(number: Decimal) -> None:
    try:
        message = Sums.from_wire({"anySign": number})
    except ValidationError:
        exponent = number.as_tuple().exponent
        assert isinstance(exponent, int)  # letters stand for NaN and infinity, which are not drawn
        exact = exponent >= -2 and abs(number) * 100 <= AMOUNT_MINOR_MAX
        assert not exact
    else:
        assert Decimal(message.any_sign).scaleb(-2) == number


@pytest.mark.parametrize(
    "text",
    [
        "12.345",
        "0.001",
        "1e-3",
        "100.00000000000000000000000000001",
        "1e999999999",
        "-1e999999999",
        "1e-999999999",
        "10000000000.01",
        '"12.50"',
        "true",
        "null",
        "[]",
        "{}",
    ],
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Sums.from_wire(f'{{"anySign": {text}}}')


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1.", ".5", "0x10", "9" * 5000])
def test_what_is_no_number_is_malformed(text: str) -> None:
    with pytest.raises(MalformedJsonError):
        Sums.from_wire(f'{{"anySign": {text}}}')


@pytest.mark.parametrize(("text", "minor"), [("1e2", 10_000), ("12.50", 1250), ("-0.0", 0)])
def test_any_way_of_writing_a_number_is_read(text: str, minor: int) -> None:
    assert Sums.from_wire(f'{{"anySign": {text}}}').any_sign == minor


def test_signs_are_kept_apart() -> None:
    for body in ({"notNegative": -1}, {"positive": 0}, {"positive": -5}, {"quantity": 0}):
        with pytest.raises(ValidationError):
            Sums.from_wire(body)
    assert Sums.from_wire({"quantity": 0.35}).quantity == 350


def test_in_code_a_sum_is_hundredths_and_nothing_else() -> None:
    assert Sums(not_negative=1250).to_wire()["notNegative"] == 12.5
    for wrong in (12.5, Decimal("12.5"), "1250", True):
        with pytest.raises(ValidationError):
            Sums(not_negative=wrong)  # type: ignore[arg-type] # what the test is about


def test_doubled_fields_and_deep_nesting_are_malformed() -> None:
    for text in ('{"a": 1, "a": 2}', "[" * 100_000, b"\xff", "{'a': 1}", ""):
        with pytest.raises(MalformedJsonError):
            parse_json(text)


def test_unknown_fields_are_ignored() -> None:
    assert Sums.from_wire('{"somethingNew": {"deep": [1]}}') == Sums()


@pytest.mark.parametrize(
    "text",
    ["2026-11-20", "1700000000", "2026-11-20T10:00:00", "0001-01-01T00:00:00+14:00", "now", ""],
)
def test_time_needs_a_date_a_zone_and_sense(text: str) -> None:
    with pytest.raises(ValidationError):
        Facts.from_wire({"happenedAt": text})


def test_time_becomes_utc_and_goes_out_with_a_z() -> None:
    facts = Facts.from_wire({"happenedAt": "2026-11-20T13:00:00.123+03:00"})
    assert facts.happened_at == datetime(2026, 11, 20, 10, 0, 0, 123_000, tzinfo=UTC)
    assert facts.to_wire()["happenedAt"] == "2026-11-20T10:00:00.123Z"


def test_phone_is_digits_inside() -> None:
    facts = Facts.from_wire({"happenedAt": "2026-11-20T10:00:00Z", "phone": "8 (912) 345-67-89"})
    assert facts.phone == "79123456789"
    with pytest.raises(ValidationError):
        Facts.from_wire({"happenedAt": "2026-11-20T10:00:00Z", "phone": "123"})


def test_a_default_is_described_in_units_like_what_is_sent() -> None:
    """`quantity` of a line is 1 when it is left out; the description said 1000."""
    schema = CheckItem.model_json_schema(by_alias=True)
    assert schema["properties"]["quantity"]["default"] == 1
    rules = RulesInput.model_json_schema(by_alias=True)
    assert rules["properties"]["transferPerDay"]["default"] == 1000
