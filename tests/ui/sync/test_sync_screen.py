"""The queue screen: pictures in both themes, and decisions over a real till."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.domain.loyalty import LoyaltyRules
from app.kernel.ids import OperationId
from app.store.rows import Operation
from app.till import receipt_texts, texts
from app.till.permissions import Action
from app.till.queue_states import Choice, QueueRow, RowChoice, RowKind, RowStatus
from app.till.words import Words
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from app.ui.sync.presenter import SyncPresenter
from app.ui.sync.state import Exchange, Light, SyncScreenState, Tab
from app.ui.sync.view import SyncView
from drivers.api.errors import PaperOut
from tests.fakes.pictures import WIDE_AREA, photograph
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, COFFEE, PINS, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

NOW = datetime(2025, 11, 20, 14, 33, tzinfo=UTC)
RETRY = RowChoice(Choice.RETRY, texts.CHOICE_RETRY)
TROUBLE = (
    RowChoice(Choice.TAKE_REST, texts.CHOICE_TAKE_REST),
    RowChoice(Choice.WITHOUT_POINTS, texts.CHOICE_WITHOUT_POINTS),
    RETRY,
    RowChoice(Choice.MANAGER, texts.CHOICE_MANAGER),
    RowChoice(Choice.GIVE_UP, texts.CHOICE_GIVE_UP, Action.QUEUE_GIVE_UP),
)


def row(number: int, kind: RowKind, title: str, detail: str, status: RowStatus) -> QueueRow:
    words = {
        RowStatus.WAITING: texts.STATE_WAITS,
        RowStatus.SENDING: texts.STATE_SENDING,
        RowStatus.ERROR: texts.STATE_ERROR,
        RowStatus.DECIDE: texts.STATE_DECIDE,
    }[status]
    return QueueRow(
        row_id=f"r{number}",
        kind=kind,
        title=Words(title, title),
        detail=Words(detail, detail),
        at=NOW - timedelta(minutes=7 * number),
        amount_minor=1_444_00 if kind is RowKind.SALE else None,
        status=status,
        status_words=words,
        error=None,
        tries=number,
        choices=(RETRY,),
        raw=f"sale offline_loc_{number}",
    )


ROWS = (
    replace(
        row(1, RowKind.SALE, "Заказ 122, Александр", "−200 баллов", RowStatus.DECIDE),
        error=Words("Пока не было связи, гость потратил баллы в другом кафе", "Spent"),
        choices=TROUBLE,
    ),
    row(2, RowKind.SALE, "Заказ 128, Мария", "+101 балл", RowStatus.SENDING),
    row(3, RowKind.GUEST, "Новый гость +7 921 •••-10-22", "", RowStatus.WAITING),
    row(4, RowKind.REFUND, "Возврат по заказу 119", "Качество", RowStatus.ERROR),
    row(5, RowKind.PRINT, "Печать: Чек № 131", "копия", RowStatus.WAITING),
)
_SENIOR = Action.FISCAL_DECIDE
RECEIPTS = (
    replace(
        row(6, RowKind.RECEIPT, "Чек № 126 не пробит", "сверьте с лентой", RowStatus.DECIDE),
        error=Words("Касса не говорит точно, пробит ли чек. Сверьте с лентой", "Unclear"),
        amount_minor=4_120_00,
        choices=(
            RowChoice(Choice.RETRY, receipt_texts.CHOICE_ASK),
            RowChoice(Choice.MADE, receipt_texts.CHOICE_MADE, _SENIOR),
            RowChoice(Choice.NOT_MADE, receipt_texts.CHOICE_NOT_MADE, _SENIOR),
            RowChoice(Choice.GIVE_UP, receipt_texts.CHOICE_GIVE_UP, _SENIOR),
        ),
        is_fiscal=True,
    ),
    replace(
        row(7, RowKind.RECEIPT, "Чек № 128 не пробит", "закончилась бумага", RowStatus.ERROR),
        error=Words("Чек не пробит: закончилась бумага", "Receipt not made: no paper"),
        status_words=receipt_texts.STATE_WAITS,
        amount_minor=1_444_00,
        is_fiscal=True,
    ),
    replace(
        row(8, RowKind.SHIFT, "Z-отчёт кассы", "", RowStatus.WAITING),
        status_words=receipt_texts.STATE_WAITS,
        is_fiscal=True,
    ),
)
OLD_PAPER = replace(
    row(9, RowKind.PRINT, "Печать: Чек № 117", "", RowStatus.DECIDE),
    error=texts.PRINT_WHETHER,
    choices=(
        RowChoice(Choice.RETRY, texts.CHOICE_PRINT),
        RowChoice(Choice.PRINT_LATE, texts.CHOICE_PRINT_LATE),
        RowChoice(Choice.GIVE_UP, texts.CHOICE_NO_PRINT),
        RowChoice(Choice.DROP_OLD, texts.CHOICE_NO_PRINT_OLD),
    ),
)
OFFLINE = Exchange(Light.OFFLINE, NOW - timedelta(minutes=28))


def screen(**changes: object) -> SyncScreenState:
    return replace(SyncScreenState(exchange=OFFLINE, rows=ROWS), **changes)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S11-sync", screen(chosen_id="r1", choice=Choice.TAKE_REST)),
        (
            "S11-sync-give-up",
            screen(chosen_id="r1", choice=Choice.GIVE_UP, asks_reason=True, shows_details=True),
        ),
        (
            "S11-sync-receipts",
            screen(rows=(*RECEIPTS, *ROWS[1:]), chosen_id="r6", choice=Choice.MADE),
        ),
        (
            "S11-sync-receipt-given-up",
            screen(
                rows=(*RECEIPTS, *ROWS[1:]),
                chosen_id="r6",
                choice=Choice.GIVE_UP,
                asks_reason=True,
            ),
        ),
        (
            "S11-sync-old-paper",
            screen(rows=(OLD_PAPER, *ROWS[1:]), chosen_id="r9", choice=Choice.PRINT_LATE),
        ),
        ("S11-sync-waiting", screen(chosen_id="r3", choice=Choice.RETRY, tab=Tab.WAITING)),
        (
            "S11-sync-drain",
            screen(exchange=Exchange(Light.ONLINE, NOW, 43, 120), chosen_id=""),
        ),
        ("S11-sync-empty", SyncScreenState(Exchange(Light.ONLINE, NOW))),
        ("S11-sync-trouble", screen(exchange=Exchange(Light.TROUBLE, NOW), tab=Tab.ERRORS)),
    ],
)
def test_queue_fits_the_screen(qtbot: QtBot, name: str, state: SyncScreenState) -> None:
    view = SyncView()
    view.render(state)
    photograph(qtbot, view, name, WIDE_AREA)


def test_the_queue_fits_a_small_screen(qtbot: QtBot) -> None:
    view = SyncView()
    view.render(screen(rows=(*RECEIPTS, *ROWS[1:]), chosen_id="r7", choice=Choice.RETRY))
    photograph(qtbot, view, "S11-sync-1024", QSize(1024, 712))
    view = SyncView()
    view.render(screen(rows=(OLD_PAPER, *ROWS[1:]), chosen_id="r9", choice=Choice.RETRY))
    photograph(qtbot, view, "S11-sync-old-paper-1024", QSize(1024, 712))


def test_a_row_under_a_finger_stays_while_it_is_tried_again(qtbot: QtBot) -> None:
    view = SyncView()
    qtbot.addWidget(view)
    view.render(screen(rows=RECEIPTS, chosen_id="r7", choice=Choice.RETRY))
    rows, buttons = dict(view.rows), dict(view.decision.buttons)
    again = tuple(replace(row, tries=row.tries + 1, raw="running") for row in RECEIPTS)
    view.render(screen(rows=again, chosen_id="r7", choice=Choice.RETRY))
    assert view.rows == rows
    assert view.decision.buttons == buttons
    view.render(screen(rows=again[:1], chosen_id="r6", choice=Choice.MADE))
    assert set(view.rows) == {"r6"}
    assert Choice.MADE in view.decision.buttons


@dataclass
class Desk:
    bench: Bench
    stage: FakeStage
    presenter: SyncPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def enter(self) -> None:
        self.presenter.on_enter()
        self.settle()

    def press(self, key: str) -> None:
        self.presenter.on_key(key)
        self.settle()

    def conflict(self, operation: Operation, code: str) -> None:
        with self.bench.store.unit() as uow:
            uow.outbox.mark_conflict(operation.operation_id, code, "Баллов не хватает", "Short")
            uow.commit()

    def find(self, operation: Operation) -> Operation:
        with self.bench.store.reader() as db:
            return db.outbox.get(OperationId(operation.operation_id))


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = Bench(tmp_path / "till", rules=LoyaltyRules())
    till = bench.ready()
    stage = FakeStage()
    tools = stage.tools(ops, till.session, bench.clock)
    yield Desk(bench, stage, SyncPresenter(tools, till, lambda: OFFLINE), ops)
    ops.wait_idle(60)
    bench.close()


def sell(bench: Bench) -> Operation:
    till = bench.till
    till.sale.tap(COFFEE)
    till.checkout.start()
    till.checkout.pay_exact_cash()
    till.checkout.dismiss()
    return bench.operations()[-1]


def test_rows_are_in_human_words_with_venue_time(desk: Desk) -> None:
    sell(desk.bench)
    desk.enter()
    titles = [row.title.ru for row in desk.presenter.state.rows]
    assert "Открытие смены 1" in titles
    assert "Заказ 1" in titles
    assert {row.at.utcoffset() for row in desk.presenter.state.rows} == {timedelta(hours=3)}


def test_decision_stands_first_with_the_safe_way_chosen(desk: Desk) -> None:
    operation = sell(desk.bench)
    desk.conflict(operation, "GUEST_CARD_NOT_FOUND")
    desk.enter()
    state = desk.presenter.state
    assert state.chosen is not None
    assert state.chosen.row_id == operation.operation_id
    assert state.choice is Choice.RETRY

    desk.press("Enter")
    assert desk.find(operation).state == "pending"
    assert desk.presenter.state.count(Tab.DECIDE) == 0


def test_giving_up_takes_a_reason_and_a_senior(desk: Desk) -> None:
    operation = sell(desk.bench)
    desk.conflict(operation, "GUEST_CARD_NOT_FOUND")
    desk.enter()
    desk.presenter.choose_outcome(Choice.GIVE_UP)
    assert not desk.presenter.state.can_apply
    desk.press("Enter")
    assert desk.find(operation).state == "conflict"

    desk.presenter.view.decision.reason_chosen.emit("Ошибочная")
    desk.press("Enter")
    assert desk.stage.dialogs
    assert not desk.presenter.state.busy, "the PIN may never come"
    desk.presenter._tools.approvals.panel.entered.emit(PINS[BORIS])
    desk.settle()
    assert desk.find(operation).state == "given_up"


def test_manager_keeps_the_row_and_leaves_the_panel(desk: Desk) -> None:
    operation = sell(desk.bench)
    desk.conflict(operation, "GUEST_CARD_NOT_FOUND")
    desk.enter()
    desk.presenter.choose_outcome(Choice.MANAGER)
    desk.press("Enter")
    assert desk.presenter.state.chosen is None
    assert desk.find(operation).state == "conflict"
    assert "управляющему" in desk.stage.toasts[-1].text


def test_send_now_wakes_the_exchange(desk: Desk) -> None:
    sell(desk.bench)
    desk.enter()
    before = desk.bench.wakes
    desk.press("F5")
    assert desk.bench.wakes > before
    assert not desk.presenter.state.busy


def test_failed_receipt_is_printed_or_dropped_here(desk: Desk) -> None:
    desk.bench.printer.error = PaperOut("no paper")
    sell(desk.bench)
    desk.bench.till.printing.run_once()
    desk.enter()
    prints = [row for row in desk.presenter.state.rows if row.kind is RowKind.PRINT]
    assert len(prints) == 1
    desk.presenter.choose(prints[0].row_id)
    desk.presenter.choose_outcome(Choice.GIVE_UP)
    assert desk.presenter.state.can_apply, "dropping a receipt needs no reason"
    desk.press("Enter")
    assert not desk.bench.jobs()


def test_tabs_count_and_choose_their_rows(desk: Desk) -> None:
    operation = sell(desk.bench)
    desk.conflict(operation, "GUEST_CARD_NOT_FOUND")
    desk.enter()
    desk.presenter.choose_tab(Tab.WAITING)
    shown = desk.presenter.state.shown
    assert operation.operation_id not in {row.row_id for row in shown}
    assert desk.presenter.state.chosen_id == shown[0].row_id


def test_row_that_was_sent_meanwhile_leaves_the_panel(desk: Desk) -> None:
    operation = sell(desk.bench)
    desk.enter()
    desk.presenter.choose(operation.operation_id)
    with desk.bench.store.unit() as uow:
        uow.outbox.mark_done(operation.operation_id, desk.bench.clock.now())
        uow.commit()
    desk.presenter._tools.changes.notify({"outbox"})
    desk.settle()
    assert desk.presenter.state.chosen is None


def test_escape_goes_back_to_the_sale(desk: Desk) -> None:
    desk.enter()
    desk.press("Esc")
    assert desk.stage.went == [ScreenId.SALE]
