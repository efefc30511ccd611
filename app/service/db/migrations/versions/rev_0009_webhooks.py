"""Subscriptions to events and the log of deliveries."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Create the tables."""
