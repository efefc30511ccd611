"""Touch rules of buttons: slop, debounce, hold, repeat; toasts; pads; segments."""

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.ui.bridge import Action, Message
from app.ui.theme import Theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.segment import Choice, Segment
from app.ui.widgets.toast import ToastStack

pytestmark = pytest.mark.usefixtures("look")


def send(widget: QWidget, kind: QEvent.Type, at: QPoint, time_ms: int) -> None:
    place = QPointF(at)
    down = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else down
    event = QMouseEvent(
        kind, place, widget.mapToGlobal(place), down, held, Qt.KeyboardModifier.NoModifier
    )
    event.setTimestamp(time_ms)
    QApplication.sendEvent(widget, event)


def tap(widget: QWidget, time_ms: int, release_at: QPoint | None = None) -> None:
    middle = widget.rect().center()
    send(widget, QEvent.Type.MouseButtonPress, middle, time_ms)
    send(widget, QEvent.Type.MouseButtonRelease, release_at or middle, time_ms + 20)


def counted(button: PushButton) -> list[int]:
    clicks: list[int] = []
    button.clicked.connect(lambda: clicks.append(1))
    return clicks


def shown(qtbot: QtBot, widget: QWidget, width: int = 120, height: int = 60) -> None:
    qtbot.addWidget(widget)
    widget.resize(width, height)
    widget.show()


def test_release_just_outside_still_counts_and_far_outside_does_not(qtbot: QtBot) -> None:
    button = PushButton("Оплатить", Kind.PRIMARY)
    shown(qtbot, button)
    clicks = counted(button)

    tap(button, 1_000, QPoint(button.width() + 6, 20))
    assert len(clicks) == 1
    tap(button, 2_000, QPoint(button.width() + 20, 20))
    assert len(clicks) == 1


def test_bounce_of_a_panel_is_one_tap_and_a_quick_second_tap_is_two(qtbot: QtBot) -> None:
    button = PushButton("+")
    shown(qtbot, button)
    clicks = counted(button)

    tap(button, 1_000)
    tap(button, 1_050)
    assert len(clicks) == 1
    tap(button, 1_400)
    assert len(clicks) == 2


def test_number_keys_take_every_press(qtbot: QtBot) -> None:
    pad = Numpad(ContextKey.DOUBLE_ZERO)
    shown(qtbot, pad, 360, 400)
    typed: list[str] = []
    pad.digit.connect(typed.append)

    tap(pad.keys["5"], 1_000)
    tap(pad.keys["5"], 1_040)
    tap(pad.keys["context"], 1_080)
    assert typed == ["5", "5", "00"]


def test_button_is_a_touch_target_in_every_size(look: Theme, qtbot: QtBot) -> None:
    for scale in (100, 150, 200):
        look.apply(scale_percent=scale)
        button = PushButton("", icon="plus", name="Больше", width=56)
        qtbot.addWidget(button)
        assert button.sizeHint().height() >= 56 * scale // 100
        assert button.sizeHint().width() >= 56 * scale // 100
        assert button.accessibleName() == "Больше"


def test_segment_keeps_one_choice(qtbot: QtBot) -> None:
    segment = Segment()
    shown(qtbot, segment, 400, 56)
    segment.set_choices([Choice("percent", "Процент"), Choice("sum", "Сумма")], "percent")
    chosen: list[str] = []
    segment.chosen.connect(chosen.append)

    tap(segment.button("sum"), 1_000)
    assert chosen == ["sum"]
    assert segment.button("sum").isChecked()
    assert not segment.button("percent").isChecked()


def test_three_toasts_are_shown_and_the_rest_wait(qtbot: QtBot) -> None:
    window = QWidget()
    shown(qtbot, window, 900, 700)
    stack = ToastStack(window)
    stack.place(8, 680, 900)
    for number in range(5):
        stack.push(Message(f"Сообщение {number}", sticky=True))

    assert [toast.message.text for toast in stack.toasts] == [f"Сообщение {n}" for n in range(3)]
    stack.toasts[0].closed.emit()
    assert [toast.message.text for toast in stack.toasts] == [f"Сообщение {n}" for n in (1, 2, 3)]


def test_toast_button_acts_once_and_closes(qtbot: QtBot) -> None:
    window = QWidget()
    shown(qtbot, window, 900, 700)
    stack = ToastStack(window)
    stack.place(8, 680, 900)
    undone: list[str] = []
    stack.push(Message("Удалено: Капучино", action=Action("Вернуть", lambda: undone.append("x"))))

    tap(stack.toasts[0].button, 1_000)
    assert undone == ["x"]
    assert stack.toasts == ()
    assert stack.isHidden()


def test_newer_toast_of_the_same_key_takes_the_place_of_the_older(qtbot: QtBot) -> None:
    window = QWidget()
    shown(qtbot, window, 900, 700)
    stack = ToastStack(window)
    stack.push(Message("Нет связи", key="net"))
    stack.push(Message("Связь есть", key="net"))
    assert [toast.message.text for toast in stack.toasts] == ["Связь есть"]
