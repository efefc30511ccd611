"""What an ATOL register and its Web server answer, read into our types.

Shapes: KKTServiceLib.Atol results and the tests of an independent Web Requests server; fields that a
version leaves out, or puts one level higher, are allowed for. Any bytes end in a value or `ProtocolError`.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

from drivers.api.errors import ProtocolError
from drivers.api.fiscal import (
    DocumentKind,
    FiscalDocument,
    FnState,
    KindTotals,
    OfdQueue,
    PaymentKind,
    ShiftPhase,
    ShiftState,
    ShiftTotals,
)
from drivers.fiscal.atol.road import JsonObject, Outcome, Phase
from drivers.fiscal.exact import JsonValue, kopecks
from drivers.fiscal.tasks import PAYMENT_TYPES

SHIFT_HOURS = 24
_PHASES: Mapping[str, Phase] = {
    "wait": Phase.WAITING,
    "inProgress": Phase.WAITING,
    "blocked": Phase.BLOCKED,
    "ready": Phase.DONE,
    "error": Phase.FAILED,
    "interrupted": Phase.FAILED,
    "canceled": Phase.FAILED,
}
_DOCUMENT_KINDS: Mapping[str, DocumentKind] = {
    "openShift": DocumentKind.SHIFT_OPEN,
    "closeShift": DocumentKind.SHIFT_CLOSE,
}
_NUMBER_MAX = 2**63


def read_outcome(body: JsonValue, key: str) -> Outcome:
    """Read the answer to a question about one request, of either version of the server.

    Some versions answer with the whole queue: the entry with our key is taken.

    Raises:
        ProtocolError: there is no result of ours, or its status is unknown.
    """
    states = [_one(result) for result in _results(body, key)]
    if not states:
        raise ProtocolError("the answer has no results")
    unfinished = [state for state in states if state.phase is not Phase.DONE]
    return unfinished[0] if unfinished else states[-1]


def is_claim(outcome: Outcome) -> bool:
    """Whether a key was spent on the harmless question of `WebRoad.claim`: no document is under it."""
    return outcome.phase is Phase.DONE and "shiftStatus" in outcome.result


def read_error(body: JsonValue) -> tuple[int, str]:
    """Code and words of an error body; 0 and '' if it has none."""
    error = as_object(as_object(body).get("error"))
    return number(error, "code"), text(error, "description")


def as_object(value: JsonValue) -> JsonObject:
    """Return the object, an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def part(result: JsonObject, name: str) -> JsonObject:
    """Return the object of this name, or the whole where a version has no such level."""
    inner = result.get(name)
    return inner if isinstance(inner, Mapping) else result


def text(source: JsonObject, name: str) -> str:
    """Text of a field; numbers as they are written; '' for anything else."""
    value = source.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def number(source: JsonObject, name: str) -> int:
    """Whole number of a field, also where it is sent as text; 0 for anything else."""
    value = source.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if abs(value) < _NUMBER_MAX else 0


def flag(source: JsonObject, name: str) -> bool | None:
    """A yes or no; None if it is neither."""
    value = source.get(name)
    return value if isinstance(value, bool) else None


def document(result: JsonObject, kind: DocumentKind) -> FiscalDocument:
    """Read `fiscalParams` of a task that is done.

    Raises:
        ProtocolError: it has no document number.
    """
    params = part(result, "fiscalParams")
    warnings = as_object(result.get("warnings"))
    if not number(params, "fiscalDocumentNumber") > 0:
        raise ProtocolError("the result has no fiscal document number")
    return FiscalDocument(
        number=number(params, "fiscalDocumentNumber"),
        sign=text(params, "fiscalDocumentSign"),
        fn_number=text(params, "fnNumber"),
        registration_number=text(params, "registrationNumber").strip(),
        shift_number=number(params, "shiftNumber"),
        receipt_number=number(params, "fiscalReceiptNumber"),
        made_at=text(params, "fiscalDocumentDateTime"),
        total_minor=kopecks(params.get("total")) if kind is DocumentKind.RECEIPT else None,
        kind=kind,
        printed=flag(warnings, "notPrinted") is not True,
        recovered=flag(warnings, "recovered") is True,
        shift_opened=flag(warnings, "shiftAutoOpened") is True,
    )


def stored_document(result: JsonObject, document_number: int) -> tuple[FiscalDocument, int]:
    """Read `getFnDocument`: the document and its settlement sign (tag 1054), 0 if it has none."""
    tags = part(result, "documentTLV")
    kind = _DOCUMENT_KINDS.get(text(tags, "fiscalDocumentType"), DocumentKind.RECEIPT)
    found = FiscalDocument(
        number=document_number,
        sign=text(tags, "1077"),
        fn_number=text(tags, "1041"),
        registration_number=text(tags, "1037").strip(),
        shift_number=number(tags, "1038"),
        receipt_number=number(tags, "1042"),
        made_at=text(tags, "1012"),
        total_minor=kopecks(tags.get("1020")) if kind is DocumentKind.RECEIPT else None,
        kind=kind,
        recovered=True,
    )
    return found, number(tags, "1054")


