"""The ATOL register: one driver over two roads, the local Web server and the driver library.

How a lost answer is resolved, in this order: the road is asked about the document's key; then the number
of the last document in the fiscal storage is compared with the one noted before; then the documents
between are read and compared. What cannot be told stays unknown. Nothing is sent twice: one id has one
key, the Web server takes a key once, and a new key follows only a try that is known to have made nothing.
"""

import contextlib
import datetime as dt
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace

from drivers.api.errors import (
    ConnectionLost,
    DriverError,
    FinalError,
    PaperOut,
    ProtocolError,
    TemporaryError,
    Timeout,
)
from drivers.api.fiscal import (
    FiscalCapability,
    FiscalDocument,
    FiscalLookup,
    FiscalReceipt,
    FiscalVerdict,
    FnState,
    ItemMark,
    MarkCheck,
    Operator,
    RegisterStatus,
    ShiftState,
    ShiftTotals,
)
from drivers.api.fiscal_errors import (
    DocumentUnprinted,
    FiscalInputWrong,
    FiscalOutcomeUnknown,
    RegisterBlocked,
)
from drivers.api.waiting import WaitHandler
from drivers.fiscal import tasks
from drivers.fiscal.atol import answers, recovery
from drivers.fiscal.atol.errors import PAPER_CODES, error_of, is_doubtful
from drivers.fiscal.atol.road import Outcome, Phase, Road
from drivers.fiscal.atol.state import read_status
from drivers.fiscal.checks import check_document_id
from drivers.fiscal.exact import dump
from drivers.fiscal.marking.register import RoadMarkChecker
from drivers.fiscal.notes import Note, NoteStore
from drivers.fiscal.split import total_minor
from drivers.fiscal.tasks import Task

KEY_SPACE = uuid.UUID("5f0a3a5e-6c1b-5c0e-9d55-4b1f6d0d2a11")
ATTEMPTS_MAX = 50


def key_of(document_id: str, attempt: int) -> str:
    """Return the key that a try of a document has at the Web server; the same at every call."""
    return str(uuid.uuid5(KEY_SPACE, f"{document_id}/{attempt}"))


