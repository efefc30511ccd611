"""Failures of payments by phone, each with its ways out, the best one first (design S6)."""

from typing import Final

from app.domain.sale import PaymentIntent
from app.till import qr_texts, texts
from app.till.card import Movement
from app.till.intents import is_payment
from app.till.payment_states import Failure, Way, WayOut
from app.till.permissions import Action

RETRY: Final = Way(WayOut.RETRY, texts.WAY_RETRY)
CASH: Final = Way(WayOut.CASH, texts.WAY_CASH)
OTHER: Final = Way(WayOut.OTHER_TENDER, texts.WAY_OTHER)
BACK: Final = Way(WayOut.BACK, texts.WAY_BACK)
CHECK: Final = Way(WayOut.CHECK, qr_texts.WAY_CHECK)
END: Final = Way(WayOut.CANCEL, qr_texts.WAY_OTHER)
NOT_PAID: Final = Way(WayOut.NOT_PAID, qr_texts.WAY_NOT_PAID, Action.MANUAL_PAYMENT)
NOT_BACK: Final = Way(WayOut.NOT_PAID, qr_texts.WAY_NOT_BACK, Action.MANUAL_PAYMENT)


def failed(movement: Movement) -> Failure:
    """Return the failure for a code that was not paid."""
    words = movement.words or qr_texts.SBP_CANCELLED
    return Failure(movement.code, words, (RETRY, CASH, OTHER), movement.detail)


def unknown(movement: Movement, intent: PaymentIntent) -> Failure:
    """Return the failure for a payment or refund that the bank has not told the end of."""
    if not is_payment(intent):
        words = movement.words or qr_texts.SBP_BACK_UNKNOWN
        return Failure(movement.code, words, (CHECK, NOT_BACK), movement.detail)
    words = movement.words or qr_texts.SBP_UNKNOWN
    # A code with a wrong sum is paid: making it void would help nobody.
    ways = (CHECK, END, NOT_PAID) if movement.is_unanswered else (CHECK, NOT_PAID)
    return Failure(movement.code, words, ways, movement.detail)


def refund_unknown(movement: Movement) -> Failure:
    """Return the failure for a refund of a sale that the bank has not told the end of."""
    is_running = movement.words is qr_texts.SBP_BACK_RUNNING
    words = qr_texts.SBP_BACK_RUNNING if is_running else qr_texts.SBP_REFUND_UNKNOWN
    return Failure(movement.code or "REFUND_UNKNOWN", words, (CHECK, NOT_BACK), movement.detail)


def return_failed(movement: Movement) -> Failure:
    """Return the failure for a part that the bank did not give back."""
    words = movement.words or qr_texts.SBP_BACK_REFUSED
    return Failure(movement.code, words, (RETRY, BACK), movement.detail)
