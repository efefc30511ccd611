"""Runs what is due, each job once over all processes, and makes up for what was missed.

Every process has a runner. When a job is due, the runners try for the job's lock; who gets it looks
again whether the job is still due, runs it, and notes when it is due next. A process that dies lets
go of the lock, and the job is still due. A service that was down runs what was missed once, at its
start.
"""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta

from app.service.jobs.job import Job, JobContext
from app.service.jobs.repository import due_time, due_times, note_failure, note_success

_log = logging.getLogger(__name__)

_LOOK_AGAIN_S = 60.0
_SHORTEST_S = 0.05
_LEAVE_ALONE = timedelta(seconds=5)


class JobRunner:
    """The jobs of one process: a thread that looks what is due, and a few that run it.

    Args:
        context: What the jobs work with; its `stopping` is set by `stop`.
        jobs: All of them; names are unique.
    """

    def __init__(self, context: JobContext, jobs: Sequence[Job]) -> None:
        assert len({job.name for job in jobs}) == len(jobs), "names are unique"
        self._context = context
        self._jobs = jobs
        self._local_due: dict[str, datetime] = {}
        self._running: dict[str, Future[bool]] = {}
        self._wake = threading.Event()
        # A thread for each, so that a long one keeps no short one waiting; made when needed.
        self._pool = ThreadPoolExecutor(max(1, len(jobs)), thread_name_prefix="job")
        self._thread = threading.Thread(target=self._loop, name="jobs", daemon=True)

    def start(self) -> None:
        """Begin to look for what is due."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more and wait for what runs."""
        self._context.stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True)

    def run_due(self) -> int:
        """Run everything that is due now, wait for it, and return how many jobs ran here."""
        return sum(future.result() for future in self._start_due())

    def run_now(self, name: str) -> None:
        """Run a job on the calling thread whether it is due or not; it may raise."""
        (job,) = (job for job in self._jobs if job.name == name)
        job.run(self._context)

    def _loop(self) -> None:
        while not self._context.stopping.is_set():
            self._wake.clear()
            try:
                self._start_due()
                pause = self._pause_s()
            except Exception:  # noqa: BLE001 - the edge of the thread: it looks again later
                _log.exception("could not look for jobs that are due")
                pause = 1.0
            self._wake.wait(pause)

    def _start_due(self) -> list[Future[bool]]:
        now = self._context.now()
        self._running = {name: run for name, run in self._running.items() if not run.done()}
        due = self._due_of_all()
        for job in self._jobs:
            idle = job.name not in self._running
            if idle and due.get(job.name, now) <= now and not self._context.stopping.is_set():
                self._running[job.name] = self._pool.submit(self._run, job)
        return list(self._running.values())

    def _due_of_all(self) -> dict[str, datetime]:
        due = self._context.database.read(due_times).result()
        for name, local in self._local_due.items():
            due[name] = max(local, due.get(name, local))
        return due

    def _pause_s(self) -> float:
        """Return how long nothing will be due, as far as is known; a job that ends wakes us."""
        now, due = self._context.now(), self._due_of_all()
        waits = [
            (due.get(job.name, now) - now).total_seconds()
            for job in self._jobs
            if job.name not in self._running
        ]
        return max(_SHORTEST_S, min([*waits, _LOOK_AGAIN_S]))

    def _run(self, job: Job) -> bool:
        try:
            if job.in_each_process:
                return self._run_here(job)
            return self._run_locked(job)
        except Exception:  # noqa: BLE001 - the edge of the thread: the job is still due
            _log.exception("the run of job %s could not be noted", job.name)
            self._context.stopping.wait(1.0)
            return False
        finally:
            self._wake.set()

    def _run_here(self, job: Job) -> bool:
        try:
            job.run(self._context)
        except Exception:  # noqa: BLE001 - the edge of a job: it is tried again
            _log.exception("job %s failed", job.name)
        self._local_due[job.name] = self._context.now() + timedelta(seconds=job.interval_s)
        return True

    def _run_locked(self, job: Job) -> bool:
        database, started = self._context.database, self._context.now()
        with database.try_lock(f"job/{job.name}") as held:
            if not held:
                # Another process is at it, and will note in the table when it is due next.
                self._local_due[job.name] = started + _LEAVE_ALONE
                return False
            due = database.read(lambda connection: due_time(connection, job.name)).result()
            if due is not None and due > started:
                return False
            self._run_and_note(job, started)
            return True

    def _run_and_note(self, job: Job, started: datetime) -> None:
        database, pause = self._context.database, timedelta(seconds=job.interval_s)
        why: str | None = None
        try:
            job.run(self._context)
        except Exception as error:  # noqa: BLE001 - the edge of a job: noted and tried again
            _log.exception("job %s failed", job.name)
            why = f"{type(error).__name__}: {error}"
        now = self._context.now()
        if why is not None:
            said = why
            database.write(
                lambda connection: note_failure(connection, job.name, started, now, pause, said)
            ).result()
        elif not self._context.stopping.is_set():
            database.write(
                lambda connection: note_success(connection, job.name, started, now, pause)
            ).result()
