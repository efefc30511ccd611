"""Money movements of the terminal as rows: how their facts are written down (T68).

The row is on the disk before the terminal is asked. Its sum is positive for a payment and negative
for money that goes back. Its mark is the terminal's own place in its sequence before the operation,
so that after a crash the lost operation can be told from the one before.
"""

import logging
from typing import Final

from app.domain.sale import PaymentIntent, PaymentState
from app.domain.tender import Tender
from drivers.api.errors import FinalError
from drivers.api.terminal import OperationMark, Outcome, PaymentTerminal, TerminalResult

log = logging.getLogger(__name__)

_SEPARATOR: Final = "|"
_UNKNOWN: Final = ""
OPEN_STATES: Final = frozenset({PaymentState.INTENT, PaymentState.UNKNOWN})


def mark_text(terminal: PaymentTerminal) -> str:
    """Ask the terminal for its last operation and return its mark as text, '' if it cannot tell.

    Some terminals refuse to repeat a receipt. They pay all the same; only a lost answer is then
    left to the driver's own notes or to the cashier.

    Raises:
        DriverError: The terminal does not answer; no money was moved.
    """
    try:
        last = terminal.last_operation()
    except FinalError as error:
        log.info("the terminal does not tell its last operation: %s", error)
        return _UNKNOWN
    mark = last.mark() if last is not None else OperationMark()
    return _SEPARATOR.join((mark.receipt_no, mark.trace, mark.date, mark.time))


def mark_of(intent: PaymentIntent) -> OperationMark | None:
    """Return the mark that was written down with an intent, None if there is none."""
    parts = intent.receipt_no_before.split(_SEPARATOR)
    return OperationMark(*parts) if len(parts) == 4 else None


def is_payment(intent: PaymentIntent) -> bool:
    """Tell whether the intent takes money; otherwise it gives money back."""
    return intent.amount_minor > 0


def tender_of(intent: PaymentIntent, amount_minor: int, result: TerminalResult) -> Tender:
    """Return the paid part that a statement of a terminal or bank proves."""
    return Tender(
        payment_id=intent.payment_id,
        kind=intent.kind,
        amount_minor=amount_minor,
        receipt_no=result.receipt_no,
        rrn=result.rrn,
        auth_code=result.auth_code,
        masked_pan=result.masked_pan,
    )


def terminal_result(tender: Tender) -> TerminalResult:
    """Return what a terminal needs of the original payment for a refund."""
    return TerminalResult(
        outcome=Outcome.APPROVED,
        amount_minor=tender.amount_minor,
        receipt_no=tender.receipt_no,
        rrn=tender.rrn,
        auth_code=tender.auth_code,
        masked_pan=tender.masked_pan,
    )
