"""What happens by schedule: the request log keeps 30 days, usage 400."""

from datetime import timedelta
from typing import Final

from app.service.jobs.job import Job, JobContext
from app.service.requests.repository import delete_before, delete_usage_before

KEPT: Final = timedelta(days=30)
USAGE_KEPT: Final = timedelta(days=400)
_PIECE: Final = 5_000
_HOUR_S: Final = 3_600


def forget_requests(context: JobContext) -> int:
    """Delete what is older than it is kept, in bounded pieces; return how many entries."""
    now, total = context.now(), 0
    context.database.write(lambda c: delete_usage_before(c, now - USAGE_KEPT)).result()
    while not context.stopping.is_set():
        count = context.database.write(lambda c: delete_before(c, now - KEPT, _PIECE)).result()
        total += count
        if count < _PIECE:
            break
    return total


JOBS: Final = (Job("request_logs.prune", _HOUR_S, forget_requests),)
"""Periodic work of the request log."""
