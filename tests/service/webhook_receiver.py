"""A receiver of webhooks on this machine that does as it is told, and a way to deliver to it."""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

from app.kernel.ids import SystemIds
from app.service.webhooks.dispatcher import Dispatcher, new_loop
from app.service.webhooks.sending import SystemResolver
from app.service.webhooks.targets import TargetRules

LOCAL = TargetRules((ip_network("127.0.0.0/8"),), allow_http=True, ports=None)


@dataclass
class Delivered:
    """One request that came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


@dataclass
class Receiver:
    """What came in, and what is answered: a status, or something that writes to the connection."""

    url: str
    requests: list[Delivered] = field(default_factory=list)
    answers: list[int | Callable[[Any], None]] = field(default_factory=list)
    always: int | Callable[[Any], None] = 200
    headers: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: threading.Event = field(default_factory=threading.Event)

    def take(self, delivered: Delivered) -> "int | Callable[[Any], None]":
        with self.lock:
            self.requests.append(delivered)
            return self.answers.pop(0) if self.answers else self.always

    @property
    def ids(self) -> list[str]:
        return [one.headers["webhook-id"] for one in self.requests]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    receiver: Receiver

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that the other side has cut."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver = self.server.receiver
        answer = receiver.take(Delivered(self.path, headers, body, self.client_address[1]))
        if not isinstance(answer, int):
            answer(self)
            return
        content = b"" if answer == 204 else b"thanks"
        self.send_response(answer)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        if answer != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Keep quiet."""


@contextmanager
def open_receiver() -> Iterator[Receiver]:
    """Listen on a free port of this machine."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.receiver.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()


class FakeResolver:
    """A name service that gives the next of its answers each time; the last one stays."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def deliver(service: Any, rules: TargetRules = LOCAL, resolver: Any = None) -> int:
    """Deliver all that is due now; return how many attempts were made."""

    async def run() -> int:
        names = resolver or SystemResolver()
        runtime, ids = service.runtime, SystemIds(service.clock)
        return await Dispatcher(runtime.database, service.clock, ids, rules, names).drain()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(run())
