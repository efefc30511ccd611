"""The ledger: entries are added and never changed; the database refuses UPDATE and DELETE."""

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

ledger_entries = sa.Table(
    "ledger_entries",
    metadata,
    primary_key(),
    tenant_key(),
    key("card_id", "cards.id"),
    # 1, 2, 3, ... for each card, so that a missing entry is seen.
    number("card_seq"),
    sa.Column("kind", sa.String(10), nullable=False),
    money("regular_delta_minor"),
    money("promo_delta_minor"),
    # All the card owns, what is reserved included, before and after this entry.
    money("balance_before_minor"),
    money("balance_after_minor"),
    # How much of it are promo points.
    money("promo_after_minor"),
    # What the entry moved in dated lots, see `app.service.ledger.lots`; nothing if empty.
    text("lots", nullable=True),
    key("order_id", nullable=True),
    key("refund_id", nullable=True),
    key("installation_id", "installations.id", nullable=True),
    key("cashier_id", nullable=True),
    key("rules_id", "loyalty_rules.id", nullable=True),
    sa.Column("level_id", sa.String(100), nullable=True),
    key("reverses_id", "ledger_entries.id", nullable=True),
    # What can be booked only once, for ever: "EARN:<installation>:<order>".
    sa.Column("natural_key", sa.String(400), nullable=False, unique=True),
    text("reason", nullable=True),
    moment("occurred_at"),
    moment("created_at"),
    sa.UniqueConstraint("card_id", "card_seq"),
    sa.Index("ix_ledger_entries_tenant_id_created_at", "tenant_id", "created_at", "id"),
    sa.CheckConstraint(
        "kind IN ('EARN', 'REDEEM', 'REFUND', 'MANUAL', 'EXPIRE', 'TRANSFER', 'PROMO')",
        name="kind",
    ),
    sa.CheckConstraint(
        "balance_before_minor + regular_delta_minor + promo_delta_minor = balance_after_minor",
        name="sum",
    ),
    sa.CheckConstraint("balance_after_minor >= 0", name="balance"),
    sa.CheckConstraint("card_seq > 0", name="seq"),
)
