"""How calls and synchronised sales tell what promotions did to the check that they close."""

from collections.abc import Callable, Sequence

from app.contracts import plugin, sync
from app.domain.loyalty import CheckItem
from app.service.kit.work import Work
from app.service.loyalty.closing import Bonus, GuestCheck
from app.service.promotions.evaluation import Goods, goods_of, sums_of
from app.service.promotions.settling import Claims, ClosedCheck, settle
from app.service.tenants.repository import get_rules

Closes = Callable[[Work, GuestCheck], tuple[Bonus, ...]]


def promotions_of_call(
    request: plugin.FinalizePointsRequest | plugin.FinalizeDiscountRequest,
) -> Closes:
    """Return what settles the promotions of a check that a plugin closes."""
    claims = Claims(
        order_id=request.order_id,
        goods=goods_of(request.items),
        code=request.promo_code,
        taken_off=sums_of(request.promotions),
    )
    return lambda work, check: _settle(work, claims, check)


def promotions_of_check(order_id: str, items: Sequence[plugin.CheckItem] | None) -> Closes:
    """Return what settles the promotions of a check that another system closed and tells of."""
    claims = Claims(order_id=order_id, goods=goods_of(items), is_past=True)
    return lambda work, check: _settle(work, claims, check)


def promotions_of_sale(payload: sync.SalePayload) -> Closes:
    """Return what settles the promotions of a sale that was closed at a till."""
    claims = _claims_of_sale(payload)
    return lambda work, check: _settle(work, claims, check)


def settle_without_guest(work: Work, payload: sync.SalePayload, items: Sequence[CheckItem]) -> None:
    """Record what a sale without a guest has used."""
    claims = _claims_of_sale(payload)
    if claims.is_empty:
        return
    occurred_at = work.business_time(payload.occurred_at, payload.clock_offset_ms)
    rules = get_rules(work.connection, work.tenant_id, occurred_at).rules
    settle(work, claims, ClosedCheck(tuple(items), occurred_at, rules, rules.levels[0]))


def _claims_of_sale(payload: sync.SalePayload) -> Claims:
    return Claims(
        order_id=payload.sale_id,
        goods=tuple(Goods(line.product_id, line.quantity_milli) for line in payload.lines),
        code=payload.promo_code,
        taken_off=sums_of(payload.promotions),
        is_past=True,
    )


def _settle(work: Work, claims: Claims, check: GuestCheck) -> tuple[Bonus, ...]:
    closed = ClosedCheck(
        check.items,
        check.occurred_at,
        check.rules,
        check.level,
        check.card,
        check.spend_minor,
        check.earns,
    )
    return tuple(
        Bonus(one.promotion_id, one.points_minor, one.ends_at)
        for one in settle(work, claims, closed)
    )
