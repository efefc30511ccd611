"""L13: whatever tills do, at once or one after another, a gift card is what simple sums say."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.contracts import gift_cards as wire
from app.service.gift_cards.audit import audit_gift_cards
from app.service.gift_cards.issuing import issue_gift_card
from app.service.gift_cards.redeeming import cancel_hold, capture_hold, redeem_gift_card
from app.service.gift_cards.refunding import refund_gift_card
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller, Work
from tests.service.harness import Service

THREADS = 200


def caller_of(service: Service) -> Caller:
    tenant, installation = service.rows("SELECT tenant_id, id FROM installations ORDER BY id")[0]
    return Caller(tenant, installation, "till", None, None)


class Bench:
    """Use cases called straight, each in a transaction of its own."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.caller = caller_of(service)

    def write(self, act: Callable[[Work], Any]) -> Any:
        """Run a use case; a refusal is returned as its code."""
        service = self.service

        def job(connection: Any) -> Any:
            return act(Work(connection, service.clock.now(), service.ids, self.caller))

        try:
            return service.runtime.database.write(job).result()
        except ProblemError as problem:
            return problem.code

    def issue(self, minor: int) -> str:
        request = wire.IssueGiftCardRequest(amount=minor)
        return self.write(lambda work: issue_gift_card(work, request)).gift_card.id

    def redeem(self, card: str, order: str, minor: int, *, hold: bool = False) -> Any:
        request = wire.RedeemGiftCardRequest(
            gift_card_id=card, order_id=order, amount=minor, hold=hold
        )
        return self.write(lambda work: redeem_gift_card(work, card, request))

    def capture(self, hold: str, minor: int | None = None) -> Any:
        request = wire.CaptureGiftCardRequest(amount=minor)
        return self.write(lambda work: capture_hold(work, hold, request))

    def cancel(self, hold: str) -> Any:
        request = wire.CancelGiftCardHoldRequest()
        return self.write(lambda work: cancel_hold(work, hold, request))

    def refund(self, order: str, refund: str, minor: int) -> Any:
        request = wire.RefundGiftCardRequest(order_id=order, refund_id=refund, amount=minor)
        return self.write(lambda work: refund_gift_card(work, None, request))

    def state(self, card: str) -> tuple[int, int]:
        return self.service.rows(
            f"SELECT balance_minor, held_minor FROM gift_cards WHERE id = '{card}'"  # noqa: S608 - an id of ours
        )[0]

    def assert_clean(self) -> None:
        result = self.service.runtime.database.read(audit_gift_cards).result()
        assert result.is_clean, result.broken


@pytest.fixture
def bench(service: Service) -> Bench:
    return Bench(service)


