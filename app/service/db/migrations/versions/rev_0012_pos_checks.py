"""Systems that report their checks, and the checks they reported."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Create the tables."""
    _create_pos_integrations()
    _create_pos_checks()


def _create_pos_integrations() -> None:
    op.create_table(
        "pos_integrations",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("system", sa.String(length=200), nullable=False),
        sa.Column("secret_version", sa.BigInteger(), nullable=False),
        sa.Column("previous_until", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("rotated_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_pos_integrations_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_pos_integrations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_integrations")),
    )
    op.create_index(
        "ix_pos_integrations_tenant_id_created_at",
        "pos_integrations",
        ["tenant_id", "created_at"],
        unique=False,
    )


def _create_pos_checks() -> None:
    op.create_table(
        "pos_checks",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("integration_id", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("pos_check_id", sa.String(length=100), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error_code", sa.String(length=60), nullable=True),
        sa.Column("card_id", sa.String(length=100), nullable=True),
        sa.Column("check_minor", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('PROCESSED', 'FAILED')", name=op.f("ck_pos_checks_status")),
        sa.CheckConstraint("type IN ('SALE', 'REFUND')", name=op.f("ck_pos_checks_type")),
        sa.ForeignKeyConstraint(
            ["integration_id"], ["pos_integrations.id"], name=op.f("fk_pos_checks_integration_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_pos_checks_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pos_checks")),
        sa.UniqueConstraint(
            "integration_id",
            "type",
            "pos_check_id",
            name=op.f("uq_pos_checks_integration_id_type_pos_check_id"),
        ),
    )
    op.create_index(
        "ix_pos_checks_tenant_id_received_at",
        "pos_checks",
        ["tenant_id", "received_at"],
        unique=False,
    )
