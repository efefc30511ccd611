"""Lots of points with their own expiry, and the proofs that the database itself holds."""

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables."""
