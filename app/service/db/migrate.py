"""Bringing a database to the newest revision."""

from typing import TYPE_CHECKING

from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from app.kernel.errors import FinalError
from app.kernel.late import LateModule
from app.service.db.engine import make_engine
from app.service.db.revision import MIGRATIONS, current_revision, known_revisions, newest_revision
from app.service.db.sealing import seal_all

if TYPE_CHECKING:
    from alembic import command
    from alembic import config as alembic_config
else:
    # Most starts have nothing to migrate, and the library with what it loads takes 8 MB.
    command = LateModule("alembic.command")
    alembic_config = LateModule("alembic.config")


def _config(connection: Connection | None = None) -> "alembic_config.Config":
    config = alembic_config.Config()
    # Percent signs in a path are doubled: alembic reads options through configparser.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


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
            if current_revision(connection) != newest_revision():
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
    if revision is not None and revision not in known_revisions():
        raise FinalError(
            "DATABASE_NEWER",
            f"База данных создана более новой версией ({revision}). Обновите программу",
            f"The database was made by a newer version ({revision}). Update the program",
        )
