"""A row of the queue: what it is about, when, how much, where it stands."""

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.till.queue_states import QueueRow, RowKind, RowStatus
from app.ui import format as fmt
from app.ui import icons
from app.ui.dates import clock_text, say
from app.ui.text import tr
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
            name = tr("Try again")
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
        look, row = theme(), self.row
        icons.paint(painter, self.column(12, 24), ICONS[row.kind], "text-2")
        detail = say(row.detail)
        width = TIME_LEFT - 76
        if detail:
            self.write(painter, self.column(64, width, 7, 22), say(row.title), weight=600)
            self.write(painter, self.column(64, width, 29, 20), detail, size_px=14, tone="text-2")
        else:
            self.write(painter, self.column(64, width), say(row.title), weight=600)
        self.write(painter, self.column(TIME_LEFT, 60), clock_text(row.at), tone="text-2")
        amount = "—" if row.amount_minor is None else fmt.money(row.amount_minor)
        self.write(painter, self.column(SUM_RIGHT - 110, 110), amount, right=True)
        tone, icon = CHIPS[row.status]
        words = say(row.status_words)
        size = chip_size(words, icon)
        top = (self.height() - size.height()) / 2
        box = QRectF(look.px(CHIP_LEFT), top, size.width(), size.height())
        draw_chip(painter, box, words, tone, icon)
