"""Tables of tenants and of their loyalty rules, which are versions and never change."""

import sqlalchemy as sa

from app.service.db.schema import metadata, moment, primary_key, tenant_key, text

tenants = sa.Table(
    "tenants",
    metadata,
    primary_key(),
    text("name"),
    sa.Column("currency", sa.String(3), nullable=False),
    text("qr_secret"),
    # Signs the codes on guests' phones: 32 bytes in base64url, see `app.contracts.guest_qr`.
    sa.Column("qr_private_key", sa.Text, nullable=False, server_default=sa.text("''")),
    moment("created_at"),
)

loyalty_rules = sa.Table(
    "loyalty_rules",
    metadata,
    primary_key(),
    tenant_key(),
    moment("valid_from"),
    # The rules as JSON text in their wire form.
    text("body"),
    moment("created_at"),
    sa.UniqueConstraint("tenant_id", "valid_from"),
)
