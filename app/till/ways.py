"""Failures of a payment in words, each with its ways out, the best one first (design S6)."""

from typing import Final

from app.domain.sale import PaymentIntent
from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.till import qr_texts, qr_ways, texts
from app.till.card import Movement
from app.till.intents import is_payment
from app.till.payment_states import Failure, Method, Way, WayOut
from app.till.permissions import Action
from app.till.qr_codes import is_by_phone
from app.till.words import Words

RETRY: Final = Way(WayOut.RETRY, texts.WAY_RETRY)
CASH: Final = Way(WayOut.CASH, texts.WAY_CASH)
OTHER: Final = Way(WayOut.OTHER_TENDER, texts.WAY_OTHER)
CHECK: Final = Way(WayOut.CHECK, texts.WAY_CHECK)
SLIP: Final = Way(WayOut.SLIP, texts.WAY_SLIP, Action.MANUAL_PAYMENT)
NOT_PAID: Final = Way(WayOut.NOT_PAID, texts.WAY_NOT_PAID, Action.MANUAL_PAYMENT)
CANCEL: Final = Way(WayOut.CANCEL, texts.WAY_CANCEL)
RESERVE_AGAIN: Final = Way(WayOut.RESERVE_AGAIN, texts.WAY_RESERVE)
WITHOUT_POINTS: Final = Way(WayOut.WITHOUT_POINTS, texts.WAY_WITHOUT_POINTS)
BACK: Final = Way(WayOut.BACK, texts.WAY_BACK)


def failed(movement: Movement, intent: PaymentIntent) -> Failure:
    """Return the failure for a payment that moved no money."""
    if is_by_phone(intent):
        return qr_ways.failed(movement)
    words = movement.words or texts.CARD_DECLINED
    return Failure(movement.code, words, (RETRY, CASH, OTHER), movement.detail)


def card_failed_before(error: AppError) -> Failure:
    """Return the failure for a terminal that could not be asked at all."""
    return Failure(error.code, Words(error.ru, error.en), (RETRY, CASH, OTHER))


def unknown(movement: Movement, intent: PaymentIntent) -> Failure:
    """Return the failure for a movement whose outcome is not known."""
    if is_by_phone(intent):
        return qr_ways.unknown(movement, intent)
    words = movement.words or texts.CARD_UNKNOWN
    rest = (CANCEL,) if is_payment(intent) else ()
    return Failure(movement.code, words, (CHECK, SLIP, NOT_PAID, *rest), movement.detail)


def return_failed(movement: Movement, intent: PaymentIntent) -> Failure:
    """Return the failure for a part that could not be given back."""
    if is_by_phone(intent):
        return qr_ways.return_failed(movement)
    return Failure(movement.code, texts.PART_KEEPS, (RETRY, BACK), movement.detail)


def return_failed_before(error: AppError) -> Failure:
    """Return the failure for a part whose return could not even be asked for."""
    return Failure(error.code, texts.PART_KEEPS, (RETRY, BACK), str(error))


def points_lost() -> Failure:
    """Return the question about points whose hold ran out."""
    return Failure("RESERVATION_EXPIRED", texts.POINTS_LOST, (RESERVE_AGAIN, WITHOUT_POINTS))


def not_finished(error: AppError) -> Failure:
    """Return the failure for a paid order that cannot be entered yet; the money is safe."""
    return Failure(error.code, Words(error.ru, error.en), (RETRY,))


def methods(*, has_terminal: bool, has_bank: bool) -> tuple[Method, ...]:
    """Return the tenders of this till; those that are not set up say so.

    Args:
        has_terminal: There is a terminal for cards.
        has_bank: There is a bank for codes.
    """
    missing = texts.TENDER_NOT_HERE
    return (
        Method(TenderKind.CASH, is_enabled=True),
        Method(TenderKind.CARD, has_terminal, None if has_terminal else texts.TERMINAL_NONE),
        Method(TenderKind.SBP, has_bank, None if has_bank else qr_texts.SBP_NONE),
        Method(TenderKind.GIFT_CARD, is_enabled=False, why_not=missing),
    )
