"""Many entries quickly: cards with long histories for tests and measurements of the audit."""

# ruff: noqa: S608 - the numbers that are put into statements are our own

from sqlalchemy.engine import Connection

CARDS_AT_ONCE = 20


def load_entries(connection: Connection, first_card: int, cards: int, entries: int) -> None:
    """Write cards whose every entry earns one point, as the database's own checks want it.

    Cards begin empty, then come the entries in their order, then the balances.
    """
    numbers = (
        f"WITH RECURSIVE n(i) AS (SELECT {first_card} UNION ALL SELECT i + 1 FROM n "
        f"WHERE i + 1 < {first_card + cards}) "
    )
    steps = f"s(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM s WHERE k < {entries}) "
    run = connection.exec_driver_sql
    run(
        "INSERT INTO guests (id, tenant_id, phone, first_name, created_at) " + numbers
        + "SELECT 'load-g-' || i, (SELECT min(id) FROM tenants), '7' || i, '', 0 FROM n"
    )  # fmt: skip
    run(
        "INSERT INTO cards (id, tenant_id, guest_id, code6, level_id, visit_count, entry_count, "
        "created_at, updated_at) " + numbers
        + "SELECT 'load-c-' || i, (SELECT min(id) FROM tenants), 'load-g-' || i, "
        "'L' || i, 'bronze', 0, 0, 0, 0 FROM n"
    )  # fmt: skip
    run(
        "INSERT INTO ledger_entries (id, tenant_id, card_id, card_seq, kind, regular_delta_minor, "
        "promo_delta_minor, balance_before_minor, balance_after_minor, natural_key, occurred_at, "
        "created_at) " + numbers[:-1] + ", " + steps
        + "SELECT 'load-' || i || '-' || k, (SELECT min(id) FROM tenants), 'load-c-' || i, k, 'EARN', "
        "100, 0, (k - 1) * 100, k * 100, 'load-' || i || '-' || k, 0, 0 "
        "FROM n CROSS JOIN s ORDER BY i, k"
    )  # fmt: skip
    run(
        f"UPDATE cards SET entry_count = {entries}, regular_minor = {100 * entries} "
        "WHERE substr(id, 1, 7) = 'load-c-' AND entry_count = 0"
    )
