"""From a tap, a scan or a key to the picture, in the real window with 50 000 products.

Run: python -m tests.bench.till_ui_bench [--json FILE]

The window is drawn offscreen; events are posted to it, lanes and devices are real, the scanner is a
simulator on a pseudo-terminal. Between two events the till comes to rest, as under a human hand.
The references are the same picture without the road to it: painting the widget alone, and a question
to a lane that answers at once.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

from PySide6.QtCore import QEventLoop

from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.kernel.ids import ProductId
from app.settings import Settings
from app.ui.app import make_application
from app.ui.frame.screen import ScreenId
from app.ui.ops import Lane
from app.ui.widgets.order_lines import OrderLines
from app.ui.widgets.tile import ProductTile
from drivers.sim.scanner import ScannerSimulator
from tests.bench.big_menu import LARGE, barcode, is_plain
from tests.bench.painted import Stopwatch, live, press, release, strike
from tests.bench.report import Figure, finish, percentile
from tests.bench.sandbox import PERSON, PIN, load_average, prepare

TAPS: Final = 120
SCANS: Final = 120
LONG: Final = 500
REPEATS: Final = 25
#: A hand types slower than a scanner; a quicker row of keys would be taken for a scan.
KEY_PAUSE_MS: Final = 70
LIMIT_MS: Final = 16
QUERIES: Final = {
    "plain": (
        "капуч", "сырник", "молоко ф", "борщ дом", "пицца гр", "латте ко", "чай зел", "салат ц",
        "вода газ", "торт мед", "сок ябл", "паста", "суп гри", "круасс", "лимонад",
    ),
    "typo": (
        "капучини", "сырнек", "салад", "шакалад", "марожен", "пицап", "блинчеки", "круасан",
        "лемонад", "картофиль", "расстегай", "смузе", "говядена", "бургир", "чизкейг",
    ),
    "wrong layout": (
        "rfgex", "vjkjrj", "gbwwf", "cfkfn", ",jho", "xfq pt", "kfnnt", "njhn", "djlf", "gfcnf",
        "cjr z", "ksvjyfl", "rhefc", ",ehuth", "vtl",
    ),
}  # fmt: skip


class Bench:
    """The till under measurement.

    Args:
        home: Its prepared data folder.
        scanner: Its scanner.
        more: Its other devices, as in the settings.
    """

    def __init__(
        self, home: Path, scanner: ScannerSimulator, more: tuple[dict[str, Any], ...] = ()
    ) -> None:
        self.app = make_application(["bench"])
        self.relay = Relay()
        device = {
            "id": "scanner", "kind": "scanner", "model": "scanner.serial",
            "transport": "serial", "address": scanner.path,
        }  # fmt: skip
        settings = Settings(
            home=home,
            service_url="http://127.0.0.1:9",
            lock_after_s=0,
            volume=0,
            devices=(device, *more),
        )
        self.core = Core(settings, self.relay)
        self.core.open()
        self.program = TillProgram(self.core, self.relay, settings)
        self.ui, self.till = self.program.ui, self.program.till
        self.window = self.ui.window
        self.scanner = scanner
        self.plain = [number for number in range(LARGE) if is_plain(number)]

    def open(self) -> None:
        """Show the sale screen and wait until everything stands."""
        self.window.resize(1366, 768)
        self.program.start()
        self.till.session.sign_in(PERSON, PIN)
        self.ui.go(ScreenId.SALE)
        while self.window.prepare_screens():
            live(10)
        live(3_000)
        self.rest()

    def rest(self) -> None:
        """Wait until no lane works and nothing is left to paint."""
        live(5)
        while not self.ui.ops.idle():
            live(5)
        self.app.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 50)

    def empty(self) -> None:
        """Throw the order away."""
        self.till.sale.cancel("bench")
        self.ui.board.publish(self.till.sale.state(), select="")
        self.rest()

    def fill(self, lines: int) -> None:
        """Make an order of so many lines."""
        for number in self.plain[-lines:]:
            self.till.sale.tap(ProductId(f"p{number}"))
        self.ui.board.publish(self.till.sale.state(), select="")
        self.rest()

    def close(self) -> None:
        """End it."""
        self.program.close()


def tap_samples(
    bench: Bench, count: int, *, before: Callable[[], object] | None = None
) -> list[float]:
    """Tap plain products of the first page one after the other; return the milliseconds."""
    panel = bench.window.panel.lines
    seen = [panel.lines]
    stopwatch = Stopwatch(OrderLines, lambda: panel.lines is not seen[0])
    samples = []
    for number, tile in zip(range(count), cycle(plain_tiles(bench)), strict=False):
        if before is not None:
            before()
        elif number % 40 == 39:
            bench.empty()
        place = tile.mapTo(bench.window, tile.rect().center())
        press(bench.window, place)
        bench.rest()
        seen[0] = panel.lines
        samples.append(stopwatch.time(lambda at=place: release(bench.window, at)))  # type: ignore[misc]  # bound at once
        live(20)
        bench.rest()
    stopwatch.close()
    return samples


def plain_tiles(bench: Bench) -> list[ProductTile]:
    """Return the visible tiles whose products are sold by one tap."""
    found = []
    for tile in bench.ui.sale.view.grid.findChildren(ProductTile):
        state = tile.state
        if tile.isVisible() and state is not None and is_plain(int(state.key[1:])):
            found.append(tile)
    return found


def scan_samples(bench: Bench, count: int) -> list[float]:
    """Send barcodes over the serial line; return the milliseconds to the painted line."""
    panel = bench.window.panel.lines
    seen = [panel.lines]
    stopwatch = Stopwatch(OrderLines, lambda: panel.lines is not seen[0])
    samples = []
    for number in range(count):
        if number % 40 == 39:
            bench.empty()
        seen[0] = panel.lines
        code = barcode(bench.plain[number * 271 % len(bench.plain)])
        samples.append(stopwatch.time(lambda text=code: bench.scanner.scan(text)))  # type: ignore[misc]  # bound at once
        live(20)
        bench.rest()
    stopwatch.close()
    return samples


def key_samples(bench: Bench, query: str) -> Iterator[float]:
    """Type a query; yield the milliseconds of each key that has results."""
    sale = bench.ui.sale
    seen = [sale.view.state]

    def is_new() -> bool:
        state = sale.view.state
        return (
            state is not None and state is not seen[0] and state.page_key == sale.products.page_key
        )

    stopwatch = Stopwatch(ProductTile, is_new)
    sale.view.focus_search()
    for place, letter in enumerate(query):
        live(KEY_PAUSE_MS)
        bench.rest()
        seen[0] = sale.view.state
        before = [tile.key for tile in sale.products.tiles]
        if place < 1 or letter == " " or not _changes(bench, query[: place + 1], before):
            strike(bench.window, letter)
        else:
            yield stopwatch.time(lambda key=letter: strike(bench.window, key))  # type: ignore[misc]  # bound at once
    stopwatch.close()
    live(KEY_PAUSE_MS)
    sale.view.search_left.emit()
    bench.rest()


def _changes(bench: Bench, query: str, before: list[str]) -> bool:
    """Tell whether the results of a query differ on the first page, so that tiles are painted."""
    found = [tile.product_id for tile in bench.till.catalog.search(query, 60)]
    capacity = bench.ui.sale.view.grid.capacity
    return bool(found) and found[:capacity] != before[:capacity]


def query_samples(bench: Bench, queries: tuple[str, ...]) -> list[float]:
    """Return the milliseconds of the queries alone, at each of their keys."""
    samples = []
    for query in queries * 5:
        for end in range(2, len(query) + 1):
            begin = perf_counter()
            bench.till.catalog.search(query[:end], 60)
            samples.append((perf_counter() - begin) * 1000)
    return samples


def grid_samples(bench: Bench, count: int) -> list[float]:
    """Return the milliseconds of full repaints of the tile grid."""
    grid = bench.ui.sale.view.grid
    samples = []
    for _ in range(count):
        begin = perf_counter()
        grid.repaint()
        samples.append((perf_counter() - begin) * 1000)
    return samples


def lane_samples(bench: Bench, count: int) -> list[float]:
    """Return the milliseconds of a question to a lane that answers at once."""
    samples: list[float] = []
    for _ in range(count):
        loop = QEventLoop()
        begin = perf_counter()
        quit_loop = loop.quit
        bench.ui.ops.run(int, success=lambda _, end=quit_loop: end(), lane=Lane.TILL)  # type: ignore[misc]  # bound at once
        loop.exec()
        samples.append((perf_counter() - begin) * 1000)
    return samples


def long_order_figures(bench: Bench) -> list[Figure]:
    """Measure the first line of an order and line 500."""
    first = median(tap_samples(bench, REPEATS, before=bench.empty))
    bench.fill(LONG - 1)
    lines = bench.window.panel.lines

    def shorten() -> None:
        if len(lines.lines) >= LONG:
            bench.ui.board.publish(bench.till.sale.undo(), select="")
            bench.rest()

    last = median(tap_samples(bench, REPEATS, before=shorten))
    bench.empty()
    return [
        Figure("line 1, median", first, "ms"),
        Figure(f"line {LONG}, median", last, "ms", 2 * first),
    ]


def measure(bench: Bench) -> list[Figure]:
    """Measure everything."""
    tap_samples(bench, 10)
    bench.empty()
    both = {"tap to painted line": tap_samples(bench, TAPS)}
    bench.empty()
    both["scanner bytes to painted line"] = scan_samples(bench, SCANS)
    bench.empty()
    for kind, queries in QUERIES.items():
        both[f"key to painted results, {kind}"] = [
            sample for query in queries for sample in key_samples(bench, query)
        ]
    figures = []
    for name, samples in both.items():
        figures.append(Figure(f"{name}, median", median(samples), "ms"))
        figures.append(Figure(f"{name}, P95", percentile(samples, 0.95), "ms", LIMIT_MS))
    for kind, queries in QUERIES.items():
        alone = query_samples(bench, queries)
        figures.append(Figure(f"query alone, {kind}, P95", percentile(alone, 0.95), "ms", 3))
    grid = grid_samples(bench, 60)
    figures.append(Figure("full repaint of the tile grid, median", median(grid), "ms", 4))
    figures.append(Figure("full repaint of the tile grid, P95", percentile(grid, 0.95), "ms"))
    figures += long_order_figures(bench)
    lane = lane_samples(bench, 200)
    figures.append(Figure("reference: a lane's answer, median", median(lane), "ms"))
    figures.append(Figure("reference: a lane's answer, P95", percentile(lane, 0.95), "ms"))
    return figures


def main() -> int:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    figures = [Figure("load average at the beginning", load_average(), "processes")]
    with tempfile.TemporaryDirectory(prefix=".ui-bench-", dir=Path.cwd()) as folder:
        home = Path(folder, "till")
        prepare(home, LARGE)
        scanner = ScannerSimulator()
        scanner.plug()
        bench = Bench(home, scanner)
        bench.open()
        try:
            figures += measure(bench)
        finally:
            bench.close()
            scanner.unplug()
    figures.append(Figure("load average at the end", load_average(), "processes"))
    return finish("till_ui", figures, sys.argv)


if __name__ == "__main__":
    sys.exit(main())
