"""The orders screen: the orders of this till at the left, the chosen one at the right."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.kernel.text import MINUS
from app.till.orders import OrderKind, OrderRow
from app.ui import format as fmt
from app.ui.dates import clock_text, say
from app.ui.frame.order_board import light_state
from app.ui.orders.rows import ColumnHeads, OrderLine
from app.ui.orders.state import OrdersState, SaleDetail, SoldLine
from app.ui.orders.tenders import tender_text
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.field import Field
from app.ui.widgets.figure import FigureRow
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.row_list import RowList
from app.ui.widgets.segment import Choice, Segment
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.traffic_light import TrafficLight
from app.ui.widgets.view import View, clear_layout

_TEXT_MAX = 30
#: The chosen order is narrower in windows under this width.
NARROW_PX = 1280
#: List and chosen order stand side by side in this width; smaller windows scroll.
WIDTH_MIN_PX = 960


class OrdersParts(Parts):
    """What takes longest to make."""

    @cached_property
    def kinds(self) -> Segment:
        """Make the kinds of orders."""
        return Segment()

    @cached_property
    def list(self) -> RowList:
        """Make the list of orders."""
        return RowList()

    @cached_property
    def lines(self) -> RowList:
        """Make the lines of the chosen order."""
        return RowList()

    @cached_property
    def pending(self) -> Notice:
        """Make the notice of a refund that is not finished."""
        return Notice("danger")

    @cached_property
    def receipt(self) -> Notice:
        """Make the notice of a receipt that is not made."""
        return Notice("danger", icon="receipt")

    @cached_property
    def light(self) -> TrafficLight:
        """Make the state of the chosen order."""
        return TrafficLight()


class OrdersView(View[OrdersState]):
    """The whole orders screen.

    Args:
        parts: Its parts, as far as they are made.
        parent: Owner.

    Attributes:
        sale_chosen: Id of the order that was tapped.
        kind_chosen: The `OrderKind` that was tapped.
        text_changed: What is typed to find orders.
        today_toggled: Only this day, or all days.
        cashier_tapped: The next person's orders, then everybody's again.
        more_wanted: Show older ones.
        copy_wanted: Print a copy of the receipt.
        refund_wanted: Give money back.
        recall_wanted: Take the open order to the desk.
        pending_wanted: Decide about the refund that is not finished.
        receipt_wanted: Try the receipt of the chosen order again.
    """

    sale_chosen = Signal(str)
    kind_chosen = Signal(object)
    text_changed = Signal(str)
    today_toggled = Signal()
    cashier_tapped = Signal()
    more_wanted = Signal()
    copy_wanted = Signal()
    refund_wanted = Signal()
    recall_wanted = Signal()
    pending_wanted = Signal()
    receipt_wanted = Signal()

    def __init__(self, parts: OrdersParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or OrdersParts()
        self.kinds, self.pending, self.light = parts.kinds, parts.pending, parts.light
        self.receipt = parts.receipt
        self._list, self._lines = parts.list, parts.lines
        self._page = QWidget()
        self._frame = QVBoxLayout(self._page)
        self._body = QHBoxLayout()
        self._body.addWidget(self._build_list(), 1)
        self._detail_card = self._build_detail()
        self._body.addWidget(self._detail_card)
        self._frame.addWidget(self._build_head())
        self._frame.addWidget(self.pending)
        self._frame.addLayout(self._body, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Room(self._page))
        self._shown: tuple[object, ...] = ()
        self._pool: list[OrderLine] = []
        self.rows: list[OrderLine] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect_signals()
        self.refresh()

    def _build_head(self) -> QWidget:
        head = Row(gap=12, margins=(0, 8, 0, 8), height=72)
        self.kinds.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.search = Field()
        self.search.setMaxLength(_TEXT_MAX)
        self.today = PushButton(kind=Kind.OUTLINE, icon="clock")
        self.today.setCheckable(True)
        self.who = PushButton(kind=Kind.OUTLINE, icon="user")
        self.who.setCheckable(True)
        head.add(self.kinds)
        head.add(self.search, stretch=1)
        head.add(self.today, self.who)
        return head

    def _build_list(self) -> QWidget:
        card = Column(gap=0, margins=(4, 0, 4, 0), box="card")
        self._heads = ColumnHeads()
        self._nothing = Column(gap=8)
        self._empty = Label(style="heading", align=Qt.AlignmentFlag.AlignHCenter)
        self._advice = Label(style="body", tone="text-2", align=Qt.AlignmentFlag.AlignHCenter)
        self._nothing.add_stretch()
        self._nothing.add_centered(IconLabel("receipt", "text-2", 28))
        self._nothing.add(self._empty, self._advice)
        self._nothing.add_stretch()
        foot = Row(gap=12, margins=(12, 0, 4, 0), height=56)
        self._summary = Label(style="label", tone="text-2", weight=400, elide=True)
        self.more_button = PushButton(kind=Kind.LINK, height=48)
        foot.add(self._summary, stretch=1)
        foot.add(self.more_button)
        card.add(self._heads)
        card.add(self._list, self._nothing, stretch=1)
        card.add(foot)
        return card

    def _build_detail(self) -> QWidget:
        card = Column(gap=0, margins=(0, 0, 0, 8), box="card")
        self._number = Label(style="heading", size_px=20, weight=600)
        self._when = Label(style="label", tone="text-2", weight=400, elide=True)
        head = Row(gap=10, margins=(14, 0, 14, 0), height=56)
        head.add(self._number)
        head.add(self._when, stretch=1)
        self._light_row = Row(gap=0, margins=(14, 0, 14, 0), height=44)
        self._light_row.add(self.light)
        self._light_row.add_stretch()
        self._sums = Column(gap=0, margins=(14, 8, 14, 8))
        self.copy_button = PushButton(kind=Kind.NEUTRAL, icon="printer", height=64)
        self.refund_button = PushButton(kind=Kind.SOFT_DANGER, icon="receipt-refund", height=64)
        self.recall_button = PushButton(kind=Kind.PRIMARY, height=64)
        buttons = Row(gap=8, margins=(8, 0, 8, 0))
        buttons.add(self.copy_button, self.refund_button, self.recall_button, stretch=1)
        self._receipt_row = Row(gap=0, margins=(8, 0, 8, 8))
        self._receipt_row.add(self.receipt, stretch=1)
        card.add(head, Rule(), self._light_row, self._receipt_row, Rule())
        card.add(self._lines, stretch=1)
        card.add(Rule(), self._sums, buttons)
        return card

    @override
    def show_state(self, state: OrdersState) -> None:
        """Show the list and the chosen order."""
        if self.search.text() != state.text:
            self.search.setText(state.text)
        self._show_filters(state)
        self._show_rows(state)
        self.more_button.setVisible(state.has_more)
        narrowed = bool(state.text or state.cashier) or state.kind is not OrderKind.ALL
        self._empty.setText(tr("Nothing found") if narrowed else tr("No orders yet"))
        self._advice.setText(_advice(state))
        for part in (self._heads, self._list):
            part.setVisible(bool(state.rows))
        self._nothing.setVisible(not state.rows)
        self.pending.setVisible(state.pending)
        self._show_detail(state)

    def _show_filters(self, state: OrdersState) -> None:
        whole = state.open_count + state.paid_count
        self.kinds.set_choices(
            [
                Choice(OrderKind.ALL.value, tr("All {count}", count=whole)),
                Choice(OrderKind.OPEN.value, tr("Open {count}", count=state.open_count)),
                Choice(OrderKind.PAID.value, tr("Paid orders")),
                Choice(OrderKind.REFUNDED.value, tr("With a refund")),
            ],
            state.kind.value,
        )
        self.today.setChecked(state.is_today)
        self.who.set_label(state.cashier.split(" ")[0] or tr("Cashier"))
        self.who.setChecked(bool(state.cashier))
        count = tr("%n orders", state.paid_count)
        total = fmt.money(state.paid_minor)
        words = (
            tr("Today {count} for {sum}", count=count, sum=total)
            if state.is_today
            else tr("In all {count} for {sum}", count=count, sum=total)
        )
        self._summary.setText(words)

    def _show_rows(self, state: OrdersState) -> None:
        """Show the orders in the rows that are there: making rows anew would hold up a tap."""
        look = (language(), theme().generation)
        if self._shown != look:
            self._shown, self._pool = look, []
            self._list.set_rows(())
        chosen = state.detail.sale_id if state.detail else ""
        for row in state.rows[len(self._pool) :]:
            self._pool.append(self._make_row(row))
        self.rows = self._pool[: len(state.rows)]
        for line, row in zip(self.rows, state.rows, strict=True):
            line.show_row(row, chosen=row.sale_id == chosen)
            line.show()
        for line in self._pool[len(self.rows) :]:
            line.hide()

    def _make_row(self, row: OrderRow) -> OrderLine:
        line = OrderLine(row, chosen=False)
        line.clicked.connect(lambda: self.sale_chosen.emit(line.row.sale_id))
        self._list.append(line)
        return line

    def _show_detail(self, state: OrdersState) -> None:
        detail, row = state.detail, state.chosen
        clear_layout(self._sums.layout())
        is_open = detail is not None and detail.is_open
        for button in (self.copy_button, self.refund_button):
            button.setEnabled(detail is not None)
            button.setVisible(not is_open)
        self.recall_button.setVisible(is_open)
        self._light_row.setVisible(row is not None)
        self._receipt_row.setVisible(row is not None and row.trouble is not None)
        if row is not None:
            self.light.set_state(light_state(row.lights))
            again = say(row.again) if row.again else ""
            fact = f"{say(row.trouble)}." if row.trouble else ""
            self.receipt.set_notice(fact, say(row.advice), button=again)
        if detail is None:
            self._number.setText("")
            self._when.setText("")
            self._lines.set_rows(())
            return
        self._number.setText(tr("Order {number}", number=detail.number))
        when = f"{detail.at:%d.%m.%Y}, {clock_text(detail.at)} · {detail.cashier}"
        self._when.setText(when)
        parts = [part for line in detail.lines for part in (_line(line), Rule())]
        self._lines.set_rows(parts, keep_place=False)
        for label, figure, tone in _sums(detail):
            sum_row = FigureRow(label_px=16, height=26, weight=600, label_tone=tone)
            sum_row.set_figure(label, figure)
            self._sums.add(sum_row)
        self.refund_button.setEnabled(detail.rest_minor > 0)

    @override
    def apply_theme(self) -> None:
        """Scale margins and gaps."""
        look = theme()
        self._frame.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
        self._frame.setSpacing(look.px(8))
        self._body.setSpacing(look.px(12))
        self._page.setMinimumWidth(look.px(WIDTH_MIN_PX))
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make the chosen order narrower in a narrow window."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        look = theme()
        is_narrow = self.width() < look.px(NARROW_PX)
        self._detail_card.setFixedWidth(look.px(372 if is_narrow else 432))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.search.setPlaceholderText(tr("No., sum, phone or name"))
        self.search.setAccessibleName(tr("No., sum, phone or name"))
        self.today.set_label(tr("Today"))
        self.recall_button.set_label(tr("Open the order"), hotkey="Enter")
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
        self.kinds.chosen.connect(lambda key: self.kind_chosen.emit(OrderKind(key)))
        self.search.textEdited.connect(self.text_changed)
        self.today.clicked.connect(self.today_toggled)
        self.who.clicked.connect(self.cashier_tapped)
        self.recall_button.clicked.connect(self.recall_wanted)
        self.more_button.clicked.connect(self.more_wanted)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.refund_button.clicked.connect(self.refund_wanted)
        self.pending.pressed.connect(self.pending_wanted)
        self.receipt.pressed.connect(self.receipt_wanted)


def _advice(state: OrdersState) -> str:
    if state.text or state.cashier:
        return tr("Look for something else or at all days")
    if state.kind is OrderKind.OPEN:
        return tr("All orders are paid")
    return tr("Sales of this till stand here")


def _line(line: SoldLine) -> QWidget:
    row = Row(gap=8, margins=(10, 6, 14, 6))
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
