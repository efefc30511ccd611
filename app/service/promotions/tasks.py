"""What time does to promotions: they begin, they end, and what an order held too long goes back.

The rules look at the moments themselves, so a check never waits for this: the job moves the states
that people see and writes the events.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.promotions import PromotionState
from app.kernel.ids import Ids
from app.service.jobs.job import Job, JobContext
from app.service.kit.work import Caller, Work
from app.service.promotions.models import promotion_uses, promotions
from app.service.promotions.service import SUBJECT, tell_activated, tell_expired
from app.service.promotions.uses import HELD, release_use
from app.service.tills.versions import raise_version

BATCH: Final = 200
_MINUTE_S: Final = 60
_S = PromotionState


def turn_promotions(context: JobContext) -> int:
    """Begin and end promotions and let go what was held too long; return how many changed."""
    total = 0
    for step in (_begin, _end, _let_go):
        while not context.stopping.is_set():
            count = _run(context, step)
            total += count
            if count < BATCH:
                break
    return total


def _run(context: JobContext, step: Callable[[Connection, datetime, Ids], int]) -> int:
    now = context.now()
    return context.database.write(lambda connection: step(connection, now, context.ids)).result()


def _begin(connection: Connection, now: datetime, ids: Ids) -> int:
    table = promotions.c
    due = sa.and_(table.state == _S.SCHEDULED.value, table.starts_at <= now)
    return _turn(connection, now, ids, due, _S.ACTIVE)


def _end(connection: Connection, now: datetime, ids: Ids) -> int:
    table = promotions.c
    live = (_S.ACTIVE.value, _S.SCHEDULED.value, _S.PAUSED.value)
    due = sa.and_(table.state.in_(live), table.ends_at <= now)
    return _turn(connection, now, ids, due, _S.EXPIRED)


def _turn(
    connection: Connection,
    now: datetime,
    ids: Ids,
    due: sa.ColumnElement[bool],
    state: PromotionState,
) -> int:
    table = promotions.c
    rows = connection.execute(
        sa.select(table.id, table.tenant_id, table.name, table.ends_at)
        .where(due)
        .order_by(table.id)
        .limit(BATCH)
        .with_for_update()
    ).all()
    for row in rows:
        work = _work(connection, now, ids, row)
        connection.execute(
            sa.update(promotions).where(table.id == row.id).values(state=state.value)
        )
        raise_version(connection, row.tenant_id, SUBJECT)
        if state is _S.EXPIRED:
            tell_expired(work, row.id, row.name)
        elif row.ends_at is None or row.ends_at > now:
            tell_activated(work, row.id, row.name)
    return len(rows)


def _let_go(connection: Connection, now: datetime, ids: Ids) -> int:
    table = promotion_uses.c
    rows = connection.execute(
        sa.select(promotion_uses)
        .where(table.state == HELD, table.held_until <= now)
        .order_by(table.promotion_id, table.id)
        .limit(BATCH)
        .with_for_update()
    ).all()
    for row in rows:
        release_use(_work(connection, now, ids, row), row)
    return len(rows)


def _work(connection: Connection, now: datetime, ids: Ids, row: "sa.Row[*tuple[Any, ...]]") -> Work:
    return Work(connection, now, ids, Caller(row.tenant_id, "", "system", None, None))


JOBS: Final = (Job("promotions.turn", _MINUTE_S, turn_promotions),)
