"""`POST /api/v1/webhooks/pos/transaction` for other systems, `/api/v1/pos-integrations` for managing."""

import asyncio
from typing import Final

from fastapi import APIRouter, Request, Response
from sqlalchemy.engine import Connection

from app.contracts import pos_checks as wire
from app.contracts.lists import ListAnswer
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.permissions import Permission, Scope
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_model
from app.service.kit.work import Work, whole_millis
from app.service.pos_checks.integrations import (
    INTEGRATIONS,
    Integration,
    create_integration,
    find_working,
    get_integration,
    revoke_integration,
    rotate_secret,
    with_secret,
)
from app.service.pos_checks.processing import note_failure, process_check
from app.service.pos_checks.reading import POS_CHECKS
from app.service.pos_checks.signatures import read_timestamp, require_signature

_MANAGE: Final = by_key_or_staff(Scope.WEBHOOKS_MANAGE, Permission.PLUGINS_MANAGE)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_HEADERS: Final = (wire.INTEGRATION_HEADER, wire.TIMESTAMP_HEADER, wire.SIGNATURE_HEADER)


def pos_check_router(runtime: Runtime) -> APIRouter:
    """Return the routes of reported checks, bound to a running service."""
    router = APIRouter(tags=["pos-webhooks"])
    named = [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string"}}
        for name in _HEADERS
    ]

    @router.post(
        "/api/v1/webhooks/pos/transaction",
        responses={200: {"model": wire.PosTransactionResponse}},
        openapi_extra=body_description(wire.PosTransactionRequest) | {"parameters": named},
    )
    async def pos_transaction(request: Request) -> Response:
        """Take in a check that another system closed or refunded; signed with HMAC-SHA256."""
        body = await read_body(request)
        integration = await _authenticate(runtime, request, body)
        # On a thread: small limits that processes share are asked of the database.
        await asyncio.to_thread(runtime.count, request, integration.caller)
        return json_answer(await _take_in(runtime, integration, body))

    _add_managing(router, runtime)
    return router


async def _authenticate(runtime: Runtime, request: Request, body: bytes) -> Integration:
    """Return who has signed the request; reads only, so that strangers cannot keep the writer busy."""
    now = whole_millis(runtime.clock.now())
    named = request.headers.get(wire.INTEGRATION_HEADER, "")
    future = runtime.database.read(lambda connection: find_working(connection, named, now))
    integration = await asyncio.wrap_future(future)
    timestamp = read_timestamp(request.headers.get(wire.TIMESTAMP_HEADER, ""), now)
    said = request.headers.get(wire.SIGNATURE_HEADER, "")
    require_signature(integration.secrets, timestamp, body, said)
    return integration


async def _take_in(
    runtime: Runtime, integration: Integration, body: bytes
) -> wire.PosTransactionResponse:
    def work(connection: Connection) -> Work:
        now = whole_millis(runtime.clock.now())
        return Work(connection, now, runtime.ids, integration.caller)

    message: wire.PosTransactionRequest | None = None
    try:
        message = asked = read_model(wire.PosTransactionRequest, body)
        future = runtime.database.write(
            lambda connection: process_check(work(connection), integration.integration_id, asked)
        )
        return await asyncio.wrap_future(future)
    except ProblemError as problem:
        refused = problem
    noted = runtime.database.write(
        lambda connection: note_failure(
            work(connection), integration.integration_id, message, refused
        )
    )
    await asyncio.wrap_future(noted)
    raise refused


def _add_managing(router: APIRouter, runtime: Runtime) -> None:
    base, one = "/api/v1/pos-integrations", "/api/v1/pos-integrations/{integration_id}"
    told: dict[int | str, dict[str, object]] = {200: {"model": wire.PosIntegrationSecret}}

    async def secret_answer(request: Request, made: wire.PosIntegrationSecret) -> Response:
        # Kept with the idempotency key is the answer without the secret.
        whole = await runtime.read(request, _MANAGE, lambda work: with_secret(work, made))
        return json_answer(whole, _NO_STORE)

    @router.post(
        base, responses=told, openapi_extra=body_description(wire.CreatePosIntegrationRequest)
    )
    async def create(request: Request) -> Response:
        """Let another system report its checks; the secret is told in this answer only."""
        body, answer = wire.CreatePosIntegrationRequest, wire.PosIntegrationSecret
        made = await change(runtime, request, _MANAGE, body, answer, create_integration)
        return await secret_answer(request, made)

    @router.post(f"{one}/rotate-secret", responses=told)
    async def rotate(request: Request, integration_id: str) -> Response:
        """Make a new secret; the old one is taken for 24 hours more."""
        made = await change(
            runtime,
            request,
            _MANAGE,
            Nothing,
            wire.PosIntegrationSecret,
            lambda work, _: rotate_secret(work, integration_id),
        )
        return await secret_answer(request, made)

    @router.delete(one, responses={200: {"model": wire.PosIntegrationChanged}})
    async def revoke(request: Request, integration_id: str) -> Response:
        """Stop an integration at once."""
        answer = await change(
            runtime,
            request,
            _MANAGE,
            Nothing,
            wire.PosIntegrationChanged,
            lambda work, _: revoke_integration(work, integration_id),
        )
        return json_answer(answer)

    @router.get(one, responses={200: {"model": wire.PosIntegrationView}})
    async def integration(request: Request, integration_id: str) -> Response:
        """Give an integration, without its secret."""
        found = await runtime.read(
            request, _MANAGE, lambda work: get_integration(work, integration_id)
        )
        return json_answer(found)

    _add_lists(router, runtime, base)


def _add_lists(router: APIRouter, runtime: Runtime, base: str) -> None:
    @router.get(
        base,
        responses={200: {"model": ListAnswer[wire.PosIntegrationView]}},
        openapi_extra=list_description(INTEGRATIONS),
    )
    async def integrations(request: Request) -> Response:
        """List the integrations, newest first."""
        return await list_answer(runtime, request, _MANAGE, INTEGRATIONS)

    @router.get(
        "/api/v1/pos-checks",
        responses={200: {"model": ListAnswer[wire.PosCheckView]}},
        openapi_extra=list_description(POS_CHECKS),
    )
    async def checks(request: Request) -> Response:
        """List the reported checks, newest first; `status=FAILED` shows what needs a hand."""
        return await list_answer(runtime, request, _MANAGE, POS_CHECKS)
