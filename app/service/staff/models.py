"""The table of people who sign in with a PIN."""

import sqlalchemy as sa

from app.service.db.schema import flag, metadata, primary_key, tenant_key, text

staff = sa.Table(
    "staff",
    metadata,
    primary_key(),
    tenant_key(),
    text("name"),
    sa.Column("role", sa.String(30), nullable=False),
    text("pin_hash"),
    sa.Column("permissions", sa.JSON, nullable=False),
    flag("is_active"),
)
