"""The copies of a guest's history that benchmarks measure with are what the service would have written."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.service import commands
from tests.bench.service.filling import ENTRIES, LONELY, fill, phone_of, tail_of

COUNT = 250
TABLES = ("guests", "cards", "level_changes", "reservations", "loyalty_orders", "ledger_entries")


def look(url: str, statement: str) -> list[tuple[Any, ...]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(statement)]
    engine.dispose()
    return rows


def protection(url: str) -> list[tuple[object, ...]]:
    """Return the triggers, the indexes and whether they are used."""
    if url.startswith("sqlite"):
        return look(url, "SELECT type, name, sql FROM sqlite_master ORDER BY type, name")
    triggers = look(url, "SELECT tgname, tgenabled::text FROM pg_trigger ORDER BY tgname")
    indexes = look(
        url,
        "SELECT c.relname, i.indisready::text, i.indisvalid::text FROM pg_index i "
        "JOIN pg_class c ON c.oid = i.indexrelid WHERE c.relname !~ '^pg_' ORDER BY 1",
    )
    return triggers + indexes


def test_copies_pass_the_audit_and_leave_the_schema_as_it_was(empty_url: str) -> None:
    seeded = commands.seed(empty_url, sandbox=True)
    before, cards = protection(empty_url), look(empty_url, "SELECT count(*) FROM cards")[0][0]
    entries = look(empty_url, "SELECT count(*) FROM ledger_entries")[0][0]
    fill(empty_url, seeded, COUNT)
    assert protection(empty_url) == before
    result = commands.audit(empty_url)
    assert result["ok"], result
    # The pattern itself is one more.
    assert result["cards"] == cards + COUNT + 1
    assert result["entries"] == entries + (COUNT + 1) * ENTRIES
    told = "SELECT regular_minor, entry_count, lots, visit_count, lifetime_spent_minor FROM cards "
    kinds = look(empty_url, told + "WHERE substr(id, 1, 11) = 'bench-card-'")
    assert len(kinds) == COUNT
    assert len(set(kinds)) == 1


def test_references_of_copies_lead_to_copies(empty_url: str) -> None:
    fill(empty_url, commands.seed(empty_url, sandbox=True), COUNT)
    for table, column, target in (
        ("cards", "guest_id", "guests"),
        ("level_changes", "card_id", "cards"),
        ("reservations", "card_id", "cards"),
        ("loyalty_orders", "reservation_id", "reservations"),
        ("loyalty_orders", "earn_entry_id", "ledger_entries"),
        ("loyalty_orders", "redeem_entry_id", "ledger_entries"),
        ("ledger_entries", "card_id", "cards"),
    ):
        there = f"SELECT 1 FROM {target} r WHERE r.id = t.{column}"  # noqa: S608 - our names
        lost = (
            f"SELECT count(*) FROM {table} t WHERE t.{column} IS NOT NULL AND NOT EXISTS ({there})"  # noqa: S608 - our names
        )
        assert look(empty_url, lost) == [(0,)], (table, column)
        shared = f"SELECT count({column}) - count(DISTINCT {column}) FROM {table}"  # noqa: S608 - our names
        if column.endswith("entry_id") or column in {"guest_id", "reservation_id"}:
            assert look(empty_url, shared) == [(0,)], (table, column)


@pytest.mark.parametrize("count", [9_989, 999_989])
def test_last_digits_are_shared_alike_in_both_sizes(count: int) -> None:
    phones = {phone_of(number, count) for number in range(count)}
    assert len(phones) == count
    assert {len(phone) for phone in phones} == {11}
    crowds: dict[int, int] = {}
    for number in range(count):
        tail = tail_of(number, count)
        crowds[tail] = crowds.get(tail, 0) + 1
    assert [crowds[tail] for tail in range(LONELY)] == [1] * LONELY
    shared = [size for tail, size in crowds.items() if tail >= LONELY]
    assert max(shared) <= 101
    assert min(shared) >= 99
