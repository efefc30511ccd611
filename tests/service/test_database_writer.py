"""The writer: groups commit together, fail apart, and outlive callers who went away."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.db.database import SqliteDatabase


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    opened = SqliteDatabase(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    opened.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (id INTEGER UNIQUE)")).result()
    yield opened
    opened.close()


def insert(number: int) -> Callable[[Connection], int]:
    return lambda c: c.execute(sa.text("INSERT INTO notes VALUES (:n)"), {"n": number}).rowcount


def notes(connection: Connection) -> list[int]:
    return list(connection.execute(sa.text("SELECT id FROM notes ORDER BY id")).scalars())


def test_database_is_durable_and_checks_keys(database: SqliteDatabase) -> None:
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    # 2 is FULL (SQLite documentation, PRAGMA synchronous).
    assert database.write(pragmas).result() == ["wal", 2, 1]
    assert database.read(pragmas).result() == ["wal", 2, 1]


def test_each_of_a_batch_fails_alone_and_in_order(database: SqliteDatabase) -> None:
    futures = database.write_each([insert(1), insert(2), insert(1), insert(3)])
    outcomes = [future.exception() is None for future in futures]
    assert outcomes == [True, True, False, True]
    assert database.read(notes).result() == [1, 2, 3]


def test_caller_who_goes_away_does_not_stop_the_writer(database: SqliteDatabase) -> None:
    busy, go = threading.Event(), threading.Event()

    def slow(_connection: Connection) -> str:
        busy.set()
        go.wait(60)
        return "done"

    first = database.write(slow)
    busy.wait(60)
    given_up = database.write(insert(1))
    assert given_up.cancel()
    assert not first.cancel()
    go.set()
    assert first.result() == "done"
    database.write(insert(2)).result()
    assert database.read(notes).result() == [2]


def test_closing_finishes_what_was_accepted(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'y.sqlite3'}"
    database = SqliteDatabase(url)
    database.write(lambda c: c.exec_driver_sql("CREATE TABLE notes (id INTEGER)"))
    futures = database.write_each([insert(n) for n in range(200)])
    database.close()
    assert all(future.done() and future.exception() is None for future in futures)
    with pytest.raises(RuntimeError):
        database.write(insert(1))
    again = SqliteDatabase(url)
    assert len(again.read(notes).result()) == 200
    again.close()
