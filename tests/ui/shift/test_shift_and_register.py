"""The shift screens with a fiscal register: opening, receipts before closing, the Z report after."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from app.till.order import StepStatus
from app.ui.bridge import Tone
from app.ui.frame.screen import ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Ops
from app.ui.shift.open_presenter import OpenShiftPresenter
from app.ui.shift.presenter import ShiftPresenter
from app.ui.shift.state import BoardPage, CountPage, ReceiptsPage, ReportPage
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, COFFEE, PINS
from tests.till.fiscal_bench import FiscalBench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    bench: FiscalBench
    stage: FakeStage
    tools: Tools
    shift: ShiftPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def tell(self) -> None:
        self.tools.changes.notify({"fiscal"})
        self.settle()

    def work(self) -> None:
        self.bench.work()
        self.tell()

    def sell(self) -> None:
        self.bench.till.sale.tap(COFFEE)
        assert self.bench.till.checkout.pay_exact_cash().done is not None
        self.bench.till.fiscal.run_once()
        self.bench.till.checkout.dismiss()

    def begin_close(self) -> object:
        self.shift.on_enter()
        self.settle()
        self.shift.begin_close()
        self.settle()
        return self.shift.page

    def count(self) -> None:
        """Type what is in the drawer and close."""
        self.shift.toggle_mode()
        for key in "1200":
            self.shift.on_key(key)
        self.shift.on_key("Enter")
        self.settle()

    def approve(self) -> None:
        assert self.stage.dialogs, "a supervisor's PIN is asked for"
        self.tools.approvals.panel.entered.emit(PINS[BORIS])
        self.settle()


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = FiscalBench(tmp_path)
    bench.sign_in()
    stage = FakeStage()
    tools = stage.tools(ops, bench.till.session, bench.clock)
    desk = Desk(bench, stage, tools, ShiftPresenter(tools, bench.till, tmp_path / "reports"), ops)
    yield desk
    desk.shift.on_leave()
    ops.wait_idle(60)
    bench.close()


def open_shift(desk: Desk) -> None:
    presenter = OpenShiftPresenter(desk.tools, desk.bench.till)
    presenter.on_enter()
    desk.settle()
    presenter.open_shift()
    desk.settle()
    presenter.on_leave()


def test_opening_says_that_the_register_opened_its_shift(desk: Desk) -> None:
    open_shift(desk)
    assert desk.bench.till.shift.current is not None
    toast = desk.stage.toasts[-1]
    assert toast.tone is Tone.OK
    assert toast.detail == "Смена кассы открыта"


def test_opening_without_the_register_says_what_is_in_the_way(desk: Desk) -> None:
    desk.bench.machine.is_linked = False
    open_shift(desk)
    assert desk.bench.till.shift.current is not None, "sales do not wait for the register"
    toast = desk.stage.toasts[-1]
    assert toast.tone is Tone.WARNING
    assert toast.detail.startswith("Касса откроет смену позже. Нет связи")


def test_receipts_that_are_not_made_stand_on_the_board(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.work()
    desk.bench.machine.is_linked = False
    desk.sell()
    desk.shift.on_enter()
    desk.settle()
    page = desk.shift.page
    assert isinstance(page, BoardPage)
    assert page.receipts is not None
    assert page.receipts.ru == "Непробитые чеки: 1"
    desk.shift.view.board.receipts.button.click()
    assert desk.stage.went == [ScreenId.SYNC]


def test_closing_begins_with_the_receipts_and_goes_on_when_they_are_made(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.work()
    desk.bench.machine.is_linked = False
    desk.sell()
    page = desk.begin_close()
    assert isinstance(page, ReceiptsPage)
    assert page.title.ru == "Непробитые чеки: 1"
    assert [row.title.ru for row in page.rows] == ["Чек № 1 не пробит"]

    desk.bench.heal()
    desk.shift.on_key("Enter")
    desk.settle()
    desk.work()
    assert isinstance(desk.shift.page, CountPage), "nothing is in the way any more"
    assert len(desk.bench.receipts()) == 1


def test_a_senior_lets_the_receipts_be_and_the_z_report_waits_for_them(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.work()
    desk.bench.machine.is_linked = False
    desk.sell()
    assert isinstance(desk.begin_close(), ReceiptsPage)
    desk.shift.register.let_be()
    desk.settle()
    desk.approve()
    assert isinstance(desk.shift.page, CountPage)

    desk.count()
    page = desk.shift.page
    assert isinstance(page, ReportPage), "the PIN was given once, not twice"
    assert page.register is not None
    assert page.register.status is StepStatus.WAITING
    assert page.register.words.ru == "Z-отчёт кассы будет после чеков, ждут: 1"

    desk.bench.heal()
    desk.work()
    page = desk.shift.page
    assert isinstance(page, ReportPage)
    assert page.register is not None
    assert page.register.status is StepStatus.DONE
    assert len(desk.bench.receipts()) == 1


def test_the_z_report_of_the_register_is_a_step_of_closing(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.work()
    desk.sell()
    assert isinstance(desk.begin_close(), CountPage)
    desk.count()
    page = desk.shift.page
    assert isinstance(page, ReportPage)
    assert page.register is not None
    assert page.register.status is StepStatus.NOW
    desk.work()
    page = desk.shift.page
    assert isinstance(page, ReportPage)
    assert page.register is not None
    assert page.register.words.ru.startswith("Z-отчёт кассы снят")


def test_a_z_report_that_fails_is_tried_again_from_the_page(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.work()
    desk.sell()
    assert isinstance(desk.begin_close(), CountPage)
    desk.bench.machine.is_linked = False
    desk.count()
    desk.bench.till.fiscal.run_once()
    desk.tell()
    page = desk.shift.page
    assert isinstance(page, ReportPage)
    assert page.register is not None
    assert page.register.words.ru.startswith("Z-отчёт кассы ждёт. Нет связи")

    desk.bench.heal()
    desk.shift.view.report.register.button.click()
    desk.settle()
    assert desk.bench.till.fiscal.run_once(), "it does not wait for its pause"
    desk.tell()
    page = desk.shift.page
    assert isinstance(page, ReportPage)
    assert page.register is not None
    assert page.register.status is StepStatus.DONE


def test_closing_another_days_shift_is_not_stopped_by_the_register(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.work()
    desk.sell()
    desk.bench.clock.advance(timedelta(hours=25))
    assert isinstance(desk.begin_close(), CountPage)
    desk.count()
    assert isinstance(desk.shift.page, ReportPage)
