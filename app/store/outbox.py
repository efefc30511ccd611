"""What the service must be told (O2): written with the change itself, delivered by the sync thread.

Order: an operation waits while an earlier one that shares its order key or its guest key is not
delivered. An earlier conflict holds up the same order; it holds up the same guest only if the
guest could not be registered, as everything later refers to him. A sale waits for the opening of
its shift, the closing of a shift for what was done in it. Nothing else waits.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import OperationId
from app.store.codec import dumps, loads
from app.store.errors import NotStoredError
from app.store.rows import Operation, OperationState
from app.store.session import Session, Topic

GUEST_REGISTER: Final = "guest.register"
SHIFT_OPEN: Final = "shift.open"
SHIFT_CLOSE: Final = "shift.close"

_COLUMNS: Final = (
    "operation_id, idempotency_key, type, occurred_at, payload, order_key, guest_key, shift_key, "
    "state, attempts, not_before, error_code, error_ru, error_en, clock_wrong, server_id, "
    "finished_at, sequence"
)
_UNSENT: Final = "state IN ('pending', 'in_flight', 'conflict')"
_SCAN_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class OutboxCounts:
    """Figures for the queue screen and the bar. `oldest_at` is the oldest that is not delivered."""

    pending: int
    in_flight: int
    conflicts: int
    oldest_at: datetime | None

    @property
    def unsent(self) -> int:
        """Return everything that the service has not taken yet."""
        return self.pending + self.in_flight + self.conflicts


class OutboxRepository:
    """The queue of operations."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    # -------------------------------------------------------------- adding
    def add(self, operation: Operation) -> None:
        """Put an operation in the queue, in the same unit as the change that it tells of.

        Raises:
            AlreadyStoredError: Its id or its idempotency key was used before (when the unit ends).
        """
        assert operation.state is OperationState.PENDING
        _insert(self._db, operation)
        self._session.added.append(operation)
        self._session.touch(Topic.OUTBOX)

    # -------------------------------------------------------------- delivering
    def list_ready(self, now: datetime, limit: int = 50) -> tuple[Operation, ...]:
        """Return operations that may be sent now, the oldest first, at most one for each key.

        One for each key keeps their order even if the service refuses the first of a batch.
        """
        rows = self._db.execute(
            "SELECT sequence, type, state, not_before, order_key, guest_key, shift_key "
            f"FROM outbox WHERE {_UNSENT} ORDER BY sequence LIMIT ?",
            (_SCAN_MAX,),
        )
        ready = _ready_sequences(rows, to_iso(now), limit)
        if not ready:
            return ()
        marks = ", ".join("?" * len(ready))
        found = self._db.execute(
            f"SELECT {_COLUMNS} FROM outbox WHERE sequence IN ({marks}) ORDER BY sequence", ready
        ).fetchall()
        return tuple(_operation(row) for row in found)

    def next_time(self) -> datetime | None:
        """Return the earliest moment set for a pending operation, None if none is set."""
        row = self._db.execute(
            "SELECT min(not_before) FROM outbox WHERE state = 'pending'"
        ).fetchone()
        return from_iso(row[0]) if row[0] else None

    def mark_in_flight(self, operation_ids: Sequence[OperationId]) -> None:
        """Note that operations are being sent; they count as one more attempt."""
        self._db.executemany(
            "UPDATE outbox SET state = 'in_flight', attempts = attempts + 1 "
            "WHERE operation_id = ? AND state = 'pending'",
            [(operation_id,) for operation_id in operation_ids],
        )
        self._session.touch(Topic.OUTBOX)

    def release_in_flight(self) -> None:
        """Put back what was being sent when something went wrong; nothing is being sent now."""
        self._db.execute("UPDATE outbox SET state = 'pending' WHERE state = 'in_flight'")

    def mark_done(self, operation_id: OperationId, now: datetime, server_id: str = "") -> None:
        """Note that the service took an operation."""
        self._set(
            operation_id,
            "state = 'done', error_code = '', error_ru = '', error_en = '', not_before = NULL, "
            "finished_at = ?, server_id = ?",
            (to_iso(now), server_id),
        )
        self._session.finished.append(operation_id)

    def mark_retry(
        self, operation_id: OperationId, not_before: datetime | None, code: str, ru: str, en: str
    ) -> None:
        """Put an operation back in the queue, not before a moment, with the reason."""
        self._set(
            operation_id,
            "state = 'pending', not_before = ?, error_code = ?, error_ru = ?, error_en = ?",
            (to_iso(not_before) if not_before else None, code, ru, en),
        )

    def mark_conflict(self, operation_id: OperationId, code: str, ru: str, en: str) -> None:
        """Keep an operation that the service refused, for a person to decide (O4)."""
        self._set(
            operation_id,
            "state = 'conflict', not_before = NULL, error_code = ?, error_ru = ?, error_en = ?",
            (code, ru, en),
        )

    # -------------------------------------------------------------- what a person can do
    def retry(self, operation_id: OperationId) -> None:
        """Send an operation again as it is."""
        self._set(operation_id, "state = 'pending', not_before = NULL", ())

    def retry_all(self) -> None:
        """Let everything pending go now, without waiting for its time."""
        self._db.execute("UPDATE outbox SET not_before = NULL WHERE state = 'pending'")
        self._session.touch(Topic.OUTBOX)

    def edit(self, operation_id: OperationId, payload: Mapping[str, Any], key: str) -> None:
        """Send an operation again with a corrected payload.

        Args:
            operation_id: The operation, which is in conflict.
            payload: The corrected payload.
            key: A new idempotency key: the old one belongs to the old payload.
        """
        operation = self.get(operation_id)
        assert operation.state is OperationState.CONFLICT
        assert key != operation.idempotency_key
        self._set(
            operation_id,
            "state = 'pending', not_before = NULL, payload = ?, idempotency_key = ?",
            (dumps(payload), key),
        )
        self._session.added.append(self.get(operation_id))
        self._session.edited.add(operation_id)

    def give_up(self, operation_id: OperationId, now: datetime, reason: str) -> None:
        """Never send an operation again; the reason stays with it."""
        self._set(
            operation_id,
            "state = 'given_up', not_before = NULL, finished_at = ?, error_ru = ?, error_en = ?",
            (to_iso(now), reason, reason),
        )
        self._session.finished.append(operation_id)

    # -------------------------------------------------------------- looking
    def get(self, operation_id: OperationId) -> Operation:
        """Return an operation.

        Raises:
            NotStoredError: There is none with this id.
        """
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM outbox WHERE operation_id = ?", (operation_id,)
        ).fetchone()
        if row is None:
            raise NotStoredError("operation", operation_id)
        return _operation(row)

    def list_unsent(self, limit: int = 200, offset: int = 0) -> tuple[Operation, ...]:
        """Return what the service has not taken yet: conflicts first, then the oldest."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM outbox WHERE {_UNSENT} "
            "ORDER BY state != 'conflict', sequence LIMIT ? OFFSET ?",
            (limit, offset),
        ).fetchall()
        return tuple(_operation(row) for row in rows)

    def list_finished(self, limit: int = 50) -> tuple[Operation, ...]:
        """Return what was delivered or given up, the latest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM outbox WHERE finished_at IS NOT NULL "
            "ORDER BY finished_at DESC, sequence DESC LIMIT ?",
            (limit,),
        ).fetchall()
        return tuple(_operation(row) for row in rows)

    def counts(self) -> OutboxCounts:
        """Return the figures of the queue."""
        rows = self._db.execute(
            f"SELECT state, count(*), min(occurred_at) FROM outbox WHERE {_UNSENT} GROUP BY state"
        ).fetchall()
        by_state = {row[0]: row[1] for row in rows}
        oldest = min((row[2] for row in rows), default=None)
        return OutboxCounts(
            pending=by_state.get("pending", 0),
            in_flight=by_state.get("in_flight", 0),
            conflicts=by_state.get("conflict", 0),
            oldest_at=from_iso(oldest) if oldest else None,
        )

    def trim(self, before: datetime) -> int:
        """Remove what was delivered before a moment; what was given up stays. Return how many."""
        done = self._db.execute(
            "DELETE FROM outbox WHERE state = 'done' AND finished_at < ?", (to_iso(before),)
        )
        return done.rowcount

    def _set(self, operation_id: OperationId, assignments: str, values: tuple[Any, ...]) -> None:
        done = self._db.execute(
            f"UPDATE outbox SET {assignments} WHERE operation_id = ?", (*values, operation_id)
        )
        if done.rowcount != 1:
            raise NotStoredError("operation", operation_id)
        self._session.touch(Topic.OUTBOX)


