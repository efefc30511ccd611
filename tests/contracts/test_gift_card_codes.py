"""L13: the check digit of a gift card's code notices every slip of the finger."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.contracts.gift_card_codes import (
    CODE_LENGTH,
    check_digit,
    complete_code,
    group_code,
    last_digits,
    mask_code,
    read_gift_code,
)

PAYLOADS = st.text("0123456789", min_size=CODE_LENGTH - 1, max_size=CODE_LENGTH - 1)


def test_the_published_example_holds() -> None:
    assert check_digit("572") == "4"  # Damm, 2004; also in every description of the method
    assert check_digit("5724") == "0"


@given(PAYLOADS, st.integers(0, CODE_LENGTH - 1), st.integers(1, 9))
def test_every_wrong_digit_is_noticed(payload: str, place: int, step: int) -> None:
    code = complete_code(payload)
    wrong = str((int(code[place]) + step) % 10)
    assert read_gift_code(code[:place] + wrong + code[place + 1 :]) is None


@given(PAYLOADS, st.integers(0, CODE_LENGTH - 2))
def test_swapped_neighbours_are_noticed(payload: str, place: int) -> None:
    code = complete_code(payload)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (read_gift_code(swapped) is None) is (swapped != code)


@given(PAYLOADS)
def test_a_code_is_read_as_it_is_printed(payload: str) -> None:
    code = complete_code(payload)
    printed = group_code(code)
    assert [len(part) for part in printed.split(" ")] == [4, 4, 4, 4]
    for said in (
        code,
        printed,
        printed.replace(" ", "-"),
        f" {printed.replace(' ', chr(0xA0))}\r\n",
    ):
        assert read_gift_code(said) == code


@given(PAYLOADS)
def test_a_masked_code_shows_four_digits(payload: str) -> None:
    code = complete_code(payload)
    masked = mask_code(last_digits(code))
    assert masked.endswith(code[-4:])
    assert sum(sign.isdigit() for sign in masked) == 4


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    code = read_gift_code(text)
    assert code is None or (len(code) == CODE_LENGTH and code.isascii() and code.isdigit())


@pytest.mark.parametrize("text", ["", "1234", "١٢٣٤٥٦٧٨٩٠١٢٣٤٥٠", "1234567890123450x"])
def test_other_texts_are_no_codes(text: str) -> None:
    assert read_gift_code(text) is None
