"""Seeded databases for tests on SQLite and on PostgreSQL: made once, as new for each test.

SQLite copies a file. PostgreSQL keeps one database and its connections; after a test the tables that it
changed are filled again from copies in the schema `kept`. Whoever changed the schema, or left a
transaction open, gets a new copy of the template instead.
"""

import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from app.kernel.clock import ManualClock
from app.service import commands
from app.service.db.database import Database, DatabaseLoad, Job, open_database
from app.service.db.loop_writer import Begin
from app.service.db.sealing import KEY_SUFFIX
from tests.service.harness import START
from tests.service.postgres import PostgresServer

T = TypeVar("T")

NAMES: Final = ("sqlite", "postgresql")


class BackEnd(ABC):
    """A kind of database; `seeded` is what the seed said of keys, people and guests."""

    name: str
    seeded: dict[str, Any]

    @abstractmethod
    def open(self, folder: Path) -> AbstractContextManager[tuple[str, Database]]:
        """Give a seeded database as new, its URL, and close it in the end."""

    @abstractmethod
    def empty(self, folder: Path) -> AbstractContextManager[str]:
        """Give the URL of a database without tables."""

    @abstractmethod
    def close(self) -> None:
        """Remove everything."""


class SqliteBackEnd(BackEnd):
    """Files in a folder."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.sqlite3"
        self.seeded = _seed(f"sqlite:///{self._template}")

    @override
    @contextmanager
    def open(self, folder: Path) -> Iterator[tuple[str, Database]]:
        url = f"sqlite:///{shutil.copy(self._template, folder / 'service.sqlite3')}"
        shutil.copy(f"{self._template}{KEY_SUFFIX}", f"{folder / 'service.sqlite3'}{KEY_SUFFIX}")
        database = open_database(url)
        yield url, database
        database.close()

    @override
    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        yield f"sqlite:///{folder / 'empty.sqlite3'}"

    @override
    def close(self) -> None:
        self._template.unlink()


class PostgresBackEnd(BackEnd):
    """Databases on a server of our own, or on one that has been named."""

    name = "postgresql"

    def __init__(self, name: str, server_url: str | None = None) -> None:
        self._server = None if server_url else PostgresServer()
        self._url = server_url or self._own().url()
        self._admin = sa.create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._name = name
        self._template, self._work = f"{name}_template", f"{name}_work"
        self._recreate(self._template, "template0")
        self.seeded = _seed(self.url(self._template))
        self._keep()
        self._database: Database | None = None
        self._inside: sa.Engine | None = None
        self._empties = 0

    def url(self, database: str) -> str:
        """Return the address of a database on the server."""
        return sa.make_url(self._url).set(database=database).render_as_string(hide_password=False)

    @override
    @contextmanager
    def open(self, folder: Path) -> Iterator[tuple[str, Database]]:
        if self._database is None:
            self._copy()
        assert self._database is not None
        yield self.url(self._work), self._database
        if not self._restore():
            self._drop_copy()

    @override
    @contextmanager
    def empty(self, folder: Path) -> Iterator[str]:
        self._empties += 1
        name = f"{self._name}_empty_{self._empties}"
        self._recreate(name, "template0")
        yield self.url(name)
        self._drop(name)

    @override
    def close(self) -> None:
        self._drop_copy()
        self._drop(self._template)
        self._admin.dispose()
        if self._server is not None:
            self._server.close()

    def _own(self) -> PostgresServer:
        assert self._server is not None
        return self._server

    def _copy(self) -> None:
        self._recreate(self._work, self._template)
        url = self.url(self._work)
        self._database = open_database(url)
        # Neither the triggers that keep the ledger as it is nor the foreign keys look at what is
        # restored. Said once for the connection: each change of it lets all plans be made anew.
        unwatched = {"options": "-c session_replication_role=replica"}
        self._inside = sa.create_engine(url, isolation_level="AUTOCOMMIT", connect_args=unwatched)

    def _drop_copy(self) -> None:
        if self._database is not None and self._inside is not None:
            self._database.close()
            self._inside.dispose()
        self._database = self._inside = None
        self._drop(self._work)

    def _restore(self) -> bool:
        assert self._inside is not None
        try:
            with self._inside.connect() as connection:
                return bool(connection.exec_driver_sql("SELECT kept.restore()").scalar())
        except DBAPIError:
            return False

    def _keep(self) -> None:
        engine = sa.create_engine(self.url(self._template), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in _KEEP:
                connection.exec_driver_sql(statement.replace("%", "%%"))
        engine.dispose()

    def _recreate(self, name: str, template: str) -> None:
        self._drop(name)
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY WAL_LOG")

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)


class SwitchedDatabase(Database):
    """Stands in for the database of a test, so that one application serves test after test."""

    def __init__(self) -> None:
        self.url = ""
        self._current: Database | None = None

    def switch(self, database: Database | None) -> None:
        """Stand in for another one from now on."""
        self.url = database.url if database else ""
        self._current = database

    @property
    def _now(self) -> Database:
        assert self._current is not None, "a test is running"
        return self._current

    @override
    def read(self, job: Job[T]) -> Future[T]:
        return self._now.read(job)

    @override
    def write(self, job: Job[T], *, may_be_lost: bool = False) -> Future[T]:
        return self._now.write(job, may_be_lost=may_be_lost)

    @override
    async def write_foreseen(self, who: str, begin: Begin[T], job: Job[T]) -> T:
        return await self._now.write_foreseen(who, begin, job)

    @override
    def write_each(self, jobs: Sequence[Job[T]]) -> list[Future[T]]:
        return self._now.write_each(jobs)

    @override
    def try_lock(self, name: str) -> AbstractContextManager[bool]:
        return self._now.try_lock(name)

    @override
    def load(self) -> DatabaseLoad:
        return self._now.load()

    @override
    def close(self) -> None:
        """Leave the test's database to the test."""


