"""What a check would give: reads the lines as the domain wants them and asks the domain."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from app.contracts import plugin
from app.domain.catalog import above
from app.domain.loyalty import BenefitType, CheckItem
from app.kernel.money import allocate
from app.service.catalog.models import products
from app.service.kit.work import Work
from app.service.loyalty.cards import read_card
from app.service.promotions.answers import explanations, promotions_answer
from app.service.promotions.evaluation import Check, evaluate, goods_of, sums_of
from app.service.promotions.repository import parents_of_categories
from app.service.tenants.repository import get_rules


def check_items(
    work: Work,
    check_minor: int,
    items: Sequence[plugin.CheckItem] | None,
    at: datetime | None = None,
) -> tuple[CheckItem, ...]:
    """Return the lines of a check with what menu and rules say about earning and redeeming.

    Lines that cost more than the check (it has a discount of its own) are scaled down to it; what
    they cost less than the check is one more line without exclusions.

    Args:
        work: The transaction.
        check_minor: What the check costs.
        items: Its lines, if they are known.
        at: Whose moment's rules exclude categories; now, if nothing is said.
    """
    if not items:
        return (CheckItem("", check_minor),)
    flags = _exclusions(work, items, at or work.now)
    totals = [item.total for item in items]
    rest = check_minor - sum(totals)
    if rest < 0:
        totals = allocate(check_minor, totals)
    result = []
    for item, total in zip(items, totals, strict=True):
        result.append(CheckItem(item.name, total, *flags[item.product_id, item.category_id]))
    if rest > 0:
        result.append(CheckItem("", rest))
    return tuple(result)


def _exclusions(
    work: Work, items: Sequence[plugin.CheckItem], at: datetime
) -> dict[tuple[str, str | None], tuple[bool, bool]]:
    """Tell of each product, with the category the caller names, whether it earns and takes points."""
    rows = work.connection.execute(
        sa.select(
            products.c.id,
            products.c.category_id,
            products.c.excluded_from_earning,
            products.c.excluded_from_redeeming,
        ).where(
            products.c.tenant_id == work.tenant_id,
            products.c.id.in_({item.product_id for item in items}),
        )
    )
    known = {row.id: row for row in rows}
    rules = get_rules(work.connection, work.tenant_id, at).rules
    parents = parents_of_categories(work) if rules.excludes_categories else {}
    flags = {}
    for item in items:
        row = known.get(item.product_id)
        groups = above(item.category_id, parents) | above(row.category_id if row else None, parents)
        flags[item.product_id, item.category_id] = (
            rules.earns_in(groups) and not (row and row.excluded_from_earning),
            rules.redeems_in(groups) and not (row and row.excluded_from_redeeming),
        )
    return flags


def calculate_check(work: Work, request: plugin.CalculateRequest) -> plugin.CalculateResponse:
    """Answer what a guest may redeem and would earn; nothing is changed."""
    card = read_card(work, request.guest_card_id)
    version = get_rules(work.connection, work.tenant_id, work.now)
    level = version.rules.level_by_id(card.level_id)
    evaluation = evaluate(
        work,
        Check(
            request.order_id,
            check_items(work, request.check_amount, request.items),
            goods_of(request.items),
            work.now,
            request.promo_code,
            taken_off=sums_of(request.promotions),
        ),
        rules=version.rules,
        level=level,
        card=card,
        spend_minor=request.points_to_spend or 0,
    )
    result = evaluation.result.calculation
    is_discount = result.benefit is BenefitType.DISCOUNT
    return plugin.CalculateResponse(
        benefit_type=result.benefit,
        regular_balance=card.regular_minor,
        promo_balance=card.promo_minor,
        max_allowed_to_spend=result.max_spend_minor,
        points_to_earn=result.points_to_earn_minor,
        discount_percent=result.discount_percent_bp if is_discount else None,
        discount_amount=result.discount_minor if is_discount else None,
        level_name=level.name,
        refusal=result.refusal.value if result.refusal else None,
        explanation=explanations(evaluation.explanation()),
        promotions=promotions_answer(evaluation),
    )
