"""Writing work of PostgreSQL that the event loop runs itself, between two waits.

A call of a sale asks, computes, and writes. What it will ask is sent at once; while the database answers,
other calls have their turn; when the answers are there the call is computed in one go, and what
it writes is sent with the commit. Nothing is handed from thread to thread, which under load costs more
than the work. Whatever does not go this way (it asks something unforeseen, the database refuses a
statement, a connection is lost) has changed nothing and goes the way through threads, from its beginning.
"""

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

import psycopg
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.service.db.quiet import QuietConnection, WouldWaitError
from app.service.db.wire import BEGIN, COMMIT, ROLLBACK, Wire

T = TypeVar("T")
Job = Callable[[Connection], T]
Begin = Callable[[Connection], Job[T] | None]
"""Asks ahead what a piece of work will ask and returns the work; None if it cannot be known."""

WIRES_MAX: Final = 16
_DETOUR: Final = 50
_DETOURS_MAX: Final = 10_000


class NotDoneError(Exception):
    """Nothing was written: the work has to go another way."""


class LoopWriter:
    """Runs work on one event loop, on connections that it keeps. Only that loop may call `run`.

    Args:
        engine: Opens the connections.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: list[Wire] = []
        self._room = asyncio.Semaphore(WIRES_MAX)
        # Who asked the unforeseen is likely to do so again: so many calls of his go the other way.
        self._detours: dict[str, int] = {}

    async def run(self, who: str, begin: Begin[T]) -> T:
        """Run work in a transaction; return when it is committed.

        Args:
            who: Whose work it is.
            begin: The work.

        Raises:
            NotDoneError: It has to go another way.
            sqlalchemy.exc.OperationalError: The connection was lost in the commit: nobody knows.
            Exception: What the work raises; nothing is written.
        """
        quiet = QuietConnection(self._engine.dialect)
        job = None if self._is_detoured(who) else begin(quiet)
        if job is None:
            raise NotDoneError
        async with self._room:
            wire = self._take() or await self._open()
            try:
                return await _run(wire, quiet, job)
            except WouldWaitError as error:
                self._detour(who)
                raise NotDoneError from error
            finally:
                if wire.is_idle:
                    self._free.append(wire)
                else:
                    wire.close()

    def _is_detoured(self, who: str) -> bool:
        left = self._detours.pop(who, 0)
        if left > 1:
            self._detours[who] = left - 1
        return left > 0

    def _detour(self, who: str) -> None:
        if len(self._detours) >= _DETOURS_MAX:
            self._detours.clear()
        self._detours[who] = _DETOUR

    def _take(self) -> Wire | None:
        """Return a connection that is kept; those that were lost meanwhile are let go."""
        while self._free:
            wire = self._free.pop()
            if not wire.was_lost():
                return wire
            wire.close()
        return None

    async def _open(self) -> Wire:
        try:
            connection = await asyncio.to_thread(self._engine.connect)
        except SQLAlchemyError as error:
            raise NotDoneError from error
        return Wire(connection)

    def close(self) -> None:
        """Close the connections; nothing runs any more. Any thread may call it."""
        while self._free:
            self._free.pop().close()


async def _run(wire: Wire, quiet: QuietConnection, job: Job[T]) -> T:
    """Run work on a connection that is in no transaction, before and afterwards."""
    try:
        wire.send(BEGIN)
        for asked in quiet.asked:
            wire.send(asked)
        [_, *answers] = await wire.settle()
    except psycopg.Error as error:
        await _roll_back(wire)
        raise NotDoneError from error
    quiet.learn(answers)
    try:
        result = job(quiet)
    except BaseException:
        await _roll_back(wire)
        raise
    await _commit(wire, quiet)
    return result


async def _commit(wire: Wire, quiet: QuietConnection) -> None:
    try:
        for asked in quiet.written:
            wire.send(asked)
    except psycopg.Error as error:
        raise NotDoneError from error
    try:
        wire.send(COMMIT)
        await wire.settle()
    except psycopg.Error as error:
        if wire.is_lost:
            # Whether the commit was taken nobody can tell: the caller repeats with his key.
            raise OperationalError("COMMIT", None, error) from error
        await _roll_back(wire)
        raise NotDoneError from error


async def _roll_back(wire: Wire) -> None:
    try:
        wire.send(ROLLBACK)
        await wire.settle()
    except psycopg.Error as error:
        raise NotDoneError from error
