"""A connection to PostgreSQL that the event loop itself waits for, without a thread.

It speaks through libpq alone, in a pipeline: what belongs together is sent together and waited for once.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import psycopg
from psycopg.adapt import Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGconn, PGresult
from sqlalchemy.engine import Connection

from app.service.db.quiet import Asked, Row, Statement

BEGIN: Final = Asked(Statement(b"maxloyalty_begin", b"BEGIN"), ())
COMMIT: Final = Asked(Statement(b"maxloyalty_commit", b"COMMIT"), ())
ROLLBACK: Final = Asked(Statement(b"maxloyalty_rollback", b"ROLLBACK"), ())


class Wire:
    """One connection; used by one piece of work at a time, on the event loop's thread.

    Args:
        connection: In no transaction; it stays with the wire until `close`.
    """

    def __init__(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        self._connection = connection
        self._pgconn: PGconn = driver.pgconn
        self._reader = Transformer.from_context(driver)
        # What the server knows by name, and what is under way: a name that it learns, or a statement.
        self._known: set[bytes] = set()
        self._sent: list[bytes | None] = []
        self._is_under_way = False
        self._pgconn.enter_pipeline_mode()

    @property
    def is_lost(self) -> bool:
        """Tell whether the connection is gone."""
        return self._pgconn.status == ConnStatus.BAD

    def was_lost(self) -> bool:
        """Look whether the connection was lost while nobody used it; between two pieces of work only."""
        try:
            self._pgconn.consume_input()
        except psycopg.Error:
            return True
        return self.is_lost

    @property
    def is_idle(self) -> bool:
        """Tell whether the next piece of work may have it: nothing is under way, no transaction."""
        is_idle = self._pgconn.transaction_status == TransactionStatus.IDLE
        return is_idle and not self._is_under_way

    def send(self, asked: Asked) -> None:
        """Put a statement on its way; its answer comes with the next `settle`.

        Raises:
            psycopg.Error: The connection is lost.
        """
        statement, given = asked
        self._is_under_way = True
        if statement.name not in self._known:
            self._pgconn.send_prepare(statement.name, statement.text)
            self._known.add(statement.name)
            self._sent.append(statement.name)
        self._pgconn.send_query_prepared(statement.name, given)
        self._sent.append(None)

    async def settle(self) -> list[list[Row]]:
        """Wait until all that was sent is done; return the rows of each statement, in their order.

        Raises:
            psycopg.Error: What a statement had to say; those behind it have not been run.
        """
        self._pgconn.pipeline_sync()
        sent, self._sent = self._sent, []
        results = await self._results()
        self._is_under_way = False
        failed = next((one for one in results if one.status == ExecStatus.FATAL_ERROR), None)
        if failed is not None:
            # What was to be prepared at the failure or behind it is not known; what came before is.
            for name, result in zip(sent, results, strict=True):
                if name is not None and result.status != ExecStatus.COMMAND_OK:
                    self._known.discard(name)
            raise psycopg.errors.error_from_result(failed)
        both = zip(sent, results, strict=True)
        return [self._rows(result) for name, result in both if name is None]

    async def _results(self) -> list[PGresult]:
        """Return all results up to the end of the pipeline."""
        found: list[PGresult] = []
        while self._pgconn.flush():
            await self._ready(writes=True)
        while True:
            await self._ready()
            self._pgconn.consume_input()
            if self._collect(found):
                return found

    def _collect(self, found: list[PGresult]) -> bool:
        """Take what has come; tell whether it is all. Between two results stands an empty one."""
        while not self._pgconn.is_busy():
            result = self._pgconn.get_result()
            if result is None:
                if self.is_lost:
                    raise psycopg.OperationalError("the connection is lost")
            elif result.status == ExecStatus.PIPELINE_SYNC:
                return True
            else:
                found.append(result)
        return False

    async def _ready(self, *, writes: bool = False) -> None:
        """Wait until there is something to read, or room to write.

        The socket is watched for as long as somebody waits and no longer: libpq closes it by itself when the
        server is gone, and its number may then be another connection's.
        """
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        number = self._pgconn.socket
        loop.add_reader(number, _wake, ready)
        if writes:
            loop.add_writer(number, _wake, ready)
        try:
            await ready
        finally:
            loop.remove_reader(number)
            if writes:
                loop.remove_writer(number)

    def _rows(self, result: PGresult) -> list[Row]:
        if not result.ntuples:
            return []
        self._reader.set_pgresult(result)
        rows: Sequence[Row] = self._reader.load_rows(0, result.ntuples, tuple)
        return list(rows)

    def close(self) -> None:
        """End the connection; the server undoes a transaction that is open. Any thread may call."""
        self._connection.invalidate()
        self._connection.close()


def _wake(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)
