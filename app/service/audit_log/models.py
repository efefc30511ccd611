"""The table of acts: rows are never changed, and leave only when their time is over."""

import sqlalchemy as sa

from app.service.db.schema import metadata, moment, primary_key, tenant_key, text

audit_log = sa.Table(
    "audit_log",
    metadata,
    primary_key(),
    tenant_key(),
    moment("created_at"),
    # staff, api, till, iiko, rkeeper or system; names are as they were at the time.
    sa.Column("actor_kind", sa.String(20), nullable=False),
    sa.Column("actor_id", sa.String(100), nullable=False),
    text("actor_name"),
    sa.Column("action", sa.String(60), nullable=False),
    sa.Column("subject_type", sa.String(40), nullable=False),
    sa.Column("subject_id", sa.String(100), nullable=False),
    sa.Column("details", sa.JSON, nullable=False),
    sa.Index("ix_audit_log_tenant_id_created_at", "tenant_id", "created_at", "id"),
    sa.Index("ix_audit_log_tenant_id_subject", "tenant_id", "subject_type", "subject_id"),
    sa.Index("ix_audit_log_created_at", "created_at"),
)
