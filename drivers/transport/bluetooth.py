"""Bluetooth transport: a serial port profile behind ``/dev/rfcomm0`` or a COM port.

It is a serial line with habits of its own: the port exists although the printer is far away or asleep, and
opening it takes seconds; a small buffer chokes on large pieces, so bytes go in small ones with a pause; and a
link that broke needs a moment before it can be made again. Source: the reference, paragraph 6.5 (unconfirmed:
slices of 512 bytes with pauses).
"""

import threading
import time
from collections.abc import Callable

from drivers.api.errors import ConfigurationError, NotConnected, PortBusy, Timeout, TransportError
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S
from drivers.transport.serial import SerialTransport

SLICE_BYTES = 256
PAUSE_S = 0.02
"""Between slices: 12 KB/s, about what a serial port profile carries."""
OPEN_ATTEMPTS = 3
RETRY_PAUSE_S = 1.0
"""A sleeping printer answers the second or third call; a broken link is free again after about a second."""


class BluetoothTransport:
    """A printer on a Bluetooth serial port; see Transport for order of calls and threads.

    Args:
        port: ``/dev/rfcomm0`` or ``COM7``.
        attempts: to open the port, each after a pause.
        retry_pause_s: that pause.
        slice_bytes: most bytes in one piece.
        pause_s: between two pieces.
        wait: sleeps; tests give another one.
    """

    can_read = True

    def __init__(
        self,
        port: str,
        *,
        attempts: int = OPEN_ATTEMPTS,
        retry_pause_s: float = RETRY_PAUSE_S,
        slice_bytes: int = SLICE_BYTES,
        pause_s: float = PAUSE_S,
        wait: Callable[[float], object] | None = None,
    ) -> None:
        if attempts < 1 or slice_bytes < 1:
            raise ConfigurationError(f"bluetooth {port}: {attempts} attempts, {slice_bytes} bytes")
        # The speed means nothing on a radio link; the port wants one all the same.
        self._line = SerialTransport(port, 115200)
        self.name = f"bluetooth {port}"
        self._attempts = attempts
        self._retry_pause_s = retry_pause_s
        self._slice_bytes = slice_bytes
        self._pause_s = pause_s
        self._wait = wait or threading.Event().wait
        self._is_wanted = False

    @property
    def is_open(self) -> bool:
        """Whether the link stands as far as we know."""
        return self._line.is_open

    def open(self) -> None:
        """Open the port, calling again while the printer wakes up; see Transport.open."""
        self._is_wanted = True
        for attempt in range(1, self._attempts + 1):
            try:
                self._line.open()
            except PortBusy:
                raise
            except NotConnected:
                # ENOENT stays ENOENT, but "host is down" and "connection refused" pass.
                if attempt == self._attempts or not self._is_wanted:
                    raise
                self._wait(self._retry_pause_s)
            else:
                return

    def close(self) -> None:
        """Close the port; also ends the calling of ``open`` in another thread."""
        self._is_wanted = False
        self._line.close()

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Send all in small pieces; the time-out does not count the pauses. See Transport.write."""
        began_s, paused_s = time.monotonic(), 0.0
        for start in range(0, len(data), self._slice_bytes):
            if start:
                self._wait(self._pause_s)
                paused_s += self._pause_s
            left_s = timeout_s + paused_s - (time.monotonic() - began_s)
            if left_s <= 0:
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=start)
            try:
                self._line.write(data[start : start + self._slice_bytes], left_s)
            except TransportError as error:
                error.sent_bytes += start
                raise

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Receive some; see Transport.read."""
        return self._line.read(size_max, timeout_s)

    def discard_input(self) -> None:
        """Drop waiting answers."""
        self._line.discard_input()
