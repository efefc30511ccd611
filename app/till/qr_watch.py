"""Looks for late money by phone while the till runs: a thread that sleeps while there is none to come.

    nothing marked             sleeps until a payment is given up, or the bank sends a notice
    marked, the bank answers   asks every minute
    the bank is away           asks after one, two, five, then every ten minutes

It steps aside for the cashier: no question is begun while a payment by phone is open.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from app.kernel.clock import Clock
from app.kernel.ids import PaymentId
from app.kernel.text import format_money
from app.till import qr_texts
from app.till.qr_late import LateMoney, Round
from app.till.words import Words

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 60.0
#: Pauses after questions that the bank left open.
AWAY_PAUSES_S: Final = (60.0, 120.0, 300.0, 600.0)


class LateMoneyWatch:
    """Asks about payments that were given up, and has the cashier told of what came.

    Order: ``start -> (wake | hurry)* -> stop``; wake and hurry from any thread.

    Args:
        money: Knows which payments, and gives back.
        clock: Tells when the next question is due.
        is_free: Tells whether no payment by phone is open at the till.

    Attributes:
        on_found: Told what became of each payment that came, on the watch's thread.
    """

    def __init__(self, money: LateMoney, clock: Clock, is_free: Callable[[], bool]) -> None:
        self._money, self._clock, self._is_free = money, clock, is_free
        self._due_s = clock.monotonic() + LOOK_EVERY_S
        self._silences = 0
        self._condition = threading.Condition()
        self._is_hurried = self._stopping = False
        self._woken = 0
        self._told_refused: set[PaymentId] = set()
        self._thread: threading.Thread | None = None
        self.on_found: Callable[[Words], object] = _nobody

    # -------------------------------------------------------------- one look
    def look(self) -> bool:
        """Ask if it is time to; tell whether a payment is still to be asked about.

        May wait for the bank; what it finds is told before it returns.
        """
        is_due = self._is_hurried or self._clock.monotonic() >= self._due_s
        self._is_hurried = False
        if not self._money.waiting():
            self._silences = 0
            return False
        if not is_due:
            return True
        found = self._money.round(wait_s=0.0, is_wanted=self._may_ask)
        self._silences = 0 if found.is_answered else self._silences + 1
        self._due_s = self._clock.monotonic() + self._pause_s()
        self._tell(found)
        return found.waiting > 0

    def _tell(self, found: Round) -> None:
        for intent in found.returned:
            self.on_found(qr_texts.SBP_LATE.fill(amount=format_money(intent.amount_minor)))
        for intent in found.refused:
            if intent.payment_id not in self._told_refused:
                self._told_refused.add(intent.payment_id)
                amount = format_money(intent.amount_minor)
                self.on_found(qr_texts.SBP_LATE_KEPT.fill(amount=amount))

    def _pause_s(self) -> float:
        if not self._silences:
            return LOOK_EVERY_S
        return AWAY_PAUSES_S[min(self._silences, len(AWAY_PAUSES_S)) - 1]

    def _may_ask(self) -> bool:
        return not self._stopping and self._is_free()

    # -------------------------------------------------------------- the thread
    def start(self) -> None:
        """Begin the thread, once; the first look comes a minute later."""
        if self._thread is not None:
            return
        self._stopping = False
        self._due_s = self._clock.monotonic() + LOOK_EVERY_S
        self._thread = threading.Thread(target=self._work, name="late-money", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the thread; what is marked is asked about by the next run."""
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def wake(self) -> None:
        """Note that a payment was given up: there is something to ask about from now on."""
        with self._condition:
            self._woken += 1
            self._due_s = min(self._due_s, self._clock.monotonic() + LOOK_EVERY_S)
            self._condition.notify_all()

    def hurry(self) -> None:
        """Ask at once: the bank has told of something."""
        with self._condition:
            self._woken += 1
            self._is_hurried = True
            self._condition.notify_all()

    def _work(self) -> None:
        seen = 0
        is_waiting = True
        while (woken := self._wait(seen, is_waiting=is_waiting)) is not None:
            seen = woken
            is_waiting = self._looked()

    def _wait(self, seen: int, *, is_waiting: bool) -> int | None:
        """Wait for a wake-up, or for the next question if there is one; None ends the thread."""
        with self._condition:
            if not self._stopping and self._woken == seen:
                left_s = max(0.0, self._due_s - self._clock.monotonic())
                self._condition.wait(left_s if is_waiting else None)
            return None if self._stopping else self._woken

    def _looked(self) -> bool:
        try:
            return self.look()
        except Exception:  # the edge of the thread: it goes on with the next look
            if not self._stopping:  # else the store was closed under a question that ran
                log.exception("the watch for late payments stumbled")
            self._due_s = self._clock.monotonic() + LOOK_EVERY_S
            return True


def _nobody(_words: Words) -> None:
    """Nobody asked to be told."""
