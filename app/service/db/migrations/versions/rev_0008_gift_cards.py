"""Gift cards and their own ledger."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Create the tables."""
