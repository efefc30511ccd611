"""What became of each document so far, on disk before anything is posted.

ATOL Online knows a document by the external id that we give it. It is made of the till's document id and
the number of the attempt, so a till that lost its notes uses the same ids again and is told "exists".
"""

import contextlib
import dataclasses
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drivers.api.fiscal import DocumentKind, FiscalDocument
from drivers.fiscal.atol_online.answers import OnlineError
from drivers.transport.kept import write_json

NOTES_MAX = 500


class State(enum.StrEnum):
    """How far a document is.

    UNSENT: nothing of it has left. SENT: it may have arrived. ACCEPTED: the cloud has given its uuid.
    DONE, FAILED: it is made, it is not made. DOUBTFUL: the cloud has another document under its id.
    """

    UNSENT = "unsent"
    SENT = "sent"
    ACCEPTED = "accepted"
    DONE = "done"
    FAILED = "failed"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class OnlineNote:
    """One document.

    Attributes:
        external_id: that it is posted under.
        attempt: number in the external id, from 1.
        state: how far it is.
        operation: part of the path.
        digest: tells another document under the same id.
        total_minor: compared with what the cloud reports.
        body: the bytes to post, as text; kept only until the cloud has accepted them.
        uuid: the cloud's name, '' before.
        looks: how often was asked in the background.
        recovered: an answer was lost on the way.
        error: why it failed.
        document: once it is made.
    """

    external_id: str
    attempt: int
    state: State
    operation: str
    digest: str
    total_minor: int
    body: str = ""
    uuid: str = ""
    looks: int = 0
    recovered: bool = False
    error: OnlineError | None = None
    document: FiscalDocument | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody knows yet how it ended."""
        return self.state in (State.SENT, State.ACCEPTED)


class OnlineNotes:
    """Notes by document id, on disk if a path is given. One thread."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._notes = _load(path) if path is not None else {}

    def find(self, document_id: str) -> OnlineNote | None:
        """Return the note, None if the document was never begun."""
        return self._notes.get(document_id)

    def open_ids(self) -> tuple[str, ...]:
        """Documents that nobody knows the end of, oldest first."""
        return tuple(key for key, note in self._notes.items() if note.is_open)

    @property
    def is_whole(self) -> bool:
        """Whether the notes reach back as far as they ever do.

        Shorter ones may be new or may have been lost: nobody can tell, so a document that is not in them
        may have been sent before.
        """
        return len(self._notes) >= NOTES_MAX

    def put(self, document_id: str, note: OnlineNote) -> OnlineNote:
        """Keep a note; on disk before this returns.

        Raises:
            ConfigurationError: it cannot be written; nothing may be posted then.
        """
        changed = {**self._notes, document_id: note}
        # The oldest that are settled are forgotten; open ones stay whatever their number.
        settled = [key for key, item in changed.items() if not item.is_open and key != document_id]
        for key in settled[: max(len(changed) - NOTES_MAX, 0)]:
            del changed[key]
        self._save(changed)
        self._notes = changed
        return note

    def _save(self, changed: Mapping[str, OnlineNote]) -> None:
        if self._path is None:
            return
        notes = {key: _to_json(note) for key, note in changed.items()}
        write_json(self._path, notes)


def _to_json(note: OnlineNote) -> dict[str, object]:
    fields = dataclasses.asdict(note)
    if note.document is not None:
        marks = {str(place): bits for place, bits in note.document.mark_results.items()}
        fields["document"] = {**fields["document"], "mark_results": marks}
    return fields


def _load(path: Path) -> dict[str, OnlineNote]:
    """Read the notes; what is damaged counts as lost: the ids are the same, the cloud remembers."""
    notes: dict[str, OnlineNote] = {}
    with contextlib.suppress(OSError, ValueError, AttributeError, RecursionError):
        for key, fields in json.loads(path.read_text(encoding="utf-8")).items():
            with contextlib.suppress(ValueError, TypeError, LookupError, OverflowError):
                notes[str(key)] = _from_json(fields)
    return notes


def _from_json(fields: Mapping[str, object]) -> OnlineNote:
    error, document = fields.get("error"), fields.get("document")
    given = {**fields, "state": State(str(fields["state"]))}
    for name in ("attempt", "total_minor", "looks"):
        given[name] = int(str(fields.get(name, 0)))
    for name in ("external_id", "operation", "digest", "body", "uuid"):
        given[name] = str(fields.get(name, ""))
    given["recovered"] = fields.get("recovered") is True
    given["error"] = OnlineError(**error) if isinstance(error, dict) else None
    given["document"] = _document(document) if isinstance(document, dict) else None
    return OnlineNote(**given)  # type: ignore[arg-type]  # a wrong type raises or is our own file


def _document(fields: dict[str, object]) -> FiscalDocument:
    marks = fields.get("mark_results")
    given = {**fields, "kind": DocumentKind(str(fields["kind"]))}
    given["mark_results"] = {int(key): int(bits) for key, bits in dict(marks or {}).items()}  # type: ignore[call-overload]  # checked by dict()
    return FiscalDocument(**given)  # type: ignore[arg-type]  # a wrong type raises or is our own file
