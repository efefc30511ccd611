"""Words that are drawn again and again: each is drawn once and kept as a picture.

The products of a menu share most of their words. Laying a picture of a word down takes a twentieth
of the time of drawing its letters. GUI thread only; a change of look forgets everything.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Final

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPixmap

from app.ui.theme import theme

#: Some thousand words of a tile; a menu's common ones stay.
_BYTES_MAX: Final = 16 * 1024 * 1024
#: Letters may reach over their advance.
_MARGIN_PX: Final = 2
#: Lines of such texts break at spaces, hyphens and strokes only; for others the rules are Qt's.
_PLAIN: Final = re.compile("[0-9A-Za-zА-Яа-яЁё«».,%₽+×:()№!?…&'\"/\u00a0\u202f -]+")
#: A line may end after a hyphen or a stroke inside a word, as in «Флэт-уайт».
_PARTS: Final = re.compile("(?<= )(?=[^ ])|(?<=[A-Za-zА-Яа-яЁё][-/])(?=[A-Za-zА-Яа-яЁё])")
_SPACE: Final = "\u00a0"
#: What does not stand before an ellipsis.
_DANGLING: Final = " ,-/"


@dataclass(frozen=True, slots=True)
class _Word:
    """A word as it looks.

    Attributes:
        picture: The word with a margin at the left and the right.
        width: Pixels from its beginning to the beginning of what follows.
        height: Pixels of its row.
    """

    picture: QPixmap
    width: float
    height: float


class _Shelf:
    """Pictures of words in one font and colour, the oldest dropped first."""

    def __init__(self, font: QFont, color: QColor, ratio: float) -> None:
        self._font = font
        self._color = color
        self._ratio = ratio
        self._metrics = QFontMetricsF(font)
        self._kept: dict[str, _Word] = {}
        self._bytes = 0

    def get(self, text: str) -> _Word:
        word = self._kept.get(text)
        if word is None:
            word = self._kept[text] = self._draw(text)
            self._bytes += _bytes(word)
            while self._bytes > _BYTES_MAX and len(self._kept) > 1:
                self._bytes -= _bytes(self._kept.pop(next(iter(self._kept))))
        return word

    def fill(self, texts: Iterable[str]) -> bool:
        """Keep these too, leaving a quarter of the room to what will be shown."""
        for text in texts:
            if self._bytes >= _BYTES_MAX * 3 // 4:
                return False
            self.get(text)
        return True

    def _draw(self, text: str) -> _Word:
        metrics = self._metrics
        width, height = metrics.horizontalAdvance(text), metrics.height()
        picture = QPixmap(QSize(ceil(width) + 2 * _MARGIN_PX, ceil(height)) * self._ratio)
        picture.setDevicePixelRatio(self._ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setPen(self._color)
        painter.setFont(self._font)
        painter.drawText(QPointF(_MARGIN_PX, metrics.ascent()), text)
        painter.end()
        return _Word(picture, width, height)


class _Shelves:
    """Shelves by font, colour and screen; a font is known by its object, which the theme keeps."""

    def __init__(self) -> None:
        self._shelves: dict[tuple[int, int, float], _Shelf] = {}
        self._generation = -1

    def of(self, painter: QPainter, font: QFont) -> _Shelf:
        return self.get(font, painter.pen().color(), painter.device().devicePixelRatioF())

    def get(self, font: QFont, color: QColor, ratio: float) -> _Shelf:
        generation = theme().generation
        if self._generation != generation:
            self._shelves.clear()
            self._generation = generation
        key = (id(font), color.rgba(), ratio)
        shelf = self._shelves.get(key)
        if shelf is None:
            shelf = self._shelves[key] = _Shelf(font, color, ratio)
        return shelf


_shelves = _Shelves()


def keep_line(text: str, font: QFont, color: QColor, ratio: float) -> bool:
    """Draw ahead what `draw_line` will want; False when there is no room for more.

    Args:
        text: One line.
        font: As the theme gave it.
        color: Of the pen that will draw it.
        ratio: Device pixels per pixel.
    """
    return _shelves.get(font, color, ratio).fill((text,))


def keep_paragraph(text: str, font: QFont, color: QColor, ratio: float) -> bool:
    """Draw ahead what `draw_paragraph` will want; False when there is no room for more.

    Args:
        text: One paragraph.
        font: As the theme gave it.
        color: Of the pen that will draw it.
        ratio: Device pixels per pixel.
    """
    return _shelves.get(font, color, ratio).fill((_SPACE, *_words_of(text)))


def draw_line(painter: QPainter, place: QPointF, text: str, font: QFont, height: float) -> None:
    """Draw a short text that comes back often, such as a price, in the middle of a height.

    Args:
        painter: Has the pen.
        place: The upper left corner.
        text: One line.
        font: As the theme gave it.
        height: Pixels of the row.
    """
    _lay(painter, place.x(), place.y(), height, _shelves.of(painter, font).get(text))


def draw_paragraph(
    painter: QPainter,
    place: QPointF,
    text: str,
    font: QFont,
    widths: tuple[float, float],
    line_height: int,
    lines_max: int,
) -> bool:
    """Draw a text in lines if it breaks at words only; False if nothing was drawn.

    Args:
        painter: Has the pen.
        place: Where the first line begins.
        text: One paragraph; what does not fit ends with "…".
        font: As the theme gave it.
        widths: Pixels of the first line and of the others.
        line_height: From line to line.
        lines_max: At least 1.
    """
    if not _PLAIN.fullmatch(text):
        return False
    shelf = _shelves.of(painter, font)
    space = shelf.get(_SPACE).width
    row, left, width = 0, 0.0, widths[0]
    spots: list[tuple[float, int, _Word]] = []
    last = ""
    for piece in _PARTS.split(text):
        part = piece.rstrip(" ")
        word = shelf.get(part)
        if left and left + word.width > width:
            row, left, width = row + 1, 0.0, widths[1]
        if word.width > width:
            return False
        if row == lines_max:
            spots[-1] = (spots[-1][0], row - 1, shelf.get(f"{last.rstrip(_DANGLING)}…"))
            break
        spots.append((left, row, word))
        left += word.width + (space if part is not piece else 0)
        last = part
    for start, number, word in spots:
        _lay(painter, place.x() + start, place.y() + number * line_height, line_height, word)
    return True


def _words_of(text: str) -> list[str]:
    return [piece.rstrip(" ") for piece in _PARTS.split(text)] if _PLAIN.fullmatch(text) else []


def _lay(painter: QPainter, left: float, top: float, height: float, word: _Word) -> None:
    """Lay a word down on whole pixels, in the middle of a height."""
    down = top + (height - word.height) / 2
    painter.drawPixmap(round(left) - _MARGIN_PX, round(down), word.picture)


def _bytes(word: _Word) -> int:
    return word.picture.width() * word.picture.height() * 4