def _seed(url: str) -> dict[str, Any]:
    return commands.seed(url, sandbox=True, clock=ManualClock(START))


def make_back_end(name: str, folder: Path, worker: str) -> BackEnd:
    """Make a back end; MAXLOYALTY_TEST_POSTGRES or DATABASE_URL may name a server.

    Raises:
        NoServerError: PostgreSQL cannot be started.
    """
    if name == "sqlite":
        return SqliteBackEnd(folder)
    named = os.environ.get("MAXLOYALTY_TEST_POSTGRES") or os.environ.get("DATABASE_URL")
    return PostgresBackEnd(f"maxloyalty_test_{worker}_{os.getpid()}", named)


_CATALOGUES = ("pg_class", "pg_attribute", "pg_trigger", "pg_proc", "pg_constraint", "pg_index")
_MARK = " || ' ' || ".join(
    f"(SELECT count(*) || '/' || max(xmin::text::bigint) FROM pg_catalog.{name})"  # noqa: S608 - names of catalogues
    for name in _CATALOGUES
)
_KEEP = (  # the statements are made of constants of this file
    "CREATE SCHEMA kept",
    # Rows and newest transaction of each table: either changes when a row is added, changed or removed.
    "CREATE TABLE kept.state (name text PRIMARY KEY, rows bigint, newest bigint)",
    "CREATE TABLE kept.mark (mark text)",
    # One function for each table: its statements are planned once for a connection, not for each test.
    """
    DO $$
    DECLARE
      found text;
    BEGIN
      FOR found IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', found);
        EXECUTE format($code$
          CREATE FUNCTION kept.%2$I() RETURNS void LANGUAGE plpgsql AS $body$
          DECLARE
            known kept.state;
            now_rows bigint;
            now_newest bigint;
          BEGIN
            SELECT * INTO known FROM kept.state WHERE name = %1$L;
            SELECT count(*), coalesce(max(xmin::text::bigint), 0) INTO now_rows, now_newest
            FROM public.%1$I;
            IF now_rows <> known.rows OR now_newest <> known.newest THEN
              DELETE FROM public.%1$I;
              INSERT INTO public.%1$I SELECT * FROM kept.%1$I;
              UPDATE kept.state SET newest =
                (SELECT coalesce(max(xmin::text::bigint), 0) FROM public.%1$I)
              WHERE name = %1$L;
            END IF;
          END $body$
          $code$, found, 'restore_' || found);
        EXECUTE format('INSERT INTO kept.state SELECT %1$L, count(*),'
          ' coalesce(max(xmin::text::bigint), 0) FROM public.%1$I', found);
      END LOOP;
      EXECUTE format($code$
        CREATE FUNCTION kept.restore_all() RETURNS void LANGUAGE plpgsql AS $body$
        BEGIN
          %s
        END $body$
        $code$, (SELECT string_agg(format('PERFORM kept.%I();', 'restore_' || name), ' ') FROM kept.state));
    END $$
    """,
    f"""
    CREATE FUNCTION kept.restore() RETURNS boolean LANGUAGE plpgsql AS $$
    BEGIN
      SET LOCAL lock_timeout = '2s';
      IF (SELECT mark FROM kept.mark) <> ({_MARK}) THEN
        RETURN false;
      END IF;
      PERFORM kept.restore_all();
      RETURN true;
    END $$
    """,  # noqa: S608 - the mark is a constant
    "VACUUM ANALYZE",
    f"INSERT INTO kept.mark SELECT {_MARK}",
)
