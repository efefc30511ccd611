"""Moving cash and closing over a whole till."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from app.ui.shift.presenter import HOURS_MAX, ShiftPresenter, sales_by_hour
from app.ui.shift.state import BoardPage, CashForm, ClosedPage, CountPage, ReportPage
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Desk:
    bench: Bench
    stage: FakeStage
    shift: ShiftPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def show(self) -> BoardPage:
        self.shift.on_enter()
        self.settle()
        page = self.shift.state.page
        assert isinstance(page, BoardPage)
        return page


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = Bench(tmp_path)
    bench.sign_in()
    stage = FakeStage()
    tools = stage.tools(ops, bench.till.session, bench.clock)
    desk = Desk(
        bench,
        stage,
        ShiftPresenter(tools, bench.till, tmp_path / "reports"),
        ops,
    )
    yield desk
    desk.shift.on_leave()
    ops.wait_idle(60)
    bench.close()


def test_cash_out_above_the_drawer_is_refused_beside_the_sum(desk: Desk) -> None:
    desk.bench.ready(cash=500_00)
    desk.show()
    desk.shift.open_cash_form(False)
    for key in "900":
        desk.shift.on_key(key)
    desk.shift.view.cash.reason.setText("В банк")
    desk.shift.on_key("Enter")
    desk.settle()
    page = desk.shift.state.page
    assert isinstance(page, CashForm)
    assert page.error is not None
    assert "500" in page.error.ru


def test_cash_movement_needs_a_reason_and_changes_the_drawer(desk: Desk) -> None:
    desk.bench.ready(cash=500_00)
    desk.show()
    desk.shift.open_cash_form(True)
    for key in "200":
        desk.shift.on_key(key)
    desk.shift.on_key("Enter")
    desk.settle()
    page = desk.shift.state.page
    assert isinstance(page, CashForm)
    assert page.error is not None

    desk.shift.view.cash.reason.setText("Размен")
    desk.shift.on_key("Enter")
    desk.settle()
    board = desk.shift.state.page
    assert isinstance(board, BoardPage)
    assert board.figures.drawer_minor == 700_00


def test_x_report_is_shown_with_one_key(desk: Desk) -> None:
    desk.bench.ready()
    desk.show()
    desk.shift.on_key("F3")
    desk.settle()
    page = desk.shift.state.page
    assert isinstance(page, ReportPage)
    assert page.receipt.title.startswith("X")


def test_shift_closes_with_a_count_by_notes_and_tells_the_difference(desk: Desk) -> None:
    till = desk.bench.ready(cash=1_000_00)
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()
    assert desk.show().figures.drawer_minor == 1_200_00

    desk.shift.begin_close()
    desk.settle()
    page = desk.shift.state.page
    assert isinstance(page, CountPage)
    desk.shift.choose_row([value for value, _ in page.pieces].index(100_00))
    for key in "11":
        desk.shift.on_key(key)
    page = desk.shift.state.page
    assert isinstance(page, CountPage)
    assert page.difference_minor == -100_00

    desk.shift.on_key("Enter")
    desk.settle()
    report = desk.shift.state.page
    assert isinstance(report, ReportPage)
    assert report.difference_minor == -100_00
    desk.shift.on_key("Enter")
    assert desk.stage.went == [ScreenId.LOGIN]
    assert till.session.person is None


def test_without_a_shift_the_way_to_open_one_is_shown(desk: Desk) -> None:
    desk.shift.on_enter()
    desk.settle()
    assert isinstance(desk.shift.state.page, ClosedPage)


def test_report_is_saved_as_files_and_says_where(desk: Desk, tmp_path: Path) -> None:
    desk.bench.ready()
    desk.show()
    desk.shift.on_key("F3")
    desk.settle()
    desk.shift.save_report()
    desk.settle()
    page = desk.shift.state.page
    assert isinstance(page, ReportPage)
    saved = Path(page.saved_at)
    assert saved.parent == tmp_path / "reports"
    assert saved.read_bytes().startswith(b"%PDF-")
    assert "X-ОТЧЁТ" in saved.with_suffix(".html").read_text(encoding="utf-8")


def test_report_that_cannot_be_saved_stays_on_the_screen(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file stands in the way")
    desk.bench.ready()
    desk.show()
    desk.shift.on_key("F3")
    desk.settle()
    desk.shift.save_report()
    desk.settle()
    page = desk.shift.state.page
    assert isinstance(page, ReportPage)
    assert page.error is not None
    assert not page.busy


def test_sales_are_counted_by_the_hour_of_the_venue(desk: Desk) -> None:
    desk.bench.ready()
    desk.bench.clock.advance(timedelta(hours=2))
    desk.bench.till.sale.tap(COFFEE)
    desk.bench.till.checkout.pay_exact_cash()
    page = desk.show()
    assert page.figures.by_hour == ((12, 0), (13, 0), (14, 1))


def test_long_shift_shows_its_last_hours() -> None:
    opened = datetime(2025, 11, 20, 8, 59, tzinfo=UTC)
    hours = sales_by_hour(opened, opened + timedelta(hours=30), [opened + timedelta(hours=29)])
    assert len(hours) == HOURS_MAX
    assert hours[-1] == (14, 0)
    assert hours[-2] == (13, 1)
