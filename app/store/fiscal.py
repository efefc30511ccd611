"""What the fiscal register is to do, on disk: one queue, worked off in order, urgent things first.

A task that waits for a person (FAILED, or asked for without a clear answer) does not hold up those
behind it. The Z report waits for every receipt of its shift, and those behind it do not wait for it
while it does.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import RefundId, SaleId, ShiftId
from app.store.codec import dumps, loads
from app.store.errors import NotStoredError
from app.store.rows import FiscalKind, FiscalState, FiscalTask
from app.store.session import Session, Topic

#: `error_code` of a task in state UNKNOWN that the register could not tell about: a person compares.
UNCERTAIN: Final = "fiscal.uncertain"

_COLUMNS: Final = (
    "task_id, kind, shift_id, amount_minor, payload, created_at, urgent, sale_id, refund_id, state, "
    "attempts, not_before, error_code, error_ru, error_en, finished_at, document, sequence"
)
_OPEN: Final = "state NOT IN ('done', 'cancelled')"
_RUNS: Final = (
    "state IN ('queued', 'running', 'unknown', 'unprinted') "
    f"AND NOT (state = 'unknown' AND error_code = '{UNCERTAIN}')"
)
#: Receipts of which it is not known that they were made.
_UNMADE: Final = (
    "kind IN ('sale', 'refund') AND state IN ('queued', 'running', 'unknown', 'failed')"
)


class FiscalRepository:
    """The tasks of the fiscal register. States are written in durable units only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def add(self, task: FiscalTask) -> None:
        """Put a task at the end of the queue.

        Raises:
            AlreadyStoredError: Its id was used before (raised when the unit ends).
        """
        self._db.execute(
            "INSERT INTO fiscal_tasks (task_id, kind, shift_id, amount_minor, payload, created_at, "
            "urgent, sale_id, refund_id, state, attempts, not_before, error_code, error_ru, "
            "error_en, finished_at, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                task.task_id,
                task.kind.value,
                task.shift_id,
                task.amount_minor,
                dumps(task.payload),
                to_iso(task.created_at),
                task.urgent,
                task.sale_id,
                task.refund_id,
                task.state.value,
                task.attempts,
                _moment(task.not_before),
                task.error_code,
                task.error_ru,
                task.error_en,
                _moment(task.finished_at),
                None if task.document is None else dumps(task.document),
            ),
        )
        self._session.touch(Topic.FISCAL)

    def set_state(
        self,
        task_id: str,
        state: FiscalState,
        *,
        attempts: int | None = None,
        not_before: datetime | None = None,
        error: tuple[str, str, str] = ("", "", ""),
        finished_at: datetime | None = None,
        document: Mapping[str, Any] | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> None:
        """Write what became of a task; None leaves attempts, document and payload as they are.

        Args:
            task_id: Which.
            state: Where it stands now.
            attempts: How often it was tried.
            not_before: When it may be tried again.
            error: Code and sentences of what is in the way.
            finished_at: When it was made or given up.
            document: What the register answered.
            payload: What it shall be told instead.

        Raises:
            NotStoredError: There is no such task.
        """
        done = self._db.execute(
            "UPDATE fiscal_tasks SET state = ?, attempts = coalesce(?, attempts), not_before = ?, "
            "error_code = ?, error_ru = ?, error_en = ?, finished_at = ?, "
            "document = coalesce(?, document), payload = coalesce(?, payload) WHERE task_id = ?",
            (
                state.value,
                attempts,
                _moment(not_before),
                *error,
                _moment(finished_at),
                None if document is None else dumps(document),
                None if payload is None else dumps(payload),
                task_id,
            ),
        )
        if done.rowcount != 1:
            raise NotStoredError("fiscal task", task_id)
        self._session.touch(Topic.FISCAL)

    def requeue_failed(self, error_code: str) -> int:
        """Queue again what failed for one reason, which is gone; return how many."""
        done = self._db.execute(
            "UPDATE fiscal_tasks SET state = 'queued', not_before = NULL, error_code = '', "
            "error_ru = '', error_en = '' WHERE state = 'failed' AND error_code = ?",
            (error_code,),
        )
        if done.rowcount:
            self._session.touch(Topic.FISCAL)
        return done.rowcount

    def find(self, task_id: str) -> FiscalTask | None:
        """Return a task, or None."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM fiscal_tasks WHERE task_id = ?", (task_id,)
        ).fetchone()
        return None if row is None else _task(row)

    def find_next(self, now: datetime) -> FiscalTask | None:
        """Return the task at the head of the queue if its time has come, else None."""
        head = self.find_head()
        return None if head is None or (head.not_before and head.not_before > now) else head

    def find_head(self) -> FiscalTask | None:
        """Return the task that is done next, whether or not its time has come."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM fiscal_tasks WHERE {_RUNS} ORDER BY urgent DESC, sequence"
        )
        for row in rows:
            task = _task(row)
            waits = task.kind is FiscalKind.SHIFT_CLOSE and not task.urgent
            if not (waits and self.count_unmade(task.shift_id)):
                return task
        return None

    def list_open(self) -> tuple[FiscalTask, ...]:
        """Return what is not done yet, in the order it will be done."""
        return self._list(f"{_OPEN} ORDER BY urgent DESC, sequence")

    def find_by_sale(self, sale_id: SaleId) -> FiscalTask | None:
        """Return the task of a sale's own receipt, or None."""
        found = self._list("sale_id = ? AND kind = 'sale' ORDER BY sequence DESC LIMIT 1", sale_id)
        return found[0] if found else None

    def list_refunds(self, sale_id: SaleId) -> tuple[FiscalTask, ...]:
        """Return the tasks of a sale's refunds, the oldest first."""
        return self._list("sale_id = ? AND kind = 'refund' ORDER BY sequence", sale_id)

    def list_by_shift(self, shift_id: ShiftId) -> tuple[FiscalTask, ...]:
        """Return the tasks of a shift in their order."""
        return self._list("shift_id = ? ORDER BY sequence", shift_id)

    def count_open(self) -> int:
        """Return how many tasks are not done yet."""
        return self._count(_OPEN)

    def count_unmade(self, shift_id: ShiftId | None = None) -> int:
        """Return how many receipts are not known to be made, of one shift or of all."""
        if shift_id is None:
            return self._count(_UNMADE)
        return self._count(f"{_UNMADE} AND shift_id = ?", shift_id)

    def count_held_up(self, shift_id: ShiftId) -> int:
        """Return how many receipts of a shift are not made because something is in the way."""
        return self._count(f"{_UNMADE} AND error_code != '' AND shift_id = ?", shift_id)

    def storage_number(self) -> str:
        """Return the number of the fiscal storage of the last document, '' before the first one."""
        row = self._db.execute(
            "SELECT json_extract(document, '$.fn') FROM fiscal_tasks "
            "WHERE json_extract(document, '$.fn') != '' ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        return str(row[0]) if row else ""

    def trim(self, before: datetime) -> int:
        """Remove what was finished before a moment; return how many.

        The receipts of sales stay: a refund gives back what they say.
        """
        done = self._db.execute(
            "DELETE FROM fiscal_tasks WHERE state IN ('done', 'cancelled') AND finished_at < ? "
            "AND kind != 'sale'",
            (to_iso(before),),
        )
        return done.rowcount

    def _list(self, condition: str, *values: str) -> tuple[FiscalTask, ...]:
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM fiscal_tasks WHERE {condition}", values
        ).fetchall()
        return tuple(_task(row) for row in rows)

    def _count(self, condition: str, *values: str) -> int:
        row = self._db.execute(
            f"SELECT count(*) FROM fiscal_tasks WHERE {condition}", values
        ).fetchone()
        return int(row[0])


def _moment(moment: datetime | None) -> str | None:
    return to_iso(moment) if moment else None


def _task(row: tuple[Any, ...]) -> FiscalTask:
    return FiscalTask(
        task_id=row[0],
        kind=FiscalKind(row[1]),
        shift_id=ShiftId(row[2]),
        amount_minor=row[3],
        payload=loads(row[4]),
        created_at=from_iso(row[5]),
        urgent=bool(row[6]),
        sale_id=SaleId(row[7]) if row[7] else None,
        refund_id=RefundId(row[8]) if row[8] else None,
        state=FiscalState(row[9]),
        attempts=row[10],
        not_before=from_iso(row[11]) if row[11] else None,
        error_code=row[12],
        error_ru=row[13],
        error_en=row[14],
        finished_at=from_iso(row[15]) if row[15] else None,
        document=loads(row[16]) if row[16] else None,
        sequence=row[17],
    )
