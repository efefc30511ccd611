"""Receives the bank's notices by HTTP. Source: [API] tag Callback.

A notice counts as taken when it is answered by 200; the bank repeats others for a day. It stands behind
the restaurant's own TLS proxy: the bank calls an https address, this listens on the computer itself.
"""

import contextlib
import logging
import threading
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

from drivers.api.errors import AccessDenied, ConfigurationError, NotConnected, ProtocolError
from drivers.api.qr_payment import NoticeHandler, QrNotice
from drivers.sbp.raiffeisen.notes import QrNotes
from drivers.sbp.raiffeisen.notice import HEADER, NOTICE_MAX, read_notice

log = logging.getLogger(__name__)

SEEN_MAX = 2000
_SOCKET_TIMEOUT_S = 10.0
_JOIN_S = 5.0


class NoticeReceiver:
    """Listens for notices and tells each once. Order: ``start -> stop``; any thread.

    Args:
        secret_key: shared with the bank.
        merchant_id: ours.
        on_notice: told a notice that is signed and new, on a thread of the receiver.
        notes: to name the code of an order; the notice's own id of it is not signed.
        host: address to listen on.
        port: 0 takes a free one, see `port` after `start`.
    """

    def __init__(
        self,
        secret_key: str,
        merchant_id: str,
        on_notice: NoticeHandler,
        *,
        notes: QrNotes | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        if not secret_key:
            raise ConfigurationError("without the secret key no notice can be believed")
        self.port = port
        self._host = host
        self._secret_key = secret_key
        self._merchant_id = merchant_id
        self._on_notice = on_notice
        self._notes = notes or QrNotes()
        self._seen: OrderedDict[QrNotice, None] = OrderedDict()
        self._lock = threading.Lock()
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen.

        Raises:
            NotConnected: the port cannot be had.
        """
        try:
            server = ThreadingHTTPServer((self._host, self.port), self._handler_class())
        except OSError as error:
            raise NotConnected(f"{self._host}:{self.port}: {error}") from error
        server.daemon_threads = True
        server.block_on_close = False
        self._server, self.port = server, server.server_address[1]
        self._thread = threading.Thread(
            target=server.serve_forever, args=(0.05,), daemon=True, name="sbp-notices"
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening. Repeatable."""
        server, self._server = self._server, None
        thread, self._thread = self._thread, None
        if server is not None and thread is not None:
            server.shutdown()
            server.server_close()
            thread.join(_JOIN_S)

    def take(self, body: bytes, signature: str) -> int:
        """Judge one notice and return the HTTP status of the answer.

        200 taken (also one that came before), 400 no notice, 403 not signed by the bank, 500 the
        till could not take it now: the bank will repeat it.
        """
        try:
            notice = read_notice(body, signature, self._secret_key, self._merchant_id)
        except ProtocolError as error:
            log.info("a notice that cannot be read: %s", error.detail)
            return 400
        except AccessDenied as error:
            log.info("a notice that is not believed: %s", error.detail)
            return 403
        with self._lock:
            if notice in self._seen:
                return 200
        code = self._notes.find_code(notice.order_id)
        told = notice
        if code is not None:
            told = QrNotice(
                notice.order_id, notice.amount_minor, notice.state, notice.paid_at, code.qr_id
            )
        try:
            self._on_notice(told)
        except Exception:
            log.exception("the handler of notices failed")
            return 500
        with self._lock:
            self._seen[notice] = None
            while len(self._seen) > SEEN_MAX:
                self._seen.popitem(last=False)
        return 200

    def _handler_class(receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the inner class has the self
        class Handler(BaseHTTPRequestHandler):
            timeout = _SOCKET_TIMEOUT_S
            server_version = "notices"
            sys_version = ""

            def do_POST(self) -> None:
                size = self.headers.get("Content-Length") or ""
                if not (size.isascii() and size.isdigit()) or int(size[:9]) > NOTICE_MAX:
                    self._answer(400)
                    return
                body = self.rfile.read(int(size))
                if len(body) == int(size):  # else the caller has gone
                    self._answer(receiver.take(body, self.headers.get(HEADER) or ""))

            def _answer(self, status: int) -> None:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            @override
            def handle_one_request(self) -> None:
                # A caller that hangs up, or sends no HTTP, is no fault of ours.
                with contextlib.suppress(OSError, ValueError):
                    super().handle_one_request()
                self.close_connection = True

            @override
            def log_message(self, format: str, *args: object) -> None:
                log.debug("notice: " + format, *args)  # noqa: G003 - the base class's template

        return Handler
