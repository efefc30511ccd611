"""Checks that the company's own programs book: earn, or redeem at once and earn on the rest.

They go the way of a till's check, so that the same limits, levels and events apply.
"""

import sqlalchemy as sa

from app.contracts import plugin
from app.contracts.errors import ErrorCode
from app.contracts.transactions import (
    BookedResponse,
    EarnRequest,
    RedeemRequest,
    TransactionRequest,
)
from app.service.guests.models import guests
from app.service.guests.service import find_card_id, read_phone
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.closing import find_loyalty_order
from app.service.loyalty.finalizing import finalize_points
from app.service.loyalty.models import cards, loyalty_orders
from app.service.loyalty.reservations import reserve_points


def book_earn(work: Work, request: EarnRequest) -> BookedResponse:
    """Close a check that only earns.

    Raises:
        ProblemError: The guest is unknown, or the order is closed otherwise.
    """
    message = _closing(request, _card_of(work, request), plugin.FinalizeAction.EARN_ONLY, None)
    return _booked(work, finalize_points(work, message))


def book_redeem(work: Work, request: RedeemRequest) -> BookedResponse:
    """Close a check that redeems points and earns on the money part.

    Raises:
        ProblemError: The guest is unknown, the points are too many, or the order is closed otherwise.
    """
    card_id = _card_of(work, request)
    known = find_loyalty_order(work, request.order_id)
    if known is not None:
        return _again(work, request, card_id)
    reserved = reserve_points(
        work,
        plugin.ReservePointsRequest(
            guest_card_id=card_id,
            order_id=request.order_id,
            points_to_spend=request.points,
            check_amount=request.check_amount,
            items=request.items,
        ),
    )
    action = plugin.FinalizeAction.SPEND
    message = _closing(request, card_id, action, reserved.reservation_id)
    return _booked(work, finalize_points(work, message))


def book_transaction(work: Work, request: TransactionRequest) -> BookedResponse:
    """Close a check of either kind."""
    if request.points is None:
        return book_earn(work, request)
    fields = {name: getattr(request, name) for name in RedeemRequest.model_fields}
    return book_redeem(work, RedeemRequest(**fields))


def _again(work: Work, request: RedeemRequest, card_id: str) -> BookedResponse:
    """Answer for an order that is closed: as before if it redeemed the same."""
    message = _closing(request, card_id, plugin.FinalizeAction.EARN_ONLY, None)
    answer = finalize_points(work, message)
    if answer.points_spent != request.points:
        raise ProblemError(ErrorCode.DUPLICATE_CHECK)
    return _booked(work, answer)


def _closing(
    request: EarnRequest, card_id: str, action: plugin.FinalizeAction, reservation_id: str | None
) -> plugin.FinalizePointsRequest:
    return plugin.FinalizePointsRequest(
        reservation_id=reservation_id,
        guest_card_id=card_id,
        order_id=request.order_id,
        check_amount=request.check_amount,
        action=action,
        items=request.items,
        occurred_at=request.occurred_at,
        cashier_id=request.cashier_id,
    )


def _card_of(work: Work, request: EarnRequest) -> str:
    if request.guest_card_id is not None:
        return request.guest_card_id
    if request.phone is not None:
        found = find_card_id(work, read_phone(request.phone))
    else:
        found = work.connection.execute(
            sa.select(cards.c.id)
            .join(guests, guests.c.id == cards.c.guest_id)
            .where(guests.c.tenant_id == work.tenant_id, guests.c.id == request.guest_id)
        ).scalar()
    if found is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    return found


def _booked(work: Work, answer: plugin.FinalizeResponse) -> BookedResponse:
    entries = work.connection.execute(
        sa.select(loyalty_orders.c.redeem_entry_id, loyalty_orders.c.earn_entry_id).where(
            loyalty_orders.c.tenant_id == work.tenant_id,
            loyalty_orders.c.id == answer.transaction_id,
        )
    ).one()
    fields = {name: getattr(answer, name) for name in plugin.FinalizeResponse.model_fields}
    made = tuple(entry for entry in entries if entry is not None)
    return BookedResponse(**fields, movement_ids=made)
