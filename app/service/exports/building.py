"""Writing a file: rows from a cursor of the database, pieces back into it, flat memory in between."""

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy.engine import Connection

from app.contracts.exports import ExportFormat, ExportKind
from app.service.audit_log.service import system_caller
from app.service.exports.kinds import SOURCES, columns_of, query_of
from app.service.exports.repository import (
    LeaseLostError,
    add_piece,
    claim_export,
    fail_export,
    finish_export,
    give_back,
    keep_lease,
)
from app.service.exports.writers import open_writer
from app.service.jobs.job import JobContext
from app.service.kit.lists import items_of
from app.service.kit.work import Work

_log = logging.getLogger(__name__)

ROWS_AT_ONCE: Final = 500
PIECE_BYTES: Final = 1_000_000
_HEARTBEAT_S: Final = 20.0


class _StoppedError(Exception):
    """The service ends; the job is begun anew later."""


class _File:
    """Gathers bytes into pieces and stores them under the lease."""

    def __init__(self, context: JobContext, export_id: str, token: str) -> None:
        self._context = context
        self._export_id = export_id
        self._token = token
        self._buffer = bytearray()
        self._seq = 0
        self._last = context.clock.monotonic()
        self.size = 0

    def take(self, data: bytes) -> None:
        """Take some bytes."""
        self._buffer += data
        while len(self._buffer) >= PIECE_BYTES:
            self._store(bytes(self._buffer[:PIECE_BYTES]))
            del self._buffer[:PIECE_BYTES]

    def close(self) -> None:
        """Store what is left."""
        if self._buffer:
            self._store(bytes(self._buffer))
            self._buffer.clear()

    def live(self) -> None:
        """Keep the lease while rows are read and nothing is to be stored; stop if the service ends."""
        if self._context.stopping.is_set():
            raise _StoppedError
        if self._context.clock.monotonic() - self._last >= _HEARTBEAT_S:
            self._write(keep_lease, self._export_id, self._token)

    def _store(self, data: bytes) -> None:
        now = self._context.now()
        job = partial(
            add_piece,
            export_id=self._export_id,
            token=self._token,
            seq=self._seq,
            data=data,
            now=now,
        )
        self._context.database.write(job).result()
        self._last = self._context.clock.monotonic()
        self._seq += 1
        self.size += len(data)

    def _write(self, act: Callable[..., None], *arguments: object) -> None:
        now = self._context.now()
        self._context.database.write(lambda connection: act(connection, *arguments, now)).result()
        self._last = self._context.clock.monotonic()


def build_next(context: JobContext) -> bool:
    """Write the file of the next job that waits; tell whether there was one."""
    token, now = context.ids.new(), context.now()
    row = context.database.write(lambda connection: claim_export(connection, now, token)).result()
    if row is None:
        return False
    try:
        _build(context, row, token)
    except LeaseLostError:
        _log.warning("export %s was taken over by another process", row.id)
    except _StoppedError:
        context.database.write(lambda connection: give_back(connection, row.id, token)).result()
        return False
    except Exception:  # noqa: BLE001 - the edge of a job: it is marked as failed
        _log.exception("export %s failed", row.id)
        context.database.write(
            partial(_fail, export_id=row.id, token=token, now=context.now())
        ).result()
    return True


def _fail(connection: Connection, export_id: str, token: str, now: datetime) -> None:
    try:
        keep_lease(connection, export_id, token, now)
    except LeaseLostError:
        return  # what another process writes may well succeed
    fail_export(connection, export_id, now, "the file could not be made")


def _build(context: JobContext, row: Any, token: str) -> None:  # noqa: ANN401 - a row of the database
    file = _File(context, row.id, token)
    rows = context.database.read(
        lambda connection: _write_rows(connection, context, row, file)
    ).result()
    now = context.now()
    context.database.write(
        lambda connection: finish_export(connection, row.id, token, now, rows, file.size)
    ).result()


def _write_rows(
    connection: Connection,
    context: JobContext,
    row: Any,  # noqa: ANN401 - a row of the database
    file: _File,
) -> int:
    """Read everything in one snapshot and write it; return how many rows there were."""
    kind = ExportKind(row.kind)
    listing = SOURCES[kind].listing
    query = query_of(kind, row.filters, row.fields)
    work = Work(connection, context.now(), context.ids, system_caller(row.tenant_id))
    statement = listing.statement.where(*listing.conditions(work, query)).order_by(listing.identity)
    count = 0
    columns = columns_of(kind, row.fields)
    with open_writer(ExportFormat(row.format), columns, file.take) as writer:
        # Closed by us, also when the loop is left: nobody else ends a cursor of the server's.
        with closing(
            connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})
        ) as result:
            for rows in result.partitions():
                writer.add(items_of(work, listing, query, rows))
                count += len(rows)
                file.live()
        writer.end()
        file.close()
    return count
