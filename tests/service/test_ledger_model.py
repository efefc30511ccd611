"""A model of L4 to L10: whatever tills do in whatever order, the card is what simple sums say.

The machine speaks to the use cases in transactions of their own, as endpoints do, and keeps a model of
the card with plain integers. After every step the card equals the model; at the end the audit is clean.
"""

import itertools
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from app.contracts import plugin
from app.service.guests.service import add_guest
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import lock_card
from app.service.loyalty.finalizing import finalize_points
from app.service.loyalty.refunds import finalize_refund
from app.service.loyalty.reservations import (
    cancel_reservation,
    reserve_points,
    update_reservation,
)
from app.service.tills.keys import authenticate
from tests.service.harness import Service

# "nightly" asks for thousands; the machine takes a share of what the profile says.
EXAMPLES = max(6, settings().max_examples // 8)
PHONES = itertools.count(79_990_000_000)
CHECKS = st.integers(50_00, 5_000_00)
PERCENT = st.integers(1, 115)  # of what may be redeemed
PICK = st.integers(0, 1_000_000)


@dataclass
class Hold:
    """A reservation in the model."""

    reservation_id: str
    order_id: str
    amount: int
    check: int
    expires: Any
    grace: Any
    held: bool = True
    over: bool = False


@dataclass
class Order:
    """A closed check in the model."""

    order_id: str
    check: int
    spent: int
    earned: int
    refunded: int = 0
    returned: int = 0
    reversed: int = 0


class LedgerMachine(RuleBasedStateMachine):
    """Tills at work on one card."""

    service: Service

    def __init__(self) -> None:
        super().__init__()
        self.numbers = itertools.count()
        self.total = self.reserved = 0
        self.holds: list[Hold] = []
        self.orders: list[Order] = []
        phone = str(next(PHONES))
        self.card = self.run(lambda work: add_guest(work, phone, "", code6=None))[0]

    def run(self, act: Any, till: int = 0) -> Any:
        """Run a use case in a transaction as one of the tills."""
        service = self.service
        now = service.clock.now()
        key = service.seeded["tillKeys"][till % 2]

        def job(connection: Any) -> Any:
            caller = authenticate(connection, key, now)
            return act(Work(connection, now, service.ids, caller))

        return service.runtime.database.write(job).result()

    def pick(self, things: list[Any], number: int) -> Any:
        """Return one of the things, or None."""
        return things[number % len(things)] if things else None

    @rule(check=CHECKS)
    def earn(self, check: int) -> None:
        order = f"{self.card}-{next(self.numbers)}"
        answer = self.run(
            lambda work: finalize_points(
                work,
                plugin.FinalizePointsRequest(
                    guest_card_id=self.card,
                    order_id=order,
                    check_amount=check,
                    action=plugin.FinalizeAction.EARN_ONLY,
                ),
            )
        )
        assert 0 <= answer.points_earned <= check * 15 // 100
        assert answer.points_earned % 100 == 0
        self.total += answer.points_earned
        self.orders.append(Order(order, check, 0, answer.points_earned))

    @rule(check=CHECKS, percent=PERCENT)
    def reserve(self, check: int, percent: int) -> None:
        order = f"{self.card}-{next(self.numbers)}"
        most = min(self.total, check * 30 // 100) // 100 * 100
        points = max(1, most * percent // 100)
        request = plugin.ReservePointsRequest(
            guest_card_id=self.card, order_id=order, points_to_spend=points, check_amount=check
        )
        if points > most:
            with pytest.raises(ProblemError):
                self.run(lambda work: reserve_points(work, request))
            return
        answer = self.run(lambda work: reserve_points(work, request))
        self.total -= points
        self.reserved += points
        self.holds.append(
            Hold(
                answer.reservation_id,
                order,
                points,
                check,
                answer.expires_at,
                answer.grace_period_end,
            )
        )

    @rule(number=PICK, percent=PERCENT)
    def update(self, number: int, percent: int) -> None:
        hold = self.pick([h for h in self.holds if not h.over and h.held], number)
        if hold is None:
            return
        most = min(self.total + hold.amount, hold.check * 30 // 100) // 100 * 100
        points = max(1, most * percent // 100)
        request = plugin.UpdateReservationRequest(reservation_id=hold.reservation_id, amount=points)
        if points > most or self.service.clock.now() >= hold.expires:
            with pytest.raises(ProblemError):
                self.run(lambda work: update_reservation(work, request))
            return
        self.run(lambda work: update_reservation(work, request))
        self.total += hold.amount - points
        self.reserved += points - hold.amount
        hold.amount = points

    @rule(number=PICK)
    def cancel(self, number: int) -> None:
        hold = self.pick([h for h in self.holds if not h.over], number)
        if hold is None:
            return
        request = plugin.CancelReservationRequest(reservation_id=hold.reservation_id)
        for _ in range(2):
            self.run(lambda work: cancel_reservation(work, request))
        if hold.held:
            self.give_back(hold)
            hold.over = True

    def give_back(self, hold: Hold) -> None:
        """Move a hold back to the balance in the model."""
        hold.held = False
        self.total += hold.amount
        self.reserved -= hold.amount

    @rule(number=PICK)
    def finalize(self, number: int) -> None:
        hold = self.pick([h for h in self.holds if not h.over], number)
        if hold is None:
            return
        request = plugin.FinalizePointsRequest(
            reservation_id=hold.reservation_id,
            guest_card_id=self.card,
            order_id=hold.order_id,
            check_amount=hold.check,
            action=plugin.FinalizeAction.SPEND,
        )
        if self.service.clock.now() >= hold.grace:
            with pytest.raises(ProblemError):
                self.run(lambda work: finalize_points(work, request))
            return
        if hold.held:
            self.give_back(hold)
        hold.over = True
        answers = [self.run(lambda work: finalize_points(work, request)) for _ in range(2)]
        assert [answer.already_processed for answer in answers] == [False, True]
        answer = answers[0]
        assert answer.points_spent == min(hold.amount, self.total)
        assert (answer.shortfall or 0) == hold.amount - answer.points_spent
        self.total += answer.points_earned - answer.points_spent
        self.orders.append(
            Order(hold.order_id, hold.check, answer.points_spent, answer.points_earned)
        )

    @rule(number=PICK, part=st.integers(1, 100), till=st.integers(0, 1))
    def refund(self, number: int, part: int, till: int) -> None:
        order = self.pick(self.orders, number)
        if order is None:
            return
        left = order.check - order.refunded
        amount = max(1, left * part // 100)
        request = plugin.FinalizeRefundRequest(
            guest_card_id=self.card,
            order_id=order.order_id,
            refund_id=f"{self.card}-{next(self.numbers)}",
            refund_amount=amount,
            original_amount=order.check,
        )
        if amount > left:
            with pytest.raises(ProblemError):
                self.run(lambda work: finalize_refund(work, request), till)
            return
        answers = [self.run(lambda work: finalize_refund(work, request), till) for _ in range(2)]
        assert [answer.already_processed for answer in answers] == [False, True]
        answer = answers[0]
        order.refunded += amount
        order.returned += answer.points_returned
        order.reversed += answer.points_reversed + (answer.shortfall or 0)
        assert order.returned == order.spent * order.refunded // order.check
        assert order.reversed == order.earned * order.refunded // order.check
        self.total += answer.points_returned - answer.points_reversed

    @rule(minutes=st.integers(1, 70), sweeps=st.booleans())
    def wait(self, minutes: int, sweeps: bool) -> None:
        self.service.clock.advance(timedelta(minutes=minutes))
        if not sweeps:
            return
        self.service.sweep()
        now = self.service.clock.now()
        for hold in self.holds:
            if hold.held and not hold.over and now >= hold.expires:
                self.give_back(hold)

    @invariant()
    def card_is_what_the_model_says(self) -> None:
        card = self.run(lambda work: lock_card(work, self.card))
        assert (card.total_minor, card.reserved_minor) == (self.total, self.reserved)

    def teardown(self) -> None:
        self.service.assert_clean()


def test_any_history_of_a_card_agrees_with_the_model(service: Service) -> None:
    machine = type("Bound", (LedgerMachine,), {"service": service})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
