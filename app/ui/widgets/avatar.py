"""Avatars: the initials of a person, or an icon, in a circle."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame

#: Tone: fill and text.
TONES = {
    "neutral": ("surface-3", "text"),
    "primary": ("primary", "on-primary"),
    "loyal": ("loyal", "on-loyal"),
    "loyal-soft": ("loyal-soft", "loyal-text"),
    "primary-soft": ("primary-soft", "primary-text"),
    "ok": ("ok", "on-ok"),
    "danger": ("danger", "on-danger"),
    "warn": ("warn", "on-warn"),
}


class Avatar(LiveFrame):
    """A circle with up to two letters or an icon.

    Args:
        text: Initials or a number.
        tone: One of `TONES`.
        icon: Icon instead of the text.
        size: Diameter, design pixels.
        parent: Owner.
    """

    def __init__(
        self,
        text: str = "",
        tone: str = "neutral",
        *,
        icon: str = "",
        size: int = 44,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._text, self._tone, self._icon, self._size = text, tone, icon, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_avatar(self, text: str, tone: str = "neutral", icon: str = "") -> None:
        """Show other letters, colours or icon."""
        if (text, tone, icon) != (self._text, self._tone, self._icon):
            self._text, self._tone, self._icon = text, tone, icon
            self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the circle."""
        self.setFixedSize(theme().px(self._size), theme().px(self._size))

    @override
    def sizeHint(self) -> QSize:
        """Return the diameter both ways."""
        return QSize(theme().px(self._size), theme().px(self._size))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_avatar(painter, self.rect(), self._text, self._tone, self._icon)
        painter.end()


def draw_avatar(
    painter: QPainter, box: QRect, text: str, tone: str = "neutral", icon: str = ""
) -> None:
    """Draw an avatar that fills a square."""
    look = theme()
    fill, ink = TONES[tone]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(fill))
    painter.drawEllipse(QRectF(box))
    edge = box.width() * 100 // look.scale_percent
    if icon:
        icons.paint(painter, box, icon, ink, 56 if edge >= 100 else 24)
        return
    painter.setPen(look.color(ink))
    painter.setFont(look.font_px(22 if edge >= 60 else 16, 600))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
