"""Notes about documents: on disk before anything is sent, and honest about what was lost."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConfigurationError
from drivers.fiscal.notes import NOTES_MAX, Note, NoteStore

NOTE = Note(1, "sell", "digest", 10, "99", 5000)


def test_notes_outlive_the_process(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "notes.json"
    store = NoteStore(path)
    assert store.is_complete
    store.put("sale-1", NOTE)
    store.settle("sale-1", 11)
    again = NoteStore(path)
    found = again.find("sale-1")
    assert found is not None
    assert (found.before, found.number, again.is_complete) == (10, 11, True)
    assert again.find("sale-2") is None
    assert again.taken("99", besides="sale-2") == {11}
    assert again.taken("99", besides="sale-1") == set()
    assert again.taken("77", besides="sale-2") == set()


def test_without_a_path_or_with_a_damaged_file_nothing_is_certain(tmp_path: Path) -> None:
    assert not NoteStore().is_complete
    path = tmp_path / "notes.json"
    for text in ("{", "[]", '{"a": 5}', '{"a": {"attempt": 1}}', "[" * 100_000):
        path.write_text(text, encoding="utf-8")
        assert not NoteStore(path).is_complete


@given(st.binary(max_size=60))
def test_any_file_is_read_or_counts_as_damaged(data: bytes) -> None:
    path = Path(os.environ["MAXLOYALTY_HOME"]) / "any-notes.json"
    path.write_bytes(data)
    NoteStore(path).find("sale-1")


def test_open_notes_are_kept_longest() -> None:
    store = NoteStore()
    store.put("open", NOTE)
    for number in range(NOTES_MAX + 5):
        store.put(f"sale-{number}", NOTE)
        store.settle(f"sale-{number}", number + 1)
    assert store.find("open") is not None
    assert store.find("sale-0") is None
    assert store.find(f"sale-{NOTES_MAX + 4}") is not None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="cannot write"):
        NoteStore(tmp_path / "file" / "notes.json").put("sale-1", NOTE)
