"""Calls that the event loop itself writes on SQLite, in turns with the writer thread."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.db import loop_turns
from app.service.db.database import SqliteDatabase


@pytest.fixture
def database(tmp_path: Path) -> Iterator[SqliteDatabase]:
    """A database with one table."""
    made = SqliteDatabase(f"sqlite:///{tmp_path / 'turns.sqlite3'}")
    made.write(
        lambda connection: connection.exec_driver_sql(
            "CREATE TABLE notes (name TEXT PRIMARY KEY, after TEXT REFERENCES notes (name) "
            "DEFERRABLE INITIALLY DEFERRED)"
        )
    ).result()
    yield made
    made.close()


def note(name: str, after: str | None = None) -> Callable[[Connection], str]:
    def write(connection: Connection) -> str:
        connection.execute(sa.text("INSERT INTO notes VALUES (:a, :b)"), {"a": name, "b": after})
        return f"{name} by {threading.current_thread().name}"

    return write


def names(database: SqliteDatabase) -> list[str]:
    return database.read(
        lambda connection: list(connection.scalars(sa.text("SELECT name FROM notes ORDER BY 1")))
    ).result()


async def on_loop(database: SqliteDatabase, job: Callable[[Connection], str]) -> str:
    return await database.write_foreseen("till", lambda _: None, job)


async def told(database: SqliteDatabase, *jobs: Callable[[Connection], str]) -> list[object]:
    found = await asyncio.gather(*(on_loop(database, job) for job in jobs), return_exceptions=True)
    return list(found)


def test_calls_run_on_the_loops_thread_and_are_told_when_they_are_committed(
    database: SqliteDatabase,
) -> None:
    async def write_and_look() -> tuple[str, list[str]]:
        said = await on_loop(database, note("a"))
        return said, await asyncio.to_thread(names, database)

    said, seen = asyncio.run(write_and_look())
    assert said == f"a by {threading.current_thread().name}"
    assert seen == ["a"]


def test_a_call_that_fails_spoils_no_other_of_its_turn(database: SqliteDatabase) -> None:
    first, second, third = asyncio.run(told(database, note("a"), note("a"), note("b")))
    assert isinstance(second, sa.exc.IntegrityError)
    assert [str(first)[0], str(third)[0]] == ["a", "b"]
    assert names(database) == ["a", "b"]


def spoilt(name: str, runs: list[str]) -> Callable[[Connection], str]:
    """Write a note, then fail."""

    def write(connection: Connection) -> str:
        runs.append(name)
        note(name)(connection)
        raise ValueError(name)

    return write


def test_a_call_that_fails_behind_a_write_leaves_nothing_and_spoils_no_other(
    database: SqliteDatabase,
) -> None:
    runs: list[str] = []
    jobs = (note("a"), spoilt("x", runs), note("b"), spoilt("y", runs), note("b"), note("c"))
    found = asyncio.run(told(database, *jobs))
    assert [type(one).__name__ for one in found] == [
        "str", "ValueError", "str", "ValueError", "IntegrityError", "str",
    ]  # fmt: skip
    assert names(database) == ["a", "b", "c"]
    assert runs.count("y") == 1  # behind the first failure all had savepoints


def test_who_is_refused_before_he_writes_is_asked_once(database: SqliteDatabase) -> None:
    asked: list[str] = []

    def refuse(_connection: Connection) -> str:
        asked.append("refuse")
        raise PermissionError("too often")

    found = asyncio.run(told(database, refuse, spoilt("x", []), note("a")))
    assert [type(one).__name__ for one in found] == ["PermissionError", "ValueError", "str"]
    assert asked == ["refuse"]
    assert names(database) == ["a"]


def test_whoever_fails_behind_a_write_does_not_make_others_run_twice_for_ever(
    database: SqliteDatabase,
) -> None:
    runs: list[str] = []

    async def many() -> None:
        for number in range(20):
            await told(database, spoilt("x", runs), note(f"n-{number:02d}"))

    asyncio.run(many())
    assert len(names(database)) == 20
    assert runs.count("x") == 21


def test_a_call_that_ends_the_transaction_itself_takes_nobodys_writes_along(
    database: SqliteDatabase,
) -> None:
    def end(connection: Connection) -> str:
        driver = connection.connection.dbapi_connection
        assert driver is not None
        if driver.in_transaction and not runs:
            runs.append("end")
            driver.execute("ROLLBACK")  # as SQLite does by itself when its disk is full
        raise ValueError("full")

    runs: list[str] = []
    first, second, third = asyncio.run(told(database, note("a"), end, note("b")))
    assert isinstance(second, ValueError)
    assert (str(first)[0], str(third)[0]) == ("a", "b")
    assert names(database) == ["a", "b"]


def test_turns_and_the_writer_thread_take_each_other_in(database: SqliteDatabase) -> None:
    async def both() -> None:
        calls = [on_loop(database, note(f"loop-{n}")) for n in range(100)]
        others = [asyncio.wrap_future(database.write(note(f"thread-{n}"))) for n in range(100)]
        await asyncio.gather(*calls, *others)

    asyncio.run(both())
    assert len(names(database)) == 200


def test_a_commit_that_fails_is_told_to_all_and_writes_nothing(database: SqliteDatabase) -> None:
    first, second = asyncio.run(told(database, note("a"), note("b", after="nobody")))
    assert isinstance(first, sa.exc.IntegrityError)
    assert isinstance(second, sa.exc.IntegrityError)
    assert names(database) == []
    asyncio.run(told(database, note("c")))
    assert names(database) == ["c"]


def test_a_call_whose_caller_has_gone_is_not_run(database: SqliteDatabase) -> None:
    async def leave() -> None:
        gone = asyncio.ensure_future(on_loop(database, note("gone")))
        stays = asyncio.ensure_future(on_loop(database, note("stays")))
        await asyncio.sleep(0)
        gone.cancel()
        await stays

    asyncio.run(leave())
    assert names(database) == ["stays"]


def test_a_loop_that_does_not_come_loses_its_turn_and_writes_nothing_later(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_turns, "_PATIENCE_S", 0.01)

    async def hang() -> object:
        call = asyncio.ensure_future(on_loop(database, note("late")))
        await asyncio.sleep(0)
        # The writer thread goes on with other work although the loop stands still.
        database.write(note("other")).result()
        [found] = await asyncio.gather(call, return_exceptions=True)
        return found

    assert isinstance(asyncio.run(hang()), RuntimeError)
    assert names(database) == ["other"]


def test_what_comes_after_the_end_is_refused(tmp_path: Path) -> None:
    closed = SqliteDatabase(f"sqlite:///{tmp_path / 'closed.sqlite3'}")
    closed.close()
    [found] = asyncio.run(told(closed, note("a")))
    assert isinstance(found, RuntimeError)
