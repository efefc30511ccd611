"""The list of orders: every way to narrow it, and how far each order has come."""

from datetime import timedelta

import pytest

from app.kernel.errors import RuleError
from app.kernel.ids import SaleId
from app.till import texts
from app.till.order import StepStatus
from app.till.orders import OrderKind, OrdersPage, OrdersWish
from app.till.refund_plan import RefundWish
from app.till.till import Till
from drivers.api.errors import PaperOut
from tests.till.bench import BORIS, CAKE, COFFEE, LATTE, Bench, guest


def sell(till: Till, *products: object) -> SaleId:
    for product in products or (COFFEE,):
        till.sale.tap(product)  # type: ignore[arg-type]  # plain ids
    till.checkout.start()
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    till.checkout.dismiss()
    return done.sale.sale_id


def numbers(page: OrdersPage) -> list[int]:
    return [row.number for row in page.rows]


def find(till: Till, text: str = "", **wish: object) -> list[int]:
    return numbers(till.orders.find(OrdersWish(text=text, **wish)))  # type: ignore[arg-type]  # any field


def test_newest_stand_on_top_and_open_ones_before_them(till: Till) -> None:
    sell(till)
    sell(till, CAKE)
    till.sale.tap(COFFEE)
    till.sale.hold("Маша")
    page = till.orders.find(OrdersWish())
    assert numbers(page) == [3, 2, 1]
    assert [row.is_open for row in page.rows] == [True, False, False]
    assert (page.open_count, page.paid_count, page.paid_minor) == (1, 2, 533_33)
    assert page.rows[0].amount_minor == 200_00
    assert page.rows[0].lights.words == texts.LIGHT_HELD


def test_kinds_show_open_paid_and_refunded_orders(bench: Bench, till: Till) -> None:
    first = sell(till)
    sell(till)
    till.sale.tap(COFFEE)
    assert find(till, kind=OrderKind.OPEN) == [3]
    assert find(till, kind=OrderKind.PAID) == [2, 1]
    bench.sign_in(BORIS)
    till.refunds.refund(RefundWish(first, "Качество"))
    assert find(till, kind=OrderKind.REFUNDED) == [1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", [2]),
        ("№ 2", [2]),
        ("333,33", [2]),
        ("200", [1]),
        ("6781", [3]),
        ("+7 912 345-67-81", [3]),
        ("гость", [3]),
        ("никто", []),
        ("99", []),
        (" ", [3, 2, 1]),
        ("1,2,3", []),
    ],
)
def test_text_is_a_number_a_sum_a_phone_or_a_name(
    bench: Bench, till: Till, text: str, found: list[int]
) -> None:
    sell(till)
    sell(till, CAKE)
    till.guests.bind(guest())
    sell(till, COFFEE, COFFEE)
    assert find(till, text) == found


def test_day_is_the_venues_own(bench: Bench, till: Till) -> None:
    sell(till)
    today = till.house.business_day()
    bench.clock.advance(timedelta(days=1))
    sell(till)
    assert find(till, day=today) == [1]
    assert find(till, day=today + timedelta(days=1)) == [2]
    assert find(till) == [2, 1]


def test_cashier_narrows_paid_and_open_orders(bench: Bench, till: Till) -> None:
    sell(till)
    bench.sign_in(BORIS)
    sell(till)
    page = till.orders.find(OrdersWish(cashier="Борис"))
    assert numbers(page) == [2]
    assert page.cashiers == ("Анна", "Борис")


def test_limit_tells_that_there_is_more(till: Till) -> None:
    for _ in range(3):
        sell(till)
    page = till.orders.find(OrdersWish(limit=2))
    assert (numbers(page), page.has_more) == ([3, 2], True)
    assert not till.orders.find(OrdersWish(limit=3)).has_more


def test_light_follows_the_receipt_and_not_its_copies(bench: Bench, till: Till) -> None:
    sale_id = sell(till)

    def light() -> tuple[StepStatus, object]:
        lights = till.orders.find(OrdersWish()).rows[0].lights
        return lights.receipt, lights.words

    assert light() == (StepStatus.WAITING, texts.LIGHT_PRINT_WAITS)
    till.printing.run_once()
    assert light() == (StepStatus.DONE, texts.STEP_PRINT_DONE)
    bench.printer.error = PaperOut("no paper")
    till.printing.reprint(sale_id)
    till.printing.run_once()
    assert light() == (StepStatus.DONE, texts.STEP_PRINT_DONE)


def test_open_order_can_be_looked_at_until_it_is_paid(till: Till) -> None:
    till.sale.tap(COFFEE)
    sale_id = till.sale.state().order.sale_id
    assert till.orders.look_open(sale_id).due_minor == 200_00
    till.checkout.start()
    till.checkout.pay_exact_cash()
    with pytest.raises(RuleError):
        till.orders.look_open(sale_id)


def test_content_names_two_products_and_counts_more(till: Till) -> None:
    sell(till, COFFEE, CAKE)
    sell(till, COFFEE, CAKE, LATTE)
    rows = till.orders.find(OrdersWish()).rows
    assert rows[1].content.ru == "Кофе, Торт"
    assert rows[0].content.ru in {"Кофе и ещё 2", "Кофе, Торт"}  # a choice may keep the latte out


def test_times_of_a_shift_are_in_the_venues_zone(bench: Bench, till: Till) -> None:
    sell(till)
    shift = till.shift.opened()
    (moment,) = till.orders.paid_times(shift.shift_id)
    assert moment.utcoffset() == timedelta(hours=3)
    assert moment == bench.clock.now()
