"""Reading promotions as they were at a moment, and what of them is used."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.promotions import PromotionBody, PromotionState
from app.domain.catalog import above
from app.domain.promotion.rules import Promotion, Selection
from app.service.catalog.models import categories, products
from app.service.db.prepared import Prepared
from app.service.guests.models import guests
from app.service.kit.work import Work
from app.service.promotions.models import (
    promotion_guest_uses,
    promotion_uses,
    promotion_versions,
    promotions,
)
from app.service.tills.models import locations

Row = sa.Row[*tuple[Any, ...]]
ON: Final = (PromotionState.ACTIVE.value, PromotionState.SCHEDULED.value)
LIVE: Final = ("HELD", "USED")
_ZONE: Final = "Europe/Moscow"


_USES_OF_ORDER: Final = (
    sa.select(promotion_uses)
    .where(
        promotion_uses.c.installation_id == sa.bindparam("installation"),
        promotion_uses.c.order_id == sa.bindparam("order"),
    )
    .order_by(promotion_uses.c.promotion_id)
)
_USES: Final = Prepared(_USES_OF_ORDER)
_LOCKED_USES: Final = Prepared(_USES_OF_ORDER.with_for_update())
_CURRENT: Final = Prepared(
    sa.select(promotions.c.id, promotions.c.body, promotions.c.changed_at).where(
        promotions.c.tenant_id == sa.bindparam("tenant"),
        sa.or_(*(promotions.c.state == sa.literal_column(f"'{state}'") for state in ON)),
        ~promotions.c.needs_code,
    )
)


@lru_cache(maxsize=4096)
def parse(promotion_id: str, body: str) -> Promotion:
    """Return the promotion that a kept body is."""
    return PromotionBody.from_wire(body).to_domain(promotion_id)


def ask_ahead(connection: Connection, tenant_id: str, installation_id: str, order_id: str) -> None:
    """Begin to read what an order has used, and the promotions that are on."""
    _LOCKED_USES.ahead(connection, {"installation": installation_id, "order": order_id})
    _CURRENT.ahead(connection, {"tenant": tenant_id})


def load_promotions(work: Work, at: datetime, named: Collection[str] = ()) -> list[Promotion]:
    """Return the promotions that were switched on at a moment.

    Args:
        work: The transaction.
        at: Business time; a sale that comes late is judged by the versions of its time.
        named: Those that need a code are left out unless they are among these.
    """
    table = promotions.c
    is_past = at < work.now
    if not is_past and not named:
        current = _CURRENT.all(work.connection, {"tenant": work.tenant_id})
        return [parse(row.id, row.body) for row in current if row.changed_at <= at]
    wanted: sa.ColumnElement[bool] = table.state.in_(ON)
    if is_past:
        wanted = sa.or_(wanted, table.changed_at > at)
    else:
        wanted = sa.and_(wanted, sa.or_(~table.needs_code, table.id.in_(named)))
    rows = work.connection.execute(
        sa.select(table.id, table.body, table.changed_at).where(
            table.tenant_id == work.tenant_id, wanted
        )
    ).all()
    changed = [row.id for row in rows if row.changed_at > at]
    found = [parse(row.id, row.body) for row in rows if row.changed_at <= at]
    found += _versions_at(work, changed, at)
    return [one for one in found if not one.needs_code or one.promotion_id in named]


def _versions_at(work: Work, promotion_ids: Sequence[str], at: datetime) -> list[Promotion]:
    found = []
    table = promotion_versions.c
    for promotion_id in promotion_ids:
        row = work.connection.execute(
            sa.select(table.body, table.is_on)
            .where(table.promotion_id == promotion_id, table.valid_from <= at)
            .order_by(table.valid_from.desc(), table.id.desc())
            .limit(1)
        ).first()
        if row is not None and row.is_on:
            found.append(parse(promotion_id, row.body))
    return found


def find_promotion(work: Work, promotion_id: str) -> Row | None:
    """Return a promotion's row."""
    return work.connection.execute(
        sa.select(promotions).where(
            promotions.c.id == promotion_id, promotions.c.tenant_id == work.tenant_id
        )
    ).first()


def venue_zone(work: Work) -> ZoneInfo:
    """Return the zone of the caller's place; one without a place has the company's first one."""
    query = sa.select(locations.c.timezone).where(locations.c.tenant_id == work.tenant_id)
    if work.caller.location_id is not None:
        query = query.where(locations.c.id == work.caller.location_id)
    name = work.connection.execute(query.order_by(locations.c.id).limit(1)).scalar()
    return ZoneInfo(name or _ZONE)


def birthday_of(work: Work, guest_id: str) -> date | None:
    """Return a guest's birthday."""
    found: date | None = work.connection.execute(
        sa.select(guests.c.birth_date).where(guests.c.id == guest_id)
    ).scalar()
    return found


def used_in_all(work: Work, given: Iterable[Promotion], own: Collection[str]) -> Mapping[str, int]:
    """Return the uses of those that have a limit; a place of the order itself does not count."""
    limited = [one.promotion_id for one in given if one.limits.in_all is not None]
    if not limited:
        return {}
    rows = work.connection.execute(
        sa.select(promotions.c.id, promotions.c.used_count).where(promotions.c.id.in_(limited))
    )
    return {row.id: row.used_count - (row.id in own) for row in rows}


def used_by_guest(
    work: Work, given: Iterable[Promotion], card_id: str, own: Collection[str]
) -> Mapping[str, int]:
    """Return the uses by one guest of those that have a limit for each guest."""
    limited = [one.promotion_id for one in given if one.limits.per_guest is not None]
    if not limited:
        return {}
    table = promotion_guest_uses.c
    rows = work.connection.execute(
        sa.select(table.promotion_id, table.used_count).where(
            table.card_id == card_id, table.promotion_id.in_(limited)
        )
    )
    return {row.promotion_id: row.used_count - (row.promotion_id in own) for row in rows}


def uses_of_order(work: Work, order_id: str, *, lock: bool = False) -> list[Row]:
    """Return what an order of the calling installation holds or has used, in a fixed order."""
    statement = _LOCKED_USES if lock else _USES
    asked = {"installation": work.caller.installation_id, "order": order_id}
    return statement.all(work.connection, asked)


def categories_of(work: Work, product_ids: Collection[str]) -> Mapping[str, frozenset[str]]:
    """Return the category of each product with all above it."""
    parents = parents_of_categories(work)
    rows = work.connection.execute(
        sa.select(products.c.id, products.c.category_id).where(
            products.c.tenant_id == work.tenant_id, products.c.id.in_(product_ids)
        )
    )
    return {row.id: above(row.category_id, parents) for row in rows}


def parents_of_categories(work: Work) -> Mapping[str, str | None]:
    """Return the parent of each category."""
    rows = work.connection.execute(
        sa.select(categories.c.id, categories.c.parent_id).where(
            categories.c.tenant_id == work.tenant_id
        )
    )
    return {row.id: row.parent_id for row in rows}


def asks_for_categories(given: Iterable[Promotion]) -> bool:
    """Tell whether any promotion chooses by category."""
    return any(
        selection.category_ids
        for one in given
        for selection in (one.conditions.products, one.target or Selection())
    )
