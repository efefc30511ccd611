"""Typing how many points are redeemed: quick sums, the split, what is earned on the rest."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import say
from app.ui.guest.state import RedeemPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.figure import FigureRow
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View

QUICK_MAX = 3


class RedeemView(View[RedeemPage]):
    """The page for the amount to redeem.

    Attributes:
        key_typed: A digit or `00`.
        erased: The last digit is to go.
        sum_chosen: A quick sum was tapped, hundredths.
        redeem_wanted: Hold these points.
    """

    key_typed = Signal(str)
    erased = Signal()
    sum_chosen = Signal(int)
    redeem_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        card = Column(gap=10, margins=(20, 14, 20, 16), box="card")
        self._title = Label(style="heading", size_px=20, weight=600)
        head = Row(gap=10)
        head.add(IconLabel("coins", "loyal-text", 28))
        head.add(self._title, stretch=1)
        self.field = ValueField(height=76, size_px=40)
        self.error = Notice("danger")
        self.quick = [PushButton(kind=Kind.OUTLINE, height=64) for _ in range(QUICK_MAX)]
        self._sums: tuple[int, ...] = ()
        sums = Row(gap=8)
        for number, button in enumerate(self.quick):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, place=number: self._on_quick(place))
            sums.add(button, stretch=1)
        self._promo, self._regular, self._earn = (
            FigureRow(label_px=16, height=28, weight=600) for _ in range(3)
        )
        self.button = PushButton(kind=Kind.LOYAL, height=72, size_px=22)
        self._split = Column(gap=0)
        self._split.add(self._promo, self._regular, self._earn)
        card.add(head, self.field, self.error, sums, self._split)
        card.add_stretch()
        card.add(self.button)
        self.pad = Numpad(ContextKey.DOUBLE_ZERO, key_height=72)
        self._row.addWidget(card, 550)
        self._row.addWidget(self.pad, 348)
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.button.clicked.connect(self.redeem_wanted)
        self.refresh()

    @override
    def show_state(self, state: RedeemPage) -> None:
        """Show the amount, its split and what is wrong with it."""
        number, _, word = fmt.points(state.amount_minor).rpartition("\u00a0")
        self.field.set_value(number, unit=word, error=state.error is not None)
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self._split.setVisible(state.error is None)  # there is nothing to split then
        self._show_sums(state)
        self._promo.set_figure(tr("Promo points first"), _whole(state.from_promo_minor))
        self._regular.set_figure(tr("Then regular points"), _whole(state.from_regular_minor))
        rate = fmt.percent(state.percent_bp)
        earn = fmt.signed_points(state.earn_minor) if state.earn_minor else "0"
        self._earn.set_figure(tr("Earned on the rest, {rate}", rate=rate), earn)
        self.button.set_busy(state.busy)
        label = tr("Change the hold") if state.reserved_minor else tr("Redeem")
        self.button.set_label(label, hotkey="Enter")
        if not state.busy:
            self.button.setEnabled(state.error is None and state.amount_minor > 0)

    def _show_sums(self, state: RedeemPage) -> None:
        self._sums = state.quick_minor[:QUICK_MAX]
        for number, button in enumerate(self.quick):
            button.setVisible(number < len(self._sums))
            if number < len(self._sums):
                minor = self._sums[number]
                is_most = minor == state.max_spend_minor
                text = _whole(minor)
                button.set_label(tr("Maximum {sum}", sum=text) if is_most else text)
                button.setChecked(minor == state.amount_minor)

    def _on_quick(self, place: int) -> None:
        self.sum_chosen.emit(self._sums[place])

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._title.setText(tr("How much to redeem"))
        super().retranslate()


def _whole(minor: int) -> str:
    return fmt.amount(minor, kopecks=bool(minor % 100))
