"""Measures how long the GUI thread could not answer.

A timer of the GUI thread is due every few milliseconds; what it comes later than due is time in
which a tap would have waited. This counts everything that makes a tap wait: slots, painting, the
interpreter's lock held by another thread and a busy machine. So it is never below the truth by more
than one interval, and may be above it. A second thread notes what the GUI thread was doing.
"""

import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

INTERVAL_MS: Final = 5
#: A block this long is worth remembering where it happened.
SUSPICIOUS_MS: Final = 30
_PLACES_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What the watchdog saw.

    Attributes:
        longest_ms: The longest time without an answer.
        blocks: How many times it was above `SUSPICIOUS_MS`.
        beats: How many times the timer came.
        places: Where the GUI thread stood in the longest blocks, the longest first.
    """

    longest_ms: float
    blocks: int
    beats: int
    places: tuple[str, ...]


class Watchdog(QObject):
    """Watches the thread it is created on, which must be the GUI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self._on_beat)
        self._watched = threading.get_ident()
        self._last_beat = 0.0
        self._longest_ms = 0.0
        self._blocks = 0
        self._beats = 0
        self._places: list[tuple[float, str]] = []
        self._stop = threading.Event()
        self._sampler: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch; what was measured before is forgotten."""
        self.reset()
        self._stop.clear()
        self._timer.start()
        self._sampler = threading.Thread(target=self._sample, name="watchdog", daemon=True)
        self._sampler.start()

    def reset(self) -> None:
        """Forget what was measured."""
        self._last_beat = time.perf_counter()
        self._longest_ms, self._blocks, self._beats = 0.0, 0, 0
        self._places.clear()

    def leave_out(self, seconds: float) -> None:
        """Leave out time that whoever plays the cashier spent on this thread just now."""
        self._last_beat += seconds

    def stop(self) -> Report:
        """Count the block that may be going on, stop and return the report."""
        self._on_beat()
        self._timer.stop()
        self._stop.set()
        if self._sampler is not None:
            self._sampler.join(1.0)
        return self.report()

    def report(self) -> Report:
        """Return what was measured since the start."""
        places = tuple(f"{late_ms:.0f} ms at {place}" for late_ms, place in self._places)
        return Report(round(self._longest_ms, 1), self._blocks, self._beats, places)

    def _on_beat(self) -> None:
        now = time.perf_counter()
        late_ms = (now - self._last_beat) * 1000 - INTERVAL_MS
        self._last_beat = now
        self._beats += 1
        self._longest_ms = max(self._longest_ms, late_ms)
        if late_ms > SUSPICIOUS_MS:
            self._blocks += 1

    def _sample(self) -> None:
        noted, again_ms = 0.0, 0.0
        while not self._stop.wait(INTERVAL_MS / 1000):
            beat = self._last_beat
            late_ms = (time.perf_counter() - beat) * 1000 - INTERVAL_MS
            if beat != noted:
                noted, again_ms = beat, float(SUSPICIOUS_MS)
            if late_ms > again_ms:
                # A long block is looked at again and again, ever more rarely.
                again_ms = 2 * late_ms
                self._note_place(late_ms)

    def _note_place(self, late_ms: float) -> None:
        frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - the only way to look
        if frame is None:
            return
        stack = traceback.extract_stack(frame)[-9:]
        place = " > ".join(f"{step.filename.rsplit('/', 1)[-1]}:{step.lineno}" for step in stack)
        self._places = sorted([*self._places, (late_ms, place)], reverse=True)[:_PLACES_MAX]
