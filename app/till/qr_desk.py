"""The bank's part of a payment by phone: codes, where they stand, refunds (reference 5.7).

    intent row -> register -> code into the row -> show -> ask ... -> result row

`QrDesk` knows nothing of orders; it says how a movement stands and leaves the row to its caller. A
code that nobody has seen cannot be paid, so a lost answer to `register` moves no money.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from app.domain.sale import PaymentIntent
from app.domain.tender import Tender
from app.kernel.clock import Clock
from app.till import qr_texts as texts
from app.till.card import Movement
from app.till.devices import Devices, words_of
from app.till.qr_codes import ShownCode
from app.till.words import Words
from drivers.api import errors as driver_errors
from drivers.api.qr_payment import (
    OrderAlreadyPaid,
    QrPayments,
    QrRefund,
    QrState,
    QrStatus,
    RefundState,
)
from drivers.api.terminal import Outcome, TerminalResult

log = logging.getLogger(__name__)

#: What a person wants done waits so long for a question that runs: two time-outs of a driver.
WAIT_S: Final = 45.0
#: A bank takes some seconds for a refund: asked again after these pauses before a person has to.
REFUND_PAUSES_S: Final = (0.5, 1.0, 2.0)


class QrDesk:
    """Talks to the bank of the codes, one question at a time; on the device's lane.

    Args:
        devices: The bank, if there is one.
        clock: Waits between questions.

    Attributes:
        refund_pauses_s: See `REFUND_PAUSES_S`.
    """

    def __init__(self, devices: Devices, clock: Clock) -> None:
        self._devices = devices
        self._clock = clock
        self._busy = threading.Lock()
        self.refund_pauses_s: tuple[float, ...] = REFUND_PAUSES_S

    @property
    def has_bank(self) -> bool:
        """Tell whether a bank is set up at all."""
        return self._devices.qr is not None

    @property
    def is_busy(self) -> bool:
        """Tell whether the bank is being asked."""
        return self._busy.locked()

    @contextmanager
    def alone(self, wait_s: float = 0.0) -> Iterator[QrPayments]:
        """Hold the bank for one movement or question, from before its row to after it.

        Args:
            wait_s: How long a question that runs already is waited for.

        Raises:
            FinalError: No bank is set up.
            RuleError: It is being asked already.
        """
        bank = self._devices.qr
        if bank is None:
            raise texts.SBP_NONE.final("SBP_NONE")
        if not self._busy.acquire(timeout=wait_s):
            raise texts.SBP_OPEN.rule_error("SBP_OPEN")
        try:
            yield bank
        finally:
            self._busy.release()

    # -------------------------------------------------------------- codes
    def register(
        self, bank: QrPayments, intent: PaymentIntent, until: datetime, skew: timedelta, number: int
    ) -> ShownCode | Movement:
        """Get a code for an intent that is on the disk.

        Args:
            bank: The one that is held.
            intent: What is to be paid.
            until: When the code is to end, by the till's clock.
            skew: The true time less the till's.
            number: Of the order, for the guest's bank.

        Returns:
            The code; or how it ended, if there is none.
        """
        purpose = texts.SBP_PURPOSE.format(number=number)
        try:
            code = bank.register(
                intent.amount_minor, intent.payment_id, expires_at=until + skew, purpose=purpose
            )
        except OrderAlreadyPaid as error:
            log.warning("payment %s has a code that was paid: %s", intent.payment_id, error)
            return self.look_for(bank, intent)
        except driver_errors.DriverError as error:
            words = texts.SBP_NO_CODE
            reason = words_of(error)
            words = Words(words.ru.format(reason=reason.ru), words.en.format(reason=reason.en))
            return Movement(words=words, code=error.code, detail=error.detail)
        except Exception as error:  # nobody has seen a code, whatever this is
            log.exception("a code could not be registered")
            return Movement(words=texts.SBP_NO_CODE_BUG, code="INTERNAL", detail=repr(error))
        return ShownCode(code.qr_id, code.payload, until)

    def ask(self, bank: QrPayments, intent: PaymentIntent, code: ShownCode) -> Movement:
        """Ask where a code stands."""
        return _answered(lambda: bank.status(code.qr_id), intent)

    def cancel(self, bank: QrPayments, intent: PaymentIntent, code: ShownCode) -> Movement:
        """Make a code worthless; the guest may have paid in that very moment."""
        return _answered(lambda: bank.cancel(code.qr_id), intent)

    def look_for(self, bank: QrPayments, intent: PaymentIntent) -> Movement:
        """Find out about a payment whose row has no code: nobody has seen one."""

        def look() -> QrStatus:
            code = bank.find(intent.payment_id)
            if code is None:
                return QrStatus("", QrState.CANCELLED)
            return bank.cancel(code.qr_id)

        movement = _answered(look, intent)
        if movement.is_approved or movement.code == "SBP_WRONG_ORDER":
            return movement
        return Movement(words=texts.SBP_ABSENT, code="SBP_ABSENT", detail=movement.detail)

    # -------------------------------------------------------------- money back
    def give_back(self, bank: QrPayments, intent: PaymentIntent, original: Tender) -> Movement:
        """Give money back; the intent is on the disk, its id is the refund's at the bank."""
        try:
            refund = bank.refund(original.payment_id, intent.payment_id, -intent.amount_minor)
        except driver_errors.OutcomeUnknown as error:
            log.warning("unknown outcome of a refund: %s", error)
            return self.find_back(bank, intent)
        except driver_errors.DriverBug as error:
            log.exception("the bank's driver failed in the middle of a refund")
            return _back_unknown(error.code, error.detail)
        except driver_errors.DriverError as error:
            return Movement(words=texts.SBP_BACK_REFUSED, code=error.code, detail=str(error))
        except Exception as error:  # the request may have left: only asking can tell
            log.exception("a refund ended in a fault of the program")
            return _back_unknown("INTERNAL", repr(error))
        return self._awaited(bank, intent, refund)

    def return_late(
        self, bank: QrPayments, intent: PaymentIntent, refund_id: str, amount_minor: int
    ) -> Movement:
        """Give back what came after its end; approved means that the bank has taken the refund."""
        try:
            refund = bank.refund(intent.payment_id, refund_id, amount_minor)
        except driver_errors.DriverError as error:
            log.warning("late money of %s is not given back yet: %s", intent.payment_id, error)
            is_open = error.retryable or isinstance(error, driver_errors.OutcomeUnknown)
            return Movement(
                words=texts.SBP_BACK_REFUSED,
                code=error.code,
                detail=error.detail,
                is_unknown=is_open,
                is_unanswered=is_open,
            )
        if refund.state is RefundState.DECLINED:
            return Movement(words=texts.SBP_BACK_REFUSED, code="SBP_BACK_REFUSED")
        return Movement(TerminalResult(Outcome.APPROVED, amount_minor=amount_minor))

    def find_back(
        self, bank: QrPayments, intent: PaymentIntent, *, again: bool = False
    ) -> Movement:
        """Ask what became of a refund whose answer was lost.

        Args:
            bank: The one that is held.
            intent: The refund.
            again: Send it once more, under the same id, if the bank has never had it.
        """
        try:
            refund = bank.refund_status(intent.payment_id)
        except driver_errors.DriverError as error:
            return _back_unknown(error.code, error.detail)
        except Exception as error:  # whatever this is, nothing is known
            log.exception("a refund could not be asked about")
            return _back_unknown("INTERNAL", repr(error))
        if refund is not None:
            return _told_back(refund, intent)
        if again and intent.reference is not None:
            return self.give_back(bank, intent, intent.reference)
        # It may be on its way still: a second one under another id could give the money twice.
        return _back_unknown("SBP_BACK_ABSENT", "the bank has no such refund yet")

    def _awaited(self, bank: QrPayments, intent: PaymentIntent, refund: QrRefund) -> Movement:
        """Wait some seconds for the end of a refund."""
        for pause_s in self.refund_pauses_s:
            if refund.state is not RefundState.IN_PROGRESS:
                break
            self._clock.sleep(pause_s)
            try:
                refund = bank.refund_status(intent.payment_id) or refund
            except driver_errors.DriverError as error:
                log.info("a refund cannot be asked about now: %s", error)
        return _told_back(refund, intent)


