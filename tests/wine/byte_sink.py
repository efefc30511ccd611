"""The end of a wire: a TCP port on 127.0.0.1 that collects what comes."""

import contextlib
import socket
import threading
from collections.abc import Iterator

_WAIT_S = 60.0


class ByteSink:
    """A printer that only collects bytes: one entry a connection, made when the peer has ended it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._received: list[bytes] = []
        self._thread = threading.Thread(target=self._serve, name="byte-sink", daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        """TCP port on 127.0.0.1."""
        return int(self._listener.getsockname()[1])

    @property
    def received(self) -> list[bytes]:
        """What has come, connection by connection."""
        with self._changed:
            return list(self._received)

    def wait_for(self, count: int) -> list[bytes]:
        """Wait until so many connections have ended, then give them all."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._received) >= count, _WAIT_S), (
                f"{len(self._received)} of {count} jobs came"
            )
            return list(self._received)

    def stop(self) -> None:
        """Serve no more."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(_WAIT_S)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                data = stream.read()
            with self._changed:
                self._received.append(data)
                self._changed.notify_all()


@contextlib.contextmanager
def byte_sink() -> Iterator[ByteSink]:
    """A ByteSink that is stopped at the end."""
    sink = ByteSink()
    try:
        yield sink
    finally:
        sink.stop()
