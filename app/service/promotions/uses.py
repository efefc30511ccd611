"""Uses of promotions by orders: held while the order is open, used when it is closed, let go after.

    (none) --> HELD --> USED --> RELEASED
    HELD --> RELEASED; RELEASED --> HELD | USED

One order uses a promotion once: there is one row for both, whatever becomes of it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.domain.promotion.rules import Promotion
from app.service.kit.work import Work
from app.service.promotions.models import promotion_uses
from app.service.promotions.places import Places, give_back, take_places
from app.service.promotions.repository import LIVE, Row, uses_of_order

HELD, USED, RELEASED = "HELD", "USED", "RELEASED"


@dataclass(frozen=True, slots=True)
class Use:
    """A promotion for an order. `fault` says why it should not have been, though it has its place."""

    promotion: Promotion
    order_id: str
    occurred_at: datetime
    card_id: str | None = None
    code_id: str | None = None
    discount_minor: int = 0
    points_minor: int = 0
    held_until: datetime | None = None
    fault: str | None = None


def put_use(work: Work, use: Use, known: Row | None) -> Places:
    """Hold or use a promotion for an order; a place the order has already is kept.

    Args:
        work: The transaction.
        use: What is used; with `held_until` it is only held.
        known: The row of this order and promotion, locked, if there is one.

    Returns:
        Its places. If one counter had no room nothing is written; `put_fact` may follow.
    """
    if known is not None and known.state in LIVE:
        if (known.card_id, known.code_id) == (use.card_id, use.code_id):
            places = _places_of(known)
            _write(work, use, places, known)
            return places
        give_back(work, known.promotion_id, known.card_id, known.code_id, _places_of(known))
    places = take_places(work, use.promotion, use.card_id, use.code_id)
    if places.fault is not None:
        if known is not None and known.state in LIVE:
            _close(work, known)
        return places
    _write(work, use, places, known)
    return places


def put_fact(work: Work, use: Use, fault: str, known: Row | None) -> None:
    """Record a use that should not have been: the guest has left with it. It takes no place."""
    _write(work, use, Places(fault=fault), known)


def _write(work: Work, use: Use, places: Places, known: Row | None) -> None:
    values: dict[str, Any] = {
        "code_id": use.code_id,
        "card_id": use.card_id,
        "state": USED if use.held_until is None else HELD,
        "discount_minor": use.discount_minor,
        "points_minor": use.points_minor,
        "occurred_at": use.occurred_at,
        "held_until": use.held_until,
        "released_at": None,
        **places.columns(),
    }
    values["fault"] = places.fault or use.fault
    if known is not None:
        work.connection.execute(
            sa.update(promotion_uses).where(promotion_uses.c.id == known.id).values(values)
        )
        return
    work.connection.execute(
        sa.insert(promotion_uses).values(
            id=work.ids.new(),
            tenant_id=work.tenant_id,
            promotion_id=use.promotion.promotion_id,
            installation_id=work.caller.installation_id,
            order_id=use.order_id,
            created_at=work.now,
            **values,
        )
    )


def release_held(
    work: Work, order_id: str, promotion_id: str | None = None, *, but: str | None = None
) -> int:
    """Let go what an open order holds; return how many.

    Args:
        work: The transaction.
        order_id: The order of the calling installation.
        promotion_id: Only this one.
        but: All except this one, and only those that were taken by a code.
    """
    released = 0
    for row in uses_of_order(work, order_id, lock=True):
        is_wanted = promotion_id in {None, row.promotion_id}
        spared = but is not None and (row.promotion_id == but or row.code_id is None)
        if row.state == HELD and is_wanted and not spared:
            release_use(work, row)
            released += 1
    return released


def release_closed(work: Work, installation_id: str, order_id: str) -> int:
    """Let go what a closed order has used, as it has been given back whole; return how many."""
    table = promotion_uses.c
    rows = work.connection.execute(
        sa.select(promotion_uses)
        .where(
            table.installation_id == installation_id,
            table.order_id == order_id,
            table.tenant_id == work.tenant_id,
            table.state == USED,
        )
        .order_by(table.promotion_id)
        .with_for_update()
    ).all()
    for row in rows:
        release_use(work, row)
    return len(rows)


def release_use(work: Work, row: Row) -> None:
    """Give the places of a locked use back and close it."""
    give_back(work, row.promotion_id, row.card_id, row.code_id, _places_of(row))
    _close(work, row)


def _close(work: Work, row: Row) -> None:
    work.connection.execute(
        sa.update(promotion_uses)
        .where(promotion_uses.c.id == row.id)
        .values(
            state=RELEASED,
            released_at=work.now,
            held_until=None,
            counts_total=False,
            counts_guest=False,
            counts_code=False,
        )
    )


def _places_of(row: Row) -> Places:
    return Places(row.counts_total, row.counts_guest, row.counts_code, row.fault)
