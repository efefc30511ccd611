"""Memory of serving processes over a hundred thousand requests.

Run: python -m tests.bench.service.memory_bench [--on sqlite|postgresql] [--requests N] [--json FILE]

Pairs come over sixteen connections, as in `pairs_bench`, everything on; the memory of each process that
serves is read after every tenth of the requests. Flat means that the largest grows by no more than a
fiftieth over the second half: until then pools and the allocator find their sizes. The reference is the
same process before its first request.
It needs `wrk`.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.bench.report import Figure, finish
from tests.bench.service.pairs_bench import wrk_pairs
from tests.bench.service.stand import Stand, postgres_stand, running_service, sqlite_stand

LIMIT_MB: Final = 120
GROWTH: Final = 0.02
_SLICE_S: Final = 5
_RESIDENT: Final = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    found = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) / 1024


def serving(pid: int) -> list[int]:
    """Return the processes that serve: the children that are Python workers, or the process itself."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    workers = [int(child) for child in children if b"spawn_main" in _command(int(child))]
    return workers or [pid]


def _command(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


@contextmanager
def stand_on(kind: str, cards: int) -> Iterator[Stand]:
    """Give a stand on a kind of database."""
    with postgres_stand(cards) if kind == "postgresql" else sqlite_stand(cards) as stand:
        yield stand


def walk(base: str, stand: Stand, pids: list[int], requests: int) -> list[float]:
    """Send so many requests; return the largest process before, and after each tenth."""
    seen = [max(map(resident_mb, pids))]
    done, number = 0, 0
    while done < requests:
        number += 1
        done += 2 * wrk_pairs(base, stand, f"walk-{number}", 16, _SLICE_S)["pairs"]
        while done >= requests * len(seen) / 10 and len(seen) <= 10:
            seen.append(max(map(resident_mb, pids)))
    return seen


def main(arguments: list[str]) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--cards", type=int, default=10_000)
    options, _ = parser.parse_known_args(arguments[1:])
    workers = 2 if options.on == "postgresql" else 1
    with (
        stand_on(options.on, options.cards) as stand,
        running_service(stand.url, workers) as (base, pid),
    ):
        seen = walk(base, stand, serving(pid), options.requests)
    figures = [Figure("before the first request", seen[0], "MB")]
    figures += [
        Figure(f"after {options.requests * tenth // 10} requests", mb, "MB", LIMIT_MB)
        for tenth, mb in enumerate(seen[1:], start=1)
    ]
    growth = 100 * (seen[10] / seen[5] - 1)
    figures.append(Figure("growth over the second half", growth, "%", 100 * GROWTH))
    return finish(f"service_memory_{options.on}", figures, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
