"""The guest's display over a real till: it follows the order, thanks, and shows codes to pay by."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QCoreApplication, QObject, QRect, Qt, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.till.customer_display import Idle, Ordering, PayingByCode, Thanks
from app.till.customer_setup import CustomerSetup, ScreenMode
from app.ui.customer.presenter import CustomerPresenter
from app.ui.customer.window import ScreenFacts, Shown
from app.ui.ops import Ops
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE, SOUP, Bench, guest

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

SECOND = ScreenFacts("HDMI-1", QRect(1366, 0, 1024, 600))


class FakeScreens(QObject):
    """Screens that come and go."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.here: list[ScreenFacts] = []

    def all(self) -> list[ScreenFacts]:
        """Return the till's own screen and what was plugged in."""
        return [ScreenFacts("till", QRect(0, 0, 1366, 768)), *self.here]

    def plug(self, *screens: ScreenFacts) -> None:
        """Have other screens."""
        self.here = list(screens)
        self.changed.emit()


class TillWindow(QWidget):
    """A window of the till on the screen that is called "till"."""

    def screen(self) -> "TillWindow":  # type: ignore[override]  # as much of a screen as is asked for
        return self

    def name(self) -> str:
        return "till"

    def availableGeometry(self) -> QRect:  # noqa: N802 -- as Qt calls it
        return QRect(0, 0, 1366, 768)


@dataclass
class FakeLines:
    """A display of two lines."""

    shown: list[tuple[str, str]] = field(default_factory=list)

    def show_lines(self, first: str, second: str) -> None:
        """Keep them."""
        self.shown.append((first, second))


@dataclass
class Display:
    bench: Bench
    stage: "Stage"
    presenter: CustomerPresenter
    screens: FakeScreens
    ops: Ops

    @property
    def page(self) -> object:
        return self.presenter.state.page

    def settle(self) -> None:
        for _ in range(3):
            assert self.ops.wait_idle(60)
            QCoreApplication.processEvents()

    def publish(self) -> None:
        """Do what a presenter does after a change of the order."""
        self.stage.tools_made.board.publish(self.bench.till.sale.state())
        self.settle()


class Stage(FakeStage):
    """Keeps the tools that it made."""

    def make(self, ops: Ops, bench: Bench) -> None:
        self.tools_made = self.tools(ops, bench.till.session, bench.clock)


@pytest.fixture
def display(tmp_path: Path, ops: Ops, qtbot: QtBot) -> Iterator[Display]:
    bench = Bench(tmp_path / "till")
    till = bench.ready()
    stage = Stage()
    stage.make(ops, bench)
    tools = stage.tools_made
    window = TillWindow()
    qtbot.addWidget(window)
    screens = FakeScreens()
    presenter = CustomerPresenter(
        desk=till.customer,
        board=tools.board,
        ops=ops,
        changes=tools.changes,
        clock=bench.clock,
        till_window=window,
        screens=screens,
    )
    yield Display(bench, stage, presenter, screens, ops)
    presenter.close()
    ops.wait_idle(60)
    bench.close()


def test_order_is_followed_line_by_line(display: Display) -> None:
    assert isinstance(display.page, Idle)
    display.bench.till.sale.tap(COFFEE)
    display.publish()
    page = display.page
    assert isinstance(page, Ordering)
    assert [line.name for line in page.lines] == ["Кофе"]
    assert page.due_minor == 200_00
    display.bench.till.sale.tap(SOUP)
    display.publish()
    assert isinstance(display.page, Ordering)
    assert display.page.lines[-1].name == "Суп", "the newest line is the last"


def test_change_and_points_are_shown_and_leave_after_ten_seconds(display: Display) -> None:
    till = display.bench.till
    till.guests.bind(guest(1))
    till.sale.tap(COFFEE)
    display.publish()
    till.checkout.start()
    till.checkout.pay_cash(500_00)
    display.publish()
    page = display.page
    assert isinstance(page, Thanks)
    assert page.change_minor == 300_00
    assert page.first_name == "Гость1"
    assert page.balance_minor == 500_00 + page.earned_minor
    timer = display.presenter._thanks_timer
    assert timer.isActive()
    assert timer.interval() == 10_000
    timer.stop()
    timer.timeout.emit()
    assert isinstance(display.page, Idle)


def test_next_guest_does_not_wait_for_the_thanks(display: Display) -> None:
    till = display.bench.till
    till.sale.tap(COFFEE)
    till.checkout.start()
    till.checkout.pay_exact_cash()
    display.settle()
    assert isinstance(display.page, Thanks)
    till.checkout.dismiss()
    till.sale.tap(SOUP)
    display.publish()
    assert isinstance(display.page, Ordering)
    assert not display.presenter._thanks_timer.isActive()


