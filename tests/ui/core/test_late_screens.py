"""Screens that are made when they are shown first, or while the till is idle."""

from collections.abc import Generator

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
    """Makes one screen in some steps and counts how often."""

    def __init__(self, screen_id: ScreenId, steps: int = 1) -> None:
        self.screen_id = screen_id
        self.steps = steps
        self.taken = 0
        self.made = 0

    def __call__(self) -> Generator[None, None, Sheet]:
        for _ in range(self.steps):
            self.taken += 1
            yield
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
    assert (maker.taken, maker.made) == (0, 0)


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
    made = []
    while window.prepare_screens():
        made.append(tuple(maker.made for maker in makers))
    assert list(dict.fromkeys(made)) == [(0, 0), (1, 0), (1, 1)]
    assert not window.prepare_screens()


def test_idle_till_takes_one_step_at_a_time(window: MainWindow) -> None:
    maker = Maker(ScreenId.SHIFT, steps=3)
    window.add_late(maker.screen_id, maker)
    while not maker.taken:
        assert window.prepare_screens()  # draws the frame of the till before
    for taken in (1, 2, 3):
        assert (maker.taken, maker.made) == (taken, 0)
        window.prepare_screens()
    assert maker.made == 1


def test_screen_that_is_wanted_is_finished_at_once(window: MainWindow) -> None:
    maker = Maker(ScreenId.SHIFT, steps=3)
    window.add_late(maker.screen_id, maker)
    while not maker.taken:
        assert window.prepare_screens()
    window.go(ScreenId.SHIFT)
    assert (maker.taken, maker.made) == (3, 1)
    assert window.current is not None
    assert window.current.screen_id is ScreenId.SHIFT
