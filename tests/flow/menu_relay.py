"""A service whose menu was spoilt on the way: a relay over HTTP that changes the menu's answers."""

import http.client
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

Menu = dict[str, Any]  # JSON
_HOP_HEADERS = frozenset({"connection", "content-length", "transfer-encoding", "date", "server"})


class MenuRelay:
    """Passes every call on to a service; the menu goes through `spoil`, under a version of its own.

    Args:
        url: Of the service.
    """

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self.spoil: Callable[[Menu], object] | None = None
        self.version = ""
        relay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                relay.answer(self)

            def do_POST(self) -> None:
                relay.answer(self)

            def log_message(self, *_arguments: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def spoilt(self, version: str, spoil: Callable[[Menu], object] | None) -> None:
        """From now on give out another menu under a new version; None is the genuine one."""
        self.version, self.spoil = version, spoil

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        """Ask the service and pass its answer on."""
        length = int(call.headers.get("Content-Length") or 0)
        body = call.rfile.read(length)
        headers = {k: v for k, v in call.headers.items() if k.lower() != "host"}
        if self.version:
            headers.pop("If-None-Match", None)
        assert self._target.hostname
        service = http.client.HTTPConnection(self._target.hostname, self._target.port, timeout=30)
        try:
            service.request(call.command, call.path, body, headers)
            answer = service.getresponse()
            content = self._changed(call.path, answer.read())
        finally:
            service.close()
        call.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in _HOP_HEADERS:
                call.send_header(name, value)
        call.send_header("Content-Length", str(len(content)))
        call.end_headers()
        call.wfile.write(content)

    def _changed(self, path: str, content: bytes) -> bytes:
        if not self.version:
            return content
        if path.endswith("/pos/ping"):
            return json.dumps(json.loads(content) | {"menuVersion": self.version}).encode()
        if path.endswith("/pos/menu"):
            menu = json.loads(content) | {"version": self.version}
            if self.spoil is not None:
                self.spoil(menu)
            return json.dumps(menu).encode()
        return content
