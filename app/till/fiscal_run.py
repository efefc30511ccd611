"""One fiscal task at the register: made, asked for, or its paper finished; every end is told, none raised.

What the register says decides: an error that says "not made" lets the task be tried again or gives it
to a person; `OutcomeUnknown` is only ever asked about.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.kernel.late import LateModule
from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalKind, FiscalState, FiscalTask
from app.till import fiscal_texts
from app.till.devices import words_of
from app.till.words import Words
from drivers.api import errors as driver_errors

if TYPE_CHECKING:
    from app.till import fiscal_codec
    from drivers.api import fiscal, fiscal_errors
else:  # a till without a register never loads these
    fiscal_codec = LateModule("app.till.fiscal_codec")
    fiscal = LateModule("drivers.api.fiscal")
    fiscal_errors = LateModule("drivers.api.fiscal_errors")

#: So often a document is tried that fails for a reason of its own which may pass.
OWN_TRIES_MAX: Final = 5
WORKING: Final = "fiscal.working"
EARLIER_UNKNOWN: Final = "fiscal.earlier_unknown"
SHIFT_EXPIRED: Final = "fiscal.shift_expired"
DRAWER_SHORT: Final = "fiscal.drawer_short"
UNPRINTED: Final = "fiscal.unprinted"
PAPER_OUT: Final = "printer.paper_out"
NO_WORDS: Final = Words("", "")
_RECEIPTS: Final = frozenset({FiscalKind.SALE, FiscalKind.REFUND})


class Need(StrEnum):
    """What must be done before the task can be."""

    OPEN_SHIFT = "open_shift"
    RENEW_SHIFT = "renew_shift"


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended.

    Attributes:
        state: Where the task stands now.
        document: What was made, None if nothing was told.
        code: Why it is not made.
        words: The same for people.
        drawer_minor: What the register counts in its drawer after its shift was opened, None if not told.
        need: What must be done first.
        waits: It is not tried again at once.
    """

    state: FiscalState
    document: "fiscal.FiscalDocument | None" = None
    code: str = ""
    words: Words = NO_WORDS
    need: Need | None = None
    waits: bool = True
    drawer_minor: int | None = None


#: Another register than the one that was given the document cannot tell what became of it.
OTHER_REGISTER: Final = Ended(
    FiscalState.UNKNOWN, code=UNCERTAIN, words=fiscal_texts.OTHER_REGISTER
)


def document_id(task: FiscalTask) -> str:
    """Return the id of a task's document: its own, until a senior decides that it was not made."""
    again = int(task.payload.get("again", 0))
    return f"{task.task_id}-{again + 1}" if again else task.task_id


def make(
    register: "fiscal.FiscalRegister", task: FiscalTask, *, checks_paper: bool = False
) -> Ended:
    """Have the register make a document; it is asked by its id what became of earlier attempts.

    Args:
        register: Connected by itself.
        task: Queued.
        checks_paper: Do not give it a receipt for which it has no paper: what it has got already cannot
            be made electronically any more.
    """
    try:
        if checks_paper and _lacks_paper(register, task):
            return of_error(task, driver_errors.PaperOut())
        document = _call(register, task)
    except driver_errors.DriverError as error:
        return _after_error(register, task, error)
    if document is not None and not document.printed and task.kind in _RECEIPTS:
        return Ended(FiscalState.UNPRINTED, document, UNPRINTED, fiscal_texts.UNPRINTED)
    drawer_minor = _drawer(register) if task.kind is FiscalKind.SHIFT_OPEN else None
    return Ended(FiscalState.DONE, document, drawer_minor=drawer_minor)


def ask(register: "fiscal.FiscalRegister", task: FiscalTask) -> Ended:
    """Ask what became of a document whose answer was lost."""
    try:
        found = register.find_document(document_id(task))
    except driver_errors.DriverError as error:
        code, words = _told(error)
        return Ended(FiscalState.UNKNOWN, code=code, words=words)
    if found.verdict is fiscal.FiscalVerdict.FOUND:
        return Ended(FiscalState.DONE, found.document)
    if found.verdict is fiscal.FiscalVerdict.UNCERTAIN:
        return Ended(FiscalState.UNKNOWN, found.document, UNCERTAIN, fiscal_texts.UNCERTAIN)
    if found.verdict is fiscal.FiscalVerdict.WORKING:
        code, words = _told(found.error) if found.error else (WORKING, fiscal_texts.WORKING)
        return Ended(FiscalState.UNKNOWN, code=code, words=words)
    if found.error is not None:
        return of_error(task, found.error)
    return Ended(FiscalState.QUEUED, waits=False)


