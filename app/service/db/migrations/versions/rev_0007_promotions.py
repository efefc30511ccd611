"""Promotions, promo codes, and what each guest has used."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables, and the birthday that conditions ask for."""
    op.add_column("guests", sa.Column("birth_date", sa.Date(), nullable=True))
    _create_promotions()
    _create_promotion_versions()
    _create_promo_codes()
    _create_promotion_guest_uses()
    _create_promotion_uses()


def _create_promotions() -> None:
    op.create_table(
        "promotions",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version_id", sa.String(length=100), nullable=False),
        sa.Column("priority", sa.BigInteger(), nullable=False),
        sa.Column("needs_code", sa.Boolean(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("max_uses", sa.BigInteger(), nullable=True),
        sa.Column("used_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('DRAFT', 'SCHEDULED', 'ACTIVE', 'PAUSED', 'EXPIRED', 'ARCHIVED')",
            name=op.f("ck_promotions_state"),
        ),
        sa.CheckConstraint("used_count >= 0", name=op.f("ck_promotions_used_count")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_promotions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.create_index("ix_promotions_state_ends_at", "promotions", ["state", "ends_at"], unique=False)
    op.create_index(
        "ix_promotions_state_starts_at", "promotions", ["state", "starts_at"], unique=False
    )
    op.create_index(
        "ix_promotions_tenant_id_state", "promotions", ["tenant_id", "state"], unique=False
    )


def _create_promotion_versions() -> None:
    op.create_table(
        "promotion_versions",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_versions_promotion_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_promotion_versions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_versions")),
    )
    op.create_index(
        "ix_promotion_versions_promotion_id_valid_from",
        "promotion_versions",
        ["promotion_id", "valid_from"],
        unique=False,
    )


def _create_promo_codes() -> None:
    op.create_table(
        "promo_codes",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=100), nullable=True),
        sa.Column("max_uses", sa.BigInteger(), nullable=True),
        sa.Column("used_count", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "max_uses IS NULL OR used_count <= max_uses", name=op.f("ck_promo_codes_used_count")
        ),
        sa.CheckConstraint("used_count >= 0", name=op.f("ck_promo_codes_used_count_sign")),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_promo_codes_promotion_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_promo_codes_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_codes")),
        sa.UniqueConstraint("tenant_id", "code", name=op.f("uq_promo_codes_tenant_id_code")),
    )
    op.create_index("ix_promo_codes_batch_id", "promo_codes", ["batch_id"], unique=False)
    op.create_index("ix_promo_codes_promotion_id", "promo_codes", ["promotion_id"], unique=False)


def _create_promotion_guest_uses() -> None:
    op.create_table(
        "promotion_guest_uses",
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("used_count", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used_count >= 0", name=op.f("ck_promotion_guest_uses_used_count")),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_promotion_guest_uses_card_id")
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_guest_uses_promotion_id")
        ),
        sa.PrimaryKeyConstraint("promotion_id", "card_id", name=op.f("pk_promotion_guest_uses")),
    )


def _create_promotion_uses() -> None:
    op.create_table(
        "promotion_uses",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("promotion_id", sa.String(length=100), nullable=False),
        sa.Column("code_id", sa.String(length=100), nullable=True),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("order_id", sa.String(length=100), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("points_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("counts_total", sa.Boolean(), nullable=False),
        sa.Column("counts_guest", sa.Boolean(), nullable=False),
        sa.Column("counts_code", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(length=40), nullable=True),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("held_until", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "state IN ('HELD', 'USED', 'RELEASED')", name=op.f("ck_promotion_uses_state")
        ),
        sa.CheckConstraint("discount_minor >= 0", name=op.f("ck_promotion_uses_discount")),
        sa.CheckConstraint("points_minor >= 0", name=op.f("ck_promotion_uses_points")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_promotion_uses_card_id")),
        sa.ForeignKeyConstraint(
            ["code_id"], ["promo_codes.id"], name=op.f("fk_promotion_uses_code_id")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_promotion_uses_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["promotion_id"], ["promotions.id"], name=op.f("fk_promotion_uses_promotion_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_promotion_uses_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotion_uses")),
        sa.UniqueConstraint(
            "installation_id",
            "order_id",
            "promotion_id",
            name=op.f("uq_promotion_uses_installation_id_order_id_promotion_id"),
        ),
    )
    op.create_index("ix_promotion_uses_card_id", "promotion_uses", ["card_id"], unique=False)
    op.create_index(
        "ix_promotion_uses_promotion_id_created_at",
        "promotion_uses",
        ["promotion_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_promotion_uses_state_held_until",
        "promotion_uses",
        ["state", "held_until"],
        unique=False,
    )
    op.create_index(
        "ix_promotion_uses_tenant_id_order_id",
        "promotion_uses",
        ["tenant_id", "order_id"],
        unique=False,
    )
