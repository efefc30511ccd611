"""Tables of the request log and of usage."""

import sqlalchemy as sa

from app.service.db.schema import key, metadata, moment, number, primary_key, tenant_key, text

request_logs = sa.Table(
    "request_logs",
    metadata,
    # The id of the request, as the answer's header gave it.
    primary_key(),
    tenant_key(),
    key("installation_id"),
    key("key_id", nullable=True),
    key("staff_id", nullable=True),
    sa.Column("method", sa.String(10), nullable=False),
    # What could name a person is masked before it comes here.
    sa.Column("path", sa.String(500), nullable=False),
    sa.Column("endpoint", sa.String(200), nullable=False),
    text("query"),
    number("status"),
    sa.Column("error_code", sa.String(50), nullable=True),
    number("duration_us"),
    sa.Column("user_agent", sa.String(200), nullable=False),
    # Of failed requests alone.
    text("request_body", nullable=True),
    text("response_body", nullable=True),
    moment("created_at"),
    sa.Index("ix_request_logs_created_at", "created_at"),
    sa.Index("ix_request_logs_tenant_id_created_at", "tenant_id", "created_at", "id"),
)

key_usage = sa.Table(
    "key_usage",
    metadata,
    tenant_key(),
    key("key_id"),
    # Midnight UTC of the day that is counted.
    moment("day"),
    sa.Column("endpoint", sa.String(200), nullable=False),
    number("requests"),
    number("failures"),
    number("throttled"),
    number("duration_us"),
    sa.PrimaryKeyConstraint("key_id", "day", "endpoint"),
    sa.Index("ix_key_usage_day", "day"),
)
