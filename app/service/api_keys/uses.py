"""When keys were last used: noted in memory, written at most once a minute and beside the call."""

import contextlib
import threading
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.db.database import Database
from app.service.tills.models import api_keys

EVERY: Final = timedelta(minutes=1)
_KEYS_MAX: Final = 50_000


class KeyUses:
    """What this process has written lately; any thread may note a use."""

    def __init__(self) -> None:
        self._written: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, database: Database, key_id: str | None, now: datetime) -> None:
        """Note a use; once a minute per key it is written, in a transaction of its own."""
        if key_id is None:
            return
        before = self._written.get(key_id)
        if before is not None and -EVERY < now - before < EVERY:
            return
        with self._lock:
            if self._written.get(key_id) != before:
                return
            if len(self._written) >= _KEYS_MAX:
                self._written.clear()
            self._written[key_id] = now
        # A service that is ending takes no more; the next use will be noted.
        with contextlib.suppress(RuntimeError):
            database.write(lambda connection: _write(connection, key_id, now), may_be_lost=True)

    def forget(self) -> None:
        """Forget what was written: the database is another one."""
        with self._lock:
            self._written.clear()


def _write(connection: Connection, key_id: str, now: datetime) -> None:
    # Several processes note the same key: the first of a minute writes.
    used = api_keys.c.last_used_at
    connection.execute(
        sa.update(api_keys)
        .where(api_keys.c.id == key_id, sa.or_(used.is_(None), used <= now - EVERY))
        .values(last_used_at=now)
    )
