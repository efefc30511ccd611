"""A failure: what is done already, what failed, and the ways out with the best one first."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.till.payment_states import WayOut
from app.ui.dates import say
from app.ui.payment.after_sale import PHONE_DIGITS
from app.ui.payment.state import TroublePage, WayButton
from app.ui.payment.steps import ROW_LOW_PX, ROW_PX, StepColumn
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View, clear_layout

ICONS = {
    WayOut.RETRY: "refresh",
    WayOut.CASH: "cash-banknote",
    WayOut.OTHER_TENDER: "layers-subtract",
    WayOut.CHECK: "search",
    WayOut.SLIP: "receipt",
    WayOut.NOT_PAID: "ban",
    WayOut.CANCEL: "x",
    WayOut.RESERVE_AGAIN: "hourglass",
    WayOut.WITHOUT_POINTS: "coins",
    WayOut.BACK: "arrow-left",
    WayOut.NEXT_GUEST: "chevron-right",
    WayOut.RECEIPT_RETRY: "refresh",
    WayOut.RENEW_SHIFT: "clock",
    WayOut.E_RECEIPT: "phone",
    WayOut.KITCHEN_RETRY: "refresh",
    WayOut.KITCHEN_HERE: "printer",
    WayOut.KITCHEN_TOLD: "message",
}
RRN_LENGTH = 12
_WAYS_IN_ROW = 3
#: So many steps stand over the ways out in their full height.
_CARDS_HIGH = 4


class SlipForm(Column):
    """Where a senior types the RRN of the slip, or a cashier the phone for the receipt.

    Attributes:
        key_typed: A digit.
        erased: The last digit is to go.
        confirmed: The number is complete.
        cancelled: Back to the ways out.
    """

    key_typed = Signal(str)
    erased = Signal()
    confirmed = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__(gap=8)
        self._label = Label(style="label", tone="text-2")
        self.field = ValueField(height=64, size_px=28, right=False)
        self.error = Label(style="body-strong", tone="danger-text", wrap=True)
        self.pad = Numpad(ContextKey.NONE, key_height=72)
        self.confirm_button = PushButton(kind=Kind.PRIMARY, icon="check", height=64)
        self.back_button = PushButton(kind=Kind.OUTLINE, height=64)
        words = Column(gap=8, width=420)
        words.add(self._label, self.field, self.error)
        words.add_stretch()
        words.add(self.confirm_button, self.back_button)
        row = Row(gap=16)
        row.add(words)
        row.add(self.pad, stretch=1)
        self.add(row)
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.confirm_button.clicked.connect(self.confirmed)
        self.back_button.clicked.connect(self.cancelled)

    def set_form(self, state: TroublePage) -> None:
        """Show what was typed and what is wrong with it."""
        length = number_length(state)
        is_phone = state.asks_phone
        ask = (
            tr("Guest's phone for the receipt") if is_phone else tr("RRN from the slip, 12 digits")
        )
        self._label.setText(ask)
        self.field.set_value(
            f"+7 {state.slip}" if is_phone else state.slip,
            rest="_" * (length - len(state.slip)),
            error=state.slip_error is not None,
            caret=True,
        )
        self.error.setText(say(state.slip_error))
        confirm = tr("Send the receipt") if is_phone else tr("Paid by this slip")
        self.confirm_button.set_label(confirm, hotkey="Enter")
        self.confirm_button.setEnabled(len(state.slip) == length and not state.busy)
        self.back_button.set_label(tr("Back"))


class TroubleView(View[TroublePage]):
    """The page for a failure.

    Attributes:
        way_chosen: The `WayOut` that was tapped.
        slip_typed: A digit of the RRN.
        slip_erased: The last digit of the RRN is to go.
        slip_confirmed: The RRN is complete.
        slip_cancelled: Back from the RRN to the ways out.
    """

    way_chosen = Signal(object)
    slip_typed = Signal(str)
    slip_erased = Signal()
    slip_confirmed = Signal()
    slip_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._steps = StepColumn()
        self.notice = Notice("danger", height=68)
        self._card = Column(gap=12, margins=(16, 16, 16, 16), box="card")
        self._question = Label(style="heading", size_px=20, weight=600, wrap=True)
        self._ways = Column(gap=12)
        self.slip = SlipForm()
        self._detail = Label(style="caption", tone="text-3", wrap=True)
        self._foot = Label(style="label", tone="text-2", weight=400, wrap=True)
        self._card.add(self._question, self._ways, self._foot, self.slip, self._detail)
        self._column.addWidget(self._steps)
        self._column.addWidget(self.notice)
        self._column.addStretch(1)
        self._column.addWidget(self._card)
        self.buttons: dict[WayOut, PushButton] = {}
        self._is_narrow = False
        self._shown_ways: tuple[object, ...] = ()
        self.slip.key_typed.connect(self.slip_typed)
        self.slip.erased.connect(self.slip_erased)
        self.slip.confirmed.connect(self.slip_confirmed)
        self.slip.cancelled.connect(self.slip_cancelled)
        self.refresh()

    @override
    def show_state(self, state: TroublePage) -> None:
        """Show the failure and the ways out."""
        if state.is_paid:
            is_full = self._is_narrow or len(state.cards) > _CARDS_HIGH
            self._steps.set_cards(state.cards, height=ROW_LOW_PX if is_full else ROW_PX)
        else:
            self._steps.set_steps(state.steps)
        self._steps.setVisible(not state.asks_number)
        tone = "warn" if state.is_unknown else "danger"
        self.notice.set_notice(say(state.words), "", tone=tone)
        self.notice.setVisible(not state.is_paid or state.asks_number)
        self._question.setText(_question(state))
        self._question.setVisible(not state.asks_number)
        self._ways.setVisible(not state.asks_number)
        self._foot.setVisible(state.is_paid and not state.asks_number)
        self._show_foot(is_kitchen=state.is_kitchen)
        self.slip.setVisible(state.asks_number)
        if state.asks_number:
            self.slip.set_form(state)
        self._show_ways(state)
        self._detail.setText(tr("Details for support: {text}", text=state.detail))
        self._detail.setVisible(bool(state.detail))

    def _show_ways(self, state: TroublePage) -> None:
        # The register tries by itself meanwhile: a button under a finger must stay the same one.
        shown = (state.ways, state.is_paid, self._is_narrow, language())
        if shown != self._shown_ways:
            self._shown_ways = shown
            self._make_ways(state)
        for way, button in self.buttons.items():
            # The next guest never waits for the receipt of the last one.
            is_free = state.is_paid and way is WayOut.NEXT_GUEST
            button.setEnabled(not state.busy or is_free)

    def _make_ways(self, state: TroublePage) -> None:
        clear_layout(self._ways.layout())
        self.buttons = {}
        row: Row | None = None
        ways = [way for way in state.ways if way.way is not WayOut.NEXT_GUEST]
        # Three words of Russian fit side by side, a fourth goes below.
        most = 2 if self._is_narrow else _WAYS_IN_ROW
        in_row = len(ways) if len(ways) <= most else 2
        for number, way in enumerate(ways):
            if row is None or number % in_row == 0:
                row = Row(gap=12)
                self._ways.add(row)
            row.add(self._add_way(way, is_first=number == 0), stretch=1)
        for way in state.ways:
            if way.way is WayOut.NEXT_GUEST:
                self._ways.add(self._add_way(way, is_first=not ways))

    def _add_way(self, way: WayButton, *, is_first: bool) -> PushButton:
        button = self._make_way(way, is_first=is_first)
        self.buttons[way.way] = button
        return button

    def _make_way(self, way: WayButton, *, is_first: bool) -> PushButton:
        kind = Kind.PRIMARY if is_first else Kind.OUTLINE
        if way.way is WayOut.NEXT_GUEST:
            kind = Kind.INK
        height = 64 if self._is_narrow else 80
        button = PushButton(
            say(way.words),
            kind,
            icon=ICONS[way.way],
            height=height,
            size_px=18,
            name=say(way.words),
        )
        if is_first:
            button.set_detail("Enter")
        elif way.detail:
            button.set_detail(way.detail)
        elif way.needs_senior:
            button.set_detail(tr("senior's PIN"))
        button.clicked.connect(lambda: self.way_chosen.emit(way.way))
        return button

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._column.setSpacing(theme().px(8))

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Put two ways side by side at most, and make rows and buttons lower."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.refresh()

    def _show_foot(self, *, is_kitchen: bool) -> None:
        kitchen = tr("The ticket stays in the queue until the kitchen has the order.")
        receipt = tr(
            "The receipt stays in the queue. You are reminded in 10 minutes and at closing."
        )
        self._foot.setText(kitchen if is_kitchen else receipt)

    @override
    def retranslate(self) -> None:
        """Set every word."""
        super().retranslate()


def number_length(state: TroublePage) -> int:
    """Return how many digits the number that is asked for has."""
    return PHONE_DIGITS if state.asks_phone else RRN_LENGTH


def _question(state: TroublePage) -> str:
    if state.is_kitchen:
        return tr("The money is received. What about the kitchen?")
    if state.is_paid:
        return tr("The money is received. What about the receipt?")
    if state.is_unknown:
        return tr("Money may have moved. Find out first")
    return tr("What next?")
