"""Between two heavy pieces of work the GUI thread takes a breath, so that a tap goes first.

    work() of many milliseconds -> breath().after(started)
    the next answer             -> breath().is_needed: it waits for `over`
    the next repaint            -> breath().holds_repaint: it waits, too

Qt delivers all posted events before it looks at anything else: an answer of a lane, the answer behind
it and the repaint of the window would follow one another, and a tap would wait for all three.
"""

from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

#: Work that takes longer is followed by a breath: the next answer waits.
HEAVY_S: Final = 0.012
#: After work that took longer the repaint waits, too; below that it belongs to the work.
LONG_S: Final = 0.016
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
        self._timer.timeout.connect(self._on_taken)
        self._was_long = False

    @property
    def holds_repaint(self) -> bool:
        """Tell whether the work was so long that a tap goes even before what it changed."""
        return self.is_needed and self._was_long

    @property
    def is_needed(self) -> bool:
        """Tell whether heavy work was done and nothing else has had a chance since."""
        return self._timer.isActive()

    def after(self, started_s: float) -> None:
        """Take a breath if the work that began at a moment of `perf_counter` was heavy."""
        spent_s = perf_counter() - started_s
        self._was_long = self._was_long or spent_s > LONG_S
        if spent_s > HEAVY_S:
            self.take()

    def take(self) -> None:
        """Have the next answer wait for `over`."""
        if not self._timer.isActive():
            self._timer.start()

    def _on_taken(self) -> None:
        self._was_long = False
        self.over.emit()


class _Lungs:
    """The breath of the program, once there is one."""

    breath: Breath | None = None


def breath() -> Breath:
    """Return the program's one breath."""
    if _Lungs.breath is None:
        _Lungs.breath = Breath()
    return _Lungs.breath
