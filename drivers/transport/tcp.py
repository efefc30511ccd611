"""TCP transport, for network printers (port 9100) and network terminals."""

import contextlib
import select
import socket
import time

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    NotConnected,
    Timeout,
    TransportError,
)
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S

CONNECT_TIMEOUT_S = 3.0
PORT_MAX = 65535
_SLICE_BYTES = 16384


class TcpTransport:
    """Client side of a TCP connection; see Transport for order of calls and threads.

    Args:
        host: name or address.
        port: 1..65535.
        connect_timeout_s: limit for ``open``.
    """

    can_read = True

    def __init__(
        self, host: str, port: int, *, connect_timeout_s: float = CONNECT_TIMEOUT_S
    ) -> None:
        if not host or not 0 < port <= PORT_MAX:
            raise ConfigurationError(f"tcp address {host!r}:{port!r}")
        self.name = f"tcp {host}:{port}"
        self._address = (host, port)
        self._connect_timeout_s = connect_timeout_s
        self._socket: socket.socket | None = None

    @property
    def is_open(self) -> bool:
        """Whether the connection stands as far as we know."""
        return self._socket is not None

    def open(self) -> None:
        """Connect; see Transport.open."""
        if self._socket is not None:
            return
        try:
            connection = socket.create_connection(self._address, self._connect_timeout_s)
        except TimeoutError as error:
            raise NotConnected(f"{self.name}: no answer to connect") from error
        except PermissionError as error:
            raise AccessDenied(f"{self.name}: {error}") from error
        except OSError as error:
            raise NotConnected(f"{self.name}: {error}") from error
        connection.setblocking(False)
        # Status questions are 3 bytes and wait for their answer: Nagle would only delay them.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = connection

    def close(self) -> None:
        """Close; wakes a reader in another thread."""
        connection, self._socket = self._socket, None
        if connection is None:
            return
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Send all; see Transport.write."""
        connection = self._connection()
        deadline_s = time.monotonic() + timeout_s
        view = memoryview(data)
        sent = 0
        while sent < len(view):
            try:
                sent += connection.send(view[sent : sent + _SLICE_BYTES])
                continue
            except BlockingIOError:
                pass
            except (OSError, ValueError) as error:
                raise self._lost(error, sent_bytes=sent) from error
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=sent)
            _wait(connection, left_s, writing=True)

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Receive some; see Transport.read."""
        connection = self._connection()
        try:
            if not _wait(connection, timeout_s, writing=False):
                return b""
            received = connection.recv(size_max)
        except BlockingIOError:
            return b""
        except (OSError, ValueError) as error:
            raise self._lost(error) from error
        if not received:
            raise self._lost(None)
        return received

    def discard_input(self) -> None:
        """Drop waiting bytes; a closed peer is noticed here too."""
        while self.read(READ_SIZE_MAX, 0.0):
            pass

    def _connection(self) -> socket.socket:
        if self._socket is None:
            raise NotConnected(f"{self.name}: not open")
        return self._socket

    def _lost(self, error: Exception | None, *, sent_bytes: int = 0) -> TransportError:
        was_closed_by_us = self._socket is None
        self.close()
        reason = error or "peer closed"
        if was_closed_by_us:
            return NotConnected(f"{self.name}: closed meanwhile", sent_bytes=sent_bytes)
        return ConnectionLost(f"{self.name}: {reason}", sent_bytes=sent_bytes)


def _wait(connection: socket.socket, timeout_s: float, *, writing: bool) -> bool:
    """Wait until the socket is ready; poll() has no limit on descriptor numbers, Windows lacks it."""
    if not hasattr(select, "poll"):
        ready = select.select(
            [] if writing else [connection], [connection] if writing else [], [], timeout_s
        )
        return bool(ready[0] or ready[1])
    poller = select.poll()
    poller.register(connection, select.POLLOUT if writing else select.POLLIN)
    return bool(poller.poll(timeout_s * 1000))
