"""Words of the print queue's `last_error`: some paper may be out already, a job came too late."""

from typing import Final

from app.store.rows import PrintJob, PrintState

#: Begins `last_error` of a job of which some paper may be out already.
BEGUN: Final = "maybe_printed"
#: Ends `last_error` of a job that waited so long that a person must say whether it is printed.
LATE: Final = "late"


def was_begun(job: PrintJob) -> bool:
    """Tell whether some of a job may be on paper."""
    return job.last_error.startswith(BEGUN)


def with_mark(job: PrintJob, code: str) -> str:
    """Return a new `last_error` that keeps what the old one says of paper."""
    return f"{BEGUN} {code}" if was_begun(job) else code


def asks_whether(job: PrintJob) -> bool:
    """Tell whether a job waited too long and a person must say whether it is printed."""
    return job.state is PrintState.FAILED and job.last_error.split(" ")[-1] == LATE
