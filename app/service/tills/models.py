"""Tables of places, registers, halls, installations and keys."""

import sqlalchemy as sa

from app.service.db.schema import (
    key,
    metadata,
    moment,
    number,
    primary_key,
    tenant_key,
    text,
)

locations = sa.Table(
    "locations",
    metadata,
    primary_key(),
    tenant_key(),
    text("name"),
    text("address"),
    text("legal_name"),
    text("taxpayer_id"),
    sa.Column("receipt_header", sa.JSON, nullable=False),
    sa.Column("receipt_footer", sa.JSON, nullable=False),
    text("timezone"),
    # Closed places and registers keep their sales and lose their keys.
    moment("closed_at", nullable=True),
)

registers = sa.Table(
    "registers",
    metadata,
    primary_key(),
    tenant_key(),
    key("location_id", "locations.id"),
    text("name"),
    number("number"),
    moment("closed_at", nullable=True),
)

halls = sa.Table(
    "halls",
    metadata,
    primary_key(),
    tenant_key(),
    key("location_id", "locations.id"),
    text("name"),
    number("width"),
    number("height"),
    number("position"),
)

hall_tables = sa.Table(
    "hall_tables",
    metadata,
    primary_key(),
    tenant_key(),
    key("hall_id", "halls.id"),
    text("name"),
    number("seats"),
    number("x"),
    number("y"),
    number("width"),
    number("height"),
    number("position"),
)

installations = sa.Table(
    "installations",
    metadata,
    primary_key(),
    tenant_key(),
    key("location_id", "locations.id", nullable=True),
    key("register_id", "registers.id", nullable=True),
    sa.Column("kind", sa.String(20), nullable=False),
    text("name"),
    moment("created_at"),
    sa.CheckConstraint("kind IN ('api', 'till', 'iiko', 'rkeeper')", name="kind"),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    primary_key(),
    tenant_key(),
    key("installation_id", "installations.id"),
    # SHA-256 of the key: keys have 160 bits of randomness, so a slow hash would add nothing.
    sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("key_hint", sa.String(16), nullable=False),
    moment("created_at"),
    moment("expires_at", nullable=True),
    moment("revoked_at", nullable=True),
    sa.Column("name", sa.String(200), nullable=False, server_default=sa.text("''")),
    # What an API key may do; NULL for keys of tills and plugins, which are told apart by their kind.
    sa.Column("scopes", sa.JSON(none_as_null=True), nullable=True),
    moment("last_used_at", nullable=True),
    key("created_by", nullable=True),
    key("replaced_by", nullable=True),
    sa.Index("ix_api_keys_tenant_id_created_at", "tenant_id", "created_at"),
    sa.Index("ix_api_keys_installation_id", "installation_id"),
)

card_codes = sa.Table(
    "card_codes",
    metadata,
    tenant_key(),
    sa.Column("code6", sa.String(6), nullable=False),
    key("installation_id", "installations.id"),
    moment("created_at"),
    sa.PrimaryKeyConstraint("tenant_id", "code6"),
)

config_versions = sa.Table(
    "config_versions",
    metadata,
    tenant_key(),
    # "menu" or "config": each change of what a till reads raises the number.
    sa.Column("subject", sa.String(20), nullable=False),
    number("version"),
    sa.PrimaryKeyConstraint("tenant_id", "subject"),
)
