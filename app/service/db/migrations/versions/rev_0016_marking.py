"""Which products are sold piece by piece with a marking code."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column; what was there before is not marked."""
    op.add_column(
        "products",
        sa.Column("marking", sa.String(length=10), nullable=False, server_default="none"),
    )
