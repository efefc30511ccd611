"""L15: the database itself refuses cards and entries that disagree, whoever writes them."""

import tracemalloc
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from app.service import commands
from app.service.db.engine import make_engine
from app.service.ledger.audit import audit_cards
from app.service.ledger.audit_checks import CHECKS
from tests.service.harness import MARIA, Service
from tests.service.ledger_load import load_entries

ENTRY = (
    "INSERT INTO ledger_entries (id, tenant_id, card_id, card_seq, kind, regular_delta_minor, "
    "promo_delta_minor, balance_before_minor, balance_after_minor, promo_after_minor, natural_key, "
    "occurred_at, created_at) SELECT 'lie', tenant_id, card_id, {seq}, 'MANUAL', 100, 0, {before}, "
    "{before} + 100, promo_after_minor, 'lie', 0, 0 FROM ledger_entries "
    "WHERE card_id = 'card-gst-01' AND card_seq = 2"
)


def run(service: Service, *statements: str) -> None:
    """Change the database behind the service's back, in one transaction."""

    def job(connection: Any) -> None:
        for statement in statements:
            connection.exec_driver_sql(statement)

    service.runtime.database.write(job).result()


@pytest.mark.parametrize(
    "change",
    [
        "regular_minor = regular_minor + 1",
        "regular_minor = regular_minor + 1, promo_minor = promo_minor - 1",
        "promo_minor = 0, lots = '[]'",
        "reserved_minor = 0",
        "reserved_minor = 0, regular_minor = regular_minor + reserved_minor",
        "reserved_promo_minor = reserved_promo_minor + 1, promo_minor = promo_minor - 1",
        "entry_count = entry_count - 1",
        "entry_count = 9",
        "lots = '[[\"P\",99,1500000]]'",
        "lots = '[[\"R\",99,9900000]]'",
        "lots = '[[\"X\",99,1]]'",
        "lots = '[[\"P\",99,-1]]'",
    ],
)
def test_card_that_disagrees_with_its_ledger_is_refused(service: Service, change: str) -> None:
    service.reserve(100)
    before = service.rows("SELECT * FROM cards ORDER BY id")
    with pytest.raises(DBAPIError, match="does not agree"):
        run(service, f"UPDATE cards SET {change} WHERE id = '{MARIA}'")  # noqa: S608 - a constant of the test
    assert service.rows("SELECT * FROM cards ORDER BY id") == before
    service.assert_clean()


def test_card_that_begins_with_points_is_refused(service: Service) -> None:
    columns = (
        "id, tenant_id, guest_id, code6, level_id, visit_count, entry_count, created_at, "
        "updated_at, regular_minor"
    )
    run(
        service,
        "INSERT INTO guests (id, tenant_id, phone, first_name, created_at) "
        "SELECT 'g', tenant_id, '1', '', 0 FROM guests WHERE id = 'gst-01'",
    )
    with pytest.raises(DBAPIError, match="does not agree"):
        run(
            service,
            f"INSERT INTO cards ({columns}) SELECT 'c', tenant_id, 'g', '000000', 'gold', "  # noqa: S608 - a constant of the test
            "0, 0, 0, 0, 100 FROM cards WHERE id = 'card-gst-01'",
        )
    assert service.rows("SELECT count(*) FROM cards WHERE id = 'c'") == [(0,)]


@pytest.mark.parametrize(("seq", "before"), [(3, 0), (4, 84_000), (3, 84_100)])
def test_entry_that_does_not_follow_is_refused(service: Service, seq: int, before: int) -> None:
    raised = f"UPDATE cards SET entry_count = {seq}, regular_minor = regular_minor + 100 "  # noqa: S608 - a constant of the test
    with pytest.raises(DBAPIError, match="does not"):
        run(service, ENTRY.format(seq=seq, before=before), f"{raised} WHERE id = '{MARIA}'")
    assert (
        service.count("ledger_entries") == service.rows("SELECT sum(entry_count) FROM cards")[0][0]
    )
    service.assert_clean()


def test_entry_and_card_that_agree_are_taken(service: Service) -> None:
    raised = "UPDATE cards SET entry_count = 3, regular_minor = regular_minor + 100 "
    run(service, ENTRY.format(seq=3, before=84_000), f"{raised} WHERE id = '{MARIA}'")
    assert service.guest()["totalBalance"] == 841
    service.assert_clean()


def test_audit_runs_every_check_of_the_table(service: Service) -> None:
    result = commands.audit(service.url)
    assert set(result["checks"]) == {check.name for check in CHECKS}
    assert result["checks"]["points"] == {
        "cards": 10,
        "entries": result["entries"],
        "brokenCount": 0,
    }


def test_audit_names_lots_and_refunds_that_lie(service: Service) -> None:
    if service.url.startswith("sqlite"):
        run(service, "DROP TRIGGER cards_agree")
    else:
        run(service, "DROP TRIGGER cards_agree ON cards")
    run(service, f"UPDATE cards SET lots = '[[\"P\",99,100]]' WHERE id = '{MARIA}'")  # noqa: S608 - a constant of the test
    earn = {"guestCardId": "card-gst-02", "orderId": "o1", "checkAmount": 1000}
    service.ok("finalize-points", earn | {"action": "EARN_ONLY"})
    run(service, "UPDATE loyalty_orders SET refunded_minor = 5")
    broken = {(b["cardId"], b["code"]) for b in commands.audit(service.url)["broken"]}
    assert broken == {(MARIA, "LOTS"), ("card-gst-02", "ORDER_REFUNDS")}


def test_audit_reads_bit_by_bit(service: Service) -> None:
    """A cursor on the server: the audit never asks for all rows at once."""
    engine = make_engine(service.url, writes=False, pool_size=1)
    asked: list[object] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_conn: Any, _cursor: Any, statement: str, _p: Any, context: Any, _m: Any) -> None:
        if "FROM cards LEFT OUTER JOIN ledger_entries" in statement:
            asked.append(context.execution_options.get("yield_per"))

    with engine.connect() as connection, connection.begin():
        for check in CHECKS:
            assert check.run(connection).is_clean
    engine.dispose()
    assert asked == [1_000]


def test_audit_needs_no_more_memory_for_a_longer_ledger(service: Service) -> None:
    def peak() -> int:
        engine = make_engine(service.url, writes=False, pool_size=1)
        with engine.connect() as connection, connection.begin():
            tracemalloc.start()
            result = audit_cards(connection)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        engine.dispose()
        assert result.is_clean
        return most

    write = service.runtime.database.write
    write(lambda connection: load_entries(connection, 0, 10, 400)).result()
    peak()  # compiled statements and other lasting things are there from now on
    short = peak()
    write(lambda connection: load_entries(connection, 100, 10, 2_000)).result()
    assert peak() < short * 1.5
