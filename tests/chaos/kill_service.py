"""Kills a busy loyalty service at random moments, again and again, and proves what it promised.

    python -m tests.chaos.kill_service --seconds 300 --seed 7 [--database sqlite|postgresql|URL]

Several tills hold, close, earn, refund, issue and pay with gift cards and push batches while the
process of the service gets SIGKILL. With `postgresql` the database server is our own, with fsync, and
is crashed as well. After each death the audit is clean, whatever was acknowledged is there once,
whatever was not is there once or not at all, and asking again is answered as the first time. At the
end every balance is the sum of the answers. Exit status 0 only if all is well.
"""

import argparse
import contextlib
import json
import os
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from app.kernel.clock import SystemClock
from app.kernel.ids import SeededIds, SystemIds
from app.service import commands
from app.service.db.engine import is_sqlite
from tests.chaos.proof import Verdict
from tests.chaos.service_calls import (
    Call,
    Customer,
    FaultError,
    Json,
    Line,
    NoAnswerError,
    was_processed,
)
from tests.chaos.theatre import Nursery
from tests.service.postgres import PostgresServer

CUSTOMERS: Final = 6
SHARED: Final = "card-gst-10"
_LIFE_MAX_ANSWERS: Final = 120
_LIFE_MAX_S: Final = 3.0
_CLOCK: Final = SystemClock()
_BIRTH_S: Final = 600.0
_PATIENCE_S: Final = 60.0
_DURABLE: Final = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "shared_buffers": "64MB",
    "max_connections": "100",
}

# What is in the database of each kind of mark.
_FACTS: Final = {
    "key": "SELECT key FROM idempotency_keys",
    "guest": "SELECT phone FROM guests",
    "hold": "SELECT order_id FROM reservations",
    "cancelled": "SELECT order_id FROM reservations WHERE status = 'CANCELLED'",
    "finalized": "SELECT order_id FROM reservations WHERE status = 'FINALIZED'",
    "check": "SELECT order_id FROM loyalty_orders",
    "entry": "SELECT natural_key FROM ledger_entries",
    "refund": "SELECT refund_id FROM loyalty_refunds",
    "order": "SELECT id FROM orders",
    "line": "SELECT order_id FROM order_lines",
    "payment": "SELECT order_id FROM order_payments",
    "gift": "SELECT note FROM gift_cards WHERE note IS NOT NULL",
    "gift-entry": "SELECT natural_key FROM gift_card_entries",
    "gift-refund": "SELECT refund_id FROM gift_card_entries WHERE refund_id IS NOT NULL",
}
_BALANCES: Final = (
    "SELECT id, regular_minor + promo_minor + reserved_minor FROM cards",
    "SELECT 'gift ' || id, balance_minor + held_minor FROM gift_cards",
)


class Books:
    """A database that is looked into while nobody writes.

    Args:
        url: Where.
    """

    def __init__(self, url: str) -> None:
        self._engine = sa.create_engine(url, poolclass=sa.NullPool)

    def facts(self) -> Counter[tuple[str, str]]:
        """Count what is there of each kind of mark."""
        found: Counter[tuple[str, str]] = Counter()
        with self._engine.connect() as connection:
            for kind, query in _FACTS.items():
                rows = connection.exec_driver_sql(query)
                found.update((kind, value) for (value,) in rows)
        return found

    def balances(self) -> dict[str, int]:
        """Return what each card and gift card has, holds included."""
        with self._engine.connect() as connection:
            queries = (connection.exec_driver_sql(query) for query in _BALANCES)
            return {str(row[0]): int(row[1]) for rows in queries for row in rows}

    def installation(self, name: str) -> tuple[str, ...]:
        """Return the ids of the installations of a kind."""
        with self._engine.connect() as connection:
            query = sa.text("SELECT id FROM installations WHERE kind = :kind ORDER BY id")
            return tuple(connection.scalars(query, {"kind": name}))


