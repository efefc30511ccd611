"""Opening a shift: its picture in both themes, and every road through the presenter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.till.words import Words
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from app.ui.shift.open_presenter import OpenShiftPresenter
from app.ui.shift.open_state import Check, FloatChoice, OpenShiftState
from app.ui.shift.open_view import OpenShiftView
from app.ui.widgets.amount_entry import AmountEntry
from tests.fakes.pictures import WIDE_AREA, photograph
from tests.fakes.stage import FakeStage
from tests.till.bench import BORIS, PINS, VERA, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

CHECKS = (
    Check(Words("Принтер чеков", "Printer"), Words("Готов", "Ready")),
    Check(Words("Терминал оплаты", "Terminal"), Words("Связь есть", "Connected")),
    Check(Words("Сканер", "Scanner"), Words("Не отвечает", "No answer"), is_ok=False),
    Check(Words("Меню и цены", "Menu"), Words("Товаров: 312", "Products: 312")),
)


def test_opening_fits_the_screen(qtbot: QtBot) -> None:
    view = OpenShiftView()
    view.render(OpenShiftState(215, "Анна Соколова", 5_000_00, checks=CHECKS))
    photograph(qtbot, view, "S01-open-shift", WIDE_AREA)


def test_opening_with_an_open_shift_and_an_error_fits(qtbot: QtBot) -> None:
    view = OpenShiftView()
    state = OpenShiftState(
        214,
        "Анна Соколова",
        5_000_00,
        FloatChoice.TYPED,
        AmountEntry("12000,5"),
        CHECKS,
        Words("Смена 214 уже открыта. Продолжайте", "Open"),
        opened_number=214,
    )
    view.render(state)
    photograph(qtbot, view, "S01-open-shift-already", WIDE_AREA)
    assert not view.open_button.isEnabled()


@dataclass
class Desk:
    bench: Bench
    stage: FakeStage
    presenter: OpenShiftPresenter
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def type(self, keys: str) -> None:
        for key in keys:
            self.presenter.on_key(key)

    def press(self, key: str) -> None:
        self.presenter.on_key(key)
        self.settle()


@pytest.fixture
def open_desk(tmp_path: Path, ops: Ops) -> Iterator[Callable[..., Desk]]:
    benches: list[Bench] = []

    def make(who: str = "anna", before: Callable[[Bench], object] | None = None) -> Desk:
        bench = Bench(tmp_path / "till")
        benches.append(bench)
        bench.sign_in(who)  # type: ignore[arg-type]  # plain id
        if before is not None:
            before(bench)
        stage = FakeStage()
        presenter = OpenShiftPresenter(
            stage.tools(ops, bench.till.session, bench.clock), bench.till, lambda: CHECKS[:1]
        )
        desk = Desk(bench, stage, presenter, ops)
        presenter.on_enter()
        desk.settle()
        return desk

    yield make
    ops.wait_idle(60)
    for bench in benches:
        bench.close()


def leave_5000(bench: Bench) -> None:
    bench.till.shift.open(1_000_00)
    bench.till.shift.close(5_000_00)


def test_shift_opens_with_two_presses_as_it_was_left(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(before=leave_5000)
    assert desk.presenter.state.number == 2
    assert desk.presenter.state.float_minor == 5_000_00
    desk.press("Enter")

    shift = desk.bench.till.shift.current
    assert shift is not None
    assert shift.cash_float_minor == 5_000_00
    assert desk.stage.went == [ScreenId.SALE]


def test_typed_float_replaces_the_suggestion(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(before=leave_5000)
    desk.type("120,50")
    assert desk.presenter.state.choice is FloatChoice.TYPED
    desk.press("Enter")
    shift = desk.bench.till.shift.current
    assert shift is not None
    assert shift.cash_float_minor == 120_50


def test_no_float_is_one_tap(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(before=leave_5000)
    desk.presenter.view.without.click()
    desk.presenter.view.open_button.click()
    desk.settle()
    shift = desk.bench.till.shift.current
    assert shift is not None
    assert shift.cash_float_minor == 0


def test_waiter_needs_a_senior_and_may_give_up_asking(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(VERA)
    desk.press("Enter")
    assert desk.stage.dialogs
    assert not desk.presenter.state.busy, "the PIN may never come"

    desk.presenter._tools.approvals.panel.entered.emit(PINS[BORIS])
    desk.settle()
    assert desk.bench.till.shift.current is not None


def test_open_shift_is_offered_to_go_on(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk(before=lambda bench: bench.till.shift.open(0))
    assert desk.presenter.state.opened_number == 1
    desk.press("Enter")
    assert desk.stage.went == []
    desk.presenter.view.notice.button.click()
    assert desk.stage.went == [ScreenId.SALE]


def test_checks_name_devices_and_menu(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    titles = [check.title.ru for check in desk.presenter.state.checks]
    assert titles == ["Принтер чеков", "Меню и цены"]
    assert "6" in desk.presenter.state.checks[-1].detail.ru


def test_scan_before_the_shift_says_what_to_do(open_desk: Callable[..., Desk]) -> None:
    desk = open_desk()
    assert desk.presenter.on_scan("4600000000015")
    assert "откройте смену" in desk.stage.toasts[-1].text
