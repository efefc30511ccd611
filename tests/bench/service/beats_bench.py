"""Heartbeats of ten thousand tills, and webhook deliveries: how many, and what they cost two workers.

Run: python -m tests.bench.service.beats_bench [--seconds N] [--events N] [--json FILE]

PostgreSQL keeps what it says. Tills first send as fast as they can, then as often as they do (10 000 at
60 s are 167 a second), and the processor time of the service is told for each heartbeat, less what it
uses at rest. Then events that wait are delivered to a receiver of this process. It needs `wrk`.
"""

import argparse
import asyncio
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

from app.kernel.clock import SystemClock
from app.service.plugins.heartbeats import GATHER_S
from app.service.webhooks.targets import (
    ALLOW_HTTP_VARIABLE,
    ALLOW_NETWORKS_VARIABLE,
    ALLOW_PORTS_VARIABLE,
)
from tests.bench.report import Figure, finish
from tests.bench.service.stand import TENANT, Stand, postgres_stand, running_service

_HERE: Final = Path(__file__).parent
_TILLS: Final = 10_000
_THREADS: Final = 16
_CONNECTIONS: Final = 512
_SUBSCRIPTIONS: Final = 3
_DELIVERED_IN_S: Final = 300
_EVERY_S: Final = 60
_TICKS: Final = os.sysconf("SC_CLK_TCK")
_ANSWER: Final = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"


def add_tills(stand: Stand) -> None:
    """Add ten thousand tills with keys that the script knows."""
    assert stand.server is not None
    now = int(SystemClock().now().timestamp() * 1000)
    rows = ",".join(
        f"('bench-till-{n}', '{hashlib.sha256(f'tlk_bench_{n:07d}'.encode()).hexdigest()}')"
        for n in range(_TILLS)
    )
    statements = (
        "CREATE TABLE bench_tills (id text, key_hash text);"  # noqa: S608 - our own names
        f"INSERT INTO bench_tills VALUES {rows};"
        "INSERT INTO installations (id, tenant_id, kind, name, created_at) "
        f"SELECT id, '{TENANT}', 'till', id, {now} FROM bench_tills;"
        "INSERT INTO api_keys (id, tenant_id, installation_id, key_hash, key_hint, created_at) "
        f"SELECT 'k-' || id, '{TENANT}', id, key_hash, 'tlk', {now} FROM bench_tills;"
        "ANALYZE"
    )
    stand.server.sql(statements, "bench")


