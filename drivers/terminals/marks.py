"""What the terminal's last operation was before each of ours: the key to lost answers.

Most terminals carry no reference of the till, so an operation is recognised by not being the one
that was last before it. The note is written to disk before the request leaves, or a crash would
lose it.
"""

import contextlib
import json
from dataclasses import asdict, astuple
from pathlib import Path

from drivers.api.terminal import Lookup, OperationMark, TerminalResult, Verdict
from drivers.transport.kept import write_json

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
        write_json(self._path, notes)


def _load(path: Path) -> dict[str, OperationMark | None]:
    """Read the notes; a damaged file counts as empty, lookups then answer "uncertain"."""
    notes: dict[str, OperationMark | None] = {}
    with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
        for key, value in json.loads(path.read_text(encoding="utf-8")).items():
            notes[str(key)] = OperationMark(**value) if value is not None else None
    return notes


def compare(
    last: TerminalResult | None, mark: OperationMark | None, amount_minor: int, operation_id: str
) -> Lookup:
    """Judge the terminal's last operation against the mark from before ours.

    Args:
        last: what the terminal did last, None if it has nothing.
        mark: what was last before our operation, None if nobody knows.
        amount_minor: of our operation.
        operation_id: of our operation; terminals that keep it need no mark.
    """
    is_ours_by_id = last is not None and last.operation_id == operation_id
    if mark is None and not is_ours_by_id:
        return Lookup(Verdict.UNCERTAIN, last, "the last operation before this one is not known")
    is_same = None
    if mark is not None and (last is None or last.mark() != OperationMark()):
        # An operation without any number may be the one before just as well.
        is_same = _is_same(last.mark() if last is not None else OperationMark(), mark)
    if is_same and not is_ours_by_id:
        return Lookup(Verdict.ABSENT)
    if last is None:
        return Lookup(Verdict.UNCERTAIN, None, "the terminal has forgotten its operations")
    doubt = "" if is_ours_by_id else _doubt(last, is_same)
    if not doubt and last.amount_minor != amount_minor:
        doubt = f"the last operation has another sum, {last.amount_minor}"
    return Lookup(Verdict.UNCERTAIN if doubt else Verdict.FOUND, last, doubt)


def _doubt(last: TerminalResult, is_same: bool | None) -> str:
    """Say why an operation after the mark may not be ours, '' if nothing speaks against it."""
    if is_same is None:
        return "the last operation has no number to compare"
    return "the last operation is another one of the till" if last.operation_id else ""


def _is_same(one: OperationMark, other: OperationMark) -> bool | None:
    """Whether two marks mean one operation; None if they have nothing to compare.

    A repeated receipt may carry fewer fields than the first answer, so only those that both have
    are compared.
    """
    nothing = OperationMark()
    if nothing in (one, other):
        return one == other
    pairs = zip(astuple(one), astuple(other), strict=True)
    common = [(left, right) for left, right in pairs if left and right]
    return all(left == right for left, right in common) if common else None
