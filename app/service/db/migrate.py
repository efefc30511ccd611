"""Bringing a database to the newest revision, and telling what revision it has."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import FinalError
from app.service.db.engine import make_engine
from app.service.db.sealing import seal_all

_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # Percent signs in a path are doubled: alembic reads options through configparser.
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


@cache
def newest_revision() -> str:
    """Return the revision that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None, "there are migrations"
    return head


def current_revision(connection: Connection) -> str | None:
    """Return the revision a database has; None if it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate_database(url: str) -> str:
    """Bring a database to the newest revision and seal its secrets, in one transaction; repeatable.

    Returns:
        The revision it has now.

    Raises:
        FinalError: The database was made by a newer version of the program, is damaged, or its
            secrets are sealed with a key that is not there.
    """
    engine = make_engine(url, writes=True)
    try:
        with engine.connect() as connection, connection.begin():
            _refuse_newer(connection)
            command.upgrade(_config(connection), "head")
            seal_all(connection)
            revision = current_revision(connection)
    except DBAPIError as error:
        raise FinalError(
            "DATABASE_UNREADABLE",
            f"База данных не читается: {error.orig}",
            f"The database cannot be read: {error.orig}",
        ) from error
    finally:
        engine.dispose()
    assert revision is not None
    return revision


def _refuse_newer(connection: Connection) -> None:
    revision = current_revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise FinalError(
            "DATABASE_NEWER",
            f"База данных создана более новой версией ({revision}). Обновите программу",
            f"The database was made by a newer version ({revision}). Update the program",
        )
