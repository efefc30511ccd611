"""A row of the queue: what it is about, when, how much, where it stands."""

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.till.queue_states import QueueRow, RowKind, RowStatus
from app.ui import format as fmt
from app.ui import icons
from app.ui.dates import clock_text, say
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.row_list import TapRow

ICONS = {
    RowKind.SALE: "receipt",
    RowKind.REFUND: "receipt-refund",
    RowKind.GUEST: "user-plus",
    RowKind.POINTS: "coins",
    RowKind.SHIFT: "chart-bar",
    RowKind.CASH: "cash-banknote",
    RowKind.RECEIPT: "receipt",
    RowKind.PRINT: "printer",
    RowKind.KITCHEN: "chef-hat",
    RowKind.OTHER: "file-text",
}
#: Where a row stands: tone and icon of its chip.
CHIPS = {
    RowStatus.WAITING: ("warn", "clock"),
    RowStatus.SENDING: ("primary", "refresh"),
    RowStatus.ERROR: ("danger", "alert-circle"),
    RowStatus.DECIDE: ("danger", "alert-triangle"),
}
TIME_LEFT, SUM_RIGHT, CHIP_LEFT = 350, 511, 535
#: Narrower rows have no columns for time and sum: both stand in the second line.
COLUMNS_FROM_PX = 680


class OperationRow(TapRow):
    """One thing that waits.

    Attributes:
        retry_wanted: Try it again at once.
    """

    retry_wanted = Signal()

    def __init__(self, row: QueueRow, *, chosen: bool, parent: QWidget | None = None) -> None:
        super().__init__(say(row.title), chosen=chosen, parent=parent)
        self.row = row
        self.retry: PushButton | None = None
        if row.status is RowStatus.ERROR:
            name = say(row.again)
            self.retry = PushButton(name, Kind.OUTLINE, height=48, name=name, parent=self)
            self.retry.clicked.connect(self.retry_wanted)

    @override
    def resizeEvent(self, _event: object) -> None:
        """Keep the button at the right."""
        if self.retry is not None:
            look, hint = theme(), self.retry.sizeHint()
            top = (self.height() - hint.height()) // 2
            left = self.width() - hint.width() - look.px(12)
            self.retry.setGeometry(QRect(left, top, hint.width(), hint.height()))

    @override
    def draw_row(self, painter: QPainter) -> None:
        """Draw the icon, the words, the time, the sum and the state."""
        icons.paint(painter, self.column(12, 24), ICONS[self.row.kind], "text-2")
        if has_columns(self.width()):
            self._write_words(painter, TIME_LEFT - 76, say(self.row.detail))
            self._draw_columns(painter)
        else:
            self._draw_narrow(painter)

    def _write_words(self, painter: QPainter, width: int, detail: str) -> None:
        title = say(self.row.title)
        if detail:
            self.write(painter, self.column(64, width, 7, 22), title, weight=600)
            self.write(painter, self.column(64, width, 29, 20), detail, size_px=14, tone="text-2")
        else:
            self.write(painter, self.column(64, width), title, weight=600)

    def _draw_columns(self, painter: QPainter) -> None:
        row = self.row
        self.write(painter, self.column(TIME_LEFT, 60), clock_text(row.at), tone="text-2")
        amount = "—" if row.amount_minor is None else fmt.money(row.amount_minor)
        self.write(painter, self.column(SUM_RIGHT - 110, 110), amount, right=True)
        self._draw_chip(painter, theme().px(CHIP_LEFT))

    def _draw_narrow(self, painter: QPainter) -> None:
        """Draw the state, or the button instead of it, at the right of all words."""
        look, row = theme(), self.row
        amount = "" if row.amount_minor is None else fmt.money(row.amount_minor)
        parts = (clock_text(row.at), amount, say(row.detail))
        right = self.retry.width() if self.retry else self._chip_width()
        left = self.width() - right - look.px(12)
        width = (left - look.px(72)) * 100 // look.scale_percent
        self._write_words(painter, width, " · ".join(part for part in parts if part))
        if self.retry is None:
            self._draw_chip(painter, left)

    def _chip_width(self) -> int:
        return chip_size(say(self.row.status_words), CHIPS[self.row.status][1]).width()

    def _draw_chip(self, painter: QPainter, left: int) -> None:
        tone, icon = CHIPS[self.row.status]
        words = say(self.row.status_words)
        size = chip_size(words, icon)
        top = (self.height() - size.height()) / 2
        draw_chip(painter, QRectF(left, top, size.width(), size.height()), words, tone, icon)


def has_columns(width: int) -> bool:
    """Tell whether a row of this width has columns for time, sum and state."""
    return width >= theme().px(COLUMNS_FROM_PX)
