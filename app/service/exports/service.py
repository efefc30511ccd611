"""What callers do with exports: order one, look how far it is, open the link to its file."""

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.contracts.exports import (
    CreateExportRequest,
    ExportFormat,
    ExportKind,
    ExportState,
    ExportView,
)
from app.service.audit_log.service import record
from app.service.exports.kinds import SOURCES, query_of
from app.service.exports.models import exports
from app.service.kit.problems import ProblemError
from app.service.kit.signing import is_signed, sign, signing_key
from app.service.kit.work import Work

LINK_VALID: Final = timedelta(hours=1)
WAITING_MAX: Final = 10
PURPOSE: Final = "export-file"

_X = exports.c


class ExportFile(NamedTuple):
    """What is needed to give a file out."""

    export_id: str
    token: str
    kind: ExportKind
    format: ExportFormat
    byte_count: int
    created_at: datetime


def create_export(work: Work, request: CreateExportRequest) -> ExportView:
    """Order a file; filters and fields are judged now, not when it is written.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS, VALIDATION_ERROR or EXPORT_LIMIT_REACHED.
    """
    SOURCES[request.kind].access.check(work.caller)
    query_of(request.kind, request.filters, request.fields)
    waiting = work.connection.scalar(
        sa.select(sa.func.count())
        .select_from(exports)
        .where(_X.tenant_id == work.tenant_id, _X.state.in_(["PENDING", "RUNNING"]))
    )
    if (waiting or 0) >= WAITING_MAX:
        raise ProblemError(ErrorCode.EXPORT_LIMIT_REACHED)
    export_id = f"exp_{work.ids.new()}"
    work.connection.execute(
        sa.insert(exports).values(
            id=export_id,
            tenant_id=work.tenant_id,
            kind=request.kind.value,
            format=request.format.value,
            filters=dict(request.filters),
            fields=list(request.fields),
            state=ExportState.PENDING.value,
            attempts=0,
            created_at=work.now,
        )
    )
    # Who took the data of all guests along is what an owner asks first after a leak.
    details = {"kind": request.kind.value, "format": request.format.value}
    record(work, "export.created", "export", export_id, details)
    return export_view(_find(work, export_id))


def get_export(work: Work, export_id: str, address: str) -> ExportView:
    """Return a job; with a fresh link if its file is ready.

    Args:
        work: The transaction.
        export_id: Which one.
        address: What the link begins with, up to the path.

    Raises:
        ProblemError: EXPORT_NOT_FOUND, or INSUFFICIENT_PERMISSIONS for its kind.
    """
    row = _find(work, export_id)
    SOURCES[ExportKind(row.kind)].access.check(work.caller)
    view = export_view(row)
    if view.state is not ExportState.READY:
        return view
    until = work.now + LINK_VALID
    if row.expires_at is not None:
        until = min(until, row.expires_at)
    expires = int(until.timestamp())
    signature = sign(signing_key(work.connection), PURPOSE, _signed_text(export_id, expires))
    url = f"{address}/api/v1/exports/{export_id}/file?expires={expires}&signature={signature}"
    return view.model_copy(update={"url": url, "url_expires_at": until.replace(microsecond=0)})


def open_link(
    connection: Connection, now: datetime, export_id: str, expires: str, signature: str
) -> ExportFile:
    """Judge a link and return what it leads to.

    Raises:
        ProblemError: EXPORT_LINK_INVALID, EXPORT_NOT_FOUND or EXPORT_NOT_READY.
    """
    if not (expires.isascii() and expires.isdigit() and len(expires) <= 12):
        raise ProblemError(ErrorCode.EXPORT_LINK_INVALID)
    text = _signed_text(export_id, int(expires))
    if not is_signed(signing_key(connection), PURPOSE, text, signature):
        raise ProblemError(ErrorCode.EXPORT_LINK_INVALID)
    if now.timestamp() >= int(expires):
        raise ProblemError(ErrorCode.EXPORT_LINK_INVALID)
    row = connection.execute(sa.select(exports).where(_X.id == export_id)).first()
    if row is None or row.state == ExportState.DELETED.value:
        raise ProblemError(ErrorCode.EXPORT_NOT_FOUND)
    if row.state != ExportState.READY.value:
        raise ProblemError(ErrorCode.EXPORT_NOT_READY)
    return ExportFile(
        row.id,
        row.lease_token,
        ExportKind(row.kind),
        ExportFormat(row.format),
        row.byte_count,
        row.created_at,
    )


def export_view(row: Any) -> ExportView:  # noqa: ANN401 - a row of the database
    """Return a job without its link."""
    return ExportView(
        id=row.id,
        kind=ExportKind(row.kind),
        format=ExportFormat(row.format),
        filters=row.filters,
        fields=tuple(row.fields),
        state=ExportState(row.state),
        row_count=row.row_count,
        byte_count=row.byte_count,
        error=row.error,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )


def _signed_text(export_id: str, expires: int) -> str:
    return f"{export_id}.{expires}"


def _find(work: Work, export_id: str) -> Any:  # noqa: ANN401 - a row of the database
    row = work.connection.execute(
        sa.select(exports).where(_X.id == export_id, _X.tenant_id == work.tenant_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.EXPORT_NOT_FOUND)
    return row
