"""What the answer of a check of codes means; the same shape from all services.

``{code, description, codes: [{cis, found, valid, verified, realizable, utilised, sold, isBlocked,
expireDate, mrp, smp, grayZone, isOwner, ...}], reqId, reqTimestamp}``; the local module puts it into
``results: [...]``. Sources: public documents of the marking system; local module: public
emulator of the marking system.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from drivers.api.fiscal import IndustryNote
from drivers.api.marking import (
    MarkCode,
    MarkingUnavailable,
    MarkReason,
    MarkResult,
    MarkVerdict,
)

# Government decree 1944 of 21.11.2023, as named in tags 1262-1264.
_FEDERAL_ID, _DECREE_DATE, _DECREE_NUMBER = "030", "2023-11-21", "1944"
_TIME_MAX = 10**16
_ID = re.compile(r"[0-9A-Za-z_.-]{1,64}")
NOT_IN_ANSWER = ("в ответе нет этого кода", "the answer does not name this code")
NOTHING_TOLD = ("служба ничего о нём не сказала", "the service told nothing about it")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, checked for its form.

    Attributes:
        codes: what it says of each code.
        request_id: UUID of the check, '' if there is none.
        request_time: its time in milliseconds, None if there is none.
        instance: of a local module, '' from others.
        version: of a local module, '' from others.
    """

    codes: tuple[Mapping[str, object], ...]
    request_id: str = ""
    request_time: int | None = None
    instance: str = ""
    version: str = ""

    def evidence(self) -> IndustryNote | None:
        """Return what proves the check in the receipt, None if the answer carries no proof."""
        if not self.request_id or self.request_time is None:
            return None
        value = f"UUID={self.request_id}&Time={self.request_time}"
        if self.instance and self.version:
            value += f"&Inst={self.instance}&Ver={self.version}"
        return IndustryNote(_FEDERAL_ID, _DECREE_DATE, _DECREE_NUMBER, value)


def read_answer(body: bytes) -> Answer:
    """Read the body of an answer.

    Raises:
        MarkingUnavailable: it is no such answer, or tells of a failure of the service.
    """
    content = _load(body)
    code = content.get("code", 0)
    if code != 0 or isinstance(code, bool):
        raise MarkingUnavailable(f"code {code!r}: {str(content.get('description', ''))[:200]}")
    results = content.get("results")
    if isinstance(results, list) and results and isinstance(results[0], dict):
        content = {**content, **results[0]}
    codes = content.get("codes")
    if not isinstance(codes, list) or not all(isinstance(entry, dict) for entry in codes):
        raise MarkingUnavailable("the answer has no list of codes")
    return Answer(
        tuple(codes),
        _identifier(content.get("reqId")),
        _whole(content.get("reqTimestamp"), _TIME_MAX),
        _identifier(content.get("inst")),
        _identifier(content.get("version")),
    )


def judge(
    answer: Answer,
    codes: Sequence[MarkCode],
    *,
    source: str,
    now: datetime,
    returning: bool = False,
    refuse_other_owner: bool = False,
) -> tuple[MarkResult, ...]:
    """Turn an answer into one result a code, in the order of the codes."""
    evidence = answer.evidence()
    results = []
    for position, code in enumerate(codes):
        entry = _entry_of(answer, code, position, len(codes))
        if entry is None:
            results.append(unchecked(code, NOT_IN_ANSWER))
            continue
        if not any(_flag(entry, name) is not None for name in ("found", "isBlocked")):
            results.append(unchecked(code, NOTHING_TOLD))
            continue
        reasons = _reasons(entry, now, returning=returning)
        owner = (MarkReason.WRONG_OWNER,) if _flag(entry, "isOwner") is False else ()
        refused = (*reasons, *owner) if refuse_other_owner else reasons
        verdict = MarkVerdict.REFUSED if refused else MarkVerdict.ALLOWED
        prices = [
            price for name in ("mrp", "smp") if (price := _whole(entry.get(name))) is not None
        ]
        results.append(
            MarkResult(
                code,
                verdict,
                refused,
                () if refuse_other_owner else owner,
                evidence,
                source,
                max(prices, default=None),
            )
        )
    return tuple(results)


def unchecked(code: MarkCode, why: tuple[str, str], source: str = "") -> MarkResult:
    """Say of a code that nobody could be asked; `why` in Russian and English."""
    return MarkResult(
        code, MarkVerdict.UNCHECKED, source=source, unchecked_ru=why[0], unchecked_en=why[1]
    )


def _reasons(
    entry: Mapping[str, object], now: datetime, *, returning: bool
) -> tuple[MarkReason, ...]:
    """Apply the rules of 4.4 item 5; what the service does not tell is no reason."""
    reasons = []
    if _flag(entry, "found") is False:
        return (MarkReason.NOT_FOUND,)
    if _flag(entry, "utilised") is False:
        reasons.append(MarkReason.NOT_APPLIED)
    if _flag(entry, "verified") is False or _flag(entry, "valid") is False:
        reasons.append(MarkReason.NOT_VERIFIED)
    if _flag(entry, "isBlocked"):
        reasons.append(MarkReason.BLOCKED)
    if returning:
        return tuple(reasons)
    if _flag(entry, "sold"):
        reasons.append(MarkReason.SOLD)
    elif _flag(entry, "realizable") is False and not _flag(entry, "grayZone"):
        reasons.append(MarkReason.NOT_REALIZABLE)
    if _is_expired(entry.get("expireDate"), now):
        reasons.append(MarkReason.EXPIRED)
    return tuple(reasons)


def _is_expired(value: object, now: datetime) -> bool:
    """Whether a shelf life has ended; a day without a time ends with the day."""
    if not isinstance(value, str) or not value:
        return False
    try:
        if len(value) == len("2026-11-25"):
            return date.fromisoformat(value) < now.date()
        ends = datetime.fromisoformat(value)
    except ValueError:
        return False
    return (ends if ends.tzinfo else ends.replace(tzinfo=UTC)) <= now


def _entry_of(
    answer: Answer, code: MarkCode, position: int, count: int
) -> Mapping[str, object] | None:
    """Find what the answer says of a code: by its identity; by place only where it names none."""
    for entry in answer.codes:
        if entry.get("cis") in (code.identity, code.text):
            return entry
    if len(answer.codes) != count or "cis" in answer.codes[position]:
        return None
    return answer.codes[position]


def _load(body: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MarkingUnavailable(f"no JSON: {error}") from error
    if not isinstance(content, dict):
        raise MarkingUnavailable("the answer is no object")
    return content


def _flag(entry: Mapping[str, object], name: str) -> bool | None:
    value = entry.get(name)
    return value if isinstance(value, bool) else None


def _whole(value: object, limit: int = 10**12) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < limit:
        return None
    return value


def _identifier(value: object) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""
