"""The stand of the service's benchmarks: a durable database with many cards, and a running service."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import sqlalchemy as sa

from app.service import commands
from tests.bench.service.filling import fill
from tests.service.postgres import QUICK, PostgresServer

ROOT: Final = Path(__file__).parents[3]
DURABLE: Final = {"shared_buffers": "512MB", "max_connections": "200", "max_wal_size": "4GB"}
TENANT: Final = "tenant-maxima"
_FILLING: Final = {**QUICK, "shared_buffers": "2GB", "max_wal_size": "8GB"}
SEEDED: Final = 11
"""Cards beside those of the stand: the seed's ten, and the pattern from which the others are made."""


def card_id(number: int) -> str:
    """Return the id of a card of the stand."""
    return f"bench-card-{number:07d}"


@dataclass
class Stand:
    """A seeded database; `keys` are those of its tills, `cards` are counted from 0."""

    url: str
    keys: list[str]
    api_key: str = ""
    server: PostgresServer | None = None
    cards: int = 0
    folder: Path = field(default_factory=Path)


@contextmanager
def postgres_stand(cards: int, keep: Path | None = None) -> Iterator[Stand]:
    """Run a PostgreSQL that keeps what it has said (fsync), seeded and with so many cards.

    Args:
        cards: How many beside those of the seed.
        keep: A folder where the filled database stays, and is taken from the next time.
    """
    folder = keep / f"postgresql-{cards}" if keep else Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if not (folder / "filled").exists():
            shutil.rmtree(folder, ignore_errors=True)
            _fill_server(folder, cards)
        server = PostgresServer(DURABLE, folder)
        try:
            url = server.url("bench")
            # A second seeding changes nothing and gives fresh keys; a newer program migrates.
            seeded = commands.seed(url, sandbox=True)
            yield Stand(url, seeded["tillKeys"], seeded["apiKey"], server, cards)
        finally:
            server.close()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _fill_server(folder: Path, cards: int) -> None:
    server = PostgresServer(_FILLING, folder)
    try:
        server.sql("CREATE DATABASE bench")
        url = server.url("bench")
        fill(url, commands.seed(url, sandbox=True), cards)
    finally:
        server.close()
    os.sync()
    (folder / "filled").touch()


@contextmanager
def sqlite_stand(cards: int, keep: Path | None = None) -> Iterator[Stand]:
    """Make an embedded database in the current folder: a temporary one may be memory.

    Args:
        cards: How many beside those of the seed.
        keep: A folder where the filled database stays, and is taken from the next time.
    """
    folder = keep / f"sqlite-{cards}" if keep else Path(tempfile.mkdtemp(prefix="bench-", dir="."))
    try:
        url = f"sqlite:///{folder.resolve() / 'service.sqlite3'}"
        if not (folder / "filled").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            fill(url, commands.seed(url, sandbox=True), cards)
            os.sync()
            (folder / "filled").touch()
        seeded = commands.seed(url, sandbox=True)
        yield Stand(url, seeded["tillKeys"], seeded["apiKey"], cards=cards, folder=folder)
    finally:
        if keep is None:
            shutil.rmtree(folder)


@contextmanager
def running_service(
    url: str, workers: int = 1, around: Sequence[str] = ()
) -> Iterator[tuple[str, int]]:
    """Run `maxloyalty service`, below another program if one is named; give its address and process id."""
    command = ["service", "--host", "127.0.0.1", "--port", "0", "--database", url]
    with subprocess.Popen(
        [*around, sys.executable, "-m", "app", *command, "--workers", str(workers)],
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
