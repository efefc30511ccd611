"""The Windows spooler: one document one job, and honesty about what a queue cannot tell."""

import io
import os
from typing import Any

import pytest

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    DeviceOffline,
    NotConnected,
    OutcomeUnknown,
    Timeout,
)
from drivers.api.printer import Cut, MaybePrinted, PrintDocument, Text
from drivers.printers.profiles import get_profile
from drivers.printers.receipt import EscposPrinter
from drivers.transport.base import Transport, hand_over
from drivers.transport.spooler import SpoolerTransport
from drivers.transport.transcript import RecordingTransport


class SpoolerError(Exception):
    """As pywintypes.error: carries the Windows code."""

    def __init__(self, code: int) -> None:
        super().__init__(code, "OpenPrinter", "refused")
        self.winerror = code


class Win32Print:
    """win32print with queues in memory; pywin32 itself exists on Windows only."""

    def __init__(self, **info: int) -> None:
        self.info: dict[str, Any] = info
        self.jobs: list[bytes] = []
        self.open_handles = 0
        self.refuse = 0
        self.broken_after: int | None = None
        self.refuse_job = 0
        self._job: bytearray | None = None

    def OpenPrinter(self, name: str) -> object:  # noqa: N802 - as pywin32
        if self.refuse:
            raise SpoolerError(self.refuse)
        self.open_handles += 1
        return name

    def ClosePrinter(self, handle: object) -> None:  # noqa: N802 - as pywin32
        self.open_handles -= 1

    def GetPrinter(self, handle: object, level: int) -> dict[str, Any]:  # noqa: N802 - as pywin32
        assert level == 2
        return self.info

    def StartDocPrinter(self, handle: object, level: int, info: tuple[str, str | None, str]) -> int:  # noqa: N802 - as pywin32
        assert (level, info[2]) == (1, "RAW")
        self._job = bytearray()
        return 1

    def AbortPrinter(self, handle: object) -> None:  # noqa: N802 - as pywin32
        assert self._job is not None
        self._job = None

    def EndDocPrinter(self, handle: object) -> None:  # noqa: N802 - as pywin32
        assert self._job is not None
        if self.refuse_job:
            raise SpoolerError(self.refuse_job)
        self.jobs.append(bytes(self._job))
        self._job = None

    def StartPagePrinter(self, handle: object) -> None:  # noqa: N802 - as pywin32
        assert self._job is not None

    def EndPagePrinter(self, handle: object) -> None:  # noqa: N802 - as pywin32
        assert self._job is not None

    def WritePrinter(self, handle: object, data: bytes) -> int:  # noqa: N802 - as pywin32
        assert self._job is not None
        if self.broken_after is not None and len(self._job) >= self.broken_after:
            raise SpoolerError(1167)
        self._job += data
        return len(data)


def test_is_a_transport_that_says_it_cannot_read() -> None:
    transport = SpoolerTransport("EPSON", api=Win32Print())
    assert isinstance(transport, Transport)
    assert not transport.can_read


def test_one_document_is_one_raw_job() -> None:
    api = Win32Print()
    transport = SpoolerTransport("EPSON", api=api)
    for number in range(2):
        transport.open()
        transport.write(b"receipt ")
        transport.write(str(number).encode())
        assert api.jobs == [b"receipt 0"][:number]
        transport.close()
    assert api.jobs == [b"receipt 0", b"receipt 1"]
    assert api.open_handles == 0


def test_looking_at_the_queue_leaves_no_empty_job() -> None:
    api = Win32Print()
    transport = SpoolerTransport("EPSON", api=api)
    transport.open()
    assert transport.read(timeout_s=0.0) == b""
    transport.close()
    assert (api.jobs, api.open_handles) == ([], 0)


@pytest.mark.parametrize("info", [{"Attributes": 0x400}, {"Status": 0x1}, {"Status": 0x80}])
def test_queue_that_is_off_line_or_paused_gets_no_job(info: dict[str, int]) -> None:
    """Its jobs would come out hours later, all together."""
    api = Win32Print(**info)
    with pytest.raises(DeviceOffline):
        SpoolerTransport("EPSON", api=api).open()
    assert api.open_handles == 0


@pytest.mark.parametrize(
    ("status", "ru", "en"),
    [
        (0x10, ("нет бумаги",), ("no paper",)),
        (0x400008, ("бумага замялась", "открыта крышка"), ("paper jam", "door open")),
        (0x2, ("ошибка принтера",), ("printer error",)),
        (0x60000, ("нет тонера", "тонер заканчивается"), ("no toner", "toner low")),
        (0x1000400, (), ()),  # prints, saves power
        (0, (), ()),
    ],
)
def test_trouble_that_the_queue_tells_is_passed_on_and_stops_nothing(
    status: int, ru: tuple[str, ...], en: tuple[str, ...]
) -> None:
    """Some drivers never take a bit back, so it must not keep a receipt from being printed."""
    api = Win32Print(Status=status)
    transport = SpoolerTransport("EPSON", api=api)
    printer = EscposPrinter("Касса", get_profile("TM-T20"), transport)
    printer.print(PrintDocument([Text("Привет"), Cut()]))
    assert len(api.jobs) == 1
    assert (transport.hearsay(), transport.hearsay("en")) == (ru, en)
    assert (printer.explain_status(), printer.hearsay("en")) == (ru, en)
    api.info = {}
    assert printer.explain_status() == ()
    assert len(api.jobs) == 1


