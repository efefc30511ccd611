"""What the demonstration writes down: steps with their times, pictures of screens, the report."""

import contextlib
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from app.ui.watchdog import Watchdog

log = logging.getLogger(__name__)


def _nobody(_step: dict[str, Any]) -> None:
    """Nobody is to be told."""


@dataclass(slots=True)
class Record:
    """Collects what happened.

    Attributes:
        folder: Where report and pictures go.
        steps: One entry a step: name, ok, ms, and the error if it failed.
        longest_block_ms: The longest time the GUI thread could not answer while the till worked.
        blocked_at: Where it stood in the long ones.
        codes: Pictures with a code to be read, and what the code must contain.
        on_step: Told of each step as it ends.
    """

    folder: Path
    steps: list[dict[str, Any]] = field(default_factory=list)
    longest_block_ms: float = 0.0
    blocked_at: list[str] = field(default_factory=list)
    codes: dict[Path, str] = field(default_factory=dict)
    on_step: Callable[[dict[str, Any]], None] = _nobody
    _step_block_ms: float = 0.0
    _is_watching: bool = False
    _watchdog: Watchdog | None = None
    _writers: list[threading.Thread] = field(default_factory=list)

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time one step; a failure is written down and raised on."""
        begun = time.perf_counter()
        try:
            yield
        except Exception as error:
            self._add(name, begun, error)
            raise
        self._add(name, begun, None)

    def _add(self, name: str, begun: float, error: Exception | None) -> None:
        entry: dict[str, Any] = {
            "name": name,
            "ok": error is None,
            "ms": round((time.perf_counter() - begun) * 1000),
        }
        if error is not None:
            entry["error"] = f"{type(error).__name__}: {error}"
        if self._is_watching:
            self.rest()
            entry["blockedMs"], self._step_block_ms = self._step_block_ms, 0.0
            self.watch()
        self.steps.append(entry)
        log.info("step %s: %s ms", name, entry["ms"])
        self.on_step(entry)

    def take(self, entry: dict[str, Any]) -> None:
        """Take a step that another process played."""
        self.longest_block_ms = max(self.longest_block_ms, float(entry.get("blockedMs", 0)))
        self.steps.append(entry)

    # -------------------------------------------------------------- watchdog
    def watch(self) -> None:
        """Begin to measure how long the GUI thread cannot answer."""
        if self._watchdog is None:
            self._watchdog = Watchdog()
        self._watchdog.start()
        self._is_watching = True

    def rest(self) -> None:
        """Stop measuring while the demonstration itself works on the GUI thread (pictures)."""
        if self._watchdog is None or not self._is_watching:
            return
        self._is_watching = False
        seen = self._watchdog.stop()
        self.longest_block_ms = max(self.longest_block_ms, seen.longest_ms)
        self._step_block_ms = max(self._step_block_ms, seen.longest_ms)
        self.blocked_at.extend(seen.places)

    def looked(self, seconds: float) -> None:
        """Leave out time in which the demonstration looked for something on the screen."""
        if self._watchdog is not None and self._is_watching:
            self._watchdog.leave_out(seconds)

    # -------------------------------------------------------------- pictures
    def picture(self, window: QWidget, name: str, *, shows: str = "") -> None:
        """Take the window; the watchdog rests meanwhile, a thread writes the file.

        Args:
            window: To be taken.
            name: Of the file.
            shows: What the code in the picture must contain, to be proven at the end.
        """
        self.rest()
        image = window.grab().toImage()
        path = self.folder / "screens" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        if shows:
            self.codes[path] = shows
        thread = threading.Thread(target=image.save, args=(str(path),), name="picture")
        thread.start()
        self._writers.append(thread)
        self.watch()

    # -------------------------------------------------------------- report
    @property
    def is_ok(self) -> bool:
        """Tell whether every step went well."""
        return bool(self.steps) and all(step["ok"] for step in self.steps)

    def finish(self) -> None:
        """Wait until every picture is on disk."""
        for writer in self._writers:
            writer.join()

    def write(self, **more: object) -> dict[str, Any]:
        """Write `report.json` and return what is in it."""
        self.finish()
        report: dict[str, Any] = {
            "ok": self.is_ok and bool(more.get("proven")),
            "steps": self.steps,
            "guiBlockedMs": self.longest_block_ms,
            "guiBlockedAt": self.blocked_at,
            **more,
        }
        text = json.dumps(report, ensure_ascii=False, indent=1, default=str)
        (self.folder / "report.json").write_text(text + "\n", encoding="utf-8")
        return report
