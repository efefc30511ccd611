"""A toast lies where nothing is tapped, if there is such a place."""

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.frame.toast_place import Taken, find_place
from app.ui.theme import Theme
from app.ui.widgets.button import PushButton
from app.ui.widgets.label import Label

AREA = QRect(0, 0, 900, 700)
WIDE, NARROW = QRect(176, 590, 640, 72), QRect(176, 574, 400, 88)


@pytest.fixture
def window(look: Theme, qtbot: QtBot) -> QWidget:
    assert look.scale_percent == 100
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(AREA.size())
    made.show()
    return made


def put(widget: QWidget, place: QRect) -> None:
    widget.setFixedSize(place.size())
    widget.move(place.topLeft())
    widget.show()


def found(window: QWidget, ignored: tuple[type[QWidget], ...] = ()) -> QRect:
    return find_place(AREA, (WIDE, NARROW), Taken(window, window, ignored))


def test_toast_stays_at_home_where_nothing_is(window: QWidget) -> None:
    assert found(window) == WIDE


def test_toast_leaves_a_row_of_keys_for_the_free_strip_under_it(window: QWidget) -> None:
    keys = QRect(0, 560, 900, 56)
    put(PushButton("500 ₽", parent=window), keys)
    place = found(window)
    assert place.size() == WIDE.size()
    assert not place.intersects(keys)
    assert place.top() > keys.bottom()


def test_narrow_toast_is_better_than_a_covered_text(window: QWidget) -> None:
    text = QRect(0, 0, 480, 700)
    put(Label("К оплате 240,00 ₽", parent=window), text)
    place = found(window)
    assert place.size() == NARROW.size()
    assert not place.intersects(text)


def test_text_is_covered_rather_than_a_button(window: QWidget) -> None:
    button = QRect(0, 500, 900, 200)
    put(PushButton("Принять", parent=window), button)
    put(Label("Сдача 760,00 ₽", parent=window), QRect(0, 0, 900, 500))
    assert not found(window).intersects(button)


def test_toast_is_at_home_if_everything_is_taken(window: QWidget) -> None:
    put(PushButton("Всё", parent=window), AREA)
    assert found(window) == WIDE
    assert found(window, ignored=(PushButton,)) == WIDE


def test_hidden_buttons_take_no_place(window: QWidget) -> None:
    button = PushButton("Скрыта", parent=window)
    put(button, WIDE)
    button.hide()
    assert found(window) == WIDE
