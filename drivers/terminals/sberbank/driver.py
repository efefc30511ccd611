"""Sberbank's terminal by its vendor's program: one run of it for each operation.

A run ends in one of three ways. The program and its file `e` agree on a result: that is the result. The
program could not be started, or both say a code of the pad that means that nothing was sent: an error
and nothing booked. Everything else (no `e`, half of it, a crash, no end in time, codes that contradict
each other) is `OutcomeUnknown` and is resolved by the copy of the last slip, operation 12.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from drivers.api.errors import DeviceBusy, NotSupported, OutcomeUnknown, ProtocolError
from drivers.api.terminal import (
    BatchResult,
    Capability,
    Lookup,
    OperationMark,
    Outcome,
    Progress,
    ProgressHandler,
    TerminalResult,
    TerminalStatus,
)
from drivers.terminals.ledger import Ledger
from drivers.terminals.marks import MarkStore
from drivers.terminals.no_holds import NoHolds
from drivers.terminals.progress import tell
from drivers.terminals.sberbank import codes
from drivers.terminals.sberbank.errors import SberbankRefused
from drivers.terminals.sberbank.files import ResultFile, Slip
from drivers.terminals.sberbank.options import SberbankOptions, fill
from drivers.terminals.sberbank.pilot import Pilot

# Operations of the program, [Clients].
PAY, REFUND, CANCEL, SETTLE, COPY, TEST = "1", "3", "8", "7", "12", "36"
AMOUNT_MAX = 10**10


class SberbankTerminal(NoHolds):
    """`PaymentTerminal` for Sberbank; see there for order of calls and threads.

    Args:
        program: path of `sb_pilot` or `loadparm.exe`.
        options: settings.
        marks: notes for lost answers.
        clock: monotonic seconds.
    """

    capabilities = frozenset(
        {
            Capability.CANCEL,
            Capability.REFUND,
            Capability.ABORT,
            Capability.FIND,
            Capability.CLOSE_BATCH,
            Capability.SLIP,
            Capability.DIAGNOSE,
        }
    )

    def __init__(
        self,
        program: str,
        options: SberbankOptions | None = None,
        *,
        marks: MarkStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._options = options or SberbankOptions()
        self._pilot = Pilot(program, self._options, clock=clock)
        self._ledger = Ledger(marks or MarkStore(), self._last)

    def open(self) -> None:
        """See that the program is there; it holds nothing between two operations."""
        self._pilot.check()

    def close(self) -> None:
        """Nothing is held. A program that was given up is left alone."""

    def status(self) -> TerminalStatus:
        """Test the pad (operation 36)."""
        result, slip = self._ask(TEST)
        text = "" if result.code == codes.OK else self._words(result)
        return TerminalStatus(
            result.code == codes.OK, str(result.code), text, result.terminal_id, slip.lines
        )

    def diagnose(self) -> TerminalStatus:
        """The same test: the program has no other that prints its findings."""
        return self.status()

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Take a payment (operation 1)."""
        self._check(amount_minor, currency)
        return self._move_money((PAY, str(amount_minor)), amount_minor, operation_id, on_progress)

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Cancel (operation 8); the pad asks for the card."""
        self._check(amount_minor, self._options.currency)
        known = TerminalResult(Outcome.APPROVED, receipt_no=receipt_no, rrn=receipt_no)
        arguments = fill(self._options.cancel_arguments, amount_minor, known)
        return self._move_money((CANCEL, *arguments), amount_minor, operation_id, on_progress)

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give money back (operation 3)."""
        self._check(amount_minor, currency)
        arguments = fill(self._options.refund_arguments, amount_minor, original)
        return self._move_money((REFUND, *arguments), amount_minor, operation_id, on_progress)

    def last_operation(self) -> TerminalResult | None:
        """Read the copy of the last slip (operation 12)."""
        return self._ledger.ask()

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        """Compare the copy of the last slip with the mark from before the operation.

        Raises:
            DeviceBusy: the program still works on it: ask again.
        """
        return self._ledger.find(operation_id, amount_minor, before)

    def close_batch(self) -> BatchResult:
        """Reconcile (operation 7)."""
        self._ledger.forget()
        result, slip = self._pilot.do(SETTLE)
        self._refuse(result)
        if result.code != codes.OK:
            raise SberbankRefused(result.code)
        return BatchResult(slip.amount_minor, None, slip.lines)

    def abort(self) -> None:
        """Ask the program to give up waiting for a card; asked twice it is ended by force."""
        self._pilot.abort()

    def _move_money(
        self,
        arguments: tuple[str, ...],
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None,
    ) -> TerminalResult:
        tell(on_progress, Progress.CONNECTING)
        self._ledger.begin(operation_id)
        tell(on_progress, Progress.USER_ACTION)
        result, slip = self._pilot.do(*arguments)
        self._refuse(result)
        answer = self._result(result, slip, amount_minor)
        if answer.rrn:
            self._ledger.ended(answer)
        # Without an RRN the copy of the slip may name it otherwise: it is asked before the next one.
        return answer

    def _result(
        self, result: ResultFile, slip: Slip, amount_minor: int | None = None
    ) -> TerminalResult:
        outcome = Outcome.DECLINED
        if result.code == codes.OK:
            outcome = Outcome.APPROVED
        elif result.code in codes.CANCELLED:
            outcome = Outcome.CANCELLED
        rrn = result.rrn or slip.rrn
        # `e` has no sum; a slip that tells another one than asked for must be seen by the till.
        amount = slip.amount_minor if slip.amount_minor is not None else amount_minor
        return TerminalResult(
            outcome=outcome,
            code=str(result.code),
            text=self._words(result),
            amount_minor=amount if outcome is Outcome.APPROVED else None,
            receipt_no=rrn or result.number or slip.number,
            rrn=rrn,
            auth_code=result.auth_code or slip.auth_code,
            masked_pan=result.masked_pan,
            card_name=result.card_name,
            terminal_id=result.terminal_id or slip.terminal_id,
            trace=rrn,
            date=result.when[4:8] or slip.date,
            time=result.when[8:14] or slip.time,
            slip_lines=slip.lines,
        )

    def _last(self) -> TerminalResult | None:
        try:
            result, slip = self._ask(COPY)
        except ProtocolError as error:
            # A program that gives no copies can be paid with all the same.
            raise NotSupported(f"no copy of the last slip: {error.detail}") from error
        if result.code == codes.NOTHING_TO_PRINT:
            return None
        if result.code != codes.OK:
            raise SberbankRefused(result.code)
        last = self._result(result, slip)
        if last.rrn:
            # The copy may carry the time at which it was made: the RRN alone is the operation's own.
            last = replace(last, date="", time="")
        if last.mark() == OperationMark():
            raise NotSupported("the copy of the slip has nothing to recognise an operation by")
        return last

    def _ask(self, operation: str) -> tuple[ResultFile, Slip]:
        result, slip = self._pilot.ask(operation)
        self._refuse(result)
        return result, slip

    def _refuse(self, result: ResultFile) -> None:
        """Raise what says that the pad did not even begin."""
        if result.code in codes.BUSY:
            raise DeviceBusy(f"code {result.code}")
        if result.code in codes.UNDECIDED:
            raise OutcomeUnknown(f"code {result.code}: {codes.result_text(result.code, 'en')}")

    def _words(self, result: ResultFile) -> str:
        words = codes.result_text(result.code, self._options.language)
        own = result.message
        return words if result.code == codes.OK or not own else f"{words} ({own})"

    def _check(self, amount_minor: int, currency: str) -> None:
        if not 0 < amount_minor < AMOUNT_MAX:
            raise NotSupported(f"sum {amount_minor} is outside of what the terminal can take")
        if currency != self._options.currency:
            raise NotSupported(f"the terminal works in {self._options.currency}, not {currency}")
