"""How the service runs work against its database: reads in parallel, writes in transactions.

SQLite has one writer thread. It takes everything that waits, runs each piece of work in a savepoint of
one transaction, commits once (group commit), and only then tells the callers. A piece that fails
rolls back to its savepoint and spoils nothing else. Calls of tills come in groups too, which the event
loop runs while the writer thread waits (`loop_turns`).

PostgreSQL runs each piece of work in a transaction of its own on a small pool of threads and runs it
again when the database asks for that (deadlock, serialisation, a lost race for a unique key).
"""

import asyncio
import hashlib
import logging
import queue
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final, Generic, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import QueuePool
from typing_extensions import override

from app.service.db.engine import is_sqlite, make_engine, settle_writer
from app.service.db.loop_turns import GROUP_MAX, LoopTurns, Outcome
from app.service.db.loop_writer import WIRES_MAX, Begin, LoopWriter, NotDoneError
from app.service.db.pipeline import pipelined, roll_back, send

T = TypeVar("T")
Job = Callable[[Connection], T]

_log = logging.getLogger(__name__)

_RETRIES_MAX = 5
_NOTHING: Final = object()
# SQLSTATE: serialization_failure, deadlock_detected (PostgreSQL manual, appendix A).
_RETRY_STATES = frozenset({"40001", "40P01"})


class DatabaseLoad(NamedTuple):
    """Work that waits for a thread, and connections, of one process at one moment."""

    reads_waiting: int
    writes_waiting: int
    connections_used: int
    connections_open: int


def _waiting_in(pool: ThreadPoolExecutor) -> int:
    return pool._work_queue.qsize()  # noqa: SLF001 - the one place that knows


def _used(engine: Engine) -> int:
    pool = engine.pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0


def _opened(engine: Engine) -> int:
    pool = engine.pool
    return pool.checkedout() + pool.checkedin() if isinstance(pool, QueuePool) else 0


class Database(ABC):
    """Runs reading and writing work; any thread may call it. Close it when done."""

    def __init__(self, url: str, *, readers: int = 8) -> None:
        self.url = url
        self._reading = make_engine(url, writes=False, pool_size=readers)
        self._pool = ThreadPoolExecutor(max_workers=readers, thread_name_prefix="database-read")

    def read(self, job: Job[T]) -> "Future[T]":
        """Run reading work on another thread against one consistent snapshot."""
        return self._pool.submit(self._run_read, job)

    def _run_read(self, job: Job[T]) -> T:
        with self._reading.connect() as connection, connection.begin():
            return job(connection)

    @abstractmethod
    def write(self, job: Job[T], *, may_be_lost: bool = False) -> "Future[T]":
        """Run writing work in a transaction; the future is done when it is committed.

        Args:
            job: The work.
            may_be_lost: PostgreSQL need not wait for its disk: if the server's machine fails within
                the next half second the work may never have been. The calls of tills, which wait for
                the same disk, have it to themselves.
        """

    @abstractmethod
    def write_each(self, jobs: Sequence[Job[T]]) -> "list[Future[T]]":
        """Run several pieces in order, each succeeding or failing alone."""

    async def write_foreseen(self, who: str, begin: Begin[T], job: Job[T]) -> T:  # noqa: ARG002 - here all go one way
        """Run writing work of which it may be known what it will ask.

        Args:
            who: Whose work it is: whose work is often not as foreseen goes the usual way.
            begin: Asks ahead and returns the work, or None if it cannot be known.
            job: The same work for the usual way; run if the other cannot be gone to its end.
        """
        return await asyncio.wrap_future(self.write(job))

    @abstractmethod
    def try_lock(self, name: str) -> AbstractContextManager[bool]:
        """Hold a named lock that one process at a time can have; false if another has it."""

    def load(self) -> DatabaseLoad:
        """Tell how busy this process is with its database; any thread may ask, nothing waits."""
        return DatabaseLoad(
            reads_waiting=_waiting_in(self._pool),
            writes_waiting=self._writes_waiting(),
            connections_used=sum(_used(engine) for engine in self._engines()),
            connections_open=sum(_opened(engine) for engine in self._engines()),
        )

    def _writes_waiting(self) -> int:
        return 0

    def _engines(self) -> tuple[Engine, ...]:
        return (self._reading,)

    def close(self) -> None:
        """Finish what has been accepted, then let go of all connections."""
        self._pool.shutdown(wait=True)
        self._reading.dispose()


