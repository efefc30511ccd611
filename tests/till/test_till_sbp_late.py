"""Money by phone that comes after its payment was given up goes back once, while the till runs.

The watch is asked by hand with a clock moved by hand; one test has its thread run.
"""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.sale import PaymentState
from app.kernel.errors import RuleError
from app.kernel.text import format_money
from app.till.payment_states import Phase
from app.till.permissions import Action
from app.till.qr_codes import CODE_LIFE
from app.till.qr_texts import SBP_LATE, SBP_LATE_KEPT
from app.till.qr_watch import AWAY_PAUSES_S, LOOK_EVERY_S
from app.till.till import Till
from app.till.words import Words
from drivers.sim.sbp import Fault
from tests.fakes.fuse import survived
from tests.till.bench import BORIS, CAKE, COFFEE, PINS
from tests.till.phone_bench import PhoneBench

MINUTE = timedelta(seconds=LOOK_EVERY_S)
MOMENTS_MAX = 20


@pytest.fixture
def bench(quick_folder: Path) -> Iterator[PhoneBench]:
    made = PhoneBench(quick_folder / "till")
    made.ready()
    yield made
    made.close()


@pytest.fixture
def till(bench: PhoneBench) -> Till:
    return bench.till


@pytest.fixture
def told(till: Till) -> list[Words]:
    found: list[Words] = []
    till.late_money.on_found = found.append
    return found


def _given_up(bench: PhoneBench) -> str:
    """Show a code, cancel it and take cash; return the bank's name of the code."""
    checkout = bench.till.checkout
    bench.till.sale.tap(COFFEE)
    checkout.start_sbp()
    assert checkout.cancel_sbp().phase is Phase.TAKING
    assert checkout.pay_exact_cash().phase is Phase.DONE
    checkout.dismiss()
    return bench.code()


def _decided(bench: PhoneBench) -> str:
    """A senior decides for a silent bank that nothing was paid, and the guest pays in cash."""
    till = bench.till
    till.sale.tap(COFFEE)
    till.checkout.start_sbp()
    bench.bank.always(Fault("lost-before"))
    till.checkout.resolve_payment()
    till.checkout.confirm_not_paid(till.session.approve(BORIS, PINS[BORIS], Action.MANUAL_PAYMENT))
    till.checkout.pay_exact_cash()
    till.checkout.dismiss()
    return bench.code()


def _look_later(bench: PhoneBench, span: timedelta = MINUTE) -> bool:
    bench.clock.advance(span)
    return bench.till.late_money.look()


def _questions(bench: PhoneBench) -> int:
    return len(bench.bank.bank.received)


def test_a_till_without_late_money_asks_nobody(bench: PhoneBench, told: list[Words]) -> None:
    bench.till.sale.tap(COFFEE)
    bench.till.checkout.start_sbp()
    bench.guest_pays()
    before = _questions(bench)

    assert not _look_later(bench)

    assert (_questions(bench), told) == (before, [])


def test_money_for_a_cancelled_code_goes_back_once_and_is_told(
    bench: PhoneBench, told: list[Words]
) -> None:
    code = _given_up(bench)
    bench.bank.pay_late(code)

    assert not _look_later(bench)
    assert not _look_later(bench)

    assert told == [SBP_LATE.fill(amount=format_money(200_00))]
    assert len(bench.bank.bank.refunds) == 1
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 0
    (sale,) = bench.sales()
    with bench.store.reader() as db:
        (row,) = db.payments.list_by_sale(sale.sale_id)
    assert row.state is PaymentState.REVERSED


def test_money_for_a_code_that_ran_out_goes_back(bench: PhoneBench, told: list[Words]) -> None:
    bench.till.sale.tap(COFFEE)
    bench.till.checkout.start_sbp()
    bench.bank.expire(bench.code())
    assert bench.till.checkout.poll_sbp().phase is Phase.FAILED
    bench.bank.pay_late(bench.code())

    _look_later(bench)

    assert len(told) == len(bench.bank.bank.refunds) == 1


def test_the_bank_is_asked_every_minute_for_the_life_of_a_code_and_no_longer(
    bench: PhoneBench, told: list[Words]
) -> None:
    _given_up(bench)
    before = _questions(bench)
    assert bench.till.late_money.look(), "it waits, and is not due"
    assert _questions(bench) == before

    looks = 0
    while _look_later(bench):
        looks += 1
        assert looks <= 2 * CODE_LIFE / MINUTE

    asked = _questions(bench)
    assert asked > before + 1
    assert not _look_later(bench, CODE_LIFE)
    assert (_questions(bench), told) == (asked, [])


