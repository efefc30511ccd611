"""The table of consents: each yes and no of a guest with its time and the text he was shown."""

import sqlalchemy as sa

from app.service.db.schema import flag, key, metadata, moment, primary_key, tenant_key

guest_consents = sa.Table(
    "guest_consents",
    metadata,
    primary_key(),
    tenant_key(),
    key("guest_id", "guests.id"),
    # personal_data, marketing, ...: what was agreed to.
    sa.Column("purpose", sa.String(40), nullable=False),
    flag("is_granted"),
    sa.Column("text_version", sa.String(60), nullable=False),
    # till, web, telegram, paper, ...: where it was said.
    sa.Column("channel", sa.String(40), nullable=False),
    sa.Column("actor_kind", sa.String(20), nullable=False),
    sa.Column("actor_id", sa.String(100), nullable=False),
    moment("given_at"),
    moment("created_at"),
    sa.Index("ix_guest_consents_guest_id", "guest_id", "created_at"),
    sa.Index("ix_guest_consents_tenant_id", "tenant_id"),
)
