"""Bases of widgets that follow a change of look or language while they are on the screen.

A widget sets everything that depends on sizes and colours in `apply_theme` and every word in
`retranslate`; its constructor ends with `refresh()`. The bases call both again when they are told of
a new look (see `app.ui.follow`) or language.
"""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.face import BOXES, box_margins, draw_box


class LiveFrame(QFrame):
    """A container that follows theme, scale and language.

    Args:
        parent: Owner.
        box: Name of its face in `BOXES`: `bg`, `surface`, `card`, `line-top` ...
    """

    def __init__(self, parent: QWidget | None = None, *, box: str = "") -> None:
        super().__init__(parent)
        self._generation = -1
        self._box = BOXES[box]
        if self._box.is_opaque and type(self).paintEvent is LiveFrame.paintEvent:
            # What is under it needs not be drawn.
            self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._leave_border()

    def refresh(self) -> None:
        """Apply look and words; the last statement of a constructor."""
        self._generation = theme().generation
        self.apply_theme()
        self.retranslate()

    def apply_theme(self) -> None:
        """Set scaled sizes, margins and fonts."""

    def retranslate(self) -> None:
        """Set every word."""

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the face of the box."""
        if self._box.is_seen:
            painter = QPainter(self)
            draw_box(painter, self.rect(), self._box)
            painter.end()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new look or language."""
        super().changeEvent(event)
        kind = event.type()
        if kind == QEvent.Type.StyleChange and self._generation != theme().generation:
            self._leave_border()
            if self._generation != -1:
                self._generation = theme().generation
                self.apply_theme()
        elif kind == QEvent.Type.LanguageChange and self._generation != -1:
            self.retranslate()

    def _leave_border(self) -> None:
        if self._box.border or self._box.edge:
            self.setContentsMargins(box_margins(self._box))


class Rule(LiveFrame):
    """A dividing line of one pixel, horizontal or vertical."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent, box="rule")
        self._is_vertical = vertical
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale the width of the line."""
        width = theme().px(1)
        if self._is_vertical:
            self.setFixedWidth(width)
        else:
            self.setFixedHeight(width)
