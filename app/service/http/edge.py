"""The outermost layer: gives each request an id, holds it to its limits, writes it down.

It answers for what nobody else has caught, and puts on every answer what every answer carries.
"""

import logging
from collections.abc import MutableMapping
from typing import Any, Final

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.contracts.errors import ErrorCode, FieldProblem
from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.service.http.answering import CALLER, ERROR_CODE, REQUEST_ID, STARTED, problem_answer
from app.service.http.deprecations import Deprecations
from app.service.kit.headers import first_headers
from app.service.kit.problems import ProblemError
from app.service.kit.reading import STRICT, asks_strict
from app.service.kit.work import Caller, whole_millis
from app.service.limits.guard import RateLimits
from app.service.requests.recorder import Entry, RequestRecorder

_log = logging.getLogger(__name__)

_BODY_KEPT: Final = 8_000
_TILLS: Final = frozenset({"till", "iiko", "rkeeper"})
# What tills ask all day: of these the log keeps the failures, the usage counts all.
_ROUTINE: Final = (
    "/ping",
    "/heartbeat",
    "/metrics",
    "/menu",
    "/config",
    "/guests",
    "/latest-version",
)


class Edge:
    """Wraps the application.

    Args:
        app: What answers.
        clock: The service's time.
        ids: Draws the ids of requests.
        limits: None where nothing is limited.
        recorder: None where nothing is written down.
        deprecations: What goes away.
    """

    def __init__(
        self,
        app: ASGIApp,
        clock: Clock,
        ids: Ids,
        limits: RateLimits | None = None,
        recorder: RequestRecorder | None = None,
        deprecations: Deprecations | None = None,
    ) -> None:
        self._app = app
        self._clock = clock
        self._ids = ids
        self._limits = limits
        self._recorder = recorder
        self._deprecations = deprecations or Deprecations()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[REQUEST_ID] = f"req_{self._ids.new()}"
        scope[STARTED] = self._clock.monotonic()
        exchange = _Exchange(self, scope, receive, send)
        strict = STRICT.set(asks_strict(scope))
        try:
            await self._answer(scope, exchange)
        finally:
            STRICT.reset(strict)
        self._write_down(scope, exchange)

    async def _answer(self, scope: Scope, exchange: "_Exchange") -> None:
        try:
            if self._limits is not None:
                self._limits.admit(scope)
            _refuse_nul(scope)
            await self._app(scope, exchange.receive, exchange.send)
        except ProblemError as problem:
            answer = problem_answer(Request(scope), self._clock, problem)
            await answer(scope, exchange.receive, exchange.send)
        except Exception:
            if exchange.status:
                raise
            _log.exception("request %s failed", scope[REQUEST_ID])
            fault = ProblemError(ErrorCode.INTERNAL_ERROR)
            answer = problem_answer(Request(scope), self._clock, fault)
            await answer(scope, exchange.receive, exchange.send)

    def headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Return what every answer carries."""
        said = [(b"x-request-id", scope[REQUEST_ID].encode())]
        if self._limits is not None:
            said += self._limits.headers(scope)
        said += self._deprecations.headers(scope["method"], _template(scope))
        return said

    def _write_down(self, scope: Scope, exchange: "_Exchange") -> None:
        caller = scope.get(CALLER)
        if self._recorder is None or not isinstance(caller, Caller) or not caller.tenant_id:
            return
        failed = exchange.status >= 400
        spent = self._clock.monotonic() - scope[STARTED]
        path: str = scope["path"]
        self._recorder.add(
            Entry(
                request_id=scope[REQUEST_ID],
                at=whole_millis(self._clock.now()),
                caller=caller,
                method=scope["method"],
                path=path,
                endpoint=f"{scope['method']} {_template(scope)}",
                query=scope["query_string"].decode("latin-1"),
                status=exchange.status,
                error_code=scope.get(ERROR_CODE),
                duration_us=int(spent * 1_000_000),
                user_agent=first_headers(scope).get("user-agent", ""),
                request_body=exchange.request_body() if failed else None,
                response_body=exchange.response_body() if failed else None,
                only_counted=not failed and _is_routine(caller, path),
            )
        )


def _is_routine(caller: Caller, path: str) -> bool:
    # Each use of a key that has been revoked or replaced is of interest.
    return caller.kind in _TILLS and path.endswith(_ROUTINE) and not caller.is_ending


class _Exchange:
    """One request and its answer on their way; keeps the beginnings of the bodies."""

    def __init__(self, edge: Edge, scope: Scope, receive: Receive, send: Send) -> None:
        self._edge = edge
        self._scope = scope
        self._receive = receive
        self._send = send
        self._asked: list[bytes] = []
        self._answered: list[bytes] = []
        self._kept = 0
        self.status = 0

    async def receive(self) -> Message:
        """Pass on what comes; a little of it is kept, as references."""
        message = await self._receive()
        if message["type"] == "http.request" and self._kept < _BODY_KEPT:
            chunk: bytes = message.get("body", b"")
            if chunk:
                self._asked.append(chunk)
                self._kept += len(chunk)
        return message

    async def send(self, message: Message) -> None:
        """Pass on the answer with the headers that every answer carries."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message["headers"], *self._edge.headers(self._scope)]
        elif self.status >= 400 and not self._answered:
            self._answered.append(message.get("body", b""))
        await self._send(message)

    def request_body(self) -> bytes:
        """Return the beginning of what was sent."""
        return b"".join(self._asked)[: 2 * _BODY_KEPT]

    def response_body(self) -> bytes:
        """Return the beginning of what was answered."""
        return b"".join(self._answered)[: 2 * _BODY_KEPT]


def _refuse_nul(scope: MutableMapping[str, Any]) -> None:
    # No text of a database holds it, so no address that has it names anything.
    if "\x00" in scope["path"]:
        raise ProblemError(ErrorCode.NOT_FOUND)
    if b"%00" in scope["query_string"]:
        detail = "must not contain NUL"
        field = FieldProblem(pointer="?", code="text_control", detail=detail)
        raise ProblemError(ErrorCode.VALIDATION_ERROR, f"?: {detail}", errors=(field,))


def _template(scope: MutableMapping[str, Any]) -> str:
    """Return the route's path as the description has it; what has no route is one endpoint."""
    path = getattr(scope.get("route"), "path", None)
    return path if isinstance(path, str) else "unknown"
