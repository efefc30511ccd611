"""The rows of a report drawn as one sheet: a widget for each row would hold up a tap."""

from typing import Final

from PySide6.QtCore import QMargins, QRect, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent
from typing_extensions import override

from app.till.receipts import PairRow, ReceiptDocument, RuleRow, TextRow
from app.till.receipts import Row as PaperRow
from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame

#: Design pixels: the sheet, its margins, a line of words with a sum, the gap between rows.
PAPER_PX: Final = 520
_MARGIN_X, _MARGIN_Y, _PAIR_PX, _GAP_PX = 24, 16, 30, 2
_LARGE_PX, _USUAL_PX = 20, 16
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
_WRAP: Final = Qt.TextFlag.TextWordWrap


class Paper(LiveFrame):
    """A report as wide as paper.

    Args:
        receipt: What it says.
    """

    def __init__(self, receipt: ReceiptDocument) -> None:
        super().__init__(box="clear")
        self._rows = receipt.rows
        self._places: list[QRect] = []
        self.setAccessibleName("\n".join(filter(None, map(_words, self._rows))))
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Work out where every row stands, in the scale of the interface."""
        look = theme()
        width = look.px(PAPER_PX - 2 * _MARGIN_X)
        left, top, gap = look.px(_MARGIN_X), look.px(_MARGIN_Y), look.px(_GAP_PX)
        self._places = []
        for row in self._rows:
            place = QRect(left, top, width, _height(row, width))
            self._places.append(place)
            top = place.bottom() + 1 + gap
        self.setFixedSize(look.px(PAPER_PX), top - gap + look.px(_MARGIN_Y))
        self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows that are to be seen."""
        super().paintEvent(event)
        painter = QPainter(self)
        for row, place in zip(self._rows, self._places, strict=True):
            if event.rect().intersects(place):
                _draw(painter, row, place)
        painter.end()


def _words(row: PaperRow) -> str:
    match row:
        case PairRow():
            return f"{row.left} {row.right}"
        case TextRow():
            return row.text
        case RuleRow():
            return ""
        case _:
            # A report has no codes; what else may come some day is shown by its words.
            return str(getattr(row, "data", ""))


def _font(row: PaperRow) -> QFont:
    look = theme()
    match row:
        case TextRow():
            style = look.font("body-strong" if row.is_bold else "body")
            return look.font_px(_LARGE_PX, style.weight()) if row.is_large else style
        case _:
            return look.font("caption")


def _height(row: PaperRow, width: int) -> int:
    look = theme()
    if isinstance(row, PairRow):
        return look.px(_PAIR_PX)
    if isinstance(row, RuleRow):
        return look.px(1)
    room = QRect(0, 0, width, look.px(10_000))
    return QFontMetrics(_font(row)).boundingRect(room, _WRAP, _words(row)).height()


def _draw(painter: QPainter, row: PaperRow, place: QRect) -> None:
    look = theme()
    if isinstance(row, RuleRow):
        painter.fillRect(place, look.color("line"))
    elif isinstance(row, PairRow):
        _draw_pair(painter, row, place)
    else:
        is_centred = isinstance(row, TextRow) and row.align == "center"
        side = Qt.AlignmentFlag.AlignHCenter if is_centred else Qt.AlignmentFlag.AlignLeft
        painter.setFont(_font(row))
        painter.setPen(look.color("text"))
        painter.drawText(place, side | _MIDDLE | _WRAP, _words(row))


def _draw_pair(painter: QPainter, row: PairRow, place: QRect) -> None:
    look = theme()
    figure = look.font_px(_LARGE_PX if row.is_large else _USUAL_PX, 600, tabular=True)
    label = look.font_px(_USUAL_PX, 400)
    taken = QFontMetrics(figure).horizontalAdvance(row.right) + look.px(8)
    room = place.marginsRemoved(QMargins(0, 0, taken, 0))
    words = QFontMetrics(label).elidedText(row.left, Qt.TextElideMode.ElideRight, room.width())
    painter.setFont(label)
    painter.setPen(look.color("text-2"))
    painter.drawText(room, Qt.AlignmentFlag.AlignLeft | _MIDDLE, words)
    painter.setFont(figure)
    painter.setPen(look.color("text"))
    painter.drawText(place, Qt.AlignmentFlag.AlignRight | _MIDDLE, row.right)
