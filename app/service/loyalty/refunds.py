"""Refunds (L8): redeemed points come back and earned points are taken back, in proportion.

The proportion of each refund comes from the domain, so that partial refunds sum exactly to the full
one. Redeemed points come back first; of the earned ones what is there is taken, and what is gone is
recorded.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app.contracts import plugin
from app.contracts.errors import ErrorCode
from app.domain.loyalty import RefundShare, refund_share
from app.kernel.text import format_money
from app.service.kit.events import Event, write_events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.ledger.lots import negated
from app.service.loyalty.cards import Card, lock_card, save_card
from app.service.loyalty.models import loyalty_orders, loyalty_refunds
from app.service.loyalty.refund_lots import TakenBack, returned_parts, taken_back
from app.service.loyalty.shortfalls import record_shortfall
from app.service.promotions.uses import release_closed
from app.service.tenants.repository import get_rules

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """A refund of an order. `base_minor` is the whole that all refunds of it are a part of."""

    order_id: str
    refund_id: str
    amount_minor: int
    base_minor: int
    occurred_at: datetime
    card_id: str | None = None
    reason: str | None = None
    cashier_id: str | None = None


def finalize_refund(
    work: Work, request: plugin.FinalizeRefundRequest
) -> plugin.FinalizeRefundResponse:
    """Give an order back by what a plugin says of it.

    Raises:
        ProblemError: The card is unknown, or the refund does not fit the order.
    """
    card = lock_card(work, request.guest_card_id)
    if request.refund_amount > request.original_amount:
        raise ProblemError(ErrorCode.REFUND_EXCEEDS_ORDER)
    refund = RefundOrder(
        order_id=request.order_id,
        refund_id=request.refund_id,
        amount_minor=request.refund_amount,
        base_minor=request.original_amount,
        occurred_at=work.business_time(request.occurred_at),
        card_id=request.guest_card_id,
        reason=request.reason,
    )
    order = find_order_to_refund(work, request.order_id)
    if order is None:
        return _nothing(card)
    if order.card_id != card.card_id:
        raise ProblemError(
            ErrorCode.REFUND_MISMATCH,
            "The order belongs to another card",
            "Заказ относится к другой карте",
        )
    if order.refund_base_minor is None:
        _check_base(order, request.original_amount)
    return refund_order(work, card, order, refund)


def _nothing(card: Card) -> plugin.FinalizeRefundResponse:
    return plugin.FinalizeRefundResponse(
        success=True, points_reversed=0, points_returned=0, new_balance=card.total_minor
    )


def _check_base(order: Row, base_minor: int) -> None:
    # Integrations name the whole as the check before points, or as the money that was paid for it.
    if base_minor not in {order.check_minor, order.paid_minor}:
        raise ProblemError(
            ErrorCode.REFUND_MISMATCH,
            f"The original amount of the order is {format_money(order.check_minor)}",
            f"Исходная сумма заказа {format_money(order.check_minor)}",
        )


def find_order_to_refund(work: Work, order_id: str) -> Row | None:
    """Return the closed check of this id: the caller's own, else another till's of the tenant."""
    rows = work.connection.execute(
        sa.select(loyalty_orders)
        .where(loyalty_orders.c.tenant_id == work.tenant_id, loyalty_orders.c.order_id == order_id)
        .order_by(loyalty_orders.c.created_at.desc())
    ).all()
    for row in rows:
        if row.installation_id == work.caller.installation_id:
            return row
    return rows[0] if rows else None


def refund_order(
    work: Work, card: Card, order: Row, refund: RefundOrder
) -> plugin.FinalizeRefundResponse:
    """Apply a refund to a locked card; the same refund again answers as before.

    Raises:
        ProblemError: REFUND_EXCEEDS_ORDER, REFUND_MISMATCH or DUPLICATE_REFUND.
    """
    known = _find_refund(work, refund.refund_id)
    if known is not None:
        if (known.loyalty_order_id, known.amount_minor) != (order.id, refund.amount_minor):
            raise ProblemError(ErrorCode.DUPLICATE_REFUND)
        return _answer(known._asdict(), again=True)
    if order.refund_base_minor not in {None, refund.base_minor}:
        raise ProblemError(ErrorCode.REFUND_MISMATCH)
    if order.refunded_minor + refund.amount_minor > refund.base_minor:
        left = format_money(refund.base_minor - order.refunded_minor)
        raise ProblemError(
            ErrorCode.REFUND_EXCEEDS_ORDER,
            f"{left} of the order can still be refunded",
            f"По заказу можно вернуть ещё {left}",
        )
    share = refund_share(
        refund_minor=refund.amount_minor,
        refunded_before_minor=order.refunded_minor,
        original_minor=refund.base_minor,
        earned_minor=order.earned_minor,
        redeemed_regular_minor=order.spent_regular_minor,
        redeemed_promo_minor=order.spent_promo_minor,
        spent_minor=order.paid_minor,
        earned_promo_minor=order.earned_promo_minor,
    )
    return _write(work, card, order, refund, share)


def _write(
    work: Work, card: Card, order: Row, refund: RefundOrder, share: RefundShare
) -> plugin.FinalizeRefundResponse:
    back = _post_entries(work, card, order, refund, share)
    card.lifetime_spent_minor = max(0, card.lifetime_spent_minor - share.spent_less_minor)
    save_card(work, card)
    work.connection.execute(
        sa.update(loyalty_orders)
        .where(loyalty_orders.c.id == order.id)
        .values(
            refund_base_minor=refund.base_minor,
            refunded_minor=order.refunded_minor + refund.amount_minor,
        )
    )
    row = {
        "id": work.ids.new(),
        "tenant_id": work.tenant_id,
        "installation_id": work.caller.installation_id,
        "refund_id": refund.refund_id,
        "loyalty_order_id": order.id,
        "amount_minor": refund.amount_minor,
        "reversed_minor": back.parts.total_minor,
        "returned_regular_minor": share.returned_regular_minor,
        "returned_promo_minor": share.returned_promo_minor,
        "shortfall_minor": back.missing_minor,
        "balance_after_minor": card.total_minor,
        "occurred_at": refund.occurred_at,
        "created_at": work.now,
    }
    work.connection.execute(sa.insert(loyalty_refunds).values(row))
    missing = back.missing_minor
    if missing:
        record_shortfall(work, card.card_id, order.order_id, "REFUND", missing, refund.refund_id)
    if order.refunded_minor + refund.amount_minor == refund.base_minor:
        release_closed(work, order.installation_id, order.order_id)
    write_events(work, [_event(card, order, row)])
    return _answer(row, again=False)


def _post_entries(
    work: Work, card: Card, order: Row, refund: RefundOrder, share: RefundShare
) -> TakenBack:
    """Post both movements and return what was taken of the earned points."""
    scope = f"{work.caller.installation_id}:{refund.refund_id}"
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    life = timedelta(days=rules.returned_points_days)
    returned = returned_parts(card, order, refund.amount_minor, refund.base_minor, work.now, life)
    assert returned.promo_minor == share.returned_promo_minor, "the slices are the domain's share"
    assert returned.regular_minor == share.returned_regular_minor, "the slices are the share"
    card.post(
        work,
        EntryKind.REFUND,
        promo_minor=returned.promo_minor,
        regular_minor=returned.regular_minor,
        natural_key=f"RETURN:{scope}",
        cause=_cause(work, order, refund, order.redeem_entry_id),
        dated=returned.dated,
    )
    back = taken_back(card, order, share, refund.base_minor, work.now)
    card.post(
        work,
        EntryKind.REFUND,
        promo_minor=-back.parts.promo_minor,
        regular_minor=-back.parts.regular_minor,
        natural_key=f"REVERSE:{scope}",
        cause=_cause(work, order, refund, order.earn_entry_id),
        dated=negated(back.parts.dated),
    )
    return back


def _cause(work: Work, order: Row, refund: RefundOrder, reverses_id: str | None) -> Cause:
    return Cause(
        occurred_at=refund.occurred_at,
        order_id=order.order_id,
        refund_id=refund.refund_id,
        installation_id=work.caller.installation_id,
        cashier_id=refund.cashier_id,
        rules_id=order.rules_id,
        level_id=order.level_id,
        reverses_id=reverses_id,
        reason=refund.reason,
    )


def _event(card: Card, order: Row, row: dict[str, Any]) -> Event:
    return Event(
        "transaction.refund",
        {
            "guestCardId": card.card_id,
            "guestId": card.guest_id,
            "orderId": order.order_id,
            "refundId": row["refund_id"],
            "reversed": row["reversed_minor"],
            "returned": row["returned_regular_minor"] + row["returned_promo_minor"],
        },
    )


def _find_refund(work: Work, refund_id: str) -> Row | None:
    return work.connection.execute(
        sa.select(loyalty_refunds).where(
            loyalty_refunds.c.installation_id == work.caller.installation_id,
            loyalty_refunds.c.refund_id == refund_id,
        )
    ).first()


def _answer(row: dict[str, Any], *, again: bool) -> plugin.FinalizeRefundResponse:
    return plugin.FinalizeRefundResponse(
        success=True,
        points_reversed=row["reversed_minor"],
        points_returned=row["returned_regular_minor"] + row["returned_promo_minor"],
        new_balance=row["balance_after_minor"],
        already_processed=again,
        shortfall=row["shortfall_minor"] or None,
    )
