"""Bases of widgets that follow a change of look or language while they are on the screen.

A widget sets everything that depends on sizes and colours in `apply_theme` and every word in
`retranslate`; its constructor ends with `refresh()`. The bases call both again when Qt tells of a
new style or language.
"""

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QFrame, QWidget
from typing_extensions import override

from app.ui.theme import theme


class LiveFrame(QFrame):
    """A container that follows theme, scale and language.

    Args:
        parent: Owner.
        box: Value of the style sheet's `box` property: `bg`, `surface`, `card`, `dialog` ...
    """

    def __init__(self, parent: QWidget | None = None, *, box: str = "") -> None:
        super().__init__(parent)
        self._generation = -1
        if box:
            self.setProperty("box", box)
            self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

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
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style or language."""
        super().changeEvent(event)
        kind = event.type()
        if kind == QEvent.Type.StyleChange and self._generation not in (-1, theme().generation):
            self._generation = theme().generation
            self.apply_theme()
            self.update()
        elif kind == QEvent.Type.LanguageChange and self._generation != -1:
            self.retranslate()


class Rule(QFrame):
    """A dividing line of one pixel, horizontal or vertical."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        self.setProperty("rule", "v" if vertical else "h")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
