"""The shift: float, cash in and out, X report, closing with a count, reminders."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.kernel.errors import InputError, RuleError
from app.till.house import TillSettings
from app.till.permissions import Action
from app.till.session import ApprovalNeeded
from app.till.till import Till
from tests.till.bench import ANNA, BORIS, CAKE, COFFEE, PINS, Bench


def test_opening_tells_the_service_and_survives_a_restart(bench: Bench) -> None:
    bench.ready(cash=500_00)
    (operation,) = bench.operations("shift.open")
    assert operation.payload["openingCash"] == 500

    bench.restart()
    bench.sign_in()

    assert bench.till.shift.current is not None
    with pytest.raises(RuleError, match="SHIFT_OPEN_ALREADY"):
        bench.till.shift.open(0)


def test_the_report_adds_up_sales_refunds_and_cash(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.checkout.pay_cash(500_00)
    till.sale.tap(CAKE)
    till.checkout.pay_card()
    till.shift.cash_in(300_00, "Размен")
    till.shift.cash_out(100_00, "Молоко")
    with pytest.raises(InputError, match="CASH_SHORT"):
        till.shift.cash_out(5_000_00, "Всё")
    with pytest.raises(InputError, match="REASON_NEEDED"):
        till.shift.cash_in(1_00, "  ")

    report = till.shift.x_report(prints=True)

    assert report.totals.sales_minor == 533_33
    assert report.expected_minor == 1_000_00 + 200_00 + 300_00 - 100_00
    assert len(bench.operations("cash.movement")) == 2
    assert len(bench.jobs()) == 3


def test_closing_counts_by_notes_and_records_the_difference(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()

    report = till.shift.close({1_000_00: 1, 100_00: 1, 50_00: 1}, rest_minor=500_00)

    assert report.shift.expected_cash_minor == 1_200_00
    assert report.shift.counted_cash_minor == 1_150_00
    assert "Расхождение" in str(report.receipt)
    (operation,) = bench.operations("shift.close")
    assert operation.payload["countedCash"] == 1_150
    assert till.shift.state().shift is None
    assert till.shift.state().suggested_float_minor == 500_00
    till.shift.open(500_00)
    assert till.shift.opened().number == 2


def test_a_note_that_does_not_exist_is_refused(till: Till) -> None:
    with pytest.raises(InputError):
        till.shift.close({123: 1})
    assert till.shift.current is not None


def test_a_half_paid_order_holds_the_closing_up_and_open_ones_do_not(till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.hold("потом")
    till.sale.tap(CAKE)
    till.checkout.pay_cash(100_00, part_minor=100_00)
    unfinished = till.shift.unfinished()
    assert (unfinished.open_orders, unfinished.paying_orders) == (1, 1)
    with pytest.raises(RuleError, match="SHIFT_HAS_PAYMENT"):
        till.shift.close(0)
    till.checkout.pay_exact_cash()

    till.shift.close(1_333_33)

    assert [order.name for order in till.sale.held()] == ["потом"]


def test_somebody_elses_shift_is_closed_by_a_senior(bench: Bench, till: Till) -> None:
    bench.sign_in(BORIS)
    till.shift.close(1_000_00)
    till.shift.open(0)
    bench.sign_in(ANNA)
    with pytest.raises(ApprovalNeeded):
        till.shift.close(0)
    approval = till.session.approve(BORIS, PINS[BORIS], Action.CLOSE_OTHERS_SHIFT)

    assert till.shift.close(0, approval=approval).shift.closed_at is not None


def test_a_shift_is_reminded_of_after_the_hours_of_the_house(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(settings=TillSettings(shift_hours=12))
    till = bench.ready()
    bench.clock.advance(timedelta(hours=11, minutes=59))
    assert till.shift.state().reminder is None
    bench.clock.advance(timedelta(minutes=1))
    reminder = till.shift.state().reminder
    assert reminder is not None
    assert reminder.ru == "Смена 1 идёт больше 12 ч. Пора закрыть"
    bench.clock.advance(timedelta(hours=11, minutes=30))
    reminder = till.shift.state().reminder
    assert reminder is not None
    assert "24" in reminder.ru, "the fiscal limit is nearer than the hours of the house"


def test_a_long_shift_is_reminded_of_but_the_sale_goes_on(bench: Bench, till: Till) -> None:
    assert till.shift.state().reminder is None
    bench.clock.advance(timedelta(hours=23, minutes=30))
    assert not till.shift.state().is_too_long
    assert till.shift.state().reminder is not None
    bench.clock.advance(timedelta(hours=1))

    assert till.shift.state().is_too_long
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()
    assert len(bench.sales()) == 1


def test_a_blind_count_hides_what_should_be_there(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(settings=TillSettings(is_blind_count=True))
    till = bench.ready()

    report = till.shift.x_report()
    assert report.expected_minor is None
    assert "Наличных в кассе" not in str(report.receipt)
    assert till.shift.close(1_000_00).expected_minor == 1_000_00
