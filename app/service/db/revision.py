"""Which revision a database has, and which this program needs; without the library that migrates.

Every serving process asks this, and only the first one ever migrates: the library is large.
"""

import re
from functools import cache
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_VERSIONS: Final = MIGRATIONS / "versions"
# Migrations are numbered in their order, and never branch.
_FILE: Final = re.compile(r"rev_(\d{4})_\w+\.pyc?")
_TABLE: Final = "alembic_version"


@cache
def known_revisions() -> tuple[str, ...]:
    """Return the revisions that this program knows, the oldest first."""
    found = sorted(
        {match[1] for path in _VERSIONS.iterdir() if (match := _FILE.fullmatch(path.name))}
    )
    assert found, "there are migrations"
    return tuple(found)


def newest_revision() -> str:
    """Return the revision that this program needs."""
    return known_revisions()[-1]


def current_revision(connection: Connection) -> str | None:
    """Return the revision a database has; None if it is empty."""
    if not sa.inspect(connection).has_table(_TABLE):
        return None
    revision: str | None = connection.scalar(sa.text(f"SELECT version_num FROM {_TABLE}"))  # noqa: S608 - our name
    return revision
