"""The first step of closing while receipts are not made: which, why, and what can be done."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.till.queue_states import QueueRow
from app.ui import format as fmt
from app.ui.dates import clock_text, say
from app.ui.shift.state import ReceiptsPage
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.row_list import RowList, TapRow
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

SIDE_PX = 400
TITLE_LEFT, AMOUNT_WIDE = 86, 140


class ReceiptRow(TapRow):
    """A receipt: when, which and why, how much."""

    def __init__(self, row: QueueRow) -> None:
        super().__init__(say(row.title), height=64)
        self._row = row

    @override
    def draw_row(self, painter: QPainter) -> None:
        """Draw it."""
        row = self._row
        width = self.width() * 100 // theme().scale_percent
        self.write(painter, self.column(16, 60), clock_text(row.at), tone="text-2")
        room = width - TITLE_LEFT - AMOUNT_WIDE - 24
        self.write(painter, self.column(TITLE_LEFT, room, 10, 22), say(row.title), weight=600)
        self.write(
            painter,
            self.column(TITLE_LEFT, room, 33, 20),
            say(row.detail),
            size_px=14,
            tone="text-2",
        )
        if row.amount_minor is not None:
            place = self.column(width - AMOUNT_WIDE - 16, AMOUNT_WIDE)
            self.write(painter, place, fmt.money(row.amount_minor), weight=600, right=True)


class ReceiptsView(View[ReceiptsPage]):
    """The page with the receipts that are not made.

    Attributes:
        retry_wanted: Have the register try all of them now.
        leave_wanted: Close the shift although they are not made; a senior's decision.
        queue_wanted: Look at each of them in the queue.
    """

    retry_wanted = Signal()
    leave_wanted = Signal()
    queue_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._shown: tuple[object, ...] = ()
        card = Column(gap=0, margins=(0, 0, 0, 0), box="card")
        head = Row(gap=10, margins=(16, 0, 16, 0), height=56)
        self._title = Label(style="heading", size_px=20, weight=600)
        head.add(IconLabel("alert-circle", "danger"), self._title)
        head.add_stretch()
        self.list = RowList()
        card.add(head, Rule())
        card.add(self.list, stretch=1)
        side = Column(gap=12, width=SIDE_PX)
        self._advice = Label(style="body", tone="text-2", wrap=True)
        self.error = Notice("danger")
        self.retry_button = PushButton(kind=Kind.PRIMARY, icon="refresh", height=80)
        self.leave_button = PushButton(kind=Kind.OUTLINE, icon="lock", height=80)
        self.queue_button = PushButton(kind=Kind.OUTLINE, icon="receipt", height=64)
        side.add(self._advice, self.error)
        side.add_stretch()
        side.add(self.queue_button, self.leave_button, self.retry_button)
        self._row.addWidget(card, 1)
        self._row.addWidget(side)
        self.retry_button.clicked.connect(self.retry_wanted)
        self.leave_button.clicked.connect(self.leave_wanted)
        self.queue_button.clicked.connect(self.queue_wanted)
        self.refresh()

    @override
    def show_state(self, state: ReceiptsPage) -> None:
        """Show the receipts and the ways on."""
        self._title.setText(say(state.title))
        faces = tuple((row.row_id, row.title, row.detail) for row in state.rows)
        if (faces, language()) != self._shown:
            self._shown = (faces, language())
            rows = tuple(ReceiptRow(row) for row in state.rows)
            for shown in rows:
                shown.clicked.connect(self.queue_wanted)
            self.list.set_rows(rows)
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self.retry_button.set_busy(state.busy)
        self.leave_button.setEnabled(not state.busy)
        self.leave_button.set_detail("" if state.is_senior else tr("senior's PIN"))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._advice.setText(
            tr("The money of these sales is received. The register makes their receipts yet.")
        )
        self.retry_button.set_label(tr("Make them now"), hotkey="Enter")
        self.leave_button.set_label(tr("Close without them"))
        self.queue_button.set_label(tr("Open the queue"))
        super().retranslate()

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(12))
