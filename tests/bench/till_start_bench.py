"""Cold start of the till's process to the first usable sale screen, and its memory.

Run: python -m tests.bench.till_start_bench [--json FILE] [--starts N] [--sales N]

Each start is a fresh process (`till_start_driver`) over a data folder with 300 or 50 000 products;
the median of the starts counts, because the machine has other work too. The files of the program
are in the system's cache, as they are when a till is started again. "Processor" is the time that
all threads of the process computed: it tells more than the clock on a busy machine. The reference
is a bare interpreter that shows an empty Qt window, started between the others.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Final

from tests.bench.big_menu import LARGE, SMALL
from tests.bench.report import Figure, finish
from tests.bench.sandbox import environment, load_average, prepare

STARTS: Final = 9
SALES: Final = 1_000
TIMEOUT_S: Final = 300
START_LIMIT_MS: Final = 1_000
MEMORY_LIMIT_MB: Final = 180
_EMPTY: Final = """
import json, sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
class Window(QWidget):
    def paintEvent(self, event):
        QTimer.singleShot(0, app.quit)
app = QApplication(["empty"])
window = Window()
window.resize(1366, 768)
window.show()
app.exec()
pages = int(Path("/proc/self/statm").read_text().split()[1])
print(json.dumps({
    "sale_ms": (time.monotonic_ns() - int(sys.argv[1])) / 1e6,
    "sale_cpu_ms": time.process_time() * 1000,
    "sale_mb": pages * 4 / 1024,
}))
"""

Marks = dict[str, float]


def start(home: Path, *, sales: int = 0) -> Marks:
    """Start the till once and return what it measured."""
    return _run(home, "-m", "tests.bench.till_start_driver", more=str(sales))


def start_empty(home: Path) -> Marks:
    """Start the reference once."""
    return _run(home, "-c", _EMPTY)


def _run(home: Path, *program: str, more: str = "0") -> Marks:
    arguments = [sys.executable, *program, str(time.monotonic_ns()), more]
    done = subprocess.run(
        arguments, env=environment(home), capture_output=True, timeout=TIMEOUT_S, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr.decode(errors="replace"))
    marks: Marks = json.loads(done.stdout.splitlines()[-1])
    return marks


def start_figures(name: str, starts: list[Marks]) -> list[Figure]:
    """Return the medians of several starts."""

    def middle(key: str) -> float:
        return median(marks[key] for marks in starts)

    return [
        Figure(f"{name}: login screen painted", middle("login_ms"), "ms"),
        Figure(f"{name}: sale screen usable", middle("sale_ms"), "ms", START_LIMIT_MS),
        Figure(f"{name}: sale screen usable, best", min(m["sale_ms"] for m in starts), "ms"),
        Figure(f"{name}: processor until then", middle("sale_cpu_ms"), "ms"),
        Figure(f"{name}: memory then", middle("sale_mb"), "MB", MEMORY_LIMIT_MB),
    ]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--sales", type=int, default=SALES)
    options, rest = parser.parse_known_args(sys.argv[1:])
    figures = [Figure("load average at the beginning", load_average(), "processes")]
    with tempfile.TemporaryDirectory(prefix=".start-bench-", dir=Path.cwd()) as folder:
        homes = {size: Path(folder, str(size)) for size in (SMALL, LARGE)}
        for size, home in homes.items():
            prepare(home, size)
            start(home)  # compiles what was edited and fills the system's cache
        found: dict[int, list[Marks]] = {size: [] for size in homes}
        empty: list[Marks] = []
        for _ in range(options.starts):
            empty.append(start_empty(homes[SMALL]))
            for size, home in homes.items():
                found[size].append(start(home))
        figures += [
            Figure("reference: empty Qt window", median(m["sale_ms"] for m in empty), "ms"),
            Figure("reference: processor", median(m["sale_cpu_ms"] for m in empty), "ms"),
            Figure("reference: memory", median(m["sale_mb"] for m in empty), "MB"),
        ]
        for size, starts in found.items():
            figures += start_figures(f"{size} products", starts)
        if options.sales:
            sold = start(homes[LARGE], sales=options.sales)["sold_mb"]
            name = f"{LARGE} products: memory after {options.sales} sales"
            figures.append(Figure(name, sold, "MB", MEMORY_LIMIT_MB))
    figures.append(Figure("load average at the end", load_average(), "processes"))
    return finish("till_start", figures, [sys.argv[0], *rest])


if __name__ == "__main__":
    sys.exit(main())
