"""Shift, cash and refunds at the fiscal register; real driver, real HTTP."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.domain.sale import Sale
from app.kernel.errors import RuleError
from app.kernel.ids import ProductId
from app.store.rows import FiscalKind, FiscalState
from app.till.permissions import Action
from app.till.refund_plan import RefundBy, RefundWish
from app.till.session import ApprovalNeeded
from app.till.words import Words
from tests.till.bench import BORIS, CAKE, CHEESE, COFFEE, PINS, guest
from tests.till.fiscal_bench import FiscalBench

MakeFiscal = Callable[..., FiscalBench]


def sell(bench: FiscalBench, *products: ProductId) -> Sale:
    for product in products:
        bench.till.sale.tap(product)
    done = bench.till.checkout.pay_exact_cash().done
    assert done is not None
    return done.sale


def kinds(bench: FiscalBench) -> list[str]:
    return [document.kind for document in bench.machine.documents]


# ------------------------------------------------------------------ the shift
def test_the_shift_is_opened_and_closed_on_both(fiscal: FiscalBench) -> None:
    sell(fiscal, COFFEE)
    fiscal.till.shift.close(1_200_00)
    fiscal.work()

    assert kinds(fiscal) == ["openShift", "sell", "closeShift"]


def test_a_shift_is_not_opened_when_the_register_refuses_for_good(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal()
    bench.machine.is_fn_expired = True
    bench.sign_in()
    with pytest.raises(RuleError) as caught:
        bench.till.shift.open(0)

    assert caught.value.code == "SHIFT_REFUSED"
    assert "фискального накопителя" in caught.value.ru
    assert bench.till.shift.current is None
    assert bench.tasks() == ()


def test_a_shift_is_opened_without_a_link_and_the_register_follows(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal()
    bench.machine.is_linked = False
    bench.ready()
    assert bench.till.shift.current is not None
    sell(bench, COFFEE)
    bench.heal()
    bench.work()

    assert kinds(bench) == ["openShift", "sell"]


def test_a_register_left_open_over_night_is_closed_before_the_new_shift(
    make_fiscal: MakeFiscal,
) -> None:
    bench = make_fiscal()
    bench.machine.age_shift()
    bench.ready()
    sell(bench, COFFEE)
    bench.work()

    assert kinds(bench) == ["openShift", "closeShift", "openShift", "sell"]


def test_a_register_that_was_away_for_a_day_catches_up_shift_by_shift(fiscal: FiscalBench) -> None:
    sell(fiscal, COFFEE)
    fiscal.work()
    fiscal.machine.is_linked = False
    sell(fiscal, CAKE)
    sell(fiscal, CAKE)
    approval = fiscal.till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    fiscal.till.fiscal.run_once()
    fiscal.till.shift.close(2_000_00, unmade_approval=approval)
    fiscal.clock.advance(timedelta(hours=25))
    fiscal.till.shift.open(0)
    sell(fiscal, COFFEE)
    fiscal.till.fiscal.run_once()
    fiscal.heal()
    fiscal.work()

    assert fiscal.sums() == [200_00, 333_33, 333_33, 200_00]
    assert fiscal.tasks() == ()
    assert kinds(fiscal) == [
        "openShift", "sell", "closeShift", "openShift", "sell", "sell", "closeShift", "openShift", "sell",
    ]  # fmt: skip


def test_closing_with_receipts_not_made_takes_a_senior_and_the_z_report_waits(
    fiscal: FiscalBench,
) -> None:
    fiscal.machine.faults.append("error 120")
    sell(fiscal, COFFEE)
    fiscal.work()
    till = fiscal.till
    assert till.shift.unfinished().unfiscalised == 1
    with pytest.raises(ApprovalNeeded) as caught:
        till.shift.close(1_200_00)
    assert caught.value.action is Action.FISCAL_DECIDE
    assert "1" in caught.value.ru

    till.shift.close(
        1_200_00, unmade_approval=till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    )
    fiscal.work()
    assert kinds(fiscal) == ["openShift"]

    (receipt, _) = fiscal.tasks()
    till.fiscal.retry(receipt.task_id)
    fiscal.work()
    assert kinds(fiscal) == ["openShift", "sell", "closeShift"]
    assert till.shift.unfinished().unfiscalised == 0


def test_the_x_report_comes_from_the_register_too(fiscal: FiscalBench) -> None:
    sell(fiscal, COFFEE)
    fiscal.work()
    fiscal.till.shift.x_report(prints=True)
    fiscal.till.fiscal.print_reports()
    assert any(paper.startswith("X 200") for paper in fiscal.machine.printed)

    told: list[Words] = []
    fiscal.till.fiscal.on_report_failed = told.append
    fiscal.machine.has_paper = False
    fiscal.till.shift.x_report(prints=True)
    fiscal.till.fiscal.print_reports()
    assert len(told) == 1


def test_the_float_waits_behind_the_renewal_of_an_old_shift(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal()
    bench.machine.is_linked = False
    bench.ready()
    bench.heal()
    bench.till.fiscal.hurry()
    bench.till.fiscal.run_once()  # opened; the float is queued
    bench.machine.age_shift()
    sell(bench, COFFEE)
    bench.work()
    bench.till.fiscal.renew_shift()
    bench.work()

    assert bench.sums() == [200_00]
    assert int(bench.machine.drawer) == 1_200
    assert bench.tasks() == ()


# ------------------------------------------------------------------ cash
def test_the_register_gets_the_float_and_no_more_than_it_lacks(fiscal: FiscalBench) -> None:
    fiscal.work()
    assert int(fiscal.machine.drawer) == 1_000
    sell(fiscal, COFFEE)
    fiscal.till.shift.close(1_200_00, rest_minor=700_00)
    fiscal.work()
    fiscal.till.shift.open(700_00)
    fiscal.work()
    assert int(fiscal.machine.drawer) == 700
    fiscal.till.shift.close(700_00)
    fiscal.till.shift.open(700_00)
    fiscal.work()
    assert (int(fiscal.machine.income), int(fiscal.machine.outcome)) == (
        0,
        0,
    )  # nothing was missing


def test_cash_in_and_out_reach_the_register_once(fiscal: FiscalBench) -> None:
    fiscal.work()  # the float
    fiscal.simulator.misbehave("answer-lost")
    fiscal.till.shift.cash_in(500_00, "размен")
    fiscal.simulator.misbehave("answer-lost")
    fiscal.till.shift.cash_out(200_00, "инкассация")
    fiscal.work()

    assert int(fiscal.machine.income) == 1_000 + 500
    assert int(fiscal.machine.outcome) == 200
    assert fiscal.tasks() == ()


def test_cash_the_register_does_not_have_waits_for_cash_and_holds_up_nothing(
    fiscal: FiscalBench,
) -> None:
    fiscal.work()
    fiscal.machine.drawer *= 0  # somebody took it out at the register itself
    fiscal.till.shift.cash_out(300_00, "инкассация")
    fiscal.work()
    (task,) = fiscal.tasks()
    assert (task.kind, task.state) == (FiscalKind.CASH_OUT, FiscalState.FAILED)

    sell(fiscal, CAKE)
    fiscal.work()
    assert fiscal.sums() == [333_33]
    assert fiscal.tasks() == ()
    assert int(fiscal.machine.outcome) == 300


# ------------------------------------------------------------------ refunds
def give_back(bench: FiscalBench, wish: RefundWish) -> None:
    approval = bench.till.session.approve(BORIS, PINS[BORIS], Action.REFUND)
    bench.till.refunds.refund(wish, approval)


def test_a_refund_is_one_receipt_of_the_positions_that_were_sold(make_fiscal: MakeFiscal) -> None:
    bench = make_fiscal()
    till = bench.ready()
    card = guest(points=500_00)
    bench.service.add(card)
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    till.sale.tap(CAKE)
    till.guests.bind(card)
    till.guests.redeem(100_00)
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    bench.work()
    bench.simulator.misbehave("answer-lost")
    give_back(bench, RefundWish(done.sale.sale_id, "остыл"))
    bench.work()

    assert bench.sums(1) == bench.sums(2) == [766_66]
    sold, returned = (paper.splitlines()[1:] for paper in bench.machine.printed)
    assert sold == returned


def test_a_refund_waits_for_the_receipt_of_its_sale(fiscal: FiscalBench) -> None:
    fiscal.machine.faults.append("error 120")
    sale = sell(fiscal, COFFEE)
    fiscal.work()
    with pytest.raises(RuleError) as caught:
        give_back(fiscal, RefundWish(sale.sale_id, "остыл"))
    assert caught.value.code == "RECEIPT_FIRST"

    task = fiscal.till.fiscal.task_of(sale.sale_id)
    assert task is not None
    approval = fiscal.till.session.approve(BORIS, PINS[BORIS], Action.FISCAL_DECIDE)
    fiscal.till.fiscal.give_up(task.task_id, "чека не будет", approval)
    give_back(fiscal, RefundWish(sale.sale_id, "остыл"))
    fiscal.work()
    assert fiscal.receipts() == []  # what was never sold at the register is not given back there


def test_parts_and_sums_go_back_to_the_kopeck(fiscal: FiscalBench) -> None:
    till = fiscal.till
    till.sale.tap(CAKE)
    till.sale.tap(CAKE)
    till.sale.tap(CHEESE)
    weighed = till.sale.state().cart.lines[1]
    till.sale.set_quantity(weighed.line_id, 1_337)
    sale = sell(fiscal)
    fiscal.work()
    cakes, cheese = sale.lines
    give_back(fiscal, RefundWish(sale.sale_id, "одна", {cakes.line_id: 1_000}))
    give_back(fiscal, RefundWish(sale.sale_id, "часть", {cheese.line_id: 411}))
    give_back(fiscal, RefundWish(sale.sale_id, "скидка", amount_minor=77_77, by=RefundBy.CASH))
    give_back(fiscal, RefundWish(sale.sale_id, "остаток"))
    fiscal.work()

    refunds = till.refunds.look(sale.sale_id).refunds
    assert fiscal.sums(2) == [refund.amount_minor for refund in refunds]
    assert sum(fiscal.sums(2)) == sale.due_minor
    assert fiscal.tasks() == ()


def test_a_refund_without_a_register_waits_and_is_worked_out_when_there_is_one(
    fiscal: FiscalBench,
) -> None:
    sale = sell(fiscal, COFFEE)
    fiscal.work()
    register = fiscal.devices.fiscal
    fiscal.devices.fiscal = None
    give_back(fiscal, RefundWish(sale.sale_id, "остыл"))
    (task,) = fiscal.tasks()
    assert task.state is FiscalState.FAILED

    fiscal.devices.fiscal = register
    fiscal.till.fiscal.retry(task.task_id)
    fiscal.work()
    assert fiscal.sums(2) == [200_00]
