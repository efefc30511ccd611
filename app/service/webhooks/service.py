"""What owners do with subscriptions: create, change, pause, delete, new secrets, test events, replays."""

from datetime import timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.contracts import webhooks as wire
from app.contracts.errors import ErrorCode
from app.contracts.webhook_events import API_VERSION, EVENT_TYPES, EventEnvelope, stored_example
from app.service.audit_log.service import record
from app.service.kit.models import events
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.webhooks.models import webhook_deliveries, webhook_endpoints
from app.service.webhooks.outbox import new_delivery
from app.service.webhooks.signing import make_secret
from app.service.webhooks.targets import TargetRefusedError, TargetRules, read_target
from app.service.webhooks.views import delivery_view, webhook_view

WEBHOOKS_MAX: Final = 50
REPLAYS_MAX: Final = 1_000

_endpoint = webhook_endpoints.c
_delivery = webhook_deliveries.c


class _Fact(NamedTuple):
    """As much of an event as a delivery is made of."""

    id: str
    tenant_id: str
    type: str


def create_webhook(
    work: Work, rules: TargetRules, request: wire.CreateWebhookRequest
) -> wire.WebhookView:
    """Subscribe an address; the answer alone shows the secret.

    Raises:
        ProblemError: WEBHOOK_URL_REFUSED or WEBHOOK_LIMIT_REACHED.
    """
    url = _checked_url(request.url, rules)
    count = work.connection.scalar(
        sa.select(sa.func.count())
        .select_from(webhook_endpoints)
        .where(_endpoint.tenant_id == work.tenant_id, _endpoint.state != "DELETED")
    )
    if (count or 0) >= WEBHOOKS_MAX:
        raise ProblemError(ErrorCode.WEBHOOK_LIMIT_REACHED)
    webhook_id, secret = f"whk_{work.ids.new()}", make_secret(work.ids)
    work.connection.execute(
        sa.insert(webhook_endpoints).values(
            id=webhook_id,
            tenant_id=work.tenant_id,
            url=url,
            description=request.description,
            event_types=_sorted_types(request.events),
            state="ACTIVE",
            secret=secret,
            created_at=work.now,
            updated_at=work.now,
        )
    )
    record(work, "webhook.created", "webhook", webhook_id, {"url": url})
    return get_webhook(work, webhook_id).model_copy(update={"secret": secret})


def get_webhook(work: Work, webhook_id: str) -> wire.WebhookView:
    """Return a subscription.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND.
    """
    return webhook_view(_find(work, webhook_id))


def change_webhook(
    work: Work, rules: TargetRules, webhook_id: str, request: wire.ChangeWebhookRequest
) -> wire.WebhookView:
    """Change what is named and leave the rest.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND or WEBHOOK_URL_REFUSED.
    """
    row = _find(work, webhook_id, lock=True)
    values: dict[str, Any] = {}
    if request.url is not None:
        values["url"] = _checked_url(request.url, rules)
    if request.events is not None:
        values["event_types"] = _sorted_types(request.events)
    if request.description is not None:
        values["description"] = request.description
    if request.state is not None and request.state != row.state:
        values |= _state_values(work, request.state)
    _update(work, webhook_id, "webhook.changed", values)
    return get_webhook(work, webhook_id)


def set_state(work: Work, webhook_id: str, state: wire.WebhookState) -> wire.WebhookView:
    """Pause a subscription, or let it go on; repeatable.

    What happens while it is paused is sent when it goes on, if that is within 24 hours.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND.
    """
    row = _find(work, webhook_id, lock=True)
    if row.state != state:
        name = "webhook.paused" if state == "PAUSED" else "webhook.resumed"
        _update(work, webhook_id, name, _state_values(work, state))
    return get_webhook(work, webhook_id)


def delete_webhook(work: Work, webhook_id: str) -> wire.DeletedResponse:
    """End a subscription; its log stays for its 30 days, its secrets do not.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND.
    """
    _find(work, webhook_id, lock=True)
    values = {
        "state": "DELETED",
        "pause_reason": None,
        "secret": "",
        "previous_secret": None,
        "previous_secret_until": None,
    }
    _update(work, webhook_id, "webhook.deleted", values)
    return wire.DeletedResponse()


def rotate_secret(
    work: Work, webhook_id: str, request: wire.RotateSecretRequest
) -> wire.WebhookView:
    """Draw a new secret; both sign until the overlap is over.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND.
    """
    row = _find(work, webhook_id, lock=True)
    secret = make_secret(work.ids)
    overlap = timedelta(hours=request.overlap_hours)
    values = {
        "secret": secret,
        "previous_secret": row.secret if overlap else None,
        "previous_secret_until": work.now + overlap if overlap else None,
    }
    _update(work, webhook_id, "webhook.secret_rotated", values)
    return get_webhook(work, webhook_id).model_copy(update={"secret": secret})


def send_test(work: Work, webhook_id: str, request: wire.TestEventRequest) -> wire.DeliveryView:
    """Send an example to this subscription alone.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND, or DELIVERY_PENDING because it is paused.
    """
    row = _find(work, webhook_id)
    if row.state != "ACTIVE":
        raise ProblemError(
            ErrorCode.DELIVERY_PENDING,
            "The webhook is paused; resume it first",
            "Подписка приостановлена; сначала возобновите её",
        )
    fact = _Fact(f"evt_{work.ids.new()}", work.tenant_id, request.type)
    work.connection.execute(
        sa.insert(events).values(
            id=fact.id,
            tenant_id=fact.tenant_id,
            type=fact.type,
            data=stored_example(fact.type),
            created_at=work.now,
            restaurant_id=work.caller.location_id,
            # For one subscription alone: it is not written for the others.
            fanned_out_at=work.now,
        )
    )
    delivery = new_delivery(work.ids, webhook_id, fact, work.now, is_test=True)
    work.connection.execute(sa.insert(webhook_deliveries).values(delivery))
    return get_delivery(work, webhook_id, delivery["id"])


