"""What the till and an external terminal program say to each other.

The program is started once for each operation, with the command line of the settings. Placeholders in
it are ``{operation}``, ``{operation_id}``, ``{amount_minor}``, ``{currency}``, ``{receipt_no}``,
``{rrn}`` and ``{auth_code}``; the line is cut into arguments before they are put in, no shell is used.

Standard input: one JSON object in UTF-8, then the end of the file::

    {"version": 1, "operation": "pay", "operation_id": "till-7-0042", "amount_minor": 12345,
     "currency": "RUB", "receipt_no": "", "rrn": "", "auth_code": ""}

``operation`` is one of pay, refund, cancel, hold, capture, release, close, status, diagnose, last,
find. ``find`` and ``last`` ask and must move nothing; ``find`` names the operation by its id and sum.

Standard output: the last line that is not empty is one JSON object in UTF-8. Lines before it are the
program's own talk. Every field may be left out unless it says otherwise::

    pay, refund, cancel, hold, capture, release:
        {"outcome": "approved" | "declined" | "cancelled" (must be there), "code", "text",
         "amount_minor", "currency", "receipt_no", "rrn", "auth_code", "masked_pan", "card_name",
         "terminal_id", "trace", "date": "MMDD", "time": "HHMMSS", "slip_lines": ["..."],
         "operation_id"}
    last:       {"result": {...as above...} | null}
    find:       {"verdict": "found" | "absent" | "uncertain", "result": {...}, "reason"}
    status, diagnose: {"ready": true | false, "code", "text", "terminal_id", "slip_lines"}
    close:      {"total_minor", "count", "slip_lines"}

Exit codes::

    0   the answer is on the standard output
    10  nothing was begun: the terminal is busy or away; {"text"} says why, the till may try again
    11  this program cannot do the operation
    12  the outcome is not known; the till asks by `find`
    else, or no answer in time, or an answer that is none of the above: as 12 for an operation that
    moves money, an error for a question
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from drivers.api.errors import ConfigurationError, ProtocolError
from drivers.api.terminal import (
    BatchResult,
    Lookup,
    Outcome,
    TerminalResult,
    TerminalStatus,
    Verdict,
)

VERSION = 1
EXIT_ANSWER, EXIT_NOTHING, EXIT_UNSUPPORTED, EXIT_UNKNOWN = 0, 10, 11, 12
TEXT_MAX, SLIP_LINES_MAX = 500, 2000
_AMOUNT_MAX = 10**12
_RESULT_TEXTS = (
    "code", "text", "currency", "receipt_no", "rrn", "auth_code", "masked_pan", "card_name",
    "terminal_id", "trace", "date", "time", "operation_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Request:
    """What the program is asked; '' and 0 for what the operation has not."""

    operation: str
    operation_id: str = ""
    amount_minor: int = 0
    currency: str = ""
    receipt_no: str = ""
    rrn: str = ""
    auth_code: str = ""

    def facts(self) -> dict[str, str | int]:
        """The fields by name, in the order of the contract."""
        return {
            "operation": self.operation,
            "operation_id": self.operation_id,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "receipt_no": self.receipt_no,
            "rrn": self.rrn,
            "auth_code": self.auth_code,
        }

    def encode(self) -> bytes:
        """The standard input of the program."""
        return json.dumps({"version": VERSION, **self.facts()}, ensure_ascii=False).encode() + b"\n"

    def fill(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """Put the facts into the words of a command line.

        Raises:
            ConfigurationError: a placeholder that the contract does not have.
        """
        facts = self.facts()
        try:
            return tuple(word.format_map(facts) for word in words)
        except (KeyError, ValueError, IndexError, AttributeError, TypeError) as error:
            known = ", ".join(facts)
            raise ConfigurationError(f"{' '.join(words)!r} may name {known} only") from error


def last_object(output: bytes) -> Mapping[str, object]:
    """Return the JSON object on the last line of an output.

    Raises:
        ProtocolError: there is none.
    """
    lines = [line for line in output.splitlines() if line.strip()]
    try:
        value = json.loads(lines[-1].decode("utf-8")) if lines else None
    except (ValueError, RecursionError) as error:
        raise ProtocolError(f"no JSON: {lines[-1][:80]!r}") from error
    if not isinstance(value, dict):
        raise ProtocolError(f"no JSON object in {len(output)} bytes")
    return value


def read_result(answer: Mapping[str, object], raw: bytes = b"") -> TerminalResult:
    """Read the answer of an operation that moves money; `ProtocolError` if it is none."""
    try:
        outcome = Outcome(str(answer.get("outcome")))
    except ValueError as error:
        raise ProtocolError(f"outcome {answer.get('outcome')!r} is none of the contract") from error
    texts = {name: _text(answer, name) for name in _RESULT_TEXTS}
    return TerminalResult(
        outcome=outcome,
        amount_minor=_number(answer, "amount_minor"),
        slip_lines=_lines(answer),
        raw=raw,
        **texts,
    )


def read_lookup(answer: Mapping[str, object]) -> Lookup:
    """Read the answer of `find`; a find without its result is uncertain."""
    try:
        verdict = Verdict(str(answer.get("verdict")))
    except ValueError as error:
        raise ProtocolError(f"verdict {answer.get('verdict')!r} is none of the contract") from error
    result = read_last(answer)
    reason = _text(answer, "reason")
    if verdict is Verdict.FOUND and result is None:
        return Lookup(Verdict.UNCERTAIN, None, reason or "found, but without a result")
    return Lookup(verdict, result, reason)


def read_last(answer: Mapping[str, object]) -> TerminalResult | None:
    """Read the `result` inside an answer, None if it has none."""
    inner = answer.get("result")
    if inner is None:
        return None
    if not isinstance(inner, dict):
        raise ProtocolError("result must be an object or null")
    return read_result(inner)


def read_status(answer: Mapping[str, object]) -> TerminalStatus:
    """Read the answer of `status` and `diagnose`."""
    ready = answer.get("ready")
    if not isinstance(ready, bool):
        raise ProtocolError(f"ready must be true or false, not {ready!r}")
    texts = {name: _text(answer, name) for name in ("code", "text", "terminal_id")}
    return TerminalStatus(ready=ready, slip_lines=_lines(answer), **texts)


def read_batch(answer: Mapping[str, object]) -> BatchResult:
    """Read the answer of `close`."""
    return BatchResult(_number(answer, "total_minor"), _number(answer, "count"), _lines(answer))


def _text(answer: Mapping[str, object], name: str) -> str:
    value = answer.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ProtocolError(f"{name} must be text, not {type(value).__name__}")
    return str(value)[:TEXT_MAX]


def _number(answer: Mapping[str, object], name: str) -> int | None:
    value = answer.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _AMOUNT_MAX:
        raise ProtocolError(f"{name} must be a whole number, not {str(value)[:40]}")
    return value


def _lines(answer: Mapping[str, object]) -> tuple[str, ...]:
    value = answer.get("slip_lines") or []
    if not isinstance(value, list):
        raise ProtocolError("slip_lines must be a list")
    return tuple(str(line)[:TEXT_MAX] for line in value[:SLIP_LINES_MAX])
