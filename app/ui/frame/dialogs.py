"""Dialogs inside the window: a scrim under the top bar and one panel on it.

There are no windows of their own and no loops of their own: opening returns at once. Esc, the cross
and a tap on the scrim close; what was chosen is kept by the presenter until the order changes.
"""

from enum import StrEnum
from typing import Final, Protocol, runtime_checkable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.follow import Sleeper
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame

SCRIM_PERCENT: Final = 55
MARGIN_PX: Final = 8


class Area(StrEnum):
    """What a dialog covers."""

    WINDOW = "window"  # everything under the top bar
    WORK = "work"  # the work area over the action bar; the order stays usable


@runtime_checkable
class TakesKeys(Protocol):
    """A dialog that wants hotkeys."""

    def on_key(self, key: str) -> bool:
        """Handle a key; True if it was for the dialog."""
        ...


class DialogHost(QWidget):
    """Lies over the window and shows one dialog at a time.

    Args:
        window: What it lies over.

    Attributes:
        closed: The dialog went away, by whatever means.
    """

    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._dialog: QWidget | None = None
        self._area = Area.WINDOW
        self._size = QSize()
        self.hide()

    @property
    def dialog(self) -> QWidget | None:
        """What is shown now."""
        return self._dialog

    @property
    def area(self) -> Area:
        """What the dialog covers."""
        return self._area

    def open(self, dialog: QWidget, *, size_px: tuple[int, int], area: Area = Area.WINDOW) -> None:
        """Show a dialog in place of the one that is open.

        Args:
            dialog: It is taken over; the caller keeps it for the next time.
            size_px: Size in design pixels; less if the window is smaller.
            area: What to cover.
        """
        if self._dialog is not None and self._dialog is not dialog:
            self._dialog.hide()
        self._dialog, self._area, self._size = dialog, area, QSize(*size_px)
        dialog.setParent(self)
        if isinstance(dialog, Sleeper):
            dialog.wake()
        self.show()
        self.raise_()
        self._place()
        dialog.show()
        dialog.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_dialog(self) -> None:
        """Take the dialog away."""
        if self._dialog is None:
            return
        self._dialog.hide()
        self._dialog = None
        self.hide()
        self.closed.emit()

    def on_key(self, key: str) -> bool:
        """Give a hotkey to the dialog; Esc closes it, every other key stops here."""
        dialog = self._dialog
        if dialog is None:
            return False
        if isinstance(dialog, TakesKeys) and dialog.on_key(key):
            return True
        if key == "Esc":
            self.close_dialog()
        return True

    def set_place(self, place: QRect) -> None:
        """Say what is to be covered, in coordinates of the window."""
        self.setGeometry(place)
        self._place()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the scrim."""
        painter = QPainter(self)
        color = theme().color("scrim")
        color.setAlpha(255 * SCRIM_PERCENT // 100)
        painter.fillRect(self.rect(), color)
        painter.end()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close on a tap beside the dialog."""
        inside = self._dialog is not None and self._dialog.geometry().contains(
            event.position().toPoint()
        )
        if not inside:
            self.close_dialog()

    def _place(self) -> None:
        if self._dialog is None:
            return
        look = theme()
        margin = look.px(MARGIN_PX if self._area is Area.WINDOW else 12)
        width = min(look.px(self._size.width()), self.width() - 2 * margin)
        height = min(look.px(self._size.height()), self.height() - 2 * margin)
        left = (self.width() - width) // 2
        top = (self.height() - height) // 2
        if self._area is Area.WORK:
            top = self.height() - height - margin
        self._dialog.setGeometry(left, top, width, height)


class DialogFrame(LiveFrame, Sleeper):
    """The face of a dialog: a header with title and cross, a body, a footer.

    Args:
        parent: Owner.
        header_px: Height of the header.

    Attributes:
        cross_tapped: Close without doing anything.
    """

    cross_tapped = Signal()

    def __init__(self, parent: QWidget | None = None, *, header_px: int = 72) -> None:
        super().__init__(parent, box="dialog")
        self.hide()  # a child of the window must not appear with it
        self._header_px = header_px
        self.title = Label(style="title")
        self.header = QHBoxLayout()
        self.header.addWidget(self.title)
        self.header.addStretch(1)
        self.cross = PushButton("", Kind.GHOST, icon="x", width=56, parent=self)
        self.cross.clicked.connect(self.cross_tapped)
        self.header.addWidget(self.cross)
        self._head = LiveFrame(box="")
        self._head.setLayout(self.header)
        self.body = QVBoxLayout()
        self.footer = QHBoxLayout()
        self.column = QVBoxLayout(self)
        self.column.setSpacing(0)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.addWidget(self._head)
        self.column.addLayout(self.body, 1)
        self.column.addLayout(self.footer)

    @override
    def apply_theme(self) -> None:
        """Scale the header."""
        look = theme()
        self._head.setFixedHeight(look.px(self._header_px))
        self.header.setContentsMargins(look.px(24), 0, look.px(12), 0)
        self.header.setSpacing(look.px(12))

    @override
    def retranslate(self) -> None:
        """Name the cross."""
        self.cross.set_name(tr("Close"))

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Keep taps inside the dialog from reaching the scrim."""
        event.accept()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a line under the header."""
        super().paintEvent(event)
        painter = QPainter(self)
        rule = QRect(0, theme().px(self._header_px) - 1, self.width(), theme().px(1))
        painter.fillRect(rule, theme().color("line"))
        painter.end()
