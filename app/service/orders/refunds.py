"""Recording a refund of a sale and giving its points back, in one transaction."""

import hashlib
from typing import Any

import sqlalchemy as sa

from app.contracts import sync
from app.contracts.errors import ErrorCode
from app.contracts.plugin import FinalizeRefundResponse
from app.kernel.text import format_money
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import lock_card
from app.service.loyalty.models import loyalty_orders
from app.service.loyalty.refunds import RefundOrder, refund_order
from app.service.orders.models import order_refunds, orders
from app.service.orders.registrations import NO_ID
from app.service.orders.sales import write_payments
from app.service.orders.totals import check_refund
from app.service.promotions.uses import release_closed

Row = sa.Row[*tuple[Any, ...]]


def record_refund(work: Work, payload: sync.RefundPayload) -> sync.SyncResult:
    """Write a refund and reverse its share of the points; the same refund again changes nothing.

    Raises:
        ProblemError: The sale is unknown, or the refund does not fit it.
    """
    mark = hashlib.sha256(payload.to_wire_json().encode()).hexdigest()
    known = work.connection.execute(
        sa.select(order_refunds.c.tenant_id, order_refunds.c.fingerprint).where(
            order_refunds.c.id == payload.refund_id
        )
    ).first()
    if known is not None:
        if tuple(known) != (work.tenant_id, mark):
            raise ProblemError(ErrorCode.DUPLICATE_REFUND)
        return _result(payload, None, None, again=True)
    check_refund(payload)
    order = _lock_order(work, payload)
    _write(work, payload, order, mark)
    reversed_ = _reverse_points(work, payload, order) if order.loyalty_order_id else None
    if reversed_ is None and order.refunded_minor + payload.amount == order.due_minor:
        release_closed(work, order.installation_id, order.id)
    return _result(payload, order.card_id, reversed_, again=False)


def _lock_order(work: Work, payload: sync.RefundPayload) -> Row:
    order = work.connection.execute(
        sa.select(orders)
        .where(orders.c.id == payload.sale_id, orders.c.tenant_id == work.tenant_id)
        .with_for_update()
    ).first()
    if order is None:
        raise ProblemError(ErrorCode.ORDER_NOT_FOUND)
    if payload.original_amount != order.due_minor:
        raise ProblemError(
            ErrorCode.REFUND_MISMATCH,
            f"The sale came to {format_money(order.due_minor)}",
            f"Сумма продажи {format_money(order.due_minor)}",
        )
    left = order.due_minor - order.refunded_minor
    if payload.amount > left:
        raise ProblemError(
            ErrorCode.REFUND_EXCEEDS_ORDER,
            f"{format_money(left)} of the sale can still be refunded",
            f"По продаже можно вернуть ещё {format_money(left)}",
        )
    return order


def _write(work: Work, payload: sync.RefundPayload, order: Row, mark: str) -> None:
    work.connection.execute(
        sa.insert(order_refunds).values(
            id=payload.refund_id,
            tenant_id=work.tenant_id,
            installation_id=work.caller.installation_id,
            order_id=order.id,
            shift_id=payload.shift_id,
            cashier_id=payload.cashier_id,
            amount_minor=payload.amount,
            reason=payload.reason,
            lines=[line.to_wire() for line in payload.lines],
            fingerprint=mark,
            occurred_at=work.business_time(payload.occurred_at, payload.clock_offset_ms),
            created_at=work.now,
        )
    )
    work.connection.execute(
        sa.update(orders)
        .where(orders.c.id == order.id)
        .values(refunded_minor=order.refunded_minor + payload.amount)
    )
    write_payments(work, order.id, payload.tenders, payload.refund_id)


def _reverse_points(work: Work, payload: sync.RefundPayload, order: Row) -> FinalizeRefundResponse:
    card = lock_card(work, order.card_id)
    closed = work.connection.execute(
        sa.select(loyalty_orders).where(loyalty_orders.c.id == order.loyalty_order_id)
    ).one()
    return refund_order(
        work,
        card,
        closed,
        RefundOrder(
            order_id=order.id,
            refund_id=payload.refund_id,
            amount_minor=payload.amount,
            base_minor=order.due_minor,
            occurred_at=work.business_time(payload.occurred_at, payload.clock_offset_ms),
            card_id=order.card_id,
            reason=payload.reason,
            cashier_id=payload.cashier_id,
        ),
    )


def _result(
    payload: sync.RefundPayload,
    card_id: str | None,
    reversed_: FinalizeRefundResponse | None,
    *,
    again: bool,
) -> sync.SyncResult:
    return sync.SyncResult(
        operation_id=NO_ID,
        status=sync.SyncStatus.SUCCESS,
        server_id=payload.refund_id,
        guest_card_id=card_id,
        points_reversed=reversed_.points_reversed if reversed_ else None,
        points_returned=reversed_.points_returned if reversed_ else None,
        shortfall=reversed_.shortfall if reversed_ else None,
        already_processed=again,
    )
