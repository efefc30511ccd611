"""Locks of those who guessed at codes: `/api/v1/guessing-locks`."""

from enum import StrEnum

from app.contracts.base import Moment, WireModel


class GuessedCodes(StrEnum):
    """What was guessed at."""

    GIFT_CARDS = "gift-cards"
    PROMO_CODES = "promo-codes"


class GuessingLockView(WireModel):
    """Somebody is locked out: `installation:…`, `staff:…`, a guest's `card:…`, or `*`, the company."""

    codes: GuessedCodes
    subject: str
    locked_until: Moment
    locks: int


class GuessingLocksResponse(WireModel):
    """Everybody who is locked out now, who for longest first."""

    locks: tuple[GuessingLockView, ...]
