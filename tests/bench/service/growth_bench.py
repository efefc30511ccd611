"""What a hundred times more cards and entries cost: pairs, searches and pages, on either kind of database.

Run: python -m tests.bench.service.growth_bench [--small N] [--large N] [--on postgresql|sqlite]
     [--turns N] [--seconds N] [--keep FOLDER] [--json FILE]

Each card has ten ledger entries. With `--keep` the filled databases stay in that folder for the next
time: filling a million cards takes a quarter of an hour. Both databases stand side by side, each with a
service of one process. Pairs are measured in short turns, small and large one after the other; reads
one request here, one there. So both see the same machine, however its speed changes. It needs `wrk`.
"""

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa

from app.kernel.clock import SystemClock, to_iso
from app.kernel.ids import SeededIds, SystemIds
from app.service.db.engine import make_engine
from app.service.guests.listing import GUESTS
from app.service.guests.models import guests
from app.service.kit.cursors import _mark
from app.service.kit.lists import read_query
from app.service.kit.signing import seal, signing_key
from app.service.kit.work import Caller, Work
from tests.bench.report import Figure, finish, percentile
from tests.bench.service.filling import LONELY, codes_of, phone_of, tail_of
from tests.bench.service.pairs_bench import wrk_pairs
from tests.bench.service.stand import (
    SEEDED,
    TENANT,
    Stand,
    postgres_stand,
    running_service,
    sqlite_stand,
)

GROWTH_MAX: Final = 15.0
MEMORY_MAX: Final = 120.0
READS: Final = 25
"""How often each kind of reading in a turn."""

_TILL: Final = "/api/pos-integration/till/search-guest"
_GUESTS: Final = "/api/v1/guests"
_WALK: Final = "/api/v2/guests"
_PAGE: Final = 50
_CODES: Final = 500


def cursor_in_the_middle(stand: Stand) -> str:
    """Return the cursor that a walk through all guests has half way."""
    query = read_query(GUESTS, [("limit", str(_PAGE))], by_cursor=True)
    engine = make_engine(stand.url, writes=False)
    with engine.connect() as connection:
        clock = SystemClock()
        caller = Caller(TENANT, "", "api", None, None)
        mark = _mark(Work(connection, clock.now(), SystemIds(clock), caller), GUESTS, query)
        guest = f"bench-guest-{stand.cards // 2:07d}"
        began = connection.scalar(sa.select(guests.c.created_at).where(guests.c.id == guest))
        assert began is not None
        said = json.dumps([mark, to_iso(began), guest])
        cursor = seal(signing_key(connection), "cursor", said)
    engine.dispose()
    return cursor