def test_points_are_added_later_without_a_connection(display: Display) -> None:
    till = display.bench.till
    till.guests.bind(guest(1))
    till.sale.tap(COFFEE)
    display.publish()
    assert isinstance(display.page, Ordering)
    assert display.page.guest is not None
    assert not display.page.guest.is_later
    display.bench.online = False
    display.stage.tools_made.changes.notify({"sync"})
    display.settle()
    assert display.page.guest is not None
    assert display.page.guest.is_later
    till.checkout.start()
    till.checkout.pay_exact_cash()
    display.settle()
    assert isinstance(display.page, Thanks)
    assert display.page.is_later
    assert display.page.earned_minor == 0
    assert "позже" in display.presenter.view.balance.accessibleName()


def test_code_to_pay_by_stays_above_the_order_and_counts_down(display: Display) -> None:
    bench = display.bench
    bench.till.sale.tap(COFFEE)
    display.publish()
    until = bench.clock.now() + timedelta(seconds=300)
    bench.till.customer.show_code("https://qr.example.com/pay/1", 200_00, until)
    display.settle()
    state = display.presenter.state
    assert isinstance(state.page, PayingByCode)
    assert state.pay_code is not None
    assert state.seconds_left == 300
    bench.clock.advance(timedelta(seconds=62))
    display.presenter._second_timer.timeout.emit()
    assert display.presenter.state.seconds_left == 238

    display.publish()
    assert isinstance(display.page, PayingByCode), "the order behind it changes nothing"
    bench.till.customer.withdraw_code()
    display.settle()
    assert isinstance(display.page, Ordering)
    assert not display.presenter._second_timer.isActive()


def test_window_follows_the_second_screen(display: Display) -> None:
    moved: list[Shown] = []
    display.presenter.moved.connect(moved.append)
    display.presenter.set_up(CustomerSetup())
    display.settle()
    window = display.presenter.window
    assert not window.isVisible(), "one screen only: the till has it"
    display.screens.plug(SECOND)
    assert window.isVisible()
    assert moved == [Shown("HDMI-1", 1024, 600)]
    display.screens.plug()
    assert not window.isVisible(), "it must not cover the till when its screen is unplugged"
    display.screens.plug(SECOND)
    assert window.isVisible()
    assert window.windowFlags() & Qt.WindowType.WindowDoesNotAcceptFocus
    display.presenter.set_up(CustomerSetup(ScreenMode.OFF))
    display.settle()
    assert not window.isVisible()


def test_mirrored_screen_is_not_the_guests(display: Display) -> None:
    display.presenter.set_up(CustomerSetup())
    display.screens.plug(ScreenFacts("HDMI-1", QRect(0, 0, 1366, 768)))
    display.settle()
    assert not display.presenter.window.isVisible()


def test_window_beside_the_till_only_if_wanted(display: Display) -> None:
    display.presenter.set_up(CustomerSetup(ScreenMode.WINDOW))
    display.settle()
    assert display.presenter.window.isVisible()
    assert display.presenter.shown.in_window


def test_advert_shows_a_picture_and_the_code_to_join(display: Display, tmp_path: Path) -> None:
    path = tmp_path / "advert.png"
    Image.new("RGB", (2400, 1600), "#112233").save(path)
    url = "https://card.example.com/join"
    display.presenter.set_up(CustomerSetup(picture_path=str(path), join_url=url))
    display.settle()
    state = display.presenter.state
    assert state.advert.picture is not None
    assert state.advert.picture.width <= 1920
    assert state.join_code is not None


def test_lost_picture_leaves_the_words(display: Display, tmp_path: Path) -> None:
    setup = CustomerSetup(title="Завтрак", picture_path=str(tmp_path / "none.png"))
    display.presenter.set_up(setup)
    display.settle()
    assert display.presenter.state.advert.picture is None
    assert display.presenter.state.advert.title == "Завтрак"


def test_two_lines_follow_the_same_pages(display: Display) -> None:
    lines = FakeLines()
    display.presenter.add_lines(lines)
    assert "Кофейня" in lines.shown[-1][0]
    display.bench.till.sale.tap(COFFEE)
    display.publish()
    assert lines.shown[-1] == ("Кофе          200,00", "ИТОГО         200,00")
    display.bench.till.checkout.start()
    display.bench.till.checkout.pay_cash(1_000_00)
    display.settle()
    assert lines.shown[-1] == ("      Спасибо!", "СДАЧА         800,00")


def test_test_shows_colours_for_a_while(display: Display) -> None:
    display.presenter.show_test()
    assert display.presenter.view.trial.isVisibleTo(display.presenter.view)
    display.presenter._test_timer.stop()
    display.presenter._test_timer.timeout.emit()
    assert not display.presenter.view.trial.isVisibleTo(display.presenter.view)
