"""Versions of plugins: announced with their digest, uploaded, published to a share, withdrawn (M7)."""

from typing import Any, Final

import sqlalchemy as sa

from app.contracts import plugin_admin as wire
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.models import plugin_versions

_SUBJECT: Final = "plugin_version"


def version_view(row: "sa.Row[*tuple[Any, ...]]") -> wire.VersionView:
    """Return a version's row as a message."""
    named = {
        name: value
        for name, value in row._asdict().items()
        if name in wire.VersionView.model_fields
    }
    return wire.VersionView.model_validate({**named, "has_file": row.uploaded_at is not None})


VERSIONS: Final = Listing(
    name="plugin-versions",
    model=wire.VersionView,
    statement=sa.select(plugin_versions),
    tenant=plugin_versions.c.tenant_id,
    identity=plugin_versions.c.id,
    columns=(
        ListColumn(
            name="createdAt", column=plugin_versions.c.created_at, kind=Kind.MOMENT, sorts=True
        ),
        ListColumn(
            name="kind",
            column=plugin_versions.c.kind,
            filters=True,
            choices=tuple(kind.value for kind in wire.InstallationKind),
        ),
        ListColumn(
            name="status",
            column=plugin_versions.c.status,
            filters=True,
            choices=tuple(status.value for status in wire.VersionStatus),
        ),
    ),
    views=lambda _work, rows: [version_view(row) for row in rows],
    sort="createdAt",
    counted=plugin_versions,
)


def get_version_row(work: Work, version_id: str) -> "sa.Row[*tuple[Any, ...]]":
    """Return a version of the tenant.

    Raises:
        ProblemError: VERSION_NOT_FOUND.
    """
    row = work.connection.execute(
        sa.select(plugin_versions).where(
            plugin_versions.c.id == version_id, plugin_versions.c.tenant_id == work.tenant_id
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.VERSION_NOT_FOUND)
    return row


def create_version(work: Work, message: wire.CreateVersionRequest) -> wire.VersionResponse:
    """Announce a version; it is a draft until its file is there and it is published.

    Raises:
        ProblemError: DUPLICATE_VERSION.
    """
    table = plugin_versions.c
    known = work.connection.execute(
        sa.select(table.id).where(
            table.tenant_id == work.tenant_id,
            table.kind == message.kind.value,
            table.version == message.version,
        )
    ).first()
    if known is not None:
        raise ProblemError(ErrorCode.DUPLICATE_VERSION)
    version_id = f"ver_{work.ids.new()}"
    work.connection.execute(
        sa.insert(plugin_versions).values(
            id=version_id,
            tenant_id=work.tenant_id,
            status=wire.VersionStatus.DRAFT.value,
            created_at=work.now,
            **{
                **message.model_dump(),
                "kind": message.kind.value,
                "channel": message.channel.value,
            },
        )
    )
    return _changed(work, version_id, "created")


def note_upload(work: Work, version_id: str) -> wire.VersionResponse:
    """Write down that a version's file is there."""
    _change(work, version_id, uploaded_at=work.now)
    return _changed(work, version_id, "uploaded")


def publish(work: Work, version_id: str, message: wire.PublishRequest) -> wire.VersionResponse:
    """Offer a version to a share of the installations, or to a larger one.

    Raises:
        ProblemError: VERSION_NOT_FOUND, VERSION_FILE_MISSING.
    """
    row = get_version_row(work, version_id)
    if row.uploaded_at is None:
        raise ProblemError(ErrorCode.VERSION_FILE_MISSING)
    percent = message.rollout_percent
    _change(
        work,
        version_id,
        status=wire.VersionStatus.PUBLISHED.value,
        published_at=row.published_at or work.now,
        rollout_percent=row.rollout_percent if percent is None else percent,
    )
    return _changed(work, version_id, "published")


def withdraw(work: Work, version_id: str, _message: wire.EmptyRequest) -> wire.VersionResponse:
    """Offer a version no longer; links to its file stop working.

    Raises:
        ProblemError: VERSION_NOT_FOUND.
    """
    get_version_row(work, version_id)
    _change(work, version_id, status=wire.VersionStatus.WITHDRAWN.value)
    return _changed(work, version_id, "withdrawn")


def _change(work: Work, version_id: str, **values: object) -> None:
    work.connection.execute(
        sa.update(plugin_versions)
        .where(plugin_versions.c.id == version_id, plugin_versions.c.tenant_id == work.tenant_id)
        .values(**values)
    )


def _changed(work: Work, version_id: str, what: str) -> wire.VersionResponse:
    row = get_version_row(work, version_id)
    details = {"kind": row.kind, "version": row.version, "rolloutPercent": row.rollout_percent}
    record(work, f"plugin_version.{what}", _SUBJECT, version_id, details)
    return wire.VersionResponse(success=True, version=version_view(row))
