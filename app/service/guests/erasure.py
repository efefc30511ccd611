"""Forgetting a guest: what names him goes, the ledger stays, without a name."""

import hashlib

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.guests import ErasedGuest
from app.service.audit_log.service import record
from app.service.guests.models import guest_aliases, guest_favourites, guest_page_links, guests
from app.service.guests.traces import forget_copies
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.lots import Parts
from app.service.loyalty.cards import Card, load_card, save_card
from app.service.loyalty.models import cards


def erase_guest(work: Work, guest_id: str) -> ErasedGuest:
    """Take away all that tells who a guest is, and the points nobody can use any more.

    Guests who were merged into him go with him: they are the same person. Repeatable.

    Raises:
        ProblemError: GUEST_NOT_FOUND, or GUEST_HAS_RESERVATION while a check holds his points.
    """
    row = work.connection.execute(
        sa.select(guests.c.erased_at, guests.c.merged_into_id, cards.c.id.label("card_id"))
        .join(cards, cards.c.guest_id == guests.c.id)
        .where(guests.c.tenant_id == work.tenant_id, guests.c.id == guest_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    if row.erased_at is not None:
        return ErasedGuest(id=guest_id, success=True, already_processed=True)
    if row.merged_into_id is not None:
        raise ProblemError(ErrorCode.GUEST_ALREADY_MERGED)
    card = load_card(work, row.card_id)
    if card.reserved_minor:
        raise ProblemError(ErrorCode.GUEST_HAS_RESERVATION)
    _burn(work, card)
    same = _same_person(work, guest_id)
    phones = _phones(work, same)
    for person_id in same:
        _forget(work, person_id)
    _forget_traces(work, same)
    forget_copies(work, [*same, *_card_ids(work, same)], phones)
    about = {"guestId": guest_id, "guestCardId": card.card_id}
    write_events(work, [Event("guest.deleted", about)])
    record(work, "guest.deleted", "guest", guest_id, {"merged": same[1:]})
    return ErasedGuest(id=guest_id, success=True)


def _burn(work: Work, card: Card) -> None:
    card.drop_ended(work)
    if card.total_minor:
        whole = Parts(card.promo_minor, card.regular_minor, card.lots.open())
        card.expire(work, whole, work.now, "guest deleted")
    save_card(work, card)


def _same_person(work: Work, guest_id: str) -> list[str]:
    merged = work.connection.scalars(
        sa.select(guests.c.id)
        .where(guests.c.tenant_id == work.tenant_id, guests.c.merged_into_id == guest_id)
        .order_by(guests.c.id)
    )
    return [guest_id, *merged]


def _phones(work: Work, guest_ids: list[str]) -> list[str]:
    return list(
        work.connection.scalars(sa.select(guests.c.phone).where(guests.c.id.in_(guest_ids)))
    )


def _card_ids(work: Work, guest_ids: list[str]) -> list[str]:
    own = cards.c.tenant_id == work.tenant_id
    return list(
        work.connection.scalars(sa.select(cards.c.id).where(own, cards.c.guest_id.in_(guest_ids)))
    )


def _forget(work: Work, guest_id: str) -> None:
    # The phone's column is unique: what takes its place is no phone and no two guests share it.
    nobody = "x" + hashlib.sha256(guest_id.encode()).hexdigest()[:19]
    work.connection.execute(
        sa.update(guests)
        .where(guests.c.id == guest_id)
        .values(
            phone=nobody,
            phone_tail="",
            first_name="",
            name_key="",
            birth_date=None,
            erased_at=work.now,
        )
    )


def _forget_traces(work: Work, guest_ids: list[str]) -> None:
    his_cards = sa.select(cards.c.id).where(
        cards.c.tenant_id == work.tenant_id, cards.c.guest_id.in_(guest_ids)
    )
    for table in (guest_aliases, guest_favourites):
        work.connection.execute(sa.delete(table).where(table.c.card_id.in_(his_cards)))
    links = guest_page_links
    work.connection.execute(
        sa.delete(links).where(links.c.tenant_id == work.tenant_id, links.c.guest_id.in_(guest_ids))
    )
