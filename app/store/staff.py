"""People who sign in with a PIN, and the lock that slows guessing down (T1)."""

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import StaffId
from app.store.codec import dumps, loads
from app.store.errors import NotStoredError
from app.store.rows import StaffMember
from app.store.session import Session, Topic

_SELECT: Final = """
SELECT staff.staff_id, name, role, pin_hash, permissions, failed_attempts, locked_until
FROM staff LEFT JOIN staff_locks USING (staff_id)
"""


class StaffRepository:
    """Staff as the service last gave them out; locks are this till's own."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def list_all(self) -> tuple[StaffMember, ...]:
        """Return everybody, in the order of the service."""
        rows = self._db.execute(f"{_SELECT} ORDER BY position").fetchall()
        return tuple(_member(row) for row in rows)

    def get(self, staff_id: StaffId) -> StaffMember:
        """Return one person.

        Raises:
            NotStoredError: Nobody has this id.
        """
        row = self._db.execute(f"{_SELECT} WHERE staff.staff_id = ?", (staff_id,)).fetchone()
        if row is None:
            raise NotStoredError("staff", staff_id)
        return _member(row)

    def replace_all(self, members: Iterable[StaffMember]) -> None:
        """Replace everybody; locks stay."""
        self._db.execute("DELETE FROM staff")
        self._db.executemany(
            "INSERT INTO staff (staff_id, name, role, pin_hash, permissions, position) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [
                (m.staff_id, m.name, m.role, m.pin_hash, dumps(sorted(m.permissions)), place)
                for place, m in enumerate(members)
            ],
        )
        self._session.touch(Topic.STAFF)

    def set_lock(
        self, staff_id: StaffId, failed_attempts: int, locked_until: datetime | None
    ) -> None:
        """Note wrong PINs in a row; zero attempts clear the lock."""
        if failed_attempts == 0:
            self._db.execute("DELETE FROM staff_locks WHERE staff_id = ?", (staff_id,))
            return
        self._db.execute(
            "REPLACE INTO staff_locks (staff_id, failed_attempts, locked_until) VALUES (?, ?, ?)",
            (staff_id, failed_attempts, to_iso(locked_until) if locked_until else None),
        )


def _member(
    row: sqlite3.Row | tuple[str, str, str, str, str, int | None, str | None],
) -> StaffMember:
    staff_id, name, role, pin_hash, permissions, failed, until = row
    return StaffMember(
        staff_id=StaffId(staff_id),
        name=name,
        role=role,
        pin_hash=pin_hash,
        permissions=frozenset(loads(permissions)),
        failed_attempts=failed or 0,
        locked_until=from_iso(until) if until else None,
    )
