"""Windows spooler transport: a RAW job in a printer's queue, by win32print (pywin32).

The spooler is a one-way road: the printer cannot answer, so there is no state of paper or cover and no
confirmation, and ``can_read`` says so. What Windows itself knows of the queue (paused, switched to off line)
is asked before each job, for a job that waits for a printer that is switched off comes out hours later. What a
queue says of paper, doors and errors is passed on as hearsay only: drivers that never take it back are met.
One document is one job: the first ``write`` begins it, ``hand_over`` gives it to the queue and says whether it was
taken; ``close`` does the same in silence. A document that broke off is dropped, not printed by half. Sources: the
reference, paragraph 6.5 (attribute ``WORK_OFFLINE`` rather than the status, which stays 0).
"""

import contextlib
import importlib
import os
import time
from typing import Any, Protocol

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    DeviceOffline,
    DriverError,
    Language,
    NotConnected,
    Timeout,
    TransportError,
)
from drivers.transport.base import READ_SIZE_MAX, READ_TIMEOUT_S, WRITE_TIMEOUT_S
from drivers.transport.queue_words import queue_troubles

ATTRIBUTE_WORK_OFFLINE = 0x400
STATUS_PAUSED, STATUS_OFFLINE = 0x1, 0x80
JOB_TITLE = "receipt"
_SLICE_BYTES = 4096
_ACCESS_DENIED = 5
_NO_SUCH_PRINTER = 1801


class SpoolerApi(Protocol):
    """The functions of win32print that are used; names and arguments are those of pywin32."""

    def OpenPrinter(self, name: str) -> Any:  # noqa: N802, ANN401, D102 - pywin32's names
        ...

    def ClosePrinter(self, handle: Any) -> None:  # noqa: N802, ANN401, D102 - ditto
        ...

    def GetPrinter(self, handle: Any, level: int) -> dict[str, Any]:  # noqa: N802, ANN401, D102 - ditto
        ...

    def StartDocPrinter(  # noqa: N802, D102 - ditto
        self,
        handle: Any,  # noqa: ANN401 - ditto
        level: int,
        info: tuple[str, str | None, str],
    ) -> int: ...

    def AbortPrinter(self, handle: Any) -> None:  # noqa: N802, ANN401, D102 - ditto
        ...

    def EndDocPrinter(self, handle: Any) -> None:  # noqa: N802, ANN401, D102 - ditto
        ...

    def StartPagePrinter(self, handle: Any) -> None:  # noqa: N802, ANN401, D102 - ditto
        ...

    def EndPagePrinter(self, handle: Any) -> None:  # noqa: N802, ANN401, D102 - ditto
        ...

    def WritePrinter(self, handle: Any, data: bytes) -> int:  # noqa: N802, ANN401, D102 - ditto
        ...


