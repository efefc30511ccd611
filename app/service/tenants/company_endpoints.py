"""The caller's own company under `/api/v1/tenants`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.auth import DoneResponse, TelegramBotRequest
from app.contracts.company import (
    ChangeTenantRequest,
    SubscriptionView,
    TenantsResponse,
    TenantView,
)
from app.service.auth.telegram import set_bot
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import change
from app.service.http.runtime import Runtime
from app.service.kit.access import by_any_staff, by_installation, by_key_or_staff
from app.service.kit.work import Work
from app.service.tenants import company as cases
from app.service.tenants.subscriptions import get_subscription

READ: Final = by_any_staff() | by_installation("api")
MANAGE: Final = by_key_or_staff("admin", "tenant:manage").stepped_up()


def tenant_router(runtime: Runtime) -> APIRouter:
    """Return the routes of the company, bound to a running service."""
    router = APIRouter(prefix="/api/v1/tenants", tags=["tenants"])

    @router.get("", responses={200: {"model": TenantsResponse}})
    async def list_own(request: Request) -> Response:
        """List the caller's companies: the key names one."""
        return json_answer(await runtime.read(request, READ, cases.list_tenants))

    @router.get("/{tenant_id}", responses={200: {"model": TenantView}})
    async def read_own(request: Request, tenant_id: str) -> Response:
        """Read the caller's company; any other answers 403."""
        return json_answer(
            await runtime.read(request, READ, lambda work: cases.get_tenant(work, tenant_id))
        )

    @router.get("/{tenant_id}/subscription", responses={200: {"model": SubscriptionView}})
    async def subscription(request: Request, tenant_id: str) -> Response:
        """Tell the company's plan, until when it runs, and how much of what it allows is used."""
        return json_answer(
            await runtime.read(request, READ, lambda work: get_subscription(work, tenant_id))
        )

    @router.patch(
        "/{tenant_id}",
        responses={200: {"model": TenantView}},
        openapi_extra=body_description(ChangeTenantRequest),
    )
    async def patch(request: Request, tenant_id: str) -> Response:
        """Change the company's name, or how long data is kept."""
        changed = await change(
            runtime,
            request,
            MANAGE,
            ChangeTenantRequest,
            TenantView,
            lambda work, asked: cases.change_tenant(work, tenant_id, asked),
        )
        return json_answer(changed)

    @router.put(
        "/{tenant_id}/telegram-bot",
        responses={200: {"model": DoneResponse}},
        openapi_extra=body_description(TelegramBotRequest),
    )
    async def telegram_bot(request: Request, tenant_id: str) -> Response:
        """Name the company's bot, through whose mini app people sign in."""

        def act(work: Work, asked: TelegramBotRequest) -> DoneResponse:
            cases.require_own(work, tenant_id)
            return set_bot(work, asked.bot_token)

        return json_answer(
            await change(runtime, request, MANAGE, TelegramBotRequest, DoneResponse, act)
        )

    return router
