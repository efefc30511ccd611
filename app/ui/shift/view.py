"""The shift screen: a header and one page."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import clock_text
from app.ui.shift.board_page import BoardView
from app.ui.shift.cash_page import CashFormView
from app.ui.shift.count_page import CountView
from app.ui.shift.receipts_page import ReceiptsView
from app.ui.shift.report_page import ReportView
from app.ui.shift.state import (
    BoardPage,
    CashForm,
    ClosedPage,
    CountPage,
    ReceiptsPage,
    ReportPage,
    ShiftState,
)
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.stack import Column
from app.ui.widgets.view import Pages, View, show_page
from app.ui.widgets.work_header import WorkHeader


class ClosedView(View[ClosedPage]):
    """The page without an open shift.

    Attributes:
        open_wanted: Open one.
    """

    open_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = Column(gap=16)
        self._words = Label(style="heading", align=Qt.AlignmentFlag.AlignHCenter)
        self.button = PushButton(kind=Kind.PRIMARY, height=64, width=320)
        column.add_stretch()
        column.add_centered(IconLabel("lock", "text-2", 56))
        column.add(self._words)
        column.add_centered(self.button)
        column.add_stretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(column)
        self.button.clicked.connect(self.open_wanted)
        self.refresh()

    @override
    def show_state(self, state: ClosedPage) -> None:
        """Show the way to open a shift."""
        left = fmt.money(state.suggested_minor)
        self._words.setText(tr("The shift is closed. {sum} is in the drawer", sum=left))
        self.button.set_label(tr("Open the shift"))


class ShiftParts(Parts):
    """The pages of the shift screen."""

    @cached_property
    def board(self) -> BoardView:
        """Make the figures of the shift."""
        return BoardView()

    @cached_property
    def cash(self) -> CashFormView:
        """Make the form for cash put in or taken out."""
        return CashFormView()

    @cached_property
    def report(self) -> ReportView:
        """Make the page of a report."""
        return ReportView()

    @cached_property
    def count(self) -> CountView:
        """Make the count at closing."""
        return CountView()

    @cached_property
    def receipts(self) -> ReceiptsView:
        """Make the page of receipts that are not made."""
        return ReceiptsView()

    @cached_property
    def closed(self) -> ClosedView:
        """Make the page without a shift."""
        return ClosedView()


class ShiftView(View[ShiftState]):
    """The whole shift screen; its pages carry their own intents.

    Args:
        parts: Its pages, as far as they are made.
        parent: Owner.

    Attributes:
        back_wanted: Back to the figures.
    """

    back_wanted = Signal()

    def __init__(self, parts: ShiftParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or ShiftParts()
        self.header = WorkHeader()
        self._chip = StatusChip("", "ok", "circle-check")
        self.header.insert(2, self._chip)
        self.board = parts.board
        self.cash = parts.cash
        self.report = parts.report
        self.count = parts.count
        self.receipts = parts.receipts
        self.closed = parts.closed
        self.pages = Pages()
        for page in (self.board, self.cash, self.report, self.receipts, self.count, self.closed):
            self.pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(Room(self.pages), 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.back.connect(self.back_wanted)
        self.refresh()

    @override
    def show_state(self, state: ShiftState) -> None:
        """Show a page."""
        page = state.page
        can_go_back = isinstance(page, CashForm | ReceiptsPage | CountPage) or (
            isinstance(page, ReportPage) and not page.is_closed
        )
        self.header.set_title(_title(state), can_go_back=can_go_back)
        self._show_chip(state)
        match page:
            case BoardPage():
                show_page(self.pages, self.board, page)
            case CashForm():
                show_page(self.pages, self.cash, page)
            case ReportPage():
                show_page(self.pages, self.report, page)
            case ReceiptsPage():
                show_page(self.pages, self.receipts, page)
            case CountPage():
                show_page(self.pages, self.count, page)
            case ClosedPage():
                show_page(self.pages, self.closed, page)

    def _show_chip(self, state: ShiftState) -> None:
        is_shown = isinstance(state.page, BoardPage) and state.since is not None
        self._chip.setVisible(is_shown)
        if state.since is not None and state.now is not None:
            minutes = max(0, int((state.now - state.since).total_seconds()) // 60)
            words = tr(
                "Open since {time}, {hours} h {minutes} min",
                time=clock_text(state.since),
                hours=minutes // 60,
                minutes=minutes % 60,
            )
            self._chip.set_chip(words, "ok", "circle-check")

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._column.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))


def _title(state: ShiftState) -> str:
    match state.page:
        case CashForm():
            return tr("Put cash in") if state.page.is_in else tr("Take cash out")
        case ReceiptsPage() | CountPage():
            return tr("Closing shift {number}", number=state.number)
        case ReportPage():
            return tr("Z report") if state.page.is_closed else tr("X report")
        case ClosedPage():
            return tr("Shift")
        case BoardPage():
            return tr("Shift {number}", number=state.number)
