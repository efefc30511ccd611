"""Scroll areas: see-through, moved by finger, wheel and a thin bar."""

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QScrollBar, QScroller, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.face import draw_face

BAR_PX: Final = 8
HANDLE_MIN_PX: Final = 40


class ThinBar(QScrollBar):
    """A handle without arrows; it can be dragged with a mouse.

    Args:
        orientation: Upright or lying.
        parent: Owner.
    """

    def __init__(self, orientation: Qt.Orientation, parent: QWidget | None = None) -> None:
        super().__init__(orientation, parent)
        self._grip: float | None = None

    @override
    def sizeHint(self) -> QSize:
        """Return the width of the bar."""
        size = QSize(theme().px(BAR_PX), theme().px(HANDLE_MIN_PX))
        return size if self._is_upright else size.transposed()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the handle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start, length = self._handle()
        if self._is_upright:
            handle = QRectF(0, start, self.width(), length)
        else:
            handle = QRectF(start, 0, length, self.height())
        draw_face(painter, handle, "line-strong", radius_px=BAR_PX // 2)
        painter.end()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the handle, or bring it under the pointer first."""
        start, length = self._handle()
        place = self._along(event)
        self._grip = place - start if 0 <= place - start <= length else length / 2
        self._drag(place)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the handle."""
        if self._grip is not None:
            self._drag(self._along(event))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the handle go."""
        event.accept()
        self._grip = None

    @property
    def _is_upright(self) -> bool:
        return self.orientation() is Qt.Orientation.Vertical

    @property
    def _room(self) -> int:
        return self.height() if self._is_upright else self.width()

    def _along(self, event: QMouseEvent) -> float:
        return event.position().y() if self._is_upright else event.position().x()

    def _handle(self) -> tuple[float, float]:
        """Return where the handle begins and how long it is."""
        span = self.maximum() - self.minimum()
        length = self._room * self.pageStep() / max(1, span + self.pageStep())
        length = min(float(self._room), max(length, theme().px(HANDLE_MIN_PX)))
        return (self._room - length) * (self.value() - self.minimum()) / max(1, span), length

    def _drag(self, place: float) -> None:
        free = self._room - self._handle()[1]
        if free > 0 and self._grip is not None:
            span = self.maximum() - self.minimum()
            self.setValue(self.minimum() + round((place - self._grip) / free * span))


class ScrollBox(QScrollArea):
    """A scroll area without a face of its own.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBar(ThinBar(Qt.Orientation.Vertical, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)

    @override
    def setWidget(self, widget: QWidget) -> None:
        """Take a page over; it is drawn on what lies under the area."""
        super().setWidget(widget)
        widget.setAutoFillBackground(False)


def scroll_around(box: QWidget) -> ScrollBox:
    """Return a scroll area with a widget in it, without a face of its own.

    A touch drags the contents; the wheel and the bar work for a mouse.
    """
    scroll = ScrollBox()
    scroll.setWidget(box)
    return scroll
