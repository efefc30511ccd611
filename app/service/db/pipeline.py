"""PostgreSQL without a wait for each statement: what a transaction says is sent together.

In a pipeline the driver sends statements without waiting for the answers of those before. Statements
run by SQLAlchemy wait as always (`WaitingCursor`). Prepared ones (`prepared.py`) wait only where
a row is asked for; those that write are sent on, and what they have done is told at the next wait, the
commit at the latest: an error there rolls everything back.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Self

import psycopg
from psycopg.abc import Params
from sqlalchemy.engine import Connection, Transaction
from sqlalchemy.exc import DBAPIError
from typing_extensions import override

from app.service.db.quiet import QuietConnection

_AHEAD: Final = "maxloyalty.ahead"

Ahead = dict[tuple[str, tuple[Any, ...]], Any]


class WaitingCursor(psycopg.Cursor[Any]):
    """A cursor that has its result when `execute` returns, also in a pipeline."""

    @override
    def execute(
        self,
        query: Any,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> Self:
        """Run a statement and wait for it."""
        super().execute(query, params, prepare=prepare, binary=binary)
        self._fetch_pipeline()
        return self

    @override
    def executemany(self, query: Any, params_seq: Any, *, returning: bool = False) -> None:
        """Run a statement for each row and wait for all."""
        super().executemany(query, params_seq, returning=returning)
        pipeline = self._conn._pipeline  # noqa: SLF001 - the driver tells it nowhere else
        if pipeline is not None:
            pipeline.sync()


@contextmanager
def pipelined(connection: Connection) -> Iterator[None]:
    """Send what is run inside together; the connection is in no transaction yet.

    Raises:
        DBAPIError: What a statement had to say that nobody waited for.
    """
    driver: Any = connection.connection.dbapi_connection
    connection.info[_AHEAD] = {}
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        raise translated(connection, "", error) from error
    finally:
        # Gone with its connection if that was lost.
        if not connection.invalidated:
            connection.info.pop(_AHEAD, None)


def roll_back(connection: Connection, transaction: Transaction) -> None:
    """End a transaction that failed; a connection that cannot do so leaves the pool. Raises nothing.

    What was sent behind the statement that failed has failed too; that says nothing new.
    """
    with contextlib.suppress(DBAPIError, psycopg.Error):
        transaction.close()
    if connection.invalidated:
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.rollback()
    except psycopg.Error as error:
        connection.invalidate(error)


def read_ahead(connection: Connection, text: str, given: tuple[Any, ...]) -> None:
    """Send a statement that will be asked for; nothing happens outside of a pipeline."""
    ahead: Ahead | None = connection.info.get(_AHEAD)
    if ahead is not None:
        driver: Any = connection.connection.dbapi_connection
        ahead[text, given] = psycopg.Cursor(driver).execute(text, given)


def drop_ahead(connection: Connection) -> None:
    """Forget what was read ahead: it was read before something that it depends on was locked."""
    if isinstance(connection, QuietConnection):
        connection.forget()
    ahead: Ahead | None = connection.info.get(_AHEAD)
    if ahead:
        ahead.clear()


def send(connection: Connection, text: str, given: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the driver's cursor
    """Run a statement without waiting in a pipeline, or take what was read ahead.

    Raises:
        DBAPIError: The database refuses it, or the connection was lost while nobody used it.
    """
    ahead: Ahead | None = connection.info.get(_AHEAD)
    if ahead:
        ready = ahead.pop((text, given), None)
        if ready is not None:
            return ready
    driver: Any = connection.connection.dbapi_connection
    try:
        return psycopg.Cursor(driver).execute(text, given)
    except psycopg.Error as error:
        raise translated(connection, text, error) from error


def translated(connection: Connection, text: str, error: Exception) -> Exception:
    """Return an error of the driver as SQLAlchemy raises it; a lost connection leaves the pool."""
    dialect = connection.dialect
    base = dialect.loaded_dbapi.Error
    if not isinstance(error, base):
        return error
    is_gone = False
    if not connection.invalidated:
        driver: Any = connection.connection.dbapi_connection
        is_gone = dialect.is_disconnect(error, driver, None)
        if is_gone:
            # Its neighbours were lost with it: none that is older is given out again.
            lost: Any = connection.connection
            connection.engine.pool._invalidate(lost, error)  # noqa: SLF001 - as SQLAlchemy does
            connection.invalidate(error)
    return DBAPIError.instance(
        text,
        None,
        error,
        base,
        hide_parameters=True,
        connection_invalidated=is_gone or connection.invalidated,
        dialect=dialect,
    )
