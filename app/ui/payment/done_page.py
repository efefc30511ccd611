"""The done screen: the change in 128 px, what was confirmed, and a copy of the receipt."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.kernel.text import MINUS
from app.till.order import StepName, StepState, StepStatus
from app.ui import format as fmt
from app.ui.dates import say
from app.ui.payment.state import DonePage
from app.ui.payment.steps import step_text
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

#: So many confirmations stand side by side in a small window.
_MARKS_NARROW = 2
#: Up to so many have room for a headline with figures.
_MARKS_ROOMY = 3
#: Money, receipt, points, kitchen: made with the page, so that no sale waits for them.
_MARKS_USUAL = 4
_CENTER = Qt.AlignmentFlag.AlignHCenter
#: State of a step: icon and its tone on a confirmation card.
_MARKS = {
    StepStatus.NOT_YET: ("clock", "text-3"),
    StepStatus.NOW: ("loader-2", "primary"),
    StepStatus.DONE: ("circle-check-filled", "ok-text"),
    StepStatus.WAITING: ("clock", "warn-line"),
    StepStatus.FAILED: ("alert-circle", "danger"),
}


class MarkCard(Row):
    """One confirmation: an icon, what it is about, and a few words."""

    def __init__(self) -> None:
        super().__init__(gap=12, margins=(16, 8, 12, 8), box="card", height=78)
        words = Column(gap=0)
        self._icon = IconLabel("clock", "text-3", 28)
        self._title = Label(style="item", size_px=17, weight=600, elide=True)
        self._detail = Label(style="label", tone="text-2", weight=400, wrap=True)
        words.add_stretch()
        words.add(self._title, self._detail)
        words.add_stretch()
        self.add(self._icon)
        self.add(words, stretch=1)

    def show_mark(self, icon: str, tone: str, title: str, detail: str) -> None:
        """Say something else."""
        self._icon.set_icon(icon, tone)
        self._title.setText(title)
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))


class DoneView(View[DonePage]):
    """The page after a sale.

    Attributes:
        copy_wanted: A copy of the receipt is to be printed.
        stay_wanted: Do not go on by itself.
    """

    copy_wanted = Signal()
    stay_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        card = Column(gap=0, margins=(16, 16, 16, 16), box="card-ok")
        self._what = Label(style="title", weight=600, tone="ok-text", align=_CENTER)
        self.figure = Label(style="display", tone="ok-text", align=_CENTER)
        self._how = Label(style="heading", weight=400, tone="ok-text", align=_CENTER, wrap=True)
        card.add_stretch()
        card.add(self._what, self.figure, self._how)
        card.add_stretch()
        self._grid = QGridLayout()
        self._cards = [MarkCard() for _ in range(_MARKS_USUAL)]
        self._placed = (0, 1)
        self._is_narrow = False
        self._marked: tuple[object, ...] = ()
        self.copy_button = PushButton(kind=Kind.OUTLINE, icon="printer", height=80)
        self.stay_button = PushButton(kind=Kind.OUTLINE, icon="hourglass", height=80)
        buttons = Row(gap=12)
        buttons.add(self.copy_button, self.stay_button, stretch=1)
        self._column.addWidget(card, 1)
        self._column.addLayout(self._grid)
        self._column.addWidget(buttons)
        self.copy_button.clicked.connect(self.copy_wanted)
        self.stay_button.clicked.connect(self.stay_wanted)
        self.refresh()

    @override
    def show_state(self, state: DonePage) -> None:
        """Show the change, or the sum if there is none."""
        has_change = state.change_minor > 0
        self._what.setText(tr("Change") if has_change else tr("Paid"))
        self.figure.setText(fmt.money(state.change_minor if has_change else state.due_minor))
        received, due = fmt.money(state.received_minor), fmt.money(state.due_minor)
        words = tr("Received {received}, order {due}", received=received, due=due)
        self._how.setText(words if has_change else tr("Order {number}", number=state.number))
        self._show_marks(state)
        self.copy_button.set_label(tr("Copy of the receipt"))
        if state.auto_next_s is not None:
            self.stay_button.set_label(tr("Stay here, {seconds} s", seconds=state.auto_next_s))
        self.stay_button.setVisible(state.auto_next_s is not None)

    def _show_marks(self, state: DonePage) -> None:
        if (state.steps, self._is_narrow, language()) == self._marked:
            return
        self._marked = (state.steps, self._is_narrow, language())
        in_row = 2 if self._is_narrow and len(state.steps) > _MARKS_NARROW else len(state.steps)
        while len(self._cards) < len(state.steps):
            self._cards.append(MarkCard())
        for card, step in zip(self._cards, state.steps, strict=False):
            self._say(card, step, state)
        if (len(state.steps), in_row) != self._placed:
            self._placed = (len(state.steps), in_row)
            self._place(in_row)

    def _place(self, in_row: int) -> None:
        """Put the cards that say something side by side, the others out of sight."""
        count, _ = self._placed
        for number, card in enumerate(self._cards):
            self._grid.removeWidget(card)
            if number < count:
                self._grid.addWidget(card, number // in_row, number % in_row)
            card.setVisible(number < count)
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < in_row else 0)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Put two confirmations side by side at most."""
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.refresh()

    def _say(self, card: MarkCard, step: StepState, state: DonePage) -> None:
        icon, tone = _MARKS[step.status]
        title, detail = step_text(step.name), say(step.words)
        if step.name is StepName.FISCAL:  # "Receipt made, FD 38402"
            title, _, detail = detail.partition(", ")
        if step.name is StepName.LOYALTY and state.guest_name:
            title, detail = self._points_text(state), state.guest_name
            if len(state.steps) > _MARKS_ROOMY:  # "Points: −300, +101" would be cut
                title, _, figures = title.partition(": ")
                detail = f"{figures}\n{detail}"
        card.show_mark(icon, tone, title, detail)

    def _points_text(self, state: DonePage) -> str:
        spent = fmt.amount(state.spent_minor, kopecks=bool(state.spent_minor % 100))
        earned = fmt.amount(state.earned_minor, kopecks=bool(state.earned_minor % 100))
        if state.spent_minor:
            return tr("Points: {spent}, {earned}", spent=f"{MINUS}{spent}", earned=f"+{earned}")
        return tr("Points: {earned}", earned=f"+{earned}")

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._column.setSpacing(theme().px(12))
        self._grid.setSpacing(theme().px(12))
