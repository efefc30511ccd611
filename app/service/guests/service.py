"""Finding and registering guests."""

import re

import sqlalchemy as sa

from app.contracts import plugin
from app.contracts.errors import ErrorCode
from app.contracts.guest_codes import DYNAMIC_PREFIX
from app.kernel.text import normalize_phone
from app.service.guests.codes import claim_code, draw_codes
from app.service.guests.dynamic_qr import accept_qr
from app.service.guests.models import guest_aliases, guests
from app.service.guests.qr import is_card_qr, read_card_qr
from app.service.guests.repository import find_by_card, find_by_code, find_by_phone
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import record_level
from app.service.loyalty.models import cards
from app.service.tenants.models import tenants
from app.service.tenants.repository import get_rules

_CODE = re.compile("[0-9]{6}")
_SPACES = re.compile(r"[\s\u00a0\u202f-]")


def read_phone(text: str) -> str:
    """Return a phone as digits.

    Raises:
        ProblemError: INVALID_PHONE_FORMAT.
    """
    phone = normalize_phone(text)
    if phone is None:
        raise ProblemError(ErrorCode.INVALID_PHONE_FORMAT)
    return phone


def read_code(text: str) -> str:
    """Return a card code as six digits.

    Raises:
        ProblemError: INVALID_CARD_CODE.
    """
    code = _SPACES.sub("", text)
    if not _CODE.fullmatch(code):
        raise ProblemError(ErrorCode.INVALID_CARD_CODE)
    return code


def search_guest(work: Work, request: plugin.SearchGuestRequest) -> plugin.SearchGuestResponse:
    """Find a guest by phone, by code, or by what was scanned."""
    if request.phone is not None:
        guest = find_by_phone(work, read_phone(request.phone))
    elif request.code6_digit is not None:
        guest = find_by_code(work, read_code(request.code6_digit))
    else:
        assert request.qr is not None, "the contract lets exactly one through"
        guest = _find_scanned(work, request.qr.strip())
    return plugin.SearchGuestResponse(found=guest is not None, guest=guest)


def spends_code(request: plugin.SearchGuestRequest) -> bool:
    """Tell whether a search uses up a code and so has to write it down."""
    return request.qr is not None and request.qr.strip().startswith(DYNAMIC_PREFIX)


def _find_scanned(work: Work, text: str) -> plugin.GuestSummary | None:
    if text.startswith(DYNAMIC_PREFIX):
        return find_by_card(work, accept_qr(work, text))
    if _CODE.fullmatch(text):
        return find_by_code(work, text)
    if not is_card_qr(text):
        raise ProblemError(ErrorCode.QR_WRONG_TYPE)
    return find_by_code(work, _printed_code(work, text))


def _printed_code(work: Work, text: str) -> str:
    secret = work.connection.execute(
        sa.select(tenants.c.qr_secret).where(tenants.c.id == work.tenant_id)
    ).scalar_one()
    code = read_card_qr(secret, text)
    if code is None:
        raise ProblemError(ErrorCode.QR_FORGED)
    return code


def create_guest(work: Work, request: plugin.CreateGuestRequest) -> plugin.CreateGuestResponse:
    """Register a guest with a card of the first level.

    Raises:
        ProblemError: INVALID_PHONE_FORMAT or DUPLICATE_PHONE.
    """
    phone = read_phone(request.phone)
    if find_card_id(work, phone) is not None:
        raise ProblemError(ErrorCode.DUPLICATE_PHONE)
    card_id, code6 = add_guest(work, phone, request.first_name or "", code6=None)
    return plugin.CreateGuestResponse(success=True, guest_card_id=card_id, code6_digit=code6)


def find_card_id(work: Work, phone: str) -> str | None:
    """Return the card of the guest with a phone; of a merged guest the one that took over."""
    return work.connection.execute(
        sa.select(sa.func.coalesce(cards.c.merged_into_id, cards.c.id))
        .join(guests, guests.c.id == cards.c.guest_id)
        .where(guests.c.tenant_id == work.tenant_id, guests.c.phone == phone)
    ).scalar()


def add_guest(work: Work, phone: str, first_name: str, *, code6: str | None) -> tuple[str, str]:
    """Write a guest and his empty card; return the card's id and code.

    Raises:
        ProblemError: CARD_CODE_TAKEN if the wanted code is not to be had.
    """
    if code6 is None:
        code6 = draw_codes(work, 1)[0]
    elif not claim_code(work, code6):
        raise ProblemError(ErrorCode.CARD_CODE_TAKEN)
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    guest_id, card_id = work.ids.new(), work.ids.new()
    work.connection.execute(
        sa.insert(guests).values(
            id=guest_id,
            tenant_id=work.tenant_id,
            phone=phone,
            first_name=first_name,
            created_at=work.now,
        )
    )
    work.connection.execute(
        sa.insert(cards).values(
            id=card_id,
            tenant_id=work.tenant_id,
            guest_id=guest_id,
            code6=code6,
            level_id=rules.levels[0].level_id,
            visit_count=0,
            entry_count=0,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    record_level(work, card_id, rules.levels[0].level_id, work.now, order_id=None)
    write_events(work, [Event("guest.created", {"guestId": guest_id, "guestCardId": card_id})])
    return card_id, code6


def add_alias(work: Work, client_guest_id: str, card_id: str) -> None:
    """Remember by what id a till knew a guest before the service did."""
    if find_alias(work, client_guest_id) is None:
        work.connection.execute(
            sa.insert(guest_aliases).values(
                tenant_id=work.tenant_id,
                client_guest_id=client_guest_id,
                card_id=card_id,
                created_at=work.now,
            )
        )


def find_alias(work: Work, client_guest_id: str) -> str | None:
    """Return the card that a till's own id stands for."""
    return work.connection.execute(
        sa.select(guest_aliases.c.card_id).where(
            guest_aliases.c.tenant_id == work.tenant_id,
            guest_aliases.c.client_guest_id == client_guest_id,
        )
    ).scalar()
