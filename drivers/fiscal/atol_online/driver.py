"""`FiscalRegister` for ATOL Online v4 and v5: receipts and corrections; no shift, cash or print.

How a lost answer is resolved: the cloud keeps one document an external id and answers a second request
with code 33 and the uuid of the first. So the only question about a request without an answer is the
same request: `register` asks it at once, `find_document` later, with the bytes kept in the notes. Code 1
alone allows a new external id. A refusal speaks of its own request: where the notes may have been lost
(`OnlineNotes.is_whole`) it ends in `EarlierUnknown` and is asked again.
"""

import time
from collections.abc import Callable
from datetime import datetime

from drivers.api.errors import DriverError, NotSupported, OutcomeUnknown, TransportError
from drivers.api.fiscal import (
    FiscalCapability,
    FiscalDocument,
    FiscalLookup,
    FiscalReceipt,
    FiscalVerdict,
    Operator,
    RegisterStatus,
    ShiftState,
    ShiftTotals,
)
from drivers.api.fiscal_errors import FiscalInputWrong, FiscalOutcomeUnknown
from drivers.fiscal.atol_online import errors
from drivers.fiscal.atol_online.answers import Report
from drivers.fiscal.atol_online.callback import CallbackReceiver
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.documents import OnlineDocument, build_document
from drivers.fiscal.atol_online.follow import Follower, Schedule
from drivers.fiscal.atol_online.notes import OnlineNote, OnlineNotes, State
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.fiscal.checks import check_document_id

ATTEMPTS_MAX = 3
PING_S = 600.0


