"""The ZVT terminal driver: one conversation at a time over a `Link`.

How a lost answer is resolved: before the first operation after each connect the terminal is asked
for its last operation (06 20), and every answer moves that mark on. The mark is written down before a
request leaves. `find_operation` asks again: the same last operation means that ours was not booked,
another one with our sum is ours, anything else is left to a human.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import astuple

from drivers.api.errors import (
    DriverError,
    FinalError,
    NotSupported,
    OutcomeUnknown,
    ProtocolError,
    TransportError,
)
from drivers.api.terminal import (
    BatchResult,
    Capability,
    Lookup,
    OperationMark,
    Progress,
    ProgressHandler,
    TerminalResult,
    TerminalStatus,
    Verdict,
)
from drivers.terminals.zvt import answers, codec
from drivers.terminals.zvt.answers import Talk
from drivers.terminals.zvt.codec import Apdu
from drivers.terminals.zvt.conversation import Conversation, ZvtOptions, tell
from drivers.terminals.zvt.errors import refusal
from drivers.terminals.zvt.link import Link
from drivers.terminals.zvt.marks import MarkStore
from drivers.terminals.zvt.tables import RESULT_UNSUPPORTED

# 02 till prints payment receipts, 04 and admin receipts, 08 intermediate status wanted, 10 till
# controls payments, 20 and admin functions, 80 print lines [ZVT] 2.1 "config-byte".
CONFIG_BYTE = 0xBE
_LOG_OFF_WAIT_S = 0.2


class ZvtTerminal:
    """`PaymentTerminal` for ZVT; see there for order of calls and threads.

    Args:
        link: TCP or serial.
        options: settings.
        marks: notes for lost answers; give one with a path so that they survive a restart.
        clock: monotonic seconds.
    """

    capabilities = frozenset(Capability)

    def __init__(
        self,
        link: Link,
        options: ZvtOptions | None = None,
        *,
        marks: MarkStore | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link
        self._options = options or ZvtOptions()
        self._marks = marks or MarkStore()
        self._clock = clock
        self._registered = False
        self._mark: OperationMark | None = None
        self._mark_fresh = False
        self._busy = threading.Event()
        self._abort_wanted = threading.Event()

    def open(self) -> None:
        """Connect and register (06 00)."""
        try:
            self._link.open()
        except TransportError:
            # The peer has gone since the last call; nothing was sent yet, so a new try is safe.
            self._drop()
            self._link.open()
        if not self._registered:
            options = self._options
            self._ask(codec.registration(options.password, CONFIG_BYTE, options.currency))
            self._registered = True

    def close(self) -> None:
        """Log off (06 02) if the link stands, and close."""
        if self._link.is_open and self._registered:
            with contextlib.suppress(DriverError):
                self._link.send(Apdu(codec.LOG_OFF))
                self._link.receive(_LOG_OFF_WAIT_S)
        self._drop()

    def status(self) -> TerminalStatus:
        """Ask 05 01."""
        self.open()
        talk = self._ask(codec.status_enquiry(self._options.password))
        return answers.terminal_status(talk, self._options.language)

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Authorise (06 01)."""
        command = codec.authorisation(amount_minor, currency)
        return self._move_money(command, operation_id, on_progress)

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Reverse (06 30) by receipt number."""
        if not (receipt_no.isascii() and receipt_no.isdigit() and len(receipt_no) <= 4):
            raise NotSupported(f"ZVT reverses by a number of up to 4 digits, not {receipt_no!r}")
        options = self._options
        command = codec.reversal(options.password, receipt_no, amount_minor, options.currency)
        return self._move_money(command, operation_id, on_progress)

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,  # noqa: ARG002 - ZVT refunds carry no reference
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Refund (06 31); ZVT carries no reference to the payment."""
        command = codec.refund(self._options.password, amount_minor, currency)
        return self._move_money(command, operation_id, on_progress)

    def last_operation(self) -> TerminalResult | None:
        """Repeat the receipt (06 20) and read the status information that comes with it.

        Raises:
            NotSupported: the terminal cannot repeat, or repeats the slip only.
        """
        self.open()
        talk = self._converse_dropping(codec.repeat_receipt(self._options.password))
        if talk.status is None and talk.abort_code == RESULT_UNSUPPORTED:
            # The command was acknowledged, then "function not possible": nothing is stored.
            self._note(OperationMark())
            return None
        if talk.status is None:
            if talk.abort_code is not None:
                raise refusal(talk.abort_code)
            raise NotSupported("the terminal repeats the slip without its data")
        with self._dropping():
            result = self._result(talk)
        self._note(result.mark())
        return result

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        """Compare the terminal's last operation with the mark from before ours.

        Raises:
            DeviceBusy: the terminal still works on it: ask again.
        """
        mark = before if before is not None else self._marks.find(operation_id)
        try:
            last = self.last_operation()
        except FinalError as error:
            return Lookup(Verdict.UNCERTAIN, reason=error.detail)
        return _compare(last, mark, amount_minor)

    def close_batch(self) -> BatchResult:
        """Reconcile (06 50)."""
        self.open()
        talk = self._exchange_once(codec.end_of_day(self._options.password), None)
        self._mark_fresh = False
        if talk.abort_code is not None:
            raise refusal(talk.abort_code)
        with self._dropping():
            return answers.batch_result(talk)

    def abort(self) -> None:
        """Ask the waiting call to send 06 B0; any thread."""
        if self._busy.is_set():
            self._abort_wanted.set()

    def _move_money(
        self, command: Apdu, operation_id: str, on_progress: ProgressHandler | None
    ) -> TerminalResult:
        tell(on_progress, Progress.CONNECTING)
        self.open()
        if not self._mark_fresh:
            self._learn_mark()
        self._marks.put(operation_id, self._mark)
        # What the answer says of the sequence is trusted only once it is read.
        self._mark_fresh = False
        talk = self._exchange_once(command, on_progress)
        with self._lost_is_unknown():
            result = self._result(talk)
        if result.approved and result.mark() != OperationMark():
            # Declined operations are not repeated by 06 20 and so are no marks.
            self._note(result.mark())
        return result

    def _learn_mark(self) -> None:
        """Ask what was last before our operation; a terminal that cannot say is paid with anyway."""
        self._mark = None
        with contextlib.suppress(FinalError):
            self.last_operation()

    def _note(self, mark: OperationMark) -> None:
        self._mark = mark
        self._mark_fresh = True

    def _exchange_once(self, command: Apdu, on_progress: ProgressHandler | None) -> Talk:
        """Send a command that must not be repeated; a lost answer is `OutcomeUnknown`."""
        self._abort_wanted.clear()
        self._busy.set()
        try:
            try:
                self._link.open()  # once more: drops what came late from the command before
                self._link.send(command)
            except TransportError as error:
                self._drop()
                if error.sent_bytes == 0:
                    raise  # nothing left the till, so nothing was booked
                raise OutcomeUnknown(f"{self._link.name}: {error.detail}") from error
            with self._lost_is_unknown():
                return self._conversation(on_progress).listen()
        finally:
            self._busy.clear()

    def _ask(self, command: Apdu) -> Talk:
        """Send a harmless command and insist that the terminal completes it."""
        talk = self._converse_dropping(command)
        if talk.abort_code is not None:
            raise refusal(talk.abort_code)
        return talk

    def _converse_dropping(self, command: Apdu) -> Talk:
        with self._dropping():
            self._link.open()  # once more: drops what came late from the command before
            self._link.send(command)
            return self._conversation(None).listen()

    def _conversation(self, on_progress: ProgressHandler | None) -> Conversation:
        # A harmless command is not to be aborted, so it gets no event.
        return Conversation(
            self._link,
            self._options,
            clock=self._clock,
            abort_wanted=self._abort_wanted if self._busy.is_set() else None,
            on_progress=on_progress,
        )

    def _result(self, talk: Talk) -> TerminalResult:
        return answers.terminal_result(talk, self._options.encoding, self._options.language)

    @contextlib.contextmanager
    def _dropping(self) -> Iterator[None]:
        """Let go of the link when the talk on it went wrong: late bytes must not confuse the next."""
        try:
            yield
        except (TransportError, ProtocolError):
            self._drop()
            raise

    @contextlib.contextmanager
    def _lost_is_unknown(self) -> Iterator[None]:
        """Translate every way of losing an answer into the one honest error."""
        try:
            yield
        except (TransportError, ProtocolError) as error:
            self._drop()
            raise OutcomeUnknown(f"{self._link.name}: {error.detail}") from error

    def _drop(self) -> None:
        self._link.close()
        self._registered = False
        self._mark_fresh = False


