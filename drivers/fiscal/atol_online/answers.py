"""What ATOL Online answers: tokens, accepted documents, reports. Any bytes end here in a value or an error.

Shapes: public clients of ATOL Online.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.api.errors import ProtocolError
from drivers.api.fiscal import FiscalDocument
from drivers.fiscal.exact import JsonValue, kopecks, load

_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
_UUID = re.compile(r"[0-9A-Za-z_.-]{1,64}")
_DATE_TIME = re.compile(r"(\d\d)\.(\d\d)\.(\d{4}) (\d\d:\d\d(?::\d\d)?)")
_URL = re.compile(r"https?://[\x21-\x7e]{1,500}")
TEXT_MAX = 500
_NUMBER_MAX = 2**63
STATUSES = ("wait", "done", "fail")


@dataclass(frozen=True, slots=True)
class OnlineError:
    """The error object: `kind` is system, driver, timeout, agent or unknown; '' if not told."""

    code: int
    text: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class TokenAnswer:
    """Answer to getToken: one of both is set."""

    token: str = ""
    error: OnlineError | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Answer to a document, to the question about one, and what a callback brings.

    Attributes:
        status: 'wait', 'done' or 'fail'; '' if not told.
        uuid: the cloud's name of the document, '' if not told.
        external_id: ours, '' if not told.
        error: set when it failed, and with some that wait.
        document: set when it is done.
    """

    status: str
    uuid: str = ""
    external_id: str = ""
    error: OnlineError | None = None
    document: FiscalDocument | None = None


def read_token(body: bytes) -> TokenAnswer:
    """Read the answer to getToken.

    Raises:
        ProtocolError: it is no such answer.
    """
    content = _object(body)
    error = read_error(content)
    token = content.get("token")
    if error is None and not (isinstance(token, str) and _TOKEN.fullmatch(token)):
        raise ProtocolError("ATOL Online: neither a token nor an error")
    return TokenAnswer(token if error is None and isinstance(token, str) else "", error)


def read_report(body: bytes) -> Report:
    """Read the answer to a document or a question, or the body of a callback.

    Raises:
        ProtocolError: it is no such answer.
    """
    content = _object(body)
    error = read_error(content)
    status = content.get("status")
    if status not in STATUSES:
        # An accepted document may come as its uuid alone (tests of MyBook/django-atol).
        if error is None and not (status is None and _text(content, "uuid", _UUID)):
            raise ProtocolError(f"ATOL Online: status {_shown(status)}")
        status = "fail" if error is not None else "wait"
    document = None
    if status == "done":
        document = _document(content.get("payload"))
    elif status == "fail" and error is None:
        raise ProtocolError("ATOL Online: failed without an error")
    return Report(
        str(status),
        _text(content, "uuid", _UUID),
        _plain(content.get("external_id"), 128),
        error,
        document,
    )


def read_error(content: Mapping[str, JsonValue]) -> OnlineError | None:
    """Read the error object; None if there is none. Old v4 answers have code and text at the top."""
    error = content.get("error")
    if error is None and isinstance(content.get("code"), int) and "token" not in content:
        error = content
    if not isinstance(error, Mapping):
        return None
    code = error.get("code")
    if isinstance(code, bool) or not isinstance(code, int) or abs(code) >= _NUMBER_MAX:
        raise ProtocolError(f"ATOL Online: error code {_shown(code)}")
    return OnlineError(code, _plain(error.get("text"), TEXT_MAX), _plain(error.get("type"), 32))


def _document(payload: JsonValue) -> FiscalDocument:
    if not isinstance(payload, Mapping):
        raise ProtocolError("ATOL Online: done without a document")
    number = _whole(payload, "fiscal_document_number")
    if number <= 0:
        raise ProtocolError("ATOL Online: done without a document number")
    return FiscalDocument(
        number=number,
        sign=_sign(payload.get("fiscal_document_attribute")),
        fn_number=_plain(payload.get("fn_number"), 32),
        registration_number=_plain(payload.get("ecr_registration_number"), 32),
        shift_number=_whole(payload, "shift_number"),
        receipt_number=_whole(payload, "fiscal_receipt_number"),
        made_at=_iso(payload.get("receipt_datetime")),
        total_minor=kopecks(payload.get("total")),
        ofd_url=_text(payload, "ofd_receipt_url", _URL),
        mark_results=_marks(payload.get("marks_result")),
    )


def _marks(value: JsonValue) -> dict[int, int]:
    """Read the bit masks of tag 2106 by position."""
    results: dict[int, int] = {}
    for entry in value if isinstance(value, list) else ():
        if not isinstance(entry, Mapping):
            continue
        position, bits = entry.get("position"), entry.get("result")
        if isinstance(position, int) and isinstance(bits, int) and 0 <= bits < 32:
            results[int(position)] = int(bits)
    return results


def _sign(value: JsonValue) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _NUMBER_MAX:
        return str(value)
    return _plain(value, 32)


def _iso(value: JsonValue) -> str:
    """Turn ``20.11.2026 13:45:00`` into ``2026-11-20T13:45:00``; '' if it is no such time."""
    match = _DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return ""
    day, month, year, time = match.groups()
    return f"{year}-{month}-{day}T{time}"


def _object(body: bytes) -> Mapping[str, JsonValue]:
    content = load(body)
    if not isinstance(content, Mapping):
        raise ProtocolError("ATOL Online: the answer is no object")
    return content


def _whole(content: Mapping[str, JsonValue], name: str) -> int:
    value = content.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < _NUMBER_MAX:
        return 0
    return value


def _text(content: Mapping[str, JsonValue], name: str, form: re.Pattern[str]) -> str:
    value = content.get(name)
    return value if isinstance(value, str) and form.fullmatch(value) else ""


def _plain(value: JsonValue, length_max: int) -> str:
    """Return a text cut to its limit, without control characters; '' for anything else."""
    if not isinstance(value, str):
        return ""
    return "".join(sign if sign.isprintable() else " " for sign in value[:length_max]).strip()


def _shown(value: object) -> str:
    return repr(value)[:60]
