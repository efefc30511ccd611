"""When a company's plan ends, who guesses at promo codes, kept answers of signing in, room for sealed secrets."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add columns and tables. Secrets are sealed by the program, which knows the key."""
    for column in (
        sa.Column("plan_ends_at", sa.BigInteger(), nullable=True),
        sa.Column("subscription_id", sa.String(length=100), nullable=True),
        sa.Column("plan_cancelled_at", sa.BigInteger(), nullable=True),
        sa.Column("plan_expired_at", sa.BigInteger(), nullable=True),
    ):
        op.add_column("tenants", column)
    op.create_index("ix_tenants_plan_ends_at", "tenants", ["plan_ends_at"])
    op.create_table(
        "promo_code_guesses",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("misses", sa.BigInteger(), nullable=False),
        sa.Column("locks", sa.BigInteger(), nullable=False),
        sa.Column("counted_from", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_promo_code_guesses_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "subject", name=op.f("pk_promo_code_guesses")),
    )
    op.create_table(
        "sign_in_answers",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_sign_in_answers")),
    )
    op.create_index("ix_sign_in_answers_created_at", "sign_in_answers", ["created_at"])
    with op.batch_alter_table("service_secrets") as batch:
        batch.alter_column(
            "value", existing_type=sa.String(length=128), type_=sa.Text(), existing_nullable=False
        )