class AtolRegister:
    """`FiscalRegister` of ATOL; see there for order of calls and threads.

    Args:
        road: to the register.
        notes: for lost answers; give one with a path so that they survive a restart.
        today: day by the till's clock, for rates of VAT; None checks no day.
    """

    capabilities = frozenset(FiscalCapability)

    def __init__(
        self,
        road: Road,
        *,
        notes: NoteStore | None = None,
        today: Callable[[], dt.date] | None = None,
    ) -> None:
        self._road = road
        self._notes = notes or NoteStore()
        self._today = today
        self._fn_number: str | None = None

    def open(self) -> None:
        """Connect and ask the shift, so that a register that does not answer is told at once."""
        self._road.open()
        self.shift_state()

    def close(self) -> None:
        """Let go."""
        self._road.close()
        self._fn_number = None

    def tell_waiting(self, handler: WaitHandler) -> None:
        """Have a handler told what a document waits for; see `drivers.api.waiting`."""
        self._road.on_wait = handler

    def status(self) -> RegisterStatus:
        """Ask everything that tells whether a receipt can be made now."""
        return read_status(self._road)

    def shift_state(self) -> ShiftState:
        """Ask getShiftStatus."""
        return answers.shift_state(self._road.ask(tasks.SHIFT_STATUS))

    def totals(self) -> ShiftTotals:
        """Ask getShiftTotals."""
        return answers.shift_totals(self._road.ask(tasks.SHIFT_TOTALS))

    def open_shift(self, operator: Operator, document_id: str) -> FiscalDocument:
        """OpenShift."""
        return self._make(tasks.open_shift_task(operator), document_id)

    def register(self, receipt: FiscalReceipt, document_id: str) -> FiscalDocument:
        """Sell, sellReturn or a correction."""
        on = self._today() if self._today is not None else None
        task = tasks.receipt_task(receipt, on)
        return self._make(task, document_id, total_minor(receipt))

    def check_mark(self, mark: ItemMark) -> MarkCheck:
        """Let the register check a marking code before the receipt; see `drivers.api.marking`."""
        return RoadMarkChecker(self._road).check_mark(mark)

    def x_report(self, operator: Operator) -> None:
        """ReportX."""
        self._require_free_queue()
        self._road.ask(tasks.x_report_task(operator))

    def z_report(self, operator: Operator, document_id: str) -> FiscalDocument:
        """CloseShift."""
        return self._make(tasks.close_shift_task(operator), document_id)

    def cash_in(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """CashIn."""
        return self._cash(tasks.cash_in_task(amount_minor, operator), document_id)

    def cash_out(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """CashOut."""
        return self._cash(tasks.cash_out_task(amount_minor, operator), document_id)

    def copy_last(self, operator: Operator) -> None:
        """PrintLastReceiptCopy."""
        self._require_free_queue()
        self._road.ask(tasks.copy_last_task(operator))

    def continue_print(self) -> None:
        """ContinuePrint; a standing queue does it by itself when the paper is there."""
        if not self._road.blocked():
            self._road.ask(tasks.continue_print_task())

    def last_document(self) -> FiscalDocument | None:
        """Read the last document of the fiscal storage."""
        last = self._fn_state().last_document
        return replace(self._read(last)[0], recovered=False) if last else None

    def find_document(self, document_id: str) -> FiscalLookup:
        """Ask the road about the id's key, then compare the fiscal storage."""
        check_document_id(document_id)
        note = self._notes.find(document_id)
        if note is not None and note.absent:
            return FiscalLookup(FiscalVerdict.ABSENT, reason="its last try made nothing")
        attempt = note.attempt if note is not None else 1
        outcome = self._road.find(key_of(document_id, attempt))
        if note is None:
            outcome = self._last_attempt(document_id, outcome)
            if outcome.phase is Phase.LOST and not self._notes.is_complete:
                return FiscalLookup(FiscalVerdict.UNCERTAIN, reason="there are no notes about it")
            if outcome.phase in (Phase.ABSENT, Phase.LOST):
                return FiscalLookup(FiscalVerdict.ABSENT, reason="it was never sent")
        elif outcome.phase is Phase.ABSENT:
            outcome = self._road.claim(key_of(document_id, attempt))
        return self._settled(document_id, self._lookup(document_id, note, outcome))

    def _settled(self, document_id: str, looked: FiscalLookup) -> FiscalLookup:
        """Note a verdict that will not change, before later documents make it hard to tell."""
        if looked.verdict is FiscalVerdict.ABSENT:
            self._notes.give_up(document_id)
        return looked

    def _last_attempt(self, document_id: str, outcome: Outcome) -> Outcome:
        """Without a note: the last try under this id that the road knows."""
        for attempt in range(2, ATTEMPTS_MAX):
            if not _is_spent(outcome):
                break
            later = self._road.find(key_of(document_id, attempt))
            if later.phase in (Phase.ABSENT, Phase.LOST):
                break
            outcome = later
        return outcome

    def _lookup(self, document_id: str, note: Note | None, outcome: Outcome) -> FiscalLookup:
        """Turn what the road knows into a verdict."""
        if outcome.phase is Phase.WAITING:
            return FiscalLookup(FiscalVerdict.WORKING, reason="the register still works on it")
        if outcome.phase is Phase.BLOCKED:
            reason = self._road.blocked() or outcome.text
            return FiscalLookup(
                FiscalVerdict.WORKING,
                error=self._trouble(outcome),
                reason=f"the queue stands: {reason}",
            )
        if outcome.phase is Phase.DONE and not answers.is_claim(outcome):
            return self._done(document_id, note, outcome)
        error = error_of(outcome.code, outcome.text) if outcome.phase is Phase.FAILED else None
        if note is None or (error is not None and not is_doubtful(outcome.code)):
            return FiscalLookup(FiscalVerdict.ABSENT, error=error, reason=outcome.text)
        looked = self._compare(document_id, note)
        if looked.verdict is not FiscalVerdict.ABSENT:
            return looked
        return FiscalLookup(FiscalVerdict.ABSENT, error=error, reason=outcome.text)

    def _done(self, document_id: str, note: Note | None, outcome: Outcome) -> FiscalLookup:
        if note is not None and note.task in recovery.CASH_TASKS:
            return FiscalLookup(FiscalVerdict.FOUND)
        kind = recovery.kind_of(note.task if note is not None else "")
        try:
            document = answers.document(outcome.result, kind)
        except ProtocolError as error:
            if note is not None:
                return self._compare(document_id, note)
            if answers.drawer_sum(outcome.result) is not None:
                return FiscalLookup(FiscalVerdict.FOUND)
            return FiscalLookup(FiscalVerdict.UNCERTAIN, error=error, reason=error.detail)
        self._notes.settle(document_id, document.number)
        return FiscalLookup(FiscalVerdict.FOUND, document)

    def _compare(self, document_id: str, note: Note) -> FiscalLookup:
        """Ask the register's own counters: the last resort, and the only one of the library."""
        if note.task in recovery.CASH_TASKS:
            return self._compare_cash(note)
        now = self._fn_state()
        taken = self._notes.taken(note.fn_number, besides=document_id)
        rivals = [
            item for item in self._notes.open_besides(document_id) if recovery.is_fiscal(item)
        ]
        last: int | None = None
        if self._road.is_synchronous:
            # It had ended when the next try was noted, so its number is not above that try's.
            befores = [item.before for item in self._notes.later(note) if recovery.is_fiscal(item)]
            last, rivals = min(befores, default=None), []
        looked = recovery.judge(note, now, taken, self._read, last=last, rivals=rivals)
        if looked.verdict is FiscalVerdict.FOUND and looked.document is not None:
            self._notes.settle(document_id, looked.document.number)
        return looked

    def _compare_cash(self, note: Note) -> FiscalLookup:
        """Compare the count of cash operations, up to the next one of ours."""
        later = [item.before for item in self._notes.later(note) if item.task == note.task]
        grown = min([self._cash_count(note.task), *later]) - note.before
        verdicts = {0: FiscalVerdict.ABSENT, 1: FiscalVerdict.FOUND}
        reason = "" if grown in verdicts else f"the count of {note.task} has changed by {grown}"
        return FiscalLookup(verdicts.get(grown, FiscalVerdict.UNCERTAIN), reason=reason)

    def _make(self, task: Task, document_id: str, total: int | None = None) -> FiscalDocument:
        """Make one document, or tell truthfully why not."""
        lookup = self._send(task, document_id, total)
        if lookup.document is None:
            raise FiscalOutcomeUnknown(f"{document_id}: made, but its numbers are not told")
        return lookup.document

    def _cash(self, task: Task, document_id: str) -> int | None:
        self._send(task, document_id, None)
        with contextlib.suppress(DriverError):  # it is recorded, whatever becomes of this question
            return self.totals().drawer_minor
        return None

    def _send(self, task: Task, document_id: str, total: int | None) -> FiscalLookup:
        """Send a task under the next free key of its id; FOUND or an error."""
        check_document_id(document_id)
        digest = hashlib.sha256(dump(task).encode()).hexdigest()
        attempt, made = self._settle_earlier(document_id, digest)
        if made is not None:
            return made
        self._require_free_queue()
        kind = str(task["type"])
        while True:
            note = self._note(attempt, kind, digest, total)
            self._notes.put(document_id, note)
            outcome = self._road.run(key_of(document_id, attempt), task)
            # A failure of an earlier run under this key: notes were lost, the next key may be free.
            if not (outcome.repeated and _is_spent(outcome)) or attempt >= ATTEMPTS_MAX:
                return self._conclude(document_id, note, outcome)
            attempt += 1

    def _settle_earlier(self, document_id: str, digest: str) -> tuple[int, FiscalLookup | None]:
        """What became of an earlier call with this id: the next try, or the document."""
        note = self._notes.find(document_id)
        if note is None:
            return 1, None
        try:
            earlier = self._find_or_follow(document_id, note)
        except (TemporaryError, FinalError, ProtocolError) as error:
            # An error here would say "not made", and the earlier call may well have made it.
            detail = f"{document_id}: cannot be asked for: {error.detail}"
            raise FiscalOutcomeUnknown(detail, reason=error) from error
        if earlier.verdict is FiscalVerdict.ABSENT:
            return note.attempt + 1, None  # the key is spent: on a refusal or on a claim
        if earlier.verdict is not FiscalVerdict.FOUND:
            raise FiscalOutcomeUnknown(f"{document_id}: {earlier.reason}", reason=earlier.error)
        if note.digest != digest:
            raise FiscalInputWrong(f"document id {document_id} belongs to another document")
        return note.attempt, earlier

    def _find_or_follow(self, document_id: str, note: Note) -> FiscalLookup:
        earlier = self.find_document(document_id)
        if earlier.verdict is not FiscalVerdict.WORKING:
            return earlier
        followed = self._road.follow(key_of(document_id, note.attempt))
        return self._settled(document_id, self._lookup(document_id, note, followed))

    def _require_free_queue(self) -> None:
        reason = self._road.blocked()
        if reason:
            raise RegisterBlocked(f"{self._road.name}: the queue stands: {reason}")

    def _note(self, attempt: int, kind: str, digest: str, total: int | None) -> Note:
        sequence = self._notes.next_sequence()
        if kind in recovery.CASH_TASKS:
            return Note(attempt, kind, digest, self._cash_count(kind), sequence=sequence)
        state = self._fn_state()
        return Note(
            attempt, kind, digest, state.last_document, state.number, total, sequence=sequence
        )

    def _conclude(self, document_id: str, note: Note, outcome: Outcome) -> FiscalLookup:
        """FOUND, or the error that tells what is known."""
        if outcome.phase is Phase.BLOCKED:
            raise self._blocked_error(document_id, note, outcome)
        if outcome.phase is Phase.WAITING:
            raise FiscalOutcomeUnknown(
                f"{document_id}: still {outcome.phase.value}: {outcome.reason}", reason=Timeout()
            )
        try:
            looked = self._settled(document_id, self._lookup(document_id, note, outcome))
        except (TemporaryError, FinalError, ProtocolError) as error:
            raise FiscalOutcomeUnknown(f"{document_id}: {outcome.text}", reason=error) from error
        if looked.verdict is FiscalVerdict.FOUND:
            return looked
        if looked.verdict is FiscalVerdict.ABSENT:
            if looked.error is not None:
                raise looked.error
            if outcome.code:
                raise error_of(outcome.code, outcome.text)
            raise ConnectionLost(f"{self._road.name}: not made: {outcome.text}")
        raise FiscalOutcomeUnknown(f"{document_id}: {looked.reason}", reason=looked.error)

    def _blocked_error(self, document_id: str, note: Note, outcome: Outcome) -> DriverError:
        """The queue stands on our document: with paper missing it may well be made."""
        detail = f"{document_id}: {outcome.reason} {outcome.code} {outcome.text}"
        trouble = self._trouble(outcome)
        if isinstance(trouble, PaperOut) or outcome.code in PAPER_CODES:
            with contextlib.suppress(DriverError):
                if self._is_closed(note):
                    return DocumentUnprinted(detail, reason=trouble)
        return FiscalOutcomeUnknown(detail, reason=trouble)

    def _is_closed(self, note: Note) -> bool:
        """Whether the document at the head of a standing queue is made: nobody else could make one."""
        now = self._fn_state()
        grown = now.last_document - note.before
        # One document more and no receipt in the shift: only the shift was opened.
        only_opened = grown == 1 and note.total_minor is not None and not now.last_receipt
        return grown > 0 and not only_opened

    def _trouble(self, outcome: Outcome) -> DriverError | None:
        if outcome.code:
            return error_of(outcome.code, outcome.text)
        return PaperOut(outcome.text) if outcome.reason == "paperError" else None

    def _fn_state(self) -> FnState:
        """Ask the last document's number.

        Raises:
            ProtocolError: the register does not tell it; nothing may be sent then.
        """
        if self._fn_number is None:
            info = answers.part(self._road.ask(tasks.FN_INFO), "fnInfo")
            self._fn_number = answers.text(info, "serial")
        result = self._road.ask(tasks.FN_STATUS)
        if not answers.has_document_number(result):
            raise ProtocolError(f"{self._road.name}: getFnStatus has no document number")
        return answers.fn_state(result, self._fn_number)

    def _read(self, number: int) -> tuple[FiscalDocument, int]:
        return answers.stored_document(self._road.ask(tasks.fn_document_task(number)), number)

    def _cash_count(self, kind: str) -> int:
        totals = self.totals()
        return totals.cash_in_count if kind == "cashIn" else totals.cash_out_count


def _is_spent(outcome: Outcome) -> bool:
    """Whether nothing was made under a key and nothing can be."""
    return outcome.phase is Phase.FAILED or answers.is_claim(outcome)
