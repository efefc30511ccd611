"""A round badge with a number, beside a heading; hidden at nought."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.button import draw_badge


class CountBadge(QWidget):
    """How many there are.

    Args:
        tone: Colour of the badge, as `draw_badge` takes it.
    """

    def __init__(self, tone: str) -> None:
        super().__init__()
        self._tone = tone
        self._count = 0
        self.setFixedSize(theme().px(32), theme().px(24))

    def set_count(self, count: int) -> None:
        """Show a number; nothing is shown at nought."""
        self._count = count
        self.setVisible(bool(count))
        self.update()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the badge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = theme().px(24)
        draw_badge(painter, QRectF(theme().px(8), 0, edge, edge), str(self._count), self._tone)
        painter.end()
