"""Gift cards and their own ledger, and links to the pages of guests."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables, and protect the ledger."""
    _create_gift_card_guesses()
    _create_guest_page_links()
    _create_gift_cards()
    _create_gift_card_entries()
    _create_gift_card_holds()
    _protect_entries()


def _create_gift_card_guesses() -> None:
    op.create_table(
        "gift_card_guesses",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("misses", sa.BigInteger(), nullable=False),
        sa.Column("locks", sa.BigInteger(), nullable=False),
        sa.Column("counted_from", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gift_card_guesses_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "subject", name=op.f("pk_gift_card_guesses")),
    )


def _create_guest_page_links() -> None:
    op.create_table(
        "guest_page_links",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("guest_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_guest_page_links_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guest_page_links")),
    )
    op.create_index(
        op.f("ix_guest_page_links_tenant_id_guest_id"),
        "guest_page_links",
        ["tenant_id", "guest_id"],
        unique=False,
    )


def _create_gift_cards() -> None:
    op.create_table(
        "gift_cards",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("code_last4", sa.String(length=4), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("balance_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("held_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("issued_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("entry_count", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("blocked_reason", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'BLOCKED', 'EXPIRED')", name=op.f("ck_gift_cards_status")
        ),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_gift_cards_balance")),
        sa.CheckConstraint("held_minor >= 0", name=op.f("ck_gift_cards_held")),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_gift_cards_installation_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gift_cards_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_cards")),
        sa.UniqueConstraint(
            "tenant_id", "code_hash", name=op.f("uq_gift_cards_tenant_id_code_hash")
        ),
    )
    op.create_index("ix_gift_cards_expires_at", "gift_cards", ["expires_at"], unique=False)
    op.create_index(
        "ix_gift_cards_tenant_id_created_at",
        "gift_cards",
        ["tenant_id", "created_at"],
        unique=False,
    )


def _create_gift_card_entries() -> None:
    op.create_table(
        "gift_card_entries",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("gift_card_id", sa.String(length=100), nullable=False),
        sa.Column("card_seq", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("delta_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "balance_before_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column(
            "balance_after_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False
        ),
        sa.Column("order_id", sa.String(length=100), nullable=True),
        sa.Column("refund_id", sa.String(length=100), nullable=True),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("cashier_id", sa.String(length=100), nullable=True),
        sa.Column("reverses_id", sa.String(length=100), nullable=True),
        sa.Column("natural_key", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('ISSUE', 'TOP_UP', 'REDEEM', 'REFUND', 'EXPIRE')",
            name=op.f("ck_gift_card_entries_kind"),
        ),
        sa.CheckConstraint("balance_after_minor >= 0", name=op.f("ck_gift_card_entries_balance")),
        sa.CheckConstraint(
            "balance_before_minor + delta_minor = balance_after_minor",
            name=op.f("ck_gift_card_entries_sum"),
        ),
        sa.CheckConstraint("card_seq > 0", name=op.f("ck_gift_card_entries_seq")),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["gift_cards.id"], name=op.f("fk_gift_card_entries_gift_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_gift_card_entries_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["gift_card_entries.id"], name=op.f("fk_gift_card_entries_reverses_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gift_card_entries_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_entries")),
        sa.UniqueConstraint(
            "gift_card_id", "card_seq", name=op.f("uq_gift_card_entries_gift_card_id_card_seq")
        ),
        sa.UniqueConstraint("natural_key", name=op.f("uq_gift_card_entries_natural_key")),
    )
    op.create_index(
        "ix_gift_card_entries_reverses_id", "gift_card_entries", ["reverses_id"], unique=False
    )
    op.create_index(
        "ix_gift_card_entries_tenant_id_order_id",
        "gift_card_entries",
        ["tenant_id", "order_id"],
        unique=False,
    )


def _create_gift_card_holds() -> None:
    op.create_table(
        "gift_card_holds",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("gift_card_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("captured_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("entry_id", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status IN ('ACTIVE', 'CAPTURED', 'CANCELLED', 'EXPIRED')",
            name=op.f("ck_gift_card_holds_status"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_gift_card_holds_amount")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["gift_card_entries.id"], name=op.f("fk_gift_card_holds_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["gift_card_id"], ["gift_cards.id"], name=op.f("fk_gift_card_holds_gift_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_gift_card_holds_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_gift_card_holds_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gift_card_holds")),
    )
    op.create_index(
        "ix_gift_card_holds_gift_card_id", "gift_card_holds", ["gift_card_id"], unique=False
    )
    op.create_index(
        "ix_gift_card_holds_status_expires_at",
        "gift_card_holds",
        ["status", "expires_at"],
        unique=False,
    )
    op.create_index(
        "uq_gift_card_holds_active",
        "gift_card_holds",
        ["gift_card_id", "installation_id", "order_id"],
        unique=True,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )


def _protect_entries() -> None:
    """Make the database itself refuse any change of an entry."""
    if op.get_bind().dialect.name == "sqlite":
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER gift_card_entries_no_{action.lower()} "
                f"BEFORE {action} ON gift_card_entries "
                "BEGIN SELECT RAISE(ABORT, 'gift card entries are never changed'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION gift_card_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'gift card entries are never changed'; END $$"
    )
    op.execute(
        "CREATE TRIGGER gift_card_entries_no_change BEFORE UPDATE OR DELETE ON gift_card_entries "
        "FOR EACH ROW EXECUTE FUNCTION gift_card_entries_refuse()"
    )
    op.execute(
        "CREATE TRIGGER gift_card_entries_no_truncate BEFORE TRUNCATE ON gift_card_entries "
        "FOR EACH STATEMENT EXECUTE FUNCTION gift_card_entries_refuse()"
    )
