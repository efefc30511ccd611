"""Tables of integrations that report checks, and of the checks they reported."""

import sqlalchemy as sa

from app.service.db.schema import (
    key,
    metadata,
    moment,
    money,
    number,
    primary_key,
    tenant_key,
    text,
)

pos_integrations = sa.Table(
    "pos_integrations",
    metadata,
    primary_key(),
    tenant_key(),
    # An installation of its own, so that its orders are told apart from those of tills.
    key("installation_id", "installations.id"),
    text("name"),
    sa.Column("system", sa.String(200), nullable=False),
    # Secrets are worked out from the id and this number; none is kept.
    number("secret_version"),
    moment("previous_until", nullable=True),
    moment("created_at"),
    moment("rotated_at", nullable=True),
    moment("revoked_at", nullable=True),
    sa.Index("ix_pos_integrations_tenant_id_created_at", "tenant_id", "created_at"),
)

pos_checks = sa.Table(
    "pos_checks",
    metadata,
    primary_key(),
    tenant_key(),
    key("integration_id", "pos_integrations.id"),
    sa.Column("type", sa.String(10), nullable=False),
    key("pos_check_id"),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    text("answer", nullable=True),
    sa.Column("error_code", sa.String(60), nullable=True),
    key("card_id", nullable=True),
    money("check_minor"),
    number("attempts"),
    moment("received_at"),
    moment("updated_at"),
    sa.UniqueConstraint("integration_id", "type", "pos_check_id"),
    sa.CheckConstraint("type IN ('SALE', 'REFUND')", name="type"),
    sa.CheckConstraint("status IN ('PROCESSED', 'FAILED')", name="status"),
    sa.Index("ix_pos_checks_tenant_id_received_at", "tenant_id", "received_at"),
)
