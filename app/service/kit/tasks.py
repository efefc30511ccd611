"""What is forgotten by schedule: idempotency keys that no caller will repeat any more."""

from functools import partial
from typing import Final

from app.service.jobs.job import Job, JobContext
from app.service.kit.idempotency import PRUNE_MAX, prune

_HOUR_S = 3_600


def forget_keys(context: JobContext) -> int:
    """Forget old keys in bounded pieces; return how many."""
    total = 0
    while not context.stopping.is_set():
        count = context.database.write(partial(prune, now=context.now())).result()
        total += count
        if count < PRUNE_MAX:
            break
    return total


JOBS: Final = (Job("idempotency.prune", _HOUR_S, forget_keys),)
