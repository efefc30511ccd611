"""Insert, or change what is there: one statement, made once for each kind of database."""

from collections.abc import Callable, Sequence
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

Upsert = Callable[[Connection], sa.Executable]


def upsert(
    table: sa.Table,
    *,
    keys: Sequence[str],
    replace: Sequence[str] = (),
    add: Sequence[str] = (),
    largest: Sequence[str] = (),
) -> Upsert:
    """Return what makes the statement for a connection's database.

    Args:
        table: Where the row goes.
        keys: The columns of its primary key.
        replace: Columns that take the new value.
        add: Columns to which the new value is added.
        largest: Columns that keep the larger value.
    """

    @cache
    def statement(dialect: str) -> sa.Executable:
        insert = (postgresql if dialect == "postgresql" else sqlite).insert(table)
        new = insert.excluded
        changed: dict[str, sa.ColumnElement[object]] = {name: new[name] for name in replace}
        changed |= {name: table.c[name] + new[name] for name in add}
        changed |= {
            name: sa.case((new[name] > table.c[name], new[name]), else_=table.c[name])
            for name in largest
        }
        made: sa.Executable = insert.on_conflict_do_update(index_elements=list(keys), set_=changed)
        return made

    return lambda connection: statement(connection.dialect.name)