def shift_state(result: JsonObject) -> ShiftState:
    """Read `getShiftStatus`.

    Raises:
        ProtocolError: the state is none of the three.
    """
    shift = part(result, "shiftStatus")
    expires = text(shift, "expiredTime")
    phase = shift_phase(text(shift, "state"))
    if phase is None:
        raise ProtocolError(f"shift state {text(shift, 'state')!r}")
    return ShiftState(
        phase=phase,
        number=number(shift, "number"),
        opened_at="" if phase is ShiftPhase.CLOSED else _day_before(expires),
        expires_at="" if phase is ShiftPhase.CLOSED else expires,
        documents=number(shift, "documentsCount"),
    )


def shift_phase(word: str) -> ShiftPhase | None:
    """Read 'closed', 'opened' or 'expired'."""
    words = {"closed": ShiftPhase.CLOSED, "opened": ShiftPhase.OPEN, "expired": ShiftPhase.EXPIRED}
    return words.get(word)


def shift_totals(result: JsonObject) -> ShiftTotals:
    """Read `getShiftTotals`."""
    totals = part(result, "shiftTotals")
    receipts = as_object(totals.get("receipts"))
    income, outcome = as_object(totals.get("income")), as_object(totals.get("outcome"))
    return ShiftTotals(
        shift_number=number(totals, "shiftNumber"),
        sell=_kind_totals(as_object(receipts.get("sell"))),
        sell_refund=_kind_totals(as_object(receipts.get("sellReturn"))),
        cash_in_count=number(income, "count"),
        cash_in_minor=kopecks(income.get("sum")) or 0,
        cash_out_count=number(outcome, "count"),
        cash_out_minor=kopecks(outcome.get("sum")) or 0,
        drawer_minor=kopecks(as_object(totals.get("cashDrawer")).get("sum")) or 0,
    )


def fn_state(result: JsonObject, serial: str = "") -> FnState:
    """Read `getFnStatus`; `serial` comes from `getFnInfo`."""
    status = part(result, "fnStatus")
    warnings = as_object(status.get("warnings"))
    return FnState(
        number=serial,
        last_document=number(status, "fiscalDocumentNumber"),
        last_receipt=number(status, "fiscalReceiptNumber"),
        near_full=flag(warnings, "memoryOverflow") is True,
        replace_soon=flag(warnings, "resourceExhausted") is True,
        replace_now=flag(warnings, "needReplacement") is True,
        ofd_late=flag(warnings, "ofdTimeout") is True,
        broken=flag(warnings, "criticalError") is True,
    )


def has_document_number(result: JsonObject) -> bool:
    """Whether `getFnStatus` told the last document's number at all."""
    value = part(result, "fnStatus").get("fiscalDocumentNumber")
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def ofd_queue(result: JsonObject) -> OfdQueue:
    """Read `ofdExchangeStatus`."""
    status = part(result, "status")
    return OfdQueue(
        number(status, "notSentCount"),
        number(status, "notSentFirstDocNumber"),
        text(status, "notSentFirstDocDateTime"),
    )


def drawer_sum(result: JsonObject) -> int | None:
    """Read the drawer's sum after cash-in or cash-out."""
    return kopecks(part(result, "counters").get("cashSum"))


def _results(body: JsonValue, key: str) -> Sequence[JsonObject]:
    results = body.get("results", body) if isinstance(body, Mapping) else body
    if isinstance(results, Mapping):
        results = [results]
    if isinstance(results, str) or not isinstance(results, Sequence):
        raise ProtocolError("the answer is no list of results")
    entries = [entry for entry in results if isinstance(entry, Mapping)]
    if any("uuid" in entry for entry in entries):
        ours = [entry for entry in entries if entry.get("uuid") == key]
        if ours and "results" in ours[0]:
            return _results(ours[0]["results"], key)
        return ours
    return entries


def _one(result: JsonObject) -> Outcome:
    """Read one result: ``error: {code, description}`` (v2) or errorCode, errorDescription (v1)."""
    phase = _PHASES.get(text(result, "status"))
    if phase is None:
        raise ProtocolError(f"task status {text(result, 'status')!r}")
    error = as_object(result.get("error"))
    code = number(error, "code") or number(result, "errorCode")
    words = text(error, "description") or text(result, "errorDescription")
    return Outcome(phase, code, words, as_object(result.get("result")))


def _kind_totals(counted: JsonObject) -> KindTotals:
    payments = as_object(counted.get("payments"))
    by_payment: dict[PaymentKind, int] = {}
    for kind, name in PAYMENT_TYPES.items():
        amount = kopecks(payments.get(name))
        if amount:
            by_payment[kind] = amount
    return KindTotals(number(counted, "count"), kopecks(counted.get("sum")) or 0, by_payment)


def _day_before(expires: str) -> str:
    """When a shift that expires then was opened; '' if that cannot be told."""
    try:
        return (dt.datetime.fromisoformat(expires) - dt.timedelta(hours=SHIFT_HOURS)).isoformat()
    except (ValueError, OverflowError):
        return ""
