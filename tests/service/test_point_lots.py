"""L4, L8, L11: points with a date of their own are taken, held, returned and reversed lot by lot.

The arithmetic is proved by hypothesis on its own; the service's tests look at the lots of Maria's card
(690 regular and 150 promo points without a date) after whole calls, and prove the ledger at the end.
"""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contracts import plugin
from app.service.guests.service import add_guest
from app.service.kit.problems import ProblemError
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
from app.service.loyalty.finalizing import finalize_points
from app.service.loyalty.lapsing import lapse_points
from app.service.loyalty.refunds import finalize_refund
from app.service.loyalty.reservations import cancel_reservation, reserve_points
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


STEP = st.one_of(
    st.tuples(st.just("grant"), st.integers(1, 400_00), st.integers(1, 30)),
    st.tuples(st.just("earn"), st.integers(50_00, 5_000_00), st.just(0)),
    st.tuples(st.just("reserve"), st.integers(50_00, 5_000_00), st.integers(1, 100)),
    st.tuples(st.just("finalize"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("cancel"), st.integers(0, 9), st.just(0)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 100)),
    st.tuples(st.just("wait"), st.integers(1, 400), st.integers(0, 1)),
)


class History:
    """Whatever happens to one card, in any order; refusals are fine, lies are not."""

    def __init__(self, service: Service) -> None:
        self.service = service
        phone = str(next(PHONES))
        self.card = run(service, lambda work: add_guest(work, phone, "", code6=None))[0]
        self.open: list[tuple[str, str, int]] = []
        self.closed: list[tuple[str, int, int]] = []
        self.refunded: dict[str, list[int]] = {}
        self.number = itertools.count()

    def step(self, name: str, one: int, two: int) -> None:
        """Do one thing."""
        order = f"{self.card}-{next(self.number)}"
        getattr(self, f"do_{name}")(order, one, two)

    def do_grant(self, _order: str, amount: int, days: int) -> None:
        grant(self.service, amount, days, self.card)

    def do_earn(self, order: str, check: int, _two: int) -> None:
        self.close(order, None, check)

    def close(self, order: str, reservation: str | None, check: int) -> None:
        """Close a check."""
        request = plugin.FinalizePointsRequest(
            guest_card_id=self.card,
            order_id=order,
            check_amount=check,
            action=plugin.FinalizeAction.SPEND if reservation else plugin.FinalizeAction.EARN_ONLY,
            reservation_id=reservation,
        )
        answer = run(self.service, lambda work: finalize_points(work, request))
        self.closed.append((order, check, answer.points_spent))

    def do_reserve(self, order: str, check: int, percent: int) -> None:
        balance = run(self.service, lambda work: lock_card(work, self.card)).total_minor
        most = min(balance, check * 30 // 100) // 100 * 100
        points = max(1, most * percent // 100)
        request = plugin.ReservePointsRequest(
            guest_card_id=self.card, order_id=order, points_to_spend=points, check_amount=check
        )
        if points <= most:
            answer = run(self.service, lambda work: reserve_points(work, request))
            self.open.append((answer.reservation_id, order, check))

    def do_finalize(self, _order: str, number: int, _two: int) -> None:
        if self.open:
            reservation, order, check = self.open.pop(number % len(self.open))
            try:
                self.close(order, reservation, check)
            except ProblemError as refused:
                if refused.code != "RESERVATION_EXPIRED":
                    raise

    def do_cancel(self, _order: str, number: int, _two: int) -> None:
        if self.open:
            reservation = self.open.pop(number % len(self.open))[0]
            request = plugin.CancelReservationRequest(reservation_id=reservation)
            run(self.service, lambda work: cancel_reservation(work, request))

    def do_refund(self, order: str, number: int, percent: int) -> None:
        if not self.closed:
            return
        of, check, spent = self.closed[number % len(self.closed)]
        parts = self.refunded.setdefault(of, [0, 0])
        amount = max(1, (check - parts[0]) * percent // 100)
        if parts[0] + amount > check:
            return
        request = plugin.FinalizeRefundRequest(
            guest_card_id=self.card,
            order_id=of,
            refund_id=order,
            refund_amount=amount,
            original_amount=check,
        )
        answer = run(self.service, lambda work: finalize_refund(work, request))
        parts[0] += amount
        parts[1] += answer.points_returned
        assert parts[1] == spent * parts[0] // check
        if parts[0] == check:
            assert parts[1] == spent

    def do_wait(self, _order: str, hours: int, job: int) -> None:
        self.service.clock.advance(timedelta(hours=hours))
        if job:
            self.service.sweep()
            service = self.service
            lapse_points(service.runtime.database, service.clock.now(), service.ids)


def test_any_history_keeps_balances_lots_and_refunds_in_step(service: Service) -> None:
    @settings(
        max_examples=max(8, settings().max_examples // 8),
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(STEP, max_size=25))
    def prove(steps: list[tuple[str, int, int]]) -> None:
        history = History(service)
        for step in steps:
            history.step(*step)

    prove()
    service.assert_clean()
