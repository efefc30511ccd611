"""Following one document to its end: posting it, asking about it, keeping what was learnt.

The cloud keeps one document an external id and answers a second request with code 33 and the uuid of the
first. So a request without an answer is asked about by the same request.
"""

import contextlib
import dataclasses
import threading
import time
from collections.abc import Callable, Sequence

from drivers.api.errors import (
    ConfigurationError,
    DriverError,
    NotConnected,
    ProtocolError,
    TransportError,
)
from drivers.api.fiscal import FiscalDocument
from drivers.api.fiscal_errors import EarlierUnknown, FiscalOutcomeUnknown
from drivers.fiscal.atol_online import errors
from drivers.fiscal.atol_online.answers import OnlineError, Report
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.notes import OnlineNote, OnlineNotes, State

# Reference 1.6. In the foreground the cashier waits; later a question a minute, then ever more seldom.
POLLS_S = (1.0, 2.0, 3.0, 5.0, 10.0)
BACKGROUND_POLLS_S = (60.0, 163.0, 443.0, 1205.0, 3276.0)
RESENDS_S = (1.0, 2.0, 3.0)
# A report with these speaks of the question, not of the document: django-atol asks again after them.
_ABOUT_QUESTION = (13, 30, 31, 40, 41)
_NOT_LOOKED_AT = (errors.TOKEN, errors.LOGIN, errors.CONFIG, errors.LATER)
_INBOX_MAX = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Schedule:
    """Seconds between questions, as data.

    Attributes:
        polls_s: before each question about an accepted document, while the cashier waits.
        background_s: between questions later; the last one repeats.
        resends_s: before each repetition of a request without an answer.
    """

    polls_s: tuple[float, ...] = POLLS_S
    background_s: tuple[float, ...] = BACKGROUND_POLLS_S
    resends_s: tuple[float, ...] = RESENDS_S


