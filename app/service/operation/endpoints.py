"""What machines ask about the service itself (A25): does it live, can it work, how is it."""

import asyncio
import hmac
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Final

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from app.contracts.errors import ErrorCode
from app.service.http.runtime import Runtime
from app.service.kit.problems import ProblemError
from app.service.operation.health import PATIENCE_S, look
from app.service.operation.metrics import ServiceMetrics
from app.service.operation.queues import FRESH_S, QueueCollector, Queues, read_queues

Network = IPv4Network | IPv6Network

SAMPLE_S: Final = 5.0
_NO_STORE: Final = {"Cache-Control": "no-store"}
_FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip")


class MetricsDoor:
    """Who may read the figures: known networks, or whoever has the token.

    A request that a proxy passed on comes from somewhere else, whatever address it has: it needs the
    token.

    Args:
        token: Empty if there is none.
        networks: From where no token is needed.
    """

    def __init__(self, token: str, networks: Sequence[Network]) -> None:
        self._token = token
        self._networks = networks

    def check(self, request: Request) -> None:
        """Let a request in, or refuse it.

        Raises:
            ProblemError: INSUFFICIENT_PERMISSIONS.
        """
        given = request.headers.get("authorization", "")
        expected = f"Bearer {self._token}"
        if self._token and hmac.compare_digest(given.encode(), expected.encode()):
            return
        if not any(name in request.headers for name in _FORWARDED) and self._is_near(request):
            return
        raise ProblemError(
            ErrorCode.INSUFFICIENT_PERMISSIONS,
            "The figures are for known addresses, or for a bearer token",
            "Показатели доступны с разрешённых адресов или по токену",
        )

    def _is_near(self, request: Request) -> bool:
        host = request.client.host if request.client else ""
        with suppress(ValueError):
            address = ip_address(host)
            return any(address in network for network in self._networks)
        return False


class Figures:
    """Renders the figures; what lies in the database is read at most every ten seconds.

    Args:
        runtime: The service.
        metrics: The figures of this process.
    """

    def __init__(self, runtime: Runtime, metrics: ServiceMetrics) -> None:
        self._runtime = runtime
        self._metrics = metrics
        self._queues: Queues | None = None
        self._read_at_s = float("-inf")

    async def render(self) -> bytes:
        """Return the text that Prometheus reads."""
        self._metrics.sample(self._runtime.database.load())
        queues = await self._fresh_queues()
        # Reading the files of all processes takes a while: the loop goes on meanwhile.
        return await asyncio.to_thread(self._metrics.render, QueueCollector(queues))

    async def _fresh_queues(self) -> Queues | None:
        now_s = self._runtime.clock.monotonic()
        if self._queues is not None and now_s - self._read_at_s < FRESH_S:
            return self._queues
        now = self._runtime.clock.now()
        reading = self._runtime.database.read(lambda connection: read_queues(connection, now))
        try:
            self._queues = await asyncio.wait_for(asyncio.wrap_future(reading), PATIENCE_S)
        except (TimeoutError, sa.exc.SQLAlchemyError):
            self._queues = None
        self._read_at_s = now_s
        return self._queues

    async def sample_always(self) -> None:
        """Write down every few seconds how this process is, until cancelled."""
        while True:
            self._metrics.sample(self._runtime.database.load())
            await asyncio.sleep(SAMPLE_S)


def operation_router(runtime: Runtime, figures: Figures, door: MetricsDoor) -> APIRouter:
    """Return the routes, bound to a running service."""
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    async def healthz() -> Response:
        """Tell that the process lives."""
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    unready = {"description": "Not ready; `reasons` say why"}

    @router.get("/readyz", responses={503: unready})
    async def readyz() -> Response:
        """Tell whether the database answers and is of the right revision."""
        found = await look(runtime.database)
        if not found.reasons:
            return JSONResponse({"status": "ok", "revision": found.revision}, headers=_NO_STORE)
        reasons = [{"code": reason.code, "text": reason.text} for reason in found.reasons]
        body = {"status": "unavailable", "revision": found.revision, "reasons": reasons}
        return JSONResponse(body, 503, headers=_NO_STORE)

    @router.get(
        "/metrics",
        response_class=Response,
        responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
    )
    async def metrics(request: Request) -> Response:
        """Give figures in the text format of Prometheus."""
        door.check(request)
        return Response(
            await figures.render(), media_type=CONTENT_TYPE_PLAIN_0_0_4, headers=_NO_STORE
        )

    return router
