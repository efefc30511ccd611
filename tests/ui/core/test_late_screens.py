"""Screens that are made when they are shown first, or while the till is idle."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.bridge import Bridge
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.theme import Theme
from app.ui.window import MainWindow

pytestmark = pytest.mark.gui


class Sheet(BaseScreen):
    placement = Placement.WORK

    def __init__(self, screen_id: ScreenId) -> None:
        self.id = screen_id
        self.view = QWidget()

    @property
    def screen_id(self) -> ScreenId:
        return self.id


class Maker:
    """Makes one screen and counts how often."""

    def __init__(self, screen_id: ScreenId) -> None:
        self.screen_id = screen_id
        self.made = 0

    def __call__(self) -> Sheet:
        self.made += 1
        return Sheet(self.screen_id)


@pytest.fixture
def window(qtbot: QtBot, look: Theme) -> MainWindow:
    made = MainWindow(Bridge())
    qtbot.addWidget(made)
    return made


def test_late_screen_is_there_before_it_is_made(window: MainWindow) -> None:
    maker = Maker(ScreenId.ORDERS)
    window.add_late(ScreenId.ORDERS, maker)
    assert window.has(ScreenId.ORDERS)
    assert maker.made == 0


def test_late_screen_is_made_once_however_often_it_is_shown(window: MainWindow) -> None:
    maker = Maker(ScreenId.ORDERS)
    window.add_late(ScreenId.ORDERS, maker)
    window.add(Sheet(ScreenId.SALE))
    for screen in (ScreenId.ORDERS, ScreenId.SALE, ScreenId.ORDERS):
        window.go(screen)
    assert maker.made == 1


def test_idle_till_makes_one_late_screen_after_the_other(window: MainWindow) -> None:
    makers = [Maker(ScreenId.SHIFT), Maker(ScreenId.SYNC)]
    for maker in makers:
        window.add_late(maker.screen_id, maker)
    assert window.make_late_screen()
    assert [maker.made for maker in makers] == [1, 0]
    assert window.make_late_screen()
    assert not window.make_late_screen()
    assert [maker.made for maker in makers] == [1, 1]
