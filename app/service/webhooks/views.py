"""How subscriptions, deliveries and notices look on the wire, and how they are listed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.webhooks import DeliveryView, WebhookNoticeView, WebhookView
from app.service.kit.lists import ListColumn, Listing, Row, dated_column
from app.service.kit.work import Work
from app.service.webhooks.models import webhook_deliveries, webhook_endpoints, webhook_notices

_E, _D, _N = webhook_endpoints.c, webhook_deliveries.c, webhook_notices.c


def webhook_view(row: Any) -> WebhookView:  # noqa: ANN401 - a row of the database
    """Return a subscription without its secret."""
    return WebhookView(
        id=row.id,
        url=row.url,
        events=tuple(row.event_types),
        description=row.description,
        state=row.state,
        pause_reason=row.pause_reason,
        paused_at=row.paused_at,
        failing_since=row.failing_since,
        last_success_at=row.last_success_at,
        previous_secret_until=row.previous_secret_until,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def delivery_view(row: Any, now: datetime) -> DeliveryView:  # noqa: ANN401 - a row of the database
    """Return a line of the log; one that is just being sent has no next try."""
    being_sent = row.lease_token is not None and row.next_try_at is not None
    is_due_later = not (being_sent and row.next_try_at > now)
    return DeliveryView(
        id=row.id,
        webhook_id=row.endpoint_id,
        event_id=row.event_id,
        event_type=row.event_type,
        state=row.state,
        is_test=row.is_test,
        attempts=row.attempts,
        status_code=row.status_code,
        duration_ms=row.duration_ms,
        last_error=row.last_error,
        last_attempt_at=row.last_attempt_at,
        next_try_at=row.next_try_at if is_due_later else None,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def _webhook_views(_work: Work, rows: Sequence[Row]) -> list[WebhookView]:
    return [webhook_view(row) for row in rows]


def _delivery_views(work: Work, rows: Sequence[Row]) -> list[DeliveryView]:
    return [delivery_view(row, work.now) for row in rows]


def _notice_views(_work: Work, rows: Sequence[Row]) -> list[WebhookNoticeView]:
    return [
        WebhookNoticeView(
            id=row.id,
            webhook_id=row.endpoint_id,
            reason=row.reason,
            text=row.text_en,
            text_ru=row.text_ru,
            created_at=row.created_at,
        )
        for row in rows
    ]


WEBHOOKS: Final = Listing(
    name="webhooks",
    model=WebhookView,
    statement=sa.select(webhook_endpoints).where(_E.state != "DELETED"),
    tenant=_E.tenant_id,
    identity=_E.id,
    columns=(
        dated_column("createdAt", _E.created_at),
        ListColumn(name="state", column=_E.state, filters=True, choices=("ACTIVE", "PAUSED")),
    ),
    views=_webhook_views,
    sort="createdAt",
)
"""The subscriptions of a company."""

NOTICES: Final = Listing(
    name="webhook-notices",
    model=WebhookNoticeView,
    statement=sa.select(webhook_notices),
    tenant=_N.tenant_id,
    identity=_N.id,
    columns=(
        dated_column("createdAt", _N.created_at),
        ListColumn(name="webhookId", column=_N.endpoint_id, filters=True),
    ),
    views=_notice_views,
    sort="createdAt",
)
"""What owners were told of their subscriptions."""


def deliveries_of(webhook_id: str) -> Listing[DeliveryView]:
    """Return the log of one subscription; an empty id stands for any of them."""
    statement = sa.select(webhook_deliveries)
    if webhook_id:
        statement = statement.where(_D.endpoint_id == webhook_id)
    return Listing(
        name="webhook-deliveries",
        model=DeliveryView,
        statement=statement,
        tenant=_D.tenant_id,
        identity=_D.id,
        columns=(
            dated_column("createdAt", _D.created_at),
            ListColumn(
                name="state",
                column=_D.state,
                filters=True,
                choices=("PENDING", "DELIVERED", "FAILED"),
            ),
            ListColumn(name="eventType", column=_D.event_type, filters=True),
            ListColumn(name="eventId", column=_D.event_id, filters=True),
        ),
        views=_delivery_views,
        sort="createdAt",
    )
