"""The traffic light of an order: created, paid, receipt; three dots and the word of the last step."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.theme import theme

DOT_PX: Final = 20


class Dot(StrEnum):
    """State of one step."""

    NOT_YET = "not_yet"
    NOW = "now"
    DONE = "done"
    WAITING = "waiting"
    FAILED = "failed"


#: State: fill, icon, tone of the word.
_LOOKS: Final = {
    Dot.NOT_YET: ("", "", "text-3"),
    Dot.NOW: ("", "", "primary-text"),
    Dot.DONE: ("ok", "check", "ok-text"),
    Dot.WAITING: ("warn", "clock", "warn-text"),
    Dot.FAILED: ("danger", "x", "danger-text"),
}


@dataclass(frozen=True, slots=True)
class LightState:
    """Three steps and a word; `word_of` is the step whose colour the word has."""

    dots: tuple[Dot, ...] = ()
    word: str = ""
    word_of: Dot = Dot.NOT_YET


class TrafficLight(QWidget):
    """Shows how far an order has come. Colour is never alone: each dot has its own shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = LightState()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def state(self) -> LightState:
        """What it shows."""
        return self._state

    def set_state(self, state: LightState) -> None:
        """Show how far the order is."""
        if state != self._state:
            self._state = state
            self.setAccessibleName(state.word)
            self.updateGeometry()
            self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the width of dots and word."""
        look = theme()
        word = QFontMetrics(look.font_px(14, 600)).horizontalAdvance(self._state.word)
        dots = len(self._state.dots)
        return QSize(word + look.px(34 * dots + 6), look.px(24))

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dots, the lines between them and the word."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 0, self.height() // 2
        for number, dot in enumerate(self._state.dots):
            if number:
                line = QRectF(left + look.px(3), middle - look.px(1), look.px(8), look.px(2))
                painter.fillRect(line, look.color("line-strong"))
                left += look.px(14)
            self._draw_dot(
                painter, QRect(left, middle - look.px(10), look.px(20), look.px(20)), dot
            )
            left += look.px(DOT_PX)
        left += look.px(8) if self._state.dots else 0
        painter.setFont(look.font_px(14, 600 if self._state.word_of == Dot.NOW else 500))
        painter.setPen(look.color(_LOOKS[self._state.word_of][2]))
        area = QRectF(left, 0, self.width() - left, self.height())
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, left_middle, self._state.word)
        painter.end()

    def _draw_dot(self, painter: QPainter, box: QRect, dot: Dot) -> None:
        look = theme()
        fill, icon, _tone = _LOOKS[dot]
        if fill:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color(fill))
            painter.drawEllipse(box)
            icons.paint(painter, box, icon, f"on-{fill}", 16)
            return
        now = dot == Dot.NOW
        width = look.px(6 if now else 2)
        painter.setPen(QPen(look.color("primary" if now else "line-strong"), width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = width / 2
        painter.drawEllipse(QRectF(box).adjusted(half, half, -half, -half))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()
