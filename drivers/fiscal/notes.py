"""What was true before each document was sent: the key to lost answers of fiscal registers.

A register's document carries no reference of the till, so it is recognised by what the fiscal storage
held before it. The note is on disk before the request leaves, or a crash would lose it.
"""

import contextlib
import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from drivers.api.errors import ConfigurationError
from drivers.transport.kept import write_json

NOTES_MAX = 500


@dataclass(frozen=True, slots=True)
class Note:
    """One document that was sent.

    Attributes:
        attempt: number of the try under this id; a try that the register refused is followed by a
            new one, because the register keeps the refusal under the first's key.
        task: type of the task, e.g. 'sell'.
        digest: of the task, tells another document under the same id.
        before: the last document number before it, or the count of cash operations.
        fn_number: of the fiscal storage then, '' if not known.
        total_minor: of a receipt, None for anything else.
        number: of the document once it is known, else 0.
        sequence: place of this try among all; later ones were begun when it had ended.
        absent: it is known that this try made nothing.
    """

    attempt: int
    task: str
    digest: str
    before: int
    fn_number: str = ""
    total_minor: int | None = None
    number: int = 0
    sequence: int = 0
    absent: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it is still to be found out what it became."""
        return not self.number and not self.absent


class NoteStore:
    """Remembers notes by document id, on disk if a path is given. One thread."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        loaded = _load(path) if path is not None else None
        #: whether a document without a note is known never to have been sent
        self.is_complete = loaded is not None
        self._notes = loaded or {}

    def find(self, document_id: str) -> Note | None:
        """Return the note of this document, None if it was never sent."""
        return self._notes.get(document_id)

    def put(self, document_id: str, note: Note) -> None:
        """Keep a note; on disk before this returns.

        Raises:
            ConfigurationError: it cannot be written; nothing may be sent then.
        """
        self._notes.pop(document_id, None)
        self._notes[document_id] = note
        while len(self._notes) > NOTES_MAX:
            settled = (key for key, known in self._notes.items() if not known.is_open)
            del self._notes[next(settled, next(iter(self._notes)))]  # what is open is kept longest
        self._save()

    def settle(self, document_id: str, number: int) -> None:
        """Note which document it became; a note that cannot be written then does no harm."""
        note = self._notes.get(document_id)
        if note is not None and number and note.number != number:
            with contextlib.suppress(ConfigurationError):
                self.put(document_id, dataclasses.replace(note, number=number))

    def give_up(self, document_id: str) -> None:
        """Note that the last try made nothing: documents of later days are not compared with it."""
        note = self._notes.get(document_id)
        if note is not None and note.is_open:
            with contextlib.suppress(ConfigurationError):
                self.put(document_id, dataclasses.replace(note, absent=True))

    def next_sequence(self) -> int:
        """Return the place of a try that begins now."""
        return 1 + max((note.sequence for note in self._notes.values()), default=0)

    def later(self, note: Note) -> tuple[Note, ...]:
        """Return notes of tries that began after this one."""
        return tuple(item for item in self._notes.values() if item.sequence > note.sequence)

    def open_besides(self, document_id: str) -> tuple[Note, ...]:
        """Return notes of other ids whose documents are still to be found."""
        return tuple(
            note for key, note in self._notes.items() if key != document_id and note.is_open
        )

    def taken(self, fn_number: str, besides: str) -> frozenset[int]:
        """Document numbers of this fiscal storage that belong to other ids than `besides`."""
        return frozenset(
            note.number
            for key, note in self._notes.items()
            if note.number and key != besides and note.fn_number == fn_number
        )

    def _save(self) -> None:
        if self._path is None:
            return
        notes = {key: dataclasses.asdict(note) for key, note in self._notes.items()}
        write_json(self._path, notes)


def _load(path: Path) -> dict[str, Note] | None:
    """Read the notes; None if the file is damaged: lookups then ask the register alone."""
    try:
        notes = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): Note(**value) for key, value in notes.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
