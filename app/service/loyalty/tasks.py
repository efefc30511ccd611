"""Periodic work on cards and reservations."""

from typing import Final

from app.service.jobs.job import Job, JobContext
from app.service.loyalty.sweeper import sweep

_SWEEP_S = 60


def sweep_reservations(context: JobContext) -> int:
    """Give back holds whose time is over (L6); return how many reservations changed."""
    return sweep(context.database, context.now(), context.ids)


JOBS: Final = (Job("reservations.sweep", _SWEEP_S, sweep_reservations),)
