"""The focus ring: 3 px outside the control with a gap of 2 px, only while keys are used.

One overlay for the whole window. It appears with a key that moves the focus and hides at the first
touch, so a cashier who taps never sees it.
"""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from typing_extensions import override

from app.ui.theme import theme

_MOVING_KEYS = frozenset(
    {
        Qt.Key.Key_Tab,
        Qt.Key.Key_Backtab,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
    }
)


class FocusRing(QWidget):
    """Draws the ring around the widget that has the focus.

    Args:
        window: The window it lies over; it must outlive the ring.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._keys_used = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_focus_changed)

    def watch(self, native: QObject) -> None:
        """Look at the events that enter the native window.

        A filter of the whole application would be called for every paint of every widget.
        """
        native.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note whether the cashier uses keys or fingers; nothing is swallowed."""
        kind = event.type()
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if Qt.Key(event.key()) in _MOVING_KEYS and not self._keys_used:
                self._keys_used = True
                self._follow(QApplication.focusWidget())
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin) and self._keys_used:
            self._keys_used = False
            self.hide()
        return False

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = look.px(3)
        painter.setPen(QPen(look.color("focus"), width))
        half = width / 2
        radius = look.px(11)
        box = QRectF(self.rect()).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(box, radius, radius)
        painter.end()

    def _on_focus_changed(self, _old: QWidget | None, new: QWidget | None) -> None:
        self._follow(new)

    def _follow(self, target: QWidget | None) -> None:
        unfit = target is None or isinstance(target, QLineEdit | QPlainTextEdit)
        if unfit or target is None or not self._keys_used:
            self.hide()
            return
        if target.window() is not self._window or target is self._window:
            self.hide()
            return
        margin = theme().px(5)
        place = QRect(target.mapTo(self._window, QPoint(0, 0)), target.size())
        self.setGeometry(place.adjusted(-margin, -margin, margin, margin))
        self.show()
        self.raise_()
