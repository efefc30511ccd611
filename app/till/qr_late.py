"""Money by phone that came after it was given up: it goes back to the guest.

    undecided   a senior said "not paid" while the bank was silent: asked until the bank answers
    watched     a code ran out or was cancelled: asked for the life of a code, a transfer that the
                guest had confirmed by then may still arrive

The row of such a payment is marked, in the transaction that ends the payment. What the bank books is
refunded under an id made of the payment's own, so that any number of tries gives it back once.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Final

from app.domain.sale import PaymentIntent, PaymentState
from app.kernel.clock import from_iso, to_iso
from app.kernel.errors import FinalError, RuleError
from app.store.engine import Store
from app.till.card import Movement
from app.till.qr_codes import CODE_LIFE, code_of
from app.till.qr_desk import QrDesk
from drivers.api.qr_payment import QrPayments

log = logging.getLogger(__name__)

UNDECIDED: Final = "undecided"
WATCHED: Final = "watched_until"
_REFUND: Final = "-late"


class _Answer(Enum):
    """What a question brought."""

    DEFINITE = "definite"
    OPEN = "open"  # the bank spoke, and it is no end
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Round:
    """What a round of questions brought.

    Attributes:
        returned: Payments that came and were given back now.
        refused: Payments that came and that the bank does not give back.
        waiting: How many are still to be asked about.
        is_answered: The bank said something definite of all that were asked about.
    """

    returned: tuple[PaymentIntent, ...] = ()
    refused: tuple[PaymentIntent, ...] = ()
    waiting: int = 0
    is_answered: bool = True


def marked(intent: PaymentIntent) -> PaymentIntent:
    """Return a payment that nobody could ask about, to be asked about later."""
    return _with(intent, UNDECIDED, value=True)


def watched(intent: PaymentIntent, now: datetime) -> PaymentIntent:
    """Return a payment whose code has ended, to be asked about for a while; once is enough."""
    code = code_of(intent)
    if code is None or is_marked(intent):
        return intent
    return _with(intent, WATCHED, value=to_iso(max(now, code.until) + CODE_LIFE))


def is_marked(intent: PaymentIntent) -> bool:
    """Tell whether a payment is asked about after its end."""
    fields = json.loads(intent.code) if intent.code else {}
    return UNDECIDED in fields or WATCHED in fields


def _with(intent: PaymentIntent, mark: str, *, value: bool | str) -> PaymentIntent:
    if not intent.code:
        return intent
    return replace(intent, code=json.dumps({**json.loads(intent.code), mark: value}))


def _always() -> bool:
    return True


class LateMoney:
    """Gives back what came too late; on any thread that may wait for the bank.

    Args:
        store: Where the rows are.
        qr: The bank.
        now: The time.
    """

    def __init__(self, store: Store, qr: QrDesk, now: Callable[[], datetime]) -> None:
        self._store = store
        self._qr = qr
        self._now = now

    def waiting(self) -> tuple[PaymentIntent, ...]:
        """Return the payments that are to be asked about."""
        with self._store.reader() as db:
            return db.payments.list_marked(UNDECIDED, WATCHED)

    def round(self, *, wait_s: float, is_wanted: Callable[[], bool] = _always) -> Round:
        """Ask about each marked payment once and give back what was paid.

        The bank is held for one payment at a time, so that a cashier waits for no more than that.

        Args:
            wait_s: How long a question that runs is waited for.
            is_wanted: Asked before each payment; False ends the round, to be gone on with later.
        """
        returned: list[PaymentIntent] = []
        refused: list[PaymentIntent] = []
        is_answered = True
        for intent in self.waiting():
            if not is_wanted():
                break
            try:
                with self._qr.alone(wait_s) as bank:
                    answer = self._ask(bank, intent, returned, refused)
            except (FinalError, RuleError) as error:  # no bank, or it is being asked
                log.info("late payments cannot be asked about now: %s", error)
                is_answered = is_answered and self._qr.has_bank
                break
            is_answered = is_answered and answer is _Answer.DEFINITE
            if answer is _Answer.SILENT:
                break  # a bank that is away is not asked about the others as well
        return Round(tuple(returned), tuple(refused), len(self.waiting()), is_answered)

    def _ask(
        self,
        bank: QrPayments,
        intent: PaymentIntent,
        returned: list[PaymentIntent],
        refused: list[PaymentIntent],
    ) -> _Answer:
        with self._store.reader() as db:
            kept = db.payments.find(intent.payment_id)
        if kept is None or not is_marked(kept):
            return _Answer.DEFINITE  # somebody else was quicker
        code = code_of(kept)
        assert code is not None, "only what was shown is marked"
        fields = json.loads(kept.code)
        ask = self._qr.cancel if UNDECIDED in fields else self._qr.ask
        movement = ask(bank, kept, code)
        if movement.is_unanswered:
            return _Answer.SILENT
        if movement.is_approved and movement.result is not None:
            booked = movement.result.amount_minor or kept.amount_minor
            back = self._qr.return_late(bank, kept, f"{kept.payment_id}{_REFUND}", booked)
            return self._came(kept, back, returned, refused)
        if movement.is_unknown:
            return _Answer.OPEN
        is_over = UNDECIDED in fields or from_iso(fields[WATCHED]) <= self._now()
        if is_over and not movement.is_waiting:
            self._end(kept, PaymentState.DECLINED)
        return _Answer.DEFINITE

    def _came(
        self,
        intent: PaymentIntent,
        back: Movement,
        returned: list[PaymentIntent],
        refused: list[PaymentIntent],
    ) -> _Answer:
        """Note what became of a payment that came too late."""
        if back.is_unanswered:
            return _Answer.SILENT
        if not back.is_approved:
            log.error(
                "payment %s came too late, the bank keeps it: %s", intent.payment_id, back.code
            )
            refused.append(intent)
            return _Answer.OPEN
        self._end(intent, PaymentState.REVERSED)
        log.warning("payment %s came too late and was given back", intent.payment_id)
        returned.append(intent)
        return _Answer.DEFINITE

    def _end(self, intent: PaymentIntent, state: PaymentState) -> None:
        """Write what became of a payment; it is not asked about any more."""
        fields = json.loads(intent.code)
        kept = {name: value for name, value in fields.items() if name not in (UNDECIDED, WATCHED)}
        with self._store.unit() as uow:
            uow.payments.update(replace(intent, state=state, code=json.dumps(kept)))
            uow.commit()
