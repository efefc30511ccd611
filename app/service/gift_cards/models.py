"""Tables of gift cards, of their append-only ledger, of holds, and of guesses at codes."""

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

gift_cards = sa.Table(
    "gift_cards",
    metadata,
    primary_key(),
    tenant_key(),
    # A keyed digest: the code itself is money and is kept nowhere.
    sa.Column("code_hash", sa.String(64), nullable=False),
    sa.Column("code_last4", sa.String(4), nullable=False),
    sa.Column("status", sa.String(10), nullable=False),
    # What can be spent, and what waits for orders; the ledger's balance is the sum of both.
    money("balance_minor"),
    money("held_minor"),
    money("issued_minor"),
    number("entry_count"),
    moment("expires_at", nullable=True),
    text("blocked_reason", nullable=True),
    text("note", nullable=True),
    key("installation_id", "installations.id"),
    moment("created_at"),
    moment("updated_at"),
    sa.UniqueConstraint("tenant_id", "code_hash"),
    sa.CheckConstraint("balance_minor >= 0", name="balance"),
    sa.CheckConstraint("held_minor >= 0", name="held"),
    sa.CheckConstraint("status IN ('ACTIVE', 'BLOCKED', 'EXPIRED')", name="status"),
    sa.Index("ix_gift_cards_tenant_id_created_at", "tenant_id", "created_at"),
    sa.Index("ix_gift_cards_expires_at", "expires_at"),
)

gift_card_entries = sa.Table(
    "gift_card_entries",
    metadata,
    primary_key(),
    tenant_key(),
    key("gift_card_id", "gift_cards.id"),
    # 1, 2, 3, ... for each card, so that a missing entry is seen.
    number("card_seq"),
    sa.Column("kind", sa.String(10), nullable=False),
    money("delta_minor"),
    money("balance_before_minor"),
    money("balance_after_minor"),
    key("order_id", nullable=True),
    key("refund_id", nullable=True),
    key("installation_id", "installations.id"),
    key("cashier_id", nullable=True),
    key("reverses_id", "gift_card_entries.id", nullable=True),
    # What can be booked only once, for ever: "REDEEM:<card>:<installation>:<order>".
    sa.Column("natural_key", sa.String(400), nullable=False, unique=True),
    text("reason", nullable=True),
    moment("occurred_at"),
    moment("created_at"),
    sa.UniqueConstraint("gift_card_id", "card_seq"),
    sa.CheckConstraint("kind IN ('ISSUE', 'TOP_UP', 'REDEEM', 'REFUND', 'EXPIRE')", name="kind"),
    sa.CheckConstraint("balance_before_minor + delta_minor = balance_after_minor", name="sum"),
    sa.CheckConstraint("balance_after_minor >= 0", name="balance"),
    sa.CheckConstraint("card_seq > 0", name="seq"),
    sa.Index("ix_gift_card_entries_tenant_id_order_id", "tenant_id", "order_id"),
    sa.Index("ix_gift_card_entries_reverses_id", "reverses_id"),
)

gift_card_holds = sa.Table(
    "gift_card_holds",
    metadata,
    primary_key(),
    tenant_key(),
    key("gift_card_id", "gift_cards.id"),
    key("installation_id", "installations.id"),
    key("order_id"),
    sa.Column("status", sa.String(10), nullable=False),
    money("amount_minor"),
    money("captured_minor"),
    key("entry_id", "gift_card_entries.id", nullable=True),
    text("reason", nullable=True),
    moment("created_at"),
    moment("expires_at"),
    moment("closed_at", nullable=True),
    sa.CheckConstraint("status IN ('ACTIVE', 'CAPTURED', 'CANCELLED', 'EXPIRED')", name="status"),
    sa.CheckConstraint("amount_minor > 0", name="amount"),
    sa.Index("ix_gift_card_holds_gift_card_id", "gift_card_id"),
    sa.Index("ix_gift_card_holds_status_expires_at", "status", "expires_at"),
    # One active hold of a card for an order.
    sa.Index(
        "uq_gift_card_holds_active",
        "gift_card_id",
        "installation_id",
        "order_id",
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    ),
)

gift_card_guesses = sa.Table(
    "gift_card_guesses",
    metadata,
    tenant_key(),
    # Who guesses: an installation, a person, or "*" for the whole company.
    sa.Column("subject", sa.String(120), nullable=False),
    number("misses"),
    number("locks"),
    moment("counted_from"),
    moment("locked_until", nullable=True),
    sa.PrimaryKeyConstraint("tenant_id", "subject"),
)
