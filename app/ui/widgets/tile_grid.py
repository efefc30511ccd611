"""The grid of product tiles: a fixed set of them that shows a page.

The grid never creates widgets while it is used: a change of page gives the same tiles other
contents. While nothing else is to be done it draws what will be wanted next.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.tile import ProductTile, TileState, draw_words_ahead

TILE_HEIGHT_MIN_PX: Final = 96
TILE_HEIGHT_LOW_PX: Final = 80  # the one-pane layout, where two rows must fit
GAP_PX: Final = 8
#: Words of so many products of the pages that follow are drawn ahead, and so many in one idle turn.
AHEAD: Final = 40
AHEAD_A_TURN: Final = 2


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
        self._expected: tuple[TileState, ...] = ()
        self._next: deque[TileState] = deque()
        self._later: deque[TileState] = deque()
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

    def expect(self, states: Iterable[TileState]) -> None:
        """Draw the words of these products ahead: they are likely to come, the first most of all."""
        self._expected = tuple(states)
        self._later = deque(self._expected)
        self._ahead.start()

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
        """Lay the tiles out for the new scale; another look has other words."""
        self._arrange()
        self.expect(self._expected)

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
        follow = start + self.capacity
        self._next = deque(self._states[follow : follow + AHEAD])
        self._ahead.start()

    def _draw_ahead(self) -> None:
        """Draw some words, while nothing else is to be done.

        Those of the pages that follow, which come with the next page and with the next letter of a
        search; then those of the products that are expected.
        """
        if not self.isVisible():
            self._ahead.stop()
            return
        for _ in range(AHEAD_A_TURN):
            if not (wanted := self._next or self._later):
                self._ahead.stop()
            elif not draw_words_ahead(wanted.popleft(), self.devicePixelRatioF()):
                self._next.clear()
                self._later.clear()
