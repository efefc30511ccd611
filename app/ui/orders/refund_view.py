"""Giving money back: what, why, and what it does to money and points, before it is done."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.kernel.text import MINUS
from app.till.order import StepStatus
from app.till.payment_states import WayOut
from app.ui import format as fmt
from app.ui.dates import say
from app.ui.orders.state import Mode, RefundLine, RefundState
from app.ui.orders.tenders import tender_text
from app.ui.text import language, tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.check_box import CheckBox
from app.ui.widgets.field import Field
from app.ui.widgets.figure import FigureCard, FigureRow
from app.ui.widgets.label import Label
from app.ui.widgets.live import Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.scroll import ScrollBox
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View, clear_layout
from app.ui.widgets.work_header import WorkHeader

_RIGHT = Qt.AlignmentFlag.AlignRight
REASON_MAX = 200
_RECEIPT_TONES = {StepStatus.DONE: "ok", StepStatus.WAITING: "warn", StepStatus.FAILED: "danger"}
REASONS = (
    tr_later("Quality"),
    tr_later("Waited too long"),
    tr_later("Cashier's mistake"),
    tr_later("The guest refused"),
    tr_later("Sold out"),
)


class LineRow(Row):
    """A line that may be given back.

    Attributes:
        changed: How much of it is chosen now, thousandths.
    """

    changed = Signal(int)

    def __init__(self, line: RefundLine) -> None:
        super().__init__(gap=8, margins=(12, 0, 12, 0), height=64)
        self._line = line
        self.box = CheckBox()
        self._less = PushButton(kind=Kind.OUTLINE, icon="minus", width=56, name=tr("Less"))
        self._chosen = Label(style="heading")
        self._more = PushButton(kind=Kind.OUTLINE, icon="plus", width=56, name=tr("Increase"))
        self._whole = Label(style="body", tone="text-2")
        self._money = Label(style="item", size_px=18, weight=600, align=_RIGHT)
        self._money.setMinimumWidth(theme().px(104))
        self.add(self.box, stretch=1)
        self.add(self._less, self._chosen, self._more, self._whole, self._money)
        self._less.clicked.connect(lambda: self._step(-1_000))
        self._more.clicked.connect(lambda: self._step(1_000))
        self.box.clicked.connect(lambda on: self.changed.emit(self._line.rest_milli if on else 0))
        self.set_line(line)

    @property
    def line_id(self) -> str:
        """Which line it shows."""
        return self._line.line_id

    def set_line(self, line: RefundLine) -> None:
        """Show how much of the line is chosen now."""
        self._line = line
        self.box.set_words(line.name)
        self.box.setChecked(line.chosen_milli > 0)
        has_steps = line.has_steps and line.chosen_milli > 0
        for part in (self._less, self._chosen, self._more):
            part.setVisible(has_steps)
        self._whole.setVisible(not has_steps)
        self._chosen.setText(fmt.quantity(line.chosen_milli))
        self._whole.setText(fmt.quantity(line.rest_milli))
        self._money.setText(fmt.amount(line.shown_minor))
        self.update()

    def _step(self, milli: int) -> None:
        line = self._line
        self.changed.emit(min(line.rest_milli, max(0, line.chosen_milli + milli)))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw a chosen line in blue."""
        if self._line.chosen_milli and self.isEnabled():
            painter = QPainter(self)
            painter.fillRect(self.rect(), theme().color("primary-soft"))
            painter.end()


class RefundParts(Parts):
    """What takes longest to make."""

    @cached_property
    def pad(self) -> Numpad:
        """Make the pad for a sum."""
        return Numpad(ContextKey.COMMA, key_height=56)

    @cached_property
    def reasons(self) -> list[PushButton]:
        """Make the reasons."""
        return [PushButton(kind=Kind.OUTLINE, height=56) for _ in REASONS]

    @cached_property
    def area(self) -> ScrollBox:
        """Make the place for the lines."""
        return ScrollBox()

    @cached_property
    def notices(self) -> tuple[Notice, Notice]:
        """Make what says that a senior is asked, and what went wrong."""
        return Notice("warn", icon="shield-check"), Notice("danger", height=56)

    @cached_property
    def finished(self) -> FigureCard:
        """Make the sum that was given back."""
        return FigureCard("ok", size_px=40, height=108)


