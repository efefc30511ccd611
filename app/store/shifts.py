"""Shifts and cash that moves beside sales (T2)."""

from typing import Any, Final

from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import ShiftId, StaffId
from app.store.errors import NotStoredError
from app.store.rows import CashDirection, CashMovement, Shift
from app.store.session import Session, Topic

_COLUMNS: Final = (
    "shift_id, number, cashier_id, cashier_name, opened_at, cash_float_minor, closed_at, "
    "expected_cash_minor, counted_cash_minor"
)


class ShiftRepository:
    """At most one shift is open."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def open(self, shift: Shift) -> None:
        """Write a shift that was opened.

        Raises:
            AlreadyStoredError: Another shift is open, or its number was used (when the unit ends).
        """
        assert shift.closed_at is None
        self._db.execute(
            f"INSERT INTO shifts ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _values(shift)
        )
        self._session.touch(Topic.SHIFTS)

    def close(self, shift: Shift) -> None:
        """Write that a shift was closed, with its counted cash.

        Raises:
            NotStoredError: It is not open.
        """
        assert shift.closed_at is not None
        done = self._db.execute(
            "UPDATE shifts SET closed_at = ?, expected_cash_minor = ?, counted_cash_minor = ? "
            "WHERE shift_id = ? AND closed_at IS NULL",
            (
                to_iso(shift.closed_at),
                shift.expected_cash_minor,
                shift.counted_cash_minor,
                shift.shift_id,
            ),
        )
        if done.rowcount != 1:
            raise NotStoredError("open shift", shift.shift_id)
        self._session.touch(Topic.SHIFTS)

    def find_open(self) -> Shift | None:
        """Return the open shift, or None."""
        row = self._db.execute(f"SELECT {_COLUMNS} FROM shifts WHERE closed_at IS NULL").fetchone()
        return None if row is None else _shift(row)

    def get(self, shift_id: ShiftId) -> Shift:
        """Return a shift.

        Raises:
            NotStoredError: There is none with this id.
        """
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM shifts WHERE shift_id = ?", (shift_id,)
        ).fetchone()
        if row is None:
            raise NotStoredError("shift", shift_id)
        return _shift(row)

    def list_latest(self, limit: int = 30) -> tuple[Shift, ...]:
        """Return shifts, the newest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM shifts ORDER BY number DESC LIMIT ?", (limit,)
        ).fetchall()
        return tuple(_shift(row) for row in rows)

    def next_number(self) -> int:
        """Return the number for the next shift."""
        row = self._db.execute("SELECT coalesce(max(number), 0) + 1 FROM shifts").fetchone()
        return int(row[0])

    # -------------------------------------------------------------- cash
    def add_movement(self, movement: CashMovement) -> None:
        """Write cash put in or taken out."""
        self._db.execute(
            "INSERT INTO cash_movements (movement_id, shift_id, cashier_id, direction, "
            "amount_minor, reason, occurred_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                movement.movement_id,
                movement.shift_id,
                movement.cashier_id,
                movement.direction.value,
                movement.amount_minor,
                movement.reason,
                to_iso(movement.occurred_at),
            ),
        )
        self._session.touch(Topic.SHIFTS)

    def list_movements(self, shift_id: ShiftId) -> tuple[CashMovement, ...]:
        """Return the cash movements of a shift, the oldest first."""
        rows = self._db.execute(
            "SELECT movement_id, shift_id, cashier_id, direction, amount_minor, reason, occurred_at "
            "FROM cash_movements WHERE shift_id = ? ORDER BY occurred_at, movement_id",
            (shift_id,),
        ).fetchall()
        return tuple(
            CashMovement(
                row[0],
                ShiftId(row[1]),
                StaffId(row[2]),
                CashDirection(row[3]),
                row[4],
                row[5],
                from_iso(row[6]),
            )
            for row in rows
        )


def _values(shift: Shift) -> tuple[Any, ...]:
    return (
        shift.shift_id,
        shift.number,
        shift.cashier_id,
        shift.cashier_name,
        to_iso(shift.opened_at),
        shift.cash_float_minor,
        to_iso(shift.closed_at) if shift.closed_at else None,
        shift.expected_cash_minor,
        shift.counted_cash_minor,
    )


def _shift(row: tuple[Any, ...]) -> Shift:
    return Shift(
        shift_id=ShiftId(row[0]),
        number=row[1],
        cashier_id=StaffId(row[2]),
        cashier_name=row[3],
        opened_at=from_iso(row[4]),
        cash_float_minor=row[5],
        closed_at=from_iso(row[6]) if row[6] else None,
        expected_cash_minor=row[7],
        counted_cash_minor=row[8],
    )
