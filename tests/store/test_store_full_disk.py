"""A journal that cannot be written anew, at a start and later: the old one does, and it is said."""

from pathlib import Path

import pytest

from app.kernel.clock import ManualClock
from app.store.engine import Store
from app.store.errors import DiskError, FolderError
from app.store.journal import read_journal
from tests.store.store_makers import make_operation, make_sale


def sell(store: Store, number: int) -> None:
    with store.unit() as uow:
        uow.sales.add(make_sale(number))
        uow.outbox.add(make_operation(number))
        uow.commit()


def stand_in_the_way(folder: Path) -> Path:
    """Make every attempt to write the journal anew fail."""
    obstacle = folder / "outbox.new"
    obstacle.mkdir()
    return obstacle


def test_start_after_a_crash_keeps_the_old_journal_until_it_can_be_renewed(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = Store.open(tmp_path, clock)
    sell(store, 1)
    store.mark_suspect()
    store.close()
    obstacle = stand_in_the_way(tmp_path)

    store = Store.open(tmp_path, clock)
    sell(store, 2)
    assert len(read_journal(tmp_path / "outbox.journal").operations) == 2
    obstacle.rmdir()
    store.tidy()

    assert len(read_journal(tmp_path / "outbox.journal").operations) == 2
    store.close()


def test_trimming_that_fails_says_so_and_keeps_the_journal(
    tmp_path: Path, clock: ManualClock
) -> None:
    store = Store.open(tmp_path, clock)
    sell(store, 1)
    stand_in_the_way(tmp_path)

    with pytest.raises(DiskError):
        store.trim_journal()

    sell(store, 2)
    store.close()
    assert len(read_journal(tmp_path / "outbox.journal").operations) == 2


def test_folder_that_cannot_be_made_is_named(tmp_path: Path, clock: ManualClock) -> None:
    folder = tmp_path / "till"
    folder.write_text("in the way", encoding="utf-8")

    with pytest.raises(FolderError) as caught:
        Store.open(folder, clock)

    assert str(folder) in caught.value.ru
