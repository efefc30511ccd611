"""The shift screens: pictures of every page in both themes."""

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.domain.shift import DENOMINATIONS_MINOR
from app.domain.tender import TenderKind
from app.till import receipt_texts, texts
from app.till.order import StepStatus
from app.till.queue_states import QueueRow, RowKind, RowStatus
from app.till.receipts import PairRow, ReceiptDocument, ReceiptKind, RuleRow, TextRow
from app.till.register_book import RegisterStep
from app.till.words import Words
from app.ui.shift.state import (
    BoardPage,
    CashForm,
    ClosedPage,
    CountPage,
    Figures,
    ReceiptsPage,
    ReportPage,
    ShiftPage,
    ShiftState,
)
from app.ui.shift.view import ShiftView
from app.ui.text import Language, set_language
from app.ui.widgets.amount_entry import AmountEntry
from tests.fakes.pictures import WIDE_AREA, photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

FIGURES = Figures(
    revenue_minor=89_640_00,
    sales_count=118,
    average_minor=760_00,
    refunds_minor=320_00,
    refunds_count=1,
    earned_minor=5_210_00,
    spent_minor=2_840_00,
    drawer_minor=12_480_00,
    float_minor=5_000_00,
    cash_sales_minor=18_090_00,
    cash_in_minor=0,
    cash_out_minor=10_610_00,
    by_tender=((TenderKind.CASH, 18_090_00), (TenderKind.CARD, 46_210_00)),
    by_hour=((8, 6), (9, 14), (10, 21), (11, 17), (12, 24), (13, 27), (14, 9)),
)
PIECES = tuple(
    (value, number)
    for value, number in zip(DENOMINATIONS_MINOR, (0, 2, 4, 7, 6, 11, 8, 18, 0, 0, 0), strict=False)
)
UNMADE = tuple(
    QueueRow(
        row_id=f"t{number}",
        kind=RowKind.RECEIPT,
        title=receipt_texts.ROW_SALE.fill(number=number),
        detail=Words("закончилась бумага", "no paper"),
        at=datetime(2025, 11, 20, 14, 2, tzinfo=UTC),
        amount_minor=1_444_00,
        status=RowStatus.ERROR,
        status_words=receipt_texts.STATE_WAITS,
        error=Words("Чек не пробит: закончилась бумага", "Receipt not made: no paper"),
        tries=3,
        choices=(),
    )
    for number in (128, 131)
)
REPORT = ReceiptDocument(
    ReceiptKind.REPORT,
    title="X-ОТЧЁТ",
    rows=(
        TextRow("Кофейня «Север»", align="center", is_bold=True),
        TextRow("X-ОТЧЁТ", align="center", is_bold=True, is_large=True),
        RuleRow(),
        PairRow("Продажи, 118", "89 960,00"),
        PairRow("Возвраты, 1", "−320,00"),
        PairRow("ВЫРУЧКА", "89 640,00", is_bold=True, is_large=True),
    ),
)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("S09-shift", BoardPage(FIGURES)),
        ("S09-shift-long", BoardPage(FIGURES, texts.SHIFT_LONG.fill(number=214))),
        ("S09-cash-in", CashForm(True, AmountEntry("1500"), "Размен")),
        ("S09-cash-out", CashForm(False, AmountEntry(), error=texts.REASON_NEEDED)),
        ("S09-report", ReportPage(REPORT)),
        ("S09-closed", ReportPage(REPORT, is_closed=True, difference_minor=-100_00)),
        ("S09-shift-receipts", BoardPage(FIGURES, receipts=receipt_texts.UNMADE.fill(count=2))),
        ("S09-receipts", ReceiptsPage(receipt_texts.UNMADE.fill(count=2), UNMADE)),
        (
            "S09-closed-z",
            ReportPage(
                REPORT,
                is_closed=True,
                difference_minor=0,
                register=RegisterStep(
                    StepStatus.WAITING,
                    receipt_texts.Z_LATER.fill(reason="Нет связи с АТОЛ 30Ф"),
                    "t1",
                ),
            ),
        ),
        ("S09-count", CountPage(PIECES, 5, FIGURES, open_orders=2, unsent=3)),
        ("S09-count-sum", CountPage(PIECES, 0, FIGURES, AmountEntry("12480"))),
        ("S09-no-shift", ClosedPage(5_000_00)),
    ],
)
def test_shift_page_fits(qtbot: QtBot, name: str, page: ShiftPage) -> None:
    view = ShiftView()
    opened = datetime(2025, 11, 20, 8, 2, tzinfo=UTC)
    view.render(ShiftState(page, 214, opened, datetime(2025, 11, 20, 14, 32, tzinfo=UTC), "Анна"))
    photograph(qtbot, view, name, WIDE_AREA)


@pytest.mark.parametrize("spoken", ["ru", "en"])
def test_the_pages_of_the_register_fit_a_small_screen(qtbot: QtBot, spoken: Language) -> None:
    set_language(spoken)
    waits = RegisterStep(
        StepStatus.WAITING, receipt_texts.Z_LATER.fill(reason="Нет связи с АТОЛ 30Ф"), "t1"
    )
    pages: dict[str, ShiftPage] = {
        "receipts": ReceiptsPage(receipt_texts.UNMADE.fill(count=2), UNMADE),
        "z-report": ReportPage(REPORT, is_closed=True, difference_minor=0, register=waits),
        "board": BoardPage(FIGURES, receipts=receipt_texts.UNMADE.fill(count=2)),
    }
    for name, page in pages.items():
        view = ShiftView()
        view.render(ShiftState(page, 214))
        photograph(qtbot, view, f"S09-{name}-1024-{spoken}", QSize(1024, 712))
