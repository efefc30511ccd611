"""A damaged, newer, foreign or locked database at start: nothing is lost, and it is told."""

import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from app.kernel.clock import ManualClock
from app.kernel.ids import OperationId, SaleId, ShiftId, StaffId
from app.store.engine import Store
from app.store.errors import (
    AlreadyRunningError,
    AlreadyStoredError,
    DamagedError,
    DiskError,
    ForeignDatabaseError,
    NewerDatabaseError,
    StoreBusyError,
    translate,
)
from app.store.journal import Journal, read_journal
from app.store.rows import OperationState, Shift
from tests.store.store_makers import NOW, make_menu, make_operation, make_sale


def fill(folder: Path, clock: ManualClock, count: int = 30) -> None:
    """Make a store with sales, of which the service has taken the first."""
    store = Store.open(folder, clock)
    with store.unit() as uow:
        uow.shifts.open(Shift(ShiftId("shift-1"), 7, StaffId("a"), "Ольга", NOW, 500_00))
        uow.commit()
    for number in range(1, count + 1):
        with store.unit() as uow:
            uow.sales.add(make_sale(number))
            uow.outbox.add(make_operation(number))
            uow.commit()
    with store.unit() as uow:
        uow.outbox.mark_done(OperationId("op-0001"), NOW)
        uow.commit()
    store.close()


def sell(store: Store) -> None:
    with store.unit() as uow:
        uow.sales.add(make_sale())
        uow.outbox.add(make_operation())
        uow.commit()


def commit_with_a_late_fault(store: Store) -> None:
    """Add an operation beside a reference that is looked at by COMMIT, after the journal."""
    with store.unit() as uow:
        uow.outbox.add(make_operation())
        db = uow.session.connection
        db.execute("PRAGMA defer_foreign_keys = ON")
        db.execute("INSERT INTO cash_movements VALUES ('m', 'none', 'a', 'in', 1, '', '')")
        uow.commit()


def unsent(store: Store) -> list[str]:
    with store.reader() as uow:
        return sorted(operation.operation_id for operation in uow.outbox.list_unsent(1000))


EXPECTED = [f"op-{number:04d}" for number in range(2, 31)]


def wreck_header(path: Path) -> None:
    path.write_bytes(b"\xff" * 100 + path.read_bytes()[100:])


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 - 7])


def not_a_database(path: Path) -> None:
    path.write_text("это не база", encoding="utf-8")


