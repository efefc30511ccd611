"""Money arithmetic: parts always sum to the whole and rounding is by the named rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.money import (
    allocate,
    extended_amount,
    floor_to_step,
    multiply_half_up,
    percent_of,
    share_of_whole,
)

amounts = st.integers(0, 10**10)


@given(st.lists(amounts, min_size=1, max_size=60).filter(sum), st.data())
def test_shares_sum_to_the_whole_and_stay_within_their_weights(
    weights: list[int], data: st.DataObject
) -> None:
    total = data.draw(st.integers(0, sum(weights)))
    shares = allocate(total, weights)
    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=20), amounts)
def test_shares_differ_from_the_true_share_by_less_than_one(weights: list[int], total: int) -> None:
    whole = sum(weights)
    for share, weight in zip(allocate(total, weights), weights, strict=True):
        assert abs(share * whole - total * weight) < whole


def test_ties_go_to_the_earlier_line() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=10), amounts)
def test_shares_of_partial_refunds_sum_to_the_full_one(parts: list[int], amount: int) -> None:
    whole, before, given_back = sum(parts), 0, 0
    for part in parts:
        share = share_of_whole(part, before, whole, amount)
        assert share >= 0
        given_back += share
        before += part
    assert given_back == amount


@pytest.mark.parametrize(
    ("amount", "numerator", "denominator", "expected"),
    [(1, 1, 2, 1), (-1, 1, 2, -1), (3, 1, 2, 2), (10, 1, 3, 3), (20, 1, 3, 7), (0, 5, 7, 0)],
)
def test_a_half_is_rounded_away_from_zero(
    amount: int, numerator: int, denominator: int, expected: int
) -> None:
    assert multiply_half_up(amount, numerator, denominator) == expected


def test_percent_and_weights_and_steps() -> None:
    assert percent_of(144400, 700) == 10108
    assert extended_amount(129990, 357) == 46406
    assert extended_amount(29000, 2000) == 58000
    assert floor_to_step(52320, 100) == 52300
    assert floor_to_step(52320, 1) == 52320
