"""Writing work of SQLite that the event loop runs itself, in transactions of the writer thread.

A statement of SQLite takes microseconds, its commit a millisecond. So the writer thread begins and commits,
and in between lends its connection to the event loop, which runs all calls that have gathered, one
after the other. A call's computing is then on one thread from its first byte to its last, and threads
take turns once for a group of calls, not several times for each.

A savepoint copies every page that a call touches before it is changed, for the case that the call fails
behind its first write. That is rare: a refusal comes before anything is written. So calls run without
savepoints, and a turn in which that case comes is undone and run again with them.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from sqlalchemy.engine import Connection

T = TypeVar("T")
Job = Callable[[Connection], T]

GROUP_MAX: Final = 64
_PATIENCE_S: Final = 30.0
# After a turn that was undone so many have savepoints: where one came, more may come.
_CAREFUL: Final = 50


class Outcome(Generic[T]):
    """What came out of a piece of work; told after the commit."""

    __slots__ = ("error", "result")

    def __init__(self, connection: Connection, job: Job[T]) -> None:
        self.result: Any = None
        self.error: Exception | None = None
        try:
            self.result = job(connection)
        except Exception as error:  # noqa: BLE001 - the edge of the writer: the caller gets it
            self.error = error

    @classmethod
    def in_savepoint(cls, connection: Connection, job: Job[T]) -> "Outcome[T]":
        """Run work; of what fails nothing is left."""
        driver: Any = connection.connection.dbapi_connection
        driver.execute("SAVEPOINT task")
        outcome = cls(connection, job)
        if outcome.error is not None:
            driver.execute("ROLLBACK TO task")
        driver.execute("RELEASE task")
        return outcome


class _Call(Generic[T]):
    """A call that waits on the event loop."""

    __slots__ = ("future", "job", "outcome")

    def __init__(self, job: Job[T], future: "asyncio.Future[T]") -> None:
        self.job = job
        self.future = future
        self.outcome: Outcome[T] | None = None

    def tell(self) -> None:
        if self.future.done():
            return  # nobody waits any more
        assert self.outcome is not None, "it ran"
        if self.outcome.error is not None:
            self.future.set_exception(self.outcome.error)
        else:
            self.future.set_result(self.outcome.result)

    def fail(self, error: Exception) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class LoopTurns:
    """The calls of one event loop, and its turns at the writer's connection.

    Args:
        loop: The loop; only it may call `run`.
        ask: Asks the writer thread for a turn, which calls `take` and then `tell` or `fail`.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, ask: "Callable[[LoopTurns], None]") -> None:
        self._loop = loop
        self._ask = ask
        self._waiting: deque[_Call[Any]] = deque()
        self._group: list[_Call[Any]] = []
        self._has_asked = False
        self._careful = 0

    async def run(self, job: Job[T]) -> T:
        """Run work in the next turn; return when it is committed."""
        future: asyncio.Future[T] = self._loop.create_future()
        call = _Call(job, future)
        self._waiting.append(call)
        self._ask_if_needed()
        return await future

    def _ask_if_needed(self) -> None:
        if self._waiting and not self._has_asked:
            self._ask(self)
            self._has_asked = True

    def take(self, connection: Connection) -> None:
        """Let the loop work in this transaction and wait until it has; on the writer thread.

        Raises:
            RuntimeError: The loop has ended or does not come.
        """
        offer = _Offer(connection)
        self._loop.call_soon_threadsafe(self._work, offer)
        offer.wait()

    def _work(self, offer: "_Offer") -> None:
        if not offer.accept():
            return
        try:
            while self._waiting and len(self._group) < GROUP_MAX:
                call = self._waiting.popleft()
                if not call.future.done():
                    self._group.append(call)
            self._run_group(offer.connection)
        except Exception as error:  # noqa: BLE001 - the writer thread gets it and rolls back
            offer.error = error
        finally:
            offer.done.set()

    def _run_group(self, connection: Connection) -> None:
        if not self._careful and self._run_plainly(connection):
            return
        self._careful = max(0, self._careful - 1)
        for call in self._group:
            # Who was refused with nothing written stays refused.
            if call.outcome is None or call.outcome.error is None:
                call.outcome = Outcome.in_savepoint(connection, call.job)

    def _run_plainly(self, connection: Connection) -> bool:
        """Run the calls without savepoints; false if all was undone because one needed its own."""
        driver: Any = connection.connection.dbapi_connection
        for call in self._group:
            before = driver.total_changes
            call.outcome = Outcome(connection, call.job)
            if call.outcome.error is None:
                continue
            if driver.total_changes != before or not driver.in_transaction:
                self._careful, call.outcome = _CAREFUL, None
                if driver.in_transaction:
                    driver.execute("ROLLBACK")
                driver.execute("BEGIN IMMEDIATE")
                return False
        return True

    def tell(self) -> None:
        """Tell the callers of this turn that it is committed; on the writer thread."""
        self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        group, self._group = self._group, []
        for call in group:
            call.tell()
        self._has_asked = False
        self._ask_if_needed()

    def fail(self, error: Exception) -> None:
        """Tell all callers that nothing was committed; on the writer thread."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._fail, error)

    def _fail(self, error: Exception) -> None:
        group, self._group = [*self._group, *self._waiting], []
        self._waiting.clear()
        self._has_asked = False
        for call in group:
            call.fail(error)


class _Offer:
    """A transaction that the loop may work in, unless it comes too late."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.done = threading.Event()
        self.error: Exception | None = None
        self._lock = threading.Lock()
        self._is_open = True

    def accept(self) -> bool:
        """Take the connection, on the loop; false if the writer has given up waiting."""
        with self._lock:
            is_open, self._is_open = self._is_open, False
            return is_open

    def wait(self) -> None:
        """Wait until the loop is done, on the writer thread."""
        if not self.done.wait(_PATIENCE_S):
            if self.accept():
                raise RuntimeError("the event loop does not come to write")
            self.done.wait()
        if self.error is not None:
            raise self.error
