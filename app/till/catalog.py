"""The menu for the screens: categories, tiles, search, products; the stop-list (T3).

Reads are quick and may run on any lane. Whole products are kept at hand, so that the second tap on
a tile needs no query; a new menu or stop-list empties that.
"""

import threading
from typing import Final

from app.domain.catalog import Category, Product
from app.kernel.ids import CategoryId, ProductId
from app.store.catalog import CodeMatch
from app.store.engine import Store
from app.store.rows import ProductTile, StopChange
from app.store.session import Topic
from app.till import texts
from app.till.order import Approval
from app.till.permissions import Action
from app.till.session import Session

_KEPT_MAX: Final = 2_000


class Catalog:
    """The menu as it is now.

    Args:
        store: Where it is kept.
        session: Who may change the stop-list.
    """

    def __init__(self, store: Store, session: Session) -> None:
        self._store = store
        self._session = session
        self._lock = threading.Lock()
        self._products: dict[ProductId, Product] = {}
        self._stopped: frozenset[ProductId] | None = None
        store.subscribe(self._on_change)

    def _on_change(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.MENU, Topic.STOPS}:
            with self._lock:
                self._products = {}
                self._stopped = None

    # -------------------------------------------------------------- lists
    def version(self) -> str:
        """Return the version of the menu, '' before the first one."""
        with self._store.reader() as db:
            return db.catalog.version()

    def categories(self) -> tuple[Category, ...]:
        """Return all categories in the order of the menu."""
        with self._store.reader() as db:
            return db.catalog.list_categories()

    def tiles(
        self, category_id: CategoryId | None = None, *, limit: int = 200, offset: int = 0
    ) -> tuple[ProductTile, ...]:
        """Return a page of a category with those below it; None means the whole menu."""
        with self._store.reader() as db:
            return db.catalog.list_tiles(category_id, limit=limit, offset=offset)

    def count(self, category_id: CategoryId | None = None) -> int:
        """Return how many products a category holds."""
        with self._store.reader() as db:
            return db.catalog.count_tiles(category_id)

    def favourites(self, *, limit: int = 200, offset: int = 0) -> tuple[ProductTile, ...]:
        """Return a page of the favourites."""
        with self._store.reader() as db:
            return db.catalog.list_favourites(limit=limit, offset=offset)

    def search(self, query: str, limit: int = 60) -> tuple[ProductTile, ...]:
        """Return what fits the typed text: words, SKU, barcode; typing errors are forgiven."""
        with self._store.reader() as db:
            return db.catalog.search(query, limit=limit)

    def warm_search(self) -> None:
        """Read what the first search would have to read; on the lane that searches."""
        with self._store.reader() as db:
            db.catalog.warm_search()

    def recommended(self, product_id: ProductId, limit: int = 4) -> tuple[ProductTile, ...]:
        """Return what is recommended with a product and is not stopped (T5)."""
        product = self.find(product_id)
        if product is None:
            return ()
        with self._store.reader() as db:
            tiles = db.catalog.list_tiles_by_ids(product.recommended_ids)
        return tuple(tile for tile in tiles if not tile.is_stopped)[:limit]

    # -------------------------------------------------------------- products
    def find(self, product_id: ProductId) -> Product | None:
        """Return a whole product, or None if it is on the menu no more."""
        product = self._products.get(product_id)
        if product is None:
            with self._store.reader() as db:
                product = db.catalog.find_product(product_id)
            if product is not None:
                self._keep(product)
        return product

    def product(self, product_id: ProductId) -> Product:
        """Return a whole product.

        Raises:
            InputError: It is on the menu no more.
        """
        product = self.find(product_id)
        if product is None:
            raise texts.PRODUCT_GONE.input_error("PRODUCT_GONE")
        return product

    def by_code(self, code: str) -> CodeMatch | None:
        """Return what a barcode or SKU stands for, or None."""
        with self._store.reader() as db:
            return db.catalog.find_by_code(code)

    def _keep(self, product: Product) -> None:
        with self._lock:
            if len(self._products) >= _KEPT_MAX:
                self._products = {}
            self._products[product.product_id] = product

    # -------------------------------------------------------------- stop-list
    def stopped(self) -> frozenset[ProductId]:
        """Return the ids of all products that are stopped."""
        known = self._stopped
        if known is None:
            with self._store.reader() as db:
                known = frozenset(tile.product_id for tile in db.catalog.list_stopped())
            self._stopped = known
        return known

    def stop_list(self) -> tuple[ProductTile, ...]:
        """Return the products that are stopped."""
        with self._store.reader() as db:
            return db.catalog.list_stopped()

    def is_stopped(self, product_id: ProductId) -> bool:
        """Tell whether a product cannot be sold now."""
        return product_id in self.stopped()

    def set_stopped(
        self, product_id: ProductId, stopped: bool, approval: Approval | None = None
    ) -> None:
        """Put a product on this till's stop-list or take it off.

        Raises:
            ApprovalNeeded: The person may not.
        """
        self._session.require(Action.STOP_LIST, approval)
        product = self.product(product_id)
        change = StopChange(product_id, stopped, product.stock_left)
        with self._store.unit() as uow:
            uow.catalog.apply_stops([change])
            uow.commit()
