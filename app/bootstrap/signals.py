"""Signals that ask a program with windows to end: SIGTERM, Ctrl-C, the end of its terminal.

Python runs its handlers between two of its own instructions, and none come while Qt's loop waits.
So the interpreter is told to write each signal into a socket pair, and Qt watches the other end.
"""

import contextlib
import signal
import socket
from types import TracebackType
from typing import Any, Final, Self

from PySide6.QtCore import QObject, QSocketNotifier, Signal

_NAMES: Final = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
_READ_BYTES: Final = 64


class EndSignals(QObject):
    """Tells the GUI thread that it is asked to end. Use it as a context manager on the main thread.

    A signal that comes before the loop runs is told once it does. While this is entered, no signal
    of these ends the program by itself: a second one, as `timeout` sends it, does not break off
    what the first one began.

    Attributes:
        asked: A signal came.
    """

    asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[int, Any] = {}  # handlers, as the standard library types them
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            ours, interpreters = socket.socketpair()
            exits.callback(ours.close)
            exits.callback(interpreters.close)
            ours.setblocking(False)
            interpreters.setblocking(False)
            self._socket = ours
            notifier = QSocketNotifier(ours.fileno(), QSocketNotifier.Type.Read, self)
            notifier.activated.connect(self._on_written)
            exits.callback(notifier.setEnabled, False)
            before = signal.set_wakeup_fd(interpreters.fileno(), warn_on_full_buffer=False)
            exits.callback(signal.set_wakeup_fd, before)
            exits.callback(self._give_back)
            self._take()
            self._exits = exits.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._exits.close()

    def _take(self) -> None:
        for name in _NAMES:
            number = getattr(signal, name, None)
            # Who starts a program with a signal ignored (nohup) wants it ignored.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, _note)

    def _give_back(self) -> None:
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()

    def _on_written(self) -> None:
        """Read the numbers of the signals; others than ours are written there too."""
        numbers: set[int] = set()
        with contextlib.suppress(BlockingIOError):
            while numbers_read := self._socket.recv(_READ_BYTES):
                numbers.update(numbers_read)
        if numbers & self._before.keys():
            self.asked.emit()


def _note(_number: int, _frame: object) -> None:
    """Do nothing: a handler must exist for the interpreter to write the signal."""
