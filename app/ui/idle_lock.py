"""Nobody has touched the till for a while: it asks for the PIN again (T1).

A timer runs to the moment at which the till would have been idle long enough; input only writes
down when it came. GUI thread only.
"""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from typing_extensions import override

from app.kernel.clock import Clock

#: How soon it is tried again while the till must not be locked.
RETRY_MS: Final = 1_000
_INPUT: Final = frozenset(
    {QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin}
)


class IdleLock(QObject):
    """Locks the till after a time without a key, a touch or a scan.

    Args:
        seconds: How long nothing may come; more than 0.
        clock: The time.
        may_lock: Tells whether the till may be locked just now.
        lock: Locks it.
        parent: Owner.
    """

    def __init__(
        self,
        seconds: int,
        clock: Clock,
        *,
        may_lock: Callable[[], bool],
        lock: Callable[[], object],
        parent: QObject | None = None,
    ) -> None:
        assert seconds > 0
        super().__init__(parent)
        self._seconds = seconds
        self._clock = clock
        self._may_lock = may_lock
        self._lock = lock
        self._last_input = clock.monotonic()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    def watch(self, native: QObject) -> None:
        """Look at the input of a native window.

        A filter of the whole application would be called for every paint of every widget.
        """
        native.installEventFilter(self)

    def start(self) -> None:
        """Begin to count."""
        self.touch()
        self.look()

    def stop(self) -> None:
        """Lock no more."""
        self._timer.stop()

    def touch(self) -> None:
        """Somebody is here."""
        self._last_input = self._clock.monotonic()

    def look(self) -> None:
        """Lock if it is time, and find out when to look next."""
        left_s = self._last_input + self._seconds - self._clock.monotonic()
        if left_s <= 0 and self._may_lock():
            self._lock()
            self.touch()
            left_s = self._seconds
        self._timer.start(max(RETRY_MS, round(left_s * 1_000)))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note that input came; nothing is swallowed."""
        del watched
        if event.type() in _INPUT:
            self.touch()
        return False
