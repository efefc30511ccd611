"""File transport: a device node such as ``/dev/usb/lp0``, or an ordinary file that collects bytes."""

import contextlib
import os
import select
import stat
import time
from pathlib import Path

from drivers.api.errors import (
    AccessDenied,
    ConnectionLost,
    NotConnected,
    PortBusy,
    Timeout,
    TransportError,
)
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S

_SLICE_BYTES = 4096
_EMPTY_PACKET_PAUSE_S = 0.02
_GONE = getattr(select, "POLLHUP", 0) | getattr(select, "POLLERR", 0)


class FileTransport:
    """Writes to a path; reads back only from a character device. See Transport for the rules.

    An ordinary file is created when absent and appended to, so that nothing printed is lost.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self.name = f"file {self._path}"
        self._descriptor: int | None = None
        self._can_read = False

    @property
    def is_open(self) -> bool:
        """Whether the file is open."""
        return self._descriptor is not None

    @property
    def can_read(self) -> bool:
        """True for an open character device: usblp passes status answers back."""
        return self._can_read

    def open(self) -> None:
        """Open the path; see Transport.open."""
        if self._descriptor is not None:
            return
        try:
            is_device = self._path.exists() and stat.S_ISCHR(self._path.stat().st_mode)
            self._descriptor = os.open(self._path, _flags(is_device=is_device), 0o644)
        except PermissionError as error:
            raise AccessDenied(f"{self.name}: {error}") from error
        except OSError as error:
            kind = PortBusy if error.errno == 16 else NotConnected
            raise kind(f"{self.name}: {error}") from error
        self._can_read = is_device

    def close(self) -> None:
        """Close the file."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Write all; see Transport.write."""
        descriptor = self._require_open()
        deadline_s = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data):
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=sent)
            try:
                if _wait(descriptor, left_s, writing=True):
                    sent += os.write(descriptor, data[sent : sent + _SLICE_BYTES])
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._lost(error, sent_bytes=sent) from error

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:
        """Read an answer of a device; an ordinary file is always silent."""
        descriptor = self._require_open()
        if not self._can_read:
            return b""
        try:
            events = _wait(descriptor, timeout_s, writing=False)
            data = os.read(descriptor, size_max) if events else b""
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error) from error
        if events & _GONE and not data:
            raise self._lost(OSError("hung up"))
        if events and not data:
            # Linux usblp passes empty USB packets on as empty reads, always ready: not a hang-up, but
            # the caller's loop must not spin.
            select.select([], [], [], min(timeout_s, _EMPTY_PACKET_PAUSE_S))
        return data

    def discard_input(self) -> None:
        """Drop waiting answers."""
        while self.read(READ_SIZE_MAX, 0.0):
            pass

    def _require_open(self) -> int:
        if self._descriptor is None:
            raise NotConnected(f"{self.name}: not open")
        return self._descriptor

    def _lost(self, error: OSError, *, sent_bytes: int = 0) -> TransportError:
        self.close()
        return ConnectionLost(f"{self.name}: {error}", sent_bytes=sent_bytes)


def _flags(*, is_device: bool) -> int:
    """Open flags; O_NONBLOCK keeps a printer without paper from holding the thread."""
    always = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    if is_device:
        return always | os.O_RDWR
    return always | os.O_WRONLY | os.O_CREAT | os.O_APPEND


def _wait(descriptor: int, timeout_s: float, *, writing: bool) -> int:
    """Wait until the descriptor is ready; gives the poll events, 0 when the time was over."""
    if not hasattr(select, "poll"):
        # Windows: plain files only, they never block.
        return int(writing)
    poller = select.poll()
    poller.register(descriptor, select.POLLOUT if writing else select.POLLIN)
    events = poller.poll(timeout_s * 1000)
    return events[0][1] if events else 0
