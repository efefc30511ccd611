"""A report on the screen, as it is on paper."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.till.order import StepStatus
from app.till.receipts import ReceiptDocument
from app.ui import format as fmt
from app.ui.dates import say
from app.ui.shift.paper import Paper
from app.ui.shift.state import ReportPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.figure import FigureCard
from app.ui.widgets.notice import Notice
from app.ui.widgets.scroll import ScrollBox
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

_TONES = {StepStatus.DONE: "ok", StepStatus.WAITING: "warn", StepStatus.FAILED: "danger"}


class ReportView(View[ReportPage]):
    """The page with a report.

    Attributes:
        print_wanted: Print it.
        save_wanted: Save it as files.
        done: Leave it.
        register_wanted: Have the register try its Z report again.
    """

    print_wanted = Signal()
    save_wanted = Signal()
    done = Signal()
    register_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._area = ScrollBox()
        self.difference = FigureCard("ok", size_px=40, height=96)
        self.print_button = PushButton(kind=Kind.OUTLINE, icon="printer", height=80)
        self.save_button = PushButton(kind=Kind.OUTLINE, icon="download", height=80)
        self.done_button = PushButton(kind=Kind.PRIMARY, height=80)
        self.saved = Notice("ok")
        self.register = Notice("ok", icon="receipt", height=56)
        side = Column(gap=12, width=400)
        side.add(self.difference, self.register, self.saved)
        side.add_stretch()
        side.add(self.print_button, self.save_button, self.done_button)
        self._row.addWidget(self._area, 1)
        self._row.addWidget(side)
        self._receipt: ReceiptDocument | None = None
        self.print_button.clicked.connect(self.print_wanted)
        self.save_button.clicked.connect(self.save_wanted)
        self.done_button.clicked.connect(self.done)
        self.register.pressed.connect(self.register_wanted)
        self.refresh()

    @override
    def show_state(self, state: ReportPage) -> None:
        """Show the report."""
        if state.receipt is not self._receipt:
            self._receipt = state.receipt
            self._area.setWidget(_sheet(state.receipt))
        difference = state.difference_minor
        self.difference.setVisible(difference is not None)
        if difference is not None:
            tone = "ok" if difference == 0 else "danger"
            self.difference.set_figure(tone, _difference_name(difference), fmt.money(difference))
        self.print_button.setVisible(not state.is_closed)
        self.print_button.set_label(tr("Print"))
        self._show_register(state)
        self._show_saved(state)
        closed = tr("The shift is closed. To sign in")
        self.done_button.set_label(closed if state.is_closed else tr("Done"), hotkey="Enter")

    def _show_register(self, state: ReportPage) -> None:
        step = state.register
        self.register.setVisible(step is not None)
        if step is not None:
            again = step.task_id and step.status in {StepStatus.WAITING, StepStatus.FAILED}
            button = tr("Try again") if again else ""
            self.register.set_notice(
                say(step.words),
                tone=_TONES.get(step.status, "primary"),
                icon="receipt",
                button=button,
            )

    def _show_saved(self, state: ReportPage) -> None:
        self.save_button.set_label(tr("Save as a page and a PDF"))
        self.save_button.set_busy(state.busy)
        self.saved.setVisible(bool(state.saved_at) or state.error is not None)
        if state.error is not None:
            self.saved.set_notice("", say(state.error), tone="danger")
        else:
            # A path has no spaces to break it at.
            path = state.saved_at.replace("/", "/\u200b").replace("\\", "\\\u200b")
            self.saved.set_notice(tr("The report is saved."), path, tone="ok")

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(12))


def _difference_name(difference_minor: int) -> str:
    if difference_minor == 0:
        return tr("All cash is there")
    return tr("Cash is missing") if difference_minor < 0 else tr("Too much cash")


def _sheet(receipt: ReceiptDocument) -> QWidget:
    """Return the report in the middle of the page."""
    column = Column(gap=0)
    column.add(Paper(receipt))
    column.add_stretch()
    page = Row(gap=0, box="card")
    page.add_stretch()
    page.add(column)
    page.add_stretch()
    return page
