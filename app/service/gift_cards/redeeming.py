"""Paying with a card: at once, or held and captured; each card once for an order, for ever."""

from app.contracts import gift_cards as wire
from app.contracts.errors import ErrorCode
from app.contracts.gift_card_codes import mask_code
from app.kernel.text import format_money
from app.service.gift_cards.cards import (
    GiftCard,
    GiftCause,
    GiftEntryKind,
    find_entry,
    lock_gift_card,
    save_gift_card,
)
from app.service.gift_cards.holds import (
    GRACE,
    Hold,
    HoldStatus,
    add_hold,
    close_hold,
    find_active_hold,
    lock_hold,
)
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work


def redeem_gift_card(
    work: Work, card_id: str, request: wire.RedeemGiftCardRequest
) -> wire.RedeemGiftCardResponse:
    """Pay for an order with a card, or hold the money for it.

    Raises:
        ProblemError: The card is unknown, stopped, over or too poor, or it has paid for this order
            with another amount already.
    """
    card = lock_gift_card(work, card_id)
    paid = find_entry(work, _natural_key(card_id, work.caller.installation_id, request.order_id))
    if paid is not None:
        _require_amount(-paid.delta_minor, request.amount)
        return _paid(card, request.order_id, paid.id, request.amount, again=True)
    held = find_active_hold(work, card_id, request.order_id)
    if held is not None:
        return _held_again(card, held, request)
    card.require_usable(work.now)
    if request.hold:
        return _held(card, add_hold(work, card, request.order_id, request.amount), again=False)
    card.require_balance(request.amount)
    entry_id = _take(
        work, card, work.caller.installation_id, request.order_id, request.amount, request
    )
    save_gift_card(work, card)
    return _paid(card, request.order_id, entry_id, request.amount, again=False)


def capture_hold(
    work: Work, hold_id: str, request: wire.CaptureGiftCardRequest
) -> wire.RedeemGiftCardResponse:
    """Take what was held, or less.

    A hold whose time is over gives its money back to the card; it may be captured for an hour more as
    long as the money is still there.

    Raises:
        ProblemError: The hold is unknown or closed, or more is asked for than was held.
    """
    card, hold = lock_hold(work, hold_id)
    amount = request.amount or (hold.captured_minor or hold.amount_minor)
    if hold.status is HoldStatus.CAPTURED and amount == hold.captured_minor:
        return _paid(card, hold.order_id, hold.entry_id, amount, hold=hold, again=True)
    _require_open(work, hold)
    if amount > hold.amount_minor:
        raise ProblemError(
            ErrorCode.GIFT_CARD_BALANCE_TOO_LOW,
            f"Only {format_money(hold.amount_minor)} is held",
            f"Удержано только {format_money(hold.amount_minor)}",
        )
    if hold.status is HoldStatus.ACTIVE:
        card.release(hold.amount_minor)
    else:
        card.require_usable(work.now)
        card.require_balance(amount)
    entry_id = _take(work, card, hold.installation_id, hold.order_id, amount, request)
    save_gift_card(work, card)
    close_hold(work, hold, HoldStatus.CAPTURED, captured_minor=amount, entry_id=entry_id)
    return _paid(card, hold.order_id, entry_id, amount, hold=hold, again=False)


def cancel_hold(
    work: Work, hold_id: str, request: wire.CancelGiftCardHoldRequest
) -> wire.RedeemGiftCardResponse:
    """Give back what was held; a hold that is over or cancelled already stays so.

    Raises:
        ProblemError: GIFT_CARD_HOLD_NOT_FOUND, or GIFT_CARD_HOLD_CLOSED if the money was taken.
    """
    card, hold = lock_hold(work, hold_id)
    if hold.status is HoldStatus.CAPTURED:
        raise ProblemError(ErrorCode.GIFT_CARD_HOLD_CLOSED)
    is_active = hold.status is HoldStatus.ACTIVE
    if is_active:
        card.release(hold.amount_minor)
        save_gift_card(work, card)
        close_hold(work, hold, HoldStatus.CANCELLED, reason=request.reason)
    return _paid(card, hold.order_id, None, 0, hold=hold, again=not is_active)


def _require_open(work: Work, hold: Hold) -> None:
    if hold.status is HoldStatus.ACTIVE:
        return
    if hold.status is HoldStatus.EXPIRED and work.now < hold.expires_at + GRACE:
        return
    raise ProblemError(ErrorCode.GIFT_CARD_HOLD_CLOSED)


def _require_amount(known_minor: int, asked_minor: int) -> None:
    if known_minor != asked_minor:
        said = format_money(known_minor)
        raise ProblemError(
            ErrorCode.DUPLICATE_CHECK,
            f"The card has paid {said} for this order already",
            f"Карта уже оплатила по этому заказу {said}",
        )


def _held_again(
    card: GiftCard, hold: Hold, request: wire.RedeemGiftCardRequest
) -> wire.RedeemGiftCardResponse:
    if not request.hold or hold.amount_minor != request.amount:
        said = format_money(hold.amount_minor)
        raise ProblemError(
            ErrorCode.DUPLICATE_CHECK,
            f"{said} of the card is held for this order: capture or cancel that",
            f"По этому заказу на карте удержано {said}: спишите или отмените удержание",
        )
    return _held(card, hold, again=True)


def _take(
    work: Work,
    card: GiftCard,
    installation_id: str,
    order_id: str,
    amount_minor: int,
    request: wire.RedeemGiftCardRequest | wire.CaptureGiftCardRequest,
) -> str:
    cause = GiftCause(
        occurred_at=work.business_time(request.occurred_at),
        order_id=order_id,
        cashier_id=request.cashier_id,
    )
    key = _natural_key(card.card_id, installation_id, order_id)
    return card.post(work, GiftEntryKind.REDEEM, -amount_minor, key, cause)


def _natural_key(card_id: str, installation_id: str, order_id: str) -> str:
    return f"REDEEM:{card_id}:{installation_id}:{order_id}"


def _paid(
    card: GiftCard,
    order_id: str,
    entry_id: str | None,
    amount_minor: int,
    *,
    again: bool,
    hold: Hold | None = None,
) -> wire.RedeemGiftCardResponse:
    return wire.RedeemGiftCardResponse(
        success=True,
        gift_card_id=card.card_id,
        masked_code=mask_code(card.last4),
        order_id=order_id,
        redeemed_amount=amount_minor,
        held_amount=0,
        balance=card.balance_minor,
        transaction_id=entry_id,
        hold_id=hold.hold_id if hold is not None else None,
        already_processed=again,
    )


def _held(card: GiftCard, hold: Hold, *, again: bool) -> wire.RedeemGiftCardResponse:
    return wire.RedeemGiftCardResponse(
        success=True,
        gift_card_id=card.card_id,
        masked_code=mask_code(card.last4),
        order_id=hold.order_id,
        redeemed_amount=0,
        held_amount=hold.amount_minor,
        balance=card.balance_minor,
        hold_id=hold.hold_id,
        hold_expires_at=hold.expires_at,
        already_processed=again,
    )
