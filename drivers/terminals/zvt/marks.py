"""What the terminal's last operation was before each of ours: the key to lost answers.

ZVT carries no reference of the till, so an operation is recognised by not being the one that was
last before it. The note is written to disk before the request leaves, or a crash would lose it.
"""

import contextlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from drivers.api.errors import ConfigurationError
from drivers.api.terminal import OperationMark

NOTES_MAX = 64


class MarkStore:
    """Remembers marks by operation id, on disk if a path is given. One thread."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._notes = _load(path) if path is not None else {}

    def put(self, operation_id: str, mark: OperationMark | None) -> None:
        """Note the mark before an operation; None: the terminal could not tell."""
        self._notes.pop(operation_id, None)
        self._notes[operation_id] = mark
        while len(self._notes) > NOTES_MAX:
            del self._notes[next(iter(self._notes))]
        self._save()

    def find(self, operation_id: str) -> OperationMark | None:
        """Return the mark noted before this operation, None if there is none."""
        return self._notes.get(operation_id)

    def _save(self) -> None:
        if self._path is None:
            return
        notes = {key: asdict(mark) if mark else None for key, mark in self._notes.items()}
        fresh = self._path.with_suffix(self._path.suffix + ".new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                json.dump(notes, file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise ConfigurationError(f"cannot write {self._path}: {error}") from error


def _load(path: Path) -> dict[str, OperationMark | None]:
    """Read the notes; a damaged file counts as empty, lookups then answer "uncertain"."""
    notes: dict[str, OperationMark | None] = {}
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        for key, value in json.loads(path.read_text(encoding="utf-8")).items():
            notes[str(key)] = OperationMark(**value) if value is not None else None
    return notes
