"""The main road in the real window, by keys alone: sign in, open, sell, redeem, pay, refund."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId
from app.ui.guest.presenter import GuestPresenter
from app.ui.guest.search_presenter import SearchPresenter
from app.ui.login.presenter import About, LoginPresenter
from app.ui.orders.presenter import OrdersPresenter
from app.ui.orders.refund_presenter import RefundPresenter
from app.ui.payment.presenter import PaymentPresenter
from app.ui.preferences import MemoryPreferences
from app.ui.shift.open_presenter import OpenShiftPresenter
from app.ui.shift.presenter import ShiftPresenter
from app.ui.theme import theme
from tests.till.bench import BORIS, COFFEE, PINS, SOUP, Bench, guest
from tests.ui.driven_window import DrivenWindow

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Window(DrivenWindow):
    bench: Bench
    refund: RefundPresenter


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot) -> Iterator[Window]:
    bench = Bench(tmp_path)
    till = bench.till
    ui = TillUi(till, MemoryPreferences(), bench.clock)
    tools = ui.tools
    refund = RefundPresenter(tools, till)
    for screen in (
        LoginPresenter(tools, till, About("1.0")),
        OpenShiftPresenter(tools, till, tuple),
        GuestPresenter(tools, till),
        SearchPresenter(tools, till),
        PaymentPresenter(tools, till),
        OrdersPresenter(tools, till, refund),
        refund,
        ShiftPresenter(tools, till),
    ):
        ui.add(screen)
    qtbot.addWidget(ui.window)
    ui.window.resize(1366, 768)
    ui.start(ScreenId.LOGIN)
    made = Window(ui, qtbot, bench, refund)
    made.settle()
    yield made
    assert ui.close()
    bench.close()


def test_main_road_by_keys(window: Window) -> None:
    window.keys("1", "1", "1", "1", "Enter")
    assert window.screen() is ScreenId.OPEN_SHIFT
    window.keys("5", "0", "0", "Enter")
    assert window.screen() is ScreenId.SALE

    till = window.bench.till
    till.sale.tap(SOUP)
    till.sale.tap(COFFEE)
    window.ui.board.publish(till.sale.tap(COFFEE).state)
    window.bench.service.add(guest(points=500_00))
    window.keys("F4", *"9123456781")
    assert window.screen() is ScreenId.GUEST
    window.keys("2", "Esc")
    assert window.screen() is ScreenId.SALE
    spent = till.sale.state().order.spend_minor
    assert spent > 0

    window.main("F12")
    assert window.screen() is ScreenId.PAYMENT
    window.keys(*"2000")
    window.main("Enter")
    (sale,) = window.bench.sales()
    assert sale.due_minor == 900_00 - spent
    assert sale.change_minor == 2_000_00 - sale.due_minor
    window.main("Enter")
    assert window.screen() is ScreenId.SALE

    window.ui.go(ScreenId.ORDERS)
    window.settle()
    window.keys("F8")
    window.refund.set_reason("Качество")
    window.refund.refund()
    window.settle()
    window.keys(*PINS[BORIS], "Enter")
    assert window.refund.state.done_cash_minor == sale.due_minor
    window.keys("Enter")
    assert window.screen() is ScreenId.ORDERS


@pytest.mark.parametrize(
    ("size", "scale_percent"), [((1366, 768), 100), ((1024, 768), 100), ((1366, 768), 200)]
)
def test_no_screen_makes_the_window_larger(
    window: Window, size: tuple[int, int], scale_percent: int
) -> None:
    window.bench.ready()
    theme().apply(scale_percent=scale_percent)
    window.ui.window.resize(*size)
    window.bench.till.sale.tap(COFFEE)
    for screen in (
        ScreenId.SALE,
        ScreenId.GUEST_SEARCH,
        ScreenId.PAYMENT,
        ScreenId.ORDERS,
        ScreenId.SHIFT,
        ScreenId.OPEN_SHIFT,
        ScreenId.LOGIN,
    ):
        window.ui.go(screen)
        window.settle()
        assert window.ui.window.size().toTuple() == size, screen


def test_language_can_be_changed_on_every_screen(window: Window) -> None:
    window.bench.ready()
    for screen in (ScreenId.LOGIN, ScreenId.SHIFT, ScreenId.ORDERS, ScreenId.GUEST_SEARCH):
        window.ui.go(screen)
        window.settle()
        window.ui.look.speak("en")
        window.settle()
        window.ui.look.speak("ru")
        window.settle()
        assert window.screen() is screen
