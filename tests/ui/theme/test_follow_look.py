"""A new look reaches what is shown at once, and what is hidden when it is shown."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.follow import SleepingStack
from app.ui.frame.dialogs import DialogFrame, DialogHost
from app.ui.theme import Theme, ThemeName
from app.ui.widgets.field import Field
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.scroll import scroll_around


def color_of(label: Label) -> str:
    return label.palette().color(QPalette.ColorRole.WindowText).name()


def test_hidden_page_sleeps_through_new_looks_and_catches_up(look: Theme, qtbot: QtBot) -> None:
    stack = SleepingStack()
    qtbot.addWidget(stack)
    shown, hidden = Label("shown"), Label("hidden")
    stack.addWidget(shown)
    stack.addWidget(hidden)
    stack.show()
    before = color_of(hidden)

    look.apply(name=ThemeName.DARK, scale_percent=150)
    assert color_of(shown) == look.hex("text") != before
    assert color_of(hidden) == before

    stack.setCurrentWidget(hidden)
    assert color_of(hidden) == look.hex("text")
    assert hidden.font().pixelSize() == look.font("body").pixelSize()

    look.apply(name=ThemeName.LIGHT)
    stack.setCurrentWidget(shown)
    assert color_of(shown) == look.hex("text") == before


def test_page_in_a_page_that_slept_catches_up_as_well(look: Theme, qtbot: QtBot) -> None:
    outer, inner = SleepingStack(), SleepingStack()
    qtbot.addWidget(outer)
    first, second = Label("first"), Label("second")
    outer.addWidget(Label("front"))
    outer.addWidget(inner)
    inner.addWidget(first)
    inner.addWidget(second)
    look.apply(name=ThemeName.DARK)

    outer.setCurrentWidget(inner)
    assert color_of(first) == look.hex("text") != color_of(second)
    inner.setCurrentWidget(second)
    assert color_of(second) == look.hex("text")


def test_hidden_dialog_catches_up_before_it_is_opened(look: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(800, 600)
    host = DialogHost(window)
    dialog = DialogFrame(window)
    before = color_of(dialog.title)
    look.apply(name=ThemeName.DARK)
    assert color_of(dialog.title) == before

    host.open(dialog, size_px=(400, 300))
    assert color_of(dialog.title) == look.hex("text")


def test_field_and_box_follow_the_scale(look: Theme, qtbot: QtBot) -> None:
    box = LiveFrame(box="field-chosen")
    qtbot.addWidget(box)
    field = Field()
    column = QVBoxLayout(box)
    column.addWidget(field)
    look.apply(scale_percent=200)

    assert field.minimumHeight() == look.px(56) == 112
    assert box.contentsMargins().left() == look.px(3)


def test_what_scrolls_lies_on_the_colour_under_it(look: Theme, qtbot: QtBot) -> None:
    card = LiveFrame(box="card")
    qtbot.addWidget(card)
    column = QVBoxLayout(card)
    column.addWidget(scroll_around(LiveFrame()))
    card.resize(QSize(200, 200))
    for name in (ThemeName.DARK, ThemeName.LIGHT):
        look.apply(name=name)
        assert card.grab().toImage().pixelColor(100, 100) == look.color("surface")
