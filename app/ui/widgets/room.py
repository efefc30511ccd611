"""Room for a page that may be larger than the window: small windows scroll, large ones do not."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QScroller, QWidget
from typing_extensions import override


class Room(QScrollArea):
    """Gives a page all the room there is, and scrolls where that is less than it needs.

    Args:
        page: It is taken over.
        parent: Owner.
    """

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(page)
        touch = QScroller.ScrollerGestureType.TouchGesture
        QScroller.grabGesture(self.viewport(), touch)

    @override
    def sizeHint(self) -> QSize:
        """Return what the page wants."""
        return self.widget().sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        """Ask for next to nothing."""
        return QSize(0, 0)
