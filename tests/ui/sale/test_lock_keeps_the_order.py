"""The window locks itself and keeps the order; never while money moves (T1)."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId
from app.ui.login.presenter import About, LoginPresenter
from app.ui.payment.presenter import PaymentPresenter
from tests.ui.sale.conftest import SaleDriver

pytestmark = pytest.mark.gui


@pytest.fixture
def ui(driver: SaleDriver) -> TillUi:
    """The window of the driver, which locks after five minutes."""
    ui = driver.ui
    ui.add(LoginPresenter(ui.tools, driver.bench.till, About("1")))
    ui.window.hide()
    ui.lock_when_idle(300)
    native = ui.window.windowHandle()
    assert native is not None
    assert ui.idle_lock is not None
    ui.idle_lock.watch(native)
    ui.start(ScreenId.SALE)
    driver.settle()
    return ui


def wait(driver: SaleDriver, seconds: int) -> None:
    driver.bench.clock.advance(timedelta(seconds=seconds))
    assert driver.ui.idle_lock is not None
    driver.ui.idle_lock.look()
    driver.settle()


def top(ui: TillUi) -> ScreenId | None:
    return ui.window.current.screen_id if ui.window.current else None


def test_locked_till_asks_for_the_pin_and_keeps_the_order(driver: SaleDriver, ui: TillUi) -> None:
    driver.sell(driver.simple_rows()[0].name)
    before = driver.lines()
    wait(driver, 300)
    assert top(ui) is ScreenId.LOGIN
    driver.key("Esc")
    assert top(ui) is ScreenId.LOGIN, "nobody gets past it without a PIN"
    for digit in "1111":
        ui.window.press_key(digit)
    driver.key("Enter")
    assert top(ui) is ScreenId.SALE
    assert driver.lines() == before


def test_key_in_the_window_and_code_from_outside_keep_it_open(
    driver: SaleDriver, ui: TillUi
) -> None:
    native = ui.window.windowHandle()
    assert native is not None
    driver.bench.clock.advance(timedelta(seconds=299))
    QTest.keyClick(native, Qt.Key.Key_Shift)
    wait(driver, 299)
    assert top(ui) is ScreenId.SALE
    ui.scanned_outside.emit("4600000000015")
    wait(driver, 299)
    assert top(ui) is ScreenId.SALE


def test_till_is_not_locked_while_money_moves(driver: SaleDriver, ui: TillUi) -> None:
    payment = PaymentPresenter(ui.tools, driver.bench.till)
    ui.add(payment)
    driver.sell(driver.simple_rows()[0].name)
    ui.go(ScreenId.PAYMENT)
    driver.settle()
    payment.flow.change(running_minor=100_00)
    wait(driver, 900)
    assert top(ui) is ScreenId.PAYMENT
    payment.flow.change(running_minor=None)
    wait(driver, 1)
    assert top(ui) is ScreenId.LOGIN


def test_zero_seconds_never_lock(driver: SaleDriver) -> None:
    driver.ui.lock_when_idle(0)
    assert driver.ui.idle_lock is None
