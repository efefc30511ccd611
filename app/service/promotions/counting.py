"""Counting uses: for people who look, and anew when a limit is set on a promotion that runs."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from app.contracts.promotions import PromotionBody
from app.service.kit.work import Work
from app.service.promotions.models import promotion_guest_uses, promotion_uses, promotions
from app.service.promotions.repository import LIVE

_USES = promotion_uses.c


def used_counts(work: Work, promotion_ids: Collection[str]) -> Mapping[str, int]:
    """Return how many uses each promotion has, held ones and those past a limit included."""
    rows = work.connection.execute(
        sa.select(_USES.promotion_id, sa.func.count().label("uses"))
        .where(_USES.promotion_id.in_(promotion_ids), _USES.state.in_(LIVE))
        .group_by(_USES.promotion_id)
    )
    return {row.promotion_id: row.uses for row in rows}


def recount(work: Work, promotion_id: str, body: PromotionBody) -> None:
    """Set the counters of a promotion, whose row is locked, to what its uses say.

    A limit that is new counts what was used before it. One that is lower than that has no room.
    """
    _recount_total(work, promotion_id, is_limited=body.max_uses is not None)
    _recount_guests(work, promotion_id, is_limited=body.max_uses_per_guest is not None)


def _of(promotion_id: str) -> tuple[sa.ColumnElement[bool], ...]:
    return (_USES.promotion_id == promotion_id, _USES.state.in_(LIVE))


def _recount_total(work: Work, promotion_id: str, *, is_limited: bool) -> None:
    connection = work.connection
    connection.execute(
        sa.update(promotion_uses).where(*_of(promotion_id)).values(counts_total=is_limited)
    )
    count = 0
    if is_limited:
        count = (
            connection.scalar(
                sa.select(sa.func.count()).select_from(promotion_uses).where(*_of(promotion_id))
            )
            or 0
        )
    connection.execute(
        sa.update(promotions).where(promotions.c.id == promotion_id).values(used_count=count)
    )


def _recount_guests(work: Work, promotion_id: str, *, is_limited: bool) -> None:
    connection, table = work.connection, promotion_guest_uses
    with_card = _USES.card_id.is_not(None)
    connection.execute(
        sa.update(promotion_uses)
        .where(*_of(promotion_id), with_card)
        .values(counts_guest=is_limited)
    )
    connection.execute(sa.delete(table).where(table.c.promotion_id == promotion_id))
    if is_limited:
        counted = (
            sa.select(_USES.promotion_id, _USES.card_id, sa.func.count())
            .where(*_of(promotion_id), with_card)
            .group_by(_USES.promotion_id, _USES.card_id)
        )
        connection.execute(
            sa.insert(table).from_select(["promotion_id", "card_id", "used_count"], counted)
        )
