"""The menu: what screens show of it, full products, codes, search, taxes, the stop-list.

The menu itself is read from its own file (see `menu_file`), the stop-list from the till's database,
where it changes without the menu being written anew.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from app.domain.catalog import Category, ModifierGroup, Product, Unit, Variant
from app.domain.search import search_plan
from app.domain.tax import TaxTable
from app.kernel.ids import CategoryId, ProductId
from app.store.errors import NotStoredError
from app.store.menu_codec import group_from_json, group_ids_of, product_from_json, taxes_from_json
from app.store.menu_file import MenuReader
from app.store.rows import ProductTile, StopChange
from app.store.schema import PREFIX_LENGTH_MAX
from app.store.session import Session, Topic

_TILE: Final = (
    "product_id, category_id, name, sku, price_minor, unit, has_variants, needs_choice, "
    # Menu files of older programs have no column for it; within a text the quotes would be escaped.
    'is_favourite, is_stopped, stock_left, instr(document, \'"marking":"piece"\') > 0'
)
_CODE_LENGTH_MIN: Final = 3
_UNITS: Final = {unit.value: unit for unit in Unit}
# A longer beginning than the prefix index knows makes FTS5 merge whole lists; a few whole words
# joined by OR are walked lazily instead.
_EXPANDED_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class CodeMatch:
    """What a barcode or SKU stands for; `variant` is set if the code is that of a size."""

    product: Product
    variant: Variant | None


class CatalogRepository:
    """The current menu; before the first one everything is empty."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection
        self._reader: MenuReader | None = session.menu()

    def version(self) -> str:
        """Return the version of the menu, '' before the first one."""
        return self._info("version")

    # -------------------------------------------------------------- lists
    def list_categories(self) -> tuple[Category, ...]:
        """Return all categories in the order of the menu."""
        rows = self._read(
            "SELECT category_id, name, icon, tint, position, parent_id FROM categories "
            "ORDER BY position, name"
        )
        return tuple(
            Category(CategoryId(row[0]), row[1], row[2], row[3], row[4], row[5]) for row in rows
        )

    def list_tiles(
        self, category_id: CategoryId | None = None, *, limit: int = 200, offset: int = 0
    ) -> tuple[ProductTile, ...]:
        """Return a page of a category with those below it, in order; None means the whole menu."""
        if category_id is None:
            rows = self._read(
                f"SELECT {_TILE} FROM products ORDER BY rank LIMIT ? OFFSET ?", limit, offset
            )
            return self._tiles(rows)
        family = self._family(category_id)
        marks = ", ".join("?" * len(family))
        rows = self._read(
            f"SELECT {_TILE} FROM products WHERE category_id IN ({marks}) "
            "ORDER BY position, rank LIMIT ? OFFSET ?",
            *family,
            limit,
            offset,
        )
        return self._tiles(rows)

    def count_tiles(self, category_id: CategoryId | None = None) -> int:
        """Return how many products a category holds with those below it."""
        if category_id is None:
            rows = self._read("SELECT count(*) FROM products")
        else:
            family = self._family(category_id)
            marks = ", ".join("?" * len(family))
            rows = self._read(
                f"SELECT count(*) FROM products WHERE category_id IN ({marks})", *family
            )
        return int(rows[0][0]) if rows else 0

    def list_favourites(self, *, limit: int = 200, offset: int = 0) -> tuple[ProductTile, ...]:
        """Return a page of the favourites in order."""
        rows = self._read(
            f"SELECT {_TILE} FROM products WHERE is_favourite "
            "ORDER BY position, rank LIMIT ? OFFSET ?",
            limit,
            offset,
        )
        return self._tiles(rows)

    def list_tiles_by_ids(self, ids: Sequence[ProductId]) -> tuple[ProductTile, ...]:
        """Return tiles of products in the order of their ids; unknown ones are left out."""
        if not ids:
            return ()
        marks = ", ".join("?" * len(ids))
        rows = self._read(f"SELECT {_TILE} FROM products WHERE product_id IN ({marks})", *ids)
        found = {tile.product_id: tile for tile in self._tiles(rows)}
        return tuple(found[product_id] for product_id in ids if product_id in found)

    # -------------------------------------------------------------- search
    def search(self, query: str, *, limit: int = 60) -> tuple[ProductTile, ...]:
        """Return products that fit what was typed, the most popular first.

        Words of names and sizes by their beginning, with layout and typo repair; then the beginning
        of a SKU or barcode.
        """
        found = self._search_words(query, limit)
        if len(found) < limit:
            known = {tile.product_id for tile in found}
            by_code = self._search_codes(query, limit - len(found))
            found += tuple(tile for tile in by_code if tile.product_id not in known)
        return found

    def warm_search(self) -> None:
        """Read the words of the index ahead of the first search."""
        if self._reader is not None:
            self._reader.vocabulary()

    def _search_words(self, query: str, limit: int) -> tuple[ProductTile, ...]:
        if self._reader is None:
            return ()
        vocabulary = self._reader.vocabulary()
        plan = search_plan(query, vocabulary)
        if not plan:
            return ()
        match = " AND ".join(
            "(" + " OR ".join(_match(beginning, vocabulary) for beginning in group) + ")"
            for group in plan
        )
        rows = self._read(
            f"SELECT {_TILE} FROM products WHERE rank IN ("
            "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid LIMIT ?) ORDER BY rank",
            match,
            limit,
        )
        return self._tiles(rows)

    def _search_codes(self, query: str, limit: int) -> tuple[ProductTile, ...]:
        code = query.strip().casefold()
        if len(code) < _CODE_LENGTH_MIN:
            return ()
        rows = self._read(
            "SELECT product_id FROM codes WHERE code >= ?1 AND code < ?1 || char(1114111) "
            "ORDER BY code LIMIT ?2",
            code,
            limit,
        )
        ids = tuple(dict.fromkeys(ProductId(row[0]) for row in rows))
        return self.list_tiles_by_ids(ids)

    # -------------------------------------------------------------- products
    def find_product(self, product_id: ProductId) -> Product | None:
        """Return a whole product, or None if the menu has it no more."""
        rows = self._read("SELECT document FROM products WHERE product_id = ?", product_id)
        if not rows:
            return None
        text: str = rows[0][0]
        product = product_from_json(text, self._groups(group_ids_of(text)))
        stop = self._stops([product_id]).get(product_id)
        if stop is None:
            return product
        return replace(product, is_stopped=stop.is_stopped, stock_left=stop.stock_left)

    def get_product(self, product_id: ProductId) -> Product:
        """Return a whole product.

        Raises:
            NotStoredError: The menu has it no more.
        """
        product = self.find_product(product_id)
        if product is None:
            raise NotStoredError("product", product_id)
        return product

    def find_by_code(self, code: str) -> CodeMatch | None:
        """Return what a barcode or SKU stands for, or None; a barcode goes before a SKU."""
        rows = self._read(
            "SELECT product_id, variant_id FROM codes WHERE code = ? "
            "ORDER BY is_barcode DESC LIMIT 1",
            code.strip().casefold(),
        )
        if not rows:
            return None
        product = self.get_product(ProductId(rows[0][0]))
        variant = next((v for v in product.variants if v.variant_id == rows[0][1]), None)
        return CodeMatch(product, variant)

    def tax_table(self) -> TaxTable:
        """Return the taxes of the menu."""
        text = self._info("taxes")
        return taxes_from_json(text) if text else TaxTable()

    def tax_rates(self, day: date) -> dict[str, int | None]:
        """Return the rate of each tax on a business day, for pricing."""
        return self.tax_table().rates_on(day)

    # -------------------------------------------------------------- stop-list
    def apply_stops(self, changes: Iterable[StopChange]) -> None:
        """Note products that ran out or came back; a new menu replaces all of this."""
        self._db.executemany(
            "REPLACE INTO stops (product_id, is_stopped, stock_left) VALUES (?, ?, ?)",
            [(c.product_id, c.is_stopped, c.stock_left) for c in changes],
        )
        self._session.touch(Topic.STOPS)

    def forget_stops(self) -> None:
        """Forget all changes: a new menu brings its own."""
        self._db.execute("DELETE FROM stops")
        self._session.touch(Topic.MENU)

    def list_stopped(self) -> tuple[ProductTile, ...]:
        """Return all products that are stopped now."""
        rows = self._read("SELECT product_id FROM products WHERE is_stopped")
        changed = self._db.execute("SELECT product_id FROM stops WHERE is_stopped").fetchall()
        ids = [ProductId(row[0]) for row in dict.fromkeys((*rows, *changed))]
        return tuple(tile for tile in self.list_tiles_by_ids(ids) if tile.is_stopped)

    # -------------------------------------------------------------- inside
    def _read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        if self._reader is None:
            return []
        return self._reader.connection.execute(sql, values).fetchall()

    def _info(self, name: str) -> str:
        rows = self._read("SELECT value FROM info WHERE name = ?", name)
        return str(rows[0][0]) if rows else ""

    def _family(self, category_id: CategoryId) -> list[str]:
        rows = self._read(
            "WITH RECURSIVE family (id) AS (VALUES (?) UNION "
            "SELECT category_id FROM categories JOIN family ON parent_id = id) SELECT id FROM family",
            category_id,
        )
        return [row[0] for row in rows] or [category_id]

    def _groups(self, ids: Sequence[str]) -> dict[str, ModifierGroup]:
        if not ids:
            return {}
        marks = ", ".join("?" * len(ids))
        rows = self._read(f"SELECT document FROM groups WHERE group_id IN ({marks})", *ids)
        found = (group_from_json(row[0]) for row in rows)
        return {group.group_id: group for group in found}

    def _stops(self, ids: Sequence[str]) -> dict[str, StopChange]:
        if self._db.execute("SELECT 1 FROM stops LIMIT 1").fetchone() is None:
            return {}
        marks = ", ".join("?" * len(ids))
        rows = self._db.execute(
            f"SELECT product_id, is_stopped, stock_left FROM stops WHERE product_id IN ({marks})",
            ids,
        ).fetchall()
        return {row[0]: StopChange(ProductId(row[0]), bool(row[1]), row[2]) for row in rows}

    def _tiles(self, rows: list[tuple[Any, ...]]) -> tuple[ProductTile, ...]:
        stops = self._stops([row[0] for row in rows]) if rows else {}
        return tuple(_tile(row, stops.get(row[0])) for row in rows)


def _match(beginning: str, vocabulary: Sequence[str]) -> str:
    """Return an FTS5 expression for words that begin so.

    Words are letters and digits only, so quoting them is safe.
    """
    if len(beginning) > PREFIX_LENGTH_MAX:
        first = bisect_left(vocabulary, beginning)
        words = vocabulary[first : first + _EXPANDED_MAX + 1]
        fitting = [word for word in words if word.startswith(beginning)]
        if len(fitting) <= _EXPANDED_MAX:
            return " OR ".join(f'"{word}"' for word in fitting)
    return f'"{beginning}" *'


def _tile(row: tuple[Any, ...], stop: StopChange | None) -> ProductTile:
    return ProductTile(
        product_id=ProductId(row[0]),
        category_id=CategoryId(row[1]),
        name=row[2],
        sku=row[3],
        price_minor=row[4],
        unit=_UNITS[row[5]],
        has_variants=bool(row[6]),
        needs_choice=bool(row[7]),
        is_favourite=bool(row[8]),
        is_stopped=stop.is_stopped if stop else bool(row[9]),
        stock_left=stop.stock_left if stop else row[10],
        is_marked=bool(row[11]) and row[5] == Unit.PIECE.value,
    )
