"""Guests with their cards as the company's programs read them: one, a page, a search."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.guests import GuestCard, GuestView
from app.domain.loyalty import LoyaltyRules
from app.kernel.text import normalize_phone
from app.service.guests.card_state import card_state
from app.service.guests.models import guests, name_key
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing, Row, dated_column
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.models import cards
from app.service.tenants.repository import get_rules

_G, _C = guests.c, cards.c
_TAIL: Final = 4
_CODE: Final = 6
_PHONE_TAIL_MAX: Final = 9
_LAST_LETTER: Final = "\U0010ffff"

_STATEMENT = sa.select(
    _G.id,
    _G.phone,
    _G.first_name,
    _G.birth_date,
    _G.created_at,
    _G.merged_into_id,
    _G.erased_at,
    _C.id.label("card_id"),
    _C.code6,
    _C.level_id,
    _C.regular_minor,
    _C.promo_minor,
    _C.reserved_minor,
    _C.lifetime_spent_minor,
    _C.visit_count,
    _C.last_visit_at,
    # By both columns, so that a card's code is found in its index within the company.
).join(cards, sa.and_(_C.guest_id == _G.id, _C.tenant_id == _G.tenant_id))


def get_guest(work: Work, guest_id: str) -> GuestView:
    """Return a guest.

    Raises:
        ProblemError: GUEST_NOT_FOUND, also for one whose data was erased.
    """
    row = work.connection.execute(
        _STATEMENT.where(_G.tenant_id == work.tenant_id, _G.id == guest_id, _G.erased_at.is_(None))
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    return _views(work, [row])[0]


def search_condition(text: str) -> sa.ColumnElement[bool]:
    """Return the condition of a search; each kind of it is answered from an index.

    A whole phone in any usual form; six digits of a card; the last four to nine digits of a phone;
    anything else is the beginning of a name.
    """
    phone = normalize_phone(text)
    if phone is not None:
        return _G.phone == phone
    digits = "".join(text.split())
    if digits.isascii() and digits.isdigit() and _TAIL <= len(digits) <= _PHONE_TAIL_MAX:
        if len(digits) == _CODE:
            return _C.code6 == digits
        ends = _G.phone_tail == digits[-_TAIL:]
        return ends if len(digits) == _TAIL else sa.and_(ends, _G.phone.endswith(digits))
    start = name_key(text)
    return sa.and_(_G.name_key >= start, _G.name_key <= start + _LAST_LETTER)


def _views(work: Work, rows: Sequence[Row]) -> list[GuestView]:
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    return [_view(rules, row) for row in rows]


def _view(rules: LoyaltyRules, row: Row) -> GuestView:
    return GuestView(
        id=row.id,
        phone=row.phone,
        first_name=row.first_name,
        birth_date=row.birth_date,
        created_at=row.created_at,
        merged_into_id=row.merged_into_id,
        card=GuestCard(
            id=row.card_id,
            **card_state(rules, row),
        ),
    )


def _same_phone(text: str) -> sa.ColumnElement[bool]:
    phone = normalize_phone(text)
    if phone is None:
        raise ProblemError(ErrorCode.INVALID_PHONE_FORMAT)
    return _G.phone == phone


def _amount(name: str, column: sa.ColumnElement[Any], least: str, most: str) -> ListColumn:
    return ListColumn(
        name=name, column=column, kind=Kind.AMOUNT, sorts=True, least=least, most=most
    )


GUESTS: Final = Listing(
    name="guests",
    model=GuestView,
    statement=_STATEMENT,
    tenant=_G.tenant_id,
    identity=_G.id,
    always=(_G.erased_at.is_(None), _G.merged_into_id.is_(None)),
    counted=guests,
    sort="createdAt",
    search=search_condition,
    views=_views,
    columns=(
        dated_column("createdAt", _G.created_at, walks=True),
        ListColumn(name="firstName", column=_G.name_key, sorts=True, walks=True),
        ListColumn(
            name="phone",
            column=_G.phone,
            sorts=True,
            walks=True,
            filters=True,
            matches=_same_phone,
            picks=True,
        ),
        ListColumn(name="card.code6Digit", column=_C.code6, filters=True, picks=True),
        ListColumn(name="card.levelId", column=_C.level_id, filters=True),
        _amount("card.totalBalance", _C.regular_minor + _C.promo_minor, "minBalance", "maxBalance"),
        _amount("card.lifetimeSpent", _C.lifetime_spent_minor, "minSpent", "maxSpent"),
        ListColumn(
            name="card.visitCount",
            column=_C.visit_count,
            kind=Kind.COUNT,
            sorts=True,
            least="minVisits",
            most="maxVisits",
        ),
        ListColumn(
            name="card.lastVisitAt",
            column=_C.last_visit_at,
            kind=Kind.MOMENT,
            sorts=True,
            least="lastVisitFrom",
            most="lastVisitTo",
        ),
    ),
)
