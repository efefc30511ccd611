"""Work off the GUI thread: an operation runs on a lane, its answer comes back to the GUI thread.

    presenter -> Ops.run(op, success=..., failure=..., lane=...)
                    lane thread: op()
                 <- GUI thread: success(result) or failure(AppError)

Each lane is one thread that works in order, so operations of one lane never overlap. An error that
is no `AppError` is a fault of the program: it is logged with its traceback and becomes a `BugError`
with a sentence for the screen. Answers come in the order in which they were given; behind heavy work
they wait for a breath.

What an operation refers to, its screen first of all, is let go on the GUI thread only: a lane that
held the last reference would destroy a widget away from its thread, and Qt crashes (Qt documentation,
"Threads and QObjects"). So lanes handle numbers, and the jobs behind them belong to the GUI thread.
"""

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from queue import SimpleQueue
from time import perf_counter
from typing import Any, Protocol, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, Signal, Slot

from app.kernel.errors import AppError, BugError
from app.ui.breath import breath

log = logging.getLogger(__name__)

Result = TypeVar("Result")
OnFailure = Callable[[AppError], object]


class Lane(StrEnum):
    """A named thread that does one thing after another."""

    TILL = "till"  # changes of the sale and the store, in the order of the taps
    QUERY = "query"  # reads that must not wait behind a payment: search, lists
    NET = "net"  # calls of the loyalty service
    DEVICE = "device"  # a terminal or printer that may keep us waiting
    MARKS = "marks"  # checks of marking codes, which no other call may keep waiting
    EQUIPMENT = "equipment"  # tests of devices and searches, which no payment waits for


class ErrorSink(Protocol):
    """Who is told of an error that the caller of `run` does not handle."""

    def show_error(self, error: AppError) -> None:
        """Show the sentence of the error to the cashier."""
        ...


@dataclass(frozen=True, slots=True)
class _Job:
    op: Callable[[], Any]  # the result goes back untouched to the caller's typed callback
    success: Callable[[Any], object] | None
    failure: OnFailure | None
    owner: QObject | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any  # as above
    error: AppError | None


class Ops(QObject):
    """Runs operations on lanes and brings the answers to the GUI thread.

    Args:
        errors: Shows errors that nobody else handles.

    Created, used and closed on the GUI thread.
    """

    _finished = Signal(int)

    def __init__(self, errors: ErrorSink) -> None:
        super().__init__()
        self._errors = errors
        self._queues: dict[Lane, SimpleQueue[int | None]] = {}
        self._numbers = itertools.count()
        self._jobs: dict[int, _Job] = {}
        self._outcomes: dict[int, _Outcome] = {}
        self._threads: list[threading.Thread] = []
        self._state = threading.Condition()
        self._running = 0
        self._closed = False
        self._late: deque[int] = deque()
        self._finished.connect(self._on_finished, Qt.ConnectionType.QueuedConnection)
        breath().over.connect(self._on_breath)

    def run(
        self,
        op: Callable[[], Result],
        *,
        success: Callable[[Result], object] | None = None,
        failure: OnFailure | None = None,
        lane: Lane = Lane.TILL,
        owner: QObject | None = None,
    ) -> None:
        """Do `op` on a lane, then call `success` or `failure` on the GUI thread.

        After `close` nothing is begun any more: a notice that was still on its way must not end the
        program with a fault.

        Args:
            op: The work; it must not touch Qt.
            success: Takes the result.
            failure: Takes the error; without it the error is shown as a toast.
            lane: The thread to work on.
            owner: If this object is gone when the work ends, nobody is called.
        """
        assert self._on_gui_thread(), "operations start on the GUI thread"
        if self._closed:
            log.info("not begun, the program is closing: %r", op)
            return
        number = next(self._numbers)
        self._jobs[number] = _Job(op, success, failure, owner)
        with self._state:
            self._running += 1
        self._queue_of(lane).put(number)

    def idle(self) -> bool:
        """Tell whether no operation runs, waits or has an answer on its way."""
        return not self._jobs

    def wait_idle(self, timeout_s: float) -> bool:
        """Block until all work is done and deliver its answers; for shutdown and tests.

        An answer may start more work, which is waited for too.

        Returns:
            False if the time ran out.
        """
        assert self._on_gui_thread()
        while not self.idle():
            with self._state:
                if not self._state.wait_for(lambda: self._running == 0, timeout_s):
                    return False
            QCoreApplication.sendPostedEvents(self, int(QEvent.Type.MetaCall.value))
            while self._late:
                self._deliver(self._late.popleft())
        return True

    def close(self, timeout_s: float = 5.0) -> bool:
        """Finish what was started, then end the threads. Returns False if something hangs."""
        finished = self.wait_idle(timeout_s)
        self._closed = True
        for queue in self._queues.values():
            queue.put(None)
        for thread in self._threads:
            thread.join(timeout_s)
        return finished and not any(thread.is_alive() for thread in self._threads)

    def _on_gui_thread(self) -> bool:
        return QThread.currentThread() is self.thread() or QThread.currentThread() == self.thread()

    def _queue_of(self, lane: Lane) -> "SimpleQueue[int | None]":
        queue = self._queues.get(lane)
        if queue is None:
            queue = self._queues[lane] = SimpleQueue()
            thread = threading.Thread(
                target=self._work, args=(queue,), name=f"lane-{lane}", daemon=True
            )
            self._threads.append(thread)
            thread.start()
        return queue

    def _work(self, queue: "SimpleQueue[int | None]") -> None:
        while (number := queue.get()) is not None:
            # No name here refers to the job: it would be held until the next one comes.
            self._outcomes[number] = _perform(self._jobs[number].op)
            self._finished.emit(number)
            with self._state:
                self._running -= 1
                self._state.notify_all()

    @Slot(int)
    def _on_finished(self, number: int) -> None:
        assert self._on_gui_thread()
        if self._late or breath().is_needed:
            self._late.append(number)
            breath().take()
        else:
            self._deliver(number)

    @Slot()
    def _on_breath(self) -> None:
        if self._late:
            self._deliver(self._late.popleft())
            if self._late:
                breath().take()

    def _deliver(self, number: int) -> None:
        started = perf_counter()
        try:
            self._tell(self._jobs.pop(number), self._outcomes.pop(number))
        finally:
            breath().after(started)

    def _tell(self, job: _Job, outcome: _Outcome) -> None:
        if job.owner is not None and not shiboken6.isValid(job.owner):
            return
        if outcome.error is None:
            if job.success is not None:
                job.success(outcome.result)
        elif job.failure is not None:
            job.failure(outcome.error)
        else:
            self._errors.show_error(outcome.error)


def _perform(op: Callable[[], Any]) -> _Outcome:
    try:
        return _Outcome(op(), None)
    except AppError as error:
        log.info("operation refused: %s", error)
        return _Outcome(None, error)
    except Exception as error:
        log.exception("operation failed")
        return _Outcome(None, BugError(repr(error)))
