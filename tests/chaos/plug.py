"""A plug between the till and a device on TCP: pulled after a chosen byte, it stays out until put back.

Bytes are counted over every connection since `arm`, so a driver that keeps its line and one that
connects for each question are cut alike. A pulled plug breaks what is open and refuses what comes.
"""

import contextlib
import socket
import threading
from collections.abc import Callable
from enum import StrEnum

_CHUNK = 65536
_JOIN_TIMEOUT_S = 10.0


class Way(StrEnum):
    """Which bytes are counted."""

    TO_DEVICE = "to the device"
    TO_TILL = "to the till"


class Plug:
    """Order: ``start -> (arm -> plug_in)* -> stop``. Any thread.

    Args:
        target_port: Of the device on 127.0.0.1.
    """

    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._ends: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._limit: tuple[Way, int] | None = None
        self._is_blink = False
        self.port = 0
        self.counts = dict.fromkeys(Way, 0)
        self.was_pulled = False

    def start(self) -> None:
        """Listen; on the same port each time."""
        with self._lock:
            listener = self._listener = socket.create_server(("127.0.0.1", self.port))
            self.port = listener.getsockname()[1]
            self._begin(self._accept, listener)

    def stop(self) -> None:
        """Break everything and join the threads. Repeatable."""
        self._pull_out()
        for thread in list(self._threads):
            thread.join(_JOIN_TIMEOUT_S)

    def arm(
        self, way: Way = Way.TO_DEVICE, limit: int | None = None, *, blinks: bool = False
    ) -> None:
        """Count anew, and pull the plug after `limit` bytes that way; None only counts.

        Args:
            way: Which bytes.
            limit: How many still pass.
            blinks: The plug is back at once: only what is open breaks.
        """
        with self._lock:
            self.counts = dict.fromkeys(Way, 0)
            self.was_pulled = False
            self._is_blink = blinks
            self._limit = None if limit is None else (way, limit)
            if limit == 0:
                self._pull()

    def plug_in(self) -> None:
        """Put it back, if it is out."""
        with self._lock:
            self._limit = None
            if self._listener is None:
                self.start()

    def _pull(self) -> None:
        self._limit = None
        self.was_pulled = True
        if self._is_blink:
            self._break()
        else:
            self._pull_out()

    def _pull_out(self) -> None:
        with self._lock:
            listener, self._listener = self._listener, None
            if listener is not None:
                with contextlib.suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                listener.close()
            self._break()

    def _break(self) -> None:
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target_port))
            except OSError:
                near.close()
                continue
            with self._lock:
                for end in (near, far):
                    # A dialogue of short messages would wait for Nagle at each of them.
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._ends.add(end)
                if self._listener is not listener:
                    self._break()  # pulled while it was accepted
                self._begin(self._pump, near, far, Way.TO_DEVICE)
                self._begin(self._pump, far, near, Way.TO_TILL)

    def _pump(self, source: socket.socket, sink: socket.socket, way: Way) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                while data:
                    now, data = self._admit(data, way)
                    with self._lock:
                        self._pass_on(now, sink, way)
            sink.shutdown(socket.SHUT_WR)
        with self._lock:
            # Whoever ends last closes both: the other direction may still be under way.
            if source in self._ends:
                self._ends.discard(source)
            if sink not in self._ends:
                source.close()
                sink.close()

    def _admit(self, data: bytes, _way: Way) -> tuple[bytes, bytes]:
        """Return what passes now, and what is looked at again."""
        return data, b""

    def _pass_on(self, data: bytes, sink: socket.socket, way: Way) -> None:
        is_cut = False
        if self._limit is not None and self._limit[0] is way:
            left = self._limit[1] - self.counts[way]
            data, is_cut = data[:left], len(data) >= left
        if data:
            sink.sendall(data)
            self.counts[way] += len(data)
        if is_cut:
            self._pull()

    def _begin(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True, name="plug")
        self._threads = [item for item in self._threads if item.is_alive()]
        self._threads.append(thread)
        thread.start()