class Door:
    """A running service of one of the stands, asked over one kept connection."""

    def __init__(self, stand: Stand, base: str, pid: int) -> None:
        self.stand, self.base, self.pid = stand, base, pid
        where = urlsplit(base)
        self._connection = HTTPConnection(where.hostname or "", where.port)
        self._pick = SeededIds(7)
        self._middle = self._cursor = cursor_in_the_middle(stand)
        self._walked = 0
        numbers = [self._pick.below(stand.cards) for _ in range(_CODES)]
        self._codes = codes_of(stand.url, numbers)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Make a call and return its answer."""
        key = self.stand.keys[0] if method == "POST" else self.stand.api_key
        headers = {"X-API-Key": key, "Content-Type": "application/json"}
        self._connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        assert answer.status == 200, text
        return json.loads(text)

    def reconnect(self) -> None:
        """Open a connection again: the service closes one that is idle for long."""
        self._connection.close()
        self.by_phone()

    def list(self, path: str, **query: Any) -> list[Any]:
        """Read a page of a list and return its rows."""
        rows: list[Any] = self.ask("GET", f"{path}?{urlencode(query)}")["data"]
        return rows

    def by_phone(self) -> None:
        """Search as a till does, by a whole phone."""
        number = self._pick.below(self.stand.cards)
        assert self.ask("POST", _TILL, {"phone": phone_of(number, self.stand.cards)})["found"]

    def by_code(self) -> None:
        """Search as a till does, by the code of a card."""
        code = self._codes[self._pick.below(_CODES)]
        assert self.ask("POST", _TILL, {"code6Digit": code})["found"]

    def by_shared_digits(self) -> None:
        """Search by four digits that a hundred guests have, twenty of which are shown."""
        number = LONELY + self._pick.below(self.stand.cards - LONELY)
        digits = f"{tail_of(number, self.stand.cards):04d}"
        assert len(self.list(_GUESTS, search=digits, limit=20)) == 20

    def by_own_digits(self) -> None:
        """Search by four digits that one guest has."""
        digits = f"{self._pick.below(LONELY):04d}"
        assert len(self.list(_GUESTS, search=digits, limit=20)) in {1, 2}  # the seed's ten beside

    def first_page(self) -> None:
        """Read the newest guests, with the total."""
        assert len(self.list(_GUESTS, limit=_PAGE)) == _PAGE

    def page_within(self) -> None:
        """Go on from the middle of the list, some pages far."""
        self._walked += 1
        if self._walked % READS == 0:
            self._cursor = self._middle
        page = self.ask("GET", f"{_WALK}?{urlencode({'limit': _PAGE, 'cursor': self._cursor})}")
        assert len(page["data"]) == _PAGE
        self._cursor = page["pagination"]["nextCursor"]

    def first_checks(self) -> None:
        """Read the newest closed checks, with the total."""
        assert len(self.list("/api/v1/transactions", limit=_PAGE)) == _PAGE

    def first_movements(self) -> None:
        """Read the newest ledger entries, with the total."""
        assert len(self.list("/api/v1/loyalty/transactions", limit=_PAGE)) == _PAGE


KINDS: Final[dict[str, Callable[[Door], None]]] = {
    "search by phone": Door.by_phone,
    "search by code": Door.by_code,
    "last four digits, 20 of 100 guests": Door.by_shared_digits,
    "last four digits, one guest": Door.by_own_digits,
    "first page of guests": Door.first_page,
    "page by cursor, in the middle": Door.page_within,
    "first page of closed checks": Door.first_checks,
    "first page of movements": Door.first_movements,
}

Samples = dict[str, tuple[list[float], list[float]]]


def measure(doors: tuple[Door, Door], turns: int, seconds: int) -> Samples:
    """Return milliseconds by what was done, of the small database and of the large one."""
    ids = SystemIds(SystemClock())
    seen: Samples = {name: ([], []) for name in ("pair", *KINDS)}
    for turn in range(turns):
        for place in (0, 1) if turn % 2 else (1, 0):
            door = doors[place]
            done = wrk_pairs(door.base, door.stand, ids.new(), 1, seconds)
            seen["pair"][place].extend(one / 1000 for one in done["pairs_us"])
        for door in doors:
            door.reconnect()
        for name, act in KINDS.items():
            for _ in range(READS):
                for place, door in enumerate(doors):
                    began = perf_counter()
                    act(door)
                    seen[name][place].append(1000 * (perf_counter() - began))
    return seen


def figures_of(seen: Samples) -> list[Figure]:
    """Return medians and P99 of both sizes, and by how much the large one is slower."""
    figures = []
    for name, (small, large) in seen.items():
        for word, value, most in (
            ("median", median, GROWTH_MAX),
            ("P99", lambda samples: percentile(samples, 0.99), None),
        ):
            before, after = value(small), value(large)
            figures += [
                Figure(f"{name}, {word}, small", before, "ms"),
                Figure(f"{name}, {word}, large", after, "ms"),
                Figure(f"{name}, {word}, growth", 100 * (after / before - 1), "%", most),
            ]
    return figures


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


def _prepare(stand: Stand) -> None:
    """Put the company on the largest plan: a walk through a million guests is many requests."""
    engine = sa.create_engine(stand.url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE tenants SET plan = 'ultimate'")
    engine.dispose()


def main(arguments: list[str]) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=100_000)
    parser.add_argument("--on", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--turns", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--keep", type=Path)
    options, _ = parser.parse_known_args(arguments[1:])
    make = postgres_stand if options.on == "postgresql" else sqlite_stand
    with ExitStack() as stack:
        doors = []
        for size in (options.small, options.large):
            stand = stack.enter_context(make(size - SEEDED, options.keep))
            _prepare(stand)
            doors.append(Door(stand, *stack.enter_context(running_service(stand.url))))
        small, large = doors
        for door in doors:
            wrk_pairs(door.base, door.stand, SystemIds(SystemClock()).new(), 4, 3)
            door.reconnect()
        begin = [memory_mb(door.pid) for door in doors]
        seen = measure((small, large), options.turns, options.seconds)
        end = [memory_mb(door.pid) for door in doors]
    figures = figures_of(seen)
    figures.append(Figure("pairs measured, large", len(seen["pair"][1]), "pairs"))
    figures.append(Figure("memory of a process in the end", max(end), "MB", MEMORY_MAX))
    figures.append(
        Figure("growth of its memory", max(e - b for b, e in zip(begin, end, strict=True)), "MB")
    )
    return finish(f"service_growth_{options.on}", figures, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
