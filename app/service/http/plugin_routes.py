"""The calls of the table as routes: three kinds of installation, one logic."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from app.service.http.answering import body_description, told_answer
from app.service.http.calls import CARD_CODES_CALL, KINDS, PLUGIN_CALLS, Call
from app.service.http.runtime import Runtime

Endpoint = Callable[[Request], Awaitable[Response]]


def plugin_router(runtime: Runtime) -> APIRouter:
    """Return every call of the table as a route, bound to a running service."""
    router = APIRouter()
    for kind in KINDS:
        for call in PLUGIN_CALLS:
            _add(router, f"/api/pos-integration/{kind}/{call.name}", kind, call, runtime)
    _add(router, f"/api/v1/pos/{CARD_CODES_CALL.name}", "till", CARD_CODES_CALL, runtime)
    return router


def straight_endpoints(runtime: Runtime) -> dict[str, Endpoint]:
    """Return what answers `POST` to each call of the table, by path: tills wait for these."""
    return {
        f"/api/pos-integration/{kind}/{call.name}": _endpoint(runtime, kind, call)
        for kind in KINDS
        for call in PLUGIN_CALLS
        if call.method == "POST"
    }


def _add(router: APIRouter, path: str, kind: str, call: Call, runtime: Runtime) -> None:
    router.add_api_route(
        path,
        _endpoint(runtime, kind, call),
        methods=[call.method],
        summary=call.summary,
        tags=[kind],
        name=f"{kind}-{call.name}",
        operation_id=f"{kind}-{call.name}",
        responses={200: {"model": call.answer}},
        openapi_extra=body_description(call.request),
    )


def _endpoint(runtime: Runtime, kind: str, call: Call) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        return told_answer(await runtime.run(request, kind, call))

    return endpoint
