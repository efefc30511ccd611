"""The menu in a file of its own, never changed once it is written.

A new menu is built beside the old one and taken into use by one row in the till's database. So a
menu of 50 000 products keeps no sale waiting, a bad one leaves no trace, and a start reads nothing
of it but what the first screen shows.
"""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.domain.catalog import Menu, ModifierGroup, Product
from app.domain.search import words_of
from app.store import schema
from app.store.journal import sync_folder
from app.store.menu_codec import group_to_json, product_to_json, taxes_to_json

_PATTERN: Final = "menu-*.db*"
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class MenuReader:
    """A thread's view of the current menu.

    `vocabulary` returns all words of the search index, sorted; read once and shared by all threads.
    """

    connection: sqlite3.Connection
    vocabulary: Callable[[], tuple[str, ...]]


class MenuFiles:
    """Opens the current menu file for each thread and clears old ones away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._local = threading.local()
        self._lock = threading.Lock()
        self._all: list[sqlite3.Connection] = []
        self._vocabulary: tuple[str, tuple[str, ...]] = ("", ())

    def reader(self, name: str) -> MenuReader | None:
        """Return this thread's view of a menu file, or None if the file is lost."""
        connection = self._connection(name)
        if connection is None:
            return None
        return MenuReader(connection, lambda: self._read_vocabulary(name, connection))

    def _connection(self, name: str) -> sqlite3.Connection | None:
        local = self._local
        if getattr(local, "name", None) == name:
            found: sqlite3.Connection = local.connection
            return found
        path = self._folder / name
        if not path.is_file():
            return None
        if (old := getattr(local, "connection", None)) is not None:
            old.close()
        # The file never changes, so SQLite may leave all locking out.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        opened = sqlite3.connect(
            address, uri=True, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        with self._lock:
            self._all.append(opened)
        local.name, local.connection = name, opened
        return opened

    def _read_vocabulary(self, name: str, connection: sqlite3.Connection) -> tuple[str, ...]:
        with self._lock:
            if self._vocabulary[0] != name:
                rows = connection.execute("SELECT word FROM words ORDER BY word")
                self._vocabulary = (name, tuple(row[0] for row in rows))
            return self._vocabulary[1]

    def is_sound(self, name: str) -> bool:
        """Look at every page of a menu file; a missing one is sound, it is fetched anyway."""
        try:
            connection = self._connection(name)
            if connection is None:
                return True
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        except sqlite3.DatabaseError:
            return False

    def remove_leftovers(self, current: str | None) -> None:
        """Delete menu files that are not in use; one that Windows still holds open stays."""
        for path in self._folder.glob(_PATTERN):
            if current is None or not path.name.startswith(current):
                with contextlib.suppress(OSError):
                    path.unlink()

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

    # -------------------------------------------------------------- building
    def build(self, menu: Menu, name: str) -> None:
        """Write a checked menu into a new file and wait until it is on the disk.

        Raises:
            sqlite3.Error: The disk is full or fails; no file is left.
        """
        path = self._folder / name
        path.unlink(missing_ok=True)
        connection = sqlite3.connect(path, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = OFF").fetchall()
            connection.execute("PRAGMA synchronous = OFF")
            connection.executescript(
                f"PRAGMA application_id = {schema.MENU_APPLICATION_ID};BEGIN;{schema.MENU}"
            )
            _fill(connection, menu)
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            path.unlink(missing_ok=True)
            raise
        connection.close()
        descriptor = os.open(path, os.O_RDWR)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        sync_folder(self._folder)


def _fill(db: sqlite3.Connection, menu: Menu) -> None:
    db.executemany(
        "INSERT INTO info (name, value) VALUES (?, ?)",
        [("version", menu.version), ("taxes", taxes_to_json(menu.taxes))],
    )
    db.executemany(
        "INSERT INTO categories (category_id, name, icon, tint, position, parent_id) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [(c.category_id, c.name, c.icon, c.tint, c.position, c.parent_id) for c in menu.categories],
    )
    groups: dict[str, ModifierGroup] = {}
    words: set[str] = set()
    ranked = sorted(menu.products, key=lambda p: (-p.popularity, p.position, p.product_id))
    for start in range(0, len(ranked), _BATCH):
        batch = ranked[start : start + _BATCH]
        for product in batch:
            groups.update((group.group_id, group) for group in product.modifier_groups)
        _fill_products(db, batch, start + 1, words)
    db.executemany(
        "INSERT INTO groups (group_id, document) VALUES (?, ?)",
        [(group.group_id, group_to_json(group)) for group in groups.values()],
    )
    db.executemany("INSERT INTO words (word) VALUES (?)", [(word,) for word in sorted(words)])
    db.execute("INSERT INTO search (search) VALUES ('optimize')")


def _fill_products(
    db: sqlite3.Connection, batch: list[Product], first_rank: int, words: set[str]
) -> None:
    products, codes, texts = [], [], []
    for rank, product in enumerate(batch, start=first_rank):
        products.append(_product_row(rank, product))
        codes.extend(_codes_of(product))
        found = dict.fromkeys(words_of(_searchable(product)))
        words.update(found)
        texts.append((rank, " ".join(found)))
    db.executemany(
        "INSERT INTO products (rank, product_id, category_id, position, name, sku, price_minor, "
        "unit, has_variants, needs_choice, is_favourite, is_stopped, stock_left, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        products,
    )
    # A SKU that stands twice finds the more popular product; barcodes were checked before.
    db.executemany(
        "INSERT OR IGNORE INTO codes (is_barcode, code, product_id, variant_id) "
        "VALUES (?, ?, ?, ?)",
        codes,
    )
    db.executemany("INSERT INTO search (rowid, words) VALUES (?, ?)", texts)


def _product_row(rank: int, product: Product) -> tuple[object, ...]:
    price = min((v.price_minor for v in product.variants), default=product.price_minor)
    return (
        rank,
        product.product_id,
        product.category_id,
        product.position,
        product.name,
        product.sku,
        price,
        product.unit.value,
        bool(product.variants),
        product.needs_choice,
        product.is_favourite,
        product.is_stopped,
        product.stock_left,
        product_to_json(product),
    )


def _codes_of(product: Product) -> list[tuple[bool, str, str, str | None]]:
    own: list[tuple[bool, str, str, str | None]] = [
        (True, code.casefold(), product.product_id, None) for code in product.barcodes
    ]
    if product.sku:
        own.append((False, product.sku.casefold(), product.product_id, None))
    for variant in product.variants:
        own.extend(
            (True, code.casefold(), product.product_id, variant.variant_id)
            for code in variant.barcodes
        )
        if variant.sku:
            own.append((False, variant.sku.casefold(), product.product_id, variant.variant_id))
    return own


def _searchable(product: Product) -> str:
    return " ".join((product.name, *(variant.name for variant in product.variants)))
