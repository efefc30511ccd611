"""Data that goes by schedule (A15): what a company keeps shorter than the service would.

Each noun deletes its own logs after the service's own time (thirty days, see its `tasks`); here a
company's shorter wish is done, and what belongs to nobody else: the audit log.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.company import Retention
from app.contracts.exports import ExportState
from app.service.audit_log.models import audit_log
from app.service.exports.models import exports
from app.service.jobs.job import JobContext
from app.service.requests.models import request_logs
from app.service.tenants.models import tenants
from app.service.webhooks.models import webhook_deliveries

AUDIT_KEPT: Final = timedelta(days=1_095)
PIECE: Final = 1_000


class _Rule(NamedTuple):
    """Rows of a table that go when they are old, by the days a company has named."""

    days: Callable[[Retention], int | None]
    table: sa.Table
    may_go: sa.ColumnElement[bool] = sa.true()


_RULES: Final = (
    _Rule(lambda kept: kept.request_logs_days, request_logs),
    _Rule(
        lambda kept: kept.webhook_logs_days,
        webhook_deliveries,
        webhook_deliveries.c.state != "PENDING",
    ),
    _Rule(lambda kept: kept.audit_log_days, audit_log),
)


def apply_retention(context: JobContext) -> int:
    """Delete what companies keep shorter, and the audit log's oldest; return how many rows."""
    wishes = context.database.read(_wishes).result()
    total = 0
    for tenant_id, wish in wishes:
        for rule in _RULES:
            days = rule.days(wish)
            if days is not None:
                before = context.now() - timedelta(days=days)
                mine = sa.and_(rule.table.c.tenant_id == tenant_id, rule.may_go)
                total += _delete_all(context, rule.table, mine, before)
        if wish.exports_days is not None:
            total += _shorten_exports(context, tenant_id, timedelta(days=wish.exports_days))
    long_kept = [tenant_id for tenant_id, wish in wishes if wish.audit_log_days is not None]
    others = audit_log.c.tenant_id.not_in(long_kept) if long_kept else sa.true()
    return total + _delete_all(context, audit_log, others, context.now() - AUDIT_KEPT)


def _wishes(connection: Connection) -> list[tuple[str, Retention]]:
    rows = connection.execute(
        sa.select(tenants.c.id, tenants.c.retention).where(tenants.c.retention.is_not(None))
    )
    return [(row.id, Retention.from_wire(row.retention)) for row in rows]


def _delete_all(
    context: JobContext, table: sa.Table, which: sa.ColumnElement[bool], before: datetime
) -> int:
    old = sa.and_(which, table.c.created_at < before)
    total = 0
    while not context.stopping.is_set():
        count = context.database.write(lambda c: _delete_piece(c, table, old)).result()
        total += count
        if count < PIECE:
            break
    return total


def _delete_piece(connection: Connection, table: sa.Table, old: sa.ColumnElement[bool]) -> int:
    ids: list[Any] = list(
        connection.execute(sa.select(table.c.id).where(old).limit(PIECE)).scalars()
    )
    if ids:
        connection.execute(sa.delete(table).where(table.c.id.in_(ids)))
    return len(ids)


def _shorten_exports(context: JobContext, tenant_id: str, kept: timedelta) -> int:
    # The export's own job drops the file when its time is over; here the time is brought forward.
    now = context.now()

    def shorten(connection: Connection) -> int:
        return connection.execute(
            sa.update(exports)
            .where(
                exports.c.tenant_id == tenant_id,
                exports.c.state == ExportState.READY.value,
                exports.c.finished_at < now - kept,
                exports.c.expires_at > now,
            )
            .values(expires_at=now)
        ).rowcount

    return context.database.write(shorten).result()
