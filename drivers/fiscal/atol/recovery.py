"""Whether a document was made, judged by what the fiscal storage holds now and held before it.

The rule is the Web server's own (Web Requests 1.0.4): the number of the last document has grown, or it
has not. Ours is then told from others by its kind and total, and by the ids that other numbers belong to.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from drivers.api.errors import NotSupported, ProtocolError
from drivers.api.fiscal import DocumentKind, FiscalDocument, FiscalLookup, FiscalVerdict, FnState
from drivers.api.fiscal_errors import FiscalRefused
from drivers.fiscal.notes import Note

SEARCH_MAX = 30
#: Tasks that make no document of the fiscal storage.
CASH_TASKS = ("cashIn", "cashOut")
_SIGNS = {"sell": 1, "sellReturn": 2, "sellCorrection": 1, "sellReturnCorrection": 2}
_KINDS = {"openShift": DocumentKind.SHIFT_OPEN, "closeShift": DocumentKind.SHIFT_CLOSE}

Reader = Callable[[int], tuple[FiscalDocument, int]]
"""Reads a document of the fiscal storage by its number, with its settlement sign (tag 1054)."""


@dataclass(frozen=True, slots=True)
class _Found:
    document: FiscalDocument
    sign: int


def kind_of(task: str) -> DocumentKind:
    """Return what kind of document a task makes."""
    return _KINDS.get(task, DocumentKind.RECEIPT)


def is_fiscal(note: Note) -> bool:
    """Tell whether a task makes a document of the fiscal storage."""
    return note.task not in CASH_TASKS


def judge(
    note: Note,
    now: FnState,
    taken: Iterable[int],
    read: Reader,
    *,
    last: int | None = None,
    rivals: Iterable[Note] = (),
) -> FiscalLookup:
    """Compare the fiscal storage with the note from before the document.

    Args:
        note: made before it was sent.
        now: state of the fiscal storage.
        taken: numbers that are known to be other documents of ours.
        read: reads one document.
        last: the greatest number that it can have, None if nothing is known of that.
        rivals: other documents of ours that are still to be found.

    Raises:
        DriverError: the register could not be asked.
    """
    if note.fn_number and now.number and note.fn_number != now.number:
        return FiscalLookup(
            FiscalVerdict.UNCERTAIN, reason="the fiscal storage was replaced meanwhile"
        )
    if now.last_document < note.before:
        return FiscalLookup(FiscalVerdict.UNCERTAIN, reason="the document numbers went back")
    last = now.last_document if last is None else min(last, now.last_document)
    numbers = [n for n in range(note.before + 1, last + 1) if n not in set(taken)]
    if not numbers:
        return FiscalLookup(FiscalVerdict.ABSENT)
    if len(numbers) > SEARCH_MAX:
        reason = f"{len(numbers)} documents were made since, too many to compare"
        return FiscalLookup(FiscalVerdict.UNCERTAIN, reason=reason)
    try:
        found = [_Found(*read(number)) for number in numbers]
    except (NotSupported, FiscalRefused, ProtocolError) as error:
        reason = f"document {numbers[0]} or a later one may be ours: {error.detail}"
        return FiscalLookup(FiscalVerdict.UNCERTAIN, error=error, reason=reason)
    same_kind = [item for item in found if item.document.kind is kind_of(note.task)]
    return _pick(note, same_kind, list(rivals))


def _pick(note: Note, found: list[_Found], rivals: list[Note]) -> FiscalLookup:
    """Ours is the only document of its kind that nobody else claims, and it must look like ours."""
    ours = [item for item in found if _looks_like(note, item)]
    if not ours:
        return FiscalLookup(FiscalVerdict.ABSENT)
    document = ours[0].document
    listed = ", ".join(str(item.document.number) for item in found)
    reason = f"documents {listed} were made since, {len(ours)} of them with this total"
    if len(found) > 1:
        return FiscalLookup(FiscalVerdict.UNCERTAIN, document, reason=reason)
    if any(rival.before < document.number and _looks_like(rival, ours[0]) for rival in rivals):
        reason = f"document {listed} may be another sale of this total that is not settled either"
        return FiscalLookup(FiscalVerdict.UNCERTAIN, document, reason=reason)
    return FiscalLookup(FiscalVerdict.FOUND, document)


def _looks_like(note: Note, item: _Found) -> bool:
    if item.document.kind is not kind_of(note.task):
        return False
    total, sign = item.document.total_minor, _SIGNS.get(note.task, 0)
    if note.total_minor is not None and total is not None and total != note.total_minor:
        return False
    return not (sign and item.sign) or sign == item.sign