def wrk_beats(base: str, seconds: int, pause_ms: int) -> dict[str, float]:
    """Send heartbeats with a pause behind each answer; return what came out."""
    program = shutil.which("wrk")
    assert program, "install wrk"
    wide = [f"-t{_THREADS}", f"-c{_CONNECTIONS}", f"-d{seconds}s", "--latency"]
    script = ["-s", str(_HERE / "beats.lua"), base, "--", str(_TILLS), str(pause_ms)]
    done = subprocess.run([program, *wide, *script], capture_output=True, text=True, check=True)
    found = re.search(r"^RESULT (.*)$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    result: dict[str, float] = json.loads(found.group(1))
    assert result["beats"], "the service has answered nothing"
    assert not result["wrong"], done.stderr
    result["rate"] = result["beats"] / result["seconds"]
    return result


def cpu_s(pid: int) -> float:
    """Return the processor seconds of a process and of those it has started."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    # After the name in brackets: fields 3 and on, proc(5).
    rest = fields.rpartition(")")[2].split()
    own = (int(rest[11]) + int(rest[12])) / _TICKS
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return own + sum(cpu_s(int(child)) for task in tasks for child in task.read_text().split())


def beats_figures(base: str, pid: int, seconds: int) -> list[Figure]:
    """Measure heartbeats as fast as they come, then at the pace of the tills."""
    clock = SystemClock()
    most = wrk_beats(base, seconds, 0)
    clock.sleep(2)
    before = cpu_s(pid)
    clock.sleep(seconds)
    resting = (cpu_s(pid) - before) / seconds
    before = cpu_s(pid)
    # Half the gathering is waited for on average, beside the pause.
    pause_ms = round(1000 * (_CONNECTIONS * _EVERY_S / _TILLS - GATHER_S / 2))
    paced = wrk_beats(base, seconds, pause_ms)
    spent = cpu_s(pid) - before - resting * paced["seconds"]
    beat_ms = 1000 * spent / paced["beats"]
    return [
        Figure("heartbeats, as fast as they come", most["rate"], "a second"),
        Figure("service at rest, all processes", 100 * resting, "% of a core"),
        Figure("heartbeats, as tills send them", paced["rate"], "a second"),
        Figure("processor time of a heartbeat", beat_ms, "ms", 0.6),
        Figure("ten thousand tills", beat_ms * _TILLS / _EVERY_S / 10, "% of a core", 10),
        Figure("answer to a heartbeat, P99", paced["p99_ms"], "ms"),
    ]


class _Receiver(asyncio.Protocol):
    """Takes deliveries over kept connections and says 204 to each."""

    taken = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self._data = b""

    def data_received(self, data: bytes) -> None:
        self._data += data
        while (end := self._data.find(b"\r\n\r\n")) >= 0:
            length = re.search(rb"(?i)content-length: *(\d+)", self._data[:end])
            size = end + 4 + (int(length.group(1)) if length else 0)
            if len(self._data) < size:
                return
            self._data = self._data[size:]
            _Receiver.taken += 1
            self._transport.write(_ANSWER)


@contextmanager
def receiver() -> Iterator[int]:
    """Run a receiver on a thread of its own; give its port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def listen() -> asyncio.Server:
        return await loop.create_server(_Receiver, "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def deliveries_rate(base: str, stand: Stand, port: int, events: int) -> float:
    """Let so many events wait and return how many a second are delivered to three subscriptions."""
    assert stand.server is not None
    for number in range(_SUBSCRIPTIONS):
        answer = httpx.post(
            f"{base}/api/v1/webhooks",
            json={"url": f"http://127.0.0.1:{port}/{number}"},
            headers={"X-API-Key": stand.api_key},
        )
        assert answer.status_code == 201, answer.text
    clock = SystemClock()
    now = int(clock.now().timestamp() * 1000)
    _Receiver.taken = 0
    statement = (
        "INSERT INTO events (id, tenant_id, type, data, created_at) "  # noqa: S608 - our own names
        f"SELECT 'bench-' || n, '{TENANT}', 'transaction.earn', "
        """'{"guestCardId": "bench-card-0000001", "orderId": "o-1", "points": 49}', """
        f"{now} FROM generate_series(1, {events}) n"
    )
    stand.server.sql(statement, "bench")
    began = clock.monotonic()
    while _Receiver.taken < events * _SUBSCRIPTIONS:
        clock.sleep(0.05)
        assert clock.monotonic() - began < _DELIVERED_IN_S, f"{_Receiver.taken} were delivered"
    return _Receiver.taken / (clock.monotonic() - began)


def main(arguments: list[str]) -> int:
    """Measure and report."""
    parser = argparse.ArgumentParser(prog=arguments[0])
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--events", type=int, default=2_000)
    options, _ = parser.parse_known_args(arguments[1:])
    os.environ |= {
        ALLOW_NETWORKS_VARIABLE: "127.0.0.0/8",
        ALLOW_HTTP_VARIABLE: "1",
        ALLOW_PORTS_VARIABLE: "any",
    }
    with postgres_stand(100) as stand, receiver() as port:
        add_tills(stand)
        with running_service(stand.url, 2) as (base, pid):
            figures = beats_figures(base, pid, options.seconds)
            rate = deliveries_rate(base, stand, port, options.events)
    figures.append(Figure("webhooks delivered, two workers", rate, "a second"))
    return finish("service_beats", figures, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
