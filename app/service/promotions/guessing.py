"""Guessing at promo codes: misses are counted for who asks and for the guest whose card is named.

A code that the order holds already is no guess, and what a till tells of past sales is none either.
"""

from collections.abc import Callable
from typing import Any, Final

from app.contracts import plugin
from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.service.kit.guessing import Guessing
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.promotions.models import promo_code_guesses

PROMO_CODES: Final = Guessing(
    "promo-codes", promo_code_guesses, ErrorCode.PROMO_CODE_GUESSING_LOCKED
)


def card_subject(card_id: str) -> str:
    """Return under what the misses for a guest are counted, wherever he is served."""
    return f"card:{card_id}"


def miss_of(message: Any, outcome: WireModel | ProblemError) -> Callable[[Work], None] | None:  # noqa: ANN401 - any call's message
    """Return what counts the miss that a call was, in a transaction of its own; None if it was none.

    A refused call has changed nothing, so the miss cannot be counted in it.
    """
    if getattr(message, "promo_code", None) is None or not _is_unknown(outcome):
        return None
    card_id = getattr(message, "guest_card_id", None)
    beside = (card_subject(card_id),) if card_id else ()
    return lambda work: PROMO_CODES.count_miss(work, *beside)


def _is_unknown(outcome: WireModel | ProblemError) -> bool:
    if isinstance(outcome, ProblemError):
        return outcome.error_code is ErrorCode.PROMO_CODE_NOT_FOUND
    if not isinstance(outcome, plugin.CalculateResponse) or outcome.promotions is None:
        return False
    code = outcome.promotions.code
    reason = code.reason if code is not None else None
    return reason is not None and reason.code == ErrorCode.PROMO_CODE_NOT_FOUND.value
