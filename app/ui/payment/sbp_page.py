"""A payment by phone: the code, how long it holds, and what can be done meanwhile (design S6)."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.till.qr import QUIET_DOTS, QrDots
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
        edge = theme().px(self._edge_px + 2 * 24)
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
            inner = dots.edge - 2 * QUIET_DOTS
            pixels = max(1, round(theme().px(self._edge_px) / inner))
            edge = min(pixels * dots.edge, self.width())
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
        card = Row(gap=24, margins=(16, 16, 16, 16), box="card")
        self.code = CodePicture()
        self._title = Label(style="heading", size_px=18, weight=400, tone="text-2")
        self._amount = Label(style="hero", size_px=44, weight=700)
        self._advice = Label(style="item", size_px=18, weight=400, wrap=True)
        self._clock = IconLabel("hourglass", tone="primary-text")
        self._rest = Label(style="item", size_px=16, weight=600, tone="primary-text")
        self._note = Label(style="body-strong", tone="warn-text", wrap=True)
        self._rule = Rule()
        self.print_button = PushButton(kind=Kind.OUTLINE, icon="printer", height=64)
        self.check_button = PushButton(kind=Kind.OUTLINE, icon="refresh", height=64)
        self.cancel_button = PushButton(kind=Kind.OUTLINE_DANGER, icon="x", height=64)
        card.add_stretch()
        card.add(self.code)
        card.add(self._words(), stretch=0)
        card.add_stretch()
        row.addWidget(card)
        self.print_button.clicked.connect(self.print_wanted)
        self.check_button.clicked.connect(self.check_wanted)
        self.cancel_button.clicked.connect(self.cancel_wanted)
        self.refresh()

    def _words(self) -> Column:
        words = Column(gap=12, width=_WORDS_PX)
        words.add_stretch()
        words.add(self._title, self._amount, self._advice)
        rest = Row(gap=8)
        rest.add(self._clock)
        rest.add(self._rest, stretch=1)
        words.add(rest, self._note, self._rule)
        words.add(self.print_button, self.check_button, self.cancel_button)
        words.add_stretch()
        return words

    @override
    def show_state(self, state: SbpPage) -> None:
        """Show the code and how long it holds."""
        is_shown = state.dots is not None
        self.code.show_code(state.dots)
        self.code.setVisible(is_shown)
        self._title.setText(tr("Payment by SBP"))
        self._amount.setText(fmt.money(state.amount_minor))
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
