"""L4, L8, L11: points with a date of their own are taken, held, returned and reversed lot by lot.

The arithmetic is proved by hypothesis on its own; the service's tests look at the lots of Maria's card
(690 regular and 150 promo points without a date) after whole calls, and prove the ledger at the end.
"""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.ledger.lots import (
    LOTS_MAX,
    Lot,
    Lots,
    Parts,
    PointKind,
    lots_from_text,
    lots_to_text,
    slice_back,
    summed,
)
from app.service.loyalty.cards import lock_card, save_card
from app.service.loyalty.checks import check_items
from app.service.loyalty.closing import Bonus, Closing, ClosingAction, close_check
from app.service.tills.keys import authenticate
from tests.service.harness import MARIA, Service, finalize

PHONES = itertools.count(79_880_000_000)
KINDS = st.sampled_from(list(PointKind))
LOT = st.builds(Lot, KINDS, st.integers(1, 12), st.integers(1, 10_000))


def run(service: Service, act: Any) -> Any:
    """Run a use case in a transaction of its own."""
    now = service.clock.now()

    def job(connection: Any) -> Any:
        caller = authenticate(connection, service.seeded["tillKey"], now)
        return act(Work(connection, now, service.ids, caller))

    return service.runtime.database.write(job).result()


def grant(service: Service, promo: int, days: float, card: str = MARIA) -> None:
    """Give promo points that end so many days from now."""

    def act(work: Work) -> None:
        locked = lock_card(work, card)
        locked.post(
            work,
            EntryKind.PROMO,
            promo_minor=promo,
            regular_minor=0,
            natural_key=work.ids.new(),
            cause=Cause(occurred_at=work.now),
            dated=locked.grant_promo(promo, work.now + timedelta(days=days)),
        )
        save_card(work, locked)

    run(service, act)


def lots(service: Service, card: str = MARIA) -> dict[int, int]:
    """Return promo points by the days they still have."""
    text = service.rows(f"SELECT lots FROM cards WHERE id = '{card}'")[0][0]  # noqa: S608 - a constant of the test
    now = service.clock.now()
    return {
        round((lot.ends_at - now) / timedelta(days=1)): lot.amount_minor
        for lot in lots_from_text(text)
    }


def entry_kinds(service: Service) -> list[str]:
    """Return the kinds of Maria's entries."""
    query = "SELECT kind FROM ledger_entries WHERE card_id = 'card-gst-01' ORDER BY card_seq"
    return [row[0] for row in service.rows(query)]


@given(st.lists(LOT, max_size=8), st.integers(0, 500), st.lists(st.integers(1, 3000), max_size=6))
def test_slices_part_a_whole_without_gap_or_overlap(
    dated: list[Lot], undated: int, sizes: list[int]
) -> None:
    of_promo = summed(lot._replace(kind=PointKind.PROMO) for lot in dated)
    whole = Parts(undated + sum(lot.amount_minor for lot in of_promo), 0, of_promo)
    marks = [0]
    for size in sizes:
        marks.append(min(marks[-1] + size, whole.promo_minor))
    marks.append(whole.promo_minor)
    got: dict[int | None, int] = {}
    for begin, end in itertools.pairwise(marks):
        pieces = slice_back(whole, PointKind.PROMO, begin, end)
        assert sum(amount for _, amount in pieces) == end - begin
        for place, amount in pieces:
            got[place] = got.get(place, 0) + amount
    full = dict(slice_back(whole, PointKind.PROMO, 0, whole.promo_minor))
    assert got == full


@given(st.lists(st.tuples(LOT, st.booleans()), max_size=40))
def test_lots_keep_every_point_and_take_the_soonest_first(steps: list[tuple[Lot, bool]]) -> None:
    held, model = Lots(), dict.fromkeys(PointKind, 0)
    for lot, is_grant in steps:
        if is_grant:
            held.apply(held.grant(*lot))
            model[lot.kind] += lot.amount_minor
            continue
        picked = held.pick(lot.kind, lot.amount_minor)
        ends = [one.end_ms for one in held.open() if one.kind is lot.kind]
        assert [one.end_ms for one in picked] == ends[: len(picked)]
        taken = sum(one.amount_minor for one in picked)
        assert taken == min(lot.amount_minor, model[lot.kind])
        held.apply(one._replace(amount_minor=-one.amount_minor) for one in picked)
        model[lot.kind] -= taken
    assert {kind: held.dated_minor(kind) for kind in PointKind} == model
    assert lots_from_text(held.text()) == held.open() == lots_from_text(lots_to_text(held.open()))


@given(st.lists(st.integers(1, 10_000), min_size=LOTS_MAX, max_size=3 * LOTS_MAX, unique=True))
def test_lots_of_a_card_are_bounded_and_only_ever_end_later(ends: list[int]) -> None:
    held = Lots()
    for end in ends:
        before = held.next_end_ms()
        held.apply(held.grant(PointKind.PROMO, end, 1))
        assert len(held.open()) <= LOTS_MAX
        assert before is None or end < before or (held.next_end_ms() or 0) >= before
    assert held.dated_minor(PointKind.PROMO) == len(ends)
    assert max(lot.end_ms for lot in held.open()) == max(ends)


def test_promo_points_go_first_and_those_that_end_soonest_before_others(service: Service) -> None:
    grant(service, 100_00, 20)
    grant(service, 50_00, 5)
    service.ok("finalize-points", finalize(service.reserve(120)))
    assert lots(service) == {20: 30_00}
    service.ok("finalize-points", finalize(service.reserve(100, "o2"), "o2"))
    guest = service.guest()
    assert (lots(service), guest["promoBalance"]) == ({}, 80)
    service.assert_clean()


