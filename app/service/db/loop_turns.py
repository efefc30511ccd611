"""Writing work of SQLite that the event loop runs itself, in transactions of the writer thread.

A statement of SQLite takes microseconds, its commit a millisecond. So the writer thread begins and commits,
and in between lends its connection to the event loop, which runs all calls that have gathered, one
after the other, each in a savepoint. A call's computing is then on one thread from its first byte to
its last, and threads take turns once for a group of calls, not several times for each.
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


class Outcome(Generic[T]):
    """What came out of a piece of work that ran in a savepoint; told after the commit."""

    __slots__ = ("error", "result")

    def __init__(self, connection: Connection, job: Job[T]) -> None:
        driver: Any = connection.connection.dbapi_connection
        self.result: Any = None
        self.error: Exception | None = None
        driver.execute("SAVEPOINT task")
        try:
            self.result = job(connection)
        except Exception as error:  # noqa: BLE001 - the edge of the writer: the caller gets it
            driver.execute("ROLLBACK TO task")
            self.error = error
        driver.execute("RELEASE task")


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
                    call.outcome = Outcome(offer.connection, call.job)
        except Exception as error:  # noqa: BLE001 - the writer thread gets it and rolls back
            offer.error = error
        finally:
            offer.done.set()

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
