"""The text field of the design: 56 px, a border that says who has the focus."""

from typing import Final

from PySide6.QtCore import QEvent, QMargins, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.face import draw_face

HEIGHT_PX: Final = 56
FONT_PX: Final = 18
SIDE_PX: Final = 14


class Field(QLineEdit):
    """A field for words.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._generation = -1
        self._room = QMargins()
        self.setFrame(False)
        self.apply_theme()

    def set_room(self, left: int, right: int) -> None:
        """Leave room for what lies inside the field; screen pixels."""
        room = QMargins(left, 0, right, 0)
        if room != self._room:
            self._room = room
            self._fit()

    def apply_theme(self) -> None:
        """Take font, colours and height from the look."""
        look = theme()
        self._generation = look.generation
        self.setFont(look.font_px(FONT_PX))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.Base, Qt.GlobalColor.transparent)
        palette.setColor(QPalette.ColorRole.Text, look.color("text"))
        disabled = QPalette.ColorGroup.Disabled
        palette.setColor(disabled, QPalette.ColorRole.Text, look.color("disabled-text"))
        palette.setColor(QPalette.ColorRole.PlaceholderText, look.color("text-3"))
        palette.setColor(QPalette.ColorRole.Highlight, look.color("primary"))
        palette.setColor(QPalette.ColorRole.HighlightedText, look.color("on-primary"))
        self.setPalette(palette)
        self.setMinimumHeight(look.px(HEIGHT_PX))
        self._fit()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the face, then what is typed."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border, width = ("primary", 3) if self.hasFocus() else ("line-strong", 1)
        if self.isEnabled():
            draw_face(painter, QRectF(self.rect()), "surface", border=border, border_px=width)
        else:
            draw_face(painter, QRectF(self.rect()), "disabled-fill")
        painter.end()
        super().paintEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._generation != theme().generation:
            self.apply_theme()

    def _fit(self) -> None:
        side = theme().px(SIDE_PX)
        self.setTextMargins(side + self._room.left(), 0, side + self._room.right(), 0)
