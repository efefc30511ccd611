"""Putting cash in or taking it out: the sum and the reason."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import say
from app.ui.shift.state import CashForm
from app.ui.text import tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.field import Field
from app.ui.widgets.label import Label
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View

REASON_MAX = 200
REASONS_IN = (tr_later("Change from the bank"), tr_later("Float"))
REASONS_OUT = (tr_later("To the bank"), tr_later("Purchase for the cafe"))


class CashFormView(View[CashForm]):
    """The page for cash in and out.

    Attributes:
        key_typed: A digit or comma.
        erased: The last sign is to go.
        reason_changed: What the reason is now.
        confirmed: All is typed.
    """

    key_typed = Signal(str)
    erased = Signal()
    reason_changed = Signal(str)
    confirmed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        card = Column(gap=10, margins=(20, 16, 20, 16), box="card")
        self._sum_label = Label(style="label", tone="text-2")
        self.field = ValueField(height=76, size_px=40)
        self._reason_label = Label(style="label", tone="text-2")
        self.reason = Field()
        self.reason.setMaxLength(REASON_MAX)
        self.reasons = [PushButton(kind=Kind.OUTLINE, height=56) for _ in range(2)]
        quick = Row(gap=8)
        quick.add(*self.reasons, stretch=1)
        self.error = Notice("danger")
        self.button = PushButton(kind=Kind.PRIMARY, height=80)
        card.add(self._sum_label, self.field, self._reason_label, self.reason, quick, self.error)
        card.add_stretch()
        card.add(self.button)
        self.pad = Numpad(ContextKey.COMMA, key_height=96)
        self._row.addWidget(card, 3)
        self._row.addWidget(self.pad, 2)
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.reason.textChanged.connect(self.reason_changed)
        self.button.clicked.connect(self.confirmed)
        for button in self.reasons:
            button.clicked.connect(lambda _=False, b=button: self.reason.setText(b.text()))
        self.refresh()

    @override
    def show_state(self, state: CashForm) -> None:
        """Show the sum, the reason and what is wrong."""
        shown = fmt.money(0) if state.entry.is_empty else state.entry.shown()
        self.field.set_value(shown, error=state.error is not None and not state.entry.minor)
        if self.reason.text() != state.reason:
            self.reason.setText(state.reason)
        for button, words in zip(
            self.reasons, REASONS_IN if state.is_in else REASONS_OUT, strict=True
        ):
            button.set_label(tr(words))
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self.button.set_busy(state.busy)
        self.button.set_label(tr("Put in") if state.is_in else tr("Take out"), hotkey="Enter")

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._sum_label.setText(tr("Sum"))
        self._reason_label.setText(tr("Reason"))
        self.reason.setAccessibleName(tr("Reason"))
        super().retranslate()
