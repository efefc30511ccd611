"""Words for people: money, phones, plurals, as the design writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.text import (
    format_amount,
    format_card_code,
    format_money,
    format_percent,
    format_phone,
    format_points,
    format_quantity,
    initials,
    mask_phone,
    normalize_phone,
)


def test_money_is_written_as_the_design_says() -> None:
    assert format_money(123450) == "1\u202f234,50\u00a0₽"
    assert format_money(-2600) == "\u221226,00\u00a0₽"
    assert format_money(29000, kopecks=False) == "290\u00a0₽"
    assert format_money(29050, kopecks=False) == "290,50\u00a0₽"
    assert format_amount(5) == "0,05"


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        (100, "1\u00a0балл"),
        (200, "2\u00a0балла"),
        (500, "5\u00a0баллов"),
        (1100, "11\u00a0баллов"),
        (2100, "21\u00a0балл"),
        (0, "0\u00a0баллов"),
        (150, "1,50\u00a0балла"),
    ],
)
def test_points_take_their_plural(points: int, expected: str) -> None:
    assert format_points(points) == expected


@pytest.mark.parametrize(
    "typed",
    [
        "+7 912 345-67-89",
        "8 (912) 345 67 89",
        "9123456789",
        "79123456789",
        "+79123456789",
        "8-912-345-67-89",
        " 8.912.345.67.89 ",
        "+7\u00a0912\u202f345\u201167-89",
    ],
)
def test_any_usual_way_of_writing_a_phone_is_understood(typed: str) -> None:
    assert normalize_phone(typed) == "79123456789"


@pytest.mark.parametrize(
    "typed", ["", "912345678", "891234567890", "912345678a", "+7912", "++", "6912345678901", "1234"]
)
def test_a_phone_of_the_wrong_length_or_with_letters_is_refused(typed: str) -> None:
    assert normalize_phone(typed) is None


def test_a_foreign_phone_needs_its_plus() -> None:
    assert normalize_phone("+375 29 123-45-67") == "375291234567"
    assert format_phone("375291234567") == "+375291234567"


@given(st.text(max_size=30))
def test_any_text_is_either_digits_or_refused(typed: str) -> None:
    phone = normalize_phone(typed)
    assert phone is None or (phone.isdigit() and phone.isascii() and 8 <= len(phone) <= 15)


def test_small_forms() -> None:
    assert format_phone("79123456789") == "+7 912 345-67-89"
    assert mask_phone("79123456789") == "+7 912 •••-67-89"
    assert format_card_code("482913") == "482\u00a0913"
    assert format_percent(700) == "7\u00a0%"
    assert format_percent(750) == "7,5\u00a0%"
    assert format_quantity(2000) == "2"
    assert format_quantity(350) == "0,350"
    assert initials("Мария К.") == "МК"
