"""One thread goes first: the others load modules only between its turns.

Loading a library is nothing but the interpreter's work, and two threads that both want the interpreter
take it from each other at every call. A window that is being drawn then takes five times as long. So
while the till starts, a module is loaded off the GUI thread only when the event loop has come round:

    turns.begin()          the GUI thread, once
    turns.come_round()     the GUI thread, whenever its loop has nothing else to do
    turns.end()            loading is over, everything runs as usual

What is under way when the GUI thread becomes busy is one module, some milliseconds.
"""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

from typing_extensions import override

#: Nobody waits longer for a turn, whatever the first thread does.
WAIT_MAX_S: Final = 0.02


class Turns:
    """Lets threads wait until the first one has nothing to do. Any thread."""

    def __init__(self) -> None:
        self._first: int | None = None
        self._gate = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._waiting = 0
        self._in_a_hurry = False

    def begin(self) -> None:
        """Let this thread go first from now on."""
        self._first = threading.get_ident()
        if _finder not in sys.meta_path:
            sys.meta_path.insert(0, _finder)

    def end(self) -> None:
        """Let all threads run as usual."""
        self._first = None
        if _finder in sys.meta_path:
            sys.meta_path.remove(_finder)

    def come_round(self) -> None:
        """Let one of those who wait go on; on the first thread."""
        with self._lock:
            if self._waiting:
                self._waiting -= 1
                self._gate.release()

    def wait(self) -> None:
        """Wait for a turn, at most `WAIT_MAX_S`; the first thread never waits."""
        if self._first in (None, threading.get_ident()) or self._in_a_hurry:
            return
        with self._lock:
            self._waiting += 1
        if self._gate.acquire(timeout=WAIT_MAX_S):
            return
        with self._lock:
            if not self._gate.acquire(blocking=False):  # the turn did not come just now
                self._waiting -= 1

    @contextmanager
    def hurry(self) -> Iterator[None]:
        """Let nobody wait while the first thread needs a module that another may be loading."""
        if self._first != threading.get_ident():
            yield
            return
        self._in_a_hurry = True
        try:
            yield
        finally:
            self._in_a_hurry = False


class _Finder(MetaPathFinder):
    """Finds nothing; it is asked before any module is loaded, and waits."""

    @override
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        turns.wait()
        return None


_finder = _Finder()
turns = Turns()
