"""Lots of points with their own expiry, and the proofs that the database itself holds."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add lots to cards, holds and entries, fill them, and let the database watch the balances."""
    _allow_changes()
    _extend_cards()
    _extend_entries()
    _extend_orders()
    _extend_guests()
    _fill()
    _protect_ledger()
    if op.get_bind().dialect.name == "sqlite":
        _watch_sqlite()
    else:
        _watch_postgresql()


def _amount(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _extend_cards() -> None:
    op.add_column("cards", _amount("reserved_promo_minor"))
    op.add_column(
        "cards", sa.Column("lots", sa.Text(), server_default=sa.text("'[]'"), nullable=False)
    )
    for name in ("next_end_at", "active_at", "lapse_warned_at", "lots_warned_until"):
        op.add_column("cards", sa.Column(name, sa.BigInteger(), nullable=True))
    op.add_column("cards", sa.Column("merged_into_id", sa.String(length=100), nullable=True))
    op.create_index(
        "ix_cards_next_end_at",
        "cards",
        ["next_end_at"],
        unique=False,
        sqlite_where=sa.text("next_end_at IS NOT NULL"),
        postgresql_where=sa.text("next_end_at IS NOT NULL"),
    )
    op.create_index(
        "ix_cards_merged_into_id",
        "cards",
        ["merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.add_column("reservations", sa.Column("held_lots", sa.Text(), nullable=True))
    op.drop_index("ix_reservations_card_id", table_name="reservations")
    # Only what is active is looked for by card: the index stays as small as the open checks.
    op.create_index(
        "ix_reservations_card_id",
        "reservations",
        ["card_id"],
        unique=False,
        sqlite_where=sa.text("status = 'ACTIVE'"),
        postgresql_where=sa.text("status = 'ACTIVE'"),
    )


def _extend_entries() -> None:
    op.add_column("ledger_entries", _amount("promo_after_minor"))
    op.add_column("ledger_entries", sa.Column("lots", sa.Text(), nullable=True))


def _extend_orders() -> None:
    op.add_column("loyalty_orders", _amount("earned_promo_minor"))
    op.add_column("loyalty_orders", sa.Column("earned_lots", sa.Text(), nullable=True))
    op.add_column("loyalty_orders", sa.Column("spent_lots", sa.Text(), nullable=True))
    op.add_column("shortfalls", sa.Column("settled_at", sa.BigInteger(), nullable=True))
    op.add_column("shortfalls", sa.Column("settled_note", sa.Text(), nullable=True))
    op.create_index("ix_orders_card_id", "orders", ["card_id"])
    op.create_index("ix_shortfalls_tenant_id_created_at", "shortfalls", ["tenant_id", "created_at"])


def _extend_guests() -> None:
    op.add_column("guests", sa.Column("merged_into_id", sa.String(length=100), nullable=True))
    op.add_column("guests", sa.Column("erased_at", sa.BigInteger(), nullable=True))


def _fill() -> None:
    """Tell held promo points, and what each entry left of promo points."""
    op.execute(
        "UPDATE cards SET reserved_promo_minor = coalesce((SELECT sum(r.held_promo_minor) "
        "FROM reservations r WHERE r.card_id = cards.id AND r.status = 'ACTIVE'), 0) "
        "WHERE reserved_minor > 0"
    )
    op.execute("UPDATE cards SET active_at = coalesce(last_visit_at, created_at)")
    op.execute(
        "UPDATE ledger_entries SET promo_after_minor = tallied.promo FROM ("
        "SELECT id AS entry_id, sum(promo_delta_minor) OVER "
        "(PARTITION BY card_id ORDER BY card_seq) AS promo FROM ledger_entries) AS tallied "
        "WHERE tallied.entry_id = ledger_entries.id AND tallied.promo <> 0"
    )


def _allow_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER ledger_entries_no_update")
    else:
        op.execute("ALTER TABLE ledger_entries DISABLE TRIGGER ledger_entries_no_change")


def _protect_ledger() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries "
            "BEGIN SELECT RAISE(ABORT, 'ledger entries are never changed'); END"
        )
    else:
        op.execute("ALTER TABLE ledger_entries ENABLE TRIGGER ledger_entries_no_change")


def _watch_sqlite() -> None:
    """Check entries against the one before, and a card against its last entry, holds and lots.

    SQLite has no deferred triggers: entries and holds are written before their card.
    """
    op.execute(
        "CREATE TRIGGER ledger_entries_follow BEFORE INSERT ON ledger_entries "
        "WHEN (NEW.balance_before_minor, NEW.promo_after_minor - NEW.promo_delta_minor) IS NOT ("
        "coalesce((SELECT e.balance_after_minor FROM ledger_entries e "
        "WHERE e.card_id = NEW.card_id AND e.card_seq = NEW.card_seq - 1), "
        "CASE WHEN NEW.card_seq = 1 THEN 0 END), "
        "coalesce((SELECT e.promo_after_minor FROM ledger_entries e "
        "WHERE e.card_id = NEW.card_id AND e.card_seq = NEW.card_seq - 1), 0)) "
        "BEGIN SELECT RAISE(ABORT, 'the ledger entry does not follow the one before it'); END"
    )
    op.execute(
        "CREATE TRIGGER cards_agree AFTER UPDATE OF regular_minor, promo_minor, reserved_minor, "
        "reserved_promo_minor, entry_count, lots ON cards WHEN ("
        "NEW.regular_minor + NEW.promo_minor + NEW.reserved_minor, "
        "NEW.promo_minor + NEW.reserved_promo_minor) IS NOT ("
        "coalesce((SELECT e.balance_after_minor FROM ledger_entries e "
        "WHERE e.card_id = NEW.id AND e.card_seq = NEW.entry_count), "
        "CASE WHEN NEW.entry_count = 0 THEN 0 END), "
        "coalesce((SELECT e.promo_after_minor FROM ledger_entries e "
        "WHERE e.card_id = NEW.id AND e.card_seq = NEW.entry_count), 0)) "
        "OR EXISTS (SELECT 1 FROM ledger_entries e "
        "WHERE e.card_id = NEW.id AND e.card_seq > NEW.entry_count) "
        "OR (NEW.reserved_minor, NEW.reserved_promo_minor) IS NOT (SELECT "
        "coalesce(sum(r.held_promo_minor + r.held_regular_minor), 0), "
        "coalesce(sum(r.held_promo_minor), 0) FROM reservations r "
        "WHERE r.card_id = NEW.id AND r.status = 'ACTIVE') "
        "OR (NEW.lots <> '[]' AND EXISTS (SELECT 1 FROM json_each(NEW.lots) lot "
        "GROUP BY lot.value ->> 0 HAVING min(lot.value ->> 2) <= 0 OR sum(lot.value ->> 2) > "
        "CASE lot.value ->> 0 WHEN 'P' THEN NEW.promo_minor WHEN 'R' THEN NEW.regular_minor "
        "ELSE 0 END)) "
        "BEGIN SELECT RAISE(ABORT, 'the card does not agree with its ledger entries, holds and lots'); END"
    )
    op.execute(
        "CREATE TRIGGER cards_begin_empty AFTER INSERT ON cards WHEN "
        "NEW.regular_minor + NEW.promo_minor + NEW.reserved_minor + NEW.entry_count <> 0 "
        "OR NEW.lots <> '[]' "
        "BEGIN SELECT RAISE(ABORT, 'the card does not agree with its ledger entries, holds and lots'); END"
    )


def _watch_postgresql() -> None:
    """Check the same at the commit, in whatever order the statements came."""
    op.execute(
        "CREATE FUNCTION ledger_entries_follow() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE balance bigint := 0; promo bigint := 0; BEGIN "
        "IF NEW.card_seq > 1 THEN "
        "SELECT e.balance_after_minor, e.promo_after_minor INTO balance, promo "
        "FROM ledger_entries e WHERE e.card_id = NEW.card_id AND e.card_seq = NEW.card_seq - 1; "
        "END IF; "
        "IF balance IS DISTINCT FROM NEW.balance_before_minor "
        "OR promo + NEW.promo_delta_minor IS DISTINCT FROM NEW.promo_after_minor THEN "
        "RAISE EXCEPTION 'the ledger entry does not follow the one before it'; END IF; "
        "IF (SELECT c.entry_count FROM cards c WHERE c.id = NEW.card_id) < NEW.card_seq THEN "
        "RAISE EXCEPTION 'the card does not agree with its ledger entries, holds and lots'; END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER ledger_entries_follow AFTER INSERT ON ledger_entries "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_entries_follow()"
    )
    op.execute(
        "CREATE FUNCTION cards_agree() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE c cards%ROWTYPE; seq bigint := 0; balance bigint := 0; promo bigint := 0; "
        "held bigint; held_promo bigint; BEGIN "
        "SELECT * INTO c FROM cards WHERE id = NEW.id; "
        "IF NOT FOUND THEN RETURN NULL; END IF; "
        "SELECT e.card_seq, e.balance_after_minor, e.promo_after_minor INTO seq, balance, promo "
        "FROM ledger_entries e WHERE e.card_id = c.id ORDER BY e.card_seq DESC LIMIT 1; "
        "SELECT coalesce(sum(r.held_promo_minor + r.held_regular_minor), 0), "
        "coalesce(sum(r.held_promo_minor), 0) INTO held, held_promo "
        "FROM reservations r WHERE r.card_id = c.id AND r.status = 'ACTIVE'; "
        "IF coalesce(seq, 0) <> c.entry_count "
        "OR coalesce(balance, 0) <> c.regular_minor + c.promo_minor + c.reserved_minor "
        "OR coalesce(promo, 0) <> c.promo_minor + c.reserved_promo_minor "
        "OR held <> c.reserved_minor OR held_promo <> c.reserved_promo_minor "
        "OR (c.lots <> '[]' AND EXISTS (SELECT 1 FROM jsonb_array_elements(c.lots::jsonb) lot "
        "GROUP BY lot ->> 0 HAVING min((lot ->> 2)::bigint) <= 0 OR sum((lot ->> 2)::bigint) > "
        "CASE lot ->> 0 WHEN 'P' THEN c.promo_minor WHEN 'R' THEN c.regular_minor ELSE 0 END)) "
        "THEN RAISE EXCEPTION 'the card does not agree with its ledger entries, holds and lots'; END IF; "
        "RETURN NULL; END $$"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER cards_agree AFTER INSERT OR UPDATE ON cards "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cards_agree()"
    )
