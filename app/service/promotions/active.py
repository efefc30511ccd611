"""What tills compute with: all promotions that are switched on and not over, with their countdowns."""

import sqlalchemy as sa

from app.contracts.promotions import ActivePromotion, ActivePromotionsResponse, PromotionBody
from app.domain.promotion.applying import countdown_end
from app.domain.promotion.hours import is_within, next_run
from app.domain.promotion.rules import Promotion
from app.service.kit.work import Work
from app.service.promotions.models import promotions
from app.service.promotions.repository import ON, Row, venue_zone
from app.service.promotions.service import SUBJECT
from app.service.tills.versions import get_version


def active_version(work: Work) -> str:
    """Return the number that each change of a promotion raises."""
    return get_version(work.connection, work.tenant_id, SUBJECT)


def active_promotions(work: Work) -> ActivePromotionsResponse:
    """Return what a till needs to decide promotions without the service."""
    zone = venue_zone(work)
    table = promotions.c
    rows = work.connection.execute(
        sa.select(promotions)
        .where(
            table.tenant_id == work.tenant_id,
            table.state.in_(ON),
            sa.or_(table.ends_at.is_(None), table.ends_at > work.now),
        )
        .order_by(table.priority.desc(), table.id)
    ).all()
    return ActivePromotionsResponse(
        version=active_version(work),
        server_time=work.now,
        timezone=zone.key,
        promotions=tuple(_view(work, row) for row in rows),
    )


def _view(work: Work, row: Row) -> ActivePromotion:
    body = PromotionBody.from_wire(row.body)
    promotion = body.to_domain(row.id)
    local = work.now.astimezone(venue_zone(work))
    runs = _runs(promotion, work)
    following = next_run(promotion.conditions.hours, promotion.conditions.weekdays, local)
    return ActivePromotion(
        **{name: getattr(body, name) for name in PromotionBody.model_fields},
        id=row.id,
        runs=runs,
        run_ends_at=countdown_end(promotion, local) if runs else None,
        next_run_at=following.begins if following and not runs else None,
        uses_left=None if row.max_uses is None else max(0, row.max_uses - row.used_count),
    )


def _runs(promotion: Promotion, work: Work) -> bool:
    conditions = promotion.conditions
    local = work.now.astimezone(venue_zone(work))
    if promotion.starts_at is not None and work.now < promotion.starts_at:
        return False
    if conditions.hours is None:
        return not conditions.weekdays or local.isoweekday() in conditions.weekdays
    return is_within(conditions.hours, conditions.weekdays, local)
