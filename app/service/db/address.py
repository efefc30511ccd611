"""Database URLs as people give them: checked before anything is opened, with a clear word if wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Connection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from app.kernel.errors import FinalError, InputError
from app.service.db.engine import is_sqlite, make_engine, parse_url
from app.service.db.revision import current_revision, newest_revision

_BACK_ENDS = frozenset({"sqlite", "postgresql"})


def checked_url(url: str) -> str:
    """Return a URL that names a database we can work with, PostgreSQL by the driver we have.

    Raises:
        InputError: It is no URL, of another kind of database, or its driver is not installed.
    """
    try:
        parsed = parse_url(url)
        if parsed.get_backend_name() not in _BACK_ENDS:
            raise _unusable(f"{parsed.get_backend_name()} is neither SQLite nor PostgreSQL")
        parsed.get_dialect().import_dbapi()
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise _unusable(str(error)) from error
    return parsed.render_as_string(hide_password=False)


def _unusable(why: str) -> InputError:
    return InputError(
        "DATABASE_URL_INVALID",
        f"Адрес базы данных не подходит: {why}",
        f"The database URL cannot be used: {why}",
    )


@contextmanager
def open_to_read(url: str) -> Iterator[Connection]:
    """Open a database that is there and up to date; nothing is created.

    Raises:
        InputError: The URL cannot be used.
        FinalError: There is no database, it does not answer, or it needs `migrate`.
    """
    url = checked_url(url)
    path = parse_url(url).database
    if is_sqlite(url) and path and path != ":memory:" and not Path(path).exists():
        raise FinalError(
            "DATABASE_MISSING", f"Нет базы данных: {path}", f"There is no database: {path}"
        )
    engine = make_engine(url, writes=False, pool_size=1)
    if not is_sqlite(url):
        # One snapshot for everything that is read, as SQLite has it anyway.
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    try:
        with engine.connect() as connection, connection.begin():
            if current_revision(connection) != newest_revision():
                raise FinalError(
                    "DATABASE_NOT_MIGRATED",
                    "База данных другой версии. Выполните maxloyalty migrate",
                    "The database has another version. Run maxloyalty migrate",
                )
            yield connection
    except DBAPIError as error:
        raise FinalError(
            "DATABASE_UNREADABLE",
            f"База данных не читается: {error.orig}",
            f"The database cannot be read: {error.orig}",
        ) from error
    finally:
        engine.dispose()
