"""A payment by phone: the code, how long it holds, and what can be done meanwhile (design S6)."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget
from typing_extensions import override

from app.till.qr import QrDots
from app.ui import format as fmt
from app.ui.dates import say, span_text
from app.ui.payment.sizes import CODE_NARROW_PX, CODE_PX
from app.ui.payment.state import SbpPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.code import draw_code
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame, Rule
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

_WORDS_PX = 272
_QUIET_PX = 27  # four dots of a usual code


class CodePicture(LiveFrame):
    """A code, black on white in any theme; drawn when it comes, not with every second.

    Attributes:
        draws: How often it was drawn.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dots: QrDots | None = None
        self._edge_px = CODE_PX
        self.draws = 0
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.refresh()

    def show_code(self, dots: QrDots | None) -> None:
        """Show a code; the same again costs nothing."""
        if dots != self._dots:
            self._dots = dots
            self.update()

    def set_edge(self, edge_px: int) -> None:
        """Say how wide the dots are, design pixels; the quiet zone comes around them."""
        if edge_px != self._edge_px:
            self._edge_px = edge_px
            self.apply_theme()

    @override
    def sizeHint(self) -> QSize:
        """Return the size with the quiet zone."""
        edge = theme().px(self._edge_px + 2 * _QUIET_PX)
        return QSize(edge, edge)

    @override
    def apply_theme(self) -> None:
        """Scale the edge."""
        self.setFixedSize(self.sizeHint())
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dots on whole pixels, as phones read them best."""
        del event
        self.draws += 1
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        dots = self._dots
        if dots is not None:
            edge = max(1, self.width() // dots.edge) * dots.edge
            box = QRectF(0, 0, edge, edge)
            box.moveTopLeft(self.rect().center() - box.center().toPoint())
            draw_code(painter, box, dots)
        painter.end()


class SbpView(View[SbpPage]):
    """The page for a payment by phone under way.

    Attributes:
        print_wanted: The code is to be printed.
        check_wanted: The bank is to be asked now.
        cancel_wanted: The code is to become worthless.
    """

    print_wanted = Signal()
    check_wanted = Signal()
    cancel_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        card = LiveFrame(box="card")
        self._grid = QGridLayout(card)
        self._is_narrow = False
        self.code = CodePicture()
        self._title = Label(style="heading", size_px=18, weight=400, tone="text-2")
        self._amount = Label(style="hero", size_px=44, weight=700)
        self._small_amount = Label(style="hero", size_px=28, weight=700)
        self._advice = Label(style="item", size_px=18, weight=400, wrap=True)
        self._clock = IconLabel("hourglass", tone="primary-text")
        self._rest = Label(style="item", size_px=16, weight=600, tone="primary-text", wrap=True)
        self._note = Label(style="body-strong", tone="warn-text", wrap=True)
        self._rule = Rule()
        self.print_button = PushButton(kind=Kind.OUTLINE, icon="printer", height=64)
        self.check_button = PushButton(kind=Kind.OUTLINE, icon="refresh", height=64)
        self.cancel_button = PushButton(kind=Kind.OUTLINE_DANGER, icon="x", height=64)
        self._head, self._buttons = self._make_head(), self._make_buttons()
        row.addWidget(card)
        self._place()
        self.print_button.clicked.connect(self.print_wanted)
        self.check_button.clicked.connect(self.check_wanted)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.refresh()

    def _make_head(self) -> Column:
        head = Column(gap=12)
        head.add_stretch()
        head.add(self._title, self._amount, self._small_amount, self._advice)
        rest = Row(gap=8)
        rest.add(self._clock)
        rest.add(self._rest, stretch=1)
        head.add(rest, self._note)
        return head

    def _make_buttons(self) -> Column:
        buttons = Column(gap=12)
        buttons.add(self._rule, self.print_button, self.check_button, self.cancel_button)
        buttons.add_stretch()
        return buttons

    def _place(self) -> None:
        """Put the buttons below the words, in a narrow window below the code."""
        grid = self._grid
        for part in (self.code, self._head, self._buttons):
            grid.removeWidget(part)
        if self._is_narrow:
            grid.addWidget(self.code, 0, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._head, 0, 2)
            grid.addWidget(self._buttons, 1, 1, 1, 2)
        else:
            grid.addWidget(self.code, 0, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(self._head, 0, 2)
            grid.addWidget(self._buttons, 1, 2)
        side = 0 if self._is_narrow else 1
        grid.setColumnStretch(0, side)
        grid.setColumnStretch(3, side)
        grid.setColumnStretch(2, 1 - side)
        for words in (self._head, self._buttons):
            words.set_width(None if self._is_narrow else _WORDS_PX)
        self._amount.setVisible(not self._is_narrow)
        self._small_amount.setVisible(self._is_narrow)

    @override
    def show_state(self, state: SbpPage) -> None:
        """Show the code and how long it holds."""
        is_shown = state.dots is not None
        self.code.show_code(state.dots)
        self.code.setVisible(is_shown)
        self._title.setText(tr("Payment by SBP"))
        for amount in (self._amount, self._small_amount):
            amount.setText(fmt.money(state.amount_minor))
        advice = tr("The guest scans the code with the phone's camera or in the bank's app")
        self._advice.setText(say(state.words) or advice)
        time = span_text(state.seconds_left)
        self._rest.setText(tr("Waiting for the payment, {time}", time=time))
        self._note.setText(say(state.note))
        self._note.setVisible(state.note is not None)
        for part in (self._clock, self._rest, self._rule):
            part.setVisible(is_shown)
        self.print_button.set_label(tr("Code on paper"))
        self.print_button.setVisible(is_shown and state.can_print)
        self.check_button.set_label(tr("Asking…") if state.busy else tr("Check the payment"))
        self.check_button.setVisible(is_shown)
        self.cancel_button.set_label(tr("Cancel"))
        self.cancel_button.setVisible(is_shown)
        for button in (self.print_button, self.check_button, self.cancel_button):
            button.setEnabled(not state.busy)

    def set_narrow(self, *, is_narrow: bool) -> None:
        """Give the code less room."""
        self.code.set_edge(CODE_NARROW_PX if is_narrow else CODE_PX)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._place()
            self.apply_theme()

    @override
    def apply_theme(self) -> None:
        """Scale margins and gaps."""
        look = theme()
        edge = look.px(16)
        self._grid.setContentsMargins(edge, edge, edge, edge)
        self._grid.setHorizontalSpacing(look.px(12 if self._is_narrow else 24))
        self._grid.setVerticalSpacing(look.px(12))
