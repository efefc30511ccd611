"""What is forgotten by schedule: guests' codes that were used and could not be used again anyway."""

from functools import partial
from typing import Final

from app.service.guests.dynamic_qr import PRUNE_MAX, prune_uses
from app.service.jobs.job import Job, JobContext

_HOUR_S = 3_600


def forget_used_codes(context: JobContext) -> int:
    """Forget old uses in bounded pieces; return how many."""
    total = 0
    while not context.stopping.is_set():
        work = context.database.write(partial(prune_uses, now=context.now()))
        total += work.result()
        if work.result() < PRUNE_MAX:
            break
    return total


JOBS: Final = (Job("guest-qr.prune", _HOUR_S, forget_used_codes),)
