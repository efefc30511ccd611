"""A cashier who is quicker than the recovery of the last run: nothing is shown or sold twice."""

from app.domain.sale import SaleState
from app.till.refund_plan import RefundWish
from app.till.refunds import RefundPhase
from tests.till.bench import BORIS, CAKE, COFFEE, Bench


def restart_without_recovery(bench: Bench) -> None:
    bench.store.die()
    bench.start()


def test_order_that_was_begun_before_the_recovery_is_there_once(bench: Bench) -> None:
    bench.ready()
    restart_without_recovery(bench)
    bench.sign_in()
    till = bench.till
    begun = till.sale.tap(COFFEE).state.order

    till.recover()

    assert till.desk.order.sale_id == begun.sale_id
    assert till.sale.held() == ()
    till.checkout.pay_exact_cash()
    assert till.sale.held() == ()
    assert len(bench.sales()) == 1


def test_paying_order_of_the_last_run_comes_first_and_the_begun_one_goes_aside(
    bench: Bench,
) -> None:
    till = bench.ready()
    till.sale.tap(CAKE)
    till.checkout.pay_cash(100_00, part_minor=100_00)
    paying = till.desk.order.sale_id
    restart_without_recovery(bench)
    bench.sign_in()
    till = bench.till
    begun = till.sale.tap(COFFEE).state.order.sale_id

    till.recover()

    assert till.desk.order.sale_id == paying
    assert till.desk.order.state is SaleState.PAYING
    assert [held.sale_id for held in till.sale.held()] == [begun]


def test_orders_are_back_although_the_refund_cannot_be_settled(bench: Bench) -> None:
    till = bench.ready()
    till.sale.tap(COFFEE)
    sale = till.checkout.pay_card().done
    assert sale is not None
    till.checkout.dismiss()
    till.sale.tap(CAKE)
    till.sale.hold("стол 4")
    bench.sign_in(BORIS)
    bench.terminal.loses_answer = True
    result = till.refunds.refund(RefundWish(sale.sale.sale_id, "вернули"))
    assert result.phase is RefundPhase.UNKNOWN
    restart_without_recovery(bench)
    till = bench.till

    with till.card.alone():  # somebody pays by card already
        recovered = till.recover()

    assert recovered.is_refund_open
    assert [held.name for held in till.sale.held()] == ["стол 4"]