def test_what_a_senior_decided_for_a_silent_bank_is_looked_for_with_patience(
    bench: PhoneBench, told: list[Words]
) -> None:
    code = _decided(bench)
    bench.bank.always(None)
    bench.bank.pay(code)
    bench.bank.always(Fault("lost-before"))
    asked = []
    for pause_s in (LOOK_EVERY_S, *AWAY_PAUSES_S):
        before = _questions(bench)
        assert _look_later(bench, timedelta(seconds=pause_s - 1))
        assert _questions(bench) == before, "the pause is not over"
        assert _look_later(bench, timedelta(seconds=1))
        asked.append(_questions(bench) - before)
    assert all(asked)

    bench.bank.always(None)
    assert not _look_later(bench, timedelta(seconds=AWAY_PAUSES_S[-1]))

    assert len(told) == len(bench.bank.bank.refunds) == 1


def test_a_lost_answer_to_the_refund_gives_the_money_once(
    bench: PhoneBench, told: list[Words]
) -> None:
    bench.bank.pay_late(_given_up(bench))
    bench.bank.always(Fault("lost-after", path="/refund"))
    assert _look_later(bench)
    bench.bank.always(None)

    assert not _look_later(bench)

    assert len(told) == len(bench.bank.bank.refunds) == 1


def test_a_bank_that_keeps_the_money_is_told_of_once_and_holds_nobody_up(
    bench: PhoneBench, told: list[Words]
) -> None:
    kept, other = _given_up(bench), _given_up(bench)
    bench.bank.pay_late(kept)
    bench.bank.pay_late(other)
    bench.bank.refuse_refunds_of(bench.bank.bank.codes[kept].order)

    for _again in range(3):
        assert _look_later(bench, timedelta(hours=1))

    amount = format_money(200_00)
    assert told == [words.fill(amount=amount) for words in (SBP_LATE, SBP_LATE_KEPT)]


def test_no_question_is_begun_while_a_guest_pays(bench: PhoneBench, told: list[Words]) -> None:
    late = _given_up(bench)
    bench.bank.pay_late(late)
    bench.till.sale.tap(CAKE)
    bench.till.checkout.start_sbp()
    before = _questions(bench)
    assert _look_later(bench)
    assert _questions(bench) == before

    bench.guest_pays()
    assert not _look_later(bench)

    assert len(told) == 1
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 333_33


def test_a_new_code_waits_for_a_question_that_runs(bench: PhoneBench, told: list[Words]) -> None:
    bench.bank.pay_late(_given_up(bench))
    is_asked, goes_on = threading.Event(), threading.Event()

    def hold(_request: object) -> None:
        is_asked.set()
        assert goes_on.wait(20)

    bench.till.sale.tap(CAKE)
    bench.bank.on_request = hold
    watch = threading.Thread(target=_look_later, args=(bench,))
    watch.start()
    assert is_asked.wait(20)
    made: list[object] = []

    def start() -> None:
        try:
            made.append(bench.till.checkout.start_sbp().phase)
        except RuleError as error:
            made.append(error)

    cashier = threading.Thread(target=start)
    cashier.start()
    bench.bank.on_request = None
    goes_on.set()
    for thread in (watch, cashier):
        thread.join(20)

    assert made == [Phase.CODE]
    assert len(told) == 1


def test_dying_at_any_step_gives_the_money_once(quick_folder: Path) -> None:
    moment = 0
    while True:
        moment += 1
        assert moment < MOMENTS_MAX
        bench = PhoneBench(quick_folder / f"till-{moment}")
        bench.ready()
        bench.bank.pay_late(_given_up(bench))
        bench.clock.advance(MINUTE)
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            bench.till.late_money.look()
        is_over = bench.fuse.count < moment
        bench.restart()
        bench.sign_in()
        while _look_later(bench):
            pass
        refunds, taken = len(bench.bank.bank.refunds), bench.bank.bank.taken_minor()
        bench.close()
        assert (refunds, taken) == (1, 0), moment
        if is_over:
            return


def test_the_thread_sleeps_until_the_bank_sends_a_notice(bench: PhoneBench) -> None:
    found = threading.Event()
    bench.till.late_money.on_found = lambda _words: found.set()
    bench.till.late_money.start()
    bench.bank.pay_late(_given_up(bench))

    bench.till.late_money.hurry()

    assert found.wait(20)
    bench.till.late_money.stop()
    assert len(bench.bank.bank.refunds) == 1