class _Task(Generic[T]):
    """A piece of work with the future that its caller holds."""

    __slots__ = ("_job", "_outcome", "future")

    def __init__(self, job: Job[T]) -> None:
        self._job = job
        self._outcome: Outcome[T] | None = None
        self.future: Future[T] = Future()

    def begin(self) -> bool:
        """Tell whether the caller still waits; from now on he cannot withdraw any more."""
        return self.future.set_running_or_notify_cancel()

    def run(self, connection: Connection) -> None:
        """Run in a savepoint; what comes out is kept until the commit."""
        self._outcome = Outcome.in_savepoint(connection, self._job)

    def tell(self) -> None:
        """Give the caller what came out."""
        assert self._outcome is not None, "it ran"
        if self._outcome.error is not None:
            self.future.set_exception(self._outcome.error)
        else:
            self.future.set_result(self._outcome.result)

    def fail(self, error: Exception) -> None:
        """Tell the caller that nothing was committed."""
        self.future.set_exception(error)


class SqliteDatabase(Database):
    """SQLite with one writer thread and group commit."""

    def __init__(self, url: str, *, readers: int = 8) -> None:
        super().__init__(url, readers=readers)
        self._writing = make_engine(url, writes=True)
        settle_writer(self._writing)
        self._queue: queue.SimpleQueue[_Task[Any] | LoopTurns | None] = queue.SimpleQueue()
        self._turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, LoopTurns] = (
            weakref.WeakKeyDictionary()
        )
        self._closed = False
        self._lock = threading.Lock()
        self._named: dict[str, threading.Lock] = {}
        self._thread = threading.Thread(target=self._loop, name="database-write", daemon=True)
        self._thread.start()

    @override
    def write(self, job: Job[T], *, may_be_lost: bool = False) -> "Future[T]":
        return self.write_each([job])[0]

    @override
    def write_each(self, jobs: Sequence[Job[T]]) -> "list[Future[T]]":
        tasks = [_Task(job) for job in jobs]
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            for task in tasks:
                self._queue.put(task)
        return [task.future for task in tasks]

    @override
    async def write_foreseen(self, who: str, begin: Begin[T], job: Job[T]) -> T:
        loop = asyncio.get_running_loop()
        turns = self._turns.get(loop)
        if turns is None:
            turns = self._turns[loop] = LoopTurns(loop, self._ask_for_turn)
        return await turns.run(job)

    def _ask_for_turn(self, turns: LoopTurns) -> None:
        with self._lock:
            if self._closed:
                raise RuntimeError("the database is closed")
            self._queue.put(turns)

    @override
    @contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        with self._lock:
            lock = self._named.setdefault(name, threading.Lock())
        held = lock.acquire(blocking=False)
        try:
            yield held
        finally:
            if held:
                lock.release()

    @override
    def close(self) -> None:
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)
        self._thread.join()
        self._writing.dispose()
        super().close()

    @override
    def _writes_waiting(self) -> int:
        return self._queue.qsize()

    @override
    def _engines(self) -> tuple[Engine, ...]:
        return (self._reading, self._writing)

    def _loop(self) -> None:
        first = self._queue.get()
        while first is not None:
            if isinstance(first, LoopTurns):
                self._give_turn(first)
                first = self._queue.get()
                continue
            group, following = self._take_group(first)
            if group:
                self._commit_group(group)
            first = self._queue.get() if following is _NOTHING else following

    def _take_group(self, first: _Task[Any]) -> "tuple[list[_Task[Any]], Any]":
        """Return what waits and may be committed together, and what came behind it."""
        group = [first] if first.begin() else []
        while len(group) < GROUP_MAX:
            try:
                task = self._queue.get_nowait()
            except queue.Empty:
                break
            if not isinstance(task, _Task):
                return group, task
            if task.begin():
                group.append(task)
        return group, _NOTHING

    def _give_turn(self, turns: LoopTurns) -> None:
        try:
            with self._writing.connect() as connection, connection.begin():
                turns.take(connection)
        except Exception as error:  # noqa: BLE001 - the edge of the writer thread: the callers get it
            _log.exception("a turn of the event loop was not committed")
            turns.fail(error)
            return
        turns.tell()

    def _commit_group(self, group: list[_Task[Any]]) -> None:
        try:
            with self._writing.connect() as connection, connection.begin():
                for task in group:
                    task.run(connection)
        except Exception as error:  # noqa: BLE001 - the edge of the writer thread: the callers get it
            _log.exception("a group of %d writes was not committed", len(group))
            for task in group:
                task.fail(error)
            return
        for task in group:
            task.tell()


