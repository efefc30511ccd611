"""Why so many points: the steps of the calculation, one a line (T63)."""

from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.dates import say
from app.ui.guest.state import Reason, ReasonsPage
from app.ui.text import tr
from app.ui.widgets.label import Label
from app.ui.widgets.live import Rule
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View, clear_layout


class ReasonsView(View[ReasonsPage]):
    """The page with the steps.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        card = Column(gap=0, margins=(20, 12, 20, 12), box="card")
        self._rows = Column(gap=0)
        self._advice = Label(style="body", tone="text-2", wrap=True)
        card.add(self._rows)
        card.add_stretch()
        card.add(self._advice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card)
        self.refresh()

    @override
    def show_state(self, state: ReasonsPage) -> None:
        """Show the steps in their order."""
        clear_layout(self._rows.layout())
        for number, reason in enumerate(state.reasons):
            if number:
                self._rows.add(Rule())
            self._rows.add(_row(reason))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._advice.setText(tr("The service counts by the same rules and has the last word."))
        super().retranslate()


def _row(reason: Reason) -> QWidget:
    weight = 600 if reason.is_result else 400
    tone = "loyal-text" if reason.is_result else "text"
    row = Row(gap=16, margins=(0, 8, 0, 8))
    row.add(Label(say(reason.words), "body", tone=tone, wrap=True, weight=weight), stretch=1)
    if reason.figure:
        row.add(Label(reason.figure, "body", weight=600, tabular=True))
    return row
