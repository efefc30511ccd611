"""Recording a sale: the order with its lines and payments, and its loyalty, in one transaction."""

import hashlib
from typing import Any

import sqlalchemy as sa

from app.contracts import sync
from app.contracts.errors import ErrorCode
from app.contracts.plugin import FinalizeResponse
from app.domain.loyalty import CheckItem
from app.service.guests.models import guest_favourites
from app.service.guests.service import find_alias
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.closing import Closing, ClosingAction, close_check
from app.service.orders.models import order_lines, order_payments, orders
from app.service.orders.registrations import NO_ID
from app.service.orders.totals import check_sale
from app.service.promotions.closing import promotions_of_sale, settle_without_guest


def record_sale(work: Work, payload: sync.SalePayload) -> sync.SyncResult:
    """Write a sale and apply it to its guest's card; the same sale again changes nothing.

    Raises:
        ProblemError: The sums do not agree, the id is another sale's, or loyalty refuses.
    """
    mark = hashlib.sha256(payload.to_wire_json().encode()).hexdigest()
    known = work.connection.execute(
        sa.select(orders.c.tenant_id, orders.c.fingerprint, orders.c.card_id).where(
            orders.c.id == payload.sale_id
        )
    ).first()
    if known is not None:
        if (known.tenant_id, known.fingerprint) != (work.tenant_id, mark):
            raise ProblemError(ErrorCode.DUPLICATE_CHECK)
        return _result(payload, known.card_id, None, again=True)
    check_sale(payload)
    card_id = guest_card(work, payload.loyalty) if payload.loyalty else None
    closed = _apply_loyalty(work, payload, card_id) if card_id else None
    _write_order(work, payload, card_id, closed, mark)
    _write_lines(work, payload)
    write_payments(work, payload.sale_id, payload.tenders)
    if card_id is not None:
        _count_favourites(work, card_id, payload)
    else:
        settle_without_guest(work, payload, _items(payload))
    return _result(payload, card_id, closed, again=False)


def guest_card(work: Work, loyalty: sync.SaleLoyalty) -> str:
    """Return the card a sale is about, also by the id the till gave the guest offline.

    Raises:
        ProblemError: GUEST_NOT_FOUND when neither id is known.
    """
    if loyalty.guest_card_id is not None:
        return find_alias(work, loyalty.guest_card_id) or loyalty.guest_card_id
    card_id = find_alias(work, loyalty.client_guest_id) if loyalty.client_guest_id else None
    if card_id is None:
        raise ProblemError(ErrorCode.GUEST_NOT_FOUND)
    return card_id


def _apply_loyalty(work: Work, payload: sync.SalePayload, card_id: str) -> FinalizeResponse:
    loyalty = payload.loyalty
    assert loyalty is not None, "only sales with a guest come here"
    return close_check(
        work,
        Closing(
            card_id=card_id,
            order_id=payload.sale_id,
            check_minor=payload.totals.gross - payload.totals.discount,
            items=_items(payload),
            action=ClosingAction(loyalty.action.value),
            occurred_at=work.business_time(payload.occurred_at, payload.clock_offset_ms),
            reservation_id=loyalty.reservation_id,
            spend_minor=loyalty.points_spent,
            cashier_id=payload.cashier_id,
            is_past=True,
            discount_included=True,
            promotions=promotions_of_sale(payload),
        ),
    )


def _items(payload: sync.SalePayload) -> tuple[CheckItem, ...]:
    return tuple(
        CheckItem(
            line.name,
            line.total + line.points_share,
            not line.excluded_from_earning,
            not line.excluded_from_redeeming,
        )
        for line in payload.lines
    )


def _write_order(
    work: Work,
    payload: sync.SalePayload,
    card_id: str | None,
    closed: FinalizeResponse | None,
    mark: str,
) -> None:
    totals = payload.totals
    work.connection.execute(
        sa.insert(orders).values(
            id=payload.sale_id,
            tenant_id=work.tenant_id,
            installation_id=work.caller.installation_id,
            order_number=payload.order_number,
            shift_id=payload.shift_id,
            cashier_id=payload.cashier_id,
            occurred_at=work.business_time(payload.occurred_at, payload.clock_offset_ms),
            clock_offset_ms=payload.clock_offset_ms,
            gross_minor=totals.gross,
            discount_minor=totals.discount,
            points_minor=totals.points,
            rounding_minor=totals.rounding,
            due_minor=totals.due,
            tax_minor=totals.tax,
            refunded_minor=0,
            card_id=card_id,
            loyalty_order_id=closed.transaction_id if closed else None,
            note=payload.note,
            fingerprint=mark,
            created_at=work.now,
        )
    )


def _write_lines(work: Work, payload: sync.SalePayload) -> None:
    rows: list[dict[str, Any]] = [
        {
            "order_id": payload.sale_id,
            "line_id": line.line_id,
            "position": position,
            "product_id": line.product_id,
            "variant_id": line.variant_id,
            "name": line.name,
            "quantity_milli": line.quantity_milli,
            "unit_price_minor": line.unit_price,
            "modifiers": [modifier.to_wire() for modifier in line.modifiers],
            "gross_minor": line.gross,
            "discount_minor": line.discount,
            "points_minor": line.points_share,
            "total_minor": line.total,
            "tax_id": line.tax_id,
            "tax_percent_bp": line.tax_percent_bp,
            "tax_minor": line.tax_amount,
            "note": line.note,
        }
        for position, line in enumerate(payload.lines)
    ]
    work.connection.execute(sa.insert(order_lines), rows)


def write_payments(
    work: Work,
    order_id: str,
    tenders: tuple[sync.SaleTender, ...],
    refund_id: str | None = None,
) -> None:
    """Write the payments of a sale, or of a refund: those are negative."""
    sign = 1 if refund_id is None else -1
    rows = [
        {
            "id": work.ids.new(),
            "order_id": order_id,
            "payment_id": tender.payment_id,
            "refund_id": refund_id,
            "kind": tender.kind.value,
            "amount_minor": sign * tender.amount,
            "received_minor": tender.received,
            "change_minor": tender.change,
            "reference": tender.reference.to_wire() if tender.reference else None,
        }
        for tender in tenders
    ]
    if rows:
        work.connection.execute(sa.insert(order_payments), rows)


def _count_favourites(work: Work, card_id: str, payload: sync.SalePayload) -> None:
    table = guest_favourites
    for product_id in sorted({line.product_id for line in payload.lines}):
        where = (table.c.card_id == card_id, table.c.product_id == product_id)
        raised = work.connection.execute(
            sa.update(table).where(*where).values(times=table.c.times + 1)
        )
        if raised.rowcount == 0:
            work.connection.execute(
                sa.insert(table).values(card_id=card_id, product_id=product_id, times=1)
            )


def _result(
    payload: sync.SalePayload,
    card_id: str | None,
    closed: FinalizeResponse | None,
    *,
    again: bool,
) -> sync.SyncResult:
    return sync.SyncResult(
        operation_id=NO_ID,
        status=sync.SyncStatus.SUCCESS,
        server_id=payload.sale_id,
        guest_card_id=card_id,
        points_spent=closed.points_spent if closed else None,
        points_earned=closed.points_earned if closed else None,
        shortfall=closed.shortfall if closed else None,
        already_processed=again,
    )
