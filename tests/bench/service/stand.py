"""The stand of the service's benchmarks: a durable database with many cards, and a running service."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
import sqlalchemy as sa

from app.kernel.clock import SystemClock
from app.service import commands
from app.service.db.engine import make_engine
from tests.service.postgres import PostgresServer

ROOT: Final = Path(__file__).parents[3]
DURABLE: Final = {"shared_buffers": "512MB", "max_connections": "200", "max_wal_size": "4GB"}
TENANT: Final = "tenant-maxima"
GRANT_MINOR: Final = 100_00
ENTRIES: Final = 10
_CARDS_MAX: Final = 900_000  # a company has a million codes, some are taken

_GUESTS: Final = ("id", "tenant_id", "phone", "first_name", "created_at", "phone_tail", "name_key")
_CARDS: Final = (
    "id", "tenant_id", "guest_id", "code6", "regular_minor", "level_id", "lifetime_spent_minor",
    "visit_count", "entry_count", "created_at", "updated_at", "active_at",
)  # fmt: skip
_ENTRIES: Final = (
    "id", "tenant_id", "card_id", "card_seq", "kind", "regular_delta_minor",
    "balance_before_minor", "balance_after_minor", "natural_key", "occurred_at", "created_at",
)  # fmt: skip
Row = tuple[Any, ...]


def card_id(number: int) -> str:
    """Return the id of a card of the stand."""
    return f"bench-card-{number:07d}"


def phone_of(number: int) -> str:
    """Return the phone of a guest of the stand."""
    return f"7955{number:07d}"


def code_of(number: int) -> str:
    """Return the code of a card: 050000 and up, which no card of the seed has."""
    return f"{50_000 + number:06d}"


@dataclass
class Stand:
    """A seeded database; `keys` are those of its tills."""

    url: str
    keys: list[str]
    api_key: str = ""
    server: PostgresServer | None = None
    cards: int = 0
    folder: Path = field(default_factory=Path)

    def load(self, count: int) -> None:
        """Add cards until there are so many, with ten entries each."""
        assert count <= _CARDS_MAX
        numbers = range(self.cards, count)
        self.cards = count
        now = int(SystemClock().now().timestamp() * 1000)
        tables = (
            ("guests", _GUESTS, _guests(numbers, now)),
            ("cards", _CARDS, _cards(numbers, now)),
            ("ledger_entries", _ENTRIES, _entries(numbers, now)),
        )
        if self.server is not None:
            self._copy(tables)
        else:
            self._insert(tables)

    def _copy(self, tables: tuple[tuple[str, tuple[str, ...], Iterator[Row]], ...]) -> None:
        plain = self.url.replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            # The triggers compare each card with its entries, which come later.
            connection.execute("SET session_replication_role = replica")
            for table, columns, rows in tables:
                statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
                with connection.cursor().copy(statement.encode()) as copy:
                    for row in rows:
                        copy.write_row(row)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def _insert(self, tables: tuple[tuple[str, tuple[str, ...], Iterator[Row]], ...]) -> None:
        engine = make_engine(self.url, writes=True)
        with engine.connect() as connection, connection.begin():
            driver: Any = connection.connection.dbapi_connection
            kept = _drop_triggers(driver)
            for table, columns, rows in tables:
                marks = ", ".join("?" * len(columns))
                names = ", ".join(columns)
                driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608 - our names
            for statement in kept:
                driver.execute(statement)
        with engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
            driver = connection.connection.dbapi_connection
            driver.rollback()
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


def _drop_triggers(driver: Any) -> list[str]:
    found = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in found:
        driver.execute(f"DROP TRIGGER {name}")
    return [sql for _, sql in found]


def _guests(numbers: range, now: int) -> Iterator[Row]:
    for n in numbers:
        phone = phone_of(n)
        yield f"bench-guest-{n:07d}", TENANT, phone, "Гость", now, phone[-4:], "гость"


def _cards(numbers: range, now: int) -> Iterator[Row]:
    balance = ENTRIES * GRANT_MINOR
    for n in numbers:
        yield (
            card_id(n), TENANT, f"bench-guest-{n:07d}", code_of(n), balance, "bronze", 0,
            ENTRIES, ENTRIES, now, now, now,
        )  # fmt: skip


def _entries(numbers: range, now: int) -> Iterator[Row]:
    for n in numbers:
        for seq in range(1, ENTRIES + 1):
            before = (seq - 1) * GRANT_MINOR
            yield (
                f"bench-entry-{n:07d}-{seq:02d}", TENANT, card_id(n), seq, "MANUAL", GRANT_MINOR,
                before, before + GRANT_MINOR, f"BENCH:{n}:{seq}", now, now,
            )  # fmt: skip


@contextmanager
def postgres_stand(cards: int) -> Iterator[Stand]:
    """Run a PostgreSQL that keeps what it has said (fsync), seeded and with so many cards."""
    server = PostgresServer(DURABLE)
    try:
        server.sql("CREATE DATABASE bench")
        url = server.url("bench")
        seeded = commands.seed(url, sandbox=True)
        stand = Stand(url, seeded["tillKeys"], seeded["apiKey"], server)
        stand.load(cards)
        yield stand
    finally:
        server.close()


@contextmanager
def sqlite_stand(cards: int) -> Iterator[Stand]:
    """Make an embedded database in the current folder: a temporary one may be memory."""
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=Path.cwd()))
    try:
        url = f"sqlite:///{folder / 'service.sqlite3'}"
        seeded = commands.seed(url, sandbox=True)
        stand = Stand(url, seeded["tillKeys"], seeded["apiKey"], folder=folder)
        stand.load(cards)
        yield stand
    finally:
        shutil.rmtree(folder)


@contextmanager
def running_service(url: str, workers: int = 1) -> Iterator[tuple[str, int]]:
    """Run `maxloyalty service`; give its address and its process id."""
    command = ["service", "--host", "127.0.0.1", "--port", "0", "--database", url]
    with subprocess.Popen(
        [sys.executable, "-m", "app", *command, "--workers", str(workers)],
        cwd=ROOT,
        env=os.environ | {"MAXLOYALTY_HOME": tempfile.gettempdir()},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            base: str = json.loads(line)["url"]
            # Several workers are announced before the first of them is up; it answers when it is.
            assert httpx.get(f"{base}/readyz", timeout=120).status_code == 200
            yield base, process.pid
        finally:
            process.terminate()
            process.communicate(timeout=60)


def count(url: str, table: str) -> int:
    """Count the rows of a table."""
    engine = sa.create_engine(url)
    try:
        with engine.connect() as connection:
            found = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()  # noqa: S608 - our names
            return int(found or 0)
    finally:
        engine.dispose()
