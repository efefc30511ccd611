"""The table of what ran when: from it a process that starts knows what was missed."""

import sqlalchemy as sa

from app.service.db.schema import metadata, moment, number, text

job_runs = sa.Table(
    "job_runs",
    metadata,
    sa.Column("name", sa.String(100), primary_key=True),
    # When the job is to run next; in the past as long as it has not come to its end.
    moment("due_at"),
    moment("started_at"),
    moment("finished_at", nullable=True),
    # Failures in a row, and what the last one said.
    number("failures"),
    text("last_error", nullable=True),
)
