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
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._sweep)
        self._timer.start(_FIRST_MS)

    def stop(self) -> None:
        """Sweep no more: the program ends, and what it leaves goes with it."""
        self._timer.stop()

    def _sweep(self) -> None:
        self._timer.setInterval(_EVERY_MS)
        sweep()

    def keep_all(self) -> None:
        """Look no more at what is there now: what the start has made lives as long as the program.

        A sweep then takes a millisecond instead of fifty.
        """
        gc.freeze()


def sweep() -> None:
    """Collect the oldest generation that is due, as Python's own collector does."""
    for generation in range(_OLDEST, -1, -1):
        if gc.get_count()[generation] > gc.get_threshold()[generation]:
            gc.collect(generation)
            return
