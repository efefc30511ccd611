"""Refunds never exceed what was paid: whole, by lines, by sum; cash and card; crashes."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.sale import PaymentState
from app.domain.tender import TenderKind
from app.kernel.errors import AppError, InputError, RuleError
from app.kernel.ids import SaleId
from app.till.permissions import Action
from app.till.refund_plan import RefundBy, RefundWish
from app.till.refunds import RefundPhase
from app.till.session import ApprovalNeeded
from app.till.till import Till
from drivers.api.terminal import Outcome
from tests.fakes.fuse import survived
from tests.till.bench import BORIS, CAKE, COFFEE, PINS, Bench, guest


def _sold(bench: Bench, *, card: bool = False) -> SaleId:
    till = bench.till
    till.sale.tap(COFFEE, 3_000)
    till.sale.tap(CAKE)
    done = (till.checkout.pay_card() if card else till.checkout.pay_exact_cash()).done
    assert done is not None
    bench.sign_in(BORIS)
    return done.sale.sale_id


def test_a_whole_refund_gives_everything_back_once(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench)

    result = till.refunds.refund(RefundWish(sale_id, "Брак"))

    assert result.phase is RefundPhase.DONE
    assert result.cash_minor == 933_33
    with pytest.raises(InputError, match="REFUND_ALL_BACK"):
        till.refunds.refund(RefundWish(sale_id, "Ещё раз"))
    (operation,) = bench.operations("refund")
    assert operation.payload["amount"] == 933.33
    assert operation.payload["originalAmount"] == 933.33
    assert len(operation.payload["lines"]) == 2
    till.printing.run_once()
    till.printing.run_once()
    assert "ВОЗВРАТ" in bench.printer.text()


def test_lines_go_back_with_their_share(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench)
    coffee = till.refunds.look(sale_id).lines[0]

    first = till.refunds.refund(RefundWish(sale_id, "Остыл", {coffee.line_id: 1_000}))
    assert first.cash_minor == 200_00
    with pytest.raises(InputError, match="REFUND_LINE_TOO_MUCH"):
        till.refunds.refund(RefundWish(sale_id, "Остыл", {coffee.line_id: 3_000}))
    rest = till.refunds.refund(RefundWish(sale_id, "Остальное"))

    assert rest.cash_minor == 400_00 + 333_33
    assert till.refunds.look(sale_id).rest_minor == 0


def test_any_sum_up_to_the_rest(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench)
    till.refunds.refund(RefundWish(sale_id, "Скидка", amount_minor=900_00))
    with pytest.raises(InputError) as error:
        till.refunds.refund(RefundWish(sale_id, "Скидка", amount_minor=50_00))
    assert "33,33" in error.value.ru

    cake = till.refunds.look(sale_id).lines[1]
    result = till.refunds.refund(RefundWish(sale_id, "Торт", {cake.line_id: 1_000}))

    assert result.cash_minor == 33_33


@pytest.mark.parametrize("wish", [{"reason": " "}, {"reason": "x", "amount_minor": 0}])
def test_a_refund_needs_a_reason_and_a_sum(bench: Bench, till: Till, wish: dict[str, Any]) -> None:
    sale_id = _sold(bench)
    with pytest.raises(InputError):
        till.refunds.refund(RefundWish(sale_id, **wish))


def test_a_cashier_needs_a_supervisor(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench)
    bench.sign_in()
    wish = RefundWish(sale_id, "Брак")
    with pytest.raises(ApprovalNeeded):
        till.refunds.refund(wish)
    approval = till.session.approve(BORIS, PINS[BORIS], Action.REFUND)

    assert till.refunds.refund(wish, approval).phase is RefundPhase.DONE


def test_the_drawer_must_hold_the_money(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench()
    till = bench.ready(cash=0)
    sale_id = _sold(bench)
    till.shift.cash_out(900_00, "Инкассация")

    with pytest.raises(InputError, match="CASH_SHORT"):
        till.refunds.refund(RefundWish(sale_id, "Брак"))


def test_a_card_gets_its_money_back_by_the_terminal(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench, card=True)

    till.refunds.refund(RefundWish(sale_id, "Брак", amount_minor=400_00))
    result = till.refunds.refund(RefundWish(sale_id, "Остаток"))

    assert result.cash_minor == 0
    assert bench.terminal.total_minor == 0
    assert [r.amount_minor for r in till.refunds.look(sale_id).refunds] == [400_00, 533_33]


def test_cash_for_a_card_payment_takes_a_right(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench, card=True)
    wish = RefundWish(sale_id, "Брак", amount_minor=100_00, by=RefundBy.CASH)
    assert till.refunds.rehearse(wish).needs_cash_right
    assert till.refunds.refund(wish).cash_minor == 100_00


def test_a_refused_card_refund_enters_nothing(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench, card=True)
    bench.terminal.outcome = Outcome.DECLINED

    result = till.refunds.refund(RefundWish(sale_id, "Брак"))

    assert result.phase is RefundPhase.FAILED
    assert till.refunds.look(sale_id).rest_minor == 933_33
    bench.terminal.outcome = Outcome.APPROVED
    assert till.refunds.refund(RefundWish(sale_id, "Брак")).phase is RefundPhase.DONE
    assert bench.terminal.total_minor == 0


def test_a_lost_refund_answer_is_resolved_by_asking(bench: Bench, till: Till) -> None:
    sale_id = _sold(bench, card=True)
    bench.terminal.loses_answer = True
    wish = RefundWish(sale_id, "Брак")

    assert till.refunds.refund(wish).phase is RefundPhase.UNKNOWN
    assert till.refunds.pending() is not None
    with pytest.raises(RuleError, match="REFUND_OPEN"):
        till.refunds.refund(wish)
    assert till.refunds.resolve().phase is RefundPhase.DONE

    assert till.refunds.pending() is None
    assert bench.terminal.total_minor == 0
    assert len(bench.operations("refund")) == 1


@pytest.mark.parametrize("is_made", [True, False])
def test_a_senior_decides_about_a_refund_nobody_knows(
    bench: Bench, till: Till, is_made: bool
) -> None:
    sale_id = _sold(bench, card=True)
    bench.terminal.loses_answer = True
    bench.terminal.is_forgetful = True
    till.refunds.refund(RefundWish(sale_id, "Брак"))
    assert till.refunds.resolve().phase is RefundPhase.UNKNOWN

    decide = till.refunds.confirm_by_slip if is_made else till.refunds.confirm_not_made
    decide()

    assert till.refunds.look(sale_id).rest_minor == (0 if is_made else 933_33)
    assert till.refunds.pending() is None


def test_a_refund_is_entered_once_whatever_step_fails(make_bench: Callable[..., Bench]) -> None:
    for moment in range(1, 30):
        bench = make_bench()
        till = bench.ready()
        sale_id = _sold(bench, card=True)
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            till.refunds.refund(RefundWish(sale_id, "Брак"))
        is_over = bench.fuse.count < moment

        bench.restart()
        bench.sign_in(BORIS)
        if bench.till.refunds.look(sale_id).rest_minor:
            bench.till.refunds.refund(RefundWish(sale_id, "Брак"))

        assert bench.terminal.total_minor == 0
        assert len(bench.operations("refund")) == 1
        with bench.store.reader() as db:
            assert db.payments.list_open() == ()
        if is_over:
            return
    raise AssertionError("the refund never ended")


def test_two_cards_where_the_second_refuses_enter_only_the_first(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE, 2_000)
    till.checkout.pay_card(100_00)
    done = till.checkout.pay_card().done
    assert done is not None
    bench.sign_in(BORIS)
    asked: list[int] = []

    def second_refuses() -> None:
        asked.append(1)
        if len(asked) == 2:
            bench.terminal.outcome = Outcome.DECLINED

    bench.terminal.during = second_refuses
    result = till.refunds.refund(RefundWish(done.sale.sale_id, "Брак"))

    assert result.phase is RefundPhase.FAILED
    assert result.refund is not None
    assert result.refund.amount_minor == 100_00
    assert bench.terminal.total_minor == 300_00
    assert till.refunds.look(done.sale.sale_id).rest_minor == 300_00


def test_the_rehearsal_tells_money_and_points(bench: Bench, till: Till) -> None:
    bench.service.add(guest(1))
    till.sale.tap(COFFEE, 5_000)
    till.guests.bind(guest(1))
    till.guests.redeem(300_00)
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    bench.sign_in(BORIS)

    plan = till.refunds.rehearse(RefundWish(done.sale.sale_id, "Брак"))

    assert plan.amount_minor == 700_00
    assert plan.points.earned_back_minor == 35_00
    assert plan.points.returned_regular_minor == 300_00


@given(parts=st.lists(st.integers(min_value=1, max_value=600_00), min_size=1, max_size=4))
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_refund_never_exceeds_paid_sum(bench: Bench, parts: list[int]) -> None:
    if bench.till.shift.current is None:
        bench.ready()
    bench.sign_in()
    sale_id = _sold(bench, card=True)

    for part in parts:
        with suppress(InputError):
            bench.till.refunds.refund(RefundWish(sale_id, "Часть", amount_minor=part))

    what = bench.till.refunds.look(sale_id)
    assert 0 <= what.refunded_minor <= what.sale.due_minor
    with bench.store.reader() as db:
        back = [x for x in db.payments.list_by_sale(sale_id) if x.amount_minor < 0]
    assert -sum(x.amount_minor for x in back if x.state is PaymentState.APPROVED) == (
        what.refunded_minor
    )
    assert what.rest_of(TenderKind.CARD) == what.rest_minor


def test_an_unknown_sale_is_said_so(till: Till) -> None:
    with pytest.raises(AppError, match="SALE_UNKNOWN"):
        till.refunds.look(SaleId("nowhere"))
