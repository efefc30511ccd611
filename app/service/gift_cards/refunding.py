"""Money of an order that goes back to the card that paid for it, any number of times up to the whole."""

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.contracts import gift_cards as wire
from app.contracts.errors import ErrorCode
from app.contracts.gift_card_codes import mask_code
from app.contracts.gift_cards import GiftCardStatus
from app.kernel.text import format_money
from app.service.gift_cards.cards import (
    GiftCard,
    GiftCause,
    GiftEntryKind,
    find_entry,
    lock_gift_card,
    save_gift_card,
)
from app.service.gift_cards.models import gift_card_entries
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work

#: A card whose time is over works again so long after money came back to it.
REVIVED_FOR: Final = timedelta(days=30)

Row = sa.Row[*tuple[Any, ...]]


def refund_gift_card(
    work: Work, card_id: str | None, request: wire.RefundGiftCardRequest
) -> wire.RefundGiftCardResponse:
    """Give money of an order back to its card; the same refund again answers as before.

    A stopped card takes the money and stays stopped; one whose time is over works for a month more.

    Raises:
        ProblemError: ORDER_NOT_FOUND, REFUND_MISMATCH, REFUND_EXCEEDS_ORDER or DUPLICATE_REFUND.
    """
    paid = _payment(work, request.order_id, card_id)
    card = lock_gift_card(work, paid.gift_card_id)
    key = f"REFUND:{card.card_id}:{work.caller.installation_id}:{request.refund_id}"
    known = find_entry(work, key)
    if known is not None:
        if (known.reverses_id, known.delta_minor) != (paid.id, request.amount):
            raise ProblemError(ErrorCode.DUPLICATE_REFUND)
        return _answer(card, known.id, request, again=True)
    _require_left(work, paid, request.amount)
    cause = GiftCause(
        occurred_at=work.business_time(request.occurred_at),
        order_id=request.order_id,
        refund_id=request.refund_id,
        cashier_id=request.cashier_id,
        reverses_id=paid.id,
        reason=request.reason,
    )
    _revive(work, card)
    entry_id = card.post(work, GiftEntryKind.REFUND, request.amount, key, cause)
    save_gift_card(work, card)
    return _answer(card, entry_id, request, again=False)


def _payment(work: Work, order_id: str, card_id: str | None) -> Row:
    """Return the movement by which a card paid for an order: the caller's own first."""
    entry = gift_card_entries.c
    found = sa.select(gift_card_entries).where(
        entry.tenant_id == work.tenant_id,
        entry.order_id == order_id,
        entry.kind == GiftEntryKind.REDEEM.value,
    )
    if card_id is not None:
        found = found.where(entry.gift_card_id == card_id)
    rows = work.connection.execute(found.order_by(entry.created_at.desc())).all()
    own = [row for row in rows if row.installation_id == work.caller.installation_id]
    rows = own or list(rows)
    if not rows:
        raise ProblemError(ErrorCode.ORDER_NOT_FOUND)
    if len({row.gift_card_id for row in rows}) > 1:
        raise ProblemError(
            ErrorCode.REFUND_MISMATCH,
            "Several gift cards paid for the order: name the card",
            "Заказ оплачен несколькими картами: укажите карту",
        )
    return rows[0]


def _require_left(work: Work, paid: Row, amount_minor: int) -> None:
    refunded = work.connection.execute(
        sa.select(sa.func.coalesce(sa.func.sum(gift_card_entries.c.delta_minor), 0)).where(
            gift_card_entries.c.reverses_id == paid.id
        )
    ).scalar_one()
    left = -paid.delta_minor - int(refunded)
    if amount_minor > left:
        said = format_money(left)
        raise ProblemError(
            ErrorCode.REFUND_EXCEEDS_ORDER,
            f"{said} of what the card paid can still be refunded",
            f"На карту можно вернуть ещё {said}",
        )


def _revive(work: Work, card: GiftCard) -> None:
    if not card.is_over(work.now):
        return
    card.expires_at = work.now + REVIVED_FOR
    if card.status is GiftCardStatus.EXPIRED:
        is_stopped = card.blocked_reason is not None
        card.status = GiftCardStatus.BLOCKED if is_stopped else GiftCardStatus.ACTIVE


def _answer(
    card: GiftCard, entry_id: str, request: wire.RefundGiftCardRequest, *, again: bool
) -> wire.RefundGiftCardResponse:
    return wire.RefundGiftCardResponse(
        success=True,
        gift_card_id=card.card_id,
        masked_code=mask_code(card.last4),
        order_id=request.order_id,
        refunded_amount=request.amount,
        balance=card.balance_minor,
        transaction_id=entry_id,
        expires_at=card.expires_at,
        already_processed=again,
    )