class SpoolerTransport:
    """A queue of the Windows spooler; write-only. See Transport for order of calls and threads.

    A job begins with the first write after ``open``, so that looking whether the queue is there leaves no
    empty job behind.

    Args:
        queue: the printer's name in Windows.
        api: win32print; None imports it.
    """

    can_read = False

    def __init__(self, queue: str, *, api: SpoolerApi | None = None) -> None:
        if not queue.strip():
            raise ConfigurationError("spooler queue without a name")
        self.name = f"spooler {queue}"
        self._queue = queue
        self._api = api
        self._handle: Any = None  # pywin32's own type
        self._has_job = False
        self._status = 0

    @property
    def is_open(self) -> bool:
        """Whether the queue is open."""
        return self._handle is not None

    def open(self) -> None:
        """Open the queue; see Transport.open.

        Raises:
            DeviceOffline: the queue is paused or set to work off line: jobs would only pile up.
        """
        if self._handle is not None:
            return
        api = self._win32print()
        try:
            handle = api.OpenPrinter(self._queue)
        except Exception as error:
            raise self._open_error(error) from error
        try:
            self._check_queue(api.GetPrinter(handle, 2))
        except DriverError:
            api.ClosePrinter(handle)
            raise
        except Exception as error:
            api.ClosePrinter(handle)
            raise NotConnected(f"{self.name}: {error}") from error
        self._handle, self._has_job = handle, False

    def close(self) -> None:
        """Hand the job to the queue, or drop it if it broke off, and close the queue."""
        with contextlib.suppress(TransportError):
            self.hand_over()
        self._shut()

    def hand_over(self) -> None:
        """End the job; see CollectingTransport.hand_over.

        Raises:
            ConnectionLost: the queue did not take it (it rejects jobs, its disk is full, it was deleted).
        """
        handle = self._handle
        if handle is None or not self._has_job:
            return
        api = self._win32print()
        self._has_job = (
            False  # first: `close` may come from another thread and must not end it again
        )
        try:
            api.EndPagePrinter(handle)
            api.EndDocPrinter(handle)
        except Exception as error:
            self._has_job = True
            raise self._lost(error, sent_bytes=0) from error

    def write(self, data: bytes, timeout_s: float = WRITE_TIMEOUT_S) -> None:
        """Add to the job; see Transport.write. The spooler keeps it on disk and hardly ever blocks."""
        deadline_s = time.monotonic() + timeout_s
        sent = 0
        while sent < len(data):
            if self._handle is None:
                raise NotConnected(f"{self.name}: not open", sent_bytes=sent)
            if time.monotonic() > deadline_s:
                self._shut()
                raise Timeout(f"{self.name}: takes no bytes", sent_bytes=sent)
            try:
                self._begin_job()
                taken = self._win32print().WritePrinter(
                    self._handle, data[sent : sent + _SLICE_BYTES]
                )
            except Exception as error:
                raise self._lost(error, sent_bytes=sent) from error
            if taken <= 0:
                raise self._lost(OSError("the spooler took nothing"), sent_bytes=sent)
            sent += taken

    def read(self, size_max: int = READ_SIZE_MAX, timeout_s: float = READ_TIMEOUT_S) -> bytes:  # noqa: ARG002 - protocol
        """Silence: a spooler has no way back."""
        if self._handle is None:
            raise NotConnected(f"{self.name}: not open")
        return b""

    def discard_input(self) -> None:
        """Nothing ever comes."""

    def hearsay(self, lang: Language = "ru") -> tuple[str, ...]:
        """What the queue said of its printer at the last ``open``; see TellsHearsay."""
        return queue_troubles(self._status, lang)

    def _begin_job(self) -> None:
        if self._has_job:
            return
        api = self._win32print()
        api.StartDocPrinter(self._handle, 1, (JOB_TITLE, None, "RAW"))
        self._has_job = True
        api.StartPagePrinter(self._handle)

    def _check_queue(self, info: dict[str, Any]) -> None:
        attributes, status = int(info.get("Attributes", 0)), int(info.get("Status", 0))
        self._status = status
        if attributes & ATTRIBUTE_WORK_OFFLINE or status & (STATUS_PAUSED | STATUS_OFFLINE):
            raise DeviceOffline(f"{self.name}: attributes {attributes:#x}, status {status:#x}")

    def _win32print(self) -> SpoolerApi:
        if self._api is None:
            self._api = load_win32print()
        return self._api

    def _open_error(self, error: Exception) -> DriverError:
        code = getattr(error, "winerror", 0)
        if code == _ACCESS_DENIED:
            return AccessDenied(f"{self.name}: {error}")
        if code == _NO_SUCH_PRINTER:
            return NotConnected(f"{self.name}: no such queue")
        return NotConnected(f"{self.name}: {error}")

    def _lost(self, error: Exception, *, sent_bytes: int) -> TransportError:
        self._shut()
        return ConnectionLost(f"{self.name}: {error}", sent_bytes=sent_bytes)

    def _shut(self) -> None:
        """Close the queue; a job that was not handed over is dropped."""
        handle, self._handle = self._handle, None
        has_job, self._has_job = self._has_job, False
        if handle is None:
            return
        api = self._win32print()
        if has_job:
            with contextlib.suppress(Exception):
                api.AbortPrinter(handle)
        with contextlib.suppress(Exception):
            api.ClosePrinter(handle)


def load_win32print() -> SpoolerApi:
    """pywin32's win32print.

    Raises:
        ConfigurationError: this is no Windows, or pywin32 is missing.
    """
    try:
        api: SpoolerApi = importlib.import_module("win32print")
    except ImportError as error:
        if os.name != "nt":
            raise ConfigurationError(
                "the spooler is a road of Windows; use usb or file here"
            ) from error
        raise ConfigurationError(f"pywin32 is missing: {error}") from error
    return api
