"""The service as a process: SIGTERM lets what is under way be finished, and nothing acknowledged is lost.

A request is surely under way when half of its body has been sent: the service has its head, and waits.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from app.service import commands
from app.service.db.engine import parse_url

ROOT = Path(__file__).parents[3]
REGISTER = "/api/pos-integration/till/create-guest"

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM is a POSIX way to end")


class Running:
    """A service that was started."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process = process
        self.url = url
        self.host, port = url.removeprefix("http://").split(":")
        self.port = int(port)


@contextmanager
def running(url: str, home: Path, *options: str, **more: str) -> Iterator[Running]:
    """Start the command and stop it at the end."""
    environment = os.environ | {"MAXLOYALTY_HOME": str(home), **more}
    errors = (home / "errors.log").open("w", encoding="utf-8")
    command = [sys.executable, "-m", "app", "service", "--port", "0", "--database", url, *options]
    with (
        errors,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            yield Running(process, json.loads(process.stdout.readline())["url"])
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=90)


def _workers(url: str) -> list[list[str]]:
    return [[]] if url.startswith("sqlite") else [["--workers", "2"]]


def half_sent(service: Running, key: str, body: bytes, name: str) -> socket.socket:
    """Begin a request and send half of its body."""
    connection = socket.create_connection((service.host, service.port), timeout=60)
    head = (
        f"POST {REGISTER} HTTP/1.1\r\nHost: x\r\nX-API-Key: {key}\r\nIdempotency-Key: {name}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + body[: len(body) // 2])
    return connection


def answer_of(connection: socket.socket) -> tuple[int, dict[str, Any]]:
    """Read a whole answer."""
    received = b""
    while chunk := connection.recv(65_536):
        received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        lengths = [
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        ]
        if lengths and len(body) >= lengths[0]:
            return int(head.split()[1]), json.loads(body)
    raise AssertionError(f"the answer ended early: {received!r}")


def wait_until_refused(service: Running) -> None:
    """Wait until nobody takes connections any more: then the end has begun."""
    pause = threading.Event()
    for _ in range(600):
        try:
            socket.create_connection((service.host, service.port), timeout=5).close()
        except OSError:
            return
        pause.wait(0.05)
    raise AssertionError("the service goes on taking connections")


def guests_with(url: str, prefix: str) -> set[str]:
    engine = sa.create_engine(parse_url(url))
    try:
        with engine.connect() as connection:
            rows = connection.execute(
                sa.text("SELECT phone FROM guests WHERE phone LIKE :like"), {"like": f"{prefix}%"}
            )
            return {row[0] for row in rows}
    finally:
        engine.dispose()


@pytest.mark.slow
def test_requests_under_way_are_finished_and_the_end_is_in_order(
    empty_url: str, tmp_path: Path
) -> None:
    seeded = commands.seed(empty_url, sandbox=True)
    bodies = {f"7955000{n:04}": json.dumps({"phone": f"+7955000{n:04}"}).encode() for n in range(8)}
    for options in _workers(empty_url):
        with running(empty_url, tmp_path, *options) as service, ExitStack() as connections:
            assert httpx.get(f"{service.url}/readyz", timeout=90).json()["status"] == "ok"
            begun = {
                phone: connections.enter_context(half_sent(service, seeded["tillKey"], body, phone))
                for phone, body in bodies.items()
            }
            # Each worker has taken its share: another request is answered behind them.
            assert httpx.get(f"{service.url}/healthz", timeout=90).status_code == 200
            threading.Event().wait(0.5)
            service.process.send_signal(signal.SIGTERM)
            wait_until_refused(service)
            for phone, connection in begun.items():
                connection.sendall(bodies[phone][len(bodies[phone]) // 2 :])
            answers = {phone: answer_of(connection) for phone, connection in begun.items()}
            connections.close()
            status = service.process.wait(timeout=90)
        log = (tmp_path / "errors.log").read_text(encoding="utf-8")
        assert status == 0, log
        assert {status for status, _ in answers.values()} == {200}, answers
        assert guests_with(empty_url, "7955000") == set(bodies)
        lines = [json.loads(line) for line in log.splitlines()]
        assert all("Traceback" not in str(line) for line in lines)
        assert not any(phone in log for phone in bodies)


@pytest.mark.slow
def test_whatever_was_acknowledged_before_the_end_is_there(empty_url: str, tmp_path: Path) -> None:
    seeded = commands.seed(empty_url, sandbox=True)
    acknowledged: set[str] = set()
    attempted: set[str] = set()
    enough = threading.Event()

    def register(url: str, lane: int) -> None:
        headers = {"X-API-Key": seeded["tillKey"]}
        with httpx.Client(base_url=url, headers=headers, timeout=60) as client:
            for number in range(400):
                phone = f"79561{lane}{number:05}"
                attempted.add(phone)
                try:
                    answer = client.post(REGISTER, json={"phone": f"+{phone}"})
                except httpx.HTTPError:
                    return
                if answer.status_code == 200:
                    acknowledged.add(phone)
                if len(acknowledged) >= 40:
                    enough.set()

    options = _workers(empty_url)[0]
    with running(empty_url, tmp_path, *options, MAXLOYALTY_RATE_LIMITS="0") as service:
        lanes = [threading.Thread(target=register, args=(service.url, lane)) for lane in range(4)]
        for lane in lanes:
            lane.start()
        assert enough.wait(120), (tmp_path / "errors.log").read_text(encoding="utf-8")
        service.process.send_signal(signal.SIGTERM)
        status = service.process.wait(timeout=90)
        for lane in lanes:
            lane.join()
    assert status == 0, (tmp_path / "errors.log").read_text(encoding="utf-8")
    kept = guests_with(empty_url, "79561")
    assert acknowledged <= kept <= attempted
    assert commands.audit(empty_url)["ok"]


@pytest.mark.slow
def test_workers_add_up_their_figures(empty_url: str, tmp_path: Path) -> None:
    commands.seed(empty_url, sandbox=True)
    options = _workers(empty_url)[0]
    # Without keep-alive each request may meet another worker.
    with (
        running(empty_url, tmp_path, *options) as service,
        httpx.Client(headers={"Connection": "close"}, timeout=90) as client,
    ):
        for _ in range(30):
            assert client.get(f"{service.url}/errors/NOT_FOUND").status_code == 200
        text = client.get(f"{service.url}/metrics").text
    labels = 'method="GET",route="/errors/{code}",status="200"'
    assert f"maxloyalty_requests_total{{{labels}}} 30.0" in text
    assert f"maxloyalty_processes {2.0 if options else 1.0}" in text


@pytest.mark.parametrize(
    ("settings", "options", "said"),
    [
        ({"MAXLOYALTY_LOG_LEVEL": "loud"}, [], "MAXLOYALTY_LOG_LEVEL"),
        ({"MAXLOYALTY_DATABASE_URL": "mysql://x/y"}, [], "mysql"),
        ({}, ["--database", "postgresql://nobody:secret-word@127.0.0.1:1/x"], "127.0.0.1"),
    ],
)
def test_what_keeps_the_service_from_starting_is_told_in_words(
    tmp_path: Path, settings: dict[str, str], options: list[str], said: str
) -> None:
    environment = os.environ | {"MAXLOYALTY_HOME": str(tmp_path), **settings}
    done = subprocess.run(
        [sys.executable, "-m", "app", "service", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-word" not in done.stderr
