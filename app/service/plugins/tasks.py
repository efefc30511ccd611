"""What is done by schedule: old rows go, commands lapse, revocations whose grace is over take effect."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.plugin_life import CommandStatus, InstallationStatus
from app.service.jobs.job import Job, JobContext
from app.service.plugins.models import (
    plugin_commands,
    plugin_hours,
    plugin_installations,
    plugin_logs,
    plugin_metric_hours,
    plugin_updates,
)

HOURS_KEPT: Final = timedelta(days=30)
METRICS_KEPT: Final = timedelta(days=90)
LOGS_KEPT: Final = timedelta(days=7)
COMMANDS_KEPT: Final = timedelta(days=90)
UPDATES_KEPT: Final = timedelta(days=365)
_PIECE: Final = 2_000
_OPEN: Final = (CommandStatus.PENDING.value, CommandStatus.DELIVERED.value)

Piece = Callable[[Connection, datetime], int]


def forget_old(context: JobContext) -> int:
    """Delete what is older than it is kept, in bounded pieces; return how many rows."""
    pieces = (
        _older(plugin_hours, plugin_hours.c.hour, HOURS_KEPT),
        _older(plugin_metric_hours, plugin_metric_hours.c.hour, METRICS_KEPT),
        _older(plugin_logs, plugin_logs.c.created_at, LOGS_KEPT),
        _older(plugin_commands, plugin_commands.c.created_at, COMMANDS_KEPT),
        _older(plugin_updates, plugin_updates.c.created_at, UPDATES_KEPT),
    )
    return sum(_run_in_pieces(context, piece) for piece in pieces)


def lapse(context: JobContext) -> int:
    """Close commands that nobody fetched in time, and installations whose grace is over."""
    return _run_in_pieces(context, _lapse_commands) + _run_in_pieces(context, _end_installations)


def _run_in_pieces(context: JobContext, piece: Piece) -> int:
    total = 0
    while not context.stopping.is_set():
        count = context.database.write(partial(_run_piece, piece, context.now())).result()
        total += count
        if count < _PIECE:
            break
    return total


def _run_piece(piece: Piece, now: datetime, connection: Connection) -> int:
    return piece(connection, now)


def _older(table: sa.Table, column: sa.Column[datetime], kept: timedelta) -> Piece:
    """Return what deletes a piece of a table's old rows."""
    key = list(table.primary_key.columns)

    def piece(connection: Connection, now: datetime) -> int:
        old = sa.select(*key).where(column < now - kept).limit(_PIECE)
        where = sa.tuple_(*key).in_(old) if len(key) > 1 else key[0].in_(old)
        return connection.execute(sa.delete(table).where(where)).rowcount

    return piece


def _lapse_commands(connection: Connection, now: datetime) -> int:
    table = plugin_commands.c
    due = sa.select(table.id).where(table.status.in_(_OPEN), table.expires_at <= now).limit(_PIECE)
    return connection.execute(
        sa.update(plugin_commands)
        .where(table.id.in_(due))
        .values(status=CommandStatus.EXPIRED.value)
    ).rowcount


def _end_installations(connection: Connection, now: datetime) -> int:
    table = plugin_installations.c
    return connection.execute(
        sa.update(plugin_installations)
        .where(table.status == InstallationStatus.REVOKING.value, table.ends_at <= now)
        .values(status=InstallationStatus.REVOKED.value)
    ).rowcount


JOBS: Final = (
    Job("plugins.lapse", 60, lapse),
    Job("plugins.forget", 3_600, forget_old),
)
