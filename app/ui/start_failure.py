"""What is shown instead of the till when it cannot start: one sentence and one button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton

_WIDTH_PX = 640


class StartFailure(QWidget):
    """Tells why the till cannot start, in words; nothing was changed.

    Args:
        text: What happened and what to do.
        code: For support.

    Attributes:
        closed: The button was pressed.
    """

    closed = Signal()

    def __init__(self, text: str, code: str) -> None:
        super().__init__()
        self.setWindowTitle("Max Loyalty Cashier")
        look = theme()
        box = QVBoxLayout(self)
        edge = look.px(32)
        box.setContentsMargins(edge, edge, edge, edge)
        box.setSpacing(look.px(20))
        for words, size, weight in (
            (tr("The till could not start"), 24, 700),
            (text, 18, 500),
            (code, 14, 500),
        ):
            label = QLabel(words, self)
            label.setWordWrap(True)
            label.setFont(look.font_px(size, weight))
            box.addWidget(label)
        box.addStretch()
        button = PushButton(tr("Close"), Kind.PRIMARY, height=64)
        button.clicked.connect(self.closed)
        box.addWidget(button)
        self.setFixedWidth(look.px(_WIDTH_PX))
