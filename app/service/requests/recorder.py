"""Writing down what was asked, off the path of requests.

A request leaves its entry in memory; a thread masks and writes what has gathered, once a second or when
there are so many: a larger heap would hold up the calls that the database answers meanwhile. At most a
bounded number waits: what comes beyond is counted, not kept. A crash loses at most what waits.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from app.service.db.database import Database
from app.service.kit.work import Caller
from app.service.requests.repository import write_entries

_log = logging.getLogger(__name__)

WAITING_MAX: Final = 20_000
_BATCH_MAX: Final = 500
_PAUSE_S: Final = 1.0
_HEAP: Final = 48


class Entry(NamedTuple):
    """One answered request, not masked yet. Bodies are there if it failed."""

    request_id: str
    at: datetime
    caller: Caller
    method: str
    path: str
    endpoint: str
    query: str
    status: int
    error_code: str | None
    duration_us: int
    user_agent: str
    request_body: bytes | None
    response_body: bytes | None
    # Of a till that asks every few seconds only the number of its requests is of interest.
    only_counted: bool


class RequestRecorder:
    """Takes entries from any thread and writes them in batches on its own.

    Args:
        database: Where they go.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._waiting: deque[Entry] = deque()
        self._wake = threading.Event()
        self._full = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self.dropped = 0

    def start(self) -> None:
        """Begin to write."""
        self._stop.clear()
        self._full.clear()
        self._thread = threading.Thread(target=self._loop, name="request-log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, then end."""
        self._stop.set()
        self._full.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self.flush()

    def add(self, entry: Entry) -> None:
        """Take an entry; never waits."""
        if len(self._waiting) >= WAITING_MAX:
            self.dropped += 1
            return
        self._waiting.append(entry)
        if not self._wake.is_set():
            self._wake.set()
        if len(self._waiting) >= _HEAP and not self._full.is_set():
            self._full.set()

    def flush(self) -> int:
        """Write all that waits now; return how many entries were written.

        What comes meanwhile waits for the next time: written at once, it would come one by one.
        """
        written, left = 0, len(self._waiting)
        while left:
            count = min(left, _BATCH_MAX)
            written += self._write([self._waiting.popleft() for _ in range(count)])
            left -= count
        return written

    def _write(self, batch: Sequence[Entry]) -> int:
        try:
            self._database.write(
                lambda connection: write_entries(connection, batch), may_be_lost=True
            ).result()
        except Exception:  # noqa: BLE001 - the edge of the thread: the log may lose, requests may not fail
            _log.exception("%d entries of the request log were lost", len(batch))
            return 0
        return len(batch)

    def _loop(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            # A moment for others to join the batch; then who comes wakes us again.
            self._full.wait(_PAUSE_S)
            self._full.clear()
            self._wake.clear()
            self.flush()
