"""Two guests who turned out to be one: the guest of the address stays, the other leads to him.

The other's phone, card code and QR go on working and find the guest who stays. Both histories are kept:
ledger entries stay where they were booked, checks and open holds move, and two TRANSFER entries
carry the points over.
"""

from typing import Any

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.guests import GuestView, MergeGuestsRequest
from app.service.audit_log.service import record
from app.service.guests.listing import get_guest
from app.service.guests.models import guest_aliases, guest_favourites, guest_page_links, guests
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import Card, lock_cards
from app.service.loyalty.merging import merge_cards
from app.service.loyalty.models import cards
from app.service.orders.models import orders
from app.service.promotions.models import promotion_guest_uses, promotion_uses

Row = sa.Row[*tuple[Any, ...]]


def merge_guests(work: Work, guest_id: str, request: MergeGuestsRequest) -> GuestView:
    """Join a guest into another; joining the same two again changes nothing.

    Raises:
        ProblemError: GUEST_NOT_FOUND, GUEST_ALREADY_MERGED, or VALIDATION_ERROR for one guest twice.
    """
    if guest_id == request.source_guest_id:
        raise ProblemError(
            ErrorCode.VALIDATION_ERROR,
            "A guest cannot be merged into himself",
            "Нельзя объединить гостя с самим собой",
        )
    card_ids = {row.guest_id: row.card_id for row in _rows(work, guest_id, request.source_guest_id)}
    if len(card_ids) < 2:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    locked = lock_cards(work, card_ids.values())
    # Looked at under the locks: another merge may have been quicker.
    found = {row.guest_id: row for row in _rows(work, guest_id, request.source_guest_id)}
    if found[request.source_guest_id].merged_into_id == guest_id:
        return get_guest(work, guest_id).model_copy(update={"already_processed": True})
    if any(row.merged_into_id is not None for row in found.values()):
        raise ProblemError(ErrorCode.GUEST_ALREADY_MERGED)
    if any(row.erased_at is not None for row in found.values()):
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    survivor = locked[card_ids[guest_id]]
    source = locked[card_ids[request.source_guest_id]]
    merge_cards(work, survivor, source)
    _move_rest(work, survivor, source)
    _tell(work, survivor, source)
    return get_guest(work, guest_id)


def _rows(work: Work, *guest_ids: str) -> "list[Row]":
    query = (
        sa.select(
            guests.c.id.label("guest_id"),
            guests.c.merged_into_id,
            guests.c.erased_at,
            cards.c.id.label("card_id"),
        )
        .join(cards, cards.c.guest_id == guests.c.id)
        .where(guests.c.tenant_id == work.tenant_id, guests.c.id.in_(guest_ids))
    )
    return list(work.connection.execute(query))


def _move_rest(work: Work, survivor: Card, source: Card) -> None:
    connection = work.connection
    connection.execute(
        sa.update(guests)
        .where((guests.c.id == source.guest_id) | (guests.c.merged_into_id == source.guest_id))
        .where(guests.c.tenant_id == work.tenant_id)
        .values(merged_into_id=survivor.guest_id)
    )
    for table in (orders, guest_aliases, promotion_uses):
        connection.execute(
            sa.update(table)
            .where(table.c.tenant_id == work.tenant_id, table.c.card_id == source.card_id)
            .values(card_id=survivor.card_id)
        )
    links = guest_page_links
    connection.execute(
        sa.update(links)
        .where(links.c.tenant_id == work.tenant_id, links.c.guest_id == source.guest_id)
        .values(guest_id=survivor.guest_id)
    )
    _add_counts(work, guest_favourites, "product_id", "times", survivor, source)
    _add_counts(work, promotion_guest_uses, "promotion_id", "used_count", survivor, source)


def _add_counts(
    work: Work, table: sa.Table, subject: str, count: str, survivor: Card, source: Card
) -> None:
    """Add the counters of one card to those of another."""
    mine = sa.select(table.c[subject], table.c[count]).where(table.c.card_id == source.card_id)
    for row in work.connection.execute(mine.order_by(table.c[subject])).all():
        raised = work.connection.execute(
            sa.update(table)
            .where(table.c.card_id == survivor.card_id, table.c[subject] == row[0])
            .values({count: table.c[count] + row[1]})
        )
        if raised.rowcount == 0:
            values = {"card_id": survivor.card_id, subject: row[0], count: row[1]}
            work.connection.execute(sa.insert(table).values(values))
    work.connection.execute(sa.delete(table).where(table.c.card_id == source.card_id))


def _tell(work: Work, survivor: Card, source: Card) -> None:
    data = {
        "guestId": survivor.guest_id,
        "guestCardId": survivor.card_id,
        "mergedGuestId": source.guest_id,
        "mergedGuestCardId": source.card_id,
    }
    write_events(work, [Event("guest.merged", data)])
    record(work, "guest.merged", "guest", survivor.guest_id, data)
