"""Engines for the service's database: one code for SQLite and PostgreSQL."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from app.service.db.pipeline import WaitingCursor
from app.service.db.sealing import attach_keys

_BUSY_TIMEOUT_MS = 10_000
_LOG_PAGES = 4_000
# What providers and people write; SQLAlchemy would ask for another driver, or for none that exists.
_POSTGRES_NAMES = frozenset({"postgres", "postgresql", "postgresql+psycopg3"})
_POSTGRES = "postgresql+psycopg"


def parse_url(url: str) -> URL:
    """Return a database URL in parts, PostgreSQL with the driver that we have.

    Raises:
        sqlalchemy.exc.ArgumentError: It is no URL.
    """
    parsed = make_url(url)
    return parsed.set(drivername=_POSTGRES) if parsed.drivername in _POSTGRES_NAMES else parsed


def is_sqlite(url: str) -> bool:
    """Tell whether a database URL names SQLite."""
    return parse_url(url).get_backend_name() == "sqlite"


def make_engine(url: str, *, writes: bool, pool_size: int = 8, is_piped: bool = False) -> Engine:
    """Return an engine.

    On SQLite an engine that writes begins each transaction with BEGIN IMMEDIATE, so that it never
    has to give up half way; a reading one sees a snapshot (WAL).

    Args:
        url: SQLAlchemy URL.
        writes: Whether transactions of this engine write.
        pool_size: How many connections are kept open.
        is_piped: Whether its transactions are sent through a pipeline (PostgreSQL alone); a
            connection is then not asked whether it lives before each of them.
    """
    if not is_sqlite(url):
        engine = sa.create_engine(
            parse_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=not is_piped,
            connect_args={"cursor_factory": WaitingCursor} if is_piped else {},
            # Errors end in logs, and parameters are personal.
            hide_parameters=True,
        )
        attach_keys(engine.dialect, parse_url(url))
        return engine
    engine = sa.create_engine(
        url,
        pool_size=1 if writes else pool_size,
        connect_args={"timeout": _BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate if writes else _begin_deferred)
    attach_keys(engine.dialect, parse_url(url))
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    # Transactions are begun by us, not by the driver, which would begin them too late.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
    cursor.close()


def settle_writer(engine: Engine) -> None:
    """Prepare the one connection that serves: its transactions are many and small. SQLite alone.

    What a statement or a savepoint may need back stays in memory: in a temporary file it costs three
    writes for each page that reaches the log. And pages of many commits go from the log to the
    database together, as most of them have been written several times. Not for long work (migrations,
    audits), whose sorts need their files.
    """
    event.listen(engine, "connect", _keep_in_memory)


def _keep_in_memory(connection: Any, _record: object) -> None:  # noqa: ANN401 - a DBAPI connection
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute(f"PRAGMA wal_autocheckpoint={_LOG_PAGES}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_deferred(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
