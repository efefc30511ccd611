"""Fitting a text into its place: lines at words, and what is left out where there is no room."""

from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextLayout, QTextOption

WRAP: Final = QTextOption()
WRAP.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)


def cut(text: str, metrics: QFontMetrics, width: int) -> str:
    """Return what fits on one line: as many whole sentences as there is room for, else cut with "…".

    Args:
        text: One or more sentences.
        metrics: Of the font it is drawn with.
        width: Pixels.
    """
    if metrics.horizontalAdvance(text) <= width:
        return text
    head = text
    while ". " in head:
        head = head[: head.rindex(". ") + 1]
        if metrics.horizontalAdvance(head) <= width:
            return head
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)


def break_words(
    text: str, font: QFont, width: float, lines_max: int, first_width: float = 0
) -> list[str]:
    """Break a text into lines at words; what does not fit ends with "…".

    Args:
        text: One paragraph.
        font: The font it is drawn with.
        width: Pixels of a line.
        lines_max: At least 1.
        first_width: Pixels of the first line, if it is shorter.
    """
    layout = QTextLayout(text, font)
    layout.setTextOption(WRAP)
    lines: list[str] = []
    layout.beginLayout()
    while True:
        line = layout.createLine()
        if not line.isValid():
            break
        line.setLineWidth(first_width if first_width and not lines else width)
        line.setPosition(QPointF(0, 0))
        piece = text[line.textStart() : line.textStart() + line.textLength()]
        if len(lines) == lines_max:
            lines[-1] = f"{lines[-1].rstrip(' ,-')}…"
            break
        lines.append(piece)
    layout.endLayout()
    return [line.rstrip(" ") for line in lines]
