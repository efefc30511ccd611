"""The service's own secret; finding guests fast; the request log, usage, limits, and bulk exports."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_KEY_BYTES = 32
_CHUNK = 1_000


def upgrade() -> None:
    """Create the tables."""
    _create_secrets()
    _make_guests_searchable()
    _note_announced_rules()
    _create_request_log()
    _create_usage()
    _create_rate_counters()


def _create_secrets() -> None:
    table = op.create_table(
        "service_secrets",
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_service_secrets")),
    )
    op.bulk_insert(table, [{"name": "signing", "value": secrets.token_bytes(_KEY_BYTES).hex()}])


def _make_guests_searchable() -> None:
    # Bytes are compared, so that a range of the index is the names with a beginning.
    by_bytes = sa.String(length=200).with_variant(
        sa.String(length=200, collation="C"), "postgresql"
    )
    empty = sa.text("''")
    op.add_column(
        "guests", sa.Column("phone_tail", sa.String(4), server_default=empty, nullable=False)
    )
    op.add_column("guests", sa.Column("name_key", by_bytes, server_default=empty, nullable=False))
    _fill_search_keys()
    op.create_index("ix_guests_tenant_id_phone_tail", "guests", ["tenant_id", "phone_tail"])
    walk = ["tenant_id", "created_at", "id"]
    shown = sa.text("erased_at IS NULL AND merged_into_id IS NULL")
    for name, columns in (
        ("ix_guests_tenant_id_created_at", walk),
        ("ix_guests_tenant_id_name_key", ["tenant_id", "name_key", "created_at", "id"]),
    ):
        columns = [*columns, "erased_at", "merged_into_id"]  # noqa: PLW2901 - the same, completed
        op.create_index(name, "guests", columns, sqlite_where=shown, postgresql_where=shown)
    op.create_index("ix_ledger_entries_tenant_id_created_at", "ledger_entries", walk)
    op.create_index("ix_loyalty_orders_tenant_id_created_at", "loyalty_orders", walk)


def _fill_search_keys() -> None:
    names = ("id", "phone", "first_name", "phone_tail", "name_key")
    guests = sa.table("guests", *(sa.column(name) for name in names))
    change = (
        sa.update(guests)
        .where(guests.c.id == sa.bindparam("which"))
        .values(phone_tail=sa.bindparam("tail"), name_key=sa.bindparam("folded"))
    )
    connection, last = op.get_bind(), ""
    while True:
        page = sa.select(guests.c.id, guests.c.phone, guests.c.first_name)
        page = page.where(guests.c.id > last).order_by(guests.c.id).limit(_CHUNK)
        rows = connection.execute(page).all()
        if not rows:
            return
        values = [
            {"which": row.id, "tail": row.phone[-4:], "folded": row.first_name.casefold()[:200]}
            for row in rows
        ]
        connection.execute(change, values)
        last = rows[-1].id


def _note_announced_rules() -> None:
    op.add_column("loyalty_rules", sa.Column("announced_at", sa.BigInteger(), nullable=True))
    # Tills know what was valid already; a version that is to come is announced when it begins.
    rules = sa.table(
        "loyalty_rules", *(sa.column(n) for n in ("valid_from", "created_at", "announced_at"))
    )
    op.execute(
        sa.update(rules)
        .where(rules.c.valid_from <= rules.c.created_at)
        .values(announced_at=rules.c.created_at)
    )


def _create_request_log() -> None:
    op.create_table(
        "request_logs",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=100), nullable=True),
        sa.Column("staff_id", sa.String(length=100), nullable=True),
        sa.Column("method", sa.String(length=10), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("error_code", sa.String(length=50), nullable=True),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("request_body", sa.Text(), nullable=True),
        sa.Column("response_body", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_request_logs_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_logs")),
    )
    op.create_index("ix_request_logs_created_at", "request_logs", ["created_at"])
    walk = ["tenant_id", "created_at", "id"]
    op.create_index("ix_request_logs_tenant_id_created_at", "request_logs", walk)


def _create_usage() -> None:
    op.create_table(
        "key_usage",
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("key_id", sa.String(length=100), nullable=False),
        sa.Column("day", sa.BigInteger(), nullable=False),
        sa.Column("endpoint", sa.String(length=200), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("throttled", sa.BigInteger(), nullable=False),
        sa.Column("duration_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_key_usage_tenant_id")),
        sa.PrimaryKeyConstraint("key_id", "day", "endpoint", name=op.f("pk_key_usage")),
    )
    op.create_index("ix_key_usage_day", "key_usage", ["day"])


def _create_rate_counters() -> None:
    # Not logged: what was counted may be forgotten at a crash, and costs no wait for the disk.
    is_postgres = op.get_bind().dialect.name == "postgresql"
    op.create_table(
        "rate_counters",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("window_end", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "window_end", name=op.f("pk_rate_counters")),
        prefixes=["UNLOGGED"] if is_postgres else [],
    )
    op.create_index("ix_rate_counters_window_end", "rate_counters", ["window_end"])
