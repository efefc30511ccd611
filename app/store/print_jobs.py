"""The print queue on disk, one line of jobs for each printer (D5)."""

from datetime import datetime
from typing import Any, Final

from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import SaleId
from app.store.codec import dumps, loads
from app.store.errors import NotStoredError
from app.store.rows import Json, PrintJob, PrintState
from app.store.session import Session, Topic

_COLUMNS: Final = (
    "job_id, printer, kind, payload, created_at, is_copy, state, attempts, not_before, last_error, "
    "sale_id, sequence, wanted_at, is_late"
)
#: `last_error` of a job that was withdrawn before anybody could read it.
WITHDRAWN: Final = "withdrawn"
_WAITING: Final = "state IN ('queued', 'printing', 'failed')"


class PrintJobRepository:
    """Jobs of one printer are printed in the order they were added."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def add(self, job: PrintJob) -> None:
        """Put a job at the end of its printer's queue."""
        self._db.execute(
            "INSERT INTO print_jobs (job_id, printer, kind, payload, created_at, is_copy, state, "
            "attempts, not_before, last_error, sale_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                job.job_id,
                job.printer,
                job.kind,
                dumps(job.payload),
                to_iso(job.created_at),
                job.is_copy,
                job.state.value,
                job.attempts,
                to_iso(job.not_before) if job.not_before else None,
                job.last_error,
                job.sale_id,
            ),
        )
        self._session.touch(Topic.PRINT_JOBS)

    def find_next(self, printer: str, now: datetime) -> PrintJob | None:
        """Return the job at the head of a printer's queue if its time has come, else None.

        A failed job does not hold up those behind it.
        """
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM print_jobs WHERE printer = ? AND {_WAITING} "
            "AND state != 'failed' ORDER BY sequence LIMIT 1",
            (printer,),
        ).fetchone()
        if row is None:
            return None
        job = _job(row)
        return None if job.not_before and job.not_before > now else job

    def set_state(
        self,
        job_id: str,
        state: PrintState,
        *,
        attempts: int | None = None,
        not_before: datetime | None = None,
        last_error: str = "",
    ) -> None:
        """Write what became of a job; `attempts` None leaves the count.

        Raises:
            NotStoredError: There is no such job.
        """
        done = self._db.execute(
            "UPDATE print_jobs SET state = ?, attempts = coalesce(?, attempts), not_before = ?, "
            "last_error = ? WHERE job_id = ?",
            (
                state.value,
                attempts,
                to_iso(not_before) if not_before else None,
                last_error,
                job_id,
            ),
        )
        if done.rowcount != 1:
            raise NotStoredError("print job", job_id)
        self._session.touch(Topic.PRINT_JOBS)

    def claim(self, job: PrintJob, last_error: str) -> bool:
        """Mark a job as being printed, unless somebody took it away since it was read."""
        done = self._db.execute(
            "UPDATE print_jobs SET state = 'printing', attempts = ?, not_before = NULL, "
            "last_error = ? WHERE job_id = ? AND printer = ? AND state IN ('queued', 'printing')",
            (job.attempts + 1, last_error, job.job_id, job.printer),
        )
        self._session.touch(Topic.PRINT_JOBS)
        return done.rowcount == 1

    def want(self, job_id: str, at: datetime, *, is_late: bool) -> None:
        """Note that a person asks for a job now; its age counts from here.

        Args:
            job_id: Which one.
            at: Now.
            is_late: It is to be marked as late on paper.
        """
        self._db.execute(
            "UPDATE print_jobs SET wanted_at = ?, is_late = ? WHERE job_id = ?",
            (to_iso(at), is_late, job_id),
        )
        self._session.touch(Topic.PRINT_JOBS)

    def withdraw(self, job_id: str, begun: str) -> bool:
        """Cancel a job of which nothing can be on paper; tell whether it was one.

        Args:
            job_id: Which one.
            begun: Begins `last_error` of jobs of which some paper may be out.
        """
        done = self._db.execute(
            "UPDATE print_jobs SET state = 'cancelled', last_error = ? WHERE job_id = ? "
            "AND state IN ('queued', 'failed') AND substr(last_error, 1, ?) != ?",
            (WITHDRAWN, job_id, len(begun), begun),
        )
        self._session.touch(Topic.PRINT_JOBS)
        return done.rowcount == 1

    def move(self, job: PrintJob, printer: str, payload: Json, last_error: str) -> None:
        """Put a job into the queue of another printer, in the place that its age gives it.

        Args:
            job: As it is.
            printer: The other one.
            payload: What it prints instead.
            last_error: Tells whether some of it may be on paper.

        Raises:
            NotStoredError: There is no such job.
        """
        done = self._db.execute(
            "UPDATE print_jobs SET printer = ?, payload = ?, state = 'queued', attempts = 0, "
            "not_before = NULL, last_error = ? WHERE job_id = ?",
            (printer, dumps(payload), last_error, job.job_id),
        )
        if done.rowcount != 1:
            raise NotStoredError("print job", job.job_id)
        self._session.touch(Topic.PRINT_JOBS)

    def find(self, job_id: str) -> PrintJob | None:
        """Return a job, or None."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM print_jobs WHERE job_id = ?", (job_id,)
        ).fetchone()
        return None if row is None else _job(row)

    def list_waiting(self, printer: str | None = None) -> tuple[PrintJob, ...]:
        """Return what is not printed yet, of one printer or of all, in order."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM print_jobs WHERE {_WAITING} AND (?1 IS NULL OR printer = ?1) "
            "ORDER BY sequence",
            (printer,),
        ).fetchall()
        return tuple(_job(row) for row in rows)

    def list_by_sale(self, sale_id: SaleId) -> tuple[PrintJob, ...]:
        """Return all jobs of a sale, printed or not, in order."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM print_jobs WHERE sale_id = ? ORDER BY sequence", (sale_id,)
        ).fetchall()
        return tuple(_job(row) for row in rows)

    def list_printers(self) -> tuple[str, ...]:
        """Return the printers that have something waiting."""
        rows = self._db.execute(
            f"SELECT DISTINCT printer FROM print_jobs WHERE {_WAITING} ORDER BY printer"
        ).fetchall()
        return tuple(row[0] for row in rows)

    def count_waiting(self) -> int:
        """Return how many jobs are not printed yet."""
        row = self._db.execute(f"SELECT count(*) FROM print_jobs WHERE {_WAITING}").fetchone()
        return int(row[0])

    def trim(self, before: datetime) -> int:
        """Remove printed and cancelled jobs from before a moment; return how many."""
        done = self._db.execute(
            "DELETE FROM print_jobs WHERE state IN ('done', 'cancelled') AND created_at < ?",
            (to_iso(before),),
        )
        return done.rowcount


def _job(row: tuple[Any, ...]) -> PrintJob:
    return PrintJob(
        job_id=row[0],
        printer=row[1],
        kind=row[2],
        payload=loads(row[3]),
        created_at=from_iso(row[4]),
        is_copy=bool(row[5]),
        state=PrintState(row[6]),
        attempts=row[7],
        not_before=from_iso(row[8]) if row[8] else None,
        last_error=row[9],
        sale_id=SaleId(row[10]) if row[10] else None,
        sequence=row[11],
        wanted_at=from_iso(row[12]) if row[12] else None,
        is_late=bool(row[13]),
    )
