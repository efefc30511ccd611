"""The counters that several processes share on PostgreSQL, where the table is not logged."""

import sqlalchemy as sa

from app.service.db.schema import metadata, moment, number

rate_counters = sa.Table(
    "rate_counters",
    metadata,
    sa.Column("key", sa.String(300), nullable=False),
    moment("window_end"),
    number("count"),
    sa.PrimaryKeyConstraint("key", "window_end"),
    sa.Index("ix_rate_counters_window_end", "window_end"),
)
