"""One HTTP exchange with one limit for the whole of it: name, connection, request and answer.

Ordinary clients limit each read, so a server that drips its answer holds the till for hours. Here every
wait is cut to what is left of the limit. Each exchange takes a connection of its own: one that was kept
open may die unnoticed, and then nobody could tell whether the request had arrived.
"""

import contextlib
import http.client
import io
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from typing_extensions import Buffer, override

from drivers.api.errors import (
    ConfigurationError,
    ConnectionLost,
    NotConnected,
    ProtocolError,
    Timeout,
)

ANSWER_BYTES_MAX = 4 * 1024 * 1024
PORT_MAX = 65535
_LEAST_S = 0.001  # a socket takes 0 for "do not wait at all"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """Status, headers with names in small letters, and the body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class HttpAddress:
    """A base address cut up; `path` has no slash at its end."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, url: str) -> "HttpAddress":
        """Read ``http(s)://host[:port][/path]``.

        Raises:
            ConfigurationError: it is nothing of that form.
        """
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError as error:
            raise ConfigurationError(f"address {url!r}: {error}") from error
        if not parts.hostname or not 0 < port <= PORT_MAX or "@" in parts.netloc:
            raise ConfigurationError(f"address {url!r} must be http(s)://host[:port]/path")
        plain = parts.path.isascii() and parts.path.isprintable() and " " not in parts.path
        if parts.query or parts.fragment or not plain:
            raise ConfigurationError(f"address {url!r} must end with its path")
        return cls(parts.scheme, parts.hostname, port, parts.path.rstrip("/"))


class HttpLink:
    """The road to one HTTP server. Any thread; exchanges do not disturb each other.

    Args:
        url: ``http(s)://host[:port][/path]``; paths of requests are put behind its path.
        ca_file: certificates to trust instead of the system's, for a server with one of its own.
        clock: monotonic seconds.

    Raises:
        ConfigurationError: the address or the file of certificates is unusable.
    """

    def __init__(
        self, url: str, *, ca_file: str = "", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.address = HttpAddress.parse(url)
        self._clock = clock
        self._tls = _tls_context(ca_file) if self.address.scheme == "https" else None

    @property
    def name(self) -> str:
        """Host and port, for messages."""
        return f"{self.address.host}:{self.address.port}"

    def exchange(
        self,
        method: str,
        path: str,
        *,
        timeout_s: float,
        connect_timeout_s: float | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> HttpAnswer:
        """Send a request and return the answer, whatever its status.

        Args:
            method: of HTTP.
            path: behind the path of the address.
            timeout_s: for everything together.
            connect_timeout_s: for name, connection and TLS; the same limit if none is given.
            headers: besides those of the connection.
            body: of the request.

        Raises:
            NotConnected: nothing was sent.
            ConnectionLost, Timeout: `sent_bytes` above 0 means that it may have arrived.
            ProtocolError: it was sent; what came is no HTTP, or is too long.
        """
        deadline = self._clock() + timeout_s
        connected = self._connect(_earlier(deadline, self._clock(), connect_timeout_s))
        limited = _LimitedSocket(connected, deadline, self._clock)
        try:
            return self._converse(
                limited, method, self.address.path + path or "/", headers or {}, body
            )
        finally:
            with contextlib.suppress(OSError):
                connected.close()

    def _connect(self, deadline: float) -> socket.socket:
        try:
            targets = _resolve(self.address.host, self.address.port, deadline - self._clock())
            connected = self._first_open(targets, deadline)
        except OSError as error:
            raise NotConnected(f"{self.name}: {error}") from error
        if self._tls is None:
            return connected
        try:
            connected.settimeout(max(deadline - self._clock(), _LEAST_S))
            return self._tls.wrap_socket(connected, server_hostname=self.address.host)
        except (OSError, ValueError) as error:
            connected.close()
            raise NotConnected(f"{self.name}: {error}") from error

    def _first_open(self, targets: list[tuple[str, int]], deadline: float) -> socket.socket:
        failure: OSError = OSError("no address")
        for target in targets:
            left = deadline - self._clock()
            if left <= 0:
                raise TimeoutError("no connection in time")
            try:
                connected = socket.create_connection(target, timeout=left)
            except OSError as error:
                failure = error
                continue
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connected
        raise failure

    def _converse(
        self,
        limited: "_LimitedSocket",
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
    ) -> HttpAnswer:
        connection = http.client.HTTPConnection(self.address.host, self.address.port)
        connection.sock = limited  # has the three calls that it uses
        connection.auto_open = 0
        try:
            connection.request(method, path, body or None, {"Connection": "close", **headers})
            return _read(connection.getresponse(), limited)
        except TimeoutError as error:
            raise Timeout(f"{self.name}: {error}", sent_bytes=limited.sent_bytes) from error
        except (OSError, http.client.IncompleteRead) as error:
            raise ConnectionLost(f"{self.name}: {error}", sent_bytes=limited.sent_bytes) from error
        except http.client.HTTPException as error:
            raise ProtocolError(f"{self.name}: no HTTP: {error!r}") from error


def _earlier(deadline: float, now: float, timeout_s: float | None) -> float:
    return deadline if timeout_s is None else min(deadline, now + timeout_s)


def _read(response: http.client.HTTPResponse, limited: "_LimitedSocket") -> HttpAnswer:
    body = response.read(ANSWER_BYTES_MAX + 1)
    if len(body) > ANSWER_BYTES_MAX:
        raise http.client.HTTPException(f"more than {ANSWER_BYTES_MAX} bytes")
    if not limited.head_has_ended:
        raise http.client.IncompleteRead(body)
    if response.length:  # http.client is silent about a body that is cut
        raise http.client.IncompleteRead(body, response.length)
    headers = {name.lower(): value for name, value in response.getheaders()}
    return HttpAnswer(response.status, headers, body)


class _LimitedSocket:
    """What `http.client` needs of a socket, each call cut to what is left of the limit."""

    def __init__(self, inner: socket.socket, deadline: float, clock: Callable[[], float]) -> None:
        self._inner = inner
        self._deadline = deadline
        self._clock = clock
        self._head = b""
        self.sent_bytes = 0
        # http.client takes the end of the stream for the end of the headers: a cut answer would pass
        self.head_has_ended = False

    def sendall(self, data: bytes) -> None:
        """Send; a call that has begun counts whole, it may have arrived."""
        self._limit()
        self.sent_bytes += len(data)
        self._inner.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the reading side."""
        return io.BufferedReader(_LimitedReader(self))

    def receive(self, buffer: Buffer) -> int:
        """Read what is there, 0 at the end."""
        self._limit()
        count = self._inner.recv_into(buffer)
        if not self.head_has_ended:
            self._head += bytes(memoryview(buffer)[:count])
            self.head_has_ended = b"\r\n\r\n" in self._head or b"\n\n" in self._head
        return count

    def close(self) -> None:
        """Leave it to the owner of the socket."""

    def _limit(self) -> None:
        left = self._deadline - self._clock()
        if left <= 0:
            raise TimeoutError("the time for the whole exchange is over")
        self._inner.settimeout(left)


class _LimitedReader(io.RawIOBase):
    def __init__(self, limited: _LimitedSocket) -> None:
        self._limited = limited

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer) -> int:
        return self._limited.receive(buffer)


def _tls_context(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise ConfigurationError(f"certificates {ca_file!r}: {error}") from error


def _resolve(host: str, port: int, timeout_s: float) -> list[tuple[str, int]]:
    """Find the addresses of a name within a limit, which the system's resolver does not know."""
    answers: queue.Queue[list[tuple[str, int]] | OSError] = queue.Queue(1)

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([(str(target[0]), port) for *_, target in found])
        except (OSError, UnicodeError) as error:
            answers.put(OSError(f"name {host}: {error}"))

    threading.Thread(target=ask, name="http-resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=max(timeout_s, 0))
    except queue.Empty:
        raise TimeoutError(f"name {host} is not resolved in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
