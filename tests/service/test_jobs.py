"""Periodic work runs once over all processes, is made up for, and is tried again when it fails."""

import logging
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service.db.database import Database, open_database
from app.service.jobs.job import Job, JobContext
from app.service.jobs.runner import JobRunner
from app.service.jobs.table import JOBS
from tests.service.harness import Service

Open = Callable[..., JobRunner]


@pytest.fixture
def processes(service: Service) -> Iterator[Open]:
    """A way to open runners that know nothing of each other but the database.

    On SQLite they share the one database object, as there is one process; on PostgreSQL each has
    its own connections.
    """
    opened: list[tuple[JobRunner, Database | None]] = []

    def open_runner(*jobs: Job) -> JobRunner:
        own = None if service.url.startswith("sqlite") else open_database(service.url)
        context = JobContext(own or service.runtime.database, service.clock, service.ids)
        runner = JobRunner(context, jobs)
        opened.append((runner, own))
        return runner

    yield open_runner
    for runner, own in opened:
        runner.stop()
        if own is not None:
            own.close()


def in_parallel(runners: list[JobRunner]) -> list[int]:
    """Let several runners look what is due at the same time."""
    results = [0] * len(runners)

    def look(index: int) -> None:
        results[index] = runners[index].run_due()

    threads = [threading.Thread(target=look, args=(i,)) for i in range(len(runners))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_names_of_jobs_are_unique_and_intervals_positive() -> None:
    assert len({job.name for job in JOBS}) == len(JOBS)
    assert all(job.interval_s > 0 for job in JOBS)


def test_job_runs_once_over_all_runners_and_again_when_due(
    service: Service, processes: Open
) -> None:
    runs: list[int] = []
    job = Job("test.count", 60, lambda _context: runs.append(1))
    runners = [processes(job) for _ in range(4)]
    assert sum(in_parallel(runners)) == 1
    assert len(runs) == 1
    service.clock.advance(timedelta(seconds=59))
    assert sum(in_parallel(runners)) == 0
    service.clock.advance(timedelta(seconds=1))
    assert sum(in_parallel(runners)) == 1
    assert len(runs) == 2


def test_job_that_is_running_elsewhere_is_left_alone(service: Service, processes: Open) -> None:
    began, go, runs = threading.Event(), threading.Event(), []

    def slow(_context: JobContext) -> None:
        runs.append(1)
        began.set()
        go.wait(60)

    job = Job("test.slow", 60, slow)
    first, second = processes(job), processes(job)
    thread = threading.Thread(target=first.run_due)
    thread.start()
    began.wait(60)
    assert second.run_due() == 0
    go.set()
    thread.join()
    assert len(runs) == 1


def test_job_missed_for_days_runs_once_at_the_start(service: Service, processes: Open) -> None:
    runs: list[int] = []
    job = Job("test.daily", 86_400, lambda _context: runs.append(1))
    assert processes(job).run_due() == 1
    service.clock.advance(timedelta(days=5))
    later = processes(job)
    assert later.run_due() == 1
    assert later.run_due() == 0
    assert len(runs) == 2


def test_failing_job_is_noted_and_tried_again_ever_later(
    service: Service, processes: Open, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [True]

    def fail(_context: JobContext) -> None:
        if broken[0]:
            raise ZeroDivisionError("no way")

    runner = processes(Job("test.fails", 3_600, fail))
    with caplog.at_level(logging.CRITICAL):
        assert runner.run_due() == 1
        service.clock.advance(timedelta(seconds=10))
        assert runner.run_due() == 1
        service.clock.advance(timedelta(seconds=10))
        assert runner.run_due() == 0
    noted = service.rows("SELECT failures, last_error FROM job_runs WHERE name = 'test.fails'")
    assert noted == [(2, "ZeroDivisionError: no way")]
    broken[0] = False
    service.clock.advance(timedelta(seconds=10))
    assert runner.run_due() == 1
    noted = service.rows("SELECT failures, last_error FROM job_runs WHERE name = 'test.fails'")
    assert noted == [(0, None)]


def test_one_failing_job_stops_no_other(service: Service, processes: Open) -> None:
    runs: list[int] = []
    fails = Job("test.fails", 60, lambda _context: 1 // 0)
    runner = processes(fails, Job("test.works", 60, lambda _context: runs.append(1)))
    assert runner.run_due() == 2
    assert runs == [1]


def test_job_of_each_process_runs_in_all_of_them(service: Service, processes: Open) -> None:
    runs: list[int] = []
    job = Job("test.each", 60, lambda _context: runs.append(1), in_each_process=True)
    runners = [processes(job) for _ in range(3)]
    assert in_parallel(runners) == [1, 1, 1]
    assert in_parallel(runners) == [0, 0, 0]
    service.clock.advance(timedelta(seconds=60))
    assert in_parallel(runners) == [1, 1, 1]
    assert service.count("job_runs") == 0


def test_stopping_waits_for_what_runs_and_it_is_run_again(
    service: Service, processes: Open
) -> None:
    began, runs = threading.Event(), []

    def long_work(context: JobContext) -> None:
        began.set()
        context.stopping.wait(60)
        runs.append("broke off" if context.stopping.is_set() else "whole")

    job = Job("test.long", 60, long_work)
    runner = processes(job)
    runner.start()
    began.wait(60)
    runner.stop()
    assert runs == ["broke off"]
    again = processes(Job("test.long", 60, lambda _context: runs.append("whole")))
    assert again.run_due() == 1
    assert runs == ["broke off", "whole"]


def test_started_runner_runs_what_is_due_by_itself(service: Service, processes: Open) -> None:
    ran = threading.Event()
    runner = processes(Job("test.auto", 60, lambda _context: ran.set()))
    runner.start()
    assert ran.wait(60)


def test_service_sweeps_by_its_own_jobs(service: Service, processes: Open) -> None:
    service.reserve(200)
    runner = processes(*JOBS)
    runner.run_due()
    assert service.guest()["reservedBalance"] == 200
    service.clock.advance(timedelta(minutes=31))
    runner.run_due()
    assert service.guest()["reservedBalance"] == 0
    service.assert_clean()


def test_lock_is_let_go_when_its_holder_fails(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'x.sqlite3'}")

    def hold_and_fail() -> None:
        with database.try_lock("a") as held, database.try_lock("a") as second:
            with database.try_lock("b") as other:
                assert (held, second, other) == (True, False, True)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        hold_and_fail()
    with database.try_lock("a") as again:
        assert again
    database.close()


def test_context_gives_whole_milliseconds(service: Service) -> None:
    clock = ManualClock(service.clock.now() + timedelta(microseconds=1234))
    context = JobContext(service.runtime.database, clock, SystemIds(clock))
    assert context.now().microsecond % 1000 == 0