@pytest.mark.parametrize(
    ("code", "kind"), [(5, AccessDenied), (1801, NotConnected), (1, NotConnected)]
)
def test_refusal_of_windows_is_told_by_its_kind(code: int, kind: type[Exception]) -> None:
    api = Win32Print()
    api.refuse = code
    with pytest.raises(kind):
        SpoolerTransport("EPSON", api=api).open()


def test_break_tells_how_much_the_spooler_took() -> None:
    api = Win32Print()
    api.broken_after = 4096
    transport = SpoolerTransport("EPSON", api=api)
    transport.open()
    with pytest.raises(ConnectionLost) as caught:
        transport.write(bytes(10_000))
    assert caught.value.sent_bytes == 4096
    assert not transport.is_open


def test_broken_document_is_dropped_not_printed_by_half() -> None:
    """Half a receipt on paper and the whole one after it would be two receipts of one sale."""
    api = Win32Print()
    api.broken_after = 4096
    transport = SpoolerTransport("EPSON", api=api)
    transport.open()
    with pytest.raises(ConnectionLost):
        transport.write(bytes(10_000))
    api.broken_after = None
    transport.open()
    transport.write(b"first")
    with pytest.raises(Timeout):
        transport.write(b"second", -1.0)
    transport.close()
    assert (api.jobs, api.open_handles) == ([], 0)


def test_job_that_the_queue_refuses_is_told() -> None:
    """Found with a queue that rejects jobs: the end of the job failed, and the receipt was gone in silence."""
    api = Win32Print()
    transport = SpoolerTransport("EPSON", api=api)
    transport.open()
    transport.write(b"receipt")
    api.refuse_job = 6
    with pytest.raises(ConnectionLost, match="EPSON") as caught:
        hand_over(transport)
    assert caught.value.sent_bytes == 0
    assert not transport.is_open
    assert (api.jobs, api.open_handles) == ([], 0)


def test_document_is_handed_over_once() -> None:
    api = Win32Print()
    transport = SpoolerTransport("EPSON", api=api)
    hand_over(transport)
    transport.open()
    hand_over(transport)
    transport.write(b"one")
    hand_over(transport)
    assert api.jobs == [b"one"]
    transport.write(b"two")
    hand_over(RecordingTransport(transport, io.StringIO()))
    transport.close()
    assert api.jobs == [b"one", b"two"]


def test_printer_tells_that_the_queue_refused_the_receipt() -> None:
    api = Win32Print()
    api.refuse_job = 6
    printer = EscposPrinter("Касса", get_profile("TM-T20"), SpoolerTransport("EPSON", api=api))
    with pytest.raises(MaybePrinted) as caught:
        printer.print(PrintDocument([Text("Привет"), Cut()]))
    assert isinstance(caught.value.reason, ConnectionLost)
    with pytest.raises(OutcomeUnknown):
        printer.open_drawer()
    api.refuse_job = 0
    printer.print(PrintDocument([Text("Снова"), Cut()]))
    (job,) = api.jobs
    assert "Снова".encode("cp866") in job


def test_time_that_is_over_and_closed_queue_are_told() -> None:
    transport = SpoolerTransport("EPSON", api=Win32Print())
    with pytest.raises(NotConnected):
        transport.write(b"x")
    with pytest.raises(NotConnected):
        transport.read()
    transport.open()
    with pytest.raises(Timeout):
        transport.write(b"x", -1.0)
    transport.close()
    transport.close()


def test_printer_on_a_spooler_promises_neither_status_nor_confirmation() -> None:
    api = Win32Print()
    printer = EscposPrinter("Касса", get_profile("TM-T20"), SpoolerTransport("EPSON", api=api))
    assert not printer.capabilities.tells_status
    assert not printer.capabilities.confirms_printing
    report = printer.print(PrintDocument([Text("Привет"), Cut()]))
    assert not report.confirmed
    assert report.status.words("ru") == "не отвечает"
    (job,) = api.jobs
    assert "Привет".encode("cp866") in job


@pytest.mark.skipif(os.name == "nt", reason="Windows has a spooler")
def test_elsewhere_than_on_windows_it_says_so() -> None:
    with pytest.raises(ConfigurationError, match="Windows"):
        SpoolerTransport("EPSON").open()
    with pytest.raises(ConfigurationError):
        SpoolerTransport(" ")
