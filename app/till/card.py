"""The terminal's part of a payment: intent row, then the device, then the result row (T31, T68).

    write intent (durable) -> ask terminal (no lock, no transaction) -> write result (durable)

`CardDesk` knows nothing of orders; it says how a movement ended and leaves the row to its caller,
who writes it together with what it changes.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from app.domain.sale import PaymentIntent
from app.domain.tender import Tender
from app.kernel.errors import FinalError
from app.till import texts
from app.till.devices import Devices, TerminalProgress, words_of
from app.till.intents import is_payment, mark_of, mark_text, terminal_result
from app.till.words import Words
from drivers.api import errors as driver_errors
from drivers.api.terminal import (
    Capability,
    Lookup,
    Outcome,
    PaymentTerminal,
    TerminalResult,
    Verdict,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Movement:
    """How asking the terminal ended.

    Attributes:
        result: The terminal's statement; None if it made none.
        is_unknown: Money may have moved.
        words: What to tell, None after an approval.
        code: Stable code for support.
        detail: The raw reason.
        is_waiting: Nothing is decided: a code can still be paid.
        is_unanswered: It is not known because nobody answered.
    """

    result: TerminalResult | None = None
    is_unknown: bool = False
    words: Words | None = None
    code: str = ""
    detail: str = ""
    is_waiting: bool = False
    is_unanswered: bool = False

    @property
    def is_approved(self) -> bool:
        """Tell whether the terminal says that the money moved."""
        return self.result is not None and self.result.approved


class CardDesk:
    """Talks to the terminal, one movement at a time; on the device's lane.

    Args:
        devices: The terminal, if there is one.
        currency: ISO 4217 letters.
    """

    def __init__(self, devices: Devices, currency: str) -> None:
        self._devices = devices
        self._currency = currency
        self._busy = threading.Lock()

    @property
    def has_terminal(self) -> bool:
        """Tell whether a terminal is connected at all."""
        return self._devices.terminal is not None

    @property
    def is_busy(self) -> bool:
        """Tell whether a movement is running."""
        return self._busy.locked()

    @contextmanager
    def alone(self) -> Iterator[PaymentTerminal]:
        """Hold the terminal for one movement, from before the intent to after the result.

        Raises:
            FinalError: There is no terminal.
            RuleError: Another movement is running.
        """
        terminal = self._devices.terminal
        if terminal is None:
            raise texts.TERMINAL_NONE.final("TERMINAL_NONE")
        if not self._busy.acquire(blocking=False):
            raise texts.CARD_OPEN.rule_error("CARD_OPEN")
        try:
            yield terminal
        finally:
            self._busy.release()

    def mark(self, terminal: PaymentTerminal) -> str:
        """Return the terminal's place in its sequence before a movement, '' if it cannot tell.

        Raises:
            FinalError: It does not answer; no money moved.
        """
        try:
            terminal.open()
            return mark_text(terminal)
        except driver_errors.DriverError as error:
            words = _no_money(words_of(error))
            raise FinalError(error.code, words.ru, words.en) from error

    def pay(
        self, terminal: PaymentTerminal, intent: PaymentIntent, progress: TerminalProgress | None
    ) -> Movement:
        """Take money from a card; the intent is on the disk."""
        return self._ask(
            lambda: terminal.pay(intent.amount_minor, self._currency, intent.payment_id, progress)
        )

    def give_back(
        self,
        terminal: PaymentTerminal,
        intent: PaymentIntent,
        original: Tender,
        progress: TerminalProgress | None,
    ) -> Movement:
        """Give money back: by reversal of the whole payment if the terminal can, else by refund."""
        amount = -intent.amount_minor
        is_whole = amount == original.amount_minor and original.receipt_no
        if is_whole and Capability.CANCEL in terminal.capabilities:
            return self._ask(
                lambda: terminal.cancel(original.receipt_no, amount, intent.payment_id, progress)
            )
        return self.refund(terminal, intent, original, progress)

    def refund(
        self,
        terminal: PaymentTerminal,
        intent: PaymentIntent,
        original: Tender,
        progress: TerminalProgress | None,
    ) -> Movement:
        """Give money back by a refund, which also works after the end of the day."""
        return self._ask(
            lambda: terminal.refund(
                -intent.amount_minor,
                self._currency,
                intent.payment_id,
                terminal_result(original),
                progress,
            )
        )

    def find(self, terminal: PaymentTerminal, intent: PaymentIntent) -> Movement:
        """Ask what became of a movement whose answer was lost (T32)."""
        try:
            terminal.open()
            lookup = terminal.find_operation(
                intent.payment_id, abs(intent.amount_minor), mark_of(intent)
            )
        except driver_errors.DriverError as error:
            return Movement(
                is_unknown=True, words=words_of(error), code=error.code, detail=error.detail
            )
        return _found(lookup, is_payment(intent))

    def abort(self) -> None:
        """Ask the terminal to stop; any thread. The running movement still ends by itself."""
        terminal = self._devices.terminal
        if terminal is None or not self.is_busy:
            return
        try:
            terminal.abort()
        except driver_errors.DriverError as error:
            log.warning("the terminal did not take the abort: %s", error)

    def _ask(self, call: Callable[[], TerminalResult]) -> Movement:
        try:
            result = call()
        except driver_errors.OutcomeUnknown as error:
            log.warning("unknown outcome: %s", error)
            return Movement(
                is_unknown=True, words=texts.CARD_UNKNOWN, code=error.code, detail=error.detail
            )
        except driver_errors.DriverBug as error:
            log.exception("the terminal's driver failed in the middle of a movement")
            return Movement(
                is_unknown=True, words=texts.CARD_UNKNOWN, code=error.code, detail=error.detail
            )
        except driver_errors.DriverError as error:
            return Movement(words=_no_money(words_of(error)), code=error.code, detail=error.detail)
        except Exception as error:
            # Whatever this is, the request may have left: only asking can tell.
            log.exception("a movement of the terminal ended in a fault of the program")
            return Movement(
                is_unknown=True, words=texts.CARD_UNKNOWN, code="INTERNAL", detail=repr(error)
            )
        return _stated(result)


def _stated(result: TerminalResult) -> Movement:
    if result.outcome is Outcome.APPROVED:
        return Movement(result)
    if result.outcome is Outcome.CANCELLED:
        return Movement(
            result, words=texts.CARD_CANCELLED, code="CARD_CANCELLED", detail=result.text
        )
    detail = f"{result.code} {result.text}".strip()
    return Movement(result, words=texts.CARD_DECLINED, code="CARD_DECLINED", detail=detail)


def _found(lookup: Lookup, is_payment_intent: bool) -> Movement:
    if lookup.verdict is Verdict.FOUND and lookup.result is not None:
        return _stated(lookup.result)
    if lookup.verdict is Verdict.ABSENT:
        words = texts.CARD_ABSENT if is_payment_intent else texts.PART_KEEPS
        return Movement(words=words, code="CARD_ABSENT", detail=lookup.reason)
    return Movement(
        is_unknown=True,
        words=texts.CARD_STILL_UNKNOWN,
        code="CARD_STILL_UNKNOWN",
        detail=lookup.reason,
    )


def _no_money(words: Words) -> Words:
    return Words(
        texts.CARD_FAILED.ru.format(reason=words.ru), texts.CARD_FAILED.en.format(reason=words.en)
    )
