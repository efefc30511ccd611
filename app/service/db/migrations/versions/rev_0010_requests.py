"""The service's own secret; the request log, usage, and bulk exports."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_KEY_BYTES = 32


def upgrade() -> None:
    """Create the tables."""
    _create_secrets()


def _create_secrets() -> None:
    table = op.create_table(
        "service_secrets",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_secrets")),
    )
    op.bulk_insert(table, [{"name": "signing", "value": secrets.token_bytes(_KEY_BYTES).hex()}])
