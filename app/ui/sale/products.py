"""The products of the sale screen: categories, tiles with what is in the order, search.

Reads run on the query lane. Tiles are kept as they came from the menu; a change of the order only
renews the tiles whose quantity changed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, Protocol

from app.domain.catalog import Category, Unit
from app.kernel.ids import CategoryId, ProductId
from app.till.order import OrderState
from app.till.till import Till
from app.ui import format as fmt
from app.ui import icons
from app.ui.ops import Lane, Ops
from app.ui.sale.state import FAVOURITES
from app.ui.text import tr
from app.ui.widgets.rail import CategoryState
from app.ui.widgets.tile import TileState

CHUNK: Final = 200
SEARCH_MAX: Final = 60
QUERY_LEAST: Final = 2
LOW_STOCK: Final = 5
LABELLED_MAX: Final = 4_000
#: So many of the most popular products are expected; a search shows them first.
EXPECTED_MAX: Final = 3_000
EXPECTED_CHUNK: Final = 100
_TINT_DEFAULT: Final = 10
_ICON_DEFAULT: Final = "paper-bag"
#: A figure and its unit stay on one line.
_UNIT_GAP: Final = re.compile(r"(?<=\d) (?=(?:л|мл|г|кг|шт|см)\b)")


class TileRow(Protocol):
    """A row of the menu as the catalogue gives it."""

    @property
    def product_id(self) -> ProductId:
        """Which product."""
        ...

    @property
    def category_id(self) -> CategoryId:
        """Its category, for the tint."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def price_minor(self) -> int:
        """Its price, the lowest of its sizes."""
        ...

    @property
    def unit(self) -> Unit:
        """Pieces or weight."""
        ...

    @property
    def has_variants(self) -> bool:
        """Whether it has sizes."""
        ...

    @property
    def needs_choice(self) -> bool:
        """Whether a tap opens the modifiers."""
        ...

    @property
    def is_stopped(self) -> bool:
        """Whether it is sold out."""
        ...

    @property
    def stock_left(self) -> int | None:
        """How many are left, None if not counted."""
        ...

    @property
    def is_marked(self) -> bool:
        """Whether each piece is sold with a marking code."""
        ...


