"""Cash: due, received, change, the exact sum, four likely sums and the pad."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import say
from app.ui.payment.sizes import PAD_NARROW_PX, PAD_PX
from app.ui.payment.state import CashPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.figure import FigureCard, FigureRow
from app.ui.widgets.live import LiveFrame, Rule
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.stack import Column
from app.ui.widgets.view import View

QUICK_COUNT = 4


class QuickGrid(LiveFrame):
    """Up to four sums in two columns.

    Attributes:
        chosen: The sum that was tapped, kopecks.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self.buttons: list[PushButton] = []
        self._sums: tuple[int, ...] = ()
        for number in range(QUICK_COUNT):
            button = PushButton(kind=Kind.OUTLINE, height=64)
            button.setCheckable(True)
            self._grid.addWidget(button, number // 2, number % 2)
            self._grid.setColumnStretch(number % 2, 1)
            button.clicked.connect(lambda _=False, place=number: self._on_button(place))
            self.buttons.append(button)
        self.refresh()

    def set_sums(self, sums: tuple[int, ...], chosen_minor: int) -> None:
        """Show sums; the one that is received now is marked."""
        self._sums = sums[:QUICK_COUNT]
        for number, button in enumerate(self.buttons):
            button.setVisible(number < len(self._sums))
            if number < len(self._sums):
                button.set_label(fmt.money(self._sums[number], kopecks=False))
                button.setChecked(self._sums[number] == chosen_minor)

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        self._grid.setSpacing(theme().px(8))

    def _on_button(self, place: int) -> None:
        self.chosen.emit(self._sums[place])


class CashView(View[CashPage]):
    """The page for cash.

    Attributes:
        key_typed: A digit or a comma.
        erased: The last sign is to go.
        cleared: All signs are to go.
        sum_chosen: A likely sum was tapped, kopecks.
        exact_wanted: The guest gives the exact sum: take it at once.
        rest_wanted: The rest is to be paid another way.
    """

    key_typed = Signal(str)
    erased = Signal()
    cleared = Signal()
    sum_chosen = Signal(int)
    exact_wanted = Signal()
    rest_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._due = FigureRow(size_px=32)
        self._received = FigureRow(size_px=32)
        sums = Column(gap=0, margins=(20, 4, 20, 4), box="card")
        sums.add(self._due, Rule(), self._received)
        self.change = FigureCard("ok", size_px=52, height=108)
        self.exact = PushButton(kind=Kind.OUTLINE, height=64)
        self.quick = QuickGrid()
        left = Column(gap=12)
        left.add(sums, self.change, self.exact, self.quick)
        left.add_stretch()
        self.pad = Numpad(ContextKey.COMMA, key_height=104)
        self.clear_button = PushButton(kind=Kind.NEUTRAL, height=64)
        right = Column(gap=8, width=PAD_PX)
        self._right = right
        right.add(self.pad, self.clear_button)
        right.add_stretch()
        self._grid.addWidget(left, 0, 0)
        self._grid.addWidget(right, 0, 1)
        self._connect_signals()
        self.refresh()

    @override
    def show_state(self, state: CashPage) -> None:
        """Show sums, change or what is missing."""
        self._due.set_figure(tr("To pay"), fmt.money(state.due_minor))
        received = fmt.money(state.due_minor) if state.entry.is_empty else state.entry.shown()
        self._received.set_figure(tr("Received"), received)
        self._show_change(state)
        self.exact.set_label(tr("Exact sum, {sum}", sum=fmt.money(state.due_minor)))
        self.quick.set_sums(state.quick_minor, state.entry.minor)
        self.clear_button.set_label(tr("Clear"))

    def _show_change(self, state: CashPage) -> None:
        if state.error is not None:
            self.change.set_figure("danger", say(state.error), "")
        elif state.missing_minor:
            missing = fmt.money(state.missing_minor)
            self.change.set_figure(
                "danger", tr("Missing"), missing, button=tr("The rest otherwise")
            )
        else:
            self.change.set_figure("ok", tr("Change"), fmt.money(state.change_minor))

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Give the pad less room."""
        self._right.set_width(PAD_NARROW_PX if is_narrow else PAD_PX)

    @override
    def apply_theme(self) -> None:
        """Scale the gap between the columns."""
        self._grid.setHorizontalSpacing(theme().px(16))

    def _connect_signals(self) -> None:
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.clear_button.clicked.connect(self.cleared)
        self.quick.chosen.connect(self.sum_chosen)
        self.exact.clicked.connect(self.exact_wanted)
        self.change.pressed.connect(self.rest_wanted)
