"""Searches and pages are answered from indexes on both databases: no table is read from end to end."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from app.service.guests.listing import GUESTS
from app.service.kit.cursors import _behind
from app.service.kit.lists import Listing, _count, _page, order_of, read_query
from app.service.kit.work import Caller, Work
from app.service.loyalty.transaction_lists import MOVEMENTS, TRANSACTIONS
from app.service.requests.listing import REQUEST_LOGS
from tests.service.harness import START, Service


def plan(service: Service, listing: Listing[Any], parameters: dict[str, str], after: Any) -> str:
    """Return how the database would answer, were its tables too large to be read whole."""
    query = read_query(listing, list(parameters.items()), by_cursor=after is not None)
    statement = listing.statement.where(*listing.conditions(_work(service), query))
    if after is not None:
        statement = statement.where(_behind(listing, query, after))
    return explained(service, statement.order_by(*order_of(listing, query)).limit(50))


def _work(service: Service) -> Work:
    return Work(None, START, service.ids, Caller("tenant", "i", "api", None, None))  # type: ignore[arg-type] # asks nothing


def explained(service: Service, statement: "sa.Select[Any]") -> str:
    """Return the plan of a statement over tables too large to be read whole."""
    is_sqlite = service.url.startswith("sqlite")
    dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()
    said = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    engine = sa.create_engine(service.url, isolation_level="AUTOCOMMIT" if not is_sqlite else None)
    with engine.connect() as connection:
        if not is_sqlite:
            connection.exec_driver_sql(
                "VACUUM guests"
            )  # its pages are seen by all, as old ones are
            for other in ("seqscan", "bitmapscan"):
                connection.exec_driver_sql(f"SET enable_{other} = off")
        explain = "EXPLAIN QUERY PLAN " if is_sqlite else "EXPLAIN "
        rows = connection.exec_driver_sql(
            explain + said.replace("%", "%%" if not is_sqlite else "%")
        )
        lines = [str(row[-1]) for row in rows]
    engine.dispose()
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("listing", "parameters", "index"),
    [
        (GUESTS, {"search": "+79123456789"}, "(tenant_id=? AND phone=?)"),
        (GUESTS, {"search": "482913"}, "(tenant_id=? AND code6=?)"),
        (GUESTS, {"search": "6789"}, "ix_guests_tenant_id_phone_tail"),
        (GUESTS, {"search": "3456789"}, "ix_guests_tenant_id_phone_tail"),
        (GUESTS, {"search": "мария"}, "ix_guests_tenant_id_name_key"),
        (TRANSACTIONS, {"orderId": "o1"}, "ix_loyalty_orders_tenant_id_order_id"),
        (TRANSACTIONS, {"guestId": "g1"}, "ix_loyalty_orders_card_id"),
        (TRANSACTIONS, {"guestCardId": "c1"}, "ix_loyalty_orders_card_id"),
        (MOVEMENTS, {"orderId": "o1"}, "ledger_entries_2 (card_id=?)"),
        (MOVEMENTS, {"guestId": "g1"}, "ledger_entries_2 (card_id=?)"),
        (MOVEMENTS, {"guestCardId": "c1"}, "ledger_entries_2 (card_id=?)"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, dict) else "",
)
@pytest.mark.only_on("sqlite", why="PostgreSQL plans by its statistics, which a test has none of")
def test_searches_take_the_index_made_for_them(
    service: Service, listing: Listing[Any], parameters: dict[str, str], index: str
) -> None:
    told = plan(service, listing, parameters, None)
    assert "SCAN" not in told, told
    assert "(tenant_id=?)" not in told, told
    assert index in told, told


@pytest.mark.parametrize("listing", [GUESTS, TRANSACTIONS, MOVEMENTS, REQUEST_LOGS])
def test_pages_behind_a_cursor_begin_in_the_index(service: Service, listing: Listing[Any]) -> None:
    told = plan(service, listing, {}, (START, "id"))
    assert f"ix_{listing.identity.table.name}_tenant_id_created_at" in told, told
    if service.url.startswith("sqlite"):
        assert "SCAN" not in told, told
        assert "TEMP B-TREE" not in told, told
        assert "(created_at,id)<(?,?)" in told, told
    else:
        assert "Index Cond" in told, told
        assert "ROW(" in told, told
        assert "Sort" not in told, told


@pytest.mark.parametrize("digits", ["6789", "3456789"])
def test_a_crowd_of_last_digits_is_sorted_and_counted_in_the_index(
    service: Service, digits: str
) -> None:
    """A hundred guests with the same digits lie in a hundred places of the disk."""
    query = read_query(GUESTS, [("search", digits), ("limit", "20")])
    conditions = GUESTS.conditions(_work(service), query)
    for statement in (_page(GUESTS, query, conditions), _count(GUESTS, conditions, 100)):
        told = explained(service, statement)
        is_sqlite = service.url.startswith("sqlite")
        how = "USING COVERING INDEX" if is_sqlite else "Index Only Scan using"
        assert f"{how} ix_guests_tenant_id_phone_tail" in told, told


def test_walks_by_name_go_on_within_a_name_that_many_have(service: Service) -> None:
    told = plan(service, GUESTS, {"sortBy": "firstName"}, ("мария", "id"))
    assert "ix_guests_tenant_id_name_key" in told, told
    if service.url.startswith("sqlite"):
        assert "TEMP B-TREE" not in told, told
        assert "(name_key,id)>(?,?)" in told, told
    else:
        assert "ROW(" in told, told
        assert "Sort" not in told, told
