"""Taking money: change is exact, the parts never exceed the check, too little is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tender import (
    AMOUNT_MAX_MINOR,
    Settlement,
    Tender,
    TenderKind,
    change_due,
    quick_amounts,
    round_cash,
)
from app.kernel.errors import InputError
from app.kernel.ids import PaymentId


def card(key: str, amount: int) -> Tender:
    return Tender(PaymentId(key), TenderKind.CARD, amount)


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        (144400, (145000, 150000, 200000, 500000)),
        (29000, (30000, 50000, 100000, 500000)),
        (5000, (10000, 50000, 100000, 500000)),
        (0, ()),
        (500000, (505000, 510000, 550000, 1000000)),
    ],
)
def test_quick_amounts_are_what_guests_hand_over(due: int, expected: tuple[int, ...]) -> None:
    assert quick_amounts(due) == expected


@given(st.integers(1, 10**9))
def test_every_quick_amount_is_above_what_is_due(due: int) -> None:
    amounts = quick_amounts(due)
    assert 1 <= len(amounts) <= 4
    assert all(amount > due for amount in amounts)
    assert sorted(set(amounts)) == list(amounts)


@given(st.integers(0, 10**9), st.sampled_from([1, 10, 50, 100]))
def test_cash_rounding_favours_the_guest_by_less_than_a_step(due: int, step: int) -> None:
    rounded = round_cash(due, step)
    assert 0 <= due - rounded < step
    assert rounded % step == 0


def test_too_little_names_what_is_missing() -> None:
    with pytest.raises(InputError, match="UNDERPAID") as told:
        change_due(144400, 140000)
    assert "44,00" in told.value.ru
    with pytest.raises(InputError, match="AMOUNT_TOO_LARGE"):
        change_due(1, AMOUNT_MAX_MINOR + 1)


def test_part_cash_part_card() -> None:
    settled = Settlement(144400).pay_cash(PaymentId("1"), 50000, part_minor=50000)
    assert settled.remaining_minor == 94400
    settled = settled.pay_exact(card("2", 94400))
    assert settled.is_settled
    assert settled.change_minor == 0
    assert settled.without(PaymentId("2")).remaining_minor == 94400


def test_change_is_given_from_cash_only() -> None:
    with pytest.raises(InputError, match="CHANGE_IMPOSSIBLE"):
        Settlement(1000).pay_exact(card("1", 1001))
    settled = Settlement(144400).pay_cash(PaymentId("1"), 200000)
    assert (settled.change_minor, settled.is_settled) == (55600, True)


def test_a_part_of_nothing_is_refused() -> None:
    for part in (0, -1):
        with pytest.raises(InputError, match="AMOUNT_ZERO"):
            Settlement(1000).checked_part(part)


def test_a_free_check_is_settled_by_nothing() -> None:
    assert Settlement(0).is_settled
    assert Settlement(0).pay_cash(PaymentId("1"), 0).is_settled


@given(st.integers(1, 10**8), st.lists(st.tuples(st.booleans(), st.integers(1, 10**8)), max_size=8))
def test_the_parts_and_the_rest_always_make_the_check(
    due: int, parts: list[tuple[bool, int]]
) -> None:
    settled = Settlement(due)
    for number, (is_cash, amount) in enumerate(parts):
        key = PaymentId(str(number))
        part = min(amount, settled.remaining_minor)
        if not part:
            break
        settled = (
            settled.pay_cash(key, amount, part_minor=part)
            if is_cash
            else settled.pay_exact(card(str(number), part))
        )
    assert settled.paid_minor + settled.remaining_minor == due
    assert settled.remaining_minor >= 0
    for tender in settled.tenders:
        if tender.kind is TenderKind.CASH:
            assert tender.received_minor - tender.change_minor == tender.amount_minor
