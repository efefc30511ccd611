"""Statements that every sale runs: built and compiled once, then run on the driver itself.

A Core statement that is built anew for each call costs ten times what the database needs for it. A
prepared one is written in Core with `bindparam`s as always, is compiled once for each kind of
database, and knows how its values go in and come out. It runs in the transaction of the connection
that it is given, and raises what SQLAlchemy would raise.
"""

import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from psycopg.types.json import Json
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from app.service.db.pipeline import read_ahead, send, translated
from app.service.db.quiet import Asked, QuietConnection, Statement, WouldWaitError
from app.service.db.woven import Read, Take, weave_read, weave_take

# Psycopg's mark of a named value; SQLAlchemy adds the type behind it.
_NAMED: Final = re.compile(r"%\((\w+)\)s")
_numbers: Final = itertools.count(1)


class _Plan(NamedTuple):
    """A statement as one driver takes it."""

    dialect: Dialect
    text: str
    take: Take
    read: Read
    is_piped: bool
    statement: Statement


class Prepared:
    """One statement. Any thread may run it.

    Args:
        statement: A Core statement; what changes from call to call is a `sa.bindparam`.
        columns: For an INSERT without values, the columns that are given.
    """

    def __init__(self, statement: Executable, columns: Sequence[str] | None = None) -> None:
        self._statement = statement
        self._columns = list(columns) if columns is not None else None
        self._plans: dict[str, _Plan] = {}
        # Engines of one database have dialects of their own; most calls come from the same one.
        self._last: tuple[Dialect, _Plan] | None = None

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a row has the columns asked for
        """Run and return the first row with its columns as attributes, or None."""
        plan = self._plan(connection)
        if isinstance(connection, QuietConnection):
            known = connection.rows(_asked(plan, values))
            return plan.read(known[0]) if known else None
        cursor = self._execute(connection, plan, values)
        try:
            row = cursor.fetchone()
        except Exception as error:
            raise translated(connection, plan.text, error) from error
        return None if row is None else plan.read(row)

    def scalar(self, connection: Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of any type
        """Run and return the first column of the first row, or None."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run and return all rows."""
        plan = self._plan(connection)
        if isinstance(connection, QuietConnection):
            return [plan.read(row) for row in connection.rows(_asked(plan, values))]
        cursor = self._execute(connection, plan, values)
        try:
            rows = cursor.fetchall()
        except Exception as error:
            raise translated(connection, plan.text, error) from error
        return [plan.read(row) for row in rows]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Run something that returns no rows. In a pipeline its errors come at the next wait."""
        plan = self._plan(connection)
        if isinstance(connection, QuietConnection):
            connection.written.append(_asked(plan, values))
            return
        self._execute(connection, plan, values)

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run something that returns no rows with each of several sets of values, and wait for all."""
        plan = self._plan(connection)
        given = [plan.take(values) for values in rows]
        driver: Any = connection.connection.dbapi_connection
        try:
            driver.cursor().executemany(plan.text, given)
        except Exception as error:
            raise translated(connection, plan.text, error) from error

    def values(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """Return values in the order of the statement, as the driver takes them."""
        return self._plan(connection).take(values)

    def ahead(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Say that `first` or `all` will be asked with these values in this transaction.

        On PostgreSQL the statement is sent now, so that several answers are waited for once. It must
        stand behind the locks that it depends on.
        """
        plan = self._plan(connection)
        if isinstance(connection, QuietConnection):
            connection.asked.append(_asked(plan, values))
            return
        if not plan.is_piped:
            return
        try:
            read_ahead(connection, plan.text, plan.take(values))
        except Exception as error:
            raise translated(connection, plan.text, error) from error

    def _plan(self, connection: Connection) -> _Plan:
        dialect, last = connection.dialect, self._last
        if last is not None and last[0] is dialect:
            return last[1]
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _make_plan(self._statement, dialect, self._columns)
        self._last = (dialect, plan)
        return plan

    def _execute(self, connection: Connection, plan: _Plan, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the driver's cursor
        given = plan.take(values)
        if plan.is_piped:
            return send(connection, plan.text, given)
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute(plan.text, given)
        except Exception as error:
            raise translated(connection, plan.text, error) from error


def _asked(plan: _Plan, values: Mapping[str, Any]) -> Asked:
    """Return a statement with its values as PostgreSQL reads them in text.

    Raises:
        WouldWaitError: A value is of a kind that the driver has to judge.
    """
    try:
        encoded = tuple([_ENCODERS[type(value)](value) for value in plan.take(values)])
    except KeyError as error:
        raise WouldWaitError(f"a value of {error.args[0]}") from error
    return Asked(plan.statement, encoded)


def _encoded_text(value: str) -> bytes:
    if "\x00" in value:
        raise WouldWaitError("libpq would take the text to end there")
    return value.encode()


_ENCODERS: Final[Mapping[type, Callable[[Any], bytes | None]]] = {
    type(None): lambda _: None,
    str: _encoded_text,
    int: b"%d".__mod__,
    bool: lambda value: b"t" if value else b"f",
    Json: lambda value: json.dumps(value.obj).encode(),
}


def _make_plan(statement: Executable, dialect: Dialect, columns: list[str] | None) -> _Plan:
    assert isinstance(statement, sa.ClauseElement), "a Core statement"
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    assert isinstance(compiled, SQLCompiler)
    assert not compiled.post_compile_params, "lists of any length cannot be prepared"
    if compiled.positiontup is not None:
        text, names = compiled.string, tuple(compiled.positiontup)
    else:
        names = tuple(_NAMED.findall(compiled.string))
        text = _NAMED.sub("%s", compiled.string)
    # Values that stand in the statement itself.
    fixed = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    processors: Any = compiled._bind_processors  # noqa: SLF001 - what the compiler uses itself
    found = compiled._result_columns  # noqa: SLF001 - what a result is made with
    results = {}
    for place, column in enumerate(found):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            results[place] = convert
    places = itertools.count(1)
    numbered = _NAMED.sub(lambda _: f"${next(places)}", compiled.string).replace("%%", "%")
    return _Plan(
        dialect,
        text,
        weave_take(names, processors, fixed),
        weave_read([column.keyname for column in found], results),
        dialect.name == "postgresql",
        Statement(b"maxloyalty_%d" % next(_numbers), numbered.encode()),
    )
