"""API keys under `/api/v1/api-keys`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.api_keys import ApiKeyCreated, ApiKeyView, CreateKeyRequest
from app.contracts.auth import DoneResponse
from app.contracts.lists import ListAnswer
from app.service.api_keys import service as cases
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff

READ: Final = by_key_or_staff("admin", "keys:manage")
MAKE: Final = READ.stepped_up()
_NO_STORE: Final = {"Cache-Control": "no-store"}


def api_key_router(runtime: Runtime) -> APIRouter:
    """Return the routes of API keys, bound to a running service."""
    router = APIRouter(prefix="/api/v1/api-keys", tags=["api-keys"])

    @router.get(
        "",
        responses={200: {"model": ListAnswer[ApiKeyView]}},
        openapi_extra=list_description(cases.API_KEYS),
    )
    async def list_keys(request: Request) -> Response:
        """List the company's keys of every kind; the keys themselves are not kept."""
        return await list_answer(runtime, request, READ, cases.API_KEYS)

    @router.get("/{key_id}", responses={200: {"model": ApiKeyView}})
    async def read_key(request: Request, key_id: str) -> Response:
        """Read one key."""
        return json_answer(
            await runtime.read(request, READ, lambda work: cases.get_key(work, key_id))
        )

    @router.post(
        "",
        status_code=201,
        responses={201: {"model": ApiKeyCreated}},
        openapi_extra=body_description(CreateKeyRequest),
    )
    async def create(request: Request) -> Response:
        """Make a key for a program; it is shown once."""
        made = await change(
            runtime, request, MAKE, CreateKeyRequest, ApiKeyCreated, cases.create_key
        )
        return json_answer(made, _NO_STORE, 201)

    @router.post("/{key_id}/rotate", responses={200: {"model": ApiKeyCreated}})
    async def rotate(request: Request, key_id: str) -> Response:
        """Make a successor; the old key works 24 hours more."""
        made = await change(
            runtime,
            request,
            MAKE,
            Nothing,
            ApiKeyCreated,
            lambda work, _: cases.rotate_key(work, key_id),
        )
        return json_answer(made, _NO_STORE)

    @router.delete("/{key_id}", responses={200: {"model": DoneResponse}})
    async def revoke(request: Request, key_id: str) -> Response:
        """End a key now."""
        done = await change(
            runtime,
            request,
            READ,
            Nothing,
            DoneResponse,
            lambda work, _: cases.revoke_key(work, key_id),
        )
        return json_answer(done)

    return router
