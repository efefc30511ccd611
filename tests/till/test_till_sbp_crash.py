"""The till dies between every two steps of payments by phone; the books of till and bank agree after it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.domain.sale import SaleState
from app.domain.tender import TenderKind
from app.till.payment_states import Phase
from app.till.refund_plan import RefundWish
from app.till.till import Till
from tests.fakes.fuse import survived
from tests.till.bench import BORIS, CAKE, COFFEE, PINS
from tests.till.phone_bench import PhoneBench

MakePhone = Callable[[], PhoneBench]


@pytest.fixture
def make_phone(quick_folder: Path) -> Iterator[MakePhone]:
    made: list[PhoneBench] = []

    def make() -> PhoneBench:
        for old in made:
            old.close()
        made[:] = [PhoneBench(quick_folder / f"phone-{len(list(quick_folder.iterdir()))}")]
        made[0].ready()
        return made[0]

    yield make
    for bench in made:
        bench.close()


def _sell(bench: PhoneBench) -> None:
    till = bench.till
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    _pay(bench)


def _pay(bench: PhoneBench) -> None:
    """Pay what is left in two parts by phone; the first code is given up."""
    checkout = bench.till.checkout
    while not bench.sales():
        state = checkout.state()
        if state.phase is Phase.UNKNOWN:
            state = checkout.resolve_payment()
        elif state.phase is not Phase.CODE:
            part = 200_00 if not state.order.order.tenders else None
            state = checkout.start_sbp(part)
        elif not bench.bank.bank.codes or len(bench.bank.bank.codes) == 1:
            state = checkout.cancel_sbp()
        else:
            _guest_pays(bench)
            state = checkout.poll_sbp()


def _guest_pays(bench: PhoneBench) -> None:
    state = bench.till.checkout.state()
    assert state.code is not None
    shown = next(c for c in bench.bank.bank.codes.values() if c.qr_id in state.code.payload)
    bench.bank.pay(shown.qr_id)


def _go_on(bench: PhoneBench) -> None:
    bench.sign_in()
    if bench.sales():
        return
    order = bench.till.checkout.state().order
    if order.order.state is not SaleState.PAYING:
        for product in (COFFEE, CAKE):
            if not any(line.product_id == product for line in order.cart.lines):
                bench.till.sale.tap(product)
    _pay(bench)


def _check(bench: PhoneBench) -> None:
    (sale,) = bench.sales()
    assert [(t.kind, t.amount_minor) for t in sale.tenders] == [
        (TenderKind.SBP, 200_00),
        (TenderKind.SBP, 333_33),
    ]
    assert bench.bank.bank.taken_minor() == bench.booked_minor() == 533_33
    assert len(bench.operations()) == 1
    with bench.store.reader() as db:
        assert db.payments.list_open() == ()


def _moments(make: MakePhone, act: Callable[[PhoneBench], None]) -> list[str]:
    bench = make()
    _prepared(bench, act)
    bench.fuse.count, bench.fuse.places = 0, []
    act(bench)
    return list(bench.fuse.places)


def _prepared(bench: PhoneBench, act: Callable[[PhoneBench], None]) -> None:
    if act is not _sell:
        _sell(bench)
        bench.sign_in(BORIS)


def test_a_sale_is_paid_once_wherever_the_till_dies(make_phone: MakePhone) -> None:
    moments = _moments(make_phone, _sell)
    assert {"before register", "after register", "after cancel", "after status"} <= set(moments)
    for moment, place in enumerate(moments, 1):
        bench = make_phone()
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            _sell(bench)
        assert bench.fuse.count == moment, place

        bench.restart()
        _go_on(bench)

        _check(bench)


def _refund(bench: PhoneBench) -> None:
    (sale,) = bench.sales()
    bench.till.refunds.refund(RefundWish(sale.sale_id, "передумал", amount_minor=300_00))


def test_a_refund_is_made_once_wherever_the_till_dies(make_phone: MakePhone) -> None:
    moments = _moments(make_phone, _refund)
    assert {"before refund", "after refund"} <= set(moments)
    for moment, place in enumerate(moments, 1):
        bench = make_phone()
        _prepared(bench, _refund)
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            _refund(bench)
        assert bench.fuse.count == moment, place

        bench.restart()
        bench.till.session.sign_in(BORIS, PINS[BORIS])

        assert bench.till.refunds.pending() is None
        assert bench.bank.bank.taken_minor() == bench.booked_minor(), place
        (sale,) = bench.sales()
        rest = bench.till.refunds.look(sale.sale_id).rest_minor
        if rest > 233_33:  # it was begun and not ended: the cashier gives the rest back
            wish = RefundWish(sale.sale_id, "передумал", amount_minor=rest - 233_33)
            bench.till.refunds.refund(wish)
        assert bench.bank.bank.taken_minor() == bench.booked_minor() == 233_33


def _take_back(bench: PhoneBench) -> None:
    """Pay a part by phone, give it back, pay all in cash."""
    till = bench.till
    if not till.checkout.state().order.cart.lines:
        till.sale.tap(CAKE)
    _part_and_back(till, bench)


def _part_and_back(till: Till, bench: PhoneBench) -> None:
    state = till.checkout.state()
    if not state.order.order.tenders and state.pending is None:
        till.checkout.start_sbp(100_00)
    state = till.checkout.state()
    if state.phase is Phase.CODE:
        _guest_pays(bench)
        state = till.checkout.poll_sbp()
    for tender in state.order.order.tenders:
        till.checkout.remove_part(tender.payment_id)
    till.checkout.pay_exact_cash()


def test_a_part_is_given_back_once_wherever_the_till_dies(make_phone: MakePhone) -> None:
    bench = make_phone()
    bench.fuse.count, bench.fuse.places = 0, []
    _take_back(bench)
    moments = list(bench.fuse.places)
    assert {"before refund", "after refund"} <= set(moments)
    for moment, place in enumerate(moments, 1):
        bench = make_phone()
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            _take_back(bench)
        assert bench.fuse.count == moment, place

        bench.restart()
        bench.sign_in()
        if not bench.sales():
            _take_back(bench)

        (sale,) = bench.sales()
        assert [t.kind for t in sale.tenders] == [TenderKind.CASH]
        assert bench.bank.bank.taken_minor() == bench.booked_minor() == 0, place


@pytest.mark.parametrize("is_paid", [True, False])
def test_dying_again_while_it_recovers_does_no_harm(make_phone: MakePhone, is_paid: bool) -> None:
    second = 0
    while True:
        second += 1
        bench = make_phone()
        bench.till.sale.tap(COFFEE)
        bench.till.sale.tap(CAKE)
        bench.till.checkout.start_sbp()
        if is_paid:
            _guest_pays(bench)
        bench.store.die()
        bench.fuse.count, bench.fuse.burn_at = 0, second
        with survived():
            bench.start()
            bench.till.recover()
        has_burnt = bench.fuse.count >= second

        bench.restart()
        bench.sign_in()

        if not is_paid:
            assert bench.till.checkout.state().phase is Phase.CODE, "the same code is shown again"
            assert len(bench.bank.bank.codes) == 1
            _guest_pays(bench)
            bench.till.checkout.poll_sbp()
        (sale,) = bench.sales()
        assert sale.due_minor == bench.booked_minor() == bench.bank.bank.taken_minor() == 533_33
        assert len(bench.operations()) == 1
        if not has_burnt:
            break
    assert second > 1
