"""The request log under `/api/v1/request-logs`, and the usage of keys."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts.lists import CursorAnswer, ListAnswer
from app.contracts.requests import KeyUsageResponse, RequestLogDetails, RequestLogView
from app.service.http.answering import json_answer
from app.service.http.listing import cursor_answer, list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.requests.listing import REQUEST_LOGS, get_request, read_usage

LOGS: Final = by_key_or_staff("admin", "audit:read")
USAGE: Final = by_key_or_staff("admin", "keys:manage")
_DAYS: Final[dict[str, Any]] = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in ("dateFrom", "dateTo")
    ]
}


def requests_router(runtime: Runtime) -> APIRouter:
    """Return the routes of the request log and of usage, bound to a running service."""
    router = APIRouter(tags=["requests"])

    @router.get(
        "/api/v1/request-logs",
        responses={200: {"model": ListAnswer[RequestLogView]}},
        openapi_extra=list_description(REQUEST_LOGS),
    )
    async def list_requests(request: Request) -> Response:
        """List the requests of the last 30 days, newest first."""
        return await list_answer(runtime, request, LOGS, REQUEST_LOGS)

    @router.get(
        "/api/v2/request-logs",
        responses={200: {"model": CursorAnswer[RequestLogView]}},
        openapi_extra=list_description(REQUEST_LOGS, by_cursor=True),
    )
    async def walk_requests(request: Request) -> Response:
        """Walk through the requests of the last 30 days by cursor."""
        return await cursor_answer(runtime, request, LOGS, REQUEST_LOGS)

    @router.get("/api/v1/request-logs/{request_id}", responses={200: {"model": RequestLogDetails}})
    async def read_request(request: Request, request_id: str) -> Response:
        """Read one request by the id that its answer's X-Request-Id gave; failed ones with bodies."""
        return json_answer(
            await runtime.read(request, LOGS, lambda work: get_request(work, request_id))
        )

    @router.get(
        "/api/v1/api-keys/{key_id}/usage",
        responses={200: {"model": KeyUsageResponse}},
        openapi_extra=_DAYS,
    )
    async def usage(request: Request, key_id: str) -> Response:
        """Tell how often a key was used, by endpoint and by day; the last 30 days by default."""
        given = request.query_params.multi_items()
        return json_answer(
            await runtime.read(request, USAGE, lambda work: read_usage(work, key_id, given))
        )

    return router