def at_once(act: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """Run something on many threads that start together."""
    gate = threading.Barrier(count)

    def run(number: int) -> Any:
        gate.wait()
        return act(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_two_hundred_orders_share_what_a_card_has(bench: Bench) -> None:
    card = bench.issue(10_000)
    found = at_once(lambda number: bench.redeem(card, f"o{number}", 300))
    paid = [answer for answer in found if not isinstance(answer, str)]
    assert len(paid) == 33
    assert Counter(answer for answer in found if isinstance(answer, str)) == {
        "GIFT_CARD_BALANCE_TOO_LOW": THREADS - 33
    }
    assert bench.state(card) == (100, 0)
    bench.assert_clean()


def test_one_order_pays_once_however_often_it_is_sent(bench: Bench) -> None:
    card = bench.issue(10_000)
    found = at_once(lambda _: bench.redeem(card, "o1", 300))
    assert Counter(answer.already_processed for answer in found) == {True: THREADS - 1, False: 1}
    assert len({answer.transaction_id for answer in found}) == 1
    assert bench.state(card) == (9_700, 0)
    bench.assert_clean()


def test_a_hold_is_either_captured_or_cancelled(bench: Bench) -> None:
    card = bench.issue(10_000)
    hold = bench.redeem(card, "o1", 4_000, hold=True).hold_id
    found = at_once(
        lambda number: bench.capture(hold) if number % 2 else bench.cancel(hold), count=60
    )
    done = [answer for answer in found if not isinstance(answer, str)]
    taken = {answer.redeemed_amount for answer in done}
    assert taken in ({4_000}, {0})
    assert sum(not answer.already_processed for answer in done) == 1
    assert bench.state(card) == (10_000 - taken.pop(), 0)
    bench.assert_clean()


def test_refunds_at_once_give_back_what_was_paid(bench: Bench) -> None:
    card = bench.issue(10_000)
    bench.redeem(card, "o1", 5_000)
    found = at_once(lambda number: bench.refund("o1", f"r{number}", 400), count=100)
    assert sum(not isinstance(answer, str) for answer in found) == 12
    assert bench.state(card) == (9_800, 0)
    bench.assert_clean()


# "nightly" asks for thousands; the machine takes a share of what the profile says.
EXAMPLES = max(5, settings().max_examples // 10)
AMOUNTS = st.integers(1, 4_000)
PICK = st.integers(0, 1_000_000)


class Machine(RuleBasedStateMachine):
    """One card beside a model of plain integers."""

    bench: Bench

    def __init__(self) -> None:
        super().__init__()
        self.card = self.bench.issue(10_000)
        self.balance = 10_000
        self.holds: dict[str, tuple[str, int]] = {}
        self.paid: dict[str, int] = {}
        self.count = 0

    def next_name(self) -> str:
        self.count += 1
        return f"{self.card}-{self.count}"

    @rule(amount=AMOUNTS)
    def pay(self, amount: int) -> None:
        order = self.next_name()
        answer = self.bench.redeem(self.card, order, amount)
        if amount > self.balance:
            assert answer == "GIFT_CARD_BALANCE_TOO_LOW"
            return
        self.balance -= amount
        self.paid[order] = amount
        assert answer.balance == self.balance
        assert self.bench.redeem(self.card, order, amount).already_processed

    @rule(amount=AMOUNTS)
    def hold(self, amount: int) -> None:
        order = self.next_name()
        answer = self.bench.redeem(self.card, order, amount, hold=True)
        if amount > self.balance:
            assert answer == "GIFT_CARD_BALANCE_TOO_LOW"
            return
        self.balance -= amount
        self.holds[answer.hold_id] = (order, amount)

    @precondition(lambda self: self.holds)
    @rule(pick=PICK, part=st.integers(1, 120))
    def capture(self, pick: int, part: int) -> None:
        hold = sorted(self.holds)[pick % len(self.holds)]
        order, held = self.holds[hold]
        amount = max(1, held * part // 100)
        answer = self.bench.capture(hold, amount)
        if amount > held:
            assert answer == "GIFT_CARD_BALANCE_TOO_LOW"
            return
        del self.holds[hold]
        self.balance += held - amount
        self.paid[order] = amount

    @precondition(lambda self: self.holds)
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        hold = sorted(self.holds)[pick % len(self.holds)]
        _, held = self.holds.pop(hold)
        self.balance += held
        assert not isinstance(self.bench.cancel(hold), str)

    @precondition(lambda self: self.paid)
    @rule(pick=PICK, amount=AMOUNTS)
    def refund(self, pick: int, amount: int) -> None:
        order = sorted(self.paid)[pick % len(self.paid)]
        answer = self.bench.refund(order, self.next_name(), amount)
        if amount > self.paid[order]:
            assert answer == "REFUND_EXCEEDS_ORDER"
            return
        self.paid[order] -= amount
        self.balance += amount

    @invariant()
    def card_is_what_the_model_says(self) -> None:
        held = sum(amount for _, amount in self.holds.values())
        assert self.bench.state(self.card) == (self.balance, held)

    def teardown(self) -> None:
        self.bench.assert_clean()


def test_any_order_of_calls_keeps_the_card_right(bench: Bench) -> None:
    machine = type("BoundMachine", (Machine,), {"bench": bench})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
