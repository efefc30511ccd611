"""Migrations keep data at every step, on SQLite and on PostgreSQL, and end in what the code describes."""

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from app.service import commands
from app.service.db import migrate
from app.service.db.engine import make_engine
from app.service.db.migrate import migrate_database
from app.service.db.revision import known_revisions, newest_revision
from app.service.db.tables import metadata

NOW = 1_795_165_260_000
RULES = '{"levels": []}'


def revisions() -> list[str]:
    """Return all revisions, the oldest first."""
    scripts = ScriptDirectory.from_config(migrate._config()).walk_revisions()
    return [script.revision for script in scripts][::-1]


def test_revisions_are_known_without_the_library() -> None:
    assert list(known_revisions()) == revisions()
    assert newest_revision() == revisions()[-1]


def upgrade(url: str, revision: str) -> None:
    engine = make_engine(url, writes=True)
    with engine.connect() as connection, connection.begin():
        command.upgrade(migrate._config(connection), revision)
    engine.dispose()


def put(connection: Connection, name: str, /, **values: Any) -> None:
    """Add a row to a table as it is now; what it must have and is not given gets something."""
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    row = dict(values)
    for column in table.columns:
        if column.name in row or column.nullable or column.server_default is not None:
            continue
        row[column.name] = _something(column)
    connection.execute(sa.insert(table).values(row))


def _something(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.Boolean):
        return False
    if isinstance(column.type, sa.Integer):
        return NOW if column.name.endswith("_at") else 0
    return "x"


def company(connection: Connection) -> None:
    put(connection, "tenants", id="t1", name="Old", currency="RUB")


def points(connection: Connection) -> None:
    put(connection, "loyalty_rules", id="r1", tenant_id="t1", body=RULES, valid_from=NOW)
    put(connection, "guests", id="g1", tenant_id="t1", phone="79991234567", first_name="Анна")
    kept = {"regular_minor": 700, "promo_minor": 300, "level_id": "gold", "entry_count": 2}
    put(connection, "cards", id="c1", tenant_id="t1", guest_id="g1", code6="123456", **kept)
    first = {"kind": "MANUAL", "regular_delta_minor": 700, "balance_after_minor": 700}
    then = {"kind": "PROMO", "promo_delta_minor": 300, "balance_before_minor": 700}
    for seq, entry in enumerate((first, then | {"balance_after_minor": 1000}), start=1):
        about = {"tenant_id": "t1", "card_id": "c1", "card_seq": seq, "natural_key": f"K{seq}"}
        put(connection, "ledger_entries", id=f"e{seq}", **about, **entry)


DATA = {"0001": company, "0002": points}


def look(url: str, statement: str) -> list[tuple[Any, ...]]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(statement)]
    engine.dispose()
    return rows


def add(url: str, revision: str) -> None:
    if revision not in DATA:
        return
    engine = make_engine(url, writes=True)
    with engine.connect() as connection, connection.begin():
        DATA[revision](connection)
    engine.dispose()


def test_every_step_keeps_what_is_there(empty_url: str) -> None:
    for revision in revisions():
        upgrade(empty_url, revision)
        add(empty_url, revision)
        if revision < "0002":
            continue
        kept = look(empty_url, "SELECT regular_minor, promo_minor, entry_count FROM cards")
        assert kept == [(700, 300, 2)], revision
        assert look(empty_url, "SELECT phone, first_name FROM guests") == [("79991234567", "Анна")]
    result = commands.audit(empty_url)
    assert (result["ok"], result["cards"], result["entries"]) == (True, 1, 2), result


def test_migrations_from_nothing_build_the_tables_of_the_code(empty_url: str) -> None:
    assert migrate_database(empty_url) == newest_revision()
    assert migrate_database(empty_url) == newest_revision()
    engine = sa.create_engine(empty_url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()
    assert differences == []


@pytest.mark.only_on("sqlite", why="PostgreSQL takes statistics of new indexes by itself")
def test_statistics_of_indexes_that_are_replaced_are_forgotten(empty_url: str) -> None:
    """With statistics of the other indexes alone, a page of a million guests was sorted from all of them."""
    upgrade(empty_url, "0013")
    engine = make_engine(empty_url, writes=True)
    with engine.connect() as connection, connection.begin():
        company(connection)
        put(connection, "guests", id="g1", tenant_id="t1", phone="79991234567", first_name="Анна")
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    assert look(empty_url, "SELECT 1 FROM sqlite_stat1 WHERE tbl = 'guests'")
    upgrade(empty_url, "0014")
    assert not look(empty_url, "SELECT 1 FROM sqlite_stat1 WHERE tbl = 'guests'")
    assert look(empty_url, "SELECT 1 FROM sqlite_stat1 WHERE tbl = 'tenants'")


@pytest.mark.only_on("postgresql", why="SQLite has one name in URLs")
@pytest.mark.parametrize("name", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_is_found_by_any_usual_name(empty_url: str, name: str) -> None:
    url = empty_url.replace("postgresql+psycopg", name)
    assert commands.migrate(url) == {"revision": newest_revision()}
    assert commands.audit(url)["ok"]
