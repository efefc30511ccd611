"""The journal of unsent operations: a text file that outlives a damaged database (O8).

One line an entry: the CRC-32 of the text in eight hex digits, a space, JSON, a line feed. Entries:

    {"op": {...}}          an operation; on the disk before its transaction is acknowledged
    {"void": ["id", ...]}  operations whose transaction did not commit after all
    {"done": ["id", ...]}  operations that need not be sent any more

Order of a commit: the journal line is written; then the disk is waited for twice at the same time,
for the journal on a thread of its own and for the database by its commit; when both are done, the
commit is acknowledged. So whatever was acknowledged is in both. A crash in between leaves a line or
a row too much; while the database is sound it is the truth and the next start writes the journal
anew from it. Only when the database is lost are the lines themselves used: the sale of such a line
had been paid for, and its key lets the service take it once, however often it is sent.
"""

import contextlib
import json
import os
import threading
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Final

from app.store.codec import dumps

_TRIM_AFTER_DONE: Final = 500
_ENTRY_MAX_BYTES: Final = 4_000_000

Entry = dict[str, Any]  # an operation as JSON


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a journal held: unsent operations in their order, and how many lines were unreadable."""

    operations: tuple[Entry, ...]
    broken_lines: int


def _line(value: Mapping[str, object]) -> bytes:
    text = dumps(value).encode()
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _read_line(raw: bytes) -> Entry | None:
    if len(raw) < 10 or len(raw) > _ENTRY_MAX_BYTES or raw[8:9] != b" ":
        return None
    try:
        if int(raw[:8], 16) != zlib.crc32(raw[9:]):
            return None
        value = json.loads(raw[9:])
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def read_journal(path: Path) -> Recovered:
    """Return what is unsent by the journal alone. A missing file is an empty journal."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Recovered((), 0)
    operations: dict[str, Entry] = {}
    broken = 0
    for line in raw.split(b"\n"):
        if not line:
            continue
        entry = _read_line(line)
        if entry is None:
            broken += 1
        elif "op" in entry:
            operations[entry["op"]["operation_id"]] = entry["op"]
        else:
            for operation_id in (*entry.get("void", ()), *entry.get("done", ())):
                operations.pop(operation_id, None)
    return Recovered(tuple(operations.values()), broken)


class Journal:
    """Appends to the journal. Any thread; raises `OSError` when the disk fails."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._done_count = 0
        self._flusher = _Flusher()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        self._end = os.lseek(self._file, 0, os.SEEK_END)
        if self._is_torn():
            self._append(b"\n", wait=False)

    def _is_torn(self) -> bool:
        """Tell whether the last line has no end: the next one must begin on its own."""
        if not self._end:
            return False
        os.lseek(self._file, self._end - 1, os.SEEK_SET)
        return os.read(self._file, 1) != b"\n"

    @property
    def wants_trim(self) -> bool:
        """Tell whether so much has been delivered that the file should be written anew."""
        return self._done_count >= _TRIM_AFTER_DONE

    def begin(self, operations: Sequence[Entry]) -> None:
        """Write operations and begin to wait for the disk; `finish` must follow."""
        self._append(b"".join(_line({"op": entry}) for entry in operations), wait=False)
        self._flusher.begin(self._file)

    def finish(self) -> None:
        """Wait until what was begun is on the disk.

        Raises:
            OSError: The disk failed; the lines may be lost in a power cut.
        """
        self._flusher.finish()

    def add(self, operations: Sequence[Entry]) -> None:
        """Write operations and wait until they are on the disk."""
        self.begin(operations)
        self.finish()

    def void(self, operation_ids: Sequence[str]) -> None:
        """Take back operations whose transaction did not commit."""
        self._append(_line({"void": list(operation_ids)}), wait=True)

    def done(self, operation_ids: Sequence[str]) -> None:
        """Note operations that need not be sent any more; losing the note does no harm."""
        self._append(_line({"done": list(operation_ids)}), wait=False)
        self._done_count += len(operation_ids)

    def rewrite(self, operations: Iterable[Entry]) -> None:
        """Replace the whole journal by the operations that are unsent now.

        Raises:
            OSError: The disk is full or fails; the old journal stays.
        """
        fresh = self._path.with_suffix(".new")
        with self._lock:
            try:
                _write_all(fresh, operations)
            except OSError:
                with contextlib.suppress(OSError):
                    fresh.unlink(missing_ok=True)
                raise
            os.close(self._file)
            try:
                fresh.replace(self._path)
            finally:
                flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
                self._file = os.open(self._path, flags, 0o600)
                self._end = os.lseek(self._file, 0, os.SEEK_END)
            sync_folder(self._path.parent)
            self._done_count = 0

    def close(self) -> None:
        """Close the file."""
        self._flusher.stop()
        with self._lock:
            os.close(self._file)

    def _append(self, data: bytes, *, wait: bool) -> None:
        with self._lock:
            try:
                os.lseek(self._file, self._end, os.SEEK_SET)
                written = 0
                while written < len(data):
                    written += os.write(self._file, data[written:])
                if wait:
                    _sync(self._file)
            except OSError:
                # A torn line must not spoil the one that is written after it.
                os.ftruncate(self._file, self._end)
                raise
            self._end += len(data)


def _write_all(path: Path, operations: Iterable[Entry]) -> None:
    with path.open("wb") as target:
        for entry in operations:
            target.write(_line({"op": entry}))
        target.flush()
        os.fsync(target.fileno())


class _Flusher:
    """A thread that waits for the disk while another one does the same for another file."""

    def __init__(self) -> None:
        self._work: SimpleQueue[int | None] = SimpleQueue()
        self._results: SimpleQueue[OSError | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def begin(self, descriptor: int) -> None:
        """Begin to wait for a file; one at a time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
            self._thread.start()
        self._work.put(descriptor)

    def finish(self) -> None:
        """Wait for the end; raise what the disk said."""
        error = self._results.get()
        if error is not None:
            raise error

    def stop(self) -> None:
        """End the thread."""
        if self._thread is not None:
            self._work.put(None)
            self._thread.join()

    def _run(self) -> None:
        while (descriptor := self._work.get()) is not None:
            try:
                _sync(descriptor)
            except OSError as error:
                self._results.put(error)
            else:
                self._results.put(None)


def _sync(descriptor: int) -> None:
    """Wait until the data of a file is on the disk (fdatasync where there is one)."""
    getattr(os, "fdatasync", os.fsync)(descriptor)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable; Windows does this by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