class RefundView(View[RefundState]):
    """The whole refund screen.

    Args:
        parts: Its parts, as far as they are made.
        parent: Owner.

    Attributes:
        back_wanted: Back to the list.
        mode_chosen: The `Mode` that was tapped.
        line_changed: A line and how much of it is chosen.
        reason_changed: What the reason is.
        key_typed: A digit or comma of the sum.
        erased: The last sign is to go.
        cash_toggled: Cash instead of the way it was paid, or not.
        refund_wanted: Do it.
        way_chosen: The `WayOut` that was tapped.
        done: The money was handed out.
    """

    back_wanted = Signal()
    mode_chosen = Signal(object)
    line_changed = Signal(str, int)
    reason_changed = Signal(str)
    key_typed = Signal(str)
    erased = Signal()
    cash_toggled = Signal(bool)
    refund_wanted = Signal()
    way_chosen = Signal(object)
    done = Signal()

    def __init__(self, parts: RefundParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or RefundParts()
        self.pad, self.reasons, self._area = parts.pad, parts.reasons, parts.area
        self.senior, self.error = parts.notices
        self.finished = parts.finished
        self._frame = QVBoxLayout(self)
        self._frame.setSpacing(0)
        self.header = WorkHeader()
        right = Qt.AlignmentFlag.AlignRight
        self._paid = Label(style="body", tone="text-2", align=right, elide=True)
        self.header.add(self._paid, stretch=1)
        body = QWidget()
        self._body = QHBoxLayout(body)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.addWidget(self._build_what(), 2)
        self._body.addWidget(self._build_plan(), 1)
        self._frame.addWidget(self.header)
        self._frame.addWidget(Room(body), 1)
        self._shown: tuple[object, ...] = ()
        self._planned: tuple[object, ...] = ()
        self._pointed: tuple[object, ...] = ()
        self.lines: list[LineRow] = []
        self.ways: dict[WayOut, PushButton] = {}
        self._shown_ways: tuple[object, ...] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect_signals()
        self.refresh()

    def _build_what(self) -> QWidget:
        column = Column(gap=12)
        self.modes = {mode: PushButton(kind=Kind.OUTLINE, height=64) for mode in Mode}
        modes = Row(gap=12)
        for mode, button in self.modes.items():
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, which=mode: self.mode_chosen.emit(which))
            modes.add(button, stretch=1)
        self.field = ValueField(height=72, size_px=32)
        self._sum = Column(gap=8)
        self._sum.add(self.field)
        self._sum.add(self.pad, stretch=1)
        self._reason_label = Label(style="label", tone="text-2")
        self._reasons = QGridLayout()
        for place, button in enumerate(self.reasons):
            button.setCheckable(True)
            self._reasons.addWidget(button, place // 3, place % 3)
            button.clicked.connect(lambda _=False, which=place: self._on_reason(which))
        self.other = Field()
        self.other.setMaxLength(REASON_MAX)
        self._reasons.addWidget(self.other, 1, 2)
        for column_number in range(3):
            self._reasons.setColumnStretch(column_number, 1)
        column.add(modes)
        column.add(self._area, stretch=1)
        column.add(self._sum, stretch=1)
        column.add(self._reason_label)
        box = column.layout()
        assert isinstance(box, QVBoxLayout)
        box.addLayout(self._reasons)
        column.add(self.senior)
        return column

    def _build_plan(self) -> QWidget:
        card = Column(gap=8, margins=(16, 16, 16, 8), box="card")
        self._plan_title = Label(style="heading", size_px=20, weight=600)
        self._plan = Column(gap=0)
        self.points = Column(gap=0, margins=(16, 10, 16, 10), box="loyal-soft")
        self._ways = Column(gap=8)
        self.as_paid = PushButton(kind=Kind.OUTLINE, icon="credit-card")
        self.in_cash = PushButton(kind=Kind.OUTLINE, icon="cash-banknote")
        for button in (self.as_paid, self.in_cash):
            button.setCheckable(True)
        self._by = Row(gap=8)
        self._by.add(self.as_paid, self.in_cash, stretch=1)
        self.button = PushButton(kind=Kind.DANGER, icon="receipt-refund", height=80)
        self.done_button = PushButton(kind=Kind.PRIMARY, height=80)
        card.add(self._plan_title, self._plan, self.points, self.finished)
        card.add_stretch()
        card.add(self.error, self._ways, self._by, self.button, self.done_button)
        return card

    @override
    def show_state(self, state: RefundState) -> None:
        """Show what is chosen and what it would do."""
        number = state.number
        title = tr("Refund of order {number}", number=number) if number else tr("Refund")
        self.header.set_title(title, can_go_back=not state.running)
        for mode, button in self.modes.items():
            button.setChecked(mode is state.mode)
            button.setEnabled(state.can_change)
        self._show_lines(state)
        self._area.setVisible(state.mode is not Mode.SUM)
        self._sum.setVisible(state.mode is Mode.SUM)
        shown = fmt.money(0) if state.entry.is_empty else state.entry.shown()
        self.field.set_value(shown)
        self._show_reason(state)
        self._show_paid(state)
        self._show_plan(state)
        self._show_points(state)
        self._show_end(state)

    def _show_lines(self, state: RefundState) -> None:
        key = (tuple(line.line_id for line in state.lines), language())
        if key != self._shown:
            self._shown = key
            self._make_lines(state)
        for row, line in zip(self.lines, state.lines, strict=True):
            row.setEnabled(state.mode is Mode.LINES and state.can_change)
            row.set_line(line)

    def _make_lines(self, state: RefundState) -> None:
        column = Column(gap=0, box="card")
        self.lines = []
        for line in state.lines:
            row = LineRow(line)
            row.changed.connect(
                lambda milli, which=line.line_id: self.line_changed.emit(which, milli)
            )
            self.lines.append(row)
            column.add(row, Rule())
        column.add_stretch()
        self._area.setWidget(column)

    def _show_reason(self, state: RefundState) -> None:
        known = False
        for button, reason in zip(self.reasons, REASONS, strict=True):
            words = tr(reason)
            button.set_label(words)
            button.setChecked(words == state.reason)
            button.setEnabled(state.can_change)
            known = known or words == state.reason
        self.other.setEnabled(state.can_change)
        if not known and self.other.text() != state.reason:
            self.other.setText(state.reason)
        if known and self.other.text():
            self.other.clear()

    def _show_paid(self, state: RefundState) -> None:
        parts = [f"{tender_text(kind)} {fmt.money(sum_minor)}" for kind, sum_minor in state.paid]
        if state.paid_points_minor:
            parts.append(fmt.points(state.paid_points_minor))
        self._paid.setText(tr("Paid: {parts}", parts=", ".join(parts)) if parts else "")

    def _show_plan(self, state: RefundState) -> None:
        key = (state.plan, state.done_cash_minor, state.drawer_minor, language())
        if key == self._planned:
            return
        self._planned = key
        clear_layout(self._plan.layout())
        plan = state.plan
        is_asked = plan is not None and plan.needs_senior and state.done_cash_minor is None
        self.senior.setVisible(is_asked)
        if plan is None:
            self._plan.add(Label(tr("Choose what to give back and why"), "body", tone="text-2"))
            return
        rows = [(tr("To card {pan}", pan=pan), fmt.money(s)) for pan, s in plan.cards]
        rows += [(tr("By SBP"), fmt.money(sum_minor)) for sum_minor in plan.phones]
        if plan.cash_minor and plan.is_by_device:
            rows.append((tr("In cash"), fmt.money(plan.cash_minor)))
        for label, figure in rows:
            row = FigureRow(label_px=16, size_px=16, height=32, weight=600)
            row.set_figure(label, figure)
            self._plan.add(row)
        whole = FigureRow(label_px=17, label_tone="text", size_px=30, height=56)
        name = tr("To be given back") if plan.is_by_device else tr("Give back in cash")
        whole.set_figure(name, fmt.money(plan.amount_minor))
        self._plan.add(whole)
        is_done = state.done_cash_minor is not None
        if plan.cash_minor and state.drawer_minor is not None and not is_done:
            drawer = FigureRow(label_px=14, size_px=14, height=28, weight=500, tone="text-2")
            drawer.set_figure(tr("In the drawer"), fmt.money(state.drawer_minor))
            self._plan.add(drawer)

    def _show_points(self, state: RefundState) -> None:
        key = (state.plan, state.guest, state.balance_minor, state.done_cash_minor, language())
        if key == self._pointed:
            return
        self._pointed = key
        clear_layout(self.points.layout())
        plan = state.plan
        self.points.setVisible(plan is not None and bool(state.guest))
        if plan is None or not state.guest:
            return
        self.points.add(
            Label(tr("Points: {name}", name=state.guest), "heading", size_px=17, tone="loyal-text")
        )
        rows = [
            (tr("Redeemed points return"), f"+{_points(plan.returned_minor)}"),
            (tr("Earned points are taken"), f"{MINUS}{_points(plan.earned_back_minor)}"),
        ]
        before = state.balance_minor
        if before is not None and state.done_cash_minor is None:
            # A balance never goes below zero: what is missing is on the house.
            after = max(0, before + plan.returned_minor - plan.earned_back_minor)
            rows.append((tr("On the card"), f"{_points(before)} → {_points(after)}"))
        for label, figure in rows:
            row = FigureRow(label_px=16, size_px=16, height=32, weight=600)
            row.set_figure(label, figure)
            self.points.add(row)

    def _show_end(self, state: RefundState) -> None:
        is_done = state.done_cash_minor is not None
        self._plan_title.setText(tr("Refund is done") if is_done else tr("What the refund does"))
        self.finished.setVisible(is_done)
        if state.done_cash_minor is not None:
            label = tr("Hand out") if state.done_cash_minor else _given_back(state)
            figure = fmt.money(state.done_cash_minor) if state.done_cash_minor else ""
            self.finished.set_figure("ok", label, figure)
        words = _working(state) if state.running else say(state.error)
        tone = "primary" if state.running else "danger"
        if is_done and state.receipt is not None:
            words = say(state.receipt.words)
            tone = _RECEIPT_TONES.get(state.receipt.status, "primary")
        self.error.set_notice("", words, tone=tone)
        self.error.setVisible(bool(words))
        self._show_ways(state)
        can_choose = state.can_card and not is_done and not state.ways
        self._by.setVisible(can_choose)
        self.as_paid.setChecked(not state.by_cash)
        self.in_cash.setChecked(state.by_cash)
        sum_words = fmt.money(state.plan.amount_minor) if state.plan else ""
        self.button.set_label(
            tr("Give back {sum}", sum=sum_words) if sum_words else tr("Give back")
        )
        self.button.setVisible(not is_done and not state.ways)
        self.button.setEnabled(state.plan is not None and not state.busy)
        self.done_button.setVisible(is_done)

    def _show_ways(self, state: RefundState) -> None:
        shown = (state.ways, state.busy, language())
        if shown == self._shown_ways:
            return
        self._shown_ways = shown
        clear_layout(self._ways.layout())
        self.ways = {}
        for place, way in enumerate(state.ways):
            kind = Kind.PRIMARY if place == 0 else Kind.OUTLINE
            button = PushButton(say(way.words), kind, height=64)
            button.setEnabled(not state.busy)
            button.clicked.connect(lambda _=False, which=way.way: self.way_chosen.emit(which))
            self.ways[way.way] = button
            self._ways.add(button)

    @override
    def apply_theme(self) -> None:
        """Scale margins and gaps."""
        look = theme()
        self._frame.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
        self._body.setSpacing(look.px(12))
        self._reasons.setSpacing(look.px(8))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.modes[Mode.WHOLE].set_label(tr("Whole order"))
        self.modes[Mode.LINES].set_label(tr("Chosen lines"))
        self.modes[Mode.SUM].set_label(tr("Any sum"))
        self._reason_label.setText(tr("Reason"))
        self.senior.set_notice(
            tr("A senior is needed."), tr("The PIN is asked for after the red button.")
        )
        self.other.setPlaceholderText(tr("Another reason"))
        self.other.setAccessibleName(tr("Another reason"))
        self.as_paid.set_label(tr("As it was paid"))
        self.in_cash.set_label(tr("In cash"))
        self.done_button.set_label(tr("Done"), hotkey="Enter")
        super().retranslate()

    def _on_reason(self, place: int) -> None:
        self.other.clear()
        self.reason_changed.emit(tr(REASONS[place]))

    def _connect_signals(self) -> None:
        self.header.back.connect(self.back_wanted)
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.other.textEdited.connect(self.reason_changed)
        self.as_paid.clicked.connect(lambda: self.cash_toggled.emit(False))
        self.in_cash.clicked.connect(lambda: self.cash_toggled.emit(True))
        self.button.clicked.connect(self.refund_wanted)
        self.done_button.clicked.connect(self.done)


def _points(hundredths: int) -> str:
    return fmt.amount(hundredths, kopecks=bool(hundredths % 100))


def _given_back(state: RefundState) -> str:
    """Return what is said of money that went back by a device alone."""
    is_phone = state.plan is not None and state.plan.phones and not state.plan.cards
    return tr("Given back by SBP") if is_phone else tr("Given back to the card")


def _working(state: RefundState) -> str:
    """Return what is said while the money goes back."""
    is_phone = state.plan is not None and state.plan.phones and not state.plan.cards
    return tr("The bank gives the money back…") if is_phone else tr("The terminal is working…")
