"""Commands for installations: written by people, delivered by the heartbeat, answered once.

A command is given out again after a pause until it is answered, for the answer of a heartbeat may be
lost; the installation tells repetitions by the id. A command that is too old is never given out.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import (
    CommandAckRequest,
    CommandAckResponse,
    CommandAnswer,
    CommandStatus,
    CommandType,
    PluginCommand,
)
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.models import plugin_commands

LIFETIME: Final = timedelta(hours=24)
AGAIN_AFTER: Final = timedelta(minutes=2)
_OPEN: Final = (CommandStatus.PENDING.value, CommandStatus.DELIVERED.value)
_AT_ONCE_MAX: Final = 20


def enqueue(
    work: Work,
    installation_id: str,
    command: CommandType,
    payload: Mapping[str, Any] | None = None,
    lifetime: timedelta = LIFETIME,
) -> str:
    """Put a command in the queue of an installation of the tenant; return its id.

    A second request to read the settings again is the first one, as long as that waits.
    """
    if command is CommandType.RELOAD_CONFIG:
        waiting = _find_waiting(work, installation_id, command)
        if waiting is not None:
            return waiting
    command_id = f"cmd_{work.ids.new()}"
    work.connection.execute(
        sa.insert(plugin_commands).values(
            id=command_id,
            tenant_id=work.tenant_id,
            installation_id=installation_id,
            type=command.value,
            payload=dict(payload or {}),
            status=CommandStatus.PENDING.value,
            created_at=work.now,
            created_by=work.caller.staff_id,
            expires_at=work.now + lifetime,
            deliveries=0,
        )
    )
    return command_id


def _find_waiting(work: Work, installation_id: str, command: CommandType) -> str | None:
    found: str | None = work.connection.execute(
        sa.select(plugin_commands.c.id).where(
            plugin_commands.c.tenant_id == work.tenant_id,
            plugin_commands.c.installation_id == installation_id,
            plugin_commands.c.type == command.value,
            plugin_commands.c.status == CommandStatus.PENDING.value,
            plugin_commands.c.expires_at > work.now,
        )
    ).scalar()
    return found


def deliver(
    connection: Connection, installation_ids: Collection[str], now: datetime
) -> dict[str, tuple[PluginCommand, ...]]:
    """Return what each installation is to be told now, and note that it was told."""
    if not installation_ids:
        return {}
    table = plugin_commands.c
    rows = connection.execute(
        sa.select(plugin_commands)
        .where(
            table.installation_id.in_(sorted(installation_ids)),
            table.status.in_(_OPEN),
            table.expires_at > now,
            sa.or_(table.delivered_at.is_(None), table.delivered_at <= now - AGAIN_AFTER),
        )
        .order_by(table.id)
    ).all()
    told: dict[str, list[PluginCommand]] = defaultdict(list)
    for row in rows:
        if len(told[row.installation_id]) < _AT_ONCE_MAX:
            told[row.installation_id].append(_view(row))
    _note_delivery(connection, [c.command_id for told_to in told.values() for c in told_to], now)
    return {installation_id: tuple(commands) for installation_id, commands in told.items()}


def _note_delivery(connection: Connection, ids: Collection[str], now: datetime) -> None:
    if not ids:
        return
    connection.execute(
        sa.update(plugin_commands)
        .where(plugin_commands.c.id.in_(sorted(ids)))
        .values(
            status=CommandStatus.DELIVERED.value,
            delivered_at=now,
            deliveries=plugin_commands.c.deliveries + 1,
        )
    )


def _view(row: "sa.Row[Any]") -> PluginCommand:
    return PluginCommand(
        command_id=row.id,
        type=CommandType(row.type),
        payload=row.payload,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )


def acknowledge(work: Work, command_id: str, message: CommandAckRequest) -> CommandAckResponse:
    """Take an installation's answer to a command.

    "Acknowledged" may be followed by "completed" or "failed"; these are the end.

    Raises:
        ProblemError: COMMAND_NOT_FOUND, COMMAND_EXPIRED, or COMMAND_ANSWERED otherwise before.
    """
    row = work.connection.execute(
        sa.select(plugin_commands)
        .where(
            plugin_commands.c.id == command_id,
            plugin_commands.c.tenant_id == work.tenant_id,
            plugin_commands.c.installation_id == work.caller.installation_id,
        )
        .with_for_update()
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.COMMAND_NOT_FOUND)
    before, wanted = CommandStatus(row.status), CommandStatus(message.status.value)
    if before in {CommandStatus.COMPLETED, CommandStatus.FAILED} or before is wanted:
        return _repeated(command_id, before, message.status)
    if before is CommandStatus.EXPIRED or (before.value in _OPEN and row.expires_at <= work.now):
        raise ProblemError(ErrorCode.COMMAND_EXPIRED)
    work.connection.execute(
        sa.update(plugin_commands)
        .where(plugin_commands.c.id == command_id)
        .values(status=wanted.value, answered_at=work.now, detail=message.detail)
    )
    return CommandAckResponse(success=True, command_id=command_id, status=wanted)


def _repeated(command_id: str, before: CommandStatus, answer: CommandAnswer) -> CommandAckResponse:
    # An acknowledgement that comes late, after the end, says nothing against the end.
    if answer is not CommandAnswer.ACKNOWLEDGED and before.value != answer.value:
        raise ProblemError(ErrorCode.COMMAND_ANSWERED)
    return CommandAckResponse(
        success=True, command_id=command_id, status=before, already_processed=True
    )
