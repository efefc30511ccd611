"""Rows of installations: found with their place, kept with their state."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import InstallationStatus, ReleaseChannel
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.identity import INSTALLATION_KINDS
from app.service.plugins.models import plugin_installations, plugin_states
from app.service.tills.models import api_keys, installations

ENDED = frozenset({InstallationStatus.REVOKED, InstallationStatus.DELETED})


class Installation(NamedTuple):
    """An installation with what people decided about it."""

    id: str
    kind: str
    name: str
    location_id: str | None
    register_id: str | None
    status: InstallationStatus
    channel: str
    machine: dict[str, str] | None
    connected_at: datetime | None
    ui_settings: dict[str, Any] | None
    settings_version: int
    target_version_id: str | None


def get_installation(work: Work, installation_id: str, *, lock: bool = False) -> Installation:
    """Return an installation of the tenant; its row of decisions is made if it is missing.

    Args:
        work: The transaction; a writing one where the row may have to be made.
        installation_id: Which.
        lock: Whether nobody else may change it until the end of the transaction.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND.
    """
    statement = _find(work, installation_id)
    if lock:
        _make_sure(work, installation_id)
        work.connection.execute(
            sa.select(plugin_installations.c.installation_id)
            .where(plugin_installations.c.installation_id == installation_id)
            .with_for_update()
        )
    row = work.connection.execute(statement).first()
    if row is None:
        raise ProblemError(ErrorCode.INSTALLATION_NOT_FOUND)
    return Installation(
        id=row.id,
        kind=row.kind,
        name=row.name,
        location_id=row.location_id,
        register_id=row.register_id,
        # An installation without decisions was made before there were any: it works.
        status=InstallationStatus(row.status or InstallationStatus.ACTIVE),
        channel=row.channel or ReleaseChannel.STABLE.value,
        machine=row.machine,
        connected_at=row.connected_at,
        ui_settings=row.ui_settings,
        settings_version=row.settings_version or 0,
        target_version_id=row.target_version_id,
    )


def _find(work: Work, installation_id: str) -> "sa.Select[*tuple[Any, ...]]":
    decided = plugin_installations.c
    return (
        sa.select(
            installations.c.id,
            installations.c.kind,
            installations.c.name,
            installations.c.location_id,
            installations.c.register_id,
            decided.status,
            decided.channel,
            decided.machine,
            decided.connected_at,
            decided.ui_settings,
            decided.settings_version,
            decided.target_version_id,
        )
        .outerjoin(plugin_installations, decided.installation_id == installations.c.id)
        .where(
            installations.c.id == installation_id,
            installations.c.tenant_id == work.tenant_id,
            installations.c.kind.in_(sorted(INSTALLATION_KINDS)),
        )
    )


def _make_sure(work: Work, installation_id: str) -> None:
    """Make the row of decisions if the installation has none."""
    known = sa.exists().where(plugin_installations.c.installation_id == installations.c.id)
    work.connection.execute(
        sa.insert(plugin_installations).from_select(
            ["installation_id", "tenant_id", "status", "channel", "settings_version"],
            sa.select(
                installations.c.id,
                installations.c.tenant_id,
                sa.literal(InstallationStatus.ACTIVE.value),
                sa.literal(ReleaseChannel.STABLE.value),
                sa.literal(0),
            ).where(
                installations.c.id == installation_id,
                installations.c.tenant_id == work.tenant_id,
                installations.c.kind.in_(sorted(INSTALLATION_KINDS)),
                ~known,
            ),
        )
    )


def change_installation(work: Work, installation_id: str, **values: object) -> None:
    """Write down decisions about an installation, whose row is there."""
    work.connection.execute(
        sa.update(plugin_installations)
        .where(
            plugin_installations.c.installation_id == installation_id,
            plugin_installations.c.tenant_id == work.tenant_id,
        )
        .values(**values)
    )


def running_version(connection: Connection, installation_id: str) -> str:
    """Return the version that the last heartbeat told; empty before the first."""
    found: str | None = connection.execute(
        sa.select(plugin_states.c.version).where(plugin_states.c.installation_id == installation_id)
    ).scalar()
    return found or ""


def end_keys(work: Work, installation_id: str, at: datetime) -> int:
    """Let the keys of an installation work no longer than until a moment; return how many."""
    table = api_keys.c
    ended = work.connection.execute(
        sa.update(api_keys)
        .where(
            table.installation_id == installation_id,
            table.tenant_id == work.tenant_id,
            table.revoked_at.is_(None),
            sa.or_(table.expires_at.is_(None), table.expires_at > at),
        )
        .values(expires_at=at)
    )
    return ended.rowcount
