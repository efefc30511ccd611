"""A product tile: one painted widget, put together of kept pictures.

Empty tiles and words stand on many tiles; with their pictures at hand a tile that was never shown
is painted as quickly as one that was.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPixmap,
    QTextLayout,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import draw_badge
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.face import draw_face
from app.ui.widgets.lines import WRAP, break_words
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.words import draw_line, draw_paragraph, keep_line, keep_paragraph

NAME_LINES_MAX: Final = 3
_WORDS_PX: Final = 17
SWIPE_PX: Final = 48
_GROUNDS_MAX: Final = 40
# Combining flags costs more than drawing with them, so it is done once.
_LEFT_MIDDLE: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NAME_FLAGS: Final = _LEFT_MIDDLE | Qt.TextFlag.TextDontClip | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True, slots=True)
class TileState:
    """What a tile shows; words and figures are ready for the screen.

    Attributes:
        key: What `tapped` tells.
        name: Product name, cut after three lines.
        price: `420 ₽` or `от 290 ₽`.
        tint: Category tint, 1 to 10.
        quantity: How many are in the order; empty for none.
        badge: `ещё 3` when few are left.
        is_stopped: Sold out.
        is_marked: A marking code must be scanned.
    """

    key: str
    name: str
    price: str
    tint: int
    quantity: str = ""
    badge: str = ""
    is_stopped: bool = False
    is_marked: bool = False


_Ground = tuple[str, str, bool]  # fill, border, whether that is dashed


class _Grounds:
    """Pictures of empty tiles."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], QPixmap] = {}

    def get(self, ground: _Ground, size: QSize, ratio: float) -> QPixmap:
        key = (theme().generation, ground, size.width(), size.height(), ratio)
        picture = self._kept.get(key)
        if picture is None:
            if len(self._kept) >= _GROUNDS_MAX:
                self._kept.clear()
            picture = self._kept[key] = _draw_ground(ground, size, ratio)
        return picture


_grounds = _Grounds()


def draw_words_ahead(state: TileState, ratio: float) -> bool:
    """Draw and keep the words of a product; False when there is no room for more."""
    look = theme()
    font, color = look.font_px(_WORDS_PX, 600), look.color("text")
    small, dim = look.font_px(_WORDS_PX, 500), look.color("text-2")
    return keep_paragraph(state.name, font, color, ratio) and keep_line(
        state.price, small, dim, ratio
    )


