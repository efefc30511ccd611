"""The Transport protocol and the helpers every driver needs on top of it."""

import time
from typing import Protocol, runtime_checkable

from drivers.api.errors import Timeout

WRITE_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 1.0
READ_SIZE_MAX = 4096


@runtime_checkable
class Transport(Protocol):
    """A byte pipe to one device.

    Order of calls::

        open -> (write | read | discard_input)* -> close -> open ...

    ``open`` on an open transport and ``close`` on a closed one do nothing. One thread may write while
    another reads; two writers or two readers at once are not allowed. ``close`` may be called from any
    thread: a read that waits then ends with NotConnected or ConnectionLost at the latest when its own
    time-out is over. No call blocks longer than its time-out.
    """

    @property
    def name(self) -> str:
        """Kind and address for logs, for example ``tcp 192.168.1.50:9100``."""
        ...

    @property
    def is_open(self) -> bool:
        """Whether ``open`` succeeded and neither ``close`` nor a loss followed."""
        ...

    @property
    def can_read(self) -> bool:
        """Whether the device can answer on this road (a spooler or a plain file cannot)."""
        ...

    def open(self) -> None:
        """Open the port. Repeatable.

        Raises:
            NotConnected: it is not there. PortBusy: somebody else holds it. AccessDenied: no rights.
        """
        ...

    def close(self) -> None:
        """Close the port; never raises. Repeatable, any thread."""
        ...

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Hand all of ``data`` over to the operating system within ``timeout_s``.

        Raises:
            Timeout: the peer does not take bytes; ``sent_bytes`` tells how many were taken.
            ConnectionLost: ditto after a break. NotConnected: not open.
        """
        ...

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Return what has come, 1 to ``size_max`` bytes, as soon as there is any; ``b""`` on silence.

        Raises:
            ConnectionLost: the peer closed or the cable was pulled. NotConnected: not open.
        """
        ...

    def discard_input(self) -> None:
        """Throw away what has come and was not read (stale answers before a new question)."""
        ...


@runtime_checkable
class CollectingTransport(Protocol):
    """A road that keeps what is written until it is told that the document is whole (a spooler)."""

    def hand_over(self) -> None:
        """Give what was written to the device as one document; nothing written: nothing done.

        Raises:
            ConnectionLost: it was not taken. ``sent_bytes`` is 0 for what was collected never left.
        """
        ...


def hand_over(transport: Transport) -> None:
    """Tell a road that collects that the document is whole; on others every written byte is on its way.

    ``close`` hands over too, but cannot say that it failed.

    Raises:
        ConnectionLost: see CollectingTransport.hand_over.
    """
    if isinstance(transport, CollectingTransport):
        transport.hand_over()


def read_exactly(transport: Transport, count: int, timeout_s: float = READ_TIMEOUT_S) -> bytes:
    """Read exactly ``count`` bytes within ``timeout_s`` in all.

    Raises:
        Timeout: fewer came. ConnectionLost, NotConnected: from the transport.
    """
    deadline_s = time.monotonic() + timeout_s
    received = bytearray()
    while len(received) < count:
        left_s = deadline_s - time.monotonic()
        chunk = transport.read(count - len(received), max(left_s, 0.0))
        if not chunk and left_s <= 0:
            raise Timeout(f"{transport.name}: {len(received)} of {count} bytes came")
        received += chunk
    return bytes(received)
