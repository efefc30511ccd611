"""Tables of cards, reservations, closed checks and refunds."""

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

cards = sa.Table(
    "cards",
    metadata,
    primary_key(),
    tenant_key(),
    key("guest_id", "guests.id"),
    sa.Column("code6", sa.String(6), nullable=False),
    money("regular_minor"),
    money("promo_minor"),
    money("reserved_minor"),
    # How much of what is reserved are promo points.
    money("reserved_promo_minor"),
    # Points with a date of their own, see `app.service.ledger.lots`; the rest has none.
    sa.Column("lots", sa.Text, nullable=False, server_default=sa.text("'[]'")),
    moment("next_end_at", nullable=True),
    sa.Column("level_id", sa.String(100), nullable=False),
    money("lifetime_spent_minor"),
    number("visit_count"),
    moment("last_visit_at", nullable=True),
    # The last visit or grant of regular points: from here on they lapse. Empty: since the card began.
    moment("active_at", nullable=True),
    # The `active_at` and the last lot's end about which the guest has been warned.
    moment("lapse_warned_at", nullable=True),
    moment("lots_warned_until", nullable=True),
    # How many ledger entries the card has: the next entry takes the next number.
    number("entry_count"),
    moment("created_at"),
    moment("updated_at"),
    # The card that took over when two guests turned out to be one; never a card that was merged.
    key("merged_into_id", nullable=True),
    sa.UniqueConstraint("tenant_id", "code6"),
    sa.UniqueConstraint("guest_id"),
    sa.CheckConstraint("regular_minor >= 0", name="regular"),
    sa.CheckConstraint("promo_minor >= 0", name="promo"),
    sa.CheckConstraint("reserved_minor >= 0", name="reserved"),
    sa.CheckConstraint("lifetime_spent_minor >= 0", name="lifetime"),
    sa.Index("ix_cards_tenant_id_visit_count", "tenant_id", "visit_count"),
    sa.Index(
        "ix_cards_next_end_at",
        "next_end_at",
        sqlite_where=sa.text("next_end_at IS NOT NULL"),
        postgresql_where=sa.text("next_end_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_cards_merged_into_id",
        "merged_into_id",
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    ),
)

level_changes = sa.Table(
    "level_changes",
    metadata,
    primary_key(),
    tenant_key(),
    key("card_id", "cards.id"),
    sa.Column("level_id", sa.String(100), nullable=False),
    # Business time: a sale that arrives late changes the level as of the sale.
    moment("changed_at"),
    key("order_id", nullable=True),
    sa.Index("ix_level_changes_card_id_changed_at", "card_id", "changed_at"),
)

reservations = sa.Table(
    "reservations",
    metadata,
    primary_key(),
    tenant_key(),
    key("installation_id", "installations.id"),
    key("card_id", "cards.id"),
    key("order_id"),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    # What was asked for: hundredths of a point, or basis points of a discount.
    number("amount"),
    money("held_regular_minor"),
    money("held_promo_minor"),
    # Which dated lots the hold came from: it goes back to the same ones.
    text("held_lots", nullable=True),
    money("check_minor"),
    key("split_group_id", nullable=True),
    moment("created_at"),
    moment("expires_at"),
    moment("grace_end"),
    moment("closed_at", nullable=True),
    text("close_reason", nullable=True),
    sa.CheckConstraint("kind IN ('POINTS', 'DISCOUNT')", name="kind"),
    sa.CheckConstraint(
        "status IN ('ACTIVE', 'FINALIZED', 'CANCELLED', 'EXPIRED', 'AUTO_CANCELLED')",
        name="status",
    ),
    sa.CheckConstraint("held_regular_minor >= 0", name="held_regular"),
    sa.CheckConstraint("held_promo_minor >= 0", name="held_promo"),
    sa.CheckConstraint(
        "status = 'ACTIVE' OR (held_regular_minor = 0 AND held_promo_minor = 0)", name="held"
    ),
    sa.Index("ix_reservations_status_expires_at", "status", "expires_at"),
    # Only what is active is looked for by card: the index stays as small as the open checks.
    sa.Index(
        "ix_reservations_card_id",
        "card_id",
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    ),
    sa.Index(
        "uq_reservations_active_order",
        "installation_id",
        "order_id",
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    ),
    sa.Index(
        "uq_reservations_split",
        "tenant_id",
        "split_group_id",
        unique=True,
        sqlite_where=sa.text("split_group_id IS NOT NULL AND status IN ('ACTIVE', 'FINALIZED')"),
        postgresql_where=sa.text(
            "split_group_id IS NOT NULL AND status IN ('ACTIVE', 'FINALIZED')"
        ),
    ),
)

loyalty_orders = sa.Table(
    "loyalty_orders",
    metadata,
    primary_key(),
    tenant_key(),
    key("installation_id", "installations.id"),
    key("order_id"),
    key("card_id", "cards.id"),
    key("reservation_id", "reservations.id", nullable=True),
    sa.Column("action", sa.String(10), nullable=False),
    money("check_minor"),
    # What the guest paid in money: the check less points and discount.
    money("paid_minor"),
    money("spent_regular_minor"),
    money("spent_promo_minor"),
    money("shortfall_minor"),
    money("earned_minor"),
    # Bonus points of promotions, and the dated lots they made and that were redeemed.
    money("earned_promo_minor"),
    text("earned_lots", nullable=True),
    text("spent_lots", nullable=True),
    number("discount_bp"),
    money("discount_minor"),
    sa.Column("level_id", sa.String(100), nullable=False),
    key("rules_id", "loyalty_rules.id"),
    moment("occurred_at"),
    moment("created_at"),
    # Balances right after, so that a repeated call gets the same answer.
    money("regular_after_minor"),
    money("promo_after_minor"),
    text("level_name_after"),
    key("earn_entry_id", nullable=True),
    key("redeem_entry_id", nullable=True),
    # Refunds so far. The amount all refunds are a part of is fixed by the first refund.
    money("refund_base_minor", nullable=True),
    money("refunded_minor"),
    # One closed check per installation and order id, for ever.
    sa.UniqueConstraint("installation_id", "order_id"),
    sa.Index("ix_loyalty_orders_tenant_id_order_id", "tenant_id", "order_id"),
    sa.Index("ix_loyalty_orders_card_id", "card_id"),
    sa.Index("ix_loyalty_orders_tenant_id_created_at", "tenant_id", "created_at", "id"),
)

loyalty_refunds = sa.Table(
    "loyalty_refunds",
    metadata,
    primary_key(),
    tenant_key(),
    key("installation_id", "installations.id"),
    key("refund_id"),
    key("loyalty_order_id", "loyalty_orders.id"),
    money("amount_minor"),
    money("reversed_minor"),
    money("returned_regular_minor"),
    money("returned_promo_minor"),
    money("shortfall_minor"),
    money("balance_after_minor"),
    moment("occurred_at"),
    moment("created_at"),
    sa.UniqueConstraint("installation_id", "refund_id"),
    sa.Index("ix_loyalty_refunds_loyalty_order_id", "loyalty_order_id"),
)

shortfalls = sa.Table(
    "shortfalls",
    metadata,
    primary_key(),
    tenant_key(),
    key("card_id", "cards.id"),
    key("order_id"),
    key("refund_id", nullable=True),
    # "REDEEM": points that could not be taken for a closed check; "REFUND": earned points gone.
    sa.Column("kind", sa.String(10), nullable=False),
    money("amount_minor"),
    moment("created_at"),
    # When an administrator dealt with it, and how.
    moment("settled_at", nullable=True),
    text("settled_note", nullable=True),
    sa.Index("ix_shortfalls_tenant_id_created_at", "tenant_id", "created_at"),
)
