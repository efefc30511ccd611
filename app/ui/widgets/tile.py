"""Product tiles: one painted widget a tile, a fixed set of them, faces kept as pictures.

The grid never creates widgets while it is used: a change of page gives the same tiles other
contents. A face (name, price, marks) is drawn once for its contents, size and look.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import draw_badge
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.face import draw_face
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.words import draw_line, draw_paragraph

TILE_HEIGHT_MIN_PX: Final = 96
TILE_HEIGHT_LOW_PX: Final = 80  # the one-pane layout, where two rows must fit
GAP_PX: Final = 8
NAME_LINES_MAX: Final = 3
SWIPE_PX: Final = 48
FACES_A_TURN: Final = 2
FACES_AHEAD: Final = 40
_CACHE_BYTES_MAX: Final = 16 * 1024 * 1024
_GROUNDS_MAX: Final = 40
# Combining flags costs more than drawing with them, so it is done once.
_LEFT_MIDDLE: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_WRAP: Final = QTextOption()
_WRAP.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
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


_Ground = tuple[str, str, bool]


class _Faces:
    """Pictures of tiles, the least used dropped first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[object, ...], QPixmap] = OrderedDict()
        self._grounds: dict[tuple[object, ...], QPixmap] = {}
        self._bytes = 0
        self._generation = -1

    def ground(self, ground: _Ground, size: QSize, ratio: float) -> QPixmap:
        """Return an empty tile of a fill, a border and whether that is dashed."""
        key = (theme().generation, ground, size.width(), size.height(), ratio)
        picture = self._grounds.get(key)
        if picture is None:
            if len(self._grounds) >= _GROUNDS_MAX:
                self._grounds.clear()
            picture = self._grounds[key] = _draw_ground(ground, size, ratio)
        return picture

    def get(self, state: TileState, size: QSize, ratio: float) -> QPixmap:
        if self._generation != theme().generation:
            self._kept.clear()
            self._bytes = 0
            self._generation = theme().generation
        key = (state, size.width(), size.height(), ratio)
        face = self._kept.get(key)
        if face is not None:
            self._kept.move_to_end(key)
            return face
        face = draw_tile(state, size, ratio)
        self._kept[key] = face
        self._bytes += face.width() * face.height() * 4
        while self._bytes > _CACHE_BYTES_MAX and len(self._kept) > 1:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.width() * dropped.height() * 4
        return face


_faces = _Faces()


