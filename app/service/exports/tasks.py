"""Writing files that wait, in every process, and deleting them when they were kept long enough."""

from datetime import timedelta
from functools import partial
from typing import Final

from app.service.exports.building import build_next
from app.service.exports.repository import expire_files, forget_exports
from app.service.jobs.job import Job, JobContext

_LOOK_S: Final = 2
_HOUR_S: Final = 3_600
_JOBS_KEPT: Final = timedelta(days=30)


def build(context: JobContext) -> int:
    """Write files until none waits; return how many."""
    count = 0
    while not context.stopping.is_set() and build_next(context):
        count += 1
    return count


def prune(context: JobContext) -> int:
    """Delete files after a week and jobs after a month (A15); return how many files."""
    count = 0
    while not context.stopping.is_set():
        job = partial(expire_files, now=context.now())
        if not context.database.write(job).result():
            break
        count += 1
    before = context.now() - _JOBS_KEPT
    context.database.write(lambda connection: forget_exports(connection, before)).result()
    return count


JOBS: Final = (
    # A claim lets one process write a file: each looks for itself, so that several write several.
    Job("exports.build", _LOOK_S, build, in_each_process=True),
    Job("exports.prune", _HOUR_S, prune),
)
