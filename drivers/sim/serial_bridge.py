"""Puts any simulator of a TCP device on a serial line: a pseudo-terminal that passes bytes on as they are."""

import contextlib
import os
import select
import socket
import sys
import threading

from drivers.api.errors import NotSupported

with contextlib.suppress(ImportError):  # Windows has neither; `start` says so there
    import pty
    import tty

_POLL_S = 0.05
_CHUNK = 4096
_JOIN_TIMEOUT_S = 10.0


class SerialBridge:
    """A serial port in front of a TCP device. Order: ``start -> stop``; any thread.

    A device that hangs up is called again: a cable stays plugged in whatever the device does.

    Args:
        port: TCP port of the device on 127.0.0.1.
    """

    def __init__(self, port: int) -> None:
        self.path = ""
        self._port = port
        self._master = -1
        self._slave = -1
        self._link: socket.socket | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sim-serial-bridge", daemon=True)

    def start(self) -> None:
        """Make the port appear and connect it."""
        if sys.platform == "win32":
            raise NotSupported("pseudo-terminals need a POSIX system")
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self.path = os.ttyname(self._slave)
        self._link = self._call()
        self._thread.start()

    def stop(self) -> None:
        """Take the port away."""
        self._stopping.set()
        self._thread.join(_JOIN_TIMEOUT_S)
        for descriptor in (self._master, self._slave):
            os.close(descriptor)
        if self._link is not None:
            self._link.close()

    def _call(self) -> socket.socket:
        link = socket.create_connection(("127.0.0.1", self._port))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return link

    def _run(self) -> None:
        while not self._stopping.is_set():
            assert self._link is not None
            ends: list[int] = [self._master, self._link.fileno()]
            ready = select.select(ends, [], [], _POLL_S)[0]
            if ends[0] in ready:
                with contextlib.suppress(OSError):
                    self._link.sendall(os.read(self._master, _CHUNK))
            if ends[1] in ready:
                received = b""
                with contextlib.suppress(OSError):
                    received = self._link.recv(_CHUNK)
                if received:
                    os.write(self._master, received)
                    continue
                self._link.close()
                with contextlib.suppress(OSError):
                    self._link = self._call()
                self._stopping.wait(_POLL_S)