def wreck_pages(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    for page in range(2, len(raw) // 4096, 2):
        raw[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    path.write_bytes(raw)


def wreck_table(path: Path, table: str) -> None:
    db = sqlite3.connect(path)
    root = db.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    size = db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    raw = bytearray(path.read_bytes())
    raw[(root - 1) * size : (root - 1) * size + 32] = b"\xaa" * 32
    path.write_bytes(raw)


@pytest.mark.parametrize("wreck", [wreck_header, cut_short, not_a_database, wreck_pages])
def test_a_damaged_database_is_put_aside_and_nothing_unsent_is_lost(
    tmp_path: Path, clock: ManualClock, wreck: Callable[[Path], None]
) -> None:
    fill(tmp_path, clock)
    wreck(tmp_path / "till.db")
    (tmp_path / "till.lock").write_bytes(b"open    ")  # the last run did not end well
    store = Store.open(tmp_path, clock)
    assert unsent(store) == EXPECTED
    assert store.events[0].code == "DATABASE_DAMAGED"
    aside = list(tmp_path.glob("till.damaged-*.db"))
    assert len(aside) == 1
    assert aside[0].name in store.events[0].ru
    with store.unit() as uow:
        operation = uow.outbox.get(OperationId("op-0002"))
        assert operation.payload == make_operation(2).payload
        assert operation.state is OperationState.PENDING
        uow.outbox.add(make_operation(99))
        uow.commit()
    store.close()
    store = Store.open(tmp_path, clock)
    assert store.events == ()
    assert unsent(store) == [*EXPECTED, "op-0099"]
    store.close()


def test_what_can_be_read_of_a_damaged_database_is_kept(tmp_path: Path, clock: ManualClock) -> None:
    fill(tmp_path, clock, 3)
    wreck_table(tmp_path / "till.db", "outbox")
    (tmp_path / "till.lock").write_bytes(b"open    ")
    store = Store.open(tmp_path, clock)
    assert [event.code for event in store.events] == ["DATABASE_DAMAGED", "OPERATIONS_RECOVERED"]
    assert unsent(store) == ["op-0002", "op-0003"]
    with store.reader() as uow:
        assert uow.sales.get(SaleId("sale-2")) == make_sale(2)
        shift = uow.shifts.find_open()
        assert shift is not None
        assert shift.number == 7
    store.close()


def test_a_lost_database_is_rebuilt_from_the_journal(tmp_path: Path, clock: ManualClock) -> None:
    fill(tmp_path, clock)
    for name in ("till.db", "till.db-wal", "till.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    store = Store.open(tmp_path, clock)
    assert unsent(store) == EXPECTED
    assert [event.code for event in store.events] == ["OPERATIONS_RECOVERED"]
    store.close()


def test_damage_met_at_work_is_told_and_repaired_at_the_next_start(
    tmp_path: Path, clock: ManualClock
) -> None:
    fill(tmp_path, clock)
    wreck_table(tmp_path / "till.db", "sales")
    store = Store.open(tmp_path, clock)  # the last run ended well: no page is looked at
    assert store.events == ()
    with pytest.raises(DamagedError), store.reader() as uow:
        uow.sales.list_heads()
    store.close()
    store = Store.open(tmp_path, clock)
    assert store.events[0].code == "DATABASE_DAMAGED"
    assert unsent(store) == EXPECTED
    store.close()


def test_a_newer_database_is_refused_untouched(tmp_path: Path, clock: ManualClock) -> None:
    fill(tmp_path, clock, 2)
    path = tmp_path / "till.db"
    raw = bytearray(path.read_bytes())
    struct.pack_into(">I", raw, 60, 99)
    path.write_bytes(raw)
    before = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.name != "till.lock"}
    with pytest.raises(NewerDatabaseError) as caught:
        Store.open(tmp_path, clock)
    assert caught.value.found == 99
    after = {p.name: p.read_bytes() for p in tmp_path.iterdir() if p.name != "till.lock"}
    assert after == before


def test_a_database_of_another_program_is_refused_untouched(
    tmp_path: Path, clock: ManualClock
) -> None:
    with sqlite3.connect(tmp_path / "till.db") as db:
        db.execute("PRAGMA application_id = 12345")
        db.execute("CREATE TABLE theirs (x)")
    db.close()
    before = (tmp_path / "till.db").read_bytes()
    with pytest.raises(ForeignDatabaseError):
        Store.open(tmp_path, clock)
    assert (tmp_path / "till.db").read_bytes() == before


def test_a_second_till_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    store = Store.open(tmp_path, clock)
    with pytest.raises(AlreadyRunningError):
        Store.open(tmp_path, clock)
    store.close()
    Store.open(tmp_path, clock).close()


def test_a_full_disk_acknowledges_nothing(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.open(tmp_path, clock)

    def refuse(_entries: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        # The journal's own disk is the seam: nothing else can be filled in a test.
        patch.setattr(store.journal, "begin", refuse)
        with pytest.raises(DiskError) as caught:
            sell(store)
    assert caught.value.code == "DISK_FULL"
    with store.reader() as uow:
        assert uow.sales.find(SaleId("sale-1")) is None
    sell(store)
    assert unsent(store) == ["op-0001"]
    store.close()


def test_a_commit_that_fails_leaves_nothing_in_the_journal(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = Store.open(tmp_path, clock)
    with pytest.raises(AlreadyStoredError):
        commit_with_a_late_fault(store)
    assert read_journal(tmp_path / "outbox.journal").operations == ()
    assert unsent(store) == []
    store.close()


def test_the_journal_is_written_anew_from_a_sound_database(
    tmp_path: Path, clock: ManualClock
) -> None:
    fill(tmp_path, clock)
    with (tmp_path / "outbox.journal").open("ab") as file:
        file.write(b"0badc0de {torn")
    store = Store.open(tmp_path, clock)
    with store.unit() as uow:
        uow.outbox.add(make_operation(99))
        uow.commit()
    found = read_journal(tmp_path / "outbox.journal")
    assert [entry["operation_id"] for entry in found.operations] == [*EXPECTED, "op-0099"]
    assert found.broken_lines == 1
    store.tidy()
    found = read_journal(tmp_path / "outbox.journal")
    assert [entry["operation_id"] for entry in found.operations] == [*EXPECTED, "op-0099"]
    assert found.broken_lines == 0
    assert store.check() is True
    store.close()


def test_a_torn_or_changed_line_spoils_no_other(tmp_path: Path) -> None:
    path = tmp_path / "outbox.journal"
    journal = Journal(path)
    for number in range(5):
        journal.add([{"operation_id": f"op-{number}", "n": number}])
    journal.done(["op-0"])
    journal.void(["op-1"])
    journal.close()
    changed = path.read_bytes().replace(b'"n":2', b'"n":3')
    path.write_bytes(changed + b"12345678 {torn")
    found = read_journal(path)
    assert [entry["operation_id"] for entry in found.operations] == ["op-3", "op-4"]
    assert found.broken_lines == 2


def test_a_damaged_menu_is_dropped_at_the_next_start(tmp_path: Path, clock: ManualClock) -> None:
    store = Store.open(tmp_path, clock)
    store.replace_menu(make_menu())
    store.close()
    wreck_table(next(tmp_path.glob("menu-*.db")), "products")
    store = Store.open(tmp_path, clock)
    with pytest.raises(DamagedError), store.reader() as uow:
        uow.catalog.list_tiles()
    store.close()
    store = Store.open(tmp_path, clock)
    assert [event.code for event in store.events] == ["MENU_DAMAGED"]
    with store.reader() as uow:
        assert uow.catalog.version() == ""
    store.replace_menu(make_menu())
    with store.reader() as uow:
        assert uow.catalog.count_tiles() == 3
    store.close()


def test_a_journal_that_fails_after_the_commit_takes_no_sale_back(
    tmp_path: Path,
    clock: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = Store.open(tmp_path, clock)
    finish = store.journal.finish

    def fail() -> None:
        finish()
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(store.journal, "finish", fail)  # the disk is the seam
        sell(store)
    assert "journal" in caplog.text
    assert unsent(store) == ["op-0001"]
    before = (tmp_path / "outbox.journal").stat().st_ino
    store.tidy()
    assert (tmp_path / "outbox.journal").stat().st_ino != before  # written anew
    store.close()


def test_a_menu_survives_the_loss_of_the_database(tmp_path: Path, clock: ManualClock) -> None:
    store = Store.open(tmp_path, clock)
    store.replace_menu(make_menu())
    store.close()
    wreck_header(tmp_path / "till.db")
    store = Store.open(tmp_path, clock)
    with store.reader() as uow:
        assert uow.catalog.version() in {"", "m1"}  # fetched again if its name was lost
    store.replace_menu(make_menu("m2"))
    store.close()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (sqlite3.SQLITE_FULL, DiskError),
        (sqlite3.SQLITE_BUSY, StoreBusyError),
        (sqlite3.SQLITE_LOCKED, StoreBusyError),
        (sqlite3.SQLITE_CORRUPT, DamagedError),
        (sqlite3.SQLITE_NOTADB, DamagedError),
        (sqlite3.SQLITE_IOERR, DiskError),
        (sqlite3.SQLITE_IOERR | (10 << 8), DiskError),
        (sqlite3.SQLITE_CANTOPEN, DiskError),
        (sqlite3.SQLITE_READONLY, DiskError),
    ],
)
def test_errors_of_the_database_are_translated(code: int, expected: type[Exception]) -> None:
    error = sqlite3.OperationalError("told to fail")
    error.sqlite_errorcode = code
    assert isinstance(translate(error), expected)
    assert translate(sqlite3.OperationalError("no such table: x")) is None