class AtolOnlineRegister:
    """`FiscalRegister`; see there for the order of calls. One thread, but for `deliver`.

    Args:
        client: the account.
        options: the company.
        version: of the interface.
        now: wall clock of the venue, for the time written into documents.
        notes: what became of each document; give one with a path so that it survives a restart.
        schedule: when to ask.
        receiver: takes the results that the cloud posts; it listens while the register is open.
        sleep: waits seconds; None waits for a callback as well.
        clock: monotonic seconds.
    """

    capabilities = frozenset({FiscalCapability.STATUS})

    def __init__(
        self,
        client: OnlineClient,
        options: OnlineOptions,
        version: Version,
        *,
        now: Callable[[], datetime],
        notes: OnlineNotes | None = None,
        schedule: Schedule | None = None,
        receiver: CallbackReceiver | None = None,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._options = options
        self._version = version
        self._now = now
        self._notes = notes or OnlineNotes()
        self._receiver = receiver
        self._clock = clock
        self._follower = Follower(
            client, self._notes, schedule or Schedule(), sleep=sleep, clock=clock
        )

    def open(self) -> None:
        """Take a token, and listen for results where that is set up."""
        self._client.ensure_token()
        if self._receiver is not None:
            self._receiver.start(self.deliver)

    def close(self) -> None:
        """Forget the token and stop listening."""
        self._client.forget_token()
        if self._receiver is not None:
            self._receiver.stop()

    def status(self) -> RegisterStatus:
        """Ask about documents that are due, and see that the account still works."""
        self.poll_open()
        answered_at = self._client.answered_at
        if answered_at is None or self._clock() - answered_at >= PING_S:
            self._client.forget_token()
        self._client.ensure_token()
        waiting = len(self._notes.open_ids())
        return RegisterStatus(
            model=f"ATOL Online {self._version}",
            serial=self._options.group,
            blocked=f"{waiting} not settled" if waiting else "",
        )

    def register(self, receipt: FiscalReceipt, document_id: str) -> FiscalDocument:
        """Make a receipt of any kind; waits as long as the schedule says."""
        check_document_id(document_id)
        document = build_document(receipt, self._options, self._version, self._now().date())
        note = self._notes.find(document_id)
        if note is None:
            note = self._begin(document_id, document, 1)
        elif note.state in (State.UNSENT, State.FAILED):
            following = note.attempt + (note.state is State.FAILED)
            note = self._begin(document_id, document, following)
        elif note.digest != document.digest:
            raise FiscalInputWrong(f"document id {document_id!r} belongs to another document")
        return self._make(document_id, document, note)

    def find_document(self, document_id: str) -> FiscalLookup:
        """Tell what became of a document; a request without an answer is asked about by itself."""
        note = self._notes.find(document_id)
        if note is None:
            return FiscalLookup(FiscalVerdict.ABSENT, reason="it was never begun")
        try:
            if note.state is State.SENT:
                note = self._follower.deliver(document_id, note, ())
            if note.state is State.ACCEPTED:
                note = self._follower.look(document_id, note)
        except DriverError as error:
            return FiscalLookup(FiscalVerdict.WORKING, error=error, reason=str(error))
        return self._lookup(note)

    def poll_open(self) -> None:
        """Ask about documents without an end, each when it is due. Never raises for the cloud."""
        for document_id in self._notes.open_ids():
            if not self._follower.is_due(document_id):
                continue
            lookup = self.find_document(document_id)
            self._follower.plan(document_id)
            if isinstance(lookup.error, TransportError | OutcomeUnknown):
                return  # the others would wait for the same line

    def pending(self) -> tuple[str, ...]:
        """Documents that nobody knows the end of, oldest first."""
        return self._notes.open_ids()

    def deliver(self, report: Report) -> None:
        """Take the result that a callback brought. Any thread; it is used with the next question."""
        self._follower.take(report)

    def shift_state(self) -> ShiftState:
        """Not told: the cloud opens and closes shifts by itself."""
        raise _not_supported("the shift")

    def totals(self) -> ShiftTotals:
        """Not told."""
        raise _not_supported("totals")

    def open_shift(self, operator: Operator, document_id: str) -> FiscalDocument:
        """Done by the cloud."""
        raise _not_supported(f"opening a shift ({document_id}, {operator.name})")

    def x_report(self, operator: Operator) -> None:
        """Nothing to print on."""
        raise _not_supported(f"an X report ({operator.name})")

    def z_report(self, operator: Operator, document_id: str) -> FiscalDocument:
        """Done by the cloud."""
        raise _not_supported(f"a Z report ({document_id}, {operator.name})")

    def cash_in(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """No drawer."""
        raise _not_supported(f"cash in ({document_id}, {operator.name}, {amount_minor})")

    def cash_out(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """No drawer."""
        raise _not_supported(f"cash out ({document_id}, {operator.name}, {amount_minor})")

    def copy_last(self, operator: Operator) -> None:
        """Nothing to print on."""
        raise _not_supported(f"a copy ({operator.name})")

    def continue_print(self) -> None:
        """Nothing to print on."""
        raise _not_supported("printing")

    def last_document(self) -> FiscalDocument | None:
        """Not told: a group has many registers."""
        raise _not_supported("the last document")

    def _make(self, document_id: str, document: OnlineDocument, note: OnlineNote) -> FiscalDocument:
        """Follow a document to its end; code 1 begins it anew under a new external id."""
        for remaining in reversed(range(ATTEMPTS_MAX)):
            note = self._follower.settle(document_id, note)
            if note.state is State.DONE and note.document is not None:
                return note.document
            if note.state is State.DOUBTFUL:
                raise FiscalOutcomeUnknown(f"{note.external_id}: another document has this id")
            assert note.error is not None
            if errors.group_of(note.error) != errors.TIMEOUT or not remaining:
                break
            note = self._begin(document_id, document, note.attempt + 1)
        assert note.error is not None
        raise errors.error_of(note.error)

    def _begin(self, document_id: str, document: OnlineDocument, attempt: int) -> OnlineNote:
        external_id = f"{document_id}-{attempt}"
        body = document.body(external_id, self._now().strftime("%d.%m.%Y %H:%M:%S"))
        note = OnlineNote(
            external_id,
            attempt,
            State.UNSENT,
            document.operation,
            document.digest,
            document.total_minor,
            body.decode(),
        )
        return self._notes.put(document_id, note)

    def _lookup(self, note: OnlineNote) -> FiscalLookup:
        if note.state is State.DONE:
            return FiscalLookup(FiscalVerdict.FOUND, note.document)
        if note.state is State.DOUBTFUL:
            reason = f"the cloud has a document of another sum under {note.external_id}"
            return FiscalLookup(FiscalVerdict.UNCERTAIN, note.document, reason=reason)
        if note.state is State.ACCEPTED:
            return FiscalLookup(FiscalVerdict.WORKING, reason="the cloud still works on it")
        error = errors.error_of(note.error) if note.error is not None else None
        return FiscalLookup(FiscalVerdict.ABSENT, error=error, reason=str(error or "not sent"))


def _not_supported(what: str) -> NotSupported:
    return NotSupported(f"ATOL Online: {what}")
