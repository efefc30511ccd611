"""What happens by schedule: counters of windows that are over are thrown away."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.jobs.job import Job, JobContext
from app.service.limits.models import rate_counters

_TEN_MINUTES_S = 600


def forget_counters(context: JobContext) -> int:
    """Delete counters whose window is over; return how many."""
    now = context.now()

    def delete(connection: Connection) -> int:
        over = sa.delete(rate_counters).where(rate_counters.c.window_end < now)
        return connection.execute(over).rowcount

    return context.database.write(delete).result()


JOBS: Final = (Job("rate_counters.prune", _TEN_MINUTES_S, forget_counters),)
"""Periodic work of the limits."""
