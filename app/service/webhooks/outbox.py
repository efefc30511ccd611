"""From events to deliveries, and who sends which: the statements of the delivering processes.

    event written (with the change it tells of)
    -> fan_out: a delivery for each subscription that wants it, once
    -> claim: a process takes what is due for the length of a lease; nobody else sees it meanwhile
    -> settle: delivered, or due again, or given up

A process that dies leaves its lease, which ends; the delivery is due again and keeps its event's id, so
a receiver may get it twice and knows it by `webhook-id`. On PostgreSQL any number of processes do this
at once: rows that another one holds are skipped.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.kernel.ids import Ids
from app.service.kit.models import events
from app.service.webhooks.models import PENDING, webhook_deliveries, webhook_endpoints

LEASE: Final = timedelta(seconds=60)
EVENTS_MAX: Final = 500
ENDPOINTS_MAX: Final = 64

_delivery = webhook_deliveries.c
_endpoint = webhook_endpoints.c


class Claimed(NamedTuple):
    """A delivery that this process is to send before its lease ends."""

    delivery_id: str
    lease_token: str
    lease_ends: datetime
    tenant_id: str
    endpoint_id: str
    url: str
    secrets: tuple[str, ...]
    event_id: str
    event_type: str
    data: Mapping[str, Any]
    restaurant_id: str | None
    event_at: datetime
    is_test: bool
    tries: int
    started_at: datetime


def has_waiting_events(connection: Connection) -> bool:
    """Tell whether any event waits for its deliveries."""
    waiting = sa.select(events.c.id).where(events.c.fanned_out_at.is_(None)).limit(1)
    return connection.execute(waiting).first() is not None


def fan_out(connection: Connection, now: datetime, ids: Ids) -> int:
    """Write the deliveries of waiting events, a bounded number; return how many events it were."""
    waiting = (
        sa.select(events.c.id)
        .where(events.c.fanned_out_at.is_(None))
        .order_by(events.c.created_at)
        .limit(EVENTS_MAX)
        .with_for_update(skip_locked=True)
        # Apart, so that it is run once: as a plain subquery it might be asked again for each row.
        .cte("waiting")
    )
    taken = (
        sa.update(events)
        .where(events.c.id.in_(sa.select(waiting.c.id)))
        .values(fanned_out_at=now)
        .returning(events.c.id, events.c.tenant_id, events.c.type, events.c.created_at)
    )
    rows = sorted(connection.execute(taken), key=lambda row: (row.created_at, row.id))
    if not rows:
        return 0
    subscribed = _subscriptions(connection, {row.tenant_id for row in rows})
    deliveries = [
        new_delivery(ids, endpoint.id, row, now)
        for row in rows
        for endpoint in subscribed.get(row.tenant_id, ())
        if _wants(endpoint, row)
    ]
    if deliveries:
        connection.execute(sa.insert(webhook_deliveries), deliveries)
    return len(rows)


def new_delivery(
    ids: Ids,
    endpoint_id: str,
    event: Any,  # noqa: ANN401 - a row or anything with id, tenant_id and type
    now: datetime,
    *,
    is_test: bool = False,
) -> dict[str, Any]:
    """Return the row of a delivery that is due at once."""
    return {
        "id": f"dlv_{ids.new()}",
        "tenant_id": event.tenant_id,
        "endpoint_id": endpoint_id,
        "event_id": event.id,
        "event_type": event.type,
        "is_test": is_test,
        "state": "PENDING",
        "attempts": 0,
        "tries": 0,
        "started_at": now,
        "next_try_at": now,
        "created_at": now,
    }


def _subscriptions(connection: Connection, tenants: set[str]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    rows = connection.execute(
        sa.select(_endpoint.id, _endpoint.tenant_id, _endpoint.event_types, _endpoint.created_at)
        .where(_endpoint.tenant_id.in_(sorted(tenants)), _endpoint.state != "DELETED")
        .order_by(_endpoint.id)
    )
    for row in rows:
        found.setdefault(row.tenant_id, []).append(row)
    return found


def _wants(endpoint: Any, event: Any) -> bool:  # noqa: ANN401 - rows of the database
    if event.created_at < endpoint.created_at:
        return False
    return not endpoint.event_types or event.type in endpoint.event_types


def due_endpoints(connection: Connection, now: datetime, after: str = "") -> list[str]:
    """Return active subscriptions with something due, in order of their ids, from after one of them."""
    due = (
        sa.select(sa.literal(1))
        .where(
            _delivery.endpoint_id == _endpoint.id,
            _delivery.state == PENDING,
            _delivery.next_try_at <= now,
        )
        .exists()
    )
    return list(
        connection.scalars(
            sa.select(_endpoint.id)
            .where(_endpoint.state == "ACTIVE", _endpoint.id > after, due)
            .order_by(_endpoint.id)
            .limit(ENDPOINTS_MAX)
        )
    )


def claim(
    connection: Connection, now: datetime, lease_token: str, room: Mapping[str, int]
) -> list[Claimed]:
    """Take due deliveries of these subscriptions, as many of each as there is room for."""
    taken: list[str] = []
    for endpoint_id, count in sorted(room.items()):
        taken += connection.scalars(
            sa.select(_delivery.id)
            .where(
                _delivery.endpoint_id == endpoint_id,
                _delivery.state == PENDING,
                _delivery.next_try_at <= now,
            )
            .order_by(_delivery.next_try_at)
            .limit(count)
            .with_for_update(skip_locked=True)
        ).all()
    if not taken:
        return []
    connection.execute(
        sa.update(webhook_deliveries)
        .where(_delivery.id.in_(taken))
        .values(lease_token=lease_token, next_try_at=now + LEASE)
    )
    return _read_claimed(connection, now, taken)


def _read_claimed(connection: Connection, now: datetime, taken: Sequence[str]) -> list[Claimed]:
    rows = connection.execute(
        sa.select(
            webhook_deliveries,
            _endpoint.url,
            _endpoint.secret,
            _endpoint.previous_secret,
            _endpoint.previous_secret_until,
            events.c.data,
            events.c.restaurant_id,
            events.c.created_at.label("event_at"),
        )
        .join(webhook_endpoints, _endpoint.id == _delivery.endpoint_id)
        .join(events, events.c.id == _delivery.event_id)
        .where(_delivery.id.in_(taken), _endpoint.state == "ACTIVE")
        .order_by(_delivery.started_at, _delivery.id)
    )
    return [
        Claimed(
            delivery_id=row.id,
            lease_token=row.lease_token,
            lease_ends=row.next_try_at,
            tenant_id=row.tenant_id,
            endpoint_id=row.endpoint_id,
            url=row.url,
            secrets=_secrets(row, now),
            event_id=row.event_id,
            event_type=row.event_type,
            data=row.data,
            restaurant_id=row.restaurant_id,
            event_at=row.event_at,
            is_test=row.is_test,
            tries=row.tries,
            started_at=row.started_at,
        )
        for row in rows
    ]


def _secrets(row: Any, now: datetime) -> tuple[str, ...]:  # noqa: ANN401 - a row of the database
    until = row.previous_secret_until
    if row.previous_secret is None or until is None or until <= now:
        return (row.secret,)
    return row.secret, row.previous_secret


def release(connection: Connection, now: datetime, claimed: Sequence[Claimed]) -> None:
    """Give back what was taken and not sent."""
    tokens = {one.delivery_id: one.lease_token for one in claimed}
    for token in sorted(set(tokens.values())):
        connection.execute(
            sa.update(webhook_deliveries)
            .where(
                _delivery.id.in_([name for name, held in tokens.items() if held == token]),
                _delivery.lease_token == token,
                _delivery.state == PENDING,
            )
            .values(lease_token=None, next_try_at=now)
        )
