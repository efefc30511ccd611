"""What is ended and forgotten by schedule: deliveries never sent, the log, old events and subscriptions."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.jobs.job import Job, JobContext
from app.service.kit.models import events
from app.service.webhooks.models import (
    PENDING,
    webhook_deliveries,
    webhook_endpoints,
    webhook_notices,
)
from app.service.webhooks.schedule import WHOLE_TIME

KEPT: Final = timedelta(days=30)
BATCH: Final = 2_000
_QUARTER_S: Final = 900
_HOUR_S: Final = 3_600

_E, _D = webhook_endpoints.c, webhook_deliveries.c


def give_up(connection: Connection, now: datetime) -> int:
    """Fail what could not be sent within 24 hours (paused, deleted, overloaded); return how many."""
    late = connection.scalars(
        sa.select(_D.id)
        .where(_D.state == PENDING, _D.started_at < now - WHOLE_TIME, _D.next_try_at <= now)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    if late:
        said = sa.func.coalesce(_D.last_error, "not sent within 24 hours")
        connection.execute(
            sa.update(webhook_deliveries)
            .where(_D.id.in_(late))
            .values(
                state="FAILED",
                next_try_at=None,
                lease_token=None,
                finished_at=now,
                last_error=said,
            )
        )
    return len(late)


def forget_deliveries(connection: Connection, now: datetime) -> int:
    """Delete what is older than the log goes back; what is on its way stays."""
    old = sa.select(_D.id).where(_D.created_at < now - KEPT, _D.state != "PENDING").limit(BATCH)
    return _delete(connection, webhook_deliveries, connection.scalars(old).all())


def forget_events(connection: Connection, now: datetime) -> int:
    """Delete events of that age that no delivery speaks of."""
    spoken_of = sa.select(sa.literal(1)).where(_D.event_id == events.c.id).exists()
    old = (
        sa.select(events.c.id)
        .where(events.c.created_at < now - KEPT, events.c.fanned_out_at.is_not(None), ~spoken_of)
        .limit(BATCH)
    )
    return _delete(connection, events, connection.scalars(old).all())


def forget_webhooks(connection: Connection, _now: datetime) -> int:
    """Delete ended subscriptions whose log is gone."""
    has_log = sa.select(sa.literal(1)).where(_D.endpoint_id == _E.id).exists()
    old = sa.select(_E.id).where(_E.state == "DELETED", ~has_log).limit(BATCH)
    return _delete(connection, webhook_endpoints, connection.scalars(old).all())


def forget_notices(connection: Connection, now: datetime) -> int:
    """Delete old notices."""
    old = sa.select(webhook_notices.c.id).where(webhook_notices.c.created_at < now - 3 * KEPT)
    return _delete(connection, webhook_notices, connection.scalars(old.limit(BATCH)).all())


def _delete(connection: Connection, table: sa.Table, ids: Sequence[str]) -> int:
    if ids:
        connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
    return len(ids)


def _run(step: Callable[[Connection, datetime], int], now: datetime, connection: Connection) -> int:
    return step(connection, now)


def _in_batches(context: JobContext, step: Callable[[Connection, datetime], int]) -> int:
    total = 0
    while not context.stopping.is_set():
        count = context.database.write(partial(_run, step, context.now())).result()
        total += count
        if count < BATCH:
            break
    return total


def end_late_deliveries(context: JobContext) -> int:
    """Fail deliveries that were not sent within 24 hours."""
    return _in_batches(context, give_up)


def prune(context: JobContext) -> int:
    """Forget what is older than it must be kept, deliveries before their events."""
    steps = (forget_deliveries, forget_events, forget_webhooks, forget_notices)
    return sum(_in_batches(context, step) for step in steps)


JOBS: Final = (
    Job("webhooks.give_up", _QUARTER_S, end_late_deliveries),
    Job("webhooks.prune", _HOUR_S, prune),
)
