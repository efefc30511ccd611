"""The finalise calls of plugins, turned into closed checks."""

from app.contracts import plugin
from app.service.kit.work import Work
from app.service.loyalty.checks import check_items
from app.service.loyalty.closing import Closing, ClosingAction, close_check
from app.service.promotions.closing import promotions_of_call


def finalize_points(work: Work, request: plugin.FinalizePointsRequest) -> plugin.FinalizeResponse:
    """Close a check that redeems held points, or only earns."""
    return close_check(
        work,
        Closing(
            card_id=request.guest_card_id,
            order_id=request.order_id,
            check_minor=request.check_amount,
            items=check_items(
                work, request.check_amount, request.items, work.business_time(request.occurred_at)
            ),
            action=ClosingAction(request.action.value),
            occurred_at=work.business_time(request.occurred_at),
            reservation_id=request.reservation_id,
            spend_minor=request.points_to_spend,
            cashier_id=request.cashier_id,
            promotions=promotions_of_call(request),
        ),
    )


def finalize_discount(
    work: Work, request: plugin.FinalizeDiscountRequest
) -> plugin.FinalizeResponse:
    """Close a check that has a fixed percentage."""
    return close_check(
        work,
        Closing(
            card_id=request.guest_card_id,
            order_id=request.order_id,
            check_minor=request.check_amount,
            items=check_items(
                work, request.check_amount, request.items, work.business_time(request.occurred_at)
            ),
            action=ClosingAction.DISCOUNT,
            occurred_at=work.business_time(request.occurred_at),
            reservation_id=request.reservation_id,
            cashier_id=request.cashier_id,
            promotions=promotions_of_call(request),
        ),
    )
