"""What people do with installations: make them, give them keys and commands, end them (M1, M4, M5)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from app.contracts import plugin_admin as wire
from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import CommandType, InstallationStatus, UiSettings
from app.service.audit_log.service import record
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.command_queue import enqueue
from app.service.plugins.configuring import change_settings
from app.service.plugins.models import plugin_installations
from app.service.plugins.releases import Release, list_published
from app.service.plugins.repository import (
    ENDED,
    Installation,
    change_installation,
    end_keys,
    get_installation,
)
from app.service.plugins.version_numbers import version_key
from app.service.tills.keys import NewKey, make_key
from app.service.tills.models import api_keys, installations, locations, registers

_SUBJECT: Final = "plugin_installation"
OLD_KEY_GRACE: Final = timedelta(minutes=30)
_NO_GRACE: Final = timedelta(0)
GRACE: Final[Mapping[wire.RevokeReason, timedelta]] = {
    wire.RevokeReason.SUSPICIOUS_ACTIVITY: _NO_GRACE,
    wire.RevokeReason.KEY_COMPROMISED: _NO_GRACE,
    wire.RevokeReason.HARDWARE_CHANGE: timedelta(minutes=30),
    wire.RevokeReason.RESTAURANT_CLOSED: timedelta(minutes=30),
    wire.RevokeReason.MANUAL: timedelta(minutes=30),
    wire.RevokeReason.PLANNED_ROTATION: timedelta(minutes=120),
}
"""How long the key goes on working after a revocation, by its reason."""


def create_installation(
    work: Work, message: wire.CreateInstallationRequest
) -> wire.KeyIssuedResponse:
    """Make an installation that waits for its first connection, and its key.

    Raises:
        ProblemError: LOCATION_NOT_FOUND, REGISTER_NOT_FOUND.
    """
    _check_place(work, message)
    installation_id = f"inst_{work.ids.new()}"
    work.connection.execute(
        sa.insert(installations).values(
            id=installation_id,
            tenant_id=work.tenant_id,
            kind=message.kind.value,
            name=message.name,
            location_id=message.restaurant_id,
            register_id=message.register_id,
            created_at=work.now,
        )
    )
    work.connection.execute(
        sa.insert(plugin_installations).values(
            installation_id=installation_id,
            tenant_id=work.tenant_id,
            status=InstallationStatus.PENDING_INSTALLATION.value,
            channel=message.channel.value,
            settings_version=0,
        )
    )
    record(work, "plugin_installation.created", _SUBJECT, installation_id, {"kind": message.kind})
    return _issue_key(work, installation_id, message.kind.value)


def _check_place(work: Work, message: wire.CreateInstallationRequest) -> None:
    place = sa.select(locations.c.id).where(
        locations.c.id == message.restaurant_id, locations.c.tenant_id == work.tenant_id
    )
    if work.connection.execute(place).first() is None:
        raise ProblemError(ErrorCode.LOCATION_NOT_FOUND)
    if message.register_id is None and message.kind is not wire.InstallationKind.TILL:
        return
    register = sa.select(registers.c.id).where(
        registers.c.id == message.register_id,
        registers.c.location_id == message.restaurant_id,
        registers.c.tenant_id == work.tenant_id,
    )
    if work.connection.execute(register).first() is None:
        raise ProblemError(ErrorCode.REGISTER_NOT_FOUND)


def regenerate_key(work: Work, installation_id: str) -> wire.KeyIssuedResponse:
    """Give an installation a new key; the old one works for another half hour.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND, INSTALLATION_ENDED.
    """
    installation = _get_living(work, installation_id)
    ends_at = work.now + OLD_KEY_GRACE
    end_keys(work, installation_id, ends_at)
    record(work, "plugin_installation.key_regenerated", _SUBJECT, installation_id)
    return _issue_key(work, installation_id, installation.kind, ends_at)


def _issue_key(
    work: Work, installation_id: str, kind: str, old_ends_at: datetime | None = None
) -> wire.KeyIssuedResponse:
    key: NewKey = make_key(work.ids, kind)
    key_id = work.ids.new()
    work.connection.execute(
        sa.insert(api_keys).values(
            id=key_id,
            tenant_id=work.tenant_id,
            installation_id=installation_id,
            key_hash=key.key_hash,
            key_hint=key.hint,
            created_at=work.now,
            created_by=work.caller.staff_id,
        )
    )
    return wire.KeyIssuedResponse(
        success=True,
        installation_id=installation_id,
        key_id=key_id,
        hint=key.hint,
        api_key=key.secret,
        old_key_ends_at=old_ends_at,
    )


def revoke(work: Work, installation_id: str, message: wire.RevokeRequest) -> wire.RevokeResponse:
    """End an installation: at once, or after the grace that the reason gives.

    A second revocation may shorten the grace, never lengthen it.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND, INSTALLATION_ENDED.
    """
    _get_living(work, installation_id)
    ends_at = work.now + GRACE[message.reason]
    ended = ends_at <= work.now
    status = InstallationStatus.REVOKED if ended else InstallationStatus.REVOKING
    end_keys(work, installation_id, ends_at)
    known = work.connection.execute(
        sa.select(plugin_installations.c.ends_at).where(
            plugin_installations.c.installation_id == installation_id
        )
    ).scalar()
    ends_at = min(ends_at, known or ends_at)
    change_installation(
        work,
        installation_id,
        status=status.value,
        ends_at=ends_at,
        revoke_reason=message.reason.value,
    )
    details = {"reason": message.reason.value, "comment": message.comment}
    record(work, "plugin_installation.revoked", _SUBJECT, installation_id, details)
    return wire.RevokeResponse(success=True, status=status, ends_at=ends_at)


def queue_command(
    work: Work, installation_id: str, message: wire.CommandRequest
) -> wire.CommandQueuedResponse:
    """Put a command in an installation's queue.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND, INSTALLATION_ENDED.
    """
    _get_living(work, installation_id)
    lifetime = timedelta(minutes=message.expires_in_minutes)
    command_id = enqueue(work, installation_id, message.type, message.payload, lifetime)
    details = {"commandId": command_id, "type": message.type.value}
    record(work, "plugin_installation.commanded", _SUBJECT, installation_id, details)
    return wire.CommandQueuedResponse(success=True, command_id=command_id)


def force_update(
    work: Work, installation_id: str, message: wire.ForceUpdateRequest
) -> wire.CommandQueuedResponse:
    """Want a version on an installation, whatever the rollout says, and tell it.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND, INSTALLATION_ENDED, VERSION_NOT_FOUND.
    """
    installation = _get_living(work, installation_id)
    release = _pick_release(work, installation, message.version_id)
    change_installation(work, installation_id, target_version_id=release.id)
    payload = {
        "versionId": release.id,
        "version": release.version,
        "sha256": release.sha256,
        "sizeBytes": release.size_bytes,
    }
    command_id = enqueue(work, installation_id, CommandType.FORCE_UPDATE, payload)
    details = {"commandId": command_id, "version": release.version}
    record(work, "plugin_installation.update_forced", _SUBJECT, installation_id, details)
    return wire.CommandQueuedResponse(success=True, command_id=command_id)


def _pick_release(work: Work, installation: Installation, version_id: str | None) -> Release:
    offered = [
        release
        for release in list_published(work.connection, [work.tenant_id])
        if release.kind == installation.kind and version_id in (None, release.id)
    ]
    if not offered:
        raise ProblemError(ErrorCode.VERSION_NOT_FOUND)
    return max(offered, key=lambda release: version_key(release.version))


def put_settings(work: Work, installation_id: str, message: UiSettings) -> wire.UiSettingsResponse:
    """Set how an installation looks and behaves.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND, INSTALLATION_ENDED.
    """
    _get_living(work, installation_id)
    settings = change_settings(work, installation_id, message)
    record(work, "plugin_installation.settings_changed", _SUBJECT, installation_id)
    return wire.UiSettingsResponse(success=True, ui_settings=settings)


def _get_living(work: Work, installation_id: str) -> Installation:
    installation = get_installation(work, installation_id, lock=True)
    if installation.status in ENDED:
        raise ProblemError(ErrorCode.INSTALLATION_ENDED)
    return installation
