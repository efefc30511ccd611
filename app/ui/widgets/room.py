"""Room for a page that may be larger than the window: small windows scroll, large ones do not."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.ui.widgets.scroll import ScrollBox, ThinBar


class Room(ScrollBox):
    """Gives a page all the room there is, and scrolls where that is less than it needs.

    Args:
        page: It is taken over.
        parent: Owner.
    """

    def __init__(self, page: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setHorizontalScrollBar(ThinBar(Qt.Orientation.Horizontal, self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setWidget(page)

    @override
    def sizeHint(self) -> QSize:
        """Return what the page wants."""
        return self.widget().sizeHint()

    @override
    def minimumSizeHint(self) -> QSize:
        """Ask for next to nothing."""
        return QSize(0, 0)
