"""The ZVT terminal driver: one conversation at a time over a `Link`.

How a lost answer is resolved: see `drivers.terminals.ledger`; the terminal is asked by 06 20, repeat
receipt, after a status enquiry has shown that it is free.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

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
)
from drivers.terminals.ledger import Ledger
from drivers.terminals.marks import MarkStore
from drivers.terminals.progress import tell
from drivers.terminals.zvt import answers, codec
from drivers.terminals.zvt.answers import Talk
from drivers.terminals.zvt.codec import Apdu
from drivers.terminals.zvt.conversation import Conversation, ZvtOptions
from drivers.terminals.zvt.errors import refusal
from drivers.terminals.zvt.link import Link
from drivers.terminals.zvt.tables import RESULT_UNSUPPORTED

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
        self._ledger = Ledger(marks or MarkStore(), self._last)
        self._clock = clock
        self._registered = False
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
            config = codec.config_byte(till_prints=options.receipts == "till")
            self._ask(codec.registration(options.password, config, options.currency))
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

    def diagnose(self) -> TerminalStatus:
        """Test the line to the host (06 70)."""
        self.open()
        talk = self._converse_dropping(codec.diagnosis())
        return answers.diagnosis_status(talk, self._options.language)

    def initialise(self) -> TerminalStatus:
        """Have the terminal initialise itself at its host (06 93); after a repair, by a service hand."""
        self.open()
        talk = self._converse_dropping(codec.initialisation(self._options.password))
        return answers.diagnosis_status(talk, self._options.language)

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
        _check_receipt(receipt_no)
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

    def hold(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Reserve (06 22)."""
        return self._move_money(
            codec.reservation(amount_minor, currency), operation_id, on_progress
        )

    def capture(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Book what was reserved (06 24, or 06 23 where the options say so)."""
        control = codec.CAPTURE_COMMANDS[self._options.capture_command]
        command = self._on_hold(control, receipt_no, amount_minor)
        return self._move_money(command, operation_id, on_progress)

    def release(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give a reservation free (06 25)."""
        command = self._on_hold(codec.RELEASE_RESERVATION, receipt_no, amount_minor)
        return self._move_money(command, operation_id, on_progress)

    def last_operation(self) -> TerminalResult | None:
        """Repeat the receipt (06 20) and read the status information that comes with it.

        Raises:
            NotSupported: the terminal cannot repeat, or repeats the slip only.
        """
        return self._ledger.ask()

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        """Compare the terminal's last operation with the mark from before ours.

        Raises:
            DeviceBusy: the terminal still works on it: ask again.
        """
        with contextlib.suppress(FinalError):  # a terminal without 05 01 answers 06 20 all the same
            self.status()
        return self._ledger.find(operation_id, amount_minor, before)

    def close_batch(self) -> BatchResult:
        """Reconcile (06 50)."""
        self.open()
        talk = self._exchange_once(codec.end_of_day(self._options.password), None)
        self._ledger.forget()
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
        self._ledger.begin(operation_id)
        talk = self._exchange_once(command, on_progress)
        with self._lost_is_unknown():
            result = self._result(talk)
        self._ledger.ended(result)
        return result

    def _on_hold(self, control: bytes, receipt_no: str, amount_minor: int) -> Apdu:
        _check_receipt(receipt_no)
        options = self._options
        return codec.on_reservation(
            control, options.password, receipt_no, amount_minor, options.currency
        )

    def _last(self) -> TerminalResult | None:
        self.open()
        talk = self._converse_dropping(codec.repeat_receipt(self._options.password))
        if talk.status is None and talk.abort_code == RESULT_UNSUPPORTED:
            # The command was acknowledged, then "function not possible": nothing is stored.
            return None
        if talk.status is None:
            if talk.abort_code is not None:
                raise refusal(talk.abort_code)
            raise NotSupported("the terminal repeats the slip without its data")
        with self._dropping():
            return self._result(talk)

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
        self._ledger.forget()


def _check_receipt(receipt_no: str) -> None:
    if not (receipt_no.isascii() and receipt_no.isdigit() and len(receipt_no) <= 4):
        raise NotSupported(f"ZVT names an operation by up to 4 digits, not {receipt_no!r}")
