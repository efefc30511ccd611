"""Tables of tenants and of their loyalty rules, which are versions and never change."""

import sqlalchemy as sa

from app.service.db.schema import key, metadata, moment, primary_key, tenant_key, text
from app.service.db.sealing import sealed

tenants = sa.Table(
    "tenants",
    metadata,
    primary_key(),
    text("name"),
    sa.Column("currency", sa.String(3), nullable=False),
    sealed("tenants", "qr_secret"),
    # Signs the codes on guests' phones: 32 bytes in base64url, see `app.contracts.guest_qr`.
    sealed("tenants", "qr_private_key", server_default=sa.text("''")),
    moment("created_at"),
    # standard, pro or ultimate: what the limits are taken from.
    sa.Column("plan", sa.String(20), nullable=False, server_default=sa.text("'standard'")),
    sa.Column("is_sandbox", sa.Boolean, nullable=False, server_default=sa.false()),
    # Of a sandbox: the company that it was made for.
    key("sandbox_of", nullable=True),
    # Days that kinds of data are kept, where the company has said so; see `app.service.privacy`.
    sa.Column("retention", sa.JSON(none_as_null=True), nullable=True),
    # Proves what Telegram says: derived from the bot's token, which itself is not kept.
    sealed("tenants", "telegram_secret", nullable=True),
    # Until when the plan is paid for; empty where it has no end. Its number names it in events.
    moment("plan_ends_at", nullable=True),
    key("subscription_id", nullable=True),
    # When it was said that the plan will not go on after its end.
    moment("plan_cancelled_at", nullable=True),
    # When subscribers were told that it is over.
    moment("plan_expired_at", nullable=True),
    sa.Index("ix_tenants_plan_ends_at", "plan_ends_at"),
    sa.Index("ix_tenants_sandbox_of", "sandbox_of"),
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
    # When tills were told; empty until the rules begin.
    moment("announced_at", nullable=True),
    sa.UniqueConstraint("tenant_id", "valid_from"),
)
