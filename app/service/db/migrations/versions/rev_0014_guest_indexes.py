"""Indexes of guests that hold all a search by last digits and a walk by name look at."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_SHOWN = sa.text("erased_at IS NULL AND merged_into_id IS NULL")
_INDEXES = (
    ("ix_guests_tenant_id_phone_tail", ("phone_tail", "created_at", "id", "phone")),
    ("ix_guests_tenant_id_name_key", ("name_key", "id", "created_at")),
)


def upgrade() -> None:
    """Replace the indexes; a million guests take seconds, and only writing of guests waits for it."""
    for name, columns in _INDEXES:
        op.drop_index(name, "guests")
        op.create_index(
            name,
            "guests",
            ["tenant_id", *columns, "erased_at", "merged_into_id"],
            sqlite_where=_SHOWN,
            postgresql_where=_SHOWN,
        )
    _forget_statistics()


def _forget_statistics() -> None:
    """Let SQLite plan as it did: statistics of some indexes and not of new ones make it choose badly."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite" and sa.inspect(connection).has_table("sqlite_stat1"):
        op.execute("DELETE FROM sqlite_stat1 WHERE tbl = 'guests'")
