"""Plugin installations: versions, commands, metrics and logs."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables."""
