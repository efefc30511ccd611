"""Points by hand, between cards, and shortfalls: `/api/v1/loyalty/...` for people and programs."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts.adjustments import (
    ManualAdjustmentRequest,
    ManualAdjustmentResponse,
    SettleShortfallRequest,
    ShortfallView,
    TransferRequest,
    TransferResponse,
)
from app.contracts.base import WireModel
from app.contracts.lists import ListAnswer
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import Access, by_key, by_key_or_staff
from app.service.loyalty.adjusting import adjust_points, transfer_points
from app.service.loyalty.shortfalls import SHORTFALLS, settle_shortfall

READ: Final = by_key_or_staff("transactions:read", "transactions:read")
# Who books checks makes no points out of nothing: that is a right of its own.
ADJUST: Final = by_key_or_staff("loyalty:adjust", "loyalty:adjust")
MOVE: Final = ADJUST | by_key("transactions:write")


def adjusting_router(runtime: Runtime) -> APIRouter:
    """Return the routes of adjustments, transfers and shortfalls, bound to a running service."""
    router = APIRouter(prefix="/api/v1/loyalty", tags=["loyalty"])
    _add(
        router,
        runtime,
        "manual-adjustment",
        ManualAdjustmentRequest,
        ManualAdjustmentResponse,
        adjust_points,
        ADJUST,
    )
    _add(router, runtime, "transfer", TransferRequest, TransferResponse, transfer_points, MOVE)
    _add_shortfalls(router, runtime)
    return router


def _add(
    router: APIRouter,
    runtime: Runtime,
    path: str,
    body: type[Any],
    answer: type[WireModel],
    act: Callable[..., Any],
    access: Access,
) -> None:
    @router.post(
        f"/{path}",
        operation_id=path.replace("-", "_"),
        summary=(act.__doc__ or "").splitlines()[0],
        responses={200: {"model": answer}},
        openapi_extra=body_description(body),
    )
    async def move(request: Request) -> Response:
        """Move points; the same key again is answered as before."""
        return json_answer(await change(runtime, request, access, body, answer, act))


def _add_shortfalls(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "/shortfalls",
        responses={200: {"model": ListAnswer[ShortfallView]}},
        openapi_extra=list_description(SHORTFALLS),
    )
    async def list_shortfalls(request: Request) -> Response:
        """List points that were gone when they had to be taken, newest first."""
        return await list_answer(runtime, request, READ, SHORTFALLS)

    @router.post(
        "/shortfalls/{shortfall_id}/settle",
        responses={200: {"model": ShortfallView}},
        openapi_extra=body_description(SettleShortfallRequest),
    )
    async def settle(request: Request, shortfall_id: str) -> Response:
        """Note what was done about a shortfall; the first note stays."""
        settled = await change(
            runtime,
            request,
            ADJUST,
            SettleShortfallRequest,
            ShortfallView,
            lambda work, body: settle_shortfall(work, shortfall_id, body),
        )
        return json_answer(settled)
