"""Guests, cards, reservations and the ledger that nobody can rewrite."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables."""
    _create_guests()
    _create_cards()
    _create_guest_aliases()
    _create_guest_favourites()
    _create_level_changes()
    _create_reservations()
    _create_ledger_entries()
    _create_loyalty_orders()
    _create_loyalty_refunds()
    _create_shortfalls()
    _protect_ledger()


def _create_guests() -> None:
    op.create_table(
        "guests",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_guests_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
        sa.UniqueConstraint("tenant_id", "phone", name=op.f("uq_guests_tenant_id_phone")),
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("guest_id", sa.String(length=100), nullable=False),
        sa.Column("code6", sa.String(length=6), nullable=False),
        sa.Column("regular_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("promo_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reserved_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_id", sa.String(length=100), nullable=False),
        sa.Column(
            "lifetime_spent_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("visit_count", sa.BigInteger(), nullable=False),
        sa.Column("last_visit_at", sa.BigInteger(), nullable=True),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("lifetime_spent_minor >= 0", name=op.f("ck_cards_lifetime")),
        sa.CheckConstraint("promo_minor >= 0", name=op.f("ck_cards_promo")),
        sa.CheckConstraint("regular_minor >= 0", name=op.f("ck_cards_regular")),
        sa.CheckConstraint("reserved_minor >= 0", name=op.f("ck_cards_reserved")),
        sa.ForeignKeyConstraint(["guest_id"], ["guests.id"], name=op.f("fk_cards_guest_id")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_cards_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("guest_id", name=op.f("uq_cards_guest_id")),
        sa.UniqueConstraint("tenant_id", "code6", name=op.f("uq_cards_tenant_id_code6")),
    )
    op.create_index(
        "ix_cards_tenant_id_visit_count", "cards", ["tenant_id", "visit_count"], unique=False
    )


def _create_guest_aliases() -> None:
    op.create_table(
        "guest_aliases",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("client_guest_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_guest_aliases_card_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_guest_aliases_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "client_guest_id", name=op.f("pk_guest_aliases")),
    )


def _create_guest_favourites() -> None:
    op.create_table(
        "guest_favourites",
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("product_id", sa.String(length=100), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_guest_favourites_card_id")
        ),
        sa.PrimaryKeyConstraint("card_id", "product_id", name=op.f("pk_guest_favourites")),
    )


def _create_level_changes() -> None:
    op.create_table(
        "level_changes",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("level_id", sa.String(length=100), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_level_changes_card_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_level_changes_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_level_changes")),
    )
    op.create_index(
        "ix_level_changes_card_id_changed_at",
        "level_changes",
        ["card_id", "changed_at"],
        unique=False,
    )


def _create_reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "held_regular_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("held_promo_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("check_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("split_group_id", sa.String(length=100), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("grace_end", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("close_reason", sa.Text(), nullable=True),
        sa.CheckConstraint("kind IN ('POINTS', 'DISCOUNT')", name=op.f("ck_reservations_kind")),
        sa.CheckConstraint(
            "status = 'ACTIVE' OR (held_regular_minor = 0 AND held_promo_minor = 0)",
            name=op.f("ck_reservations_held"),
        ),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'FINALIZED', 'CANCELLED', 'EXPIRED', 'AUTO_CANCELLED')",
            name=op.f("ck_reservations_status"),
        ),
        sa.CheckConstraint("held_promo_minor >= 0", name=op.f("ck_reservations_held_promo")),
        sa.CheckConstraint("held_regular_minor >= 0", name=op.f("ck_reservations_held_regular")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_reservations_card_id")),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_reservations_installation_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_reservations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
    )
    op.create_index("ix_reservations_card_id", "reservations", ["card_id"], unique=False)
    op.create_index(
        "ix_reservations_status_expires_at", "reservations", ["status", "expires_at"], unique=False
    )
    op.create_index(
        "uq_reservations_active_order",
        "reservations",
        ["installation_id", "order_id"],
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )
    op.create_index(
        "uq_reservations_split",
        "reservations",
        ["tenant_id", "split_group_id"],
        unique=True,
        sqlite_where=sa.text("split_group_id IS NOT NULL AND status IN ('ACTIVE', 'FINALIZED')"),
        postgresql_where=sa.text(
            "split_group_id IS NOT NULL AND status IN ('ACTIVE', 'FINALIZED')"
        ),
    )


def _create_ledger_entries() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("card_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column(
            "regular_delta_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "promo_delta_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "balance_before_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "balance_after_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("order_id", sa.String(length=100), nullable=True),
        sa.Column("refund_id", sa.String(length=100), nullable=True),
        sa.Column("installation_id", sa.String(length=100), nullable=True),
        sa.Column("cashier_id", sa.String(length=100), nullable=True),
        sa.Column("rules_id", sa.String(length=100), nullable=True),
        sa.Column("level_id", sa.String(length=100), nullable=True),
        sa.Column("reverses_id", sa.String(length=100), nullable=True),
        sa.Column("natural_key", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('EARN', 'REDEEM', 'REFUND', 'MANUAL', 'EXPIRE', 'TRANSFER', 'PROMO')",
            name=op.f("ck_ledger_entries_kind"),
        ),
        sa.CheckConstraint("balance_after_minor >= 0", name=op.f("ck_ledger_entries_balance")),
        sa.CheckConstraint(
            "balance_before_minor + regular_delta_minor + promo_delta_minor = balance_after_minor",
            name=op.f("ck_ledger_entries_sum"),
        ),
        sa.CheckConstraint("card_seq > 0", name=op.f("ck_ledger_entries_seq")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_ledger_entries_card_id")),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_ledger_entries_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entries.id"], name=op.f("fk_ledger_entries_reverses_id")
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["loyalty_rules.id"], name=op.f("fk_ledger_entries_rules_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ledger_entries_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("card_id", "card_seq", name=op.f("uq_ledger_entries_card_id_card_seq")),
        sa.UniqueConstraint("natural_key", name=op.f("uq_ledger_entries_natural_key")),
    )


def _create_loyalty_orders() -> None:
    op.create_table(
        "loyalty_orders",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("reservation_id", sa.String(length=100), nullable=True),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("check_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "spent_regular_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "spent_promo_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("shortfall_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("earned_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("discount_bp", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("level_id", sa.String(length=100), nullable=False),
        sa.Column("rules_id", sa.String(length=100), nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "regular_after_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "promo_after_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("level_name_after", sa.Text(), nullable=False),
        sa.Column("earn_entry_id", sa.String(length=100), nullable=True),
        sa.Column("redeem_entry_id", sa.String(length=100), nullable=True),
        sa.Column("refund_base_minor", sa.BigInteger(), nullable=True),
        sa.Column("refunded_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_loyalty_orders_card_id")),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_loyalty_orders_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"], ["reservations.id"], name=op.f("fk_loyalty_orders_reservation_id")
        ),
        sa.ForeignKeyConstraint(
            ["rules_id"], ["loyalty_rules.id"], name=op.f("fk_loyalty_orders_rules_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_loyalty_orders_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_orders")),
        sa.UniqueConstraint(
            "installation_id", "order_id", name=op.f("uq_loyalty_orders_installation_id_order_id")
        ),
    )
    op.create_index("ix_loyalty_orders_card_id", "loyalty_orders", ["card_id"], unique=False)
    op.create_index(
        "ix_loyalty_orders_tenant_id_order_id",
        "loyalty_orders",
        ["tenant_id", "order_id"],
        unique=False,
    )


def _create_loyalty_refunds() -> None:
    op.create_table(
        "loyalty_refunds",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("refund_id", sa.String(length=100), nullable=False),
        sa.Column("loyalty_order_id", sa.String(length=100), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("reversed_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "returned_regular_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "returned_promo_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("shortfall_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "balance_after_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_loyalty_refunds_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["loyalty_order_id"],
            ["loyalty_orders.id"],
            name=op.f("fk_loyalty_refunds_loyalty_order_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_loyalty_refunds_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loyalty_refunds")),
        sa.UniqueConstraint(
            "installation_id",
            "refund_id",
            name=op.f("uq_loyalty_refunds_installation_id_refund_id"),
        ),
    )
    op.create_index(
        "ix_loyalty_refunds_loyalty_order_id", "loyalty_refunds", ["loyalty_order_id"], unique=False
    )


def _create_shortfalls() -> None:
    op.create_table(
        "shortfalls",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("refund_id", sa.String(length=100), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_shortfalls_card_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_shortfalls_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortfalls")),
    )


def _protect_ledger() -> None:
    """Make the database itself refuse any change of an entry."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER ledger_entries_no_{action.lower()} "
                f"BEFORE {action} ON ledger_entries "
                "BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION ledger_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'ledger entries are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_entries_no_change BEFORE UPDATE OR DELETE ON ledger_entries "
        "FOR EACH ROW EXECUTE FUNCTION ledger_entries_refuse()"
    )
    op.execute(
        "CREATE TRIGGER ledger_entries_no_truncate BEFORE TRUNCATE ON ledger_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_refuse()"
    )