def _answered(question: Callable[[], QrStatus], intent: PaymentIntent) -> Movement:
    try:
        status = question()
    except driver_errors.DriverError as error:
        log.info("the bank does not say where a code stands: %s", error)
        return Movement(
            is_unknown=True,
            words=texts.SBP_UNKNOWN,
            code=error.code,
            detail=error.detail,
            is_unanswered=True,
        )
    except Exception as error:  # whatever this is, nothing is known
        log.exception("a code could not be asked about")
        return Movement(
            is_unknown=True, words=texts.SBP_UNKNOWN, code="INTERNAL", detail=repr(error)
        )
    return _told(status, intent)


def _told(status: QrStatus, intent: PaymentIntent) -> Movement:
    match status.state:
        case QrState.PAID:
            return _paid(status, intent)
        case QrState.EXPIRED:
            return Movement(words=texts.SBP_EXPIRED, code="SBP_EXPIRED")
        case QrState.CANCELLED:
            return Movement(words=texts.SBP_CANCELLED, code="SBP_CANCELLED")
        case QrState.DECLINED:
            return Movement(is_waiting=True, words=texts.SBP_TRY_AGAIN, code="SBP_DECLINED")
        case QrState.IN_PROGRESS:
            return Movement(is_waiting=True, words=texts.SBP_PAYING, code="SBP_PAYING")
        case QrState.NEW:
            return Movement(is_waiting=True)


def _paid(status: QrStatus, intent: PaymentIntent) -> Movement:
    if status.order_id and status.order_id != intent.payment_id:
        return Movement(
            is_unknown=True,
            words=texts.SBP_WRONG_ORDER,
            code="SBP_WRONG_ORDER",
            detail=f"{status.qr_id} belongs to {status.order_id}",
        )
    return Movement(
        TerminalResult(
            outcome=Outcome.APPROVED,
            amount_minor=status.amount_minor,
            receipt_no=status.qr_id,
            rrn=status.transaction_id,
        )
    )


def _told_back(refund: QrRefund, intent: PaymentIntent) -> Movement:
    asked = -intent.amount_minor
    if refund.amount_minor not in (None, asked):
        return _back_unknown("SBP_BACK_WRONG_SUM", f"{refund.amount_minor} instead of {asked}")
    match refund.state:
        case RefundState.COMPLETED:
            return Movement(TerminalResult(Outcome.APPROVED, amount_minor=asked))
        case RefundState.DECLINED:
            return Movement(words=texts.SBP_BACK_REFUSED, code="SBP_BACK_REFUSED")
        case RefundState.IN_PROGRESS:
            return Movement(is_unknown=True, words=texts.SBP_BACK_RUNNING, code="SBP_BACK_RUNNING")


def _back_unknown(code: str, detail: str) -> Movement:
    return Movement(is_unknown=True, words=texts.SBP_BACK_UNKNOWN, code=code, detail=detail)
