"""The orders screen: the last sales at the left, the chosen one at the right."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QIntValidator, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.tender import TenderKind
from app.kernel.text import MINUS
from app.ui import format as fmt
from app.ui.dates import clock_text
from app.ui.orders.state import OrdersState, SaleDetail, SaleRow, SoldLine
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.figure import FigureRow
from app.ui.widgets.label import Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.row_list import TapRow
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View, clear_layout

_NUMBER_MAX = 9_999_999


def tender_text(kind: TenderKind) -> str:
    """Return what a tender is called in a list."""
    match kind:
        case TenderKind.CASH:
            return tr("Cash")
        case TenderKind.CARD:
            return tr("Card")
        case TenderKind.SBP:
            return tr("SBP")
        case TenderKind.GIFT_CARD:
            return tr("Gift card")


class OrderRow(TapRow):
    """A sale in the list: number, time, who, sum, and what was given back."""

    def __init__(self, row: SaleRow, *, chosen: bool) -> None:
        self.row = row
        super().__init__(tr("Order {number}", number=row.number), chosen=chosen)

    @override
    def draw_row(self, painter: QPainter) -> None:
        """Draw the columns."""
        look, row, tall = theme(), self.row, self.height()
        px = look.px

        def cell(left: int, width: int) -> QRect:
            return QRect(px(left), 0, px(width), tall)

        self.write(painter, cell(16, 60), str(row.number), weight=600)
        self.write(painter, cell(80, 60), clock_text(row.at), tone="text-2")
        who = row.guest or tr("without a guest")
        self.write(painter, cell(150, 180), who, tone="text" if row.guest else "text-3")
        items = tr("%n items", row.line_count)
        self.write(painter, cell(340, 110), items, tone="text-2")
        self.write(painter, cell(450, 140), fmt.money(row.due_minor), weight=600, right=True)
        words, tone, icon = tr("paid"), "ok", "check"
        if row.refunded_minor:
            words = tr("refund {sum}", sum=fmt.amount(row.refunded_minor))
            tone, icon = "danger", "arrow-back-up"
        size = chip_size(words, icon)
        place = QRectF(px(610), (tall - size.height()) / 2, size.width(), size.height())
        draw_chip(painter, place, words, tone, icon)


class OrdersView(View[OrdersState]):
    """The whole orders screen.

    Attributes:
        back_wanted: Back to the sale.
        sale_chosen: Id of the sale that was tapped.
        number_changed: What is typed to find a sale.
        more_wanted: Show older ones.
        copy_wanted: Print a copy of the receipt.
        refund_wanted: Give money back.
        pending_wanted: Decide about the refund that is not finished.
    """

    sale_chosen = Signal(str)
    number_changed = Signal(str)
    more_wanted = Signal()
    copy_wanted = Signal()
    refund_wanted = Signal()
    pending_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        self._frame = QVBoxLayout(self)
        head = Row(gap=12, margins=(0, 8, 0, 8), height=72)
        self._title = Label(style="title")
        self.search = QLineEdit()
        self.search.setValidator(QIntValidator(0, _NUMBER_MAX))
        self.search.setMaximumWidth(360)
        head.add(self._title)
        head.add_stretch()
        head.add(self.search)
        self.pending = Notice("danger")
        self._body = QHBoxLayout()
        self._body.addWidget(self._build_list(), 2)
        self._body.addWidget(self._build_detail(), 1)
        self._frame.addWidget(head)
        self._frame.addWidget(self.pending)
        self._frame.addLayout(self._body, 1)
        self._shown: tuple[object, ...] = ()
        self.rows: list[OrderRow] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect_signals()
        self.refresh()

    def _build_list(self) -> QWidget:
        card = Column(gap=0, margins=(4, 8, 4, 8), box="card")
        self._area = _scroll()
        self.more_button = PushButton(kind=Kind.LINK, height=56)
        self._empty = Label(style="heading", tone="text-2", align=Qt.AlignmentFlag.AlignHCenter)
        card.add(self._empty)
        card.add(self._area, stretch=1)
        card.add(self.more_button)
        return card

    def _build_detail(self) -> QWidget:
        card = Column(gap=0, margins=(0, 0, 0, 8), box="card")
        self._number = Label(style="heading", size_px=20, weight=600)
        self._when = Label(style="label", tone="text-2", weight=400, elide=True)
        head = Row(gap=10, margins=(14, 0, 14, 0), height=56)
        head.add(self._number)
        head.add(self._when, stretch=1)
        self._lines = _scroll()
        self._sums = Column(gap=0, margins=(14, 8, 14, 8))
        self.copy_button = PushButton(kind=Kind.NEUTRAL, icon="printer", height=64)
        self.refund_button = PushButton(kind=Kind.SOFT_DANGER, icon="receipt-refund", height=64)
        buttons = Row(gap=8, margins=(8, 0, 8, 0))
        buttons.add(self.copy_button, self.refund_button, stretch=1)
        card.add(head, Rule())
        card.add(self._lines, stretch=1)
        card.add(Rule(), self._sums, buttons)
        return card

    @override
    def show_state(self, state: OrdersState) -> None:
        """Show the list and the chosen sale."""
        if self.search.text() != state.number:
            self.search.setText(state.number)
        chosen = state.detail.sale_id if state.detail else ""
        self._show_rows(state, chosen)
        self.more_button.setVisible(state.has_more)
        self._empty.setText(
            tr("No order has this number") if state.number else tr("No sales on this till yet")
        )
        self._empty.setVisible(not state.rows)
        self.pending.setVisible(state.pending)
        self._show_detail(state.detail)

    def _show_rows(self, state: OrdersState, chosen: str) -> None:
        if self._shown == (state.rows, chosen, language()):
            return
        self._shown = (state.rows, chosen, language())
        place = self._area.verticalScrollBar().value()
        column = Column(gap=0, box="clear")
        self.rows = [OrderRow(row, chosen=row.sale_id == chosen) for row in state.rows]
        for row in self.rows:
            column.add(row)
            row.clicked.connect(lambda _=False, which=row.row.sale_id: self.sale_chosen.emit(which))
        column.add_stretch()
        self._area.setWidget(column)
        self._area.verticalScrollBar().setValue(place)

    def _show_detail(self, detail: SaleDetail | None) -> None:
        clear_layout(self._sums.layout())
        for button in (self.copy_button, self.refund_button):
            button.setEnabled(detail is not None)
        if detail is None:
            self._number.setText("")
            self._when.setText("")
            self._lines.setWidget(Column(box="clear"))
            return
        self._number.setText(tr("Order {number}", number=detail.number))
        when = f"{detail.at:%d.%m.%Y}, {clock_text(detail.at)} · {detail.cashier}"
        self._when.setText(when)
        column = Column(gap=0, box="clear", margins=(14, 0, 14, 0))
        for line in detail.lines:
            column.add(_line(line), Rule())
        column.add_stretch()
        self._lines.setWidget(column)
        for label, figure, tone in _sums(detail):
            row = FigureRow(label_px=16, height=26, weight=600, label_tone=tone)
            row.set_figure(label, figure)
            self._sums.add(row)
        self.refund_button.setEnabled(detail.rest_minor > 0)

    @override
    def apply_theme(self) -> None:
        """Scale margins and gaps."""
        look = theme()
        self._frame.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
        self._frame.setSpacing(look.px(8))
        self._body.setSpacing(look.px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._title.setText(tr("Orders"))
        self.search.setPlaceholderText(tr("Number of the order"))
        self.search.setAccessibleName(tr("Number of the order"))
        self.more_button.set_label(tr("Show more"))
        self.copy_button.set_label(tr("Copy of the receipt"))
        self.refund_button.set_label(tr("Refund"), hotkey="F8")
        self.pending.set_notice(
            tr("A refund is not finished."),
            tr("The terminal did not answer. Check it first."),
            button=tr("Check"),
        )
        super().retranslate()

    def _connect_signals(self) -> None:
        self.search.textEdited.connect(self.number_changed)
        self.more_button.clicked.connect(self.more_wanted)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.refund_button.clicked.connect(self.refund_wanted)
        self.pending.pressed.connect(self.pending_wanted)


def _scroll() -> QScrollArea:
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


def _line(line: SoldLine) -> QWidget:
    row = Row(gap=8, margins=(0, 6, 0, 6))
    quantity = Label(fmt.quantity(line.quantity_milli), "item", tone="text-2", weight=600)
    quantity.setMinimumWidth(theme().px(36))
    words = Column(gap=0)
    words.add(Label(line.name, "item", size_px=17, weight=500, wrap=True))
    if line.detail:
        words.add(Label(line.detail, "label", tone="text-2", weight=400, wrap=True))
    row.add(quantity)
    row.add(words, stretch=1)
    row.add(Label(fmt.amount(line.total_minor), "item", size_px=17, weight=600))
    return row


def _sums(detail: SaleDetail) -> list[tuple[str, str, str]]:
    rows = []
    if detail.discount_minor:
        rows.append((tr("Discount"), f"{MINUS}{fmt.amount(detail.discount_minor)}", "text-2"))
    if detail.points_minor:
        rows.append((tr("Points"), f"{MINUS}{fmt.amount(detail.points_minor)}", "loyal-text"))
    for kind, sum_minor in detail.tenders:
        rows.append((tender_text(kind), fmt.money(sum_minor), "text-2"))
    if detail.guest:
        earned = fmt.signed_points(detail.earned_minor) if detail.earned_minor else "0"
        rows.append((tr("{guest}, earned", guest=detail.guest), earned, "loyal-text"))
    if detail.refunded_minor:
        back = f"{MINUS}{fmt.money(detail.refunded_minor)}"
        rows.append((tr("Given back"), back, "danger-text"))
    return rows
