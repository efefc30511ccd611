"""Reading what can still be read of a damaged database into a new one.

Row by row, table by table; what is broken is skipped. Unsent operations do not depend on this: the
journal has them. The rest spares the cashier a new shift and the venue an empty list of sales.
"""

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

#: Parents before children, so that references find their rows.
TABLES: Final = (
    "settings", "counters", "staff", "staff_locks", "card_codes", "stops", "shifts",
    "cash_movements", "sales", "refunds", "refund_lines", "tenders", "drafts", "draft_lines",
    "payments", "sold_marks",
    "guests", "local_cards", "print_jobs", "outbox",
)  # fmt: skip
_JSON_COLUMNS: Final = frozenset(
    {"document", "payload", "history", "loyalty", "tenders", "extra", "permissions", "reference"}
)


def salvage(target: sqlite3.Connection, damaged: Path) -> int:
    """Copy readable rows into a new, empty database; return how many.

    Args:
        target: The new database, migrated, outside a transaction.
        damaged: The file that was put aside; it is only read.
    """
    try:
        source = sqlite3.connect(f"{damaged.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return 0
    try:
        target.execute("BEGIN IMMEDIATE")
        count = sum(_copy_table(source, target, table) for table in TABLES)
        target.execute("COMMIT")
    finally:
        source.close()
    return count


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> int:
    known = {row[1] for row in _rows(source, f"PRAGMA table_info({table})")}
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})").fetchall()]
    # An older file lacks columns that have a default since.
    columns = [name for name in columns if not known or name in known]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    count = 0
    for row in _rows(source, f"SELECT {names} FROM {table}"):
        if not _is_whole(columns, row):
            continue
        with contextlib.suppress(sqlite3.IntegrityError):
            done = target.execute(f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})", row)
            count += done.rowcount
    return count


def _rows(source: sqlite3.Connection, sql: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows until a broken page ends them."""
    with contextlib.suppress(sqlite3.Error, UnicodeDecodeError):
        yield from source.execute(sql)


def _is_whole(columns: list[str], row: tuple[Any, ...]) -> bool:
    """Tell whether the JSON in a row can still be read."""
    for name, value in zip(columns, row, strict=True):
        if name in _JSON_COLUMNS and value is not None:
            try:
                json.loads(value)
            except (TypeError, ValueError):
                return False
    return True
