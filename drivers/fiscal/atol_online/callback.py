"""Takes the results that ATOL Online posts by itself. Questions go on all the same: a post may be lost.

The address given to the cloud is public, so its path carries a secret and the body counts only if it
reads as a report; whoever knows neither learns nothing but 404.
"""

import contextlib
import hmac
import logging
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from typing_extensions import override

from drivers.api.errors import ConfigurationError, ProtocolError
from drivers.fiscal.atol_online.answers import Report, read_report
from drivers.fiscal.atol_online.options import check_secret

_log = logging.getLogger(__name__)

BODY_BYTES_MAX: Final = 256 * 1024
_SOCKET_TIMEOUT_S: Final = 10.0
_JOIN_TIMEOUT_S: Final = 5.0
_LOOP_S: Final = 0.05

ReportHandler = Callable[[Report], object]
"""Gets each result on a thread of the receiver: hand over at once, e.g. `AtolOnlineRegister.deliver`."""


def _refuse(report: Report) -> None:
    raise RuntimeError(f"nobody takes results yet ({report.uuid})")


class CallbackReceiver:
    """A small HTTP server for callbacks. Order: ``start -> stop``, repeatable; any thread.

    Args:
        secret: last part of the path, 16 letters or more.
        host: where to listen.
        port: 0 takes a free one, see `port` after `start`.

    Raises:
        ConfigurationError: the secret could be guessed.
    """

    def __init__(self, secret: str, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self._handler: ReportHandler = _refuse
        self._path = f"/atol/{check_secret(secret)}"
        self._host = host
        self.port = port
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def path(self) -> str:
        """What the callback address ends with."""
        return self._path

    def start(self, handler: ReportHandler) -> None:
        """Listen.

        Args:
            handler: gets each result. If it raises, the cloud is told 500 and posts again.

        Raises:
            ConfigurationError: the port is taken or not allowed.
        """
        self._handler = handler
        if self._server is not None:
            return
        try:
            server = ThreadingHTTPServer((self._host, self.port), self._request_class())
        except (OSError, OverflowError) as error:
            raise ConfigurationError(f"callbacks on {self._host}:{self.port}: {error}") from error
        server.daemon_threads = True
        server.block_on_close = False
        self._server, self.port = server, int(server.server_address[1])
        self._thread = threading.Thread(
            target=server.serve_forever, args=(_LOOP_S,), name="atol-callbacks", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. Repeatable, never raises."""
        server, self._server = self._server, None
        thread, self._thread = self._thread, None
        if server is not None and thread is not None:
            server.shutdown()
            server.server_close()
            thread.join(_JOIN_TIMEOUT_S)

    def answer(self, path: str, body: bytes) -> int:
        """Take one post and return its HTTP status."""
        if not hmac.compare_digest(path.encode(), self._path.encode()):
            return 404
        try:
            report = read_report(body)
        except ProtocolError as error:
            _log.info("callback of ATOL Online: %s", error.detail)
            return 400
        try:
            self._handler(report)
        except Exception:  # noqa: BLE001 - the edge of a request: the cloud shall post it again
            _log.exception("callback of ATOL Online: the handler failed")
            return 500
        return 200

    def _request_class(receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the inner class has the self
        class Post(BaseHTTPRequestHandler):
            timeout = _SOCKET_TIMEOUT_S
            server_version, sys_version = "callbacks", ""

            def do_POST(self) -> None:
                length = self.headers.get("Content-Length", "")
                if not (length.isascii() and length.isdigit() and int(length) <= BODY_BYTES_MAX):
                    self._say(413 if length.isdigit() else 411)
                    return
                body = self.rfile.read(int(length))
                if len(body) == int(length):
                    self._say(receiver.answer(self.path, body))

            def do_GET(self) -> None:
                self._say(404)

            def _say(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True

            @override
            def handle_one_request(self) -> None:
                # Whoever hangs up or speaks no HTTP is no fault of the till.
                with contextlib.suppress(OSError, ValueError):
                    super().handle_one_request()
                    return
                self.close_connection = True

            @override
            def log_message(self, format: str, *args: object) -> None:
                """Keep still: the path holds the secret."""

        return Post
