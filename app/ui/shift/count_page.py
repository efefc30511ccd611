"""Closing: notes and coins at the left, the pad, what should be there and what is."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import say
from app.ui.shift.state import CountPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.figure import FigureCard, FigureRow
from app.ui.widgets.label import Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.scroll import ScrollBox
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class NoteRow(Pressable):
    """A note or coin: its value, how many, and their sum."""

    def __init__(self, value_minor: int) -> None:
        super().__init__()
        self._value, self._number, self._chosen = value_minor, 0, False
        self.setText(fmt.amount(value_minor, kopecks=False))
        self.apply_theme()

    def set_row(self, number: int, *, chosen: bool) -> None:
        """Show how many there are."""
        self._number, self._chosen = number, chosen
        self.setAccessibleName(f"{self.text()} × {number}")
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(48))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the row."""
        look = theme()
        rect = QRectF(self.rect())
        if self._chosen:
            draw_face(painter, rect, "primary-soft", border="primary", border_px=2)
        else:
            draw_face(painter, rect, "surface-2", border="line")
        tall = self.height()
        painter.setPen(look.color("text"))
        painter.setFont(look.font_px(18, 600))
        painter.drawText(QRect(0, 0, look.px(92), tall), _RIGHT, self.text())
        painter.drawText(QRect(look.px(116), 0, look.px(48), tall), _RIGHT, str(self._number))
        painter.setPen(look.color("text-2"))
        painter.setFont(look.font_px(16))
        painter.drawText(QRect(look.px(100), 0, look.px(20), tall), _LEFT, "×")
        total = fmt.amount(self._value * self._number, kopecks=False)
        painter.drawText(self.rect().adjusted(0, 0, -look.px(14), 0), _RIGHT, total)


