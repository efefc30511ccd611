"""Periodic work on cards and reservations."""

from typing import Final

from app.service.jobs.job import Job, JobContext
from app.service.loyalty.lapsing import Lapsed, lapse_points
from app.service.loyalty.sweeper import sweep

_SWEEP_S = 60
# Points end to the day; looking every hour lets a pass that was cut short go on the same day.
_LAPSE_S = 3_600


def sweep_reservations(context: JobContext) -> int:
    """Give back holds whose time is over (L6); return how many reservations changed."""
    return sweep(context.database, context.now(), context.ids)


def end_points(context: JobContext) -> Lapsed:
    """Let points end whose time is over, and warn of those that end soon (L11)."""
    return lapse_points(context.database, context.now(), context.ids, context.stopping.is_set)


JOBS: Final = (
    Job("reservations.sweep", _SWEEP_S, sweep_reservations),
    Job("points.lapse", _LAPSE_S, end_points),
)
