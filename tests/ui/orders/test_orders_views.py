"""The orders screens: pictures of the list and of every stage of a refund, in both themes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pytestqt.qtbot import QtBot

from app.domain.tender import TenderKind
from app.kernel.ids import SaleId
from app.till import receipt_texts, texts
from app.till.order import Lights, StepStatus
from app.till.orders import OrderKind, OrderRow
from app.till.payment_states import WayOut
from app.till.words import Words
from app.ui.orders.refund_view import RefundView
from app.ui.orders.state import (
    Mode,
    OrdersState,
    RefundLine,
    RefundState,
    RefundWay,
    Rehearsal,
    SaleDetail,
    SoldLine,
)
from app.ui.orders.view import OrdersView
from app.ui.widgets.amount_entry import AmountEntry
from tests.fakes.pictures import WIDE_AREA, photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

AT = datetime(2025, 11, 20, 14, 5, tzinfo=UTC)
DONE, NOT_YET = StepStatus.DONE, StepStatus.NOT_YET
LIGHTS = (
    Lights(DONE, DONE, DONE, texts.STEP_PRINT_DONE),
    Lights(DONE, DONE, StepStatus.WAITING, texts.LIGHT_PRINT_WAITS),
    Lights(DONE, DONE, StepStatus.FAILED, texts.LIGHT_NOT_PRINTED),
)
OPEN_LIGHTS = Lights(DONE, NOT_YET, NOT_YET, texts.LIGHT_HELD)


def order(number: int) -> OrderRow:
    is_open = number > 129
    content = "Капучино, Торт «Медовик»" if number % 2 else "Круассан с миндалём и ещё 3"
    return OrderRow(
        sale_id=SaleId(f"s{number}"),
        number=number,
        at=AT,
        cashier="Анна Соколова",
        guest="Мария К." if number % 3 else "",
        content=Words(content, content),
        amount_minor=number * 37_50,
        refunded_minor=320_00 if number == 124 else 0,
        lights=OPEN_LIGHTS if is_open else LIGHTS[number % 3],
        is_open=is_open,
    )


ROWS = tuple(order(number) for number in range(131, 119, -1))
DETAIL = SaleDetail(
    sale_id="s128",
    number=128,
    at=AT,
    cashier="Анна Соколова",
    lines=(
        SoldLine(1_000, "Круассан с миндалём", "", 234_00),
        SoldLine(1_000, "Сырники со сметаной", "без изюма", 390_00),
        SoldLine(2_000, "Капучино, 300 мл", "Овсяное молоко", 700_00),
    ),
    discount_minor=26_00,
    points_minor=300_00,
    due_minor=1_444_00,
    refunded_minor=100_00,
    tenders=((TenderKind.CASH, 1_000_00), (TenderKind.CARD, 444_00)),
    guest="Мария К.",
    earned_minor=101_00,
)
LIST = OrdersState(
    ROWS, open_count=2, paid_count=129, paid_minor=89_640_00, detail=DETAIL, has_more=True
)
UNRECEIPTED = replace(
    LIST,
    rows=tuple(
        replace(
            row,
            lights=Lights(DONE, DONE, StepStatus.FAILED, receipt_texts.RECEIPT_NOT_MADE),
            trouble=Words("Чек не пробит: нет связи с АТОЛ 30Ф", "Receipt not made: no connection"),
            advice=receipt_texts.ADVICE_LINK,
            fiscal_task_id="t1",
        )
        if row.number == 128
        else row
        for row in ROWS
    ),
)
LINES = (
    RefundLine("1", "Круассан с миндалём", 1_000, 234_00),
    RefundLine("2", "Сырники со сметаной", 1_000, 390_00, 1_000),
    RefundLine("3", "Капучино, 300 мл", 2_000, 700_00, 1_000, 350_00),
    RefundLine("4", "Сыр весовой", 350, 350_00, 350),
)
PLAN = Rehearsal(612_71, 612_71, (), 127_29, 43_00, needs_senior=True)
BY_LINES = RefundState(
    number=128,
    mode=Mode.LINES,
    lines=LINES,
    entry=AmountEntry(),
    reason="Ошибка кассира",
    can_card=True,
    plan=PLAN,
    guest="Мария К.",
    balance_minor=791_00,
    paid=((TenderKind.CASH, 1_000_00), (TenderKind.CARD, 444_00)),
    paid_points_minor=300_00,
    drawer_minor=12_480_00,
)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S08-orders", LIST),
        ("S08-orders-pending", replace(LIST, rows=ROWS[:5], pending=True, is_today=False)),
        ("S08-orders-receipt", UNRECEIPTED),
        ("S08-orders-none", OrdersState(text="999", cashier="Анна Соколова")),
        (
            "S08-orders-open",
            replace(
                LIST,
                kind=OrderKind.OPEN,
                rows=ROWS[:2],
                detail=replace(DETAIL, sale_id="s130", number=130, is_open=True, tenders=()),
            ),
        ),
    ],
)
def test_orders_fit(qtbot: QtBot, name: str, state: OrdersState) -> None:
    view = OrdersView()
    view.render(state)
    photograph(qtbot, view, name, WIDE_AREA)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S08-refund", BY_LINES),
        (
            "S08-refund-sum",
            replace(
                BY_LINES,
                mode=Mode.SUM,
                entry=AmountEntry("9000"),
                plan=None,
                error=texts.REFUND_TOO_MUCH.fill(rest="1 344,00 ₽"),
            ),
        ),
        (
            "S08-refund-declined",
            replace(
                BY_LINES,
                error=texts.REFUND_DECLINED,
                plan=replace(
                    PLAN, needs_senior=False, cards=(("•••• 4417", 612_71),), cash_minor=0
                ),
                ways=(
                    RefundWay(WayOut.RETRY, texts.WAY_RETRY),
                    RefundWay(WayOut.CASH, texts.WAY_CASH),
                ),
            ),
        ),
        ("S08-refund-done", replace(BY_LINES, done_cash_minor=612_71)),
    ],
)
def test_refund_fits(qtbot: QtBot, name: str, state: RefundState) -> None:
    view = RefundView()
    view.render(state)
    photograph(qtbot, view, name, WIDE_AREA)


def test_choosing_another_order_makes_no_row_anew(qtbot: QtBot) -> None:
    view = OrdersView()
    qtbot.addWidget(view)
    view.render(LIST)
    before = list(view.rows)
    view.render(replace(LIST, detail=replace(DETAIL, sale_id="s125", number=125)))
    assert view.rows == before
    assert [line.row.sale_id for line in view.rows if line.is_chosen] == ["s125"]


def test_rows_show_what_the_list_has_now_whichever_they_showed_before(qtbot: QtBot) -> None:
    view = OrdersView()
    qtbot.addWidget(view)
    chosen: list[str] = []
    view.sale_chosen.connect(chosen.append)
    newest = order(132)
    for rows in (ROWS[:3], (newest, *ROWS), ROWS[4:6], (), ROWS):
        view.render(replace(LIST, rows=rows, detail=None))
        assert [line.row for line in view.rows] == list(rows)
        assert [line.accessibleName() for line in view.rows] == [f"Заказ {r.number}" for r in rows]
        assert not any(line.isHidden() for line in view.rows)
        for line in view.rows:
            line.clicked.emit()
        assert chosen == [row.sale_id for row in rows]
        chosen.clear()