def _ready_sequences(rows: Iterable[tuple[Any, ...]], now: str, limit: int) -> list[int]:
    """Walk the unsent operations in order and pick those that nothing earlier holds up."""
    ready: list[int] = []
    queue = _Queue()
    for sequence, kind, state, not_before, order, guest, shift in rows:
        due = state == "pending" and (not_before is None or not_before <= now)
        if due and not queue.holds_up(kind, order, guest, shift):
            ready.append(sequence)
            if len(ready) == limit:
                break
        queue.pass_by(kind, state, order, guest, shift)
    return ready


class _Queue:
    """The keys of the operations that were passed, the oldest first.

    What stands behind a conflict may wait for days: it is stuck, and passes its place on as the
    conflict itself does.
    """

    def __init__(self) -> None:
        self._orders: set[str] = set()
        self._guests: set[str] = set()
        self._opening: set[str] = set()
        self._busy_shifts: set[str] = set()
        self._stuck: set[tuple[str, str]] = set()

    def holds_up(self, kind: str, order: str, guest: str, shift: str) -> bool:
        """Tell whether something earlier must be delivered first."""
        return (
            order in self._orders
            or guest in self._guests
            or shift in self._opening
            or (kind == SHIFT_CLOSE and shift in self._busy_shifts)
        )

    def pass_by(self, kind: str, state: str, order: str, guest: str, shift: str) -> None:
        """Note an operation; those after it see its keys."""
        is_stuck = (
            state == "conflict"
            or ("order", order) in self._stuck
            or ("guest", guest) in self._stuck
        )
        if order:
            self._orders.add(order)
            if is_stuck:
                self._stuck.add(("order", order))
        if guest and (kind == GUEST_REGISTER or not is_stuck):
            self._guests.add(guest)
            if is_stuck:
                self._stuck.add(("guest", guest))
        if shift and not is_stuck:
            self._busy_shifts.add(shift)
            if kind == SHIFT_OPEN:
                self._opening.add(shift)


