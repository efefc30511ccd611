"""Cyclic garbage is collected on the GUI thread alone.

Python's own collector runs on whichever thread happens to allocate. Where a widget or a timer is part
of the garbage, a lane would destroy it away from its thread, and Qt may crash (Qt documentation,
"Threads and QObjects": delete objects on the thread that owns them).
"""

import gc
from typing import Final

from PySide6.QtCore import QObject, QTimer

_EVERY_MS: Final = 1_000
#: What the start loads is no garbage, and looking through it would hold up the first taps.
_FIRST_MS: Final = 15_000
_OLDEST: Final = 2


class Sweeper(QObject):
    """Takes over from Python's own collector, for the rest of the process.

    Created and used on the GUI thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._oldest = _OLDEST - 1
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._sweep)
        self._timer.start(_FIRST_MS)

    def stop(self) -> None:
        """Sweep no more: the program ends, and what it leaves goes with it."""
        self._timer.stop()

    def _sweep(self) -> None:
        self._timer.setInterval(_EVERY_MS)
        sweep(self._oldest)

    def keep_all(self) -> None:
        """Look no more at what is there now: what the start has made lives as long as the program.

        A sweep then takes a millisecond instead of fifty.
        """
        gc.freeze()

    def settle(self) -> None:
        """Keep all, and look at old objects from now on: nothing large is being made any more.

        Until then they are mostly parts of screens, and looking through them holds up a tap.
        """
        self.keep_all()
        self._oldest = _OLDEST


def sweep(oldest: int = _OLDEST) -> None:
    """Collect the oldest generation that is due, as Python's own collector does.

    Args:
        oldest: The oldest one that may be looked at.
    """
    for generation in range(oldest, -1, -1):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
