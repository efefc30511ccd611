"""One transaction of many heartbeats: find the keys, write the states, deliver commands.

No row of cards or of the ledger is touched or locked. States are written in the order of their ids,
so that two processes never wait for each other in a circle.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import HeartbeatRequest, HeartbeatResponse, PluginCommand
from app.service.kit.access import by_installation
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller
from app.service.plugins.command_queue import deliver
from app.service.plugins.identity import Identity, check_identity
from app.service.plugins.models import (
    OPEN_COMMANDS,
    plugin_commands,
    plugin_hours,
    plugin_installations,
    plugin_states,
)
from app.service.plugins.releases import Release, Subject, choose, list_published
from app.service.plugins.upserts import upsert
from app.service.tills.keys import hash_key
from app.service.tills.models import api_keys, config_versions, installations

_KEY_MAX: Final = 200


class Beat(NamedTuple):
    """A heartbeat as it came: not yet known whose."""

    kind: str
    secret: str
    identity: Identity
    message: HeartbeatRequest


class Heard(NamedTuple):
    """Whose heartbeat it was, and the answer to it."""

    caller: Caller
    answer: HeartbeatResponse


class _Known(NamedTuple):
    """The installation behind a key, and what a heartbeat has to know of it."""

    caller: Caller
    channel: str
    target_version_id: str | None
    has_commands: bool
    config_version: str


_OPEN = (
    sa.exists()
    .where(plugin_commands.c.installation_id == installations.c.id, sa.text(OPEN_COMMANDS))
    .label("has_commands")
)
_FIND = (
    sa.select(
        api_keys.c.key_hash,
        api_keys.c.id.label("key_id"),
        api_keys.c.expires_at,
        api_keys.c.revoked_at,
        installations.c.id,
        installations.c.tenant_id,
        installations.c.kind,
        installations.c.location_id,
        installations.c.register_id,
        plugin_installations.c.channel,
        plugin_installations.c.target_version_id,
        plugin_installations.c.settings_version,
        config_versions.c.version.label("config_version"),
        _OPEN,
    )
    .join(installations, installations.c.id == api_keys.c.installation_id)
    .outerjoin(plugin_installations, plugin_installations.c.installation_id == installations.c.id)
    .outerjoin(
        config_versions,
        sa.and_(
            config_versions.c.tenant_id == installations.c.tenant_id,
            config_versions.c.subject == "config",
        ),
    )
    .where(api_keys.c.key_hash.in_(sa.bindparam("hashes", expanding=True)))
)
_PUT_STATE = upsert(
    plugin_states,
    keys=("installation_id",),
    replace=tuple(
        column.name
        for column in plugin_states.columns
        if column.name not in {"installation_id", "tenant_id"}
    ),
)
_ADD_TO_HOUR = upsert(
    plugin_hours,
    keys=("installation_id", "hour"),
    add=("beats", "cpu_centi_sum"),
    largest=("queue_max", "memory_mb_max", "transactions_max", "latency_ms_max"),
)


def run_batch(
    connection: Connection, now: datetime, beats: Sequence[Beat]
) -> list[Heard | ProblemError]:
    """Keep heartbeats and return the answer to each, in their order."""
    hashes = [hash_key(beat.secret) if len(beat.secret) <= _KEY_MAX else "" for beat in beats]
    rows = connection.execute(_FIND, {"hashes": sorted(set(hashes))}).all()
    found = {row.key_hash: row for row in rows}
    known = [
        _know(found.get(digest), beat, now) for digest, beat in zip(hashes, beats, strict=True)
    ]
    alive = [(k, beat) for k, beat in zip(known, beats, strict=True) if isinstance(k, _Known)]
    if alive:
        alive.sort(key=lambda pair: pair[0].caller.installation_id)
        _write_states(connection, now, alive)
        _add_to_hours(connection, now, alive)
    commands = deliver(
        connection, {k.caller.installation_id for k, _ in alive if k.has_commands}, now
    )
    releases = list_published(connection, {k.caller.tenant_id for k, _ in alive})
    return [
        k
        if isinstance(k, ProblemError)
        else Heard(k.caller, _answer(k, beat, now, commands, releases))
        for k, beat in zip(known, beats, strict=True)
    ]


def _know(
    row: "sa.Row[*tuple[Any, ...]] | None", beat: Beat, now: datetime
) -> _Known | ProblemError:
    if row is None:
        return ProblemError(ErrorCode.INVALID_API_KEY)
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return ProblemError(ErrorCode.API_KEY_EXPIRED)
    caller = Caller(
        row.tenant_id,
        row.id,
        row.kind,
        row.location_id,
        row.register_id,
        # The usage of a key counts no heartbeats; of one that is ending each use is written down.
        key_id=row.key_id if row.expires_at is not None else None,
        is_ending=row.expires_at is not None,
    )
    try:
        by_installation(beat.kind).check(caller)
        check_identity(caller, beat.identity)
    except ProblemError as refusal:
        return refusal
    return _Known(
        caller,
        row.channel or "stable",
        row.target_version_id,
        bool(row.has_commands),
        f"{row.config_version or 0}.{row.settings_version or 0}",
    )


def _write_states(
    connection: Connection, now: datetime, alive: Sequence[tuple[_Known, Beat]]
) -> None:
    connection.execute(
        _PUT_STATE(connection),
        [
            {
                "installation_id": known.caller.installation_id,
                "tenant_id": known.caller.tenant_id,
                "seen_at": now,
                "version": beat.message.version or beat.identity.plugin_version,
                "os_version": beat.message.os_version,
                "terminal_id": beat.identity.terminal_id,
                "queue_size": beat.message.metrics.queue_size,
                "cpu_centi": beat.message.metrics.cpu_usage,
                "memory_mb": beat.message.metrics.memory_mb,
                "transactions_today": beat.message.metrics.transactions_today,
                "latency_p95_ms": beat.message.metrics.latency_p95,
            }
            for known, beat in alive
        ],
    )


def _add_to_hours(
    connection: Connection, now: datetime, alive: Sequence[tuple[_Known, Beat]]
) -> None:
    hour = now.replace(minute=0, second=0, microsecond=0)
    connection.execute(
        _ADD_TO_HOUR(connection),
        [
            {
                "installation_id": known.caller.installation_id,
                "hour": hour,
                "beats": 1,
                "queue_max": beat.message.metrics.queue_size,
                "cpu_centi_sum": beat.message.metrics.cpu_usage,
                "memory_mb_max": beat.message.metrics.memory_mb,
                "transactions_max": beat.message.metrics.transactions_today,
                "latency_ms_max": beat.message.metrics.latency_p95,
            }
            for known, beat in alive
        ],
    )


def _answer(
    known: _Known,
    beat: Beat,
    now: datetime,
    commands: Mapping[str, tuple[PluginCommand, ...]],
    releases: Sequence[Release],
) -> HeartbeatResponse:
    caller = known.caller
    subject = Subject(
        caller.tenant_id,
        caller.installation_id,
        caller.kind,
        known.channel,
        known.target_version_id,
        beat.message.version or beat.identity.plugin_version,
    )
    choice = choose(releases, subject)
    return HeartbeatResponse(
        acknowledged=True,
        server_time=now,
        commands=commands.get(caller.installation_id, ()),
        critical_update_available=choice is not None and choice.is_urgent,
        config_version=known.config_version,
    )
