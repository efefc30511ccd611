"""Where the simulated printer is plugged in: a TCP port or a pseudo-terminal.

A link serves one connection at a time, as cheap network printers do: others wait in the queue of the
operating system.
"""

import contextlib
import os
import select
import socket
import struct
import threading
from typing import Protocol

_HOST = "127.0.0.1"
_POLL_S = 0.05
"""How soon a waiting read notices that the link was closed."""


class Link(Protocol):
    """One end of the wire; ``accept`` and ``read`` are called by one thread, the rest by any."""

    @property
    def address(self) -> str:
        """What a driver is to be given: ``127.0.0.1:port`` or ``/dev/pts/n``."""
        ...

    def accept(self) -> bool:
        """Wait for a connection; False when the link was shut."""
        ...

    def read(self, size_max: int) -> bytes:
        """Next bytes; ``b""`` when the peer has gone or the connection was dropped."""
        ...

    def send(self, data: bytes) -> None:
        """Answer; lost silently when nobody is connected."""
        ...

    def drop(self) -> None:
        """Break the connection, as a pulled cable does."""
        ...

    def shut(self) -> None:
        """Drop and accept nothing more."""
        ...

    def reopen(self) -> None:
        """Accept again after ``shut``."""
        ...


class TcpLink:
    """Listens on 127.0.0.1; port 0 takes a free one, which ``reopen`` keeps."""

    def __init__(self, port: int = 0) -> None:
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._listener: socket.socket | None = _listen(port)
        self.port: int = self._listener.getsockname()[1]

    @property
    def address(self) -> str:
        """Host and port."""
        return f"{_HOST}:{self.port}"

    def accept(self) -> bool:
        """Wait for a client; polls so that ``shut`` on another thread is noticed."""
        while (listener := self._listener) is not None:
            try:
                connection = listener.accept()[0]
            except TimeoutError:
                continue
            except OSError:
                return False
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(None)
            with self._lock:
                if self._listener is not None:
                    self._connection = connection
                    return True
            # Shut in the same moment: this caller comes too late.
            connection.close()
        return False

    def read(self, size_max: int) -> bytes:
        """Receive; ends with ``b""`` after ``drop``."""
        connection = self._connection
        if connection is None:
            return b""
        try:
            data = connection.recv(size_max)
        except OSError:
            data = b""
        if not data:
            self._forget(connection)
        return data

    def send(self, data: bytes) -> None:
        """Answer."""
        connection = self._connection
        if connection is not None and data:
            with contextlib.suppress(OSError):
                connection.sendall(data)

    def drop(self) -> None:
        """Reset the connection: SO_LINGER 0 makes close() send RST."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.shutdown(socket.SHUT_RD)
        connection.close()

    def shut(self) -> None:
        """Close the port too: the next connect is refused."""
        with self._lock:
            listener, self._listener = self._listener, None
        if listener is not None:
            # close() alone would go on listening until the poll of the accepting thread is over.
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.drop()

    def reopen(self) -> None:
        """Listen on the same port again."""
        if self._listener is None:
            self._listener = _listen(self.port)

    def _forget(self, connection: socket.socket) -> None:
        with self._lock:
            if self._connection is connection:
                self._connection = None
        connection.close()


def _listen(port: int) -> socket.socket:
    listener = socket.create_server((_HOST, port))
    listener.settimeout(_POLL_S)
    return listener


class PtyLink:
    """A pseudo-terminal; drivers open ``address`` as a serial port. POSIX only."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._master: int | None = None
        self._slave: int | None = None
        self.address = ""
        self.reopen()

    def accept(self) -> bool:
        """A line is always connected."""
        return self._master is not None

    def read(self, size_max: int) -> bytes:
        """Receive; polls so that ``drop`` on another thread is noticed."""
        while True:
            with self._lock:
                if self._master is None:
                    return b""
                if select.select([self._master], [], [], 0)[0]:
                    try:
                        return os.read(self._master, size_max)
                    except OSError:
                        return b""
                waiting = os.dup(self._master)
            try:
                select.select([waiting], [], [], _POLL_S)
            finally:
                os.close(waiting)

    def send(self, data: bytes) -> None:
        """Answer."""
        with self._lock:
            if self._master is not None and data:
                with contextlib.suppress(OSError):
                    os.write(self._master, data)

    def drop(self) -> None:
        """Close the master: whoever has the line open gets a hang-up, as from a pulled USB adapter."""
        with self._lock:
            for descriptor in (self._master, self._slave):
                if descriptor is not None:
                    with contextlib.suppress(OSError):
                        os.close(descriptor)
            self._master = self._slave = None

    def shut(self) -> None:
        """Same as drop: a line has no listener."""
        self.drop()

    def reopen(self) -> None:
        """Make a new line; ``address`` changes."""
        import tty  # noqa: PLC0415 - POSIX only, and the TCP side runs on Windows too

        with self._lock:
            if self._master is not None:
                return
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self.address = os.ttyname(self._slave)
