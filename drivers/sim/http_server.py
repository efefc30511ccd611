"""An HTTP server for simulators that can answer late, in part, with garbage, or not at all.

And `CutLink`, a plug that can be pulled: it stands between a till and any TCP device and breaks the
connection after a chosen byte of either direction.
"""

import contextlib
import http.client
import json
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

BODY_BYTES_MAX = 1024 * 1024
_SOCKET_TIMEOUT_S = 30.0
_JOIN_TIMEOUT_S = 10.0
_CHUNK = 65536


@dataclass(frozen=True, slots=True)
class Request:
    """A request that arrived whole; `path` keeps its query, header names are in small letters."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> object:
        """Return the body as JSON, None if it is none."""
        with contextlib.suppress(ValueError, RecursionError):
            return json.loads(self.body)
        return None


@dataclass(frozen=True, slots=True)
class Reply:
    """What to answer.

    Attributes:
        status: HTTP status.
        body: JSON is made by `reply_json`.
        headers: besides length and connection.
        delay_s: wait before the first byte.
        bytes_max: break the connection after so many bytes of the answer; 0 answers nothing.
        raw: these bytes instead of HTTP.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    bytes_max: int | None = None
    raw: bytes | None = None

    def encoded(self) -> bytes:
        """Return the bytes as they go out."""
        if self.raw is not None:
            return self.raw[: self.bytes_max]
        reason = http.client.responses.get(self.status, "")
        lines = [f"HTTP/1.1 {self.status} {reason}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close", "", ""]
        return ("\r\n".join(lines).encode("latin-1") + self.body)[: self.bytes_max]


def reply_json(content: object, status: int = 200) -> Reply:
    """Answer with JSON in UTF-8."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Reply(status, body, {"Content-Type": "application/json; charset=utf-8"})


class HttpSimulator:
    """Serves `handle` on 127.0.0.1. Order: ``start -> stop``, repeatable; any thread.

    Args:
        handle: makes the reply to a request; called on a thread of the connection, one at a time.
        port: 0 takes a free one, see `port` after `start`.

    Attributes:
        lock: held while a request is handled; who changes the device from outside takes it too.
    """

    def __init__(self, handle: Callable[[Request], Reply], port: int = 0) -> None:
        self.port = port
        self.lock: contextlib.AbstractContextManager[bool] = threading.RLock()
        self.stopping = threading.Event()
        self._handle = handle
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen."""
        self.stopping.clear()
        server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler_class())
        server.daemon_threads = True
        server.block_on_close = False
        self._server, self.port = server, server.server_address[1]
        # shutdown() waits for one turn of the loop: a short one ends tests soon
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; replies that wait go out at once. Repeatable."""
        self.stopping.set()
        server, self._server = self._server, None
        thread, self._thread = self._thread, None
        if server is not None and thread is not None:
            server.shutdown()
            server.server_close()
            thread.join(_JOIN_TIMEOUT_S)

    def answer(self, request: Request) -> Reply:
        """Ask the handler; the device works on one request at a time."""
        with self.lock:
            return self._handle(request)

    def _handler_class(simulator) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the inner class has the self
        class Handler(BaseHTTPRequestHandler):
            timeout = _SOCKET_TIMEOUT_S

            def do_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(min(length, BODY_BYTES_MAX))
                if len(body) < length:
                    return  # the till has gone in the middle: nothing happened
                headers = {name.lower(): value for name, value in self.headers.items()}
                reply = simulator.answer(Request(self.command, self.path, headers, body))
                simulator.stopping.wait(reply.delay_s)
                self.wfile.write(reply.encoded())

            do_GET = do_POST = do_DELETE = do_any  # noqa: N815 - the names are the base class's

            @override
            def handle_one_request(self) -> None:
                # A till that hangs up, or sends no HTTP, is no fault of the server.
                with contextlib.suppress(OSError, ValueError):
                    super().handle_one_request()
                self.close_connection = True

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Keep still."""

        return Handler


class _Joint:
    """The two sockets of one connection; closed when both directions have ended."""

    def __init__(self, near: socket.socket, far: socket.socket) -> None:
        self.near, self.far = near, far
        self._open_directions = 2
        self._lock = threading.Lock()

    def pull(self) -> None:
        """Break both directions."""
        for end in (self.near, self.far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def leave(self) -> None:
        """Note that a direction has ended."""
        with self._lock:
            self._open_directions -= 1
            if self._open_directions == 0:
                self.near.close()
                self.far.close()


class CutLink:
    """Passes bytes on to a TCP device and cuts after a number of them. Any thread.

    Args:
        target_port: of the device on 127.0.0.1.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._joint: _Joint | None = None
        self._up_max: int | None = None
        self._down_max: int | None = None
        self.port = 0

    def start(self) -> None:
        """Listen."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._begin(self._accept, self._listener)

    def stop(self) -> None:
        """Break what is open, and join. Repeatable."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        if self._joint is not None:
            self._joint.pull()
        for thread in self._threads:
            thread.join(_JOIN_TIMEOUT_S)
        self._threads.clear()

    def cut(self, *, up_bytes: int | None = None, down_bytes: int | None = None) -> None:
        """Cut the next connection only, after so many bytes to the device or from it."""
        self._up_max, self._down_max = up_bytes, down_bytes

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            up_max, down_max = self._up_max, self._down_max
            self._up_max = self._down_max = None
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                near.close()
                continue
            for end in (near, far):
                # A dialogue of short messages would wait for Nagle at each of them.
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            joint = self._joint = _Joint(near, far)
            self._begin(self._pump, joint, near, far, up_max)
            self._begin(self._pump, joint, far, near, down_max)

    def _pump(
        self, joint: _Joint, source: socket.socket, sink: socket.socket, left: int | None
    ) -> None:
        with contextlib.suppress(OSError):
            while left is None or left > 0:
                data = source.recv(_CHUNK if left is None else min(_CHUNK, left))
                if not data:
                    sink.shutdown(socket.SHUT_WR)
                    break
                sink.sendall(data)
                left = None if left is None else left - len(data)
            else:
                joint.pull()
        joint.leave()

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True, name="cut-link")
        self._threads = [item for item in self._threads if item.is_alive()]
        thread.start()
        self._threads.append(thread)
