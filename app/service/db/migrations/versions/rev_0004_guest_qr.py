"""The company's key that signs guests' codes, and the codes that were used."""

import base64
import secrets

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_KEY_BYTES = 32  # any 32 random bytes are an Ed25519 private key, RFC 8032, 5.1.5


def upgrade() -> None:
    """Give each company a key and create the table."""
    # SQLite adds a NOT NULL column only with a default; no company is left with it.
    op.add_column(
        "tenants",
        sa.Column("qr_private_key", sa.Text(), server_default=sa.text("''"), nullable=False),
    )
    _draw_keys()
    _tell_tills()
    op.create_table(
        "guest_qr_uses",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("nonce", sa.String(length=40), nullable=False),
        sa.Column("card_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_guest_qr_uses_tenant_id")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "nonce", name=op.f("pk_guest_qr_uses")),
    )
    op.create_index("ix_guest_qr_uses_used_at", "guest_qr_uses", ["used_at"], unique=False)


def _draw_keys() -> None:
    connection = op.get_bind()
    tenants = sa.table("tenants", sa.column("id"), sa.column("qr_private_key"))
    for (tenant_id,) in connection.execute(sa.select(tenants.c.id)).all():
        key = base64.urlsafe_b64encode(secrets.token_bytes(_KEY_BYTES)).rstrip(b"=").decode()
        connection.execute(
            sa.update(tenants).where(tenants.c.id == tenant_id).values(qr_private_key=key)
        )


def _tell_tills() -> None:
    """Raise the configuration's version, so that tills fetch the public key."""
    versions = sa.table("config_versions", sa.column("subject"), sa.column("version", sa.Integer()))
    op.get_bind().execute(
        sa.update(versions)
        .where(versions.c.subject == "config")
        .values(version=versions.c.version + 1)
    )
