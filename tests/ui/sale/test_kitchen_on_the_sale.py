"""The kitchen on the sale screen: the button with its count, marks on the lines, reasons for voids."""

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.till.devices import RECEIPT_PRINTER, Station
from app.ui.frame.screen import ScreenId
from app.ui.sale.state import ActionKey
from drivers.api.errors import ConnectionLost, PaperOut
from tests.fakes.pictures import photograph
from tests.fakes.printer import FakePrinter
from tests.till.bench import BORIS
from tests.till.kitchen_bench import BAR, HOT, dishes
from tests.ui.sale.conftest import SaleDriver

pytestmark = pytest.mark.gui

CROISSANT, CAKE = "Круассан с миндалём", "Медовик"
STATIONS = (Station(HOT, "Горячий цех", ("*",), BAR), Station(BAR, "Бар", ("Чай",)))


class Kitchen:
    """The printers of the kitchen under the sale screen."""

    def __init__(self, driver: SaleDriver) -> None:
        self.driver, self.hot, self.bar = driver, FakePrinter(), FakePrinter()
        devices = driver.ui.till.printing._devices  # what the settings would put in
        devices.printers = {**devices.printers, HOT: self.hot, BAR: self.bar}
        devices.stations = STATIONS
        driver.ui.go(ScreenId.SALE)
        driver.settle()

    def print_all(self) -> None:
        """Let the printers print, and the screen hear of it."""
        printing = self.driver.ui.till.printing
        while any(list(map(printing.run_once, (HOT, BAR, RECEIPT_PRINTER)))):
            pass
        self.driver.ui.changes.notify(frozenset({"print_jobs"}))
        self.driver.settle()

    def rights(self) -> list[tuple[str, str]]:
        """Return icon and time of the lines that are shown."""
        return [(x.right_icon, x.right) for x in self.driver.ui.window.panel.lines.lines]


@pytest.fixture
def kitchen(driver: SaleDriver) -> Kitchen:
    driver.bench.sign_in(BORIS)
    return Kitchen(driver)


def test_without_a_kitchen_there_is_no_button(driver: SaleDriver) -> None:
    driver.sell(CROISSANT)
    assert driver.ui.sale.view.action_bar.buttons[ActionKey.KITCHEN].isHidden()


def test_the_key_sends_what_is_new_and_the_lines_say_so(
    kitchen: Kitchen, driver: SaleDriver
) -> None:
    driver.sell(CROISSANT)
    actions = {action.key: action for action in driver.ui.sale._state().actions}
    assert actions[ActionKey.KITCHEN].badge == "1"
    driver.key("F8")
    assert kitchen.rights() == [("clock", "12:00")]
    assert "Заказ уходит на кухню" in driver.toasts()
    kitchen.print_all()

    assert kitchen.rights() == [("chef-hat", "12:00")]
    assert dishes(kitchen.hot) == [f"1 x {CROISSANT}"]
    actions = {action.key: action for action in driver.ui.sale._state().actions}
    assert not actions[ActionKey.KITCHEN].is_enabled


def test_deleting_what_is_being_made_asks_for_a_reason(
    kitchen: Kitchen, driver: SaleDriver, qtbot: QtBot
) -> None:
    driver.sell(CROISSANT)
    driver.key("F8")
    kitchen.print_all()
    driver.key("Del")
    panel = driver.ui.sale._actions.voids.panel
    assert driver.ui.window.dialogs.dialog is panel
    assert panel.what.text() == f"Кухня уже готовит: {CROISSANT}. Укажите причину отмены"
    assert driver.lines()
    photograph(qtbot, driver.ui.window, "kitchen-void", QSize(1366, 768))
    driver.tap(panel.cards[0])
    kitchen.print_all()

    assert driver.lines() == []
    assert dishes(kitchen.hot) == [f"1 x {CROISSANT}", f"ОТМЕНА 1 x {CROISSANT}"]


def test_a_line_that_nobody_got_and_one_from_another_printer_say_so(
    kitchen: Kitchen, driver: SaleDriver
) -> None:
    driver.sell(CROISSANT)
    driver.key("F8")
    kitchen.hot.error = PaperOut("roll")
    driver.ui.till.printing.kitchen.send_on(HOT)
    driver.settle()
    kitchen.print_all()
    assert [x.warning for x in driver.ui.window.panel.lines.lines] == ["Напечатано: Бар"]
    driver.sell(CAKE)
    driver.key("F8")
    driver.ui.till.printing.kitchen.send_on(HOT)
    driver.ui.till.printing.kitchen.send_on(BAR)
    driver.settle()
    kitchen.print_all()

    assert driver.ui.window.panel.lines.lines[1].warning == "Кухня не получила"
    assert "Кухня не получила заказ 1. Повторите или скажите голосом" in driver.toasts()


def test_a_stuck_drawer_is_told_until_it_is_read(driver: SaleDriver) -> None:
    driver.bench.printer.drawer_error = ConnectionLost("cable")
    driver.sell(CROISSANT)
    driver.ui.till.checkout.pay_exact_cash()
    driver.ui.till.printing.run_once()
    driver.settle()
    (toast,) = driver.ui.window.toasts.toasts
    assert toast.message.text == "Ящик не открылся. Откройте ключом"
    assert toast.message.sticky
    action = toast.message.action
    assert action is not None
    assert action.label == "Понятно"
    action.run()
    driver.settle()

    assert driver.toasts() == []


@pytest.mark.parametrize("size", [QSize(1366, 768), QSize(1024, 768)])
def test_pictures(kitchen: Kitchen, driver: SaleDriver, qtbot: QtBot, size: QSize) -> None:
    driver.sell(CROISSANT)
    driver.sell(CROISSANT)
    driver.key("F8")
    kitchen.print_all()
    driver.sell(CAKE)
    driver.ui.window.toasts.hide()
    driver.ui.window.resize(size)
    driver.settle()
    assert kitchen.rights()[0][0] == "chef-hat"
    photograph(qtbot, driver.ui.window, f"kitchen-sale-{size.width()}", size)
