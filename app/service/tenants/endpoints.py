"""The loyalty rules under `/api/v1/loyalty/rules`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.transactions import PutRulesRequest, RulesResponse, RulesVersionView
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import change
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.tenants.rules import put_rules, read_rules

READ: Final = by_key_or_staff("transactions:read", "transactions:read")
WRITE: Final = by_key_or_staff("admin", "loyalty:rules")


def rules_router(runtime: Runtime) -> APIRouter:
    """Return the routes of the rules, bound to a running service."""
    router = APIRouter(prefix="/api/v1/loyalty/rules", tags=["loyalty"])

    @router.get("", responses={200: {"model": RulesResponse}})
    async def get(request: Request) -> Response:
        """Read the rules of now and those to come."""
        return json_answer(await runtime.read(request, READ, read_rules))

    @router.put(
        "",
        responses={200: {"model": RulesVersionView}},
        openapi_extra=body_description(PutRulesRequest),
    )
    async def put(request: Request) -> Response:
        """Set new rules, at once or from a moment on; earlier versions stay for late sales."""
        return json_answer(
            await change(runtime, request, WRITE, PutRulesRequest, RulesVersionView, put_rules)
        )

    return router
