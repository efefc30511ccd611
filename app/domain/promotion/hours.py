"""When a promotion runs: the hours of a day, its days of the week, and the end a countdown shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

MINUTES_OF_DAY: Final = 24 * 60
# A stretch that touches today begins at most two days ago as far as anybody asks; a week has all days.
_DAYS_BACK: Final = 2
_DAYS_AHEAD: Final = 9


@dataclass(frozen=True, slots=True)
class Hours:
    """From one minute of the day to another, the last one excluded; past midnight if it is earlier."""

    from_minute: int
    until_minute: int

    def __post_init__(self) -> None:
        assert 0 <= self.from_minute < MINUTES_OF_DAY
        assert 0 < self.until_minute <= MINUTES_OF_DAY
        assert self.from_minute != self.until_minute

    @property
    def passes_midnight(self) -> bool:
        """Tell whether it ends on the day after it began."""
        return self.until_minute < self.from_minute

    def text(self) -> str:
        """Return `09:00-11:00` with a dash."""
        return f"{clock_text(self.from_minute)}–{clock_text(self.until_minute)}"


WHOLE_DAY: Final = Hours(0, MINUTES_OF_DAY)


@dataclass(frozen=True, slots=True)
class Run:
    """One stretch in which a timer runs; both ends are aware local moments, the end is excluded."""

    begins: datetime
    ends: datetime


def clock_text(minute: int) -> str:
    """Return a minute of the day as `09:30`."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def is_within(hours: Hours, weekdays: frozenset[int], local: datetime) -> bool:
    """Tell whether a local moment lies in the hours of one of the days.

    Args:
        hours: The stretch; one past midnight belongs to the day on which it begins.
        weekdays: ISO numbers, Monday is 1; none means every day.
        local: The moment on the clock of the venue.
    """
    minute = local.hour * 60 + local.minute
    today = local.isoweekday()
    if not hours.passes_midnight:
        return hours.from_minute <= minute < hours.until_minute and _runs(weekdays, today)
    if minute >= hours.from_minute:
        return _runs(weekdays, today)
    return minute < hours.until_minute and _runs(weekdays, _day_before(today))


def is_on_weekday(hours: Hours | None, weekdays: frozenset[int], local: datetime) -> bool:
    """Tell whether the day that a local moment belongs to is one of the days."""
    day = local.isoweekday()
    minute = local.hour * 60 + local.minute
    if hours is not None and hours.passes_midnight and minute < hours.until_minute:
        day = _day_before(day)
    return _runs(weekdays, day)


def _day_before(day: int) -> int:
    return (day - 2) % 7 + 1


def _runs(weekdays: frozenset[int], day: int) -> bool:
    return not weekdays or day in weekdays


def current_run(hours: Hours | None, weekdays: frozenset[int], local: datetime) -> Run | None:
    """Return the stretch that runs at a local moment, or None; days that touch are one stretch.

    One that began long ago is told from two days back, and one that ends later than in a week ends then.
    """
    stretch = hours or WHOLE_DAY
    for run in _runs_around(stretch, weekdays, local):
        if _before(local, run.ends):
            return run if not _before(local, run.begins) else None
    return None


def next_run(hours: Hours | None, weekdays: frozenset[int], local: datetime) -> Run | None:
    """Return the next stretch that begins after a local moment, or None if it always runs."""
    for run in _runs_around(hours or WHOLE_DAY, weekdays, local):
        if _before(local, run.begins):
            return run
    return None


def _runs_around(hours: Hours, weekdays: frozenset[int], local: datetime) -> Iterator[Run]:
    if hours == WHOLE_DAY and len(weekdays) in {0, 7}:
        return  # it never begins and never ends
    found: Run | None = None
    for offset in range(-_DAYS_BACK, _DAYS_AHEAD):
        day = local.date() + timedelta(days=offset)
        if not _runs(weekdays, day.isoweekday()):
            continue
        run = _run_of(hours, day, local)
        if found is not None and found.ends == run.begins:
            found = Run(found.begins, run.ends)
            continue
        if found is not None:
            yield found
        found = run
    if found is not None:
        yield found


def _run_of(hours: Hours, day: date, local: datetime) -> Run:
    last = day + timedelta(days=1) if hours.passes_midnight else day
    return Run(
        _at(day, hours.from_minute, local),
        _at(last, hours.until_minute, local),
    )


def _at(day: date, minute: int, local: datetime) -> datetime:
    # The clock on the wall: a zone that changes its hour keeps 09:00 at 09:00.
    shifted = day + timedelta(days=minute // MINUTES_OF_DAY)
    rest = minute % MINUTES_OF_DAY
    return datetime(
        shifted.year, shifted.month, shifted.day, rest // 60, rest % 60, tzinfo=local.tzinfo
    )


def _before(one: datetime, other: datetime) -> bool:
    # Two moments of one zone would be compared by the wall, which repeats an hour in autumn.
    return one.astimezone(UTC) < other.astimezone(UTC)