class Products:
    """What the rail and the grid show.

    Args:
        till: The catalogue.
        ops: Lanes.
        on_change: Called when something is to be rendered.
    """

    def __init__(self, till: Till, ops: Ops, on_change: Callable[[], object]) -> None:
        self._till = till
        self._ops = ops
        self._on_change = on_change
        self._tints: dict[CategoryId, int] = {}
        self._named: tuple[Category, ...] = ()
        self._rail = self._make_rail()
        self._rows: list[TileRow] = []
        self._places: dict[str, int] = {}
        self._quantities: dict[str, int] = {}
        self._labelled: dict[TileRow, TileState] = {}
        self._is_complete = False
        self._asked = 0
        self.category: str = FAVOURITES
        self.query = ""
        self._popular: list[TileState] = []
        self.tiles: tuple[TileState, ...] = ()
        self.expected: tuple[TileState, ...] = ()
        self.has_answer = False

    # ------------------------------------------------------------ what is shown

    @property
    def page_key(self) -> str:
        """A change of it begins at the first page."""
        return f"?{self.query}" if self.is_searching else self.category

    @property
    def is_searching(self) -> bool:
        """Whether results are shown instead of a category."""
        return len(self.query) >= QUERY_LEAST

    def categories(self) -> tuple[CategoryState, ...]:
        """Return the rail: favourites, then the top categories."""
        return self._rail

    def row(self, product_id: str) -> TileRow | None:
        """Return the row of a product that is shown, or None."""
        place = self._places.get(product_id)
        return self._rows[place] if place is not None else None

    def tint(self, category_id: CategoryId) -> int:
        """Return the tint of a category, 1 to 10."""
        return self._tints.get(category_id, _TINT_DEFAULT)

    def category_of(self, category_id: CategoryId) -> Category | None:
        """Return a category of the rail, or None."""
        return next((c for c in self._named if c.category_id == category_id), None)

    # ------------------------------------------------------------ loading

    def load(self) -> None:
        """Read the categories and the chosen one anew: at the start and after a new menu."""
        self._ops.run(self._till.catalog.categories, success=self._on_categories, lane=Lane.QUERY)
        self._read(0)
        self._ops.run(self._till.catalog.warm_search, lane=Lane.QUERY)
        self._popular = []
        self._read_popular()

    def choose(self, category: str) -> None:
        """Show another category."""
        self.query = ""
        self.category = category
        self._read(0)

    def choose_number(self, number: int) -> None:
        """Show the category at a place of the rail, from 1; favourites are not counted."""
        if 0 < number <= len(self._named):
            self.choose(self._named[number - 1].category_id)

    def search(self, query: str) -> None:
        """Search for what is typed; a shorter text shows the category again."""
        was_searching = self.is_searching
        self.query = query
        if self.is_searching or was_searching:
            self._read(0)
        else:
            self._on_change()

    def load_more(self) -> None:
        """Read the next products of a long category."""
        # A grid that is laid out before the first answer asks as well; `load` brings more than rows.
        if self.has_answer and not self._is_complete and not self.is_searching:
            self._read(len(self._rows))

    def _read(self, offset: int) -> None:
        self._asked += 1
        asked, query, category = self._asked, self.query, self.category
        is_search = self.is_searching
        catalog = self._till.catalog

        def read() -> Sequence[TileRow]:
            if is_search:
                return catalog.search(query, SEARCH_MAX)
            if category == FAVOURITES:
                return catalog.favourites(limit=CHUNK, offset=offset)
            return catalog.tiles(CategoryId(category), limit=CHUNK, offset=offset)

        def show(rows: Sequence[TileRow]) -> None:
            if asked == self._asked:  # a later question has been asked meanwhile
                self._on_rows(rows, offset, is_search=is_search)

        self._ops.run(read, success=show, lane=Lane.QUERY)

    def _read_popular(self) -> None:
        """Read what is likely to be shown, a little at a time: a question asked meanwhile goes between."""
        catalog, popular = self._till.catalog, self._popular

        def show(rows: Sequence[TileRow]) -> None:
            if popular is not self._popular:  # the menu is being read anew
                return
            popular.extend(self._labelled_tile(row) for row in rows)
            if len(rows) == EXPECTED_CHUNK and len(popular) < EXPECTED_MAX:
                self._read_popular()
            else:
                self.expected = tuple(popular)
                self._on_change()

        self._ops.run(
            lambda: catalog.tiles(limit=EXPECTED_CHUNK, offset=len(popular)),
            success=show,
            lane=Lane.QUERY,
        )

    def _on_categories(self, categories: Sequence[Category]) -> None:
        self._named = tuple(item for item in categories if item.parent_id is None)
        self._tints = {
            item.category_id: item.tint if 1 <= item.tint <= _TINT_DEFAULT else _TINT_DEFAULT
            for item in categories
        }
        self.relabel()
        self._on_change()

    def _on_rows(self, rows: Sequence[TileRow], offset: int, *, is_search: bool) -> None:
        self._rows = [*self._rows[:offset], *rows]
        self._is_complete = is_search or len(rows) < CHUNK
        self.has_answer = True
        if not self._rows and self.category == FAVOURITES and not is_search and self._named:
            self.choose(self._named[0].category_id)
            return
        self._rebuild()
        self._on_change()

    # ------------------------------------------------------------ tiles

    def show_order(self, state: OrderState) -> bool:
        """Show how many of each product are in the order; tell whether a tile changed."""
        quantities: dict[str, int] = {}
        for line in state.cart.lines:
            quantities[line.product_id] = quantities.get(line.product_id, 0) + line.quantity_milli
        if quantities == self._quantities:
            return False
        changed = [
            key
            for key in self._quantities.keys() | quantities.keys()
            if self._quantities.get(key) != quantities.get(key) and key in self._places
        ]
        self._quantities = quantities
        if not changed:
            return False
        tiles = list(self.tiles)
        for key in changed:
            place = self._places[key]
            tiles[place] = replace(tiles[place], quantity=self._quantity_words(key))
        self.tiles = tuple(tiles)
        return True

    def relabel(self) -> None:
        """Make rail and tiles again, with other categories or in another language."""
        self._labelled.clear()
        self._rail = self._make_rail()
        self._rebuild()

    def _make_rail(self) -> tuple[CategoryState, ...]:
        favourites = CategoryState(FAVOURITES, tr("Favourites"), "star-filled", "surface")
        return (favourites, *(_category_state(item) for item in self._named))

    def _rebuild(self) -> None:
        self._places = {row.product_id: place for place, row in enumerate(self._rows)}
        self.tiles = tuple(self._tile(row) for row in self._rows)

    def _tile(self, row: TileRow) -> TileState:
        tile = self._labelled_tile(row)
        quantity = self._quantity_words(row.product_id)
        return replace(tile, quantity=quantity) if quantity else tile

    def _labelled_tile(self, row: TileRow) -> TileState:
        """Return a tile; its words are kept, for a search brings the same rows again and again."""
        tile = self._labelled.get(row)
        if tile is None:
            if len(self._labelled) >= LABELLED_MAX:
                self._labelled.clear()
            tile = self._labelled[row] = self._label(row)
        return tile

    def _label(self, row: TileRow) -> TileState:
        price = fmt.money(row.price_minor, kopecks=False)
        if row.has_variants:
            price = tr("from {price}", price=price)
        elif row.unit is Unit.WEIGHT:
            price = tr("{price}/kg", price=price)
        left = row.stock_left
        is_low = left is not None and 0 < left <= LOW_STOCK
        return TileState(
            key=row.product_id,
            name=_UNIT_GAP.sub("\u00a0", row.name),
            price=price,
            tint=self.tint(row.category_id),
            badge=tr("{count} left", count=left) if is_low else "",
            is_stopped=row.is_stopped,
            is_marked=row.is_marked,
        )

    def _quantity_words(self, product_id: str) -> str:
        quantity = self._quantities.get(product_id, 0)
        return fmt.quantity(quantity) if quantity else ""


def _category_state(item: Category) -> CategoryState:
    icon = item.icon if icons.has(item.icon) else _ICON_DEFAULT
    tint = item.tint if 1 <= item.tint <= _TINT_DEFAULT else _TINT_DEFAULT
    return CategoryState(item.category_id, item.name, icon, f"cat-{tint}")
