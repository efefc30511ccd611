"""Tables that serve every noun: idempotency keys, the outbox of events, the service's secrets."""

import sqlalchemy as sa

from app.service.db.schema import key, metadata, moment, primary_key, tenant_key
from app.service.db.sealing import sealed

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    key("installation_id", "installations.id"),
    sa.Column("key", sa.String(320), nullable=False),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    moment("created_at"),
    sa.PrimaryKeyConstraint("installation_id", "key"),
    sa.Index("ix_idempotency_keys_created_at", "created_at"),
)

events = sa.Table(
    "events",
    metadata,
    primary_key(),
    tenant_key(),
    sa.Column("type", sa.String(50), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    moment("created_at"),
    # Where it happened, if a till or plugin of one place told of it.
    key("restaurant_id", nullable=True),
    # When its deliveries were written; null while it waits for that.
    moment("fanned_out_at", nullable=True),
    sa.Index("ix_events_tenant_id_created_at", "tenant_id", "created_at"),
    sa.Index(
        "ix_events_waiting",
        "created_at",
        sqlite_where=sa.text("fanned_out_at IS NULL"),
        postgresql_where=sa.text("fanned_out_at IS NULL"),
    ),
)

service_secrets = sa.Table(
    "service_secrets",
    metadata,
    sa.Column("name", sa.String(50), primary_key=True),
    # Hexadecimal, drawn once, the same for every process.
    sealed("service_secrets", "value"),
)
