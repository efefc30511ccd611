"""Many rows at once: one statement with one value, however many there are.

A row at a time costs the driver and the server as much for each row as a statement does; of thousands a
second, written beside the calls of tills, that is felt by the calls. SQLite takes a row at a time in
its own loop.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from pydantic_core import to_json
from sqlalchemy.engine import Connection, Dialect

from app.service.db.prepared import Prepared


class BulkInsert:
    """An INSERT of any number of rows into one table. Any thread may run it.

    Args:
        table: Where the rows go; all its columns are given.
    """

    def __init__(self, table: sa.Table) -> None:
        self._table = table
        self._names = [column.name for column in table.columns]
        self._each = Prepared(sa.insert(table), self._names)
        self._text = ""

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows whose values are text without NUL, whole numbers, moments or nothing.

        PostgreSQL cuts a text to the length of its column.
        """
        if connection.dialect.name != "postgresql":
            self._each.run_each(connection, rows)
            return
        if not self._text:
            self._text = self._written_for(connection.dialect)
        given = to_json([self._each.values(connection, row) for row in rows]).decode()
        connection.exec_driver_sql(self._text, (given,))

    def _written_for(self, dialect: Dialect) -> str:
        types = [column.type.compile(dialect) for column in self._table.columns]
        values = ", ".join(f"(r ->> {place})::{name}" for place, name in enumerate(types))
        names = ", ".join(self._names)
        return (
            f"INSERT INTO {self._table.name} ({names}) "  # noqa: S608 - our own names
            f"SELECT {values} FROM jsonb_array_elements(%s::jsonb) AS r"
        )