class CountView(View[CountPage]):
    """The page for counting the drawer.

    Attributes:
        key_typed: A digit or comma.
        erased: The last digit is to go.
        next_wanted: The next note.
        row_chosen: Number of the row that was tapped.
        mode_toggled: Count notes, or type one sum.
        recount_wanted: Begin again.
        confirmed: The count is right: close the shift.
    """

    key_typed = Signal(str)
    erased = Signal()
    next_wanted = Signal()
    row_chosen = Signal(int)
    mode_toggled = Signal()
    recount_wanted = Signal()
    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[NoteRow] = []
        self._values: tuple[int, ...] = ()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self._build_notes(), 5)
        self._row.addWidget(self._build_pad(), 3)
        self._row.addWidget(self._build_sums(), 4)
        self._connect_signals()
        self.refresh()

    def _build_notes(self) -> QWidget:
        card = Column(gap=6, margins=(16, 8, 8, 8), box="card")
        self._title = Label(style="heading", size_px=18)
        self.mode_button = PushButton(kind=Kind.LINK, height=48)
        head = Row(gap=8)
        head.add(self._title)
        head.add_stretch()
        head.add(self.mode_button)
        self._area = ScrollBox()
        self.one_sum = ValueField(height=76, size_px=40)
        card.add(head, self.one_sum)
        card.add(self._area, stretch=1_000)  # all the room, unless one sum is typed instead
        card.add_stretch(1)
        return card

    def _build_pad(self) -> QWidget:
        column = Column(gap=12)
        self.pad = Numpad(ContextKey.NEXT, key_height=88)
        self.counted = FigureCard("primary", size_px=32, height=88)
        self.recount_button = PushButton(kind=Kind.OUTLINE, icon="refresh", height=64)
        column.add(self.pad, stretch=1)
        column.add(self.counted, self.recount_button)
        return column

    def _build_sums(self) -> QWidget:
        column = Column(gap=12)
        card = Column(gap=2, margins=(20, 14, 20, 14), box="card")
        self._cash_title = Label(style="heading", size_px=20)
        self.sums = [FigureRow(label_px=16, height=28, weight=600) for _ in range(6)]
        self.difference = FigureCard("ok", size_px=40, height=92)
        self.unfinished = Notice("warn")
        self.error = Notice("danger")
        self._advice = Label(style="label", tone="text-2", weight=400, wrap=True)
        card.add(self._cash_title, *self.sums[:4], Rule(), *self.sums[4:], self.difference)
        card.add(self.unfinished, self.error)
        card.add_stretch()
        card.add(self._advice)
        self.button = PushButton(kind=Kind.PRIMARY, height=64)
        column.add(card, stretch=1)
        column.add(self.button)
        return column

    @override
    def show_state(self, state: CountPage) -> None:
        """Show the count and what it comes to."""
        self._show_rows(state)
        has_sum = state.one_sum is not None
        self.one_sum.setVisible(has_sum)
        self._area.setVisible(not has_sum)
        if state.one_sum is not None:
            typed = fmt.money(0) if state.one_sum.is_empty else state.one_sum.shown()
            self.one_sum.set_value(typed)
        self.pad.set_context(ContextKey.COMMA if has_sum else ContextKey.NEXT)
        self.mode_button.set_label(tr("Count notes") if has_sum else tr("Enter one sum"))
        self.counted.set_figure("primary", tr("Counted"), fmt.money(state.counted_minor))
        self._show_sums(state)
        self._show_trouble(state)
        self.button.set_busy(state.busy)
        self.button.set_label(tr("Close the shift"), hotkey="Enter")
        if not state.busy:
            self.button.setEnabled(state.paying_orders == 0)

    def _show_rows(self, state: CountPage) -> None:
        values = tuple(value for value, _ in state.pieces)
        if values != self._values:
            self._values = values
            column = Column(gap=6, box="clear")
            self.rows = [NoteRow(value) for value in values]
            for place, row in enumerate(self.rows):
                row.clicked.connect(lambda _=False, which=place: self.row_chosen.emit(which))
                column.add(row)
            column.add_stretch()
            self._area.setWidget(column)
        for place, (row, (_, number)) in enumerate(zip(self.rows, state.pieces, strict=True)):
            row.set_row(number, chosen=place == state.chosen)
        if self.rows:
            self._area.ensureWidgetVisible(self.rows[state.chosen], 0, 0)

    def _show_sums(self, state: CountPage) -> None:
        figures = state.figures
        hidden = figures.drawer_minor is None
        expected = "•••" if figures.drawer_minor is None else fmt.amount(figures.drawer_minor)
        rows = (
            (tr("Float at the beginning"), fmt.amount(figures.float_minor)),
            (tr("Sales less refunds"), "•••" if hidden else fmt.amount(figures.cash_sales_minor)),
            (tr("Cash put in"), fmt.amount(figures.cash_in_minor)),
            (tr("Taken out"), fmt.amount(-figures.cash_out_minor)),
            (tr("Should be there"), expected),
            (tr("Counted"), fmt.amount(state.counted_minor)),
        )
        for row, (name, figure) in zip(self.sums, rows, strict=True):
            row.set_figure(name, figure)
        difference = state.difference_minor
        self.difference.setVisible(difference is not None)
        if difference is not None:
            tone = "ok" if difference == 0 else "danger"
            name = tr("Missing") if difference < 0 else tr("Too much cash")
            name = tr("All cash is there") if difference == 0 else name
            self.difference.set_figure(tone, name, fmt.money(difference))

    def _show_trouble(self, state: CountPage) -> None:
        parts = []
        if state.paying_orders:
            parts.append(tr("An order is being paid. Finish it first."))
        if state.open_orders:
            parts.append(tr("%n open orders go into the next shift.", state.open_orders))
        if state.unsent:
            parts.append(tr("%n operations will be sent later.", state.unsent))
        if state.unprinted:
            parts.append(tr("%n receipts will be printed later.", state.unprinted))
        self.unfinished.set_notice("", " ".join(parts))
        self.unfinished.setVisible(bool(parts))
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._title.setText(tr("Notes and coins in the drawer"))
        self._cash_title.setText(tr("Cash"))
        self.recount_button.set_label(tr("Count again"))
        self._advice.setText(tr("The shift can be closed with a difference; it is recorded."))
        super().retranslate()

    def _connect_signals(self) -> None:
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.pad.context_pressed.connect(self.next_wanted)
        self.mode_button.clicked.connect(self.mode_toggled)
        self.recount_button.clicked.connect(self.recount_wanted)
        self.button.clicked.connect(self.confirmed)
