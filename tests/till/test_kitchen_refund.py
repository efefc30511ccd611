"""A refund stops the kitchen: once, only what may still be cooking, whatever step the process dies at."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.kernel.ids import SaleId
from app.till.devices import COOKS_ALL, Station
from app.till.kitchen_refund import COOKING_FOR
from app.till.payment_states import WayOut
from app.till.refund_plan import RefundWish
from app.till.refunds import RefundPhase, RefundResult
from drivers.api.terminal import Outcome
from tests.fakes.fuse import survived
from tests.till.bench import ANNA, BORIS, CAKE, SOUP
from tests.till.kitchen_bench import BAR, HOT, KitchenBench, dishes, words

MakeKitchen = Callable[..., KitchenBench]
VOID_ALL = ["ОТМЕНА 2 x Суп", "ОТМЕНА 1 x Торт"]
MOMENTS_MAX = 30


@pytest.fixture
def kitchen(make_kitchen: MakeKitchen) -> KitchenBench:
    return _ready(make_kitchen())


def _ready(bench: KitchenBench) -> KitchenBench:
    bench.ready()
    bench.sign_in(BORIS)
    return bench


def _sold(bench: KitchenBench, *, by_card: bool = False) -> SaleId:
    """Sell two soups and a cake; their tickets are on paper and torn off."""
    till = bench.till
    till.sale.tap(SOUP, 2000)
    till.sale.tap(CAKE)
    till.sale.set_order_note("аллергия")
    done = (till.checkout.pay_card() if by_card else till.checkout.pay_exact_cash()).done
    assert done is not None
    till.checkout.dismiss()
    bench.print_all()
    _tear_off(bench)
    return done.sale.sale_id


def _tear_off(bench: KitchenBench) -> None:
    bench.hot.paper.clear()
    bench.bar.paper.clear()


def _give_back(bench: KitchenBench, sale_id: SaleId, index: int, milli: int) -> RefundResult:
    line = bench.till.refunds.look(sale_id).lines[index]
    return bench.till.refunds.refund(RefundWish(sale_id, "Передумали", {line.line_id: milli}))


def test_a_whole_refund_voids_everything_with_its_reason(kitchen: KitchenBench) -> None:
    sale_id = _sold(kitchen)

    result = kitchen.till.refunds.refund(RefundWish(sale_id, "Передумали"))
    kitchen.print_all()

    assert result.is_kitchen_told
    assert dishes(kitchen.hot) == VOID_ALL
    assert "Заказ 1" in words(kitchen.hot.paper[0])
    assert "! Возврат: Передумали" in words(kitchen.hot.paper[0])


def test_lines_that_go_back_are_told_and_no_others(kitchen: KitchenBench) -> None:
    sale_id = _sold(kitchen)

    _give_back(kitchen, sale_id, 0, 1000)
    kitchen.print_all()
    assert dishes(kitchen.hot) == ["ИЗМЕНЕНИЕ 1 x Суп"]
    assert "было 2, стало 1" in words(kitchen.hot.paper[0])

    _tear_off(kitchen)
    kitchen.till.refunds.refund(RefundWish(sale_id, "Остальное"))
    kitchen.print_all()
    assert dishes(kitchen.hot) == ["ОТМЕНА 1 x Суп", "ОТМЕНА 1 x Торт"]


def test_every_station_that_got_a_dish_gets_its_void(make_kitchen: MakeKitchen) -> None:
    two = (Station(HOT, "Горячий цех", ("Кухня",)), Station(BAR, "Бар", (COOKS_ALL,)))
    kitchen = _ready(make_kitchen(stations=two))
    sale_id = _sold(kitchen)
    kitchen.till.refunds.refund(RefundWish(sale_id, "Ошибка"))
    kitchen.print_all()
    assert dishes(kitchen.hot) == dishes(kitchen.bar) == VOID_ALL


def test_what_was_sent_before_the_payment_is_stopped_too(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    sale_id = _sold(kitchen)
    till.refunds.refund(RefundWish(sale_id, "Ошибка"))
    kitchen.print_all()
    assert dishes(kitchen.hot) == ["ОТМЕНА 3 x Суп", "ОТМЕНА 1 x Торт"]


@pytest.mark.parametrize(
    ("age", "told"), [(COOKING_FOR, VOID_ALL), (COOKING_FOR + timedelta(seconds=1), [])]
)
def test_a_dish_that_is_served_long_since_is_not_stopped(
    kitchen: KitchenBench, age: timedelta, told: list[str]
) -> None:
    sale_id = _sold(kitchen)
    kitchen.clock.advance(age)
    result = kitchen.till.refunds.refund(RefundWish(sale_id, "Невкусно"))
    kitchen.print_all()
    assert dishes(kitchen.hot) == told
    assert result.is_kitchen_told == bool(told)


def test_a_dish_eaten_before_it_was_paid_is_not_stopped(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    kitchen.print_all()
    kitchen.clock.advance(COOKING_FOR + timedelta(minutes=1))
    till.sale.tap(CAKE)
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    kitchen.print_all()
    _tear_off(kitchen)

    till.refunds.refund(RefundWish(done.sale.sale_id, "Долго"))
    kitchen.print_all()

    assert dishes(kitchen.hot) == ["ОТМЕНА 1 x Торт"]


def test_another_shift_stops_nothing(kitchen: KitchenBench) -> None:
    sale_id = _sold(kitchen)
    till = kitchen.till
    till.shift.close(till.shift.totals().expected_cash_minor)
    till.shift.open(2_000_00)
    till.refunds.refund(RefundWish(sale_id, "Ошибка"))
    kitchen.print_all()
    assert dishes(kitchen.hot) == []


def test_a_sum_names_no_dish(kitchen: KitchenBench) -> None:
    sale_id = _sold(kitchen)
    kitchen.till.refunds.refund(RefundWish(sale_id, "Остыло", amount_minor=100_00))
    kitchen.print_all()
    assert dishes(kitchen.hot) == []


def test_a_card_that_refused_leaves_the_kitchen_alone_until_the_money_went(
    kitchen: KitchenBench,
) -> None:
    sale_id = _sold(kitchen, by_card=True)
    kitchen.terminal.outcome = Outcome.DECLINED
    result = kitchen.till.refunds.refund(RefundWish(sale_id, "Ошибка"))
    assert result.phase is RefundPhase.FAILED
    assert result.failure is not None
    assert any(way.way is WayOut.RETRY for way in result.failure.ways)
    kitchen.print_all()
    assert dishes(kitchen.hot) == []

    kitchen.terminal.outcome = Outcome.APPROVED
    kitchen.till.refunds.refund(RefundWish(sale_id, "Ошибка"))
    kitchen.print_all()
    assert dishes(kitchen.hot) == VOID_ALL


def test_a_printer_without_paper_loses_no_void(kitchen: KitchenBench) -> None:
    sale_id = _sold(kitchen)
    kitchen.till.refunds.refund(RefundWish(sale_id, "Ошибка"))
    kitchen.restart()  # before a byte went out
    kitchen.sign_in(BORIS)
    kitchen.print_all()
    assert dishes(kitchen.hot) == VOID_ALL


def test_sales_of_long_ago_are_forgotten(kitchen: KitchenBench) -> None:
    for _ in range(3):
        _sold(kitchen)
        kitchen.clock.advance(COOKING_FOR + timedelta(minutes=1))
    sale_id = _sold(kitchen)
    with kitchen.store.reader() as db:
        kept = db.settings.find("kitchen_sold")
    assert kept is not None
    assert kept.count('"sale_id"') == 1
    assert sale_id in kept


def _refund(bench: KitchenBench, sale_id: SaleId) -> None:
    bench.till.refunds.refund(RefundWish(sale_id, "Передумали"))
    bench.print_all()


def test_dying_at_any_step_of_a_refund_tells_the_kitchen_once(make_kitchen: MakeKitchen) -> None:
    moment = 0
    while True:
        moment += 1
        assert moment < MOMENTS_MAX
        bench = _ready(make_kitchen())
        sale_id = _sold(bench, by_card=True)
        bench.fuse.count, bench.fuse.burn_at = 0, moment
        with survived():
            _refund(bench, sale_id)
        is_over = bench.fuse.count < moment
        bench.restart()
        bench.sign_in(ANNA if is_over else BORIS)
        if bench.till.refunds.look(sale_id).rest_minor:
            _refund(bench, sale_id)
        bench.print_all()
        # A ticket that was being printed comes again with its mark.
        assert dishes(bench.hot)[:2] == VOID_ALL, moment
        assert sum(not paper.copy_mark for paper in bench.hot.paper) <= 1, moment
        if is_over:
            return
