"""Logs of the service: one line of JSON an event on the error stream, with nothing personal in it.

A line tells whose request it belongs to: while a request is answered its scope is at hand, and the
id, tenant and installation are read from it when something is written. Texts are masked whoever wrote
them; ids and figures of our own are not touched. Fields: `time`, `level`, `logger`, `message`, then as
far as they are known `requestId`, `tenantId`, `installationId`, `staffId`, `kind`, `route`, `method`,
`status`, `ms`, `errorCode`, `exception`, `process`.
"""

import json
import logging
import os
import sys
import time
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TextIO

from pydantic_core import to_json
from typing_extensions import override

from app.kernel.log import MaskingFormatter, mask
from app.service.http.answering import CALLER, REQUEST_ID
from app.service.kit.work import Caller

Scope = MutableMapping[str, Any]

CURRENT: Final[ContextVar[Scope | None]] = ContextVar("request", default=None)
"""The request that is being answered; set by the observer, inherited by what it starts."""

_REFUSAL: Final = 400
_SERVER_FAULT: Final = 500
QUIET: Final = ("/heartbeat", "/ping", "/healthz", "/readyz", "/metrics")
"""Ends of routes that are asked all day by machines."""
LEVELS: Final = ("debug", "info", "warning", "error")
FORMATS: Final = ("json", "text")
FIELDS: Final = "fields"
_TEXT_MAX: Final = 20_000
_ACCESS: Final = "maxloyalty.access"
_TEXT_FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(threadName)s %(name)s: %(message)s"
# These tell every request with its full address at INFO.
_NOISY: Final = ("httpx", "httpcore", "alembic", "asyncio")


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": _time(record.created),
            "level": record.levelname.lower(),
            "logger": record.name,
            # Of an access line nothing but the fields, which are our own, changes.
            "message": record.msg if record.name == _ACCESS else clean(record.getMessage()),
        }
        line |= who(CURRENT.get())
        line |= getattr(record, FIELDS, {})
        if record.exc_info:
            line["exception"] = clean(self.formatException(record.exc_info))
        line["process"] = record.process
        return _written(line)


class TextFormatter(MaskingFormatter):
    """Writes a record for people at a terminal."""

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the masked line, with the request it belongs to."""
        told = {**who(CURRENT.get()), **getattr(record, FIELDS, {})}
        rest = " ".join(f"{name}={value}" for name, value in told.items())
        return without_values(f"{super().format(record)} {rest}".rstrip())


def _written(line: dict[str, Any]) -> str:
    try:
        return to_json(line, fallback=str).decode()
    except ValueError:
        # Halves of surrogate pairs, which UTF-8 does not have, as in the name of a strange file.
        return json.dumps(line, default=str)


def _time(created: float) -> str:
    second, micros = divmod(round(created * 1_000_000), 1_000_000)
    return f"{_second(second)}.{micros // 1000:03d}Z"


@lru_cache(maxsize=4)
def _second(second: int) -> str:
    # A busy second has many lines.
    return datetime.fromtimestamp(second, UTC).isoformat()[:-6]


def clean(text: str) -> str:
    """Return a text without personal data, and not longer than anybody reads."""
    return mask(without_values(text[:_TEXT_MAX]))


def without_values(text: str) -> str:
    """Return a database's message without the line in which it repeats the row."""
    if "DETAIL:" not in text:
        return text
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("DETAIL:"))


def who(scope: Scope | None) -> dict[str, str]:
    """Return what tells whose request it is."""
    told: dict[str, str] = {}
    if scope is None:
        return told
    if request_id := scope.get(REQUEST_ID):
        told["requestId"] = request_id
    caller = scope.get(CALLER)
    if isinstance(caller, Caller):
        if caller.tenant_id:
            told["tenantId"] = caller.tenant_id
        if caller.installation_id:
            told["installationId"] = caller.installation_id
        if caller.staff_id:
            told["staffId"] = caller.staff_id
        if caller.kind:
            told["kind"] = caller.kind
    return told


def set_up_logs(level: str, form: str, stream: TextIO | None = None) -> logging.Handler:
    """Send the log of this process to its error stream and return the handler.

    Args:
        level: The least level that is written: debug, info, warning or error.
        form: `json` for machines, `text` for people.
        stream: Another stream, for tests.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        JsonFormatter() if form == "json" else TextFormatter(_TEXT_FORMAT, "%Y-%m-%dT%H:%M:%S")
    )
    root = logging.getLogger()
    root.setLevel(level.upper())
    root.addHandler(handler)
    for noisy in _NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return handler


_BLANK: Final = logging.LogRecord(_ACCESS, logging.INFO, "", 0, "request", (), None).__dict__


def _access_record(level: int, fields: dict[str, Any]) -> logging.LogRecord:
    """Return the record of an access line.

    The logger would look through the stack for a line of code that nobody reads, and a record of its
    own for the names of thread and process, which are the same for all requests.
    """
    now = time.time()  # noqa: TID251 - as every record of the library
    record = logging.LogRecord.__new__(logging.LogRecord)
    record.__dict__ = {
        **_BLANK,
        "created": now,
        "msecs": now % 1 * 1000,
        "process": os.getpid(),
        "levelno": level,
        "levelname": logging.getLevelName(level),
        FIELDS: fields,
    }
    return record


class AccessLog:
    """One line for each answered request.

    What tills ask all day is written when it fails; of the rest a share may be written. Failures are
    always written.

    Args:
        share: Of the successful requests, from 0 to 1.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._due = 0.0
        self._log = logging.getLogger(_ACCESS)

    def write(self, scope: Scope, route: str, status: int, milliseconds: float, code: str) -> None:
        """Write the line of a request, or not; called on the event loop's thread only."""
        failed = status >= _SERVER_FAULT
        if status < _REFUSAL and not self._is_due(route):
            return
        if not self._log.isEnabledFor(logging.INFO) and not failed:
            return
        fields: dict[str, Any] = {
            "method": scope["method"],
            "route": route,
            "status": status,
            "ms": round(milliseconds, 2),
        }
        if code:
            fields["errorCode"] = code
        level = logging.ERROR if failed else logging.INFO
        self._log.handle(_access_record(level, fields))

    def _is_due(self, route: str) -> bool:
        if route.endswith(QUIET) or self._share <= 0:
            return False
        self._due += self._share
        if self._due < 1:
            return False
        self._due -= 1
        return True
