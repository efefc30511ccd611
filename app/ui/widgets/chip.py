"""Status chips: an icon and a word on a soft colour, 28 px high."""

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.theme import theme
from app.ui.widgets.face import draw_face

#: Tone of a chip: fill and text.
TONES = {
    "neutral": ("surface-3", "text"),
    "surface": ("surface", "text"),
    "ok": ("ok-soft", "ok-text"),
    "warn": ("warn-soft", "warn-text"),
    "danger": ("danger-soft", "danger-text"),
    "primary": ("primary-soft", "primary-text"),
    "loyal": ("loyal-soft", "loyal-text"),
}


class StatusChip(QWidget):
    """A state in an icon and a word.

    Args:
        text: The word.
        tone: One of `TONES`.
        icon: Icon name, drawn at 16 px.
        height: Design pixels.
        parent: Owner.
    """

    def __init__(
        self,
        text: str = "",
        tone: str = "neutral",
        icon: str = "",
        *,
        height: int = 28,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._tone, self._icon, self._height = text, tone, icon, height
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def set_chip(self, text: str, tone: str = "neutral", icon: str = "") -> None:
        """Show another state."""
        if (text, tone, icon) != (self._text, self._tone, self._icon):
            self._text, self._tone, self._icon = text, tone, icon
            self.setAccessibleName(text)
            self.updateGeometry()
            self.update()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of icon and word."""
        return chip_size(self._text, self._icon, self._height)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the chip."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_chip(painter, QRectF(self.rect()), self._text, self._tone, self._icon)
        painter.end()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.updateGeometry()
            self.update()


def chip_size(text: str, icon: str = "", height: int = 28) -> QSize:
    """Return the scaled size of a chip."""
    look = theme()
    size_px, margin = (13, 8) if height < 28 else (14, 10)
    width = QFontMetrics(look.font_px(size_px, 600)).horizontalAdvance(text)
    return QSize(width + look.px(2 * margin) + (look.px(22) if icon else 0), look.px(height))


def draw_chip(
    painter: QPainter, rect: QRectF, text: str, tone: str = "neutral", icon: str = ""
) -> None:
    """Draw a chip that fills a rectangle."""
    look = theme()
    fill, ink = TONES[tone]
    small = rect.height() < look.px(28)
    draw_face(painter, rect, fill, radius_px=round(rect.height() * 50 / look.scale_percent))
    left = int(rect.x()) + look.px(8 if small else 10)
    if icon:
        box = QRect(left, int(rect.y()), look.px(16), int(rect.height()))
        icons.paint(painter, box, icon, ink, 16)
        left += look.px(22)
    painter.setPen(look.color(ink))
    painter.setFont(look.font_px(13 if small else 14, 600))
    area = QRectF(left, rect.y(), rect.right() - left, rect.height())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
