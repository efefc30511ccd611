"""Words that are drawn again and again: their letters are worked out once and kept.

The products of a menu share most of their words, and working out where the letters of a text stand
takes longer than drawing them. GUI thread only; a change of look forgets everything.
"""

import re
from collections import OrderedDict
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QPainter, QStaticText, QTransform

from app.ui.theme import theme

#: A retailer's menu speaks some thousands of words; one takes about a kilobyte.
_KEPT_MAX: Final = 6_000
#: Lines of such texts break at spaces only; for others the rules are Qt's.
_PLAIN: Final = re.compile("[0-9A-Za-zА-Яа-яЁё«».,%₽+×:\u00a0\u202f ]+")

_Word = tuple[QStaticText, float, float]  # width and height


class _Words:
    """Words by font; a font is known by its object, which the theme keeps."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], _Word] = OrderedDict()
        self._generation = -1

    def get(self, text: str, font: QFont) -> _Word:
        if self._generation != theme().generation:
            self._kept.clear()
            self._generation = theme().generation
        key = (text, id(font))
        word = self._kept.get(key)
        if word is None:
            if len(self._kept) >= _KEPT_MAX:
                self._kept.popitem(last=False)
            static = QStaticText(text)
            static.setTextFormat(Qt.TextFormat.PlainText)
            static.prepare(QTransform(), font)
            size = static.size()
            word = self._kept[key] = (static, size.width(), size.height())
        return word


_words = _Words()


def draw_line(painter: QPainter, place: QPointF, text: str, font: QFont, height: float) -> None:
    """Draw a short text that comes back often, such as a price, in the middle of a height.

    Args:
        painter: Has the pen.
        place: The upper left corner.
        text: One line.
        font: As the theme gave it.
        height: Pixels of the row.
    """
    word, _, high = _words.get(text, font)
    painter.setFont(font)
    painter.drawStaticText(QPointF(place.x(), place.y() + (height - high) / 2), word)


def draw_paragraph(
    painter: QPainter,
    place: QPointF,
    text: str,
    font: QFont,
    widths: tuple[float, float],
    line_height: int,
    lines_max: int,
) -> bool:
    """Draw a text in lines if it breaks at spaces only and fits; False if nothing was drawn.

    Args:
        painter: Has the pen.
        place: Where the first line begins.
        text: One paragraph.
        font: As the theme gave it.
        widths: Pixels of the first line and of the others.
        line_height: From line to line.
        lines_max: At least 1.
    """
    if not _PLAIN.fullmatch(text):
        return False
    space = _words.get("\u00a0", font)[1]
    row, left, width = 0, 0.0, widths[0]
    spots: list[tuple[QPointF, QStaticText]] = []
    for piece in text.split(" "):
        word, wide, high = _words.get(piece, font)
        if left and left + wide > width:
            row, left, width = row + 1, 0.0, widths[1]
        if row == lines_max or wide > width:
            return False
        down = row * line_height + (line_height - high) / 2
        spots.append((QPointF(place.x() + left, place.y() + down), word))
        left += wide + space
    painter.setFont(font)
    for spot, word in spots:
        painter.drawStaticText(spot, word)
    return True
