"""What tills read and push under `/api/v1/pos`."""

import asyncio
import logging
from collections.abc import Callable

from fastapi import APIRouter, Request, Response
from sqlalchemy.engine import Connection

from app.contracts import pos, sync
from app.contracts.errors import ErrorCode, FieldProblem
from app.kernel.version import VERSION
from app.service.catalog.repository import get_menu
from app.service.guests.repository import list_cards, list_frequent
from app.service.http.answering import UNCHANGED, body_description, json_answer
from app.service.http.runtime import Runtime
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_model
from app.service.kit.work import Work, whole_millis
from app.service.orders.sync import apply_operation, fault_result, refusal_result
from app.service.tills.repository import get_config
from app.service.tills.versions import get_version

_log = logging.getLogger(__name__)

TILL = "till"
_GUESTS_DEFAULT = 100


def pos_router(runtime: Runtime) -> APIRouter:
    """Return the routes of a till, bound to a running service."""
    router = APIRouter(prefix="/api/v1/pos", tags=["till"])

    @router.get("/ping", responses={200: {"model": pos.PingResponse}})
    async def ping(request: Request) -> Response:
        """Tell that the service is there, and which versions it has."""
        return json_answer(await runtime.read(request, TILL, _ping))

    @router.get("/menu", responses={200: {"model": pos.MenuResponse}, **UNCHANGED})
    async def menu(request: Request) -> Response:
        """Give the whole menu, or 304 if the till has it already."""
        known = request.headers.get("if-none-match")
        tag, answer = await runtime.read(request, TILL, lambda work: _menu(work, known))
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if answer is None:
            return Response(status_code=304, headers=headers)
        return json_answer(answer, headers)

    @router.get("/config", responses={200: {"model": pos.ConfigResponse}})
    async def config(request: Request) -> Response:
        """Give the till its place, register, people, halls and rules."""
        return json_answer(await runtime.read(request, TILL, get_config))

    @router.get("/guests", responses={200: {"model": pos.GuestsResponse}})
    async def guests(request: Request) -> Response:
        """Give the most frequent guests for the till's cache; `limit` up to 1000."""
        return json_answer(await runtime.read(request, TILL, _guests(request)))

    @router.post(
        "/sync/batch",
        responses={200: {"model": sync.SyncBatchResponse}},
        openapi_extra=body_description(sync.SyncBatchRequest),
    )
    async def sync_batch(request: Request) -> Response:
        """Take up to 50 operations; each succeeds, conflicts or fails alone."""
        return json_answer(await _sync(runtime, request))

    return router


def _ping(work: Work) -> pos.PingResponse:
    return pos.PingResponse(
        server_time=work.now,
        version=VERSION,
        menu_version=get_version(work.connection, work.tenant_id, "menu"),
        config_version=get_version(work.connection, work.tenant_id, "config"),
    )


def _menu(work: Work, known: str | None) -> tuple[str, pos.MenuResponse | None]:
    tag = f'"menu-{get_version(work.connection, work.tenant_id, "menu")}"'
    # A proxy may have marked the tag as weak; the same version is the same menu all the same.
    names = {name.strip().removeprefix("W/") for name in (known or "").split(",")}
    if tag in names or "*" in names:
        return tag, None
    return tag, get_menu(work.connection, work.tenant_id)


def _guests(request: Request) -> Callable[[Work], pos.GuestsResponse]:
    said = request.query_params.get("limit", str(_GUESTS_DEFAULT))

    def act(work: Work) -> pos.GuestsResponse:
        if not (said.isascii() and said.isdigit() and 1 <= int(said[:5]) <= pos.GUESTS_LIMIT_MAX):
            detail = f"limit must be a number from 1 to {pos.GUESTS_LIMIT_MAX}"
            field = FieldProblem(pointer="?limit", code="range", detail=detail)
            raise ProblemError(ErrorCode.VALIDATION_ERROR, detail, errors=(field,))
        return pos.GuestsResponse(guests=list_frequent(work, int(said)))

    return act


async def _sync(runtime: Runtime, request: Request) -> sync.SyncBatchResponse:
    # The key is checked before the body is judged.
    caller = await runtime.read(request, TILL, lambda work: work.caller)
    batch = read_model(sync.SyncBatchRequest, await read_body(request))

    def work(connection: Connection) -> Work:
        return Work(connection, whole_millis(runtime.clock.now()), runtime.ids, caller)

    def job(operation: sync.SyncOperation) -> Callable[[Connection], sync.SyncResult]:
        return lambda connection: apply_operation(work(connection), operation)

    futures = runtime.database.write_each([job(operation) for operation in batch.operations])
    results = [
        await _result(operation, asyncio.wrap_future(future))
        for operation, future in zip(batch.operations, futures, strict=True)
    ]
    touched = sorted({result.guest_card_id for result in results if result.guest_card_id})
    fresh = runtime.database.read(lambda connection: list_cards(work(connection), touched))
    return sync.SyncBatchResponse(
        results=tuple(results), updated_guests=await asyncio.wrap_future(fresh)
    )


async def _result(
    operation: sync.SyncOperation, future: "asyncio.Future[sync.SyncResult]"
) -> sync.SyncResult:
    try:
        return await future
    except ProblemError as problem:
        return refusal_result(operation, problem)
    except Exception:  # noqa: BLE001 - the edge: one fault must not spoil the batch
        _log.exception("operation %s failed", operation.operation_id)
        return fault_result(operation)