class ProductTile(Pressable):
    """One tile; a tap sells, a long press asks.

    Attributes:
        swiped: The finger was dragged: 1 for the next page, -1 for the one before.
    """

    swiped = Signal(int)
    keeps_face = False

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, long_press=True)
        # A face covers the whole tile; nothing below it needs to be painted.
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._state: TileState | None = None
        self._face: QPixmap | None = None
        self._was_drawn = False
        self._press_at: QPoint | None = None
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    @property
    def state(self) -> TileState | None:
        """What the tile shows now."""
        return self._state

    def set_state(self, state: TileState) -> None:
        """Show a product; the same again costs nothing."""
        if state != self._state:
            self._state = state
            name = f"{state.name}, {state.price}"
            self.setAccessibleName(f"{name}, {tr('sold out')}" if state.is_stopped else name)
            self.update()

    @override
    def draw_ahead(self) -> None:
        """Draw the words of what the tile shows now."""
        if self._state is not None:
            draw_words_ahead(self._state, self.devicePixelRatioF())

    @override
    def update(self, *place: object) -> None:
        """Draw the tile anew."""
        self._face = None
        self._was_drawn = False
        super().update(*place)

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the product, and an ink border while it is pressed.

        What is shown once, as most results of a search are, is drawn at once; what is painted a
        second time unchanged is kept as a picture from then on.
        """
        if self._state is None:
            return
        if not self._was_drawn:
            self._was_drawn = True
            _draw_product(painter, self._state, self.size(), self.devicePixelRatioF())
        else:
            painter.drawPixmap(0, 0, self._kept_face(self._state))
        if self.isDown():
            draw_face(painter, QRectF(self.rect()), "", border="ink", border_px=2)

    def _kept_face(self, state: TileState) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixels = self.size() * ratio
        if self._face is None or self._face.size() != pixels:
            self._face = QPixmap(pixels)
            self._face.setDevicePixelRatio(ratio)
            painter = QPainter(self._face)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            _draw_product(painter, state, self.size(), ratio)
            painter.end()
        return self._face

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a tap or a swipe."""
        self._press_at = event.position().toPoint()
        super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn a long vertical drag into a change of page."""
        if self._press_at is not None:
            moved = event.position().toPoint().y() - self._press_at.y()
            if abs(moved) > theme().px(SWIPE_PX):
                self._press_at = None
                self.setDown(False)
                self.swiped.emit(1 if moved < 0 else -1)
                return
        super().mouseMoveEvent(event)


def _draw_ground(ground: _Ground, size: QSize, ratio: float) -> QPixmap:
    """Draw an empty tile."""
    fill, border, dashed = ground
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(theme().color("bg"))
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(0, 0, size.width(), size.height())
    width = 1 if dashed else 2
    draw_face(painter, rect, fill, border=border, border_px=width, dashed=dashed)
    painter.end()
    return picture


def _draw_product(painter: QPainter, state: TileState, size: QSize, ratio: float) -> None:
    look = theme()
    if state.is_stopped:
        ground = "surface-2", "line-strong", True
    else:
        ground = f"cat-{state.tint}", "ink" if state.quantity else "", False
    painter.drawPixmap(0, 0, _grounds.get(ground, size, ratio))
    rect = QRectF(0, 0, size.width(), size.height())
    price_top = _draw_price(painter, rect, state)
    _draw_name(painter, rect, state, price_top)
    if state.quantity:
        edge = look.px(24)
        place = QRectF(rect.right() - look.px(8) - edge, look.px(8), edge, edge)
        draw_badge(painter, place, state.quantity)


def _draw_price(painter: QPainter, rect: QRectF, state: TileState) -> float:
    """Draw the bottom row and return where it begins."""
    look = theme()
    height = look.px(22)
    top = rect.bottom() - look.px(10) - height
    left = rect.x() + look.px(14)
    painter.setPen(look.color("text-3" if state.is_stopped else "text-2"))
    draw_line(painter, QPointF(left, top), state.price, look.font_px(_WORDS_PX, 500), height)
    right = rect.right() - look.px(14)
    if state.is_stopped or state.badge:
        text = tr("stop") if state.is_stopped else state.badge
        icon = "ban" if state.is_stopped else ""
        size = chip_size(text, icon, 24)
        chip = QRectF(right - size.width(), top - look.px(1), size.width(), size.height())
        draw_chip(painter, chip, text, "neutral" if state.is_stopped else "warn", icon)
    elif state.is_marked:
        edge = look.px(20)
        icons.paint(painter, QRect(int(right) - edge, int(top), edge, edge), "qrcode", "text-2", 20)
    return top


def _draw_name(painter: QPainter, rect: QRectF, state: TileState, bottom: float) -> None:
    look = theme()
    font = look.font_px(_WORDS_PX, 500 if state.is_stopped else 600)
    line_height = look.px(20)
    top = rect.y() + look.px(11)
    lines_max = max(1, min(NAME_LINES_MAX, int((bottom - top + look.px(4)) // line_height)))
    width = first = rect.width() - look.px(28)
    if state.quantity:
        first -= look.px(28)
        # The count stands beside the first line only, but an even edge looks better.
        metrics = QFontMetrics(font)
        if all(metrics.horizontalAdvance(word) <= first for word in state.name.split()):
            width = first
    painter.setPen(look.color("text-3" if state.is_stopped else "text"))
    place = QPointF(rect.x() + look.px(14), top)
    _draw_words(painter, place, state.name, font, (first, width), line_height, lines_max)


def _draw_words(
    painter: QPainter,
    place: QPointF,
    text: str,
    font: QFont,
    widths: tuple[float, float],
    line_height: int,
    lines_max: int,
) -> None:
    """Break a text into lines and draw them; working out the letters twice would take twice as long.

    Args:
        painter: Has the pen.
        place: Where the first line begins.
        text: One paragraph.
        font: Of the text.
        widths: Pixels of the first line and of the others.
        line_height: From line to line.
        lines_max: At least 1; a longer text ends with "…".
    """
    if draw_paragraph(painter, place, text, font, widths, line_height, lines_max):
        return
    layout = QTextLayout(text, font)
    count = _lay_lines(layout, widths, line_height, lines_max)
    if count <= lines_max:
        layout.draw(painter, place)
        return
    painter.setFont(font)
    for number, line in enumerate(break_words(text, font, widths[1], lines_max, widths[0])):
        box = QRectF(place.x(), place.y() + number * line_height, widths[1], line_height)
        painter.drawText(box, _NAME_FLAGS, line)


def _lay_lines(
    layout: QTextLayout, widths: tuple[float, float], line_height: int, lines_max: int
) -> int:
    """Lay out lines, each in the middle of its height; return how many, or one too many."""
    layout.setTextOption(WRAP)
    layout.beginLayout()
    count = 0
    while (line := layout.createLine()).isValid() and count <= lines_max:
        line.setLineWidth(widths[1] if count else widths[0])
        line.setPosition(QPointF(0, count * line_height + (line_height - line.height()) / 2))
        count += 1
    layout.endLayout()
    return count
