"""A PostgreSQL that stops, crashes and comes back: calls are refused with 503 and then work again."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.engine import Connection

from app.kernel.clock import ManualClock
from app.kernel.ids import SystemIds
from app.service import commands
from app.service.http.app import create_app
from app.service.settings import ServiceSettings
from tests.service.harness import MARIA, START, Service, finalize, open_client
from tests.service.postgres import PostgresServer

POINTS = "/api/pos-integration/till/"


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """A server that only these tests stop and start."""
    # It is made to crash: what it has said must be on the disk.
    made = PostgresServer({"shared_buffers": "64MB", "max_connections": "100"})
    yield made
    made.close()


@pytest.fixture
def alone(server: PostgresServer) -> Iterator[Service]:
    """A service on that server."""
    server.sql("DROP DATABASE IF EXISTS alone WITH (FORCE)")
    server.sql("CREATE DATABASE alone")
    clock, url = ManualClock(START), server.url("alone")
    seeded = commands.seed(url, sandbox=True, clock=clock)
    settings = ServiceSettings(url, runs_jobs=False, logs_requests=False, limits_rates=False)
    app = create_app(settings, clock, SystemIds(clock))
    with open_client(app) as client:
        yield Service(client, clock, url, seeded, app.state.runtime)


@pytest.mark.parametrize("abruptly", [False, True])
def test_calls_are_refused_while_it_is_gone_and_work_when_it_is_back(
    server: PostgresServer, alone: Service, abruptly: bool
) -> None:
    reservation = alone.reserve(200)
    server.stop(abruptly=abruptly)
    try:
        for name, body in (
            ("search-guest", {"code6Digit": "482913"}),
            ("finalize-points", finalize(reservation)),
        ):
            answer = alone.call(name, body, key=f"gone-{name}")
            assert answer.status_code == 503, answer.text
            assert answer.json()["errorCode"] == "SERVICE_UNAVAILABLE"
            assert answer.headers["retry-after"]
        assert alone.client.get("/readyz").status_code == 503
        assert alone.client.get("/healthz").status_code == 200
    finally:
        server.start()
    assert alone.ok("search-guest", {"code6Digit": "482913"})["found"]
    assert alone.ok("finalize-points", finalize(reservation), key="gone-finalize-points")
    assert alone.client.get("/readyz").status_code == 200
    alone.assert_clean()


def test_lost_connections_of_an_idle_service_cost_no_call(
    server: PostgresServer, alone: Service
) -> None:
    reservation = alone.reserve(200)
    server.stop()
    server.start()
    assert alone.ok("finalize-points", finalize(reservation))["success"]
    alone.assert_clean()


@pytest.mark.parametrize("may_be_lost", [False, True])
def test_lost_connections_cost_no_work(
    server: PostgresServer, alone: Service, may_be_lost: bool
) -> None:
    """Nothing of it was done: it is begun anew, whether it waits for the disk or not."""
    database = alone.runtime.database

    def ask(connection: Connection) -> int:
        return connection.exec_driver_sql("SELECT 6 * 7").scalar_one()

    database.write(ask).result()
    server.stop()
    server.start()
    assert database.write(ask, may_be_lost=may_be_lost).result() == 42


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a POSIX way to end a process")
def test_two_processes_serve_one_card_and_one_key(
    server: PostgresServer, alone: Service, tmp_path: Path
) -> None:
    """Sixty callers, two workers: points are spent once, a key takes effect once."""
    run = f"import sys; from app.service.serving import run_service; sys.exit(run_service('127.0.0.1', 0, {alone.url!r}, 2))"
    with subprocess.Popen(
        [sys.executable, "-c", run],
        cwd=Path(commands.__file__).parents[2],
        env=os.environ | {"MAXLOYALTY_HOME": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        base = json.loads(process.stdout.readline())["url"]
        try:
            _crowd(base, alone)
        finally:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=90)
    assert process.returncode == 0
    alone.assert_clean()


def _crowd(base: str, alone: Service) -> None:
    def post(name: str, body: dict[str, Any], key: str) -> httpx.Response:
        headers = {"X-API-Key": alone.seeded["tillKey"], "Idempotency-Key": key}
        # A connection for each call: the processes take them in turn.
        return httpx.post(f"{base}{POINTS}{name}", json=body, headers=headers, timeout=120)

    def reserve(number: int) -> int:
        order = {"guestCardId": MARIA, "orderId": f"crowd-{number}", "checkAmount": 3000}
        return post("reserve-points", order | {"pointsToSpend": 100}, f"r{number}").status_code

    def earn(_number: int) -> bool:
        answer = post("finalize-points", finalize(None, "same", 100), "same")
        assert answer.status_code == 200, answer.text
        return bool(answer.json()["alreadyProcessed"])

    with ThreadPoolExecutor(60) as pool:
        assert sorted(pool.map(reserve, range(60))) == [200] * 8 + [422] * 52
        assert list(pool.map(earn, range(60))).count(False) == 1
    held = alone.guest()
    assert (held["totalBalance"], held["reservedBalance"]) == (50, 800)


def test_several_processes_were_there(server: PostgresServer, alone: Service) -> None:
    """What a worker needs is all in the database: two applications share nothing else."""
    clock = alone.clock
    settings = ServiceSettings(alone.url, runs_jobs=False, logs_requests=False, limits_rates=False)
    app = create_app(settings, clock, SystemIds(clock))
    with open_client(app) as client:
        other = Service(client, clock, alone.url, alone.seeded, app.state.runtime)
        reservation = alone.reserve(200)
        first = other.ok("finalize-points", finalize(reservation), key="k")
        again = alone.ok("finalize-points", finalize(reservation), key="k")
    assert again == first | {"alreadyProcessed": True}