def _insert(db: sqlite3.Connection, operation: Operation, verb: str = "INSERT") -> int:
    done = db.execute(
        f"{verb} INTO outbox (operation_id, idempotency_key, type, occurred_at, payload, order_key, "
        "guest_key, shift_key, state, attempts, not_before, error_code, error_ru, error_en, "
        "clock_wrong, server_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            operation.operation_id,
            operation.idempotency_key,
            operation.type,
            to_iso(operation.occurred_at),
            dumps(operation.payload),
            operation.order_key,
            operation.guest_key,
            operation.shift_key,
            operation.state.value,
            operation.attempts,
            to_iso(operation.not_before) if operation.not_before else None,
            operation.error_code,
            operation.error_ru,
            operation.error_en,
            operation.clock_wrong,
            operation.server_id,
        ),
    )
    return done.rowcount


def _operation(row: tuple[Any, ...]) -> Operation:
    return Operation(
        operation_id=OperationId(row[0]),
        idempotency_key=row[1],
        type=row[2],
        occurred_at=from_iso(row[3]),
        payload=loads(row[4]),
        order_key=row[5],
        guest_key=row[6],
        shift_key=row[7],
        state=OperationState(row[8]),
        attempts=row[9],
        not_before=from_iso(row[10]) if row[10] else None,
        error_code=row[11],
        error_ru=row[12],
        error_en=row[13],
        clock_wrong=bool(row[14]),
        server_id=row[15],
        finished_at=from_iso(row[16]) if row[16] else None,
        sequence=row[17],
    )


# ------------------------------------------------------------------ journal
def operation_to_entry(operation: Operation) -> dict[str, Any]:
    """Return an operation as it stands in the journal."""
    return {
        "operation_id": operation.operation_id,
        "idempotency_key": operation.idempotency_key,
        "type": operation.type,
        "occurred_at": to_iso(operation.occurred_at),
        "payload": operation.payload,
        "order_key": operation.order_key,
        "guest_key": operation.guest_key,
        "shift_key": operation.shift_key,
        "clock_wrong": operation.clock_wrong,
    }


def operation_from_entry(entry: Mapping[str, Any]) -> Operation:
    """Read what `operation_to_entry` made."""
    fields = dict(entry)
    fields["occurred_at"] = from_iso(fields["occurred_at"])
    return Operation(**fields)


def restore_operations(db: sqlite3.Connection, entries: Iterable[Mapping[str, Any]]) -> int:
    """Put operations of a journal in a queue that does not have them; return how many."""
    db.execute("BEGIN IMMEDIATE")
    count = sum(_insert(db, operation_from_entry(entry), "INSERT OR IGNORE") for entry in entries)
    db.execute("COMMIT")
    return count


def unsent_operations(db: sqlite3.Connection) -> tuple[Operation, ...]:
    """Return everything that the service has not taken yet, in order."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM outbox WHERE {_UNSENT} ORDER BY sequence").fetchall()
    return tuple(_operation(row) for row in rows)
