"""Tables of subscriptions to events, of their deliveries, and of what owners are told."""

import sqlalchemy as sa

from app.service.db.schema import (
    flag,
    key,
    metadata,
    moment,
    number,
    primary_key,
    tenant_key,
    text,
)
from app.service.db.sealing import sealed

_IS_PENDING = sa.text("state = 'PENDING'")

# Written into statements as it is: a parameter would hide from PostgreSQL, once it plans for all values,
# that the index of what is due can be used.
PENDING: sa.ColumnElement[str] = sa.literal_column("'PENDING'", sa.String)

webhook_endpoints = sa.Table(
    "webhook_endpoints",
    metadata,
    primary_key(),
    tenant_key(),
    text("url"),
    text("description"),
    # Names of event types; an empty list means all of them.
    sa.Column("event_types", sa.JSON, nullable=False),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("pause_reason", sa.String(10), nullable=True),
    moment("paused_at", nullable=True),
    # Signing needs the secrets themselves; the one before is used beside it until its time is over.
    sealed("webhook_endpoints", "secret"),
    sealed("webhook_endpoints", "previous_secret", nullable=True),
    moment("previous_secret_until", nullable=True),
    # Since when every attempt fails; null when the last one did not.
    moment("failing_since", nullable=True),
    moment("last_success_at", nullable=True),
    moment("created_at"),
    moment("updated_at"),
    sa.CheckConstraint("state IN ('ACTIVE', 'PAUSED', 'DELETED')", name="state"),
    sa.CheckConstraint("pause_reason IN ('OWNER', 'GONE', 'FAILING')", name="pause_reason"),
    sa.CheckConstraint("(state = 'PAUSED') = (pause_reason IS NOT NULL)", name="paused"),
    sa.Index("ix_webhook_endpoints_tenant_id", "tenant_id"),
)

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    primary_key(),
    tenant_key(),
    key("endpoint_id", "webhook_endpoints.id"),
    key("event_id", "events.id"),
    sa.Column("event_type", sa.String(50), nullable=False),
    flag("is_test"),
    sa.Column("state", sa.String(10), nullable=False),
    # All attempts ever, and those since the delivery began or was last replayed.
    number("attempts"),
    number("tries"),
    moment("started_at"),
    # When it is due; while a process sends it, when that process counts as lost.
    moment("next_try_at", nullable=True),
    sa.Column("lease_token", sa.String(40), nullable=True),
    number("status_code", nullable=True),
    number("duration_ms", nullable=True),
    text("last_error", nullable=True),
    moment("last_attempt_at", nullable=True),
    moment("created_at"),
    moment("finished_at", nullable=True),
    sa.CheckConstraint("state IN ('PENDING', 'DELIVERED', 'FAILED')", name="state"),
    sa.CheckConstraint("(state = 'PENDING') = (next_try_at IS NOT NULL)", name="next_try"),
    sa.UniqueConstraint("endpoint_id", "event_id"),
    sa.Index(
        "ix_webhook_deliveries_due",
        "endpoint_id",
        "next_try_at",
        sqlite_where=_IS_PENDING,
        postgresql_where=_IS_PENDING,
    ),
    sa.Index("ix_webhook_deliveries_endpoint_id_created_at", "endpoint_id", "created_at"),
    sa.Index("ix_webhook_deliveries_created_at", "created_at"),
    sa.Index("ix_webhook_deliveries_event_id", "event_id"),
)

webhook_notices = sa.Table(
    "webhook_notices",
    metadata,
    primary_key(),
    tenant_key(),
    # No foreign key: what the owner was told outlives the subscription.
    key("endpoint_id"),
    sa.Column("reason", sa.String(10), nullable=False),
    text("text_en"),
    text("text_ru"),
    moment("created_at"),
    sa.Index("ix_webhook_notices_tenant_id_created_at", "tenant_id", "created_at"),
)
