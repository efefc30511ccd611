"""Subscriptions to events under `/api/v1/webhooks`, with the log of deliveries."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts import webhooks as wire
from app.contracts.lists import ListAnswer
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.permissions import Permission, Scope
from app.service.webhooks import service
from app.service.webhooks.targets import TargetRules
from app.service.webhooks.views import NOTICES, WEBHOOKS, deliveries_of

MANAGE: Final = by_key_or_staff(Scope.WEBHOOKS_MANAGE, Permission.WEBHOOKS_MANAGE)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_PREFIX: Final = "/api/v1/webhooks"


def webhook_router(runtime: Runtime, rules: TargetRules) -> APIRouter:
    """Return the routes of subscriptions, bound to a running service."""
    router = APIRouter(prefix=_PREFIX, tags=["webhooks"])
    _add_catalogue(router, runtime)
    _add_subscriptions(router, runtime, rules)
    _add_actions(router, runtime)
    _add_log(router, runtime)
    return router


def _add_catalogue(router: APIRouter, runtime: Runtime) -> None:
    @router.get("/event-types", responses={200: {"model": wire.EventTypesResponse}})
    async def event_types(request: Request) -> Response:
        """List the types of events, each with its schema and an example."""
        return json_answer(await runtime.read(request, MANAGE, lambda _work: service.event_types()))

    @router.get(
        "/notices",
        responses={200: {"model": ListAnswer[wire.WebhookNoticeView]}},
        openapi_extra=list_description(NOTICES),
    )
    async def notices(request: Request) -> Response:
        """List what the owner is told: subscriptions that the service has paused."""
        return await list_answer(runtime, request, MANAGE, NOTICES)


def _add_subscriptions(router: APIRouter, runtime: Runtime, rules: TargetRules) -> None:
    @router.get(
        "",
        responses={200: {"model": ListAnswer[wire.WebhookView]}},
        openapi_extra=list_description(WEBHOOKS),
    )
    async def webhooks(request: Request) -> Response:
        """List the subscriptions, newest first."""
        return await list_answer(runtime, request, MANAGE, WEBHOOKS)

    @router.post(
        "",
        status_code=201,
        responses={201: {"model": wire.WebhookView}},
        openapi_extra=body_description(wire.CreateWebhookRequest),
    )
    async def create(request: Request) -> Response:
        """Subscribe an address; the secret is in this answer and nowhere else."""
        made = await change(
            runtime,
            request,
            MANAGE,
            wire.CreateWebhookRequest,
            wire.WebhookView,
            lambda work, body: service.create_webhook(work, rules, body),
        )
        return json_answer(made, _NO_STORE | {"Location": f"{_PREFIX}/{made.id}"}, status=201)

    @router.get("/{webhook_id}", responses={200: {"model": wire.WebhookView}})
    async def webhook(request: Request, webhook_id: str) -> Response:
        """Read one subscription."""
        return json_answer(
            await runtime.read(request, MANAGE, lambda work: service.get_webhook(work, webhook_id))
        )

    @router.patch(
        "/{webhook_id}",
        responses={200: {"model": wire.WebhookView}},
        openapi_extra=body_description(wire.ChangeWebhookRequest),
    )
    async def patch(request: Request, webhook_id: str) -> Response:
        """Change address, event types, description or state; what is left out stays."""
        changed = await change(
            runtime,
            request,
            MANAGE,
            wire.ChangeWebhookRequest,
            wire.WebhookView,
            lambda work, body: service.change_webhook(work, rules, webhook_id, body),
        )
        return json_answer(changed)

    @router.delete("/{webhook_id}", responses={200: {"model": wire.DeletedResponse}})
    async def delete(request: Request, webhook_id: str) -> Response:
        """End a subscription; its log stays for its 30 days."""
        gone = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            wire.DeletedResponse,
            lambda work, _body: service.delete_webhook(work, webhook_id),
        )
        return json_answer(gone)


def _add_actions(router: APIRouter, runtime: Runtime) -> None:
    view: dict[int | str, dict[str, Any]] = {200: {"model": wire.WebhookView}}

    async def set_state(request: Request, webhook_id: str, state: wire.WebhookState) -> Response:
        changed = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            wire.WebhookView,
            lambda work, _body: service.set_state(work, webhook_id, state),
        )
        return json_answer(changed)

    @router.post("/{webhook_id}/pause", responses=view)
    async def pause(request: Request, webhook_id: str) -> Response:
        """Hold deliveries back; what happens meanwhile waits up to 24 hours."""
        return await set_state(request, webhook_id, "PAUSED")

    @router.post("/{webhook_id}/resume", responses=view)
    async def resume(request: Request, webhook_id: str) -> Response:
        """Deliver again, first what has waited."""
        return await set_state(request, webhook_id, "ACTIVE")

    @router.post(
        "/{webhook_id}/rotate-secret",
        responses=view,
        openapi_extra=body_description(wire.RotateSecretRequest),
    )
    async def rotate_secret(request: Request, webhook_id: str) -> Response:
        """Draw a new secret; the old one signs beside it until the overlap is over."""
        made = await change(
            runtime,
            request,
            MANAGE,
            wire.RotateSecretRequest,
            wire.WebhookView,
            lambda work, body: service.rotate_secret(work, webhook_id, body),
        )
        return json_answer(made, _NO_STORE)

    @router.post(
        "/{webhook_id}/test",
        status_code=202,
        responses={202: {"model": wire.DeliveryView}},
        openapi_extra=body_description(wire.TestEventRequest),
    )
    async def test(request: Request, webhook_id: str) -> Response:
        """Send an example of a type to this subscription alone."""
        sent = await change(
            runtime,
            request,
            MANAGE,
            wire.TestEventRequest,
            wire.DeliveryView,
            lambda work, body: service.send_test(work, webhook_id, body),
        )
        return json_answer(sent, status=202)


def _add_log(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "/{webhook_id}/deliveries",
        responses={200: {"model": ListAnswer[wire.DeliveryView]}},
        openapi_extra=list_description(deliveries_of("")),
    )
    async def deliveries(request: Request, webhook_id: str) -> Response:
        """List the deliveries of the last 30 days, newest first; also of a deleted subscription."""
        return await list_answer(runtime, request, MANAGE, deliveries_of(webhook_id))

    @router.post(
        "/{webhook_id}/deliveries/replay-failed",
        status_code=202,
        responses={202: {"model": wire.ReplayFailedResponse}},
    )
    async def replay_failed(request: Request, webhook_id: str) -> Response:
        """Send up to 1 000 failed deliveries once more, the oldest first."""
        done = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            wire.ReplayFailedResponse,
            lambda work, _body: service.replay_failed(work, webhook_id),
        )
        return json_answer(done, status=202)

    @router.get(
        "/{webhook_id}/deliveries/{delivery_id}", responses={200: {"model": wire.DeliveryView}}
    )
    async def delivery(request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Read one delivery."""
        found = await runtime.read(
            request, MANAGE, lambda work: service.get_delivery(work, webhook_id, delivery_id)
        )
        return json_answer(found)

    @router.post(
        "/{webhook_id}/deliveries/{delivery_id}/replay",
        status_code=202,
        responses={202: {"model": wire.DeliveryView}},
    )
    async def replay(request: Request, webhook_id: str, delivery_id: str) -> Response:
        """Send one delivery once more, with the same event id."""
        again = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            wire.DeliveryView,
            lambda work, _body: service.replay(work, webhook_id, delivery_id),
        )
        return json_answer(again, status=202)
