"""The terminal works: what the guest is to do, the sum, the steps, and how to stop it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import say, span_text
from app.ui.payment.state import CardPage
from app.ui.payment.steps import StepColumn
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.avatar import Avatar
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.stack import Column
from app.ui.widgets.view import View

_CENTER = Qt.AlignmentFlag.AlignHCenter


class CardView(View[CardPage]):
    """The page for a card payment under way.

    Attributes:
        cancel_wanted: The terminal is to be asked to stop.
    """

    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        card = Column(gap=8, margins=(16, 12, 16, 12), box="card")
        self._advice = Label(style="title", size_px=28, weight=600, align=_CENTER, wrap=True)
        self._amount = Label(style="hero", size_px=56, weight=700, align=_CENTER)
        self._wait = Label(style="heading", weight=400, tone="text-2", align=_CENTER, wrap=True)
        card.add_stretch()
        card.add_centered(Avatar(tone="primary-soft", icon="credit-card", size=112))
        card.add(self._advice, self._amount, self._wait)
        card.add_stretch()
        self._steps = StepColumn()
        self.cancel_button = PushButton(kind=Kind.OUTLINE, icon="x", height=64)
        self._column.addWidget(card, 1)
        self._column.addWidget(self._steps)
        self._column.addWidget(self.cancel_button)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.refresh()

    @override
    def show_state(self, state: CardPage) -> None:
        """Show what the terminal says."""
        self._advice.setText(say(state.words) or tr("Present the card to the terminal"))
        self._amount.setText(fmt.money(state.amount_minor))
        self._wait.setText(tr("The terminal works, {time}", time=span_text(state.elapsed_s)))
        self._steps.set_steps(state.steps)
        stopping = state.is_cancelling
        self.cancel_button.set_label(tr("Stopping…") if stopping else tr("Cancel on the terminal"))
        self.cancel_button.setEnabled(state.can_cancel and not stopping)

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._column.setSpacing(theme().px(8))
