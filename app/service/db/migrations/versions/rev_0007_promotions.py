"""Promotions, promo codes, and what each guest has used."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Create the tables."""
