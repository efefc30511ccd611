"""What becomes of a delivery after an attempt, and of a subscription whose receiver is gone or failing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.kernel.ids import Ids
from app.service.audit_log.service import record, system_caller
from app.service.kit.work import Work
from app.service.webhooks.models import (
    webhook_deliveries,
    webhook_endpoints,
    webhook_notices,
)

FAILING_MAX: Final = timedelta(days=3)
ERROR_MAX: Final = 300
_SUCCESS_NOTED: Final = timedelta(minutes=1)

_delivery = webhook_deliveries.c
_endpoint = webhook_endpoints.c

_NOTICES: Final = {
    "GONE": (
        "The receiver answered 410 Gone; the subscription is paused",
        "Получатель ответил 410 Gone; подписка приостановлена",
    ),
    "FAILING": (
        "Every delivery has failed for three days; the subscription is paused",
        "Три дня подряд ни одна доставка не удалась; подписка приостановлена",
    ),
}


class Outcome(NamedTuple):
    """How an attempt ended. `next_try_at` None without `delivered` means that it is given up."""

    delivery_id: str
    lease_token: str
    tenant_id: str
    endpoint_id: str
    at: datetime
    duration_ms: int
    status_code: int | None
    error: str | None
    delivered: bool
    gone: bool
    next_try_at: datetime | None


def settle(connection: Connection, ids: Ids, outcomes: Sequence[Outcome]) -> None:
    """Write down how attempts ended, in one statement for each way, and pause whom it is time to."""
    delivered = [one for one in outcomes if one.delivered]
    failed = [one for one in outcomes if not one.delivered]
    if delivered:
        # Whoever holds the lease by now: what has arrived has arrived.
        connection.execute(_update(by_token=False), [_values(one) for one in delivered])
        _note_success(connection, delivered)
    if failed:
        connection.execute(_update(by_token=True), [_values(one) for one in failed])
        reached = {one.endpoint_id for one in delivered}
        _note_failures(connection, ids, [one for one in failed if one.endpoint_id not in reached])


def _update(*, by_token: bool) -> sa.Update:
    statement = sa.update(webhook_deliveries).where(
        _delivery.id == sa.bindparam("b_id"), _delivery.state == "PENDING"
    )
    if by_token:
        statement = statement.where(_delivery.lease_token == sa.bindparam("b_token"))
    return statement.values(
        state=sa.bindparam("b_state"),
        attempts=_delivery.attempts + 1,
        tries=_delivery.tries + 1,
        next_try_at=sa.bindparam("b_next", type_=_delivery.next_try_at.type),
        lease_token=None,
        status_code=sa.bindparam("b_status"),
        duration_ms=sa.bindparam("b_duration"),
        last_error=sa.bindparam("b_error"),
        last_attempt_at=sa.bindparam("b_at", type_=_delivery.last_attempt_at.type),
        finished_at=sa.bindparam("b_finished", type_=_delivery.finished_at.type),
    )


def _values(one: Outcome) -> dict[str, Any]:
    ended = one.delivered or one.next_try_at is None
    state = "DELIVERED" if one.delivered else "FAILED" if ended else "PENDING"
    return {
        "b_id": one.delivery_id,
        "b_token": one.lease_token,
        "b_state": state,
        "b_next": None if ended else one.next_try_at,
        "b_status": one.status_code,
        "b_duration": one.duration_ms,
        "b_error": one.error[:ERROR_MAX] if one.error else None,
        "b_at": one.at,
        "b_finished": one.at if ended else None,
    }


def _note_success(connection: Connection, delivered: Sequence[Outcome]) -> None:
    reached = sorted({one.endpoint_id for one in delivered})
    at = max(one.at for one in delivered)
    connection.execute(
        sa.update(webhook_endpoints)
        .where(
            _endpoint.id.in_(reached),
            sa.or_(
                _endpoint.failing_since.is_not(None),
                _endpoint.last_success_at.is_(None),
                _endpoint.last_success_at < at - _SUCCESS_NOTED,
            ),
        )
        .values(failing_since=None, last_success_at=at)
    )


def _note_failures(connection: Connection, ids: Ids, failed: Sequence[Outcome]) -> None:
    by_endpoint: dict[str, list[Outcome]] = {}
    for one in failed:
        by_endpoint.setdefault(one.endpoint_id, []).append(one)
    if not by_endpoint:
        return
    rows = connection.execute(
        sa.select(_endpoint.id, _endpoint.tenant_id, _endpoint.state, _endpoint.failing_since)
        .where(_endpoint.id.in_(sorted(by_endpoint)))
        .order_by(_endpoint.id)
        .with_for_update()
    ).all()
    for row in rows:
        outcomes = by_endpoint[row.id]
        at = max(one.at for one in outcomes)
        if row.failing_since is None:
            _change(connection, row.id, {"failing_since": at})
        if row.state != "ACTIVE":
            continue
        if any(one.gone for one in outcomes):
            pause(connection, ids, row, "GONE", at)
        elif row.failing_since is not None and at - row.failing_since >= FAILING_MAX:
            pause(connection, ids, row, "FAILING", at)


def pause(
    connection: Connection,
    ids: Ids,
    endpoint: Any,  # noqa: ANN401 - a row with id and tenant_id
    reason: str,
    at: datetime,
) -> None:
    """Pause a subscription on the service's own decision, and tell its owner."""
    paused = {"state": "PAUSED", "pause_reason": reason, "paused_at": at, "updated_at": at}
    _change(connection, endpoint.id, paused)
    said_en, said_ru = _NOTICES[reason]
    connection.execute(
        sa.insert(webhook_notices).values(
            id=f"wnt_{ids.new()}",
            tenant_id=endpoint.tenant_id,
            endpoint_id=endpoint.id,
            reason=reason,
            text_en=said_en,
            text_ru=said_ru,
            created_at=at,
        )
    )
    work = Work(connection, at, ids, system_caller(endpoint.tenant_id))
    record(work, "webhook.paused", "webhook", endpoint.id, {"reason": reason})


def _change(connection: Connection, endpoint_id: str, values: dict[str, Any]) -> None:
    connection.execute(
        sa.update(webhook_endpoints).where(_endpoint.id == endpoint_id).values(values)
    )
