"""Whether the service lives and whether it can work, with the reasons if it cannot."""

import asyncio
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.db.database import Database
from app.service.db.revision import current_revision, newest_revision

PATIENCE_S: Final = 3.0


class Reason(NamedTuple):
    """Why the service cannot work: a word for machines and a sentence for people."""

    code: str
    text: str


class Readiness(NamedTuple):
    """What was found; ready if there is no reason against it."""

    revision: str | None
    reasons: tuple[Reason, ...]


async def look(database: Database) -> Readiness:
    """Ask the database whether it answers and has our tables."""
    newest = newest_revision()
    try:
        asked = asyncio.wrap_future(database.read(_revision))
        revision = await asyncio.wait_for(asked, PATIENCE_S)
    except TimeoutError:
        text = f"The database did not answer within {PATIENCE_S:.0f} seconds"
        return Readiness(None, (Reason("DATABASE_SLOW", text),))
    except (sa.exc.SQLAlchemyError, RuntimeError):
        return Readiness(None, (Reason("DATABASE_UNREACHABLE", "The database does not answer"),))
    if revision == newest:
        return Readiness(revision, ())
    has = "has no tables" if revision is None else f"is of revision {revision}"
    text = f"The database {has}; this program needs {newest}. Run maxloyalty migrate"
    return Readiness(revision, (Reason("MIGRATIONS_PENDING", text),))


def _revision(connection: Connection) -> str | None:
    connection.execute(sa.text("SELECT 1"))
    return current_revision(connection)
