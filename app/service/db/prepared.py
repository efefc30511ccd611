"""Statements that every sale runs: built and compiled once, then run on the driver itself.

A Core statement that is built anew for each call costs ten times what the database needs for it. A
prepared one is written in Core with `bindparam`s as always, is compiled once for each kind of
database, and knows how its values go in and come out. It runs in the transaction of the connection
that it is given, and raises what SQLAlchemy would raise.
"""

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

Convert = Callable[[Any], Any] | None

# Psycopg's mark of a named value; SQLAlchemy adds the type behind it.
_NAMED: Final = re.compile(r"%\((\w+)\)s")


class _Plan(NamedTuple):
    """A statement as one driver takes it."""

    dialect: Dialect
    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    binds: tuple[tuple[int, Callable[[Any], Any]], ...]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]
    make_row: Callable[[Iterable[Any]], Any]


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

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a row has the columns asked for
        """Run and return the first row with its columns as attributes, or None."""
        plan = self._plan(connection)
        row = self._execute(connection, plan, values).fetchone()
        return None if row is None else _read(plan, row)

    def scalar(self, connection: Connection, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a value of any type
        """Run and return the first column of the first row, or None."""
        row = self.first(connection, values)
        return None if row is None else row[0]

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Run and return all rows."""
        plan = self._plan(connection)
        return [_read(plan, row) for row in self._execute(connection, plan, values).fetchall()]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run something that returns no rows; return how many rows it changed."""
        count: int = self._execute(connection, self._plan(connection), values).rowcount
        return count

    def _plan(self, connection: Connection) -> _Plan:
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _make_plan(self._statement, dialect, self._columns)
        return plan

    def _execute(self, connection: Connection, plan: _Plan, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the driver's cursor
        fixed = plan.fixed
        given = [fixed[name] if name in fixed else values[name] for name in plan.names]
        for place, convert in plan.binds:
            given[place] = convert(given[place])
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute(plan.text, given)
        except Exception as error:
            raise _translated(connection, plan, error) from error


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
    binds = tuple((i, processors[n]) for i, n in enumerate(names) if n in processors)
    found = compiled._result_columns  # noqa: SLF001 - what a result is made with
    results = []
    for place, column in enumerate(found):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            results.append((place, convert))
    row = namedtuple("Row", [column.keyname for column in found], rename=True)  # type: ignore[misc] # noqa: PYI024 - known at run time
    return _Plan(dialect, text, names, fixed, binds, tuple(results), row._make)


def _read(plan: _Plan, row: Sequence[Any]) -> Any:  # noqa: ANN401 - a row has the columns asked for
    if not plan.results:
        return plan.make_row(row)
    values = list(row)
    for place, convert in plan.results:
        values[place] = convert(values[place])
    return plan.make_row(values)


def _translated(connection: Connection, plan: _Plan, error: Exception) -> Exception:
    """Return the error as SQLAlchemy raises it; a connection that is gone leaves the pool."""
    base = plan.dialect.loaded_dbapi.Error
    if not isinstance(error, base):
        return error
    driver = connection.connection.dbapi_connection
    is_gone = plan.dialect.is_disconnect(error, driver, None)
    if is_gone:
        connection.invalidate(error)
    return DBAPIError.instance(
        plan.text,
        None,
        error,
        base,
        hide_parameters=True,
        connection_invalidated=is_gone,
        dialect=plan.dialect,
    )
