"""Everything that is held of a guest, found by the description of the tables and not by a list.

A table belongs to a guest if it names him (`guest_id`) or his card (`card_id`, or a key to the cards),
or if it refers to a row that does. A table that is added later is in the answer by itself. Events name
him inside their data; with them go the deliveries that told others of him.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from pydantic.alias_generators import to_camel

from app.contracts.privacy import PersonalDataResponse
from app.kernel.clock import to_iso
from app.service.audit_log.models import audit_log
from app.service.audit_log.service import record
from app.service.db.tables import metadata
from app.service.guests.models import guests
from app.service.kit.models import events
from app.service.kit.work import Work
from app.service.loyalty.models import cards
from app.service.privacy.consents import require_guest

# What proves or opens something is not the guest's data and stays inside.
_SECRET_WORDS: Final = ("secret", "hash", "token", "nonce")
_IDS_MAX: Final = 400  # in one condition
IDS_IN_EVENTS: Final = ("guestId", "guestCardId", "mergedGuestId", "mergedGuestCardId")
"""By what the data of events names guests and their cards."""

Owned = dict[sa.Table, list[dict[str, Any]]]


def collect(work: Work, guest_id: str) -> PersonalDataResponse:
    """Return everything about a guest and those who were merged into him.

    Raises:
        ProblemError: GUEST_NOT_FOUND.
    """
    require_guest(work, guest_id, erased=True)
    owned = _own_rows(work, guest_id)
    owned[events] = _events_about(work, owned)
    _follow(work, owned)
    subjects = [row["id"] for table in (guests, cards) for row in owned.get(table, [])]
    owned[audit_log] = _rows(work, audit_log, audit_log.c.subject_id, subjects)
    record(work, "guest.personal_data_given", "guest", guest_id)
    data = {
        to_camel(table.name): [_plain(row) for row in rows]
        for table, rows in sorted(owned.items(), key=lambda one: one[0].name)
        if rows
    }
    return PersonalDataResponse(guest_id=guest_id, made_at=work.now, data=data)


def guest_tables() -> set[str]:
    """Return the names of the tables that may hold something of a guest."""
    naming = (table.name for table in _naming_tables())
    found = {guests.name, cards.name, events.name, *naming}
    while True:
        more = {
            table.name
            for table in metadata.tables.values()
            if table.name not in found and _reference(table, found) is not None
        }
        if not more:
            return found
        found |= more


def _own_rows(work: Work, guest_id: str) -> Owned:
    merged = sa.or_(guests.c.id == guest_id, guests.c.merged_into_id == guest_id)
    owned: Owned = {guests: _select(work, guests, merged)}
    guest_ids = [row["id"] for row in owned[guests]]
    owned[cards] = _rows(work, cards, cards.c.guest_id, guest_ids)
    card_ids = [row["id"] for row in owned[cards]]
    for table in _naming_tables():
        by_guest = _column(table, "guest_id", guests)
        by_card = _column(table, "card_id", cards)
        named = [
            column.in_(ids)
            for column, ids in ((by_guest, guest_ids), (by_card, card_ids))
            if column is not None
        ]
        owned[table] = _select(work, table, sa.or_(*named))
    return owned


def _events_about(work: Work, owned: Owned) -> list[dict[str, Any]]:
    ids = [row["id"] for table in (guests, cards) for row in owned[table]]
    found: dict[str, dict[str, Any]] = {}
    for name in IDS_IN_EVENTS:
        for row in _rows(work, events, events.c.data[name].as_string(), ids):
            found[row["id"]] = row
    return sorted(found.values(), key=lambda row: (row["created_at"], row["id"]))


def _follow(work: Work, owned: Owned) -> None:
    """Add rows that refer to rows of the guest: the lines and payments of his orders."""
    grown = True
    while grown:
        grown = False
        names = {table.name for table in owned}
        for table in metadata.sorted_tables:
            column = None if table in owned else _reference(table, names)
            if column is None:
                continue
            (key,) = column.foreign_keys
            ids = [row[key.column.name] for row in owned[key.column.table]]
            owned[table] = _rows(work, table, column, ids)
            grown = True


def _naming_tables() -> list[sa.Table]:
    return [
        table
        for table in metadata.sorted_tables
        if table not in (guests, cards)
        and (
            _column(table, "guest_id", guests) is not None
            or _column(table, "card_id", cards) is not None
        )
    ]


def _column(table: sa.Table, name: str, target: sa.Table) -> "sa.Column[Any] | None":
    if name in table.c:
        return table.c[name]
    return next((c for c in table.c if any(k.column.table is target for k in c.foreign_keys)), None)


def _reference(table: sa.Table, names: Iterable[str]) -> "sa.Column[Any] | None":
    wanted = set(names)
    for column in table.c:
        if any(k.column.table.name in wanted and k.column.table is not table
               for k in column.foreign_keys):  # fmt: skip
            return column
    return None


def _rows(
    work: Work, table: sa.Table, column: "sa.ColumnElement[Any]", ids: list[Any]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for at in range(0, len(ids), _IDS_MAX):
        found += _select(work, table, column.in_(ids[at : at + _IDS_MAX]))
    return found


def _select(work: Work, table: sa.Table, condition: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    query = sa.select(table).where(condition)
    if "tenant_id" in table.c:
        query = query.where(table.c.tenant_id == work.tenant_id)
    order = list(table.primary_key.columns)
    return [dict(row) for row in work.connection.execute(query.order_by(*order)).mappings()]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        to_camel(name): _value(value)
        for name, value in row.items()
        if name != "tenant_id" and not any(word in name for word in _SECRET_WORDS)
    }


def _value(value: Any) -> Any:  # noqa: ANN401 - what a database holds
    if isinstance(value, datetime):
        return to_iso(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else value
