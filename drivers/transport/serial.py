"""Serial transport by pyserial: RS-232, USB-COM, Bluetooth SPP, and pseudo-terminals in tests."""

import contextlib
import os
import select
import sys
import threading
import time
from typing import Literal

import serial

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    NotConnected,
    PortBusy,
    Timeout,
    TransportError,
)
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S
from drivers.transport.ports import resolve_port

Parity = Literal["N", "E", "O"]
# Bluetooth SPP chokes on more than 512 bytes at once (known from public drivers).
_SLICE_BYTES = 512
_PSEUDO_TERMINALS = "/dev/pts/"
# What a line that vanished makes pyserial raise: SerialException is an OSError, a descriptor that is
# None gives TypeError, and termios.error (POSIX only) is neither and comes through unwrapped.
_LINE_ERRORS: tuple[type[Exception], ...] = (OSError, TypeError)
if sys.platform != "win32":
    import termios

    _LINE_ERRORS += (termios.error,)


class SerialTransport:
    """A serial line, exclusively ours while open; see Transport for order of calls and threads.

    Args:
        port: ``/dev/ttyUSB0``, ``COM3``, ``/dev/pts/7``, or ``usb:VVVV:PPPP`` (see `ports`).
        baud: line speed.
        byte_size: 5..8 data bits.
        parity: ``N``, ``E`` or ``O``.
        stop_bits: 1 or 2.
        rtscts: hardware flow control (most serial printers and terminals without it: False).
        xonxoff: software flow control; never for binary protocols.
    """

    can_read = True

    def __init__(
        self,
        port: str,
        baud: int = 9600,
        *,
        byte_size: int = 8,
        parity: Parity = "N",
        stop_bits: int = 1,
        rtscts: bool = False,
        xonxoff: bool = False,
    ) -> None:
        self.name = f"serial {port}"
        self._port = port
        try:
            # Without port= pyserial only checks the parameters. DSR/DTR flow control stays off:
            # pseudo-terminals and three-wire cables have no such lines.
            self._line = serial.Serial(
                baudrate=baud,
                bytesize=byte_size,
                parity=parity,
                stopbits=stop_bits,
                rtscts=rtscts,
                xonxoff=xonxoff,
                dsrdtr=False,
                timeout=READ_TIMEOUT_S,
                write_timeout=WRITE_TIMEOUT_S,
                exclusive=True,
            )
        except ValueError as error:
            raise ConfigurationError(f"{self.name}: {error}") from error
        if not port:
            raise ConfigurationError("serial port without a name")
        self._closing = threading.Lock()

    @property
    def is_open(self) -> bool:
        """Whether the port is open."""
        return bool(self._line.is_open)

    def open(self) -> None:
        """Open the port exclusively; see Transport.open."""
        if self._line.is_open:
            return
        self._line.port = resolve_port(self._port)
        if os.path.realpath(self._line.port).startswith(_PSEUDO_TERMINALS):
            # WORKAROUND: they carry whole bytes, and Linux refuses parity and 7 bits there (EINVAL).
            self._line.parity, self._line.bytesize = "N", 8
        try:
            self._line.open()
        except (OSError, ValueError) as error:
            raise _open_error(self.name, error) from error

    def close(self) -> None:
        """Close; wakes a reader in another thread."""
        with self._closing:
            if not self._line.is_open:
                return
            with contextlib.suppress(OSError, AttributeError):
                self._line.cancel_read()
            with contextlib.suppress(*_LINE_ERRORS):
                self._line.close()

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Send all; see Transport.write."""
        self._require_open()
        deadline_s = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data):
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=sent)
            try:
                sent += self._write_some(data[sent : sent + _SLICE_BYTES], left_s)
            except serial.SerialTimeoutException as error:
                # Windows does not tell how much of the slice has gone: count one byte to be safe.
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=sent + 1) from error
            except _LINE_ERRORS as error:
                raise self._lost(error, sent_bytes=sent) from error

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Receive some; see Transport.read."""
        self._require_open()
        try:
            # Setting the property reconfigures the port, so only when it changes.
            if self._line.timeout != timeout_s:
                self._line.timeout = timeout_s
            first = self._line.read(1)
            waiting = self._line.in_waiting if first and size_max > 1 else 0
            rest = self._line.read(min(waiting, size_max - 1)) if waiting else b""
        except _LINE_ERRORS as error:
            raise self._lost(error) from error
        return bytes(first + rest)

    def discard_input(self) -> None:
        """Drop what waits in the input buffer."""
        self._require_open()
        try:
            while waiting := self._line.in_waiting:
                self._line.read(waiting)
        except _LINE_ERRORS as error:
            raise self._lost(error) from error

    def _write_some(self, data: bytes, timeout_s: float) -> int:
        if os.name != "posix":
            self._line.write_timeout = timeout_s
            return int(self._line.write(data) or 0)
        # pyserial hides how much of a timed-out write has left; the descriptor tells it exactly.
        descriptor = self._line.fileno()
        poller = select.poll()
        poller.register(descriptor, select.POLLOUT)
        if not poller.poll(timeout_s * 1000):
            return 0
        try:
            return os.write(descriptor, data)
        except BlockingIOError:
            return 0

    def _require_open(self) -> None:
        if not self._line.is_open:
            raise NotConnected(f"{self.name}: not open")

    def _lost(self, error: Exception, *, sent_bytes: int = 0) -> TransportError:
        was_closed_by_us = not self._line.is_open
        self.close()
        if was_closed_by_us:
            return NotConnected(f"{self.name}: closed meanwhile", sent_bytes=sent_bytes)
        return ConnectionLost(f"{self.name}: {error}", sent_bytes=sent_bytes)


def _open_error(name: str, error: Exception) -> NotConnected | AccessDenied | ConfigurationError:
    """Map what pyserial raises on open; it wraps the errno and, on Windows, only its text."""
    if isinstance(error, ValueError):
        return ConfigurationError(f"{name}: {error}")
    text = str(error)
    if "exclusively lock" in text or "Access is denied" in text or getattr(error, "errno", 0) == 16:
        return PortBusy(f"{name}: {text}")
    if getattr(error, "errno", 0) == 13 or "Permission denied" in text:
        return AccessDenied(f"{name}: {text}")
    return NotConnected(f"{name}: {text}")