def get_delivery(work: Work, webhook_id: str, delivery_id: str) -> wire.DeliveryView:
    """Return one line of the log.

    Raises:
        ProblemError: DELIVERY_NOT_FOUND.
    """
    return delivery_view(_find_delivery(work, webhook_id, delivery_id), work.now)


def replay(work: Work, webhook_id: str, delivery_id: str) -> wire.DeliveryView:
    """Send a delivery once more, from the first try; its event keeps its id.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND, DELIVERY_NOT_FOUND, or DELIVERY_PENDING.
    """
    _find(work, webhook_id)
    row = _find_delivery(work, webhook_id, delivery_id)
    if row.state == "PENDING":
        raise ProblemError(ErrorCode.DELIVERY_PENDING)
    _begin_again(work, [delivery_id])
    return get_delivery(work, webhook_id, delivery_id)


def replay_failed(work: Work, webhook_id: str) -> wire.ReplayFailedResponse:
    """Send everything that failed once more, the oldest first, a bounded number at a time.

    Raises:
        ProblemError: WEBHOOK_NOT_FOUND.
    """
    _find(work, webhook_id)
    failed = work.connection.scalars(
        sa.select(_delivery.id)
        .where(_delivery.endpoint_id == webhook_id, _delivery.state == "FAILED")
        .order_by(_delivery.created_at)
        .limit(REPLAYS_MAX + 1)
        .with_for_update()
    ).all()
    again = list(failed[:REPLAYS_MAX])
    if again:
        _begin_again(work, again)
    return wire.ReplayFailedResponse(replayed=len(again), has_more=len(failed) > REPLAYS_MAX)


def event_types() -> wire.EventTypesResponse:
    """Return the catalogue with a whole example of each type."""
    return wire.EventTypesResponse(
        data=tuple(
            wire.EventTypeView(
                type=name,
                title=kind.title_en,
                title_ru=kind.title_ru,
                source="billing" if kind.source == "billing" else "service",
                example=_example(name).to_wire(),
                data_schema=kind.model.model_json_schema(mode="serialization"),
            )
            for name, kind in EVENT_TYPES.items()
        )
    )


def _example(event_type: str) -> EventEnvelope:
    return EventEnvelope.from_wire(
        {
            "id": "evt_01KAEXAMPLE0000000000000000",
            "type": event_type,
            "apiVersion": API_VERSION,
            "createdAt": "2026-11-20T09:00:00.000Z",
            "tenantId": "tenant-01",
            "restaurantId": "loc-01",
            "data": dict(EVENT_TYPES[event_type].example),
        }
    )


def _checked_url(url: str, rules: TargetRules) -> str:
    try:
        return read_target(url, rules).url
    except TargetRefusedError as error:
        raise ProblemError(ErrorCode.WEBHOOK_URL_REFUSED, error.en, error.ru) from error


def _sorted_types(names: tuple[str, ...]) -> list[str]:
    return sorted(set(names))


def _state_values(work: Work, state: wire.WebhookState) -> dict[str, Any]:
    if state == "PAUSED":
        return {"state": state, "pause_reason": "OWNER", "paused_at": work.now}
    # A fresh start: what failed before does not pause it again at the first failure.
    return {"state": state, "pause_reason": None, "paused_at": None, "failing_since": None}


def _find(work: Work, webhook_id: str, *, lock: bool = False) -> Any:  # noqa: ANN401 - a row of the database
    statement = sa.select(webhook_endpoints).where(
        _endpoint.id == webhook_id,
        _endpoint.tenant_id == work.tenant_id,
        _endpoint.state != "DELETED",
    )
    row = work.connection.execute(statement.with_for_update() if lock else statement).first()
    if row is None:
        raise ProblemError(ErrorCode.WEBHOOK_NOT_FOUND)
    return row


def _find_delivery(work: Work, webhook_id: str, delivery_id: str) -> Any:  # noqa: ANN401 - a row of the database
    row = work.connection.execute(
        sa.select(webhook_deliveries).where(
            _delivery.id == delivery_id,
            _delivery.endpoint_id == webhook_id,
            _delivery.tenant_id == work.tenant_id,
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.DELIVERY_NOT_FOUND)
    return row


def _update(work: Work, webhook_id: str, action: str, values: dict[str, Any]) -> None:
    work.connection.execute(
        sa.update(webhook_endpoints)
        .where(_endpoint.id == webhook_id)
        .values(**values, updated_at=work.now)
    )
    details = {"url": values["url"]} if "url" in values else {}
    record(work, action, "webhook", webhook_id, details)


def _begin_again(work: Work, delivery_ids: list[str]) -> None:
    work.connection.execute(
        sa.update(webhook_deliveries)
        .where(_delivery.id.in_(delivery_ids), _delivery.tenant_id == work.tenant_id)
        .values(
            state="PENDING",
            tries=0,
            started_at=work.now,
            next_try_at=work.now,
            lease_token=None,
            finished_at=None,
        )
    )
