"""Lists of promotions, promo codes and uses."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from app.contracts.promotions import (
    PromoCodeView,
    PromotionState,
    PromotionUseState,
    PromotionUseView,
    PromotionView,
    normalize_code,
)
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing, Row, dated_column
from app.service.kit.work import Work
from app.service.promotions.codes import code_view
from app.service.promotions.counting import used_counts
from app.service.promotions.models import promo_codes, promotion_uses, promotions
from app.service.promotions.service import promotion_view

_P, _C, _U = promotions.c, promo_codes.c, promotion_uses.c


def _by_name(text: str) -> sa.ColumnElement[bool]:
    # SQLite compares capitals of Latin letters only, so the usual ways of writing are all tried.
    ways = {text, text.lower(), text.capitalize(), text.upper()}
    return sa.or_(*(_P.name.contains(way, autoescape=True) for way in sorted(ways)))


def _promotion_views(work: Work, rows: Sequence[Row]) -> list[PromotionView]:
    counts = used_counts(work, [row.id for row in rows])
    return [promotion_view(row, counts.get(row.id, 0)) for row in rows]


PROMOTIONS: Final = Listing(
    name="promotions",
    model=PromotionView,
    statement=sa.select(promotions),
    tenant=_P.tenant_id,
    identity=_P.id,
    counted=promotions,
    sort="createdAt",
    search=_by_name,
    views=_promotion_views,
    columns=(
        dated_column("createdAt", _P.created_at),
        ListColumn(name="name", column=_P.name, sorts=True),
        ListColumn(name="priority", column=_P.priority, kind=Kind.COUNT, sorts=True),
        ListColumn(name="startsAt", column=_P.starts_at, kind=Kind.MOMENT, sorts=True),
        ListColumn(name="endsAt", column=_P.ends_at, kind=Kind.MOMENT, sorts=True),
        ListColumn(name="needsCode", column=_P.needs_code, kind=Kind.FLAG, filters=True),
        ListColumn(
            name="state",
            column=_P.state,
            filters=True,
            choices=tuple(state.value for state in PromotionState),
        ),
    ),
)


def _code_views(work: Work, rows: Sequence[Row]) -> list[PromoCodeView]:
    return [code_view(work, row) for row in rows]


def _by_code(text: str) -> sa.ColumnElement[bool]:
    return _C.code.startswith(normalize_code(text), autoescape=True)


CODES: Final = Listing(
    name="promo-codes",
    model=PromoCodeView,
    statement=sa.select(promo_codes),
    tenant=_C.tenant_id,
    identity=_C.id,
    counted=promo_codes,
    sort="createdAt",
    search=_by_code,
    views=_code_views,
    columns=(
        dated_column("createdAt", _C.created_at),
        ListColumn(name="code", column=_C.code, sorts=True, filters=True),
        ListColumn(
            name="usedCount",
            column=_C.used_count,
            kind=Kind.COUNT,
            sorts=True,
            least="minUsed",
            most="maxUsed",
        ),
        ListColumn(name="promotionId", column=_C.promotion_id, filters=True),
        ListColumn(name="batchId", column=_C.batch_id, filters=True),
    ),
)


def _use_views(_work: Work, rows: Sequence[Row]) -> list[PromotionUseView]:
    return [
        PromotionUseView(
            id=row.id,
            promotion_id=row.promotion_id,
            promo_code_id=row.code_id,
            order_id=row.order_id,
            guest_card_id=row.card_id,
            state=PromotionUseState(row.state),
            discount=row.discount_minor,
            points=row.points_minor,
            fault=row.fault,
            occurred_at=row.occurred_at,
            held_until=row.held_until,
            created_at=row.created_at,
        )
        for row in rows
    ]


USES: Final = Listing(
    name="promotion-uses",
    model=PromotionUseView,
    statement=sa.select(promotion_uses),
    tenant=_U.tenant_id,
    identity=_U.id,
    counted=promotion_uses,
    sort="createdAt",
    views=_use_views,
    columns=(
        dated_column("createdAt", _U.created_at),
        ListColumn(name="promotionId", column=_U.promotion_id, filters=True),
        ListColumn(name="orderId", column=_U.order_id, filters=True),
        ListColumn(name="guestCardId", column=_U.card_id, filters=True),
        ListColumn(name="fault", column=_U.fault, filters=True),
        ListColumn(
            name="state",
            column=_U.state,
            filters=True,
            choices=tuple(state.value for state in PromotionUseState),
        ),
    ),
)
