"""Looking at the database file before it is used, and putting a broken one aside (O8)."""

import sqlite3
import struct
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.store import schema
from app.store.errors import ForeignDatabaseError, NewerDatabaseError
from app.store.migrations import VERSION

# The 100-byte header: https://www.sqlite.org/fileformat2.html#the_database_header
_MAGIC: Final = b"SQLite format 3\x00"
_HEADER_LENGTH: Final = 100
_USER_VERSION_AT: Final = 60
_APPLICATION_ID_AT: Final = 68

#: Looked at after every unclean stop; the rest of the file can wait for a quiet moment.
MONEY_TABLES: Final = (
    "outbox", "sales", "tenders", "refunds", "refund_lines", "payments", "drafts", "draft_lines",
    "shifts",
    "settings", "counters",
)  # fmt: skip

#: Looked at even after a clean stop: every start reads them, and they stay small.
START_TABLES: Final = (
    "settings", "counters", "shifts", "cash_movements", "drafts", "draft_lines",
)  # fmt: skip


class FileState(StrEnum):
    """What a look at the header of the file tells."""

    MISSING = "missing"
    FRESH = "fresh"
    SOUND = "sound"
    DAMAGED = "damaged"


def look_at_header(path: Path) -> FileState:
    """Judge the file without opening it as a database, so that it is not touched.

    Raises:
        NewerDatabaseError: Written by a newer program.
        ForeignDatabaseError: A database of another program.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_HEADER_LENGTH)
    except FileNotFoundError:
        return FileState.MISSING
    if size == 0:
        return FileState.FRESH
    if len(header) < _HEADER_LENGTH or not header.startswith(_MAGIC):
        return FileState.DAMAGED
    (application_id,) = struct.unpack_from(">I", header, _APPLICATION_ID_AT)
    (version,) = struct.unpack_from(">I", header, _USER_VERSION_AT)
    if application_id not in (0, schema.APPLICATION_ID):
        raise ForeignDatabaseError(path.name)
    if version > VERSION:
        raise NewerDatabaseError(version, VERSION)
    page_size = struct.unpack_from(">H", header, 16)[0]
    page_size = 65_536 if page_size == 1 else page_size
    if page_size < 512 or size % page_size:
        return FileState.DAMAGED
    return FileState.SOUND


def is_sound(connection: sqlite3.Connection, tables: Sequence[str] = ()) -> bool:
    """Tell whether the pages hold together.

    Args:
        connection: An open connection outside a transaction.
        tables: Look at these only; none is all of the file.
    """
    try:
        if not tables:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
        for table in tables:
            row = connection.execute(f"PRAGMA quick_check('{table}')").fetchone()
            if row[0] != "ok":
                return False
    except sqlite3.DatabaseError:
        return False
    return True


def put_aside(path: Path, moment: datetime) -> Path:
    """Rename a broken database with its companions; return its new name."""
    stamp = moment.strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.damaged-{stamp}-{number}{path.suffix}")
    for tail in ("", "-wal", "-shm"):
        part = path.with_name(path.name + tail)
        if part.exists():
            part.replace(target.with_name(target.name + tail))
    return target
