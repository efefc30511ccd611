"""A network between till and service that can be cut: a small TCP relay on the loopback address."""

import contextlib
import logging
import socket
import threading
from typing import Final

log = logging.getLogger(__name__)

_CHUNK: Final = 65_536
_CONNECT_TIMEOUT_S: Final = 2.0


class CuttableNetwork:
    """Relays connections to one address until it is cut; then it drops and refuses everything.

    Args:
        host: Where the service listens.
        port: Its port.

    Started by `start`, used from any thread, ended by `stop`.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._is_cut = False
        self.port = 0

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), name="network", daemon=True).start()

    def cut(self) -> None:
        """Drop every connection and refuse new ones."""
        self._is_cut = True
        self._drop_all()

    def restore(self) -> None:
        """Relay again."""
        self._is_cut = False

    def stop(self) -> None:
        """End for good."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        self._drop_all()

    def _drop_all(self) -> None:
        with self._lock:
            sockets, self._open = self._open, set()
        for each in sockets:
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            if self._is_cut:
                near.close()
                continue
            threading.Thread(target=self._relay, args=(near,), daemon=True).start()

    def _relay(self, near: socket.socket) -> None:
        try:
            far = socket.create_connection(self._target, _CONNECT_TIMEOUT_S)
        except OSError:
            near.close()
            return
        far.settimeout(None)
        with self._lock:
            self._open |= {near, far}
        back = threading.Thread(target=_pump, args=(far, near), daemon=True)
        back.start()
        _pump(near, far)
        back.join()
        with self._lock:
            self._open -= {near, far}
        near.close()
        far.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            sink.sendall(chunk)
    for each in (source, sink):
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
