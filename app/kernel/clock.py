"""Time: the only place that asks the machine for it.

Facts carry an aware UTC time, waiting uses the monotonic clock, and the venue's zone is applied
only where a shift or a person needs it.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What tells the time. Any thread may call it."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards, for measuring and waiting."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait for so many seconds."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the monotonic seconds of the machine."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Block the calling thread."""
        time.sleep(seconds)


class ManualClock:
    """A clock moved by hand: for tests, simulations and the time machine of the service.

    Args:
        start: Aware moment to begin with.
    """

    def __init__(self, start: datetime = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)) -> None:
        assert start.tzinfo is not None
        self._now = start
        self._monotonic = 1_000.0

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that move with `advance`."""
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Move on instead of waiting."""
        self.advance(timedelta(seconds=seconds))

    def advance(self, span: timedelta) -> None:
        """Move forward by a span."""
        assert span >= timedelta(0)
        self._now += span
        self._monotonic += span.total_seconds()

    def set(self, moment: datetime) -> None:
        """Jump to a moment, also backwards (a till's clock that was wrong)."""
        assert moment.tzinfo is not None
        self._now = moment


def to_iso(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with milliseconds and a `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_iso(text: str) -> datetime:
    """Read what `to_iso` wrote.

    Raises:
        ValueError: The text is no moment or names no zone.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"no time zone in {text!r}")
    return moment.astimezone(UTC)