class Follower:
    """Takes documents from one state to the next. One thread, but for `take`.

    Args:
        client: the account.
        notes: what became of each document.
        schedule: when to ask.
        sleep: waits seconds; None waits for a callback as well.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        client: OnlineClient,
        notes: OnlineNotes,
        schedule: Schedule,
        *,
        sleep: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._notes = notes
        self._schedule = schedule
        self._clock = clock
        self._taken = threading.Event()
        self._sleep = sleep or self._taken.wait
        self._inbox: dict[str, Report] = {}
        self._inbox_lock = threading.Lock()
        self._ask_at: dict[str, float] = {}

    def take(self, report: Report) -> None:
        """Keep the result that a callback brought, for the next question. Any thread."""
        if not report.uuid or report.status == "wait":
            return
        with self._inbox_lock:
            while len(self._inbox) >= _INBOX_MAX:
                del self._inbox[next(iter(self._inbox))]
            self._inbox[report.uuid] = report
        self._taken.set()

    def is_due(self, document_id: str) -> bool:
        """Whether the background should ask now."""
        return self._clock() >= self._ask_at.get(document_id, 0.0)

    def settle(self, document_id: str, note: OnlineNote) -> OnlineNote:
        """Post if needed, then ask until there is an end or the schedule is over."""
        if note.state in (State.UNSENT, State.SENT):
            note = self.deliver(document_id, note, self._schedule.resends_s)
        problem: DriverError | None = None
        for delay_s in self._schedule.polls_s:
            if note.state is not State.ACCEPTED:
                return note
            self._wait(delay_s)
            try:
                note, problem = self.look(document_id, note), None
            except DriverError as error:
                problem = error
        if note.state is State.ACCEPTED:
            self.plan(document_id)
            raise errors.DocumentQueued(f"{note.external_id}: {problem or 'still waits'}")
        return note

    def deliver(self, document_id: str, note: OnlineNote, resends_s: Sequence[float]) -> OnlineNote:
        """Post until there is an answer.

        Raises:
            FiscalOutcomeUnknown: it may have arrived, and nobody answered.
            EarlierUnknown: it was refused, which says nothing of an earlier request.
            DriverError: it did not arrive, or was not looked at.
        """
        self._ensure_token(note)
        failure: DriverError | None = None
        refused = False
        for delay_s in (0.0, *resends_s):
            self._wait(delay_s)
            may_have_arrived = note.state is State.SENT
            # A crash between here and the answer must find that it may have arrived.
            note = self._put(document_id, note, state=State.SENT, recovered=may_have_arrived)
            try:
                report = self._client.post(note.operation, note.body.encode())
            except (NotConnected, ConfigurationError) as error:
                failure, refused = error, False
                if not may_have_arrived:
                    self._put(document_id, note, state=State.UNSENT)
                    raise
            except (TransportError, ProtocolError) as error:
                failure, refused = error, False
            else:
                # Without whole notes it may be the repetition of a document that is forgotten.
                sure = not may_have_arrived and self._notes.is_whole
                answered = self._accepted(document_id, note, report, sure=sure)
                if answered is not None:
                    return answered
                if report.error is not None:
                    failure, refused = errors.error_of(report.error), _refuses(report.error)
        if refused:
            raise EarlierUnknown(f"{note.external_id}: {failure}", reason=failure)
        raise FiscalOutcomeUnknown(f"{note.external_id}: no answer", reason=failure)

    def _ensure_token(self, note: OnlineNote) -> None:
        try:
            self._client.ensure_token()
        except DriverError as error:
            if note.state is not State.SENT:
                raise
            raise FiscalOutcomeUnknown(note.external_id, reason=error) from error

    def _accepted(
        self, document_id: str, note: OnlineNote, report: Report, *, sure: bool
    ) -> OnlineNote | None:
        """Read the answer to a document; None: it must be asked again.

        `sure` says that no earlier request may have arrived.
        """
        error = report.error
        group = errors.group_of(error) if error is not None else ""
        if error is not None and group not in (errors.EXISTS, errors.WAIT):
            # Wrong data are wrong each time; anything else says nothing of an earlier request.
            if not sure and group != errors.DATA:
                return None
            # Only as the end of a document (`look`) does code 1 give up the id.
            if group == errors.TIMEOUT:
                return None
            if group in _NOT_LOOKED_AT:
                self._put(document_id, note, state=State.UNSENT)
                raise errors.error_of(error)
            return self._put(document_id, note, state=State.FAILED, error=error, body="")
        if not report.uuid:
            return None
        recovered = note.recovered or group == errors.EXISTS
        note = self._put(
            document_id, note, state=State.ACCEPTED, uuid=report.uuid, body="", recovered=recovered
        )
        return self._ended(document_id, note, report) if report.document else note

    def look(self, document_id: str, note: OnlineNote) -> OnlineNote:
        """Ask once about an accepted document, or use what a callback brought.

        Raises:
            DriverError: nobody could be asked; nothing is known of the document by that.
        """
        with self._inbox_lock:
            brought = self._inbox.pop(note.uuid, None)
        report = brought or self._client.report(note.uuid)
        error = report.error
        if error is not None and (
            errors.group_of(error) in _NOT_LOOKED_AT or error.code in _ABOUT_QUESTION
        ):
            raise errors.error_of(error)
        return self._ended(document_id, note, report)

    def _ended(self, document_id: str, note: OnlineNote, report: Report) -> OnlineNote:
        """Keep the end that a report tells, if it tells one."""
        error = report.error
        if report.document is not None:
            document = dataclasses.replace(report.document, recovered=note.recovered)
            total_minor = document.total_minor
            is_ours = total_minor is None or total_minor == note.total_minor
            state = State.DONE if is_ours else State.DOUBTFUL
            return self._put(document_id, note, state=state, document=document)
        if report.status == "wait" or error is None or errors.group_of(error) == errors.WAIT:
            return note
        return self._put(document_id, note, state=State.FAILED, error=error)

    def _put(
        self,
        document_id: str,
        note: OnlineNote,
        *,
        state: State,
        uuid: str | None = None,
        body: str | None = None,
        recovered: bool = False,
        error: OnlineError | None = None,
        document: FiscalDocument | None = None,
    ) -> OnlineNote:
        changed = dataclasses.replace(
            note,
            state=state,
            uuid=note.uuid if uuid is None else uuid,
            body=note.body if body is None else body,
            recovered=note.recovered or recovered,
            error=error,
            document=document,
        )
        if state is State.SENT and note.state is State.UNSENT:
            return self._notes.put(document_id, changed)  # nothing leaves without it
        # What was learnt from the cloud holds even if the disk is full; it can be asked again.
        with contextlib.suppress(ConfigurationError):
            self._notes.put(document_id, changed)
        return changed

    def plan(self, document_id: str) -> None:
        """Set when the background asks again."""
        note = self._notes.find(document_id)
        if note is None or not note.is_open:
            self._ask_at.pop(document_id, None)
            return
        delays_s = self._schedule.background_s
        self._ask_at[document_id] = self._clock() + delays_s[min(note.looks, len(delays_s) - 1)]
        with contextlib.suppress(ConfigurationError):
            self._notes.put(document_id, dataclasses.replace(note, looks=note.looks + 1))

    def _wait(self, delay_s: float) -> None:
        if delay_s > 0:
            self._sleep(delay_s)
        self._taken.clear()


def _refuses(error: OnlineError) -> bool:
    """Whether the request was not taken; the others speak of an earlier one that was."""
    return errors.group_of(error) not in (errors.EXISTS, errors.WAIT)
