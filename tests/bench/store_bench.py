"""The till's store: commit of a sale, search and opening with 50 000 products.

Run: python -m tests.bench.store_bench [--json FILE]

A sale is one durable transaction: sale with lines and tenders, operation in outbox and journal,
print job, draft removed. Its reference is the fdatasync of an appended 4 KiB block on the same
disk, measured between the sales, so that both see the same disk. The folder is in the current
directory: a temporary folder may be memory.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

from app.domain.catalog import Category, Menu, Product
from app.kernel.clock import SystemClock
from app.kernel.ids import CategoryId, ProductId, SaleId
from app.store.engine import Store
from app.store.rows import PrintJob
from tests.bench.report import Figure, finish, percentile
from tests.store.store_makers import (
    CROISSANT,
    NOW,
    TAXES,
    make_draft,
    make_guest,
    make_operation,
    make_sale,
)

PRODUCTS = 50_000
SALES = 400
FIRST = ["Латте", "Капучино", "Раф", "Сырник", "Круассан", "Борщ", "Салат", "Пицца", "Чай", "Сок"]
SECOND = ["ванильный", "медовый", "домашний", "большой", "острый", "зелёный", "ягодный", "тёплый"]
THIRD = ["с миндалём", "с лососем", "с грибами", "по-милански", "с корицей", "на гриле", "детский"]
QUERIES = {
    "prefix": ["л", "ка", "сыр", "борщ", "мед"],
    "two words": ["лат ван", "борщ дом", "пиц гри"],
    "wrong layout": ["kfn", ",jhi", "rfgexbyj", "cshybr"],
    "typo": ["капучини", "круасан", "сырнек", "лососям", "ванилный"],
    "number": ["49999", "12345", "77"],
    "nothing": ["щщщщщщ", "абвгдежз"],
}


def big_menu() -> Menu:
    """Return a menu of 50 000 products in 50 categories, about 3 000 words."""
    categories = tuple(
        Category(CategoryId(f"c{n}"), f"Категория {n}", "cup", 1 + n % 10, n) for n in range(50)
    )
    return Menu("big", categories, tuple(products()), TAXES)


def products() -> Iterator[Product]:
    """Yield the products."""
    for number in range(PRODUCTS):
        first, second, third = (
            FIRST[number % 10],
            SECOND[number // 10 % 8],
            THIRD[number // 80 % 7],
        )
        yield replace(
            CROISSANT,
            product_id=ProductId(f"p{number}"),
            category_id=CategoryId(f"c{number % 50}"),
            name=f"{first} {second} {third} {number}",
            sku=f"SKU-{number:05d}",
            barcodes=(f"46{number:011d}",),
            popularity=number * 7919 % 10_007,
            position=number,
        )


def prepare(store: Store, number: int) -> Callable[[], None]:
    """Return the commit of one sale with all that belongs to it."""
    sale = make_sale(number, guest=make_guest(), lines=5)
    payload = {"saleId": sale.sale_id, "lines": [line.name for line in sale.lines] * 8}
    operation = make_operation(number, payload=payload)
    job = PrintJob(f"job-{number}", "receipt", "receipt", payload, NOW, sale_id=sale.sale_id)

    def sell() -> None:
        with store.unit() as uow:
            uow.sales.add(sale)
            uow.outbox.add(operation)
            uow.print_jobs.add(job)
            uow.drafts.remove(SaleId(sale.sale_id))
            uow.commit()

    return sell


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds of one call."""
    begin = perf_counter()
    work()
    return (perf_counter() - begin) * 1000


def sale_figures(store: Store, folder: Path) -> list[Figure]:
    """Measure the commit of a sale beside the bare disk."""
    syncs, sales, drafts = [], [], []
    block = os.urandom(4096)
    descriptor = os.open(folder / "reference", os.O_RDWR | os.O_CREAT)

    def sync() -> None:
        os.write(descriptor, block)
        os.fdatasync(descriptor)

    def draft(number: int) -> None:
        with store.unit(durable=False) as uow:
            uow.drafts.save(make_draft(number))
            uow.commit()

    for number in range(1, SALES + 1):
        syncs.append(timed(sync))
        drafts.append(timed(lambda n=number: draft(n)))  # type: ignore[misc]  # bound at once
        sales.append(timed(prepare(store, number)))
        if number % 50 == 0:
            store.tidy()
    os.close(descriptor)
    reference = median(syncs)
    return [
        Figure("reference: fdatasync, median", reference, "ms"),
        Figure("reference: fdatasync, P99", percentile(syncs, 0.99), "ms"),
        Figure("sale commit, median", median(sales), "ms", 3 * reference + 0.5),
        Figure("sale commit, P99", percentile(sales, 0.99), "ms", 8),
        Figure("draft commit, median", median(drafts), "ms"),
        Figure("draft commit, P99", percentile(drafts, 0.99), "ms"),
    ]


def search(store: Store, query: str) -> None:
    """Search as a key press does."""
    with store.reader() as uow:
        uow.catalog.search(query)


def search_figures(store: Store) -> list[Figure]:
    """Measure searches of each kind; a query is pure computing, so its CPU time is the figure."""
    first = timed(lambda: search(store, "латте"))
    figures = [Figure("first search (reads the words)", first, "ms")]
    walls: list[float] = []
    everything: list[float] = []
    for kind, queries in QUERIES.items():
        samples = []
        for query in queries * 60:
            begin = thread_time()
            walls.append(timed(lambda q=query: search(store, q)))  # type: ignore[misc]  # bound at once
            samples.append((thread_time() - begin) * 1000)
        everything += samples
        figures.append(Figure(f"search, {kind}, P95", percentile(samples, 0.95), "ms", 3))
    figures.append(Figure("search, all kinds, P95", percentile(everything, 0.95), "ms", 3))
    figures.append(Figure("search, all kinds, on the clock, P95", percentile(walls, 0.95), "ms"))
    return figures


def first_screen(folder: Path) -> Store:
    """Open the store and read what the sale screen shows."""
    store = Store.open(folder, SystemClock())
    with store.reader() as uow:
        uow.catalog.list_categories()
        uow.catalog.list_favourites(limit=60)
        uow.catalog.list_tiles(CategoryId("c1"), limit=60)
        uow.catalog.tax_table()
        uow.staff.list_all()
        uow.drafts.list_all()
        uow.shifts.find_open()
        uow.payments.list_open()
        uow.outbox.counts()
    return store


def main() -> int:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=Path.cwd(), prefix=".store-bench-") as name:
        folder = Path(name)
        store = Store.open(folder, SystemClock())
        menu = big_menu()
        figures = [
            Figure("take a menu of 50 000 products", timed(lambda: store.replace_menu(menu)), "ms")
        ]
        figures += sale_figures(store, folder)
        figures += search_figures(store)
        store.close()
        (folder / "till.lock").write_bytes(b"open    ")
        samples = []
        for is_clean in (False, True, True, True):
            begin = perf_counter()
            store = first_screen(folder)
            samples.append((perf_counter() - begin) * 1000)
            figures.append(
                Figure(
                    f"open and first screen, {'clean' if is_clean else 'after a crash'}",
                    samples[-1],
                    "ms",
                )
            )
            store.close()
    return finish("store", figures, sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
