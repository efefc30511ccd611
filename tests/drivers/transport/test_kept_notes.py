"""Notes for lost answers are whole on the disk, or the old ones stay and it is told."""

import json
from pathlib import Path

import pytest

from drivers.api.errors import ConfigurationError
from drivers.transport.kept import write_json


def test_file_is_put_in_place_with_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "new" / "notes.json"
    write_json(path, {"чек": [1, None]})
    assert json.loads(path.read_text(encoding="utf-8")) == {"чек": [1, None]}
    assert [item.name for item in path.parent.iterdir()] == ["notes.json"]


def test_old_file_stays_where_the_new_one_cannot_be_written(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    write_json(path, {"old": 1})
    (tmp_path / "notes.json.new").mkdir()  # nothing can be written there
    with pytest.raises(ConfigurationError, match=r"notes\.json"):
        write_json(path, {"new": 2})
    assert json.loads(path.read_text(encoding="utf-8")) == {"old": 1}


def test_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError):
        write_json(tmp_path / "file" / "notes.json", {})
