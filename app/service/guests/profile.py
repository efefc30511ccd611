"""Adding and changing guests as the company's own programs and people do."""

from typing import Any

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.guests import AddGuestRequest, ChangeGuestRequest, GuestView
from app.service.guests.listing import get_guest
from app.service.guests.models import guests, search_keys
from app.service.guests.service import add_guest, find_card_id, read_phone
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.models import cards


def register_guest(work: Work, request: AddGuestRequest) -> GuestView:
    """Add a guest with a card of the first level.

    Raises:
        ProblemError: INVALID_PHONE_FORMAT or DUPLICATE_PHONE.
    """
    phone = read_phone(request.phone)
    if find_card_id(work, phone) is not None:
        raise ProblemError(ErrorCode.DUPLICATE_PHONE)
    card_id, _ = add_guest(work, phone, request.first_name, code6=None)
    guest_id = work.connection.execute(
        sa.select(cards.c.guest_id).where(cards.c.id == card_id)
    ).scalar_one()
    if request.birth_date is not None:
        work.connection.execute(
            sa.update(guests).where(guests.c.id == guest_id).values(birth_date=request.birth_date)
        )
    return get_guest(work, guest_id)


def change_guest(work: Work, guest_id: str, request: ChangeGuestRequest) -> GuestView:
    """Change what is named; an event tells which fields came out different.

    Raises:
        ProblemError: GUEST_NOT_FOUND, INVALID_PHONE_FORMAT or DUPLICATE_PHONE.
    """
    before = _lock(work, guest_id)
    wanted = {name: getattr(request, name) for name in request.model_fields_set}
    if "phone" in wanted:
        wanted["phone"] = read_phone(wanted["phone"])
    changed = {name: value for name, value in wanted.items() if getattr(before, name) != value}
    if not changed:
        return get_guest(work, guest_id)
    if "phone" in changed and find_card_id(work, changed["phone"]) is not None:
        raise ProblemError(ErrorCode.DUPLICATE_PHONE)
    after = {"phone": before.phone, "first_name": before.first_name} | changed
    values = changed | search_keys(after["phone"], after["first_name"])
    work.connection.execute(sa.update(guests).where(guests.c.id == guest_id).values(values))
    # Tills see by this moment that what they keep of the guest is old.
    card_id = work.connection.execute(
        sa.update(cards)
        .where(cards.c.guest_id == guest_id, cards.c.tenant_id == work.tenant_id)
        .values(updated_at=work.now)
        .returning(cards.c.id)
    ).scalar_one()
    names = sorted(ChangeGuestRequest.model_fields[name].alias or name for name in changed)
    about = {"guestId": guest_id, "guestCardId": card_id, "changed": names}
    write_events(work, [Event("guest.updated", about)])
    return get_guest(work, guest_id)


def _lock(work: Work, guest_id: str) -> "sa.Row[*tuple[Any, ...]]":
    row = work.connection.execute(
        sa.select(guests.c.phone, guests.c.first_name, guests.c.birth_date)
        .where(
            guests.c.tenant_id == work.tenant_id,
            guests.c.id == guest_id,
            guests.c.erased_at.is_(None),
            guests.c.merged_into_id.is_(None),
        )
        .with_for_update()
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    return row
