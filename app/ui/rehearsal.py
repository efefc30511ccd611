"""What is slow the first time is done once while the till is idle.

The first text in a font loads the font and draws its letters, the first picture of a screen loads its
icons and works out its layout: together they would make the first cashier of the day wait.

GUI thread only; each step is short, see `TillUi.make_late_screens`.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from app.ui.theme import theme

LETTERS: Final = (
    "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяABCDEFGHIKLMNOPRSTVXYZ"
    "abcdefghiklmnoprstuvwxyz0123456789.,:;+−×·%№()«»₽\u00a0\u202f"
)


def rehearse(views: Iterable[QWidget]) -> Iterator[None]:
    """Draw the letters of the fonts in use, then each view once, out of sight.

    Args:
        views: Dialogs, and what is drawn better with the menu that came meanwhile.
    """
    for font in theme().fonts_in_use():
        picture = QPixmap(1, 1)
        painter = QPainter(picture)
        painter.setFont(font)
        painter.drawText(QPointF(0, 0), LETTERS)
        painter.end()
        yield
    for view in views:
        view.grab()
        yield