class PooledDatabase(Database):
    """PostgreSQL: a transaction for each piece of work, on a pool of threads."""

    def __init__(self, url: str, *, readers: int = 8, writers: int = 16) -> None:
        super().__init__(url, readers=readers)
        self._writing: Engine = make_engine(url, writes=True, pool_size=writers, is_piped=True)
        self._locking: Engine = make_engine(url, writes=True, pool_size=2)
        self._writers = ThreadPoolExecutor(writers, thread_name_prefix="database-write")
        self._foreseeing: Engine = make_engine(url, writes=True, pool_size=WIRES_MAX)
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, LoopWriter] = (
            weakref.WeakKeyDictionary()
        )

    @override
    async def write_foreseen(self, who: str, begin: Begin[T], job: Job[T]) -> T:
        loop = asyncio.get_running_loop()
        writer = self._loops.get(loop)
        if writer is None:
            writer = self._loops[loop] = LoopWriter(self._foreseeing)
        try:
            return await writer.run(who, begin)
        except NotDoneError:
            return await asyncio.wrap_future(self.write(job))

    @override
    def write(self, job: Job[T], *, may_be_lost: bool = False) -> "Future[T]":
        return self._writers.submit(self._run_write, _without_disk(job) if may_be_lost else job)

    @override
    def write_each(self, jobs: Sequence[Job[T]]) -> "list[Future[T]]":
        futures: list[Future[T]] = [Future() for _ in jobs]
        self._writers.submit(self._run_in_order, list(zip(jobs, futures, strict=True)))
        return futures

    @override
    @contextmanager
    def try_lock(self, name: str) -> Iterator[bool]:
        # The lock lasts as long as this transaction: it is let go however the process ends, and
        # also behind a pooler that gives each transaction another connection of the server.
        with self._locking.connect() as connection, connection.begin():
            yield bool(connection.execute(_TRY_LOCK, {"number": _lock_number(name)}).scalar())

    @override
    def close(self) -> None:
        self._writers.shutdown(wait=True)
        self._writing.dispose()
        self._locking.dispose()
        for writer in self._loops.values():
            writer.close()
        self._foreseeing.dispose()
        super().close()

    @override
    def _writes_waiting(self) -> int:
        return _waiting_in(self._writers)

    @override
    def _engines(self) -> tuple[Engine, ...]:
        return (self._reading, self._writing, self._locking, self._foreseeing)

    def _run_in_order(self, pairs: "list[tuple[Job[T], Future[T]]]") -> None:
        for job, future in pairs:
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._run_write(job))
            except Exception as error:  # noqa: BLE001 - the edge of the writer: the caller gets it
                future.set_exception(error)

    def _run_write(self, job: Job[T]) -> T:
        for attempt in range(_RETRIES_MAX):
            try:
                return self._run_piped(job)
            except _LostBeforeCommitError as lost:
                if attempt == _RETRIES_MAX - 1:
                    raise lost.error from lost
            except DBAPIError as error:
                if attempt == _RETRIES_MAX - 1 or not _may_retry(error):
                    raise
        raise AssertionError("the loop returns or raises")

    def _run_piped(self, job: Job[T]) -> T:
        with self._writing.connect() as connection, pipelined(connection):
            transaction = connection.begin()
            try:
                result = job(connection)
            except BaseException as error:
                roll_back(connection, transaction)
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise _LostBeforeCommitError(error) from error
                raise
            try:
                transaction.commit()
            except BaseException:
                roll_back(connection, transaction)
                raise
            return result


def _without_disk(job: Job[T]) -> Job[T]:
    def run(connection: Connection) -> T:
        send(connection, "SET LOCAL synchronous_commit TO OFF", ())
        return job(connection)

    return run


class _LostBeforeCommitError(Exception):
    """The connection was lost before anything could be committed: the work may be run again."""

    def __init__(self, error: DBAPIError) -> None:
        super().__init__(str(error))
        self.error = error


def _may_retry(error: DBAPIError) -> bool:
    # A lost race for a unique key is run again: this time the winner's row is seen.
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY_STATES or isinstance(error, IntegrityError)


_TRY_LOCK = sa.text("SELECT pg_try_advisory_xact_lock(:number)")


def _lock_number(name: str) -> int:
    """Return the signed 64 bits by which PostgreSQL knows a named lock."""
    digest = hashlib.sha256(f"maxloyalty/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def open_database(url: str) -> Database:
    """Open the database that a URL names."""
    return SqliteDatabase(url) if is_sqlite(url) else PooledDatabase(url)
