"""Updates as an installation sees them: the version for it, a link to the file, how it went (M7)."""

from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import (
    DownloadUrlRequest,
    DownloadUrlResponse,
    LatestVersionResponse,
    ReleaseChannel,
    UpdateResult,
    UpdateResultRequest,
    UpdateResultResponse,
)
from app.service.kit.problems import ProblemError
from app.service.kit.signing import seal, signing_key, unseal
from app.service.kit.work import Work
from app.service.plugins.models import plugin_installations, plugin_states, plugin_updates
from app.service.plugins.releases import Choice, Release, Subject, choose, list_published
from app.service.plugins.repository import (
    ENDED,
    Installation,
    change_installation,
    get_installation,
    running_version,
)
from app.service.plugins.version_numbers import is_newer, version_key
from app.service.tills.models import installations

LINK_LIFETIME: Final = timedelta(hours=1)
LINK_PATH: Final = "/api/pos-integration/downloads/"
_PURPOSE: Final = "plugin-download"


class Download(NamedTuple):
    """What a link leads to."""

    tenant_id: str
    file_name: str
    sha256: str
    size_bytes: int


def latest_version(work: Work, told_version: str) -> LatestVersionResponse:
    """Return the version that the calling installation should go to, if any.

    Args:
        work: The transaction.
        told_version: What the installation says it runs; empty means what it last told.
    """
    choice = _choose(work, told_version)
    if choice is None:
        return LatestVersionResponse(update_available=False)
    release = choice.release
    return LatestVersionResponse(
        update_available=True,
        version_id=release.id,
        version=release.version,
        channel=ReleaseChannel(release.channel),
        is_critical=choice.is_urgent,
        critical_reason=choice.reason,
        minimum_version=release.minimum_version,
        compatible_from=release.compatible_from,
        compatible_to=release.compatible_to,
        size_bytes=release.size_bytes,
        sha256=release.sha256,
        signature=release.signature,
        notes=release.notes,
        published_at=release.published_at,
    )


def _choose(work: Work, told_version: str) -> Choice | None:
    installation = get_installation(work, work.caller.installation_id)
    releases = list_published(work.connection, [work.tenant_id])
    return choose(releases, _subject(work, installation, told_version))


def _subject(work: Work, installation: Installation, told_version: str) -> Subject:
    return Subject(
        work.tenant_id,
        installation.id,
        installation.kind,
        installation.channel,
        installation.target_version_id,
        told_version or running_version(work.connection, installation.id),
    )


def make_link(
    work: Work, message: DownloadUrlRequest, base_url: str, told_version: str
) -> DownloadUrlResponse:
    """Return a link to a version's file that holds an hour for the calling installation alone.

    Raises:
        ProblemError: VERSION_NOT_FOUND if the version is not offered to this installation.
    """
    release = _wanted_release(work, message, told_version)
    expires_at = work.now + LINK_LIFETIME
    said = f"{work.caller.installation_id}|{release.id}|{_millis(expires_at)}"
    word = seal(signing_key(work.connection), _PURPOSE, said)
    return DownloadUrlResponse(
        success=True,
        url=f"{base_url.rstrip('/')}{LINK_PATH}{word}",
        expires_at=expires_at,
        version_id=release.id,
        version=release.version,
        file_name=release.file_name,
        size_bytes=release.size_bytes,
        sha256=release.sha256,
        signature=release.signature,
    )


def _wanted_release(work: Work, message: DownloadUrlRequest, told_version: str) -> Release:
    if message.version_id is None:
        choice = _choose(work, told_version)
        if choice is not None:
            return choice.release
        raise ProblemError(ErrorCode.VERSION_NOT_FOUND)
    for release in list_published(work.connection, [work.tenant_id]):
        if (release.id, release.kind) == (message.version_id, work.caller.kind):
            return release
    raise ProblemError(ErrorCode.VERSION_NOT_FOUND)


def open_link(connection: Connection, word: str, now: datetime) -> Download:
    """Return what a link leads to, as long as it holds and its installation works.

    Raises:
        ProblemError: LINK_INVALID, LINK_EXPIRED, or VERSION_NOT_FOUND if it was withdrawn.
    """
    said = unseal(signing_key(connection), _PURPOSE, word)
    if said is None:
        raise ProblemError(ErrorCode.LINK_INVALID)
    installation_id, version_id, millis = said.split("|")
    if _millis(now) >= int(millis):
        raise ProblemError(ErrorCode.LINK_EXPIRED)
    owner = _owner(connection, installation_id)
    if owner is None:
        raise ProblemError(ErrorCode.LINK_INVALID)
    for release in list_published(connection, [owner]):
        if release.id == version_id:
            return Download(owner, release.file_name, release.sha256, release.size_bytes)
    raise ProblemError(ErrorCode.VERSION_NOT_FOUND)


def _owner(connection: Connection, installation_id: str) -> str | None:
    """Return whose installation it is; None if it works no more."""
    row = connection.execute(
        sa.select(installations.c.tenant_id, plugin_installations.c.status)
        .outerjoin(
            plugin_installations, plugin_installations.c.installation_id == installations.c.id
        )
        .where(installations.c.id == installation_id)
    ).first()
    if row is None or row.status in ENDED:
        return None
    return str(row.tenant_id)


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def report_result(work: Work, message: UpdateResultRequest) -> UpdateResultResponse:
    """Write down how an update went; a wish of the administrator that came true is over."""
    update_id = f"upd_{work.ids.new()}"
    installation = get_installation(work, work.caller.installation_id, lock=True)
    work.connection.execute(
        sa.insert(plugin_updates).values(
            id=update_id,
            tenant_id=work.tenant_id,
            installation_id=installation.id,
            from_version=message.from_version,
            to_version=message.to_version,
            status=message.status.value,
            detail=message.detail,
            duration_ms=message.duration_ms,
            created_at=work.now,
        )
    )
    if message.status is UpdateResult.SUCCESS:
        _note_success(work, installation, message.to_version)
    return UpdateResultResponse(success=True, update_id=update_id)


def _note_success(work: Work, installation: Installation, version: str) -> None:
    work.connection.execute(
        sa.update(plugin_states)
        .where(
            plugin_states.c.installation_id == installation.id,
            plugin_states.c.tenant_id == work.tenant_id,
        )
        .values(version=version)
    )
    releases = list_published(work.connection, [work.tenant_id])
    wished = next((r for r in releases if r.id == installation.target_version_id), None)
    if wished is None or version_key(wished.version) != version_key(version):
        return
    # A wish for an older version stays, or the installation would go straight back to the newest.
    if not any(r.kind == wished.kind and is_newer(r.version, version) for r in releases):
        change_installation(work, installation.id, target_version_id=None)
