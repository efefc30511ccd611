"""Export jobs and the pieces of their files, as rows.

A file lies in the database in deflated pieces, so that any process gives out what another one wrote. A
process holds a job by a lease; when it dies the lease ends, and the next one begins the file anew under
its own token.
"""

import zlib
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.exports import ExportState
from app.service.exports.models import export_pieces, exports

LEASE: Final = timedelta(seconds=90)
ATTEMPTS_MAX: Final = 3
FILE_KEPT: Final = timedelta(days=7)
ERROR_MAX: Final = 300

_X, _P = exports.c, export_pieces.c
Row = sa.Row[*tuple[Any, ...]]


class LeaseLostError(Exception):
    """Another process has taken the job; whatever is written now would be nobody's."""


def claim_export(connection: Connection, now: datetime, token: str) -> Row | None:
    """Take the oldest job that waits, or whose process is lost; None if there is none."""
    waiting = sa.or_(
        _X.state == ExportState.PENDING.value,
        sa.and_(_X.state == ExportState.RUNNING.value, _X.leased_until <= now),
    )
    row = connection.execute(
        sa.select(exports)
        .where(waiting)
        .order_by(_X.created_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    delete_pieces(connection, row.id)
    if row.attempts >= ATTEMPTS_MAX:
        fail_export(connection, row.id, now, "interrupted too often")
        return None
    _set(
        connection,
        row.id,
        state=ExportState.RUNNING.value,
        attempts=row.attempts + 1,
        lease_token=token,
        leased_until=now + LEASE,
        started_at=now,
    )
    return row


def keep_lease(connection: Connection, export_id: str, token: str, now: datetime) -> None:
    """Say that the file is still being written.

    Raises:
        LeaseLostError: Another process writes it by now.
    """
    changed = connection.execute(
        sa.update(exports)
        .where(_X.id == export_id, _X.lease_token == token)
        .values(leased_until=now + LEASE)
    ).rowcount
    if not changed:
        raise LeaseLostError(export_id)


def add_piece(
    connection: Connection, export_id: str, token: str, seq: int, data: bytes, now: datetime
) -> None:
    """Store the next piece of a file, and keep the lease.

    Raises:
        LeaseLostError: Another process writes it by now.
    """
    keep_lease(connection, export_id, token, now)
    connection.execute(
        sa.insert(export_pieces).values(
            export_id=export_id,
            lease_token=token,
            seq=seq,
            byte_count=len(data),
            data=zlib.compress(data, 1),
        )
    )


def finish_export(
    connection: Connection, export_id: str, token: str, now: datetime, rows: int, size: int
) -> None:
    """Mark a file as whole.

    Raises:
        LeaseLostError: Another process writes it by now.
    """
    keep_lease(connection, export_id, token, now)
    _set(
        connection,
        export_id,
        state=ExportState.READY.value,
        leased_until=None,
        row_count=rows,
        byte_count=size,
        finished_at=now,
        expires_at=now + FILE_KEPT,
    )


def fail_export(connection: Connection, export_id: str, now: datetime, why: str) -> None:
    """Mark a job as failed and drop what was written."""
    delete_pieces(connection, export_id)
    _set(
        connection,
        export_id,
        state=ExportState.FAILED.value,
        lease_token=None,
        leased_until=None,
        error=why[:ERROR_MAX],
        finished_at=now,
    )


def give_back(connection: Connection, export_id: str, token: str) -> None:
    """Let another process begin anew: this one is told to stop. It does not count as an attempt."""
    connection.execute(
        sa.update(exports)
        .where(_X.id == export_id, _X.lease_token == token)
        .values(
            state=ExportState.PENDING.value,
            attempts=_X.attempts - 1,
            lease_token=None,
            leased_until=None,
        )
    )


def read_piece(connection: Connection, export_id: str, token: str, seq: int) -> bytes | None:
    """Return a piece of a file; None behind the last one."""
    data = connection.execute(
        sa.select(_P.data).where(_P.export_id == export_id, _P.lease_token == token, _P.seq == seq)
    ).scalar()
    return None if data is None else zlib.decompress(data)


def delete_pieces(connection: Connection, export_id: str) -> None:
    """Drop all pieces of a file."""
    connection.execute(sa.delete(export_pieces).where(_P.export_id == export_id))


def expire_files(connection: Connection, now: datetime) -> int:
    """Drop a file that was kept long enough; return 1 if there was one."""
    export_id = connection.execute(
        sa.select(_X.id)
        .where(_X.state == ExportState.READY.value, _X.expires_at <= now)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar()
    if export_id is None:
        return 0
    delete_pieces(connection, export_id)
    _set(connection, export_id, state=ExportState.DELETED.value, lease_token=None)
    return 1


def forget_exports(connection: Connection, before: datetime) -> int:
    """Delete jobs without files that are older than a moment."""
    over = [ExportState.FAILED.value, ExportState.DELETED.value]
    return connection.execute(
        sa.delete(exports).where(_X.state.in_(over), _X.created_at < before)
    ).rowcount


def _set(connection: Connection, export_id: str, **values: object) -> None:
    connection.execute(sa.update(exports).where(_X.id == export_id).values(values))
