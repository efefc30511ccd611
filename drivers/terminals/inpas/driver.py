"""An INPAS SmartSale terminal. Experimental: see the package.

The till chooses a number for each operation (field 26), made of its own id, so the terminal's last
operation can be told from any other even after both have restarted.
"""

import contextlib
import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from drivers.api.errors import (
    DeviceRefused,
    NotSupported,
    OutcomeUnknown,
    ProtocolError,
    Timeout,
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
from drivers.terminals.currencies import currency_code
from drivers.terminals.inpas import answers, codec, tables
from drivers.terminals.inpas.codec import Message
from drivers.terminals.inpas.link import Control, InpasLink
from drivers.terminals.inpas.options import InpasOptions
from drivers.terminals.ledger import Ledger
from drivers.terminals.marks import MarkStore
from drivers.terminals.no_holds import NoHolds
from drivers.terminals.progress import tell

AMOUNT_MAX = 10**12 - 1
MESSAGES_MAX = 5000
_POLL_S = 0.1  # how soon an abort from another thread is seen


def trace_of(operation_id: str) -> str:
    """The number that stands for an operation in field 26: nine digits made of the till's id."""
    digest = hashlib.sha256(operation_id.encode()).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 10**9:09d}"


class InpasTerminal(NoHolds):
    """`PaymentTerminal` for INPAS; see there for order of calls and threads.

    Args:
        link: frames over TCP or serial.
        options: settings.
        marks: notes for lost answers.
        clock: monotonic seconds.
        local_time: wall clock, for the time that is sent along.
    """

    def __init__(
        self,
        link: InpasLink,
        options: InpasOptions | None = None,
        *,
        marks: MarkStore | None = None,
        clock: Callable[[], float] = time.monotonic,
        local_time: Callable[[], time.struct_time] = time.localtime,
    ) -> None:
        self._link = link
        self._options = options or InpasOptions()
        self._ledger = Ledger(marks or MarkStore(), self._last)
        self._clock = clock
        self._local_time = local_time
        self._wanted = ""
        self._busy = threading.Event()
        self._abort_wanted = threading.Event()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """All but holding; finding only where the profile can repeat the last operation."""
        able = {
            Capability.CANCEL,
            Capability.REFUND,
            Capability.ABORT,
            Capability.CLOSE_BATCH,
            Capability.SLIP,
            Capability.DIAGNOSE,
        }
        if self._options.last_operation:
            able.add(Capability.FIND)
        return frozenset(able)

    def open(self) -> None:
        """Connect; the protocol has no registration."""
        try:
            self._link.open()
        except TransportError:
            # The peer has gone since the last call; nothing was sent yet, so a new try is safe.
            self._drop()
            self._link.open()

    def close(self) -> None:
        """Let go of the link."""
        self._drop()

    def status(self) -> TerminalStatus:
        """Test the link (operation 26)."""
        answer = self._ask(((codec.OPERATION, self._options.link_test),))
        status = answers.status(answer)
        return TerminalStatus(
            status == tables.APPROVED,
            str(status),
            "" if status == tables.APPROVED else answers.words(answer, self._options),
            answer.text(codec.TERMINAL_ID),
            answers.slip(answer, self._options),
        )

    def diagnose(self) -> TerminalStatus:
        """The same: the terminal tests its own link to the bank."""
        return self.status()

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Take a payment (operation 1)."""
        fields = self._money(self._options.sale, amount_minor, currency, operation_id)
        return self._move_money(fields, operation_id, on_progress)

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Cancel (operation 4) by the host's number."""
        options = self._options
        fields = self._money(options.cancel, amount_minor, options.currency, operation_id)
        if receipt_no:
            fields += ((codec.RRN, receipt_no),)
        return self._move_money(fields, operation_id, on_progress)

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give money back (operation 29, or as the options say)."""
        fields = self._money(self._options.refund, amount_minor, currency, operation_id)
        if original is not None and original.rrn:
            fields += ((codec.RRN, original.rrn),)
        if original is not None and original.auth_code:
            fields += ((codec.AUTH_CODE, original.auth_code),)
        return self._move_money(fields, operation_id, on_progress)

    def last_operation(self) -> TerminalResult | None:
        """Have the terminal repeat its last operation (63, as the options say)."""
        self._wanted = ""
        return self._ledger.ask()

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        """Compare the number of the terminal's last operation with ours.

        Raises:
            DeviceBusy: the terminal still works: ask again.
        """
        self._wanted = operation_id
        return self._ledger.find(operation_id, amount_minor, before)

    def close_batch(self) -> BatchResult:
        """Reconcile (operation 59)."""
        self._ledger.forget()
        fields = ((codec.OPERATION, self._options.settlement),)
        answer = self._exchange_once(fields, None, self._options.settlement_limit_s)
        with self._lost_is_unknown():
            status = answers.status(answer)
        if status != tables.APPROVED:
            raise DeviceRefused(f"settlement: {answers.words(answer, self._options)}")
        total = answers.number(answer, codec.AMOUNT)
        return BatchResult(total, None, answers.slip(answer, self._options))

    def abort(self) -> None:
        """Ask the waiting call to send EOT; any thread."""
        if self._busy.is_set():
            self._abort_wanted.set()

    def _money(
        self, operation: str, amount_minor: int, currency: str, operation_id: str
    ) -> tuple[tuple[int, str], ...]:
        if not 0 < amount_minor <= AMOUNT_MAX:
            raise NotSupported(f"sum {amount_minor} is outside of what the terminal can take")
        if currency != self._options.currency:
            raise NotSupported(f"the terminal works in {self._options.currency}, not {currency}")
        return (
            (codec.AMOUNT, str(amount_minor)),
            (codec.CURRENCY, currency_code(currency)),
            (codec.WHEN, time.strftime("%Y%m%d%H%M%S", self._local_time())),
            (codec.OPERATION, operation),
            (codec.TRACE, trace_of(operation_id)),
        )

    def _move_money(
        self,
        fields: tuple[tuple[int, str], ...],
        operation_id: str,
        on_progress: ProgressHandler | None,
    ) -> TerminalResult:
        tell(on_progress, Progress.CONNECTING)
        self._wanted = ""
        self._ledger.begin(operation_id)
        answer = self._exchange_once(fields, on_progress, self._options.operation_limit_s)
        with self._lost_is_unknown():
            result = answers.result(answer, self._options)
            if result.trace not in ("", trace_of(operation_id)):
                raise ProtocolError("the answer belongs to another operation")
        result = replace(result, operation_id=operation_id)
        self._ledger.ended(result)
        return result

    def _exchange_once(
        self,
        fields: tuple[tuple[int, str], ...],
        on_progress: ProgressHandler | None,
        limit_s: float,
    ) -> Message:
        """Send a request that must not be repeated; a lost answer is `OutcomeUnknown`."""
        self.open()
        self._abort_wanted.clear()
        self._busy.set()
        try:
            frame = self._frame(fields)
            try:
                self._link.send(frame)
            except TransportError as error:
                self._drop()
                if error.sent_bytes == 0:
                    raise  # nothing left the till, so nothing was booked
                raise OutcomeUnknown(f"{self._link.name}: {error.detail}") from error
            except ProtocolError as error:
                self._drop()
                raise OutcomeUnknown(f"{self._link.name}: {error.detail}") from error
            with self._lost_is_unknown():
                return self._listen(on_progress, limit_s)
        finally:
            self._busy.clear()

    def _ask(self, fields: tuple[tuple[int, str], ...]) -> Message:
        """Send a harmless request; its failures are plain errors."""
        self.open()
        try:
            self._link.send(self._frame(fields))
            return self._listen(None, self._options.operation_limit_s)
        except (TransportError, ProtocolError):
            self._drop()
            raise

    def _frame(self, fields: tuple[tuple[int, str], ...]) -> bytes:
        own = ((codec.TERMINAL_ID, self._options.terminal_id), (codec.ECR_ID, self._options.ecr_id))
        return codec.encode((*fields, *((number, text) for number, text in own if text)))

    def _listen(self, on_progress: ProgressHandler | None, limit_s: float) -> Message:
        """Take frames until one has a status. The terminal may ask for patience in between."""
        end_s = self._clock() + limit_s
        deadline_s = self._clock() + self._options.answer_timeout_s
        for _ in range(MESSAGES_MAX):
            message = self._next(min(deadline_s, end_s), on_progress)
            if message is Control.EOT:
                raise ProtocolError(f"{self._link.name}: the terminal ended without an answer")
            assert isinstance(message, Message)
            if codec.STATUS in message.fields:
                self._link.finish()
                return message
            self._link.acknowledge()
            deadline_s = self._clock() + self._options.answer_timeout_s
            tell(on_progress, Progress.WAIT, answers.decoded(message, codec.TEXT, self._options))
        raise ProtocolError(f"{self._link.name}: more than {MESSAGES_MAX} frames")

    def _next(
        self, deadline_s: float, on_progress: ProgressHandler | None
    ) -> Message | Control | None:
        while True:
            if self._abort_wanted.is_set():
                self._abort_wanted.clear()
                tell(on_progress, Progress.ABORTING)
                self._link.end()
            left_s = deadline_s - self._clock()
            message = self._link.receive(min(max(left_s, 0.0), _POLL_S))
            if message is not None:
                return message
            if left_s <= 0:
                raise Timeout(f"{self._link.name}: the terminal fell silent")

    def _last(self) -> TerminalResult | None:
        options = self._options
        if not options.last_operation:
            raise NotSupported("the profile names no operation to ask for the last one")
        fields: tuple[tuple[int, str], ...] = ((codec.OPERATION, options.last_operation),)
        if options.last_command:
            fields += ((codec.COMMAND, options.last_command),)
        answer = self._ask(fields)
        if answers.status(answer) != tables.APPROVED:
            raise DeviceRefused(f"last operation: {answers.words(answer, self._options)}")
        last = answers.result(answer, options)
        if last.trace:
            # The copy may carry the time at which it was made: the till's number is enough.
            last = replace(last, date="", time="")
        is_wanted = bool(self._wanted) and last.trace == trace_of(self._wanted)
        last = replace(last, operation_id=self._wanted if is_wanted else last.trace)
        return None if last.mark() == OperationMark() else last

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
        self._ledger.forget()