def faces_kept(size: QSize, ratio: float) -> int:
    """Return how many faces of a size are kept at least."""
    pixels = size * ratio
    return int(_CACHE_BYTES_MAX // max(1, pixels.width() * pixels.height() * 4))


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
        """Draw the face of what the tile shows now, if there is room for it."""
        if self._state is not None and not self.size().isEmpty():
            _faces.get(self._state, self.size(), self.devicePixelRatioF())

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw the kept face, and an ink border while it is pressed."""
        if self._state is None:
            return
        painter.drawPixmap(0, 0, _faces.get(self._state, self.size(), self.devicePixelRatioF()))
        if self.isDown():
            draw_face(painter, QRectF(self.rect()), "", border="ink", border_px=2)

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


def draw_tile(state: TileState, size: QSize, ratio: float) -> QPixmap:
    """Draw the face of a tile."""
    look = theme()
    if state.is_stopped:
        ground = "surface-2", "line-strong", True
    else:
        ground = f"cat-{state.tint}", "ink" if state.quantity else "", False
    face = QPixmap(_faces.ground(ground, size, ratio))  # drawing on it makes it a copy
    painter = QPainter(face)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    rect = QRectF(0, 0, size.width(), size.height())
    price_top = _draw_price(painter, rect, state)
    _draw_name(painter, rect, state, price_top)
    if state.quantity:
        edge = look.px(24)
        place = QRectF(rect.right() - look.px(8) - edge, look.px(8), edge, edge)
        draw_badge(painter, place, state.quantity)
    painter.end()
    return face


def _draw_price(painter: QPainter, rect: QRectF, state: TileState) -> float:
    """Draw the bottom row and return where it begins."""
    look = theme()
    height = look.px(22)
    top = rect.bottom() - look.px(10) - height
    left = rect.x() + look.px(14)
    painter.setPen(look.color("text-3" if state.is_stopped else "text-2"))
    draw_line(painter, QPointF(left, top), state.price, look.font_px(17, 500), height)
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
    font = look.font_px(17, 500 if state.is_stopped else 600)
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
    layout.setTextOption(_WRAP)
    layout.beginLayout()
    count = 0
    while (line := layout.createLine()).isValid() and count <= lines_max:
        line.setLineWidth(widths[1] if count else widths[0])
        line.setPosition(QPointF(0, count * line_height + (line_height - line.height()) / 2))
        count += 1
    layout.endLayout()
    return count


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
    layout.setTextOption(_WRAP)
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


class TileGrid(LiveFrame):
    """A page of tiles that fill the space.

    Args:
        parent: Owner.

    Attributes:
        tapped: Key of the product that was tapped.
        held: Key of the product that was pressed long.
        paged: The page that is shown and the number of pages changed.
    """

    tapped = Signal(str)
    held = Signal(str)
    paged = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = 4
        self._is_low = False
        self._states: Sequence[TileState] = ()
        self._tiles: list[ProductTile] = []
        self._page = 0
        self._next_face = 0
        self._ahead = QTimer(self)
        self._ahead.timeout.connect(self._draw_ahead)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    @property
    def page(self) -> int:
        """The page that is shown, from 0."""
        return self._page

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-len(self._states) // max(1, self.capacity)))

    @property
    def rows(self) -> int:
        """Rows that fit: tiles stretch, but are never lower than 96 px."""
        look = theme()
        gap = look.px(GAP_PX)
        least = look.px(TILE_HEIGHT_LOW_PX if self._is_low else TILE_HEIGHT_MIN_PX)
        return max(1, (self.height() + gap) // (least + gap))

    @property
    def capacity(self) -> int:
        """Tiles on one page."""
        return self.rows * self._columns

    def set_columns(self, columns: int, *, is_low: bool = False) -> None:
        """Set how many tiles stand in a row, and whether they may be lower than usual."""
        if (columns, is_low) != (self._columns, self._is_low):
            self._columns, self._is_low = columns, is_low
            self._arrange()

    def set_tiles(self, states: Sequence[TileState], *, keep_page: bool = True) -> None:
        """Show products; `keep_page` False begins at the first page."""
        pages_before = self.pages
        self._states = states
        if not keep_page:
            self._page = 0
        self._show_page()
        if self.pages != pages_before or not keep_page:
            self.paged.emit(self._page, self.pages)

    def turn(self, step: int) -> None:
        """Go on or back by pages; stops at the ends."""
        page = min(max(self._page + step, 0), self.pages - 1)
        if page != self._page:
            self._page = page
            self._show_page()
            self.paged.emit(self._page, self.pages)

    def tile(self, key: str) -> ProductTile:
        """Return the visible tile of a product.

        Raises:
            KeyError: It is not on this page.
        """
        for tile in self._tiles:
            if not tile.isHidden() and tile.state is not None and tile.state.key == key:
                return tile
        raise KeyError(key)

    @override
    def apply_theme(self) -> None:
        """Lay the tiles out for the new scale."""
        self._arrange()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the tiles out for the new size."""
        super().resizeEvent(event)
        self._arrange()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the focus with the arrows, pages with Page Up and Page Down."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        step = steps.get(Qt.Key(event.key()))
        focused = next((n for n, tile in enumerate(self._tiles) if tile.hasFocus()), None)
        if step is not None and focused is not None:
            target = focused + step
            if 0 <= target < len(self._tiles) and not self._tiles[target].isHidden():
                self._tiles[target].setFocus(Qt.FocusReason.OtherFocusReason)
        elif event.key() == Qt.Key.Key_PageDown:
            self.turn(1)
        elif event.key() == Qt.Key.Key_PageUp:
            self.turn(-1)
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        if self.width() <= 0 or self.height() <= 0:
            return
        gap, rows, columns = theme().px(GAP_PX), self.rows, self._columns
        while len(self._tiles) < rows * columns:
            self._tiles.append(self._make_tile())
        # All are of one size, so that a kept face fits wherever its product stands next.
        size = QSize((self.width() + gap) // columns - gap, (self.height() + gap) // rows - gap)
        for number, tile in enumerate(self._tiles[: rows * columns]):
            row, column = divmod(number, columns)
            left = column * (self.width() + gap) // columns
            top = row * (self.height() + gap) // rows
            tile.setGeometry(QRect(QPoint(left, top), size))
        self._page = min(self._page, self.pages - 1)
        self._show_page()
        self.paged.emit(self._page, self.pages)

    def _make_tile(self) -> ProductTile:
        tile = ProductTile(self)
        tile.clicked.connect(lambda: self._on_tile(tile, self.tapped))
        tile.held.connect(lambda: self._on_tile(tile, self.held))
        tile.swiped.connect(self.turn)
        return tile

    def _on_tile(self, tile: ProductTile, signal: object) -> None:
        if tile.state is None:
            return
        (self.held if signal is self.held else self.tapped).emit(tile.state.key)

    def _show_page(self) -> None:
        self._page = min(self._page, self.pages - 1)
        start = self._page * self.capacity
        page = self._states[start : start + self.capacity]
        for number, tile in enumerate(self._tiles):
            if number < len(page):
                tile.set_state(page[number])
                tile.show()
            else:
                tile.hide()
        self._next_face = start + self.capacity
        self._ahead.start()

    def _draw_ahead(self) -> None:
        """Draw some faces of the pages that follow, while nothing else is to be done.

        They come with the next page, and with the next letter of a search. What is shown keeps its place:
        no more are drawn than are kept beside it.
        """
        if not self._tiles or not self.isVisible():
            self._ahead.stop()
            return
        size, ratio = self._tiles[0].size(), self.devicePixelRatioF()
        room = min(FACES_AHEAD, faces_kept(size, ratio) - self.capacity)
        last = min(len(self._states), (self._page + 1) * self.capacity + room)
        for state in self._states[self._next_face : min(self._next_face + FACES_A_TURN, last)]:
            _faces.get(state, size, ratio)
        self._next_face += FACES_A_TURN
        if self._next_face >= last:
            self._ahead.stop()