def test_grants_that_end_together_are_one_lot(service: Service) -> None:
    for _ in range(3):
        grant(service, 10_00, 7)
    assert lots(service) == {7: 30_00}
    service.assert_clean()


@pytest.mark.parametrize("way", ["cancel", "time", "update"])
def test_a_hold_goes_back_to_the_lots_it_came_from(service: Service, way: str) -> None:
    grant(service, 50_00, 5)
    grant(service, 100_00, 20)
    before = lots(service)
    reservation = service.reserve(120)
    assert lots(service) == {20: 30_00}
    if way == "update":
        service.ok("update-reservation", {"reservationId": reservation, "amount": 60})
        assert lots(service) == {20: 90_00}
    if way == "time":
        service.forward(minutes=31)
    else:
        service.ok("cancel-reservation", {"reservationId": reservation})
    assert lots(service) == before
    service.assert_clean()


def test_what_is_held_when_its_lot_ends_is_still_redeemed(service: Service) -> None:
    grant(service, 50_00, 10 / 24 / 60)
    reservation = service.reserve(60)
    service.forward(minutes=20)
    assert service.ok("finalize-points", finalize(reservation))["pointsSpent"] == 60
    assert entry_kinds(service)[-2:] == ["REDEEM", "EARN"]
    service.assert_clean()


def test_what_is_given_back_after_its_lot_ended_is_over(service: Service) -> None:
    grant(service, 50_00, 10 / 24 / 60)
    reservation = service.reserve(60)
    service.forward(minutes=20)
    service.ok("cancel-reservation", {"reservationId": reservation})
    assert (lots(service), entry_kinds(service)[-1]) == ({}, "EXPIRE")
    assert service.guest()["promoBalance"] == 150
    service.assert_clean()


def test_ended_points_cannot_be_redeemed_before_the_job_has_run(service: Service) -> None:
    grant(service, 500_00, 1)
    service.clock.advance(timedelta(days=1, minutes=1))
    ask = {"guestCardId": MARIA, "orderId": "o1", "checkAmount": 10_000}
    assert service.ok("calculate", ask)["promoBalance"] == 150
    body = ask | {"pointsToSpend": 1200}
    assert service.refused("reserve-points", body) == "INSUFFICIENT_BALANCE"
    service.assert_clean()


def test_refund_returns_points_to_their_lots(service: Service) -> None:
    grant(service, 50_00, 5)
    grant(service, 100_00, 20)
    before = lots(service)
    service.ok("finalize-points", finalize(service.reserve(240), "o1"))
    refund = {"guestCardId": MARIA, "orderId": "o1", "originalAmount": 1000}
    service.ok("finalize-refund", refund | {"refundId": "r1", "refundAmount": 500})
    # 240 = 50 + 100 dated and 90 without a date: the last ones and the latest end come first.
    assert lots(service) == {20: 30_00}
    service.ok("finalize-refund", refund | {"refundId": "r2", "refundAmount": 500})
    assert lots(service) == before
    service.assert_clean()


def test_refund_to_a_lot_that_has_ended_gives_the_points_a_short_new_life(service: Service) -> None:
    grant(service, 50_00, 5)
    service.ok("finalize-points", finalize(service.reserve(50), "o1"))
    service.forward(days=10)
    refund = {"guestCardId": MARIA, "orderId": "o1", "originalAmount": 1000}
    back = service.ok("finalize-refund", refund | {"refundId": "r1", "refundAmount": 1000})
    assert (back["pointsReturned"], lots(service)) == (50, {30: 50_00})
    service.assert_clean()


def bonus_check(service: Service, order: str, amount: int, days: int) -> Any:
    """Close a check of 1000 with bonus points of a promotion."""

    def act(work: Work) -> Any:
        bonus = Bonus("rule-1", amount, work.now + timedelta(days=days))
        items = check_items(work, 1000_00, None)
        closing = Closing(
            MARIA, order, 1000_00, items, ClosingAction.EARN_ONLY, work.now, bonuses=(bonus,)
        )
        return close_check(work, closing)

    return run(service, act)


def test_bonus_points_leave_the_lot_they_made(service: Service) -> None:
    grant(service, 70_00, 5)
    assert bonus_check(service, "b1", 40_00, 20).points_earned == 140_00
    refund = {"guestCardId": MARIA, "orderId": "b1", "originalAmount": 1000}
    back = service.ok("finalize-refund", refund | {"refundId": "r1", "refundAmount": 250})
    assert (back["pointsReversed"], lots(service)) == (35, {5: 70_00, 20: 30_00})
    back = service.ok("finalize-refund", refund | {"refundId": "r2", "refundAmount": 750})
    assert (back["pointsReversed"], lots(service)) == (105, {5: 70_00})
    service.assert_clean()


def test_bonus_points_that_ended_are_no_shortfall(service: Service) -> None:
    bonus_check(service, "b1", 40_00, 20)
    service.forward(days=21)
    refund = {"guestCardId": MARIA, "orderId": "b1", "originalAmount": 1000}
    back = service.ok("finalize-refund", refund | {"refundId": "r1", "refundAmount": 1000})
    assert (back["pointsReversed"], service.guest()["totalBalance"]) == (100, 840)
    assert service.count("shortfalls") == 0
    service.assert_clean()
