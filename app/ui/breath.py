"""Between two heavy pieces of work the GUI thread takes a breath, so that a tap goes first.

    work() of many milliseconds -> breath().after(started)
    the next answer or repaint  -> breath().is_needed: it waits for `over`

Qt delivers all posted events before it looks at anything else: an answer of a lane, the answer behind
it and the repaint of the window would follow one another, and a tap would wait for all three.
"""

from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

#: Work that takes longer is followed by a breath.
HEAVY_S: Final = 0.008
_BREATH_MS: Final = 1


class Breath(QObject):
    """Tells heavy pieces of work apart; GUI thread only.

    Attributes:
        over: What has waited may be done now, one heavy piece of it.
    """

    over = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(_BREATH_MS)
        self._timer.timeout.connect(self.over)

    @property
    def is_needed(self) -> bool:
        """Tell whether heavy work was done and nothing else has had a chance since."""
        return self._timer.isActive()

    def after(self, started_s: float) -> None:
        """Take a breath if the work that began at a moment of `perf_counter` was heavy."""
        if perf_counter() - started_s > HEAVY_S:
            self.take()

    def take(self) -> None:
        """Have whatever comes next wait for `over`."""
        if not self._timer.isActive():
            self._timer.start()


class _Lungs:
    """The breath of the program, once there is one."""

    breath: Breath | None = None


def breath() -> Breath:
    """Return the program's one breath."""
    if _Lungs.breath is None:
        _Lungs.breath = Breath()
    return _Lungs.breath
