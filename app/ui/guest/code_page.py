"""Looking for a guest by the six digits of the card: searched on the sixth."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui.dates import say
from app.ui.guest.state import CODE_DIGITS, CodePage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.stack import Column
from app.ui.widgets.view import View


class CodeBoxes(LiveFrame):
    """Six boxes with a digit each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._digits, self._error = "", False
        self.refresh()

    def set_digits(self, digits: str, *, error: bool) -> None:
        """Show what was typed."""
        self._digits, self._error = digits, error
        self.setAccessibleName(digits)
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(72))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the boxes; the next one is blue."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        gap = look.px(8)
        width = (self.width() - gap * (CODE_DIGITS - 1)) / CODE_DIGITS
        painter.setFont(look.font_px(32, 700, tabular=True))
        for number in range(CODE_DIGITS):
            box = QRectF(number * (width + gap), 0, width, self.height())
            is_next = number == len(self._digits)
            border, border_px = ("primary", 3) if is_next else ("line-strong", 1)
            if self._error:
                border, border_px = "danger", 2
            draw_face(painter, box, "surface", border=border, border_px=border_px)
            painter.setPen(look.color("text"))
            digit = self._digits[number : number + 1]
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, digit)
        painter.end()


class CodeView(View[CodePage]):
    """The page for a card code.

    Attributes:
        key_typed: A digit.
        erased: The last digit is to go.
        cleared: All digits are to go.
        phone_wanted: Look by phone instead.
        new_wanted: Register a new guest.
    """

    key_typed = Signal(str)
    erased = Signal()
    cleared = Signal()
    phone_wanted = Signal()
    new_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.boxes = CodeBoxes()
        self.error = Notice("danger")
        self.pad = Numpad(ContextKey.CLEAR, key_height=88)
        left = Column(gap=8, width=380)
        left.add(self.boxes, self.error)
        left.add(self.pad, stretch=1)
        self._hint = Notice("primary", height=68)
        self._scanner = Notice("loyal", icon="barcode", height=68)
        self.phone_button = PushButton(kind=Kind.OUTLINE, icon="phone", height=64)
        self.new_button = PushButton(kind=Kind.OUTLINE, icon="user-plus", height=64)
        right = Column(gap=8)
        right.add(self._hint)
        right.add_stretch()
        right.add(self._scanner, self.phone_button, self.new_button)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(left)
        self._row.addWidget(right, 1)
        self.pad.digit.connect(self.key_typed)
        self.pad.erased.connect(self.erased)
        self.pad.context_pressed.connect(self.cleared)
        self.phone_button.clicked.connect(self.phone_wanted)
        self.new_button.clicked.connect(self.new_wanted)
        self.refresh()

    @override
    def show_state(self, state: CodePage) -> None:
        """Show the digits and what is wrong with them."""
        self.boxes.set_digits(state.digits, error=state.error is not None)
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self.pad.setEnabled(not state.busy)

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(16))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._hint.set_notice(
            tr("Six digits of the card."), tr("The guest is found on the sixth digit.")
        )
        self._scanner.set_notice("", tr("The scanner works, too"))
        self.phone_button.set_label(tr("Enter the phone"))
        self.new_button.set_label(tr("New guest"))
        super().retranslate()
