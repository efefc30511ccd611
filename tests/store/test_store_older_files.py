"""Files of older versions: brought up to date, and read even when they are damaged."""

import sqlite3
from pathlib import Path

import pytest

from app.kernel.clock import ManualClock
from app.store import migrations, schema
from app.store.engine import Store
from app.store.salvage import salvage

STEPS = {1: schema.V1, 2: schema.V1 + schema.V2}
JOB = (
    "INSERT INTO print_jobs (job_id, printer, kind, is_copy, state, attempts, last_error, "
    "created_at, payload) VALUES ('j1', 'receipt', 'receipt', 0, 'queued', 0, '', "
    "'2025-11-20T12:00:00.000000+00:00', '{}')"
)


def old_file(path: Path, version: int) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(
        f"PRAGMA journal_mode=WAL;{STEPS[version]}{JOB};"
        f"PRAGMA application_id = {schema.APPLICATION_ID};PRAGMA user_version = {version};"
    )
    connection.close()


@pytest.mark.parametrize("version", sorted(STEPS))
def test_print_jobs_of_an_older_version_are_still_printed(tmp_path: Path, version: int) -> None:
    old_file(tmp_path / "old.db", version)
    connection = sqlite3.connect(tmp_path / "old.db")
    assert migrations.migrate(connection) == version
    row = connection.execute("SELECT job_id, wanted_at, is_late FROM print_jobs").fetchone()
    connection.close()
    assert row == ("j1", None, 0)


@pytest.mark.parametrize("version", sorted(STEPS))
def test_a_damaged_file_of_an_older_version_gives_its_rows(tmp_path: Path, version: int) -> None:
    old_file(tmp_path / "damaged.db", version)
    store = Store.open(tmp_path / "new", ManualClock())
    store.close()
    (new,) = (path for path in (tmp_path / "new").rglob("*.db") if path.name != "menu.db")
    target = sqlite3.connect(new, isolation_level=None)
    assert salvage(target, tmp_path / "damaged.db") >= 1
    assert target.execute("SELECT job_id FROM print_jobs").fetchall() == [("j1",)]
    target.close()
