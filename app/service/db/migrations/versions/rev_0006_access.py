"""Who may call: scopes of keys, people who sign in, families of tokens, the audit log."""

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
