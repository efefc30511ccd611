"""The layer around all others: measures each request, counts it, writes its line, and lends it to logs."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.clock import Clock
from app.service.http.answering import ERROR_CODE
from app.service.operation.logs import CURRENT, AccessLog
from app.service.operation.metrics import ServiceMetrics

_GONE: Final = 499
"""What is counted when the caller went away before there was an answer."""
_NO_ROUTE: Final = "none"


class Observer:
    """Wraps the application.

    Args:
        app: What answers.
        clock: The service's time.
        metrics: Where requests are counted.
        access: Where their lines go.
    """

    def __init__(
        self, app: ASGIApp, clock: Clock, metrics: ServiceMetrics, access: AccessLog
    ) -> None:
        self._app = app
        self._clock = clock
        self._metrics = metrics
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request and note how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = _GONE

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = self._clock.monotonic()
        self._metrics.begin()
        token = CURRENT.set(scope)
        try:
            await self._app(scope, receive, watched)
        finally:
            self._note(scope, status, self._clock.monotonic() - started)
            CURRENT.reset(token)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        # The template, not the address: addresses have no end.
        path = getattr(scope.get("route"), "path", None)
        route = path if isinstance(path, str) else _NO_ROUTE
        self._metrics.end(scope["method"], route, status, seconds)
        self._access.write(scope, route, status, seconds * 1000, scope.get(ERROR_CODE) or "")
