"""Bringing the till's database up to date: forward only, each step in one transaction."""

import sqlite3
from typing import Final

from app.store import schema
from app.store.errors import NewerDatabaseError

#: Step N leads from version N to N + 1.
STEPS: Final = (schema.V1, schema.V2, schema.V3)
VERSION: Final = len(STEPS)


def migrate(connection: sqlite3.Connection) -> int:
    """Run the missing steps.

    Returns:
        The version that was found; 0 for a new database.

    Raises:
        NewerDatabaseError: The database is ahead of this program.
    """
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise NewerDatabaseError(found, VERSION)
    for step in range(found, VERSION):
        connection.executescript(
            f"BEGIN IMMEDIATE;{STEPS[step]}"
            f"PRAGMA application_id = {schema.APPLICATION_ID};"
            f"PRAGMA user_version = {step + 1};COMMIT;"
        )
    if found < VERSION:
        # The version must stand in the file itself, where it is read before anything is opened.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return found
