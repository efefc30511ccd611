"""Reading guests with their cards, as summaries for plugins and as cards for a till's cache."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.contracts.plugin import GuestSummary
from app.contracts.pos import GuestCardView
from app.domain.loyalty import LoyaltyRules
from app.service.guests.card_state import card_state
from app.service.guests.models import guest_favourites, guests
from app.service.kit.work import Work
from app.service.loyalty.models import cards
from app.service.tenants.repository import get_rules

Row = sa.Row[*tuple[Any, ...]]

_FAVOURITES_MAX = 3
_QUERY = sa.select(
    cards.c.id.label("card_id"),
    cards.c.guest_id,
    guests.c.first_name,
    guests.c.phone,
    cards.c.code6,
    cards.c.level_id,
    cards.c.regular_minor,
    cards.c.promo_minor,
    cards.c.reserved_minor,
    cards.c.lifetime_spent_minor,
    cards.c.visit_count,
    cards.c.last_visit_at,
    cards.c.updated_at,
    cards.c.merged_into_id,
).join(guests, guests.c.id == cards.c.guest_id)


def find_by_phone(work: Work, phone: str) -> GuestSummary | None:
    """Return the guest with a normalised phone."""
    return _one(work, guests.c.phone == phone, guests.c.tenant_id == work.tenant_id)


def find_by_code(work: Work, code6: str) -> GuestSummary | None:
    """Return the guest with a card code."""
    return _one(work, cards.c.code6 == code6, cards.c.tenant_id == work.tenant_id)


def find_by_card(work: Work, card_id: str) -> GuestSummary | None:
    """Return the guest with a card."""
    return _one(work, cards.c.id == card_id, cards.c.tenant_id == work.tenant_id)


def _one(work: Work, *conditions: sa.ColumnElement[bool]) -> GuestSummary | None:
    present = guests.c.erased_at.is_(None)
    row = work.connection.execute(_QUERY.where(*conditions, present)).first()
    if row is None:
        return None
    if row.merged_into_id is not None:
        return find_by_card(work, row.merged_into_id)
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    return GuestSummary(
        card_id=row.card_id,
        guest_id=row.guest_id,
        name=row.first_name,
        phone=row.phone,
        **card_state(rules, row),
    )


def list_frequent(work: Work, limit: int) -> tuple[GuestCardView, ...]:
    """Return the cards of those who come most often."""
    rows = work.connection.execute(
        _QUERY.where(
            cards.c.tenant_id == work.tenant_id,
            cards.c.merged_into_id.is_(None),
            guests.c.erased_at.is_(None),
        )
        .order_by(cards.c.visit_count.desc(), cards.c.id)
        .limit(limit)
    ).all()
    return _views(work, rows)


def list_cards(work: Work, card_ids: Sequence[str]) -> tuple[GuestCardView, ...]:
    """Return cards by their ids, in no promised order; for merged ones those that took over."""
    if not card_ids:
        return ()
    named = cards.alias("named")
    wanted = sa.select(sa.func.coalesce(named.c.merged_into_id, named.c.id)).where(
        named.c.tenant_id == work.tenant_id, named.c.id.in_(card_ids)
    )
    rows = work.connection.execute(
        _QUERY.where(cards.c.tenant_id == work.tenant_id, cards.c.id.in_(wanted))
    ).all()
    return _views(work, rows)


def _views(work: Work, rows: Sequence[Row]) -> tuple[GuestCardView, ...]:
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    favourites = _favourites(work, [row.card_id for row in rows])
    return tuple(_view(rules, row, favourites.get(row.card_id, ())) for row in rows)


def _view(rules: LoyaltyRules, row: Row, favourites: tuple[str, ...]) -> GuestCardView:
    return GuestCardView(
        card_id=row.card_id,
        guest_id=row.guest_id,
        first_name=row.first_name,
        phone=row.phone,
        **card_state(rules, row),
        favourite_product_ids=favourites,
        updated_at=row.updated_at,
    )


def _favourites(work: Work, card_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    table = guest_favourites.c
    place = sa.func.row_number().over(
        partition_by=table.card_id, order_by=(table.times.desc(), table.product_id)
    )
    ranked = (
        sa.select(table.card_id, table.product_id, place.label("place"))
        .where(table.card_id.in_(card_ids))
        .subquery()
    )
    rows = work.connection.execute(
        sa.select(ranked.c.card_id, ranked.c.product_id)
        .where(ranked.c.place <= _FAVOURITES_MAX)
        .order_by(ranked.c.card_id, ranked.c.place)
    )
    result: dict[str, tuple[str, ...]] = {}
    for row in rows:
        result[row.card_id] = (*result.get(row.card_id, ()), row.product_id)
    return result
