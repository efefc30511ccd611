"""What ran when, as rows."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.jobs.models import job_runs

_ERROR_MAX = 2_000
_RETRY = timedelta(seconds=10)
_DOUBLINGS_MAX = 8


def due_times(connection: Connection) -> dict[str, datetime]:
    """Return when each job that ever ran is to run next."""
    rows = connection.execute(sa.select(job_runs.c.name, job_runs.c.due_at))
    return {row.name: row.due_at for row in rows}


def due_time(connection: Connection, name: str) -> datetime | None:
    """Return when a job is to run next; None if it never ran."""
    found: datetime | None = connection.execute(
        sa.select(job_runs.c.due_at).where(job_runs.c.name == name)
    ).scalar()
    return found


def note_success(
    connection: Connection, name: str, started: datetime, now: datetime, pause: timedelta
) -> datetime:
    """Write down that a job came to its end; return when it is due again."""
    due = now + pause
    values = {"started_at": started, "finished_at": now, "failures": 0, "last_error": None}
    _write(connection, name, {"due_at": due, **values})
    return due


def note_failure(
    connection: Connection, name: str, started: datetime, now: datetime, pause: timedelta, why: str
) -> datetime:
    """Write down that a job failed; return when it is tried again: soon, then ever later."""
    before = connection.execute(
        sa.select(job_runs.c.failures).where(job_runs.c.name == name)
    ).scalar()
    failures: int = (before or 0) + 1
    due = now + min(pause, _RETRY * (1 << min(failures - 1, _DOUBLINGS_MAX)))
    values = {"started_at": started, "failures": failures, "last_error": why[:_ERROR_MAX]}
    _write(connection, name, {"due_at": due, **values})
    return due


def _write(connection: Connection, name: str, values: dict[str, object]) -> None:
    changed = connection.execute(
        sa.update(job_runs).where(job_runs.c.name == name).values(values)
    ).rowcount
    if not changed:
        connection.execute(sa.insert(job_runs).values(name=name, **values))
