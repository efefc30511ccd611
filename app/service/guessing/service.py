"""Telling who is locked out for guessing, and letting him in again."""

from typing import Final

from app.contracts.auth import DoneResponse
from app.contracts.errors import ErrorCode
from app.contracts.guessing import GuessedCodes, GuessingLocksResponse, GuessingLockView
from app.service.audit_log.service import record
from app.service.gift_cards.guessing import GIFT_CARDS
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.promotions.guessing import PROMO_CODES

KINDS: Final = (GIFT_CARDS, PROMO_CODES)
"""Every kind of code that can be guessed at."""


def list_locks(work: Work) -> GuessingLocksResponse:
    """Return who is locked out of the caller's company now."""
    found = [
        GuessingLockView(
            codes=GuessedCodes(kind.kind),
            subject=row.subject,
            locked_until=row.locked_until,
            locks=row.locks,
        )
        for kind in KINDS
        for row in kind.locked(work)
    ]
    found.sort(key=lambda lock: lock.locked_until, reverse=True)
    return GuessingLocksResponse(locks=tuple(found))


def lift_lock(work: Work, codes: str, subject: str) -> DoneResponse:
    """Let somebody in again; his misses are forgotten.

    Raises:
        ProblemError: NOT_FOUND: he is not locked out.
    """
    kind = next((kind for kind in KINDS if kind.kind == codes), None)
    if kind is None or not kind.lift(work, subject):
        raise ProblemError(ErrorCode.NOT_FOUND, "There is no such lock", "Такой блокировки нет")
    record(work, "guessing_lock.lifted", "guessing_lock", subject, {"codes": codes})
    return DoneResponse()
