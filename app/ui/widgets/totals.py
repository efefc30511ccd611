"""The block of totals over the main button: 24 px a row, rows that are zero are not given."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A label and a sum; `tone` is the token of both, or empty for the usual grey and black."""

    label: str
    amount: str
    tone: str = ""


class TotalsBlock(LiveFrame):
    """Rows of totals.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Sequence[TotalRow] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    @property
    def rows(self) -> Sequence[TotalRow]:
        """What is shown."""
        return self._rows

    def set_rows(self, rows: Sequence[TotalRow]) -> None:
        """Show totals; without rows the block takes no place."""
        if rows != self._rows:
            grown = len(rows) != len(self._rows)
            self._rows = rows
            if grown:
                self._resize()
            self.update()

    @override
    def apply_theme(self) -> None:
        """Set the height for the scale."""
        self._resize()

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the rows."""
        look = theme()
        height = look.px(24) * len(self._rows) + look.px(19) if self._rows else 0
        return QSize(look.px(200), height)

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw a line over the rows, labels left and sums right."""
        if not self._rows:
            return
        look = theme()
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), look.px(1), look.color("line"))
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        middle = Qt.AlignmentFlag.AlignVCenter
        width = self.width() - look.px(28)
        for number, row in enumerate(self._rows):
            box = QRectF(look.px(14), look.px(11) + number * look.px(24), width, look.px(24))
            painter.setFont(look.font_px(16, 400))
            painter.setPen(look.color(row.tone or "text-2"))
            painter.drawText(box, left | middle, row.label)
            painter.setFont(look.font_px(16, 600))
            painter.setPen(look.color(row.tone or "text"))
            painter.drawText(box, right | middle, row.amount)
        painter.end()

    def _resize(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.setVisible(bool(self._rows))