def finish_print(register: "fiscal.FiscalRegister", task: FiscalTask) -> Ended:
    """Print what was left when the paper ended, and take over the document's numbers."""
    try:
        register.continue_print()
    except (driver_errors.TemporaryError, driver_errors.OutcomeUnknown) as error:
        return Ended(FiscalState.UNPRINTED, None, _told(error)[0], fiscal_texts.UNPRINTED)
    except driver_errors.DriverError:
        pass  # this model prints by itself, or has nothing left to print
    if task.document is not None:
        return Ended(FiscalState.DONE)
    ended = ask(register, task)
    if ended.state is FiscalState.UNKNOWN and ended.code != UNCERTAIN:
        return Ended(FiscalState.UNPRINTED, None, ended.code, fiscal_texts.UNPRINTED)
    return ended


def of_error(task: FiscalTask, error: driver_errors.DriverError) -> Ended:
    """Return what an error means for a task."""
    code, words = _told(error)
    if isinstance(error, fiscal_errors.DocumentUnprinted):
        return Ended(FiscalState.UNPRINTED, None, code, fiscal_texts.UNPRINTED)
    if isinstance(error, driver_errors.OutcomeUnknown):
        return Ended(FiscalState.UNKNOWN, None, code, words)
    if isinstance(error, fiscal_errors.ShiftClosed) and task.kind is FiscalKind.SHIFT_CLOSE:
        return Ended(FiscalState.DONE)  # there is nothing to close
    state = FiscalState.FAILED if _is_lasting(task, error) else FiscalState.QUEUED
    return Ended(state, None, code, words, _need_of(error))


def _need_of(error: driver_errors.DriverError) -> Need | None:
    if isinstance(error, fiscal_errors.ShiftClosed):
        return Need.OPEN_SHIFT
    return Need.RENEW_SHIFT if isinstance(error, fiscal_errors.ShiftExpired) else None


def _is_lasting(task: FiscalTask, error: driver_errors.DriverError) -> bool:
    """Tell whether only a person can help this document; the others go on."""
    if isinstance(error, fiscal_errors.DrawerShort):
        return True
    if isinstance(error, driver_errors.ConfigurationError | driver_errors.AccessDenied):
        return False  # concerns every document: they wait in their order until it is put right
    passing = fiscal_errors.MarkUnchecked | fiscal_errors.FnFault | driver_errors.DriverBug
    if isinstance(error, passing):
        return task.attempts >= OWN_TRIES_MAX
    return not error.retryable


def _after_error(
    register: "fiscal.FiscalRegister", task: FiscalTask, error: driver_errors.DriverError
) -> Ended:
    if isinstance(error, driver_errors.NotSupported) and task.kind not in _RECEIPTS:
        return Ended(FiscalState.DONE)  # this model has no shifts or no drawer of its own
    if not (isinstance(error, fiscal_errors.ShiftOpen) and task.kind is FiscalKind.SHIFT_OPEN):
        return of_error(task, error)
    try:
        phase = register.shift_state().phase
    except driver_errors.DriverError as later:
        return of_error(task, later)
    if phase is fiscal.ShiftPhase.EXPIRED:
        return of_error(task, fiscal_errors.ShiftExpired())
    return Ended(FiscalState.DONE)  # it is open already


def _lacks_paper(register: "fiscal.FiscalRegister", task: FiscalTask) -> bool:
    is_paper = not task.payload.get("receipt", {}).get("electronic", False)
    return task.kind in _RECEIPTS and is_paper and register.status().paper is False


def _call(register: "fiscal.FiscalRegister", task: FiscalTask) -> "fiscal.FiscalDocument | None":
    key = document_id(task)
    if task.kind in _RECEIPTS:
        return register.register(fiscal_codec.receipt_from_json(task.payload["receipt"]), key)
    operator = fiscal_codec.operator_from_json(task.payload["operator"])
    if task.kind is FiscalKind.SHIFT_OPEN:
        return register.open_shift(operator, key)
    if task.kind is FiscalKind.SHIFT_CLOSE:
        return register.z_report(operator, key)
    move = register.cash_in if task.kind is FiscalKind.CASH_IN else register.cash_out
    move(task.amount_minor, operator, key)
    return None


def _drawer(register: "fiscal.FiscalRegister") -> int | None:
    """Return what the register counts in its drawer; None where it does not tell or takes no cash."""
    needed = {fiscal.FiscalCapability.TOTALS, fiscal.FiscalCapability.CASH}
    if not needed <= register.capabilities:
        return None
    try:
        return register.totals().drawer_minor
    except driver_errors.DriverError:
        return None  # the shift is open; a drawer that is not told is left as it is


def _told(error: driver_errors.DriverError) -> tuple[str, Words]:
    """Return code and words of what is really in the way: the reason, where there is one.

    `EARLIER_UNKNOWN` goes with the words of the refusal; `fiscal_views` puts them in their place.
    """
    reason = error.reason if error.reason is not None else error
    words = words_of(reason)
    # The reason of this one speaks of the repetition only: it does not say that there is no receipt.
    code = error.code if isinstance(error, fiscal_errors.EarlierUnknown) else reason.code
    return code, words
