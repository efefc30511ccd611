"""A sale is entered once whatever step fails: the process dies at every commit and every answer.

The scenario pays in cash and by card with a guest; the fuse burns before and after each commit and
around each effect of the terminal. After each death the till starts anew, recovers, and the cashier
finishes what is left. Then books, money and receipts must agree.
"""

from collections.abc import Callable

import pytest

from app.domain.sale import SaleState
from app.domain.tender import TenderKind
from app.till.payment_states import CheckoutState, Phase
from app.till.till import Till
from tests.fakes.fuse import Crash, survived
from tests.till.bench import CAKE, COFFEE, Bench, guest

MOMENTS_MAX = 60


def _sell(till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    till.guests.bind(guest())
    till.checkout.pay_cash(200_00, part_minor=133_33)
    till.checkout.pay_card()


def _go_on(bench: Bench) -> None:
    """Do what a cashier does after a restart: look at the screen and finish what is there."""
    bench.sign_in()
    till = bench.till
    state = till.checkout.state()
    if state.phase is Phase.UNKNOWN:
        state = till.checkout.resolve_payment()
    if bench.sales():
        return
    order = state.order.order
    if order.cart.is_empty:
        _sell(till)
        return
    if not any(line.product_id == CAKE for line in order.cart.lines):
        till.sale.tap(CAKE)
    if till.sale.state().guest is None and order.state is not SaleState.PAYING:
        till.guests.bind(guest())
    if not order.tenders:
        till.checkout.pay_cash(200_00, part_minor=133_33)
    till.checkout.pay_card()


def _check(bench: Bench) -> None:
    (sale,) = bench.sales()
    assert sale.due_minor == 533_33
    assert sum(t.amount_minor for t in sale.tenders) == 533_33
    by_card = sum(t.amount_minor for t in sale.tenders if t.kind is TenderKind.CARD)
    assert bench.terminal.total_minor == by_card == 400_00
    (operation,) = bench.operations()
    assert operation.payload["saleId"] == sale.sale_id
    assert len(bench.jobs()) == 1
    assert bench.drafts() == 0
    with bench.store.reader() as db:
        assert db.payments.list_open() == ()


def _moments(make_bench: Callable[..., Bench]) -> list[str]:
    bench = make_bench()
    till = bench.ready()
    bench.fuse.count, bench.fuse.places = 0, []
    _sell(till)
    _check(bench)
    return list(bench.fuse.places)


def test_a_sale_is_entered_once_whatever_step_fails(make_bench: Callable[..., Bench]) -> None:
    moments = _moments(make_bench)
    assert "terminal booked" in moments
    assert len(moments) < MOMENTS_MAX

    for moment, place in enumerate(moments, 1):
        bench = make_bench()
        till = bench.ready()
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            _sell(till)
        assert bench.fuse.count == moment, place

        recovered = bench.restart()
        for sale in recovered.finished:
            assert sale.due_minor == 533_33
        _go_on(bench)

        _check(bench)


def test_dying_during_recovery_does_no_harm_either(make_bench: Callable[..., Bench]) -> None:
    for second in range(1, 12):
        bench = make_bench()
        till = bench.ready()
        till.sale.tap(COFFEE)
        till.sale.tap(CAKE)
        till.checkout.pay_cash(133_33, part_minor=133_33)
        # The terminal books, then the process dies; and again while it recovers.
        places = len(bench.fuse.places)
        bench.fuse.burn_at = places + 4
        with survived():
            till.checkout.pay_card()
        assert bench.fuse.places[-1] == "terminal booked"
        bench.store.die()
        bench.fuse.burn_at = bench.fuse.count + second
        with survived():
            bench.start()
            bench.till.recover()

        bench.restart()

        (sale,) = bench.sales()
        assert sale.due_minor == 533_33
        assert bench.terminal.total_minor == 400_00
        assert len(bench.operations()) == 1
        if bench.fuse.count < bench.fuse.burn_at:
            break


def test_a_crash_at_the_terminal_starts_on_the_same_order(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.terminal.is_forgetful = True
    with pytest.raises(Crash):
        _die_in_terminal(bench)

    state = bench.restart().checkout

    assert isinstance(state, CheckoutState)
    assert state.phase is Phase.UNKNOWN
    assert state.order.due_minor == 200_00
    bench.terminal.is_forgetful = False
    bench.sign_in()
    assert bench.till.checkout.resolve_payment().phase is Phase.DONE
    assert bench.terminal.total_minor == 200_00


def _die_in_terminal(bench: Bench) -> None:
    def die() -> None:
        raise Crash

    bench.terminal.during = die
    try:
        bench.till.checkout.pay_card()
    finally:
        bench.terminal.during = None
        # The guest's card was charged all the same: the request had left.
        with bench.store.reader() as db:
            (intent,) = db.payments.list_open()
        bench.terminal.pay(intent.amount_minor, "RUB", intent.payment_id)


def test_an_order_that_lay_paid_is_finished_before_anybody_signs_in(
    bench: Bench, till: Till
) -> None:
    till.sale.tap(COFFEE)
    bench.fuse.burn_at = bench.fuse.count + 6  # the result is written, the sale is not
    with survived():
        till.checkout.pay_card()
    assert bench.fuse.places[-1] == "after commit"

    recovered = bench.restart()

    assert [sale.cashier_name for sale in recovered.finished] == ["Анна"]
    assert recovered.checkout is None
    assert bench.till.sale.state().cart.is_empty
