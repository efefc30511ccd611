"""Which version an installation should run: by its channel, the rollout, and the administrator's wish."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.plugin_life import ReleaseChannel
from app.service.plugins.models import plugin_versions
from app.service.plugins.version_numbers import is_newer, version_key

_CHANNELS: Final = {
    ReleaseChannel.STABLE.value: frozenset({ReleaseChannel.STABLE.value}),
    ReleaseChannel.BETA.value: frozenset({ReleaseChannel.STABLE.value, ReleaseChannel.BETA.value}),
}
_WHOLE = 100


class Release(NamedTuple):
    """A published version with its file."""

    id: str
    tenant_id: str
    kind: str
    version: str
    channel: str
    is_critical: bool
    critical_reason: str
    minimum_version: str
    compatible_from: str
    compatible_to: str
    notes: str
    signature: str
    rollout_percent: int
    file_name: str
    sha256: str
    size_bytes: int
    published_at: datetime | None


class Subject(NamedTuple):
    """The installation that is to be served, and what it runs now."""

    tenant_id: str
    installation_id: str
    kind: str
    channel: str
    target_version_id: str | None
    version: str


class Choice(NamedTuple):
    """The version to go to, and whether that may not wait."""

    release: Release
    is_urgent: bool
    reason: str


def list_published(connection: Connection, tenant_ids: Iterable[str]) -> tuple[Release, ...]:
    """Return what is published for some tenants; a withdrawn version is no longer offered."""
    wanted = sorted(set(tenant_ids))
    if not wanted:
        return ()
    columns = [plugin_versions.c[name] for name in Release._fields]
    rows = connection.execute(
        sa.select(*columns).where(
            plugin_versions.c.tenant_id.in_(wanted), plugin_versions.c.status == "PUBLISHED"
        )
    )
    return tuple(Release(*row) for row in rows)


def choose(releases: Iterable[Release], subject: Subject) -> Choice | None:
    """Return where an installation should go from what it runs; None if it may stay.

    A version that the administrator wants here wins even if it is older, so that a bad release can
    be taken back. Otherwise the newest of the channel counts, as far as it is rolled out. It may not
    wait if anything on the way is critical, or if what runs is below the least that may run.
    """
    mine = [r for r in releases if (r.tenant_id, r.kind) == (subject.tenant_id, subject.kind)]
    for release in mine:
        if release.id == subject.target_version_id:
            same = version_key(release.version) == version_key(subject.version)
            return None if same else Choice(release, True, release.critical_reason)
    channels = _CHANNELS.get(subject.channel, _CHANNELS[ReleaseChannel.STABLE.value])
    newer = [
        release
        for release in mine
        if release.channel in channels
        and is_newer(release.version, subject.version)
        and is_rolled_out(release, subject.installation_id)
    ]
    if not newer:
        return None
    newest = max(newer, key=lambda release: version_key(release.version))
    urgent = [r for r in newer if r.is_critical or is_newer(r.minimum_version, subject.version)]
    reason = next((r.critical_reason for r in urgent if r.critical_reason), "")
    return Choice(newest, bool(urgent), reason)


def is_rolled_out(release: Release, installation_id: str) -> bool:
    """Tell whether an installation belongs to the share that gets a version.

    The share is drawn for each version anew, and grows without ever leaving anybody out again.
    """
    if release.rollout_percent >= _WHOLE:
        return True
    digest = hashlib.sha256(f"{release.id}/{installation_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _WHOLE < release.rollout_percent