def _compare(last: TerminalResult | None, mark: OperationMark | None, amount_minor: int) -> Lookup:
    """Judge the terminal's last operation against the mark from before ours."""
    if mark is None:
        return Lookup(Verdict.UNCERTAIN, last, "the last operation before this one is not known")
    same = _is_same(last.mark() if last is not None else OperationMark(), mark)
    if same:
        return Lookup(Verdict.ABSENT)
    if last is None:
        return Lookup(Verdict.UNCERTAIN, None, "the terminal has forgotten its operations")
    if same is None:
        return Lookup(Verdict.UNCERTAIN, last, "the last operation has no number to compare")
    if last.amount_minor != amount_minor:
        reason = f"the last operation has another sum, {last.amount_minor}"
        return Lookup(Verdict.UNCERTAIN, last, reason)
    return Lookup(Verdict.FOUND, last)


def _is_same(one: OperationMark, other: OperationMark) -> bool | None:
    """Whether two marks mean one operation; None if they have nothing to compare.

    A repeated receipt may carry fewer fields than the first answer, so only those that both have
    are compared.
    """
    nothing = OperationMark()
    if nothing in (one, other):
        return one == other
    pairs = zip(astuple(one), astuple(other), strict=True)
    common = [(left, right) for left, right in pairs if left and right]
    return all(left == right for left, right in common) if common else None
