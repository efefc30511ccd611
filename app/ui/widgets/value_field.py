"""A field that shows what a number pad types: amounts, phones, points.

It takes no keys itself: the screen owns the text and hears pad and keyboard alike.
"""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.live import LiveFrame


class ValueField(LiveFrame):
    """Typed digits with what is still missing in grey, and a unit at the right.

    Args:
        height: Design pixels.
        size_px: Font size of the digits.
        weight: Font weight of the digits.
        right: Digits at the right edge, as amounts stand.
        parent: Owner.

    Attributes:
        tapped: The field was tapped.
    """

    tapped = Signal()

    def __init__(
        self,
        *,
        height: int = 72,
        size_px: int = 32,
        weight: int = 700,
        right: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._height, self._size_px, self._weight, self._right = height, size_px, weight, right
        self._typed = self._rest = self._unit = ""
        self._active, self._error, self._caret = True, False, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_value(
        self,
        typed: str,
        *,
        rest: str = "",
        unit: str = "",
        active: bool = True,
        error: bool = False,
        caret: bool = False,
    ) -> None:
        """Show a value.

        Args:
            typed: What has been typed.
            rest: What is still to be typed, grey.
            unit: Small word behind the value.
            active: It takes the digits now: a thick blue border.
            error: A red border; the reason stands under the field.
            caret: Draw the place of the next digit.
        """
        new = (typed, rest, unit, active, error, caret)
        old = (self._typed, self._rest, self._unit, self._active, self._error, self._caret)
        if new != old:
            self._typed, self._rest, self._unit = typed, rest, unit
            self._active, self._error, self._caret = active, error, caret
            self.setAccessibleName(f"{typed} {unit}".strip())
            self.update()

    def text(self) -> str:
        """Return what has been typed, as it is shown."""
        return self._typed

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(self._height))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a tap."""
        event.accept()
        if self.rect().contains(event.position().toPoint()):
            self.tapped.emit()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw border, digits, caret and unit."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border, width = ("danger", 2) if self._error else ("line-strong", 1)
        if self._active and not self._error:
            border, width = "primary", 3
        draw_face(painter, QRectF(self.rect()), "surface", border=border, border_px=width)
        inner = self.rect().adjusted(look.px(16), 0, -look.px(16), 0)
        inner = self._draw_unit(painter, inner)
        self._draw_value(painter, inner)
        painter.end()

    def _draw_unit(self, painter: QPainter, inner: QRect) -> QRect:
        if not self._unit:
            return inner
        look = theme()
        font = look.font_px(20, 400)
        painter.setFont(font)
        painter.setPen(look.color("text-2"))
        painter.drawText(
            inner, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit
        )
        width = QFontMetrics(font).horizontalAdvance(self._unit) + look.px(10)
        return inner.adjusted(0, 0, -width, 0)

    def _draw_value(self, painter: QPainter, inner: QRect) -> None:
        look = theme()
        font = look.font_px(self._size_px, self._weight, tabular=self._right is False)
        metrics = QFontMetrics(font)
        typed_w = metrics.horizontalAdvance(self._typed)
        rest_w = metrics.horizontalAdvance(self._rest)
        left = inner.right() - typed_w - rest_w if self._right else inner.left()
        painter.setFont(font)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(look.color("text"))
        painter.drawText(QRect(left, 0, typed_w + 4, self.height()), flags, self._typed)
        painter.setPen(look.color("text-3"))
        painter.drawText(QRect(left + typed_w, 0, rest_w + 4, self.height()), flags, self._rest)
        if self._caret and self._active:
            tall = metrics.ascent()
            top = (self.height() - tall) // 2
            painter.fillRect(QRect(left + typed_w, top, look.px(2), tall), look.color("primary"))
