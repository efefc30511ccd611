"""What a hundred times more cards and entries cost: pairs and searches, on either kind of database.

Run: python -m tests.bench.service.growth_bench [--small N] [--large N] [--on postgresql|sqlite]
     [--seconds N] [--json FILE]

Each card has ten ledger entries. The small and the large database stand side by side and are measured in
turns, so that both see the same machine. The memory of the service's processes is looked at as well.
"""

import argparse
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final

import httpx

from app.kernel.ids import SeededIds
from tests.bench.report import Figure, finish
from tests.bench.service.pairs_bench import wrk_pairs
from tests.bench.service.stand import (
    Stand,
    code_of,
    phone_of,
    postgres_stand,
    running_service,
    sqlite_stand,
)

GROWTH_MAX: Final = 15.0
MEMORY_MAX: Final = 120.0
ROUNDS: Final = 5
# How often each in a turn; the last goes with a company's key, which has a limit of 200 a minute.
SEARCHES: Final = {"phone": 60, "code": 60, "last four digits": 15}


def search_ms(base: str, stand: Stand, how: str) -> float:
    """Return the median time of a search, by one of `SEARCHES`."""
    pick = SeededIds(len(how))
    times = []
    with httpx.Client(base_url=base, headers={"X-API-Key": stand.keys[0]}) as client:
        for _ in range(SEARCHES[how]):
            number = pick.below(stand.cards)
            began = perf_counter()
            _search(client, stand, how, number)
            times.append(perf_counter() - began)
    return 1000 * median(times)


def _search(client: httpx.Client, stand: Stand, how: str, number: int) -> None:
    if how == "last four digits":
        headers = {"X-API-Key": stand.api_key}
        asked: dict[str, Any] = {"search": phone_of(number)[-4:], "limit": 20}
        answer = client.get("/api/v1/guests", params=asked, headers=headers)
    else:
        body: dict[str, Any] = (
            {"phone": phone_of(number)} if how == "phone" else {"code6Digit": code_of(number)}
        )
        answer = client.post("/api/pos-integration/till/search-guest", json=body)
    assert answer.status_code == 200, answer.text


def memory_mb(pid: int) -> float:
    """Return the most resident memory of a process and those it started."""
    found = [_rss(pid)]
    tasks = Path(f"/proc/{pid}/task")
    for children in tasks.glob("*/children"):
        found += [_rss(int(child)) for child in children.read_text().split()]
    return max(found)


def _rss(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def main(arguments: list[str]) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--on", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--seconds", type=int, default=4)
    options, _ = parser.parse_known_args(arguments[1:])
    make = postgres_stand if options.on == "postgresql" else sqlite_stand
    seen: dict[str, tuple[list[float], list[float]]] = {}
    with ExitStack() as stack:
        stands = [stack.enter_context(make(size)) for size in (options.small, options.large)]
        services = [stack.enter_context(running_service(stand.url)) for stand in stands]
        for (base, _), stand in zip(services, stands, strict=True):
            wrk_pairs(base, stand, "warm", 4, 3)
        begin = [memory_mb(pid) for _, pid in services]
        for turn in range(ROUNDS):
            for place, ((base, _), stand) in enumerate(zip(services, stands, strict=True)):
                pairs = wrk_pairs(base, stand, f"turn{turn}", 1, options.seconds)
                seen.setdefault("pair", ([], []))[place].append(1000 / pairs["rate"])
                for how in SEARCHES:
                    seen.setdefault(f"search by {how}", ([], []))[place].append(
                        search_ms(base, stand, how)
                    )
        end = [memory_mb(pid) for _, pid in services]
    figures = []
    for name, (small, large) in seen.items():
        growth = 100 * (median(large) / median(small) - 1)
        figures += [
            Figure(f"{name}, {options.small} cards", median(small), "ms"),
            Figure(f"{name}, {options.large} cards", median(large), "ms"),
            Figure(f"{name}, growth", growth, "%", GROWTH_MAX),
        ]
    figures.append(Figure("memory of a process in the end", max(end), "MB", MEMORY_MAX))
    figures.append(
        Figure("growth of its memory", max(e - b for b, e in zip(begin, end, strict=True)), "MB")
    )
    return finish(f"service_growth_{options.on}", figures, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