class Chaos:
    """Lets customers and a service live and die together.

    Args:
        folder: For files.
        url: Database, empty.
        seed: Of all chances.
        server: The database server, if it may be crashed too.
    """

    def __init__(self, folder: Path, url: str, seed: int, server: PostgresServer | None) -> None:
        self._url, self._server = url, server
        self._ids = SeededIds(seed)
        self._verdict = Verdict()
        self._count: Counter[str] = Counter()
        seeded = commands.seed(url)
        self._keys: list[str] = seeded["tillKeys"]
        self._books = Books(url)
        tills = self._books.installation("till")
        self._customers = [
            Customer(number, seed, tills[number % len(self._keys)], SHARED)
            for number in range(CUSTOMERS)
        ]
        self._before = self._books.balances()
        self._log = folder / "services.log"
        self._nursery = Nursery(self._log, "tests.chaos.service_nursery")
        self._wal = Path(f"{url.removeprefix('sqlite:///')}-wal") if is_sqlite(url) else None
        self._pid = 0
        self._address = ""

    def run(self, seconds: float, kills: int) -> Verdict:
        """Kill until the time is over or so many deaths have been; return what was found."""
        until = time.monotonic() + seconds
        try:
            self._bear()
            while not self._verdict.faults and time.monotonic() < until:
                if self._count["kills"] >= kills:
                    break
                self._live_and_die()
                self._prove()
                if self._count["kills"] % 10 == 0:
                    self._say()
            self._prove_balances()
            self._kill_service()
        finally:
            self._nursery.close()
        return self._report()

    def _say(self) -> None:
        counts = f"{dict(self._count)}, {self._answers()} acknowledged"
        print(counts, flush=True)  # noqa: T201 - a program for people

    # -------------------------------------------------------------- lives and deaths
    def _bear(self) -> None:
        self._nursery.ask({"database": self._url})
        until = time.monotonic() + _BIRTH_S
        while (word := self._nursery.hear(until - time.monotonic())) is not None:
            self._pid = word.get("born", self._pid)
            if word.get("event") == "listening":
                self._address = word["url"]
                return
            if "died" in word:
                raise ChildProcessError("the service ended while it started")
        os.kill(self._pid, signal.SIGUSR1)
        _CLOCK.sleep(1)
        raise TimeoutError(f"the service does not start: {self._log.read_text()[-6_000:]}")

    def _live_and_die(self) -> None:
        stop = threading.Event()
        threads = [
            threading.Thread(target=self._work, args=(number, stop)) for number in range(CUSTOMERS)
        ]
        for thread in threads:
            thread.start()
        self._let_live()
        self._kill(stop)
        for thread in threads:
            thread.join(_PATIENCE_S * 2)
            assert not thread.is_alive(), "whoever lost his service gives up"

    def _let_live(self) -> None:
        """Wait for so many answers, then for any moment, or for the next commit."""
        until = time.monotonic() + _LIFE_MAX_S
        wanted = self._answers() + self._ids.below(_LIFE_MAX_ANSWERS)
        while self._answers() < wanted and time.monotonic() < until:
            _CLOCK.sleep(0.005)
        if self._ids.below(100) < 50:
            _CLOCK.sleep(self._ids.below(20_000) / 1_000_000)
            return
        # Between a commit and its answer: the log of the database has just grown.
        before, until = self._log_size(), time.monotonic() + 0.1
        while self._log_size() == before and time.monotonic() < until:
            _CLOCK.sleep(0.000_1)
        self._count["kills aimed at a commit"] += 1

    def _answers(self) -> int:
        return sum(len(one.calls) for one in self._customers)

    def _log_size(self) -> int:
        """Return a number that changes when the database commits."""
        if self._wal is None:
            return self._answers()
        with contextlib.suppress(FileNotFoundError):
            return self._wal.stat().st_mtime_ns
        return 0

    def _work(self, number: int, stop: threading.Event) -> None:
        line = self._line(number)
        try:
            self._customers[number].live(line, stop)
        finally:
            line.close()

    def _line(self, number: int) -> Line:
        return Line(self._address, self._keys[number % len(self._keys)])

    def _kill(self, stop: threading.Event) -> None:
        """Let something die, and be there again."""
        self._count["kills"] += 1
        what = self._ids.below(100) if self._server is not None else 0
        if what >= 60:
            assert self._server is not None
            self._count["crashes of the database"] += 1
            self._server.stop(abruptly=True)
        stop.set()
        if what < 80:
            self._count["kills of the service"] += 1
            self._kill_service()
        if self._server is not None and what >= 60:
            self._server.start()
        if what < 80:
            self._bear()

    def _kill_service(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        while (word := self._nursery.hear(_BIRTH_S)) is not None:
            if "died" in word:
                if os.WTERMSIG(word["status"]) != signal.SIGKILL:
                    self._verdict.faults.append(f"the service ended by itself: {word}")
                return
        raise TimeoutError("a killed service does not die")

    # -------------------------------------------------------------- proof
    def _prove(self) -> None:
        """Compare everything, then ask again for what nobody answered."""
        verdict = self._verdict
        for customer in self._customers:
            verdict.faults += customer.faults
        self._audit()
        facts = self._books.facts()
        for customer in self._customers:
            for call in customer.calls:
                for marks in call.groups:
                    self._compare(call, marks, facts, {1})
            if customer.open is not None:
                for marks in customer.open.groups:
                    self._compare(customer.open, marks, facts, {0, 1})
        for number, customer in enumerate(self._customers):
            self._ask_again(number, customer, facts)

    def _audit(self) -> None:
        audit = commands.audit(self._url)
        self._verdict.check(is_well=bool(audit["ok"]), fault=f"the audit: {audit['broken']}")

    def _compare(self, call: Call, marks: Any, facts: Counter[Any], wanted: set[int]) -> None:
        seen = {facts[mark] for mark in marks}
        if len(seen) != 1 or not seen <= wanted:
            found = {mark: facts[mark] for mark in marks}
            self._verdict.faults.append(f"{call.kind} {call.body}: {found}, answer {call.answer}")

    def _ask_again(self, number: int, customer: Customer, facts: Counter[Any]) -> None:
        line = self._line(number)
        try:
            if customer.open is not None:
                self._ask_open(line, customer, facts)
            if customer.calls:
                # The last ones are those that a lost write would take.
                for call in customer.calls[-2:]:
                    self._ask_answered(line, call)
        except (FaultError, NoAnswerError) as error:
            self._verdict.faults.append(f"asked again: {error}")
        finally:
            line.close()

    def _ask_open(self, line: Line, customer: Customer, facts: Counter[Any]) -> None:
        call = customer.open
        assert call is not None
        there = [facts[marks[0]] == 1 for marks in call.groups]
        answer = _patiently(line, call)
        self._count["unanswered, done" if all(there) else "unanswered, not done"] += 1
        if was_processed(answer) is not all(there):
            self._verdict.faults.append(f"{call.kind} {call.body}: done {there}, told {answer}")
        customer.settle(answer)

    def _ask_answered(self, line: Line, call: Call) -> None:
        answer = _patiently(line, call)
        assert call.answer is not None, "it was answered"
        if not was_processed(answer) or not _is_same(call, answer):
            self._verdict.faults.append(f"{call.kind} {call.body}: {call.answer}, again {answer}")

    def _prove_balances(self) -> None:
        """Every balance is what it was before, plus all that was answered."""
        expected = Counter(self._before)
        facts: Counter[tuple[str, str]] = Counter()
        for customer in self._customers:
            for call in customer.calls:
                assert call.answer is not None, "a call on the list was answered"
                facts[call.kind, ""] += 1
                for card, points in call.moves(call.answer):
                    expected[card] += points
        for card, balance in self._books.balances().items():
            if balance != expected[card]:
                self._verdict.faults.append(f"{card} has {balance}, answers say {expected[card]}")
        self._count |= Counter({f"calls: {kind}": n for (kind, _), n in sorted(facts.items())})

    def _report(self) -> Verdict:
        told: Counter[str] = sum((one.broke for one in self._customers), Counter())
        self._verdict.figures = {
            "kills": 0,
            "acknowledged": sum(len(one.calls) for one in self._customers),
            **self._count,
            **{f"no answer: {why}": n for why, n in told.most_common()},
        }
        return self._verdict


def _is_same(call: Call, answer: Json) -> bool:
    assert call.answer is not None, "it was answered"
    return call.content(call.answer) == call.content(answer)


def _patiently(line: Line, call: Call) -> Json:
    """Ask until there is an answer: a service whose database was away comes back by itself."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return line.ask(call)
        except NoAnswerError:
            if time.monotonic() > until:
                raise
            _CLOCK.sleep(0.05)


@contextlib.contextmanager
def fresh_database(
    name: str, folder: Path, settings: Mapping[str, str] = _DURABLE
) -> Iterator[tuple[str, PostgresServer | None]]:
    """Give an empty database: `sqlite`, `postgresql` for a server of our own, or a URL.

    Args:
        name: Which.
        folder: For files.
        settings: Of a server of our own.
    """
    if name == "sqlite":
        yield f"sqlite:///{folder / 'service.sqlite3'}", None
    elif name == "postgresql":
        server = PostgresServer(settings)
        try:
            server.sql("CREATE DATABASE chaos")
            yield server.url("chaos"), server
        finally:
            server.close()
    else:
        yield name, None


def run(seconds: float, seed: int, database: str = "sqlite", kills: int = 1_000_000) -> Verdict:
    """Make chaos on a fresh database and return what was found."""
    settings = {"MAXLOYALTY_LOG_LEVEL": "error"}
    with (
        tempfile.TemporaryDirectory(prefix="maxloyalty-chaos-") as name,
        _environment(settings | {"MAXLOYALTY_HOME": name}),
        fresh_database(database, Path(name)) as (url, server),
    ):
        verdict = Chaos(Path(name), url, seed, server).run(seconds, kills)
        log = (Path(name) / "services.log").read_text(encoding="utf-8")
        if verdict.faults and log:
            verdict.faults.append(f"log of the service: {log[-4_000:]}")
        return verdict


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def main() -> int:
    """Run by the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=SystemIds(_CLOCK).below(10**6))
    parser.add_argument("--kills", type=int, default=1_000_000)
    parser.add_argument("--database", default="sqlite")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    verdict = run(options.seconds, options.seed, options.database, options.kills)
    print(f"seed {options.seed}, {options.database}")  # noqa: T201 - a program for people
    for name, value in verdict.figures.items():
        print(f"  {name:<34} {value}")  # noqa: T201 - a program for people
    for fault in verdict.faults:
        print(f"FAULT {fault}")  # noqa: T201 - a program for people
    if options.json:
        result = {"ok": not verdict.faults, "seed": options.seed, "seconds": options.seconds}
        result |= {"figures": verdict.figures, "faults": verdict.faults}
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=2), encoding="utf-8")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
