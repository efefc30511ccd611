"""Toasts: what happened, at the bottom left above the action bar or where there is room.

A toast stays five seconds or, if it is sticky, until it is answered. Three are kept at most: the
newest is read in full, the others stand above it; more are counted in "N more".
"""

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.bridge import Message, Tone
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame

TOAST_MS: Final = 5_000
SHOWN_MAX: Final = 3
WAITING_MAX: Final = 20
#: The narrow one is for screens whose free places are narrow.
WIDTHS_PX: Final = (640, 400)
ICONS: Final = {
    Tone.INFO: "info-circle",
    Tone.OK: "circle-check",
    Tone.WARNING: "alert-triangle",
    Tone.ERROR: "alert-circle",
    Tone.LOYALTY: "gift",
}


class Toast(LiveFrame):
    """One message on ink.

    Args:
        message: What to say.
        parent: The stack.

    Attributes:
        closed: The toast ran out or was answered.
    """

    closed = Signal()

    def __init__(self, message: Message, parent: QWidget) -> None:
        super().__init__(parent)
        self.message = message
        self._icon = IconLabel(message.icon or ICONS[message.tone], "on-ink")
        self.text = Label(message.text, "body-strong", tone="on-ink", wrap=True)
        self.detail = Label(message.detail, "label", tone="on-ink", weight=400, wrap=True)
        self.detail.setVisible(bool(message.detail))
        action = message.action
        self.button = PushButton(
            action.label if action else "", Kind.INVERSE, height=52, parent=self
        )
        self.button.setVisible(action is not None)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self._on_action)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addWidget(self.text)
        words.addWidget(self.detail)
        words.addStretch()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.button)
        self.setAccessibleName(message.text)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.closed)
        if not message.sticky:
            self._timer.start(TOAST_MS)
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._row.setContentsMargins(look.px(12), look.px(10), look.px(12), look.px(10))
        self._row.setSpacing(look.px(12))
        self.setMinimumHeight(look.px(72))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the ink face."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), "ink")
        painter.end()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close on a tap beside the button."""
        event.accept()
        self.closed.emit()

    def _on_action(self) -> None:
        self.closed.emit()
        if self.message.action is not None:
            self.message.action.run()


class ToastStack(LiveFrame):
    """Shows up to three toasts at the bottom left of the window it lies on.

    Args:
        parent: The window; `place` moves the stack in it.

    Attributes:
        find_place: Takes the homes of the wide and the narrow stack, says where to lie.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._toasts: list[Toast] = []
        self._waiting: list[Message] = []
        self._more = Label(style="label", tone="text-2", parent=self)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self._more)
        self._bottom_left = (0, 0)
        self.find_place: Callable[[Sequence[QRect]], QRect] = lambda homes: homes[0]
        self._width_max = 10_000
        self.refresh()
        self.hide()

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """The toasts that are shown, oldest first."""
        return tuple(self._toasts)

    def push(self, message: Message) -> None:
        """Show a message, or queue it behind the three that are shown."""
        self._take(message)
        self._settle()

    def _take(self, message: Message) -> None:
        if message.key:
            self._drop(message.key)
        if len(self._toasts) < SHOWN_MAX:
            self._show(message)
        elif self._toasts[0].message.sticky:
            self._waiting = [*self._waiting, message][-WAITING_MAX:]
        else:
            self._remove(self._toasts[0], next_too=False)
            self._show(message)

    def withdraw(self, key: str) -> None:
        """Take away a message that is out of date."""
        self._drop(key)
        self._settle()

    def _drop(self, key: str) -> None:
        self._waiting = [message for message in self._waiting if message.key != key]
        for toast in list(self._toasts):
            if toast.message.key == key:
                self._remove(toast, next_too=True)

    def place(
        self, left: int, bottom: int, width_max: int, *, coming: Sequence[Message] = ()
    ) -> None:
        """Say where the bottom left corner is and how wide a toast may be.

        Args:
            left: Of the corner.
            bottom: Of the corner.
            width_max: Of a toast.
            coming: Messages to show as `push` does; finding room once for all of them is quicker.
        """
        for message in coming:
            self._take(message)
        self._bottom_left = (left, bottom)
        self._width_max = width_max
        self._settle()

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        self._column.setSpacing(theme().px(8))
        self._settle()

    @override
    def retranslate(self) -> None:
        """Say how many wait."""
        self._more.setText(tr("%n more", len(self._waiting)))
        self._more.setVisible(bool(self._waiting))

    def _show(self, message: Message) -> None:
        toast = Toast(message, self)
        toast.closed.connect(lambda: self._on_closed(toast))
        self._toasts.append(toast)
        self._column.addWidget(toast)
        toast.show()

    def _on_closed(self, toast: Toast) -> None:
        self._remove(toast, next_too=True)
        self._settle()

    def _remove(self, toast: Toast, *, next_too: bool) -> None:
        if toast not in self._toasts:
            return
        self._toasts.remove(toast)
        self._column.removeWidget(toast)
        toast.hide()
        toast.deleteLater()
        if next_too and self._waiting:
            self._show(self._waiting.pop(0))

    def _settle(self) -> None:
        self.retranslate()
        if not self._toasts:
            self.hide()
            return
        place = self.find_place([self._home(width) for width in WIDTHS_PX])
        self.setFixedWidth(place.width())
        self.setGeometry(place)
        self.show()
        self.raise_()

    def _home(self, width_px: int) -> QRect:
        """Return where the toasts belong, as wide as this."""
        width = min(theme().px(width_px), self._width_max)
        self.setFixedWidth(width)
        self._column.activate()
        height = self._column.totalHeightForWidth(width)
        height = height if height > 0 else self.sizeHint().height()
        left, bottom = self._bottom_left
        return QRect(left, bottom - height, width, height)
