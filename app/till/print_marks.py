"""Words of the print queue's `last_error` that tell whether some paper may be out already."""

from typing import Final

from app.store.rows import PrintJob

#: Begins `last_error` of a job of which some paper may be out already.
BEGUN: Final = "maybe_printed"


def was_begun(job: PrintJob) -> bool:
    """Tell whether some of a job may be on paper."""
    return job.last_error.startswith(BEGUN)


def with_mark(job: PrintJob, code: str) -> str:
    """Return a new `last_error` that keeps what the old one says of paper."""
    return f"{BEGUN} {code}" if was_begun(job) else code
