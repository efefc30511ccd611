"""What the spooler transport promises, each shown on a Windows spooler under Wine.

A promise is a function of the stage that ends (shown; its answer says what was seen), fails by an assertion, or raises
``WineCannot`` where Wine does not do what Windows does. The limits are looked at each time, so that a newer Wine that
does more is noticed.
"""

import contextlib
import hashlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest

from drivers.api.errors import ConnectionLost, DeviceOffline, DriverError, NotConnected
from drivers.api.printer import MaybePrinted, PrintDocument, ReceiptPrinter
from drivers.discovery.found import Confidence, Found
from drivers.discovery.spooler import find_queues
from drivers.printers.build import file_printer, network_printer
from drivers.printers.profiles import get_profile
from drivers.registry import build_printer
from drivers.sim.printer import PrinterSimulator
from drivers.transport.base import hand_over
from drivers.transport.spooler import (
    ATTRIBUTE_WORK_OFFLINE,
    STATUS_PAUSED,
    SpoolerTransport,
)
from tests.wine.byte_sink import ByteSink, byte_sink
from tests.wine.sample_receipt import PROFILE, RECEIPT, queue_config
from tests.wine.spooler_bench import SpoolerBench
from tests.wine.win32print_bridge import Win32PrintBridge

SIMULATED, COLLECTED, OFFICE, DELETED = "XP-80", "Касса", "Office-PDF", "Bar"


class WineCannot(Exception):  # noqa: N818 - reads as a fact
    """Wine does not do what Windows does, so nothing is shown."""


@dataclass(frozen=True)
class Stage:
    """Windows with its printers.

    Attributes:
        bench: the machine.
        windows: win32print.
        simulator: what hangs on the queue SIMULATED.
        sink: what hangs on all others.
        folder: for files.
    """

    bench: SpoolerBench
    windows: Win32PrintBridge
    simulator: PrinterSimulator
    sink: ByteSink
    folder: Path

    def transport(self, queue: str = COLLECTED) -> SpoolerTransport:
        """The transport under test."""
        return SpoolerTransport(queue, api=self.windows)

    def printer(self, queue: str) -> ReceiptPrinter:
        """A printer as the till makes it from its settings; win32print is imported as on Windows."""
        return build_printer(queue_config(queue))

    def receipt_bytes(self, document: PrintDocument = RECEIPT) -> bytes:
        """A receipt by another road: what a file collects."""
        path = self.folder / "receipt.bin"
        path.unlink(missing_ok=True)
        file_printer("Файл", get_profile(PROFILE), path).print(document)
        return path.read_bytes()


@contextlib.contextmanager
def spooler_stage(folder: Path, windows_python: Path | None = None) -> Iterator[Stage]:
    """Set it up, with ``win32print`` importable, and clear it away; see SpoolerBench."""
    with (
        SpoolerBench(windows_python) as bench,
        PrinterSimulator(get_profile(PROFILE)) as simulator,
        byte_sink() as sink,
        pytest.MonkeyPatch.context() as patch,
    ):
        bench.add_queue(SIMULATED, simulator.port)
        for queue in (COLLECTED, OFFICE, DELETED):
            bench.add_queue(queue, sink.port)
        windows = bench.connect()
        patch.setitem(sys.modules, "win32print", cast("Any", windows))
        yield Stage(bench, windows, simulator, sink, folder)


# -- what is promised --------------------------------------------------------------------------------------


def queues_are_found(stage: Stage) -> str:
    """The search lists Windows' printers and proposes settings for those that look like receipt printers."""
    found = {item.address: item for item in find_queues(stage.windows)}
    assert set(found) == {SIMULATED, COLLECTED, DELETED}, "the one that prints no paper is left out"
    assert found[COLLECTED].confidence is Confidence.GUESS
    likely: Found = found[SIMULATED]
    assert likely.confidence is Confidence.LIKELY
    assert f"CUPS:{SIMULATED}" in likely.words_en
    assert likely.config is not None
    build_printer(likely.config).open()
    return f"{', '.join(found)}; {OFFICE} left out"


def receipt_reaches_the_printer(stage: Stage) -> str:
    """The paper is the one that a network printer gives; nobody claims to know that it came."""
    done = len(stage.simulator.receipts)
    network_printer("Сеть", get_profile(PROFILE), "127.0.0.1", stage.simulator.port).print(RECEIPT)
    expected = stage.simulator.wait_for_receipts(done + 1, 60.0)[-1]
    printer = stage.printer(SIMULATED)
    printer.open()
    report = printer.print(RECEIPT)
    assert not report.confirmed
    assert not report.status.answered
    paper = stage.simulator.wait_for_receipts(done + 2, 60.0)[-1]
    assert paper.is_cut
    assert paper.lines == expected.lines
    assert 'Кафе "Ромашка"' in paper.lines[0]
    return f"{len(paper.lines)} lines as on a network printer, not confirmed"


def receipt_arrives_byte_by_byte(stage: Stage) -> str:
    """The queue gets exactly the bytes that a file gets."""
    before = len(stage.sink.received)
    stage.printer(COLLECTED).print(RECEIPT)
    (got,) = stage.sink.wait_for(before + 1)[before:]
    assert got == stage.receipt_bytes()
    return f"{len(got)} bytes, all equal"


def any_bytes_pass(stage: Stage) -> str:
    """No byte is changed, none lost or added: control codes, line ends, zeros, a long picture."""
    before = len(stage.sink.received)
    ends = b"\x1a\x00\r\n\n\r\x04\x1b@\x0c\xff"
    sent = ends + bytes(range(256)) + hashlib.shake_256(b"picture").digest(300_000) + ends
    transport = stage.transport()
    transport.open()
    transport.write(sent, 60.0)
    transport.close()
    (got,) = stage.sink.wait_for(before + 1)[before:]
    assert got == sent
    return f"{len(sent)} bytes, all equal"


def drawer_opens(stage: Stage) -> str:
    """The pulse is a job of its own."""
    done = stage.simulator.drawer_count
    stage.printer(SIMULATED).open_drawer()
    stage.simulator.wait_until(lambda: stage.simulator.drawer_count == done + 1, 60.0)
    return "one pulse"


def one_document_is_one_job(stage: Stage) -> str:
    """Nothing leaves before the document is whole; documents come one by one, in order."""
    before, jobs = len(stage.sink.received), stage.bench.jobs(COLLECTED)
    transport = stage.transport()
    transport.open()
    for number in (b"1", b"2"):
        transport.write(b"receipt \n")
        transport.write(number)
        assert len(stage.sink.received) == before + int(number) - 1
        hand_over(transport)
        stage.sink.wait_for(before + int(number))
    transport.close()
    assert stage.sink.received[before:] == [b"receipt \n1", b"receipt \n2"]
    assert stage.bench.jobs(COLLECTED) == jobs + 2
    return "two documents, two jobs, in order"


def looking_leaves_no_job(stage: Stage) -> str:
    """Opening a queue to see whether it is there prints nothing."""
    jobs = stage.bench.jobs(COLLECTED)
    transport = stage.transport()
    transport.open()
    assert transport.read(timeout_s=0.0) == b""
    transport.close()
    assert stage.bench.jobs(COLLECTED) == jobs
    return "no job"


def unknown_queue_is_told(stage: Stage) -> str:
    """A name that Windows does not know is told as such."""
    with pytest.raises(NotConnected, match="no such queue"):
        stage.transport("Кухня").open()
    assert stage.windows.refusals[-1] == (1801, "OpenPrinter")
    return "error 1801 of OpenPrinter is NotConnected: no such queue"


def offline_queue_gets_no_job(stage: Stage) -> str:
    """A printer that Windows is to use off line gets no job that would come out hours later."""
    jobs = stage.bench.jobs(COLLECTED)
    stage.bench.set_registry(COLLECTED, "Attributes", ATTRIBUTE_WORK_OFFLINE)
    with pytest.raises(DeviceOffline, match="0x400"):
        stage.printer(COLLECTED).print(RECEIPT)
    assert stage.bench.jobs(COLLECTED) == jobs
    stage.bench.set_registry(COLLECTED, "Attributes", 0)
    stage.printer(COLLECTED).open()
    return "attribute 0x400 is DeviceOffline, without it the queue opens"


def paused_queue_gets_no_job(stage: Stage) -> str:
    """The same for a queue that Windows calls paused."""
    stage.bench.set_registry(COLLECTED, "Status", STATUS_PAUSED)
    transport = stage.transport()
    try:
        transport.open()
    except DeviceOffline:
        return "status 0x1 is DeviceOffline"
    finally:
        transport.close()
        stage.bench.set_registry(COLLECTED, "Status", 0)
    raise WineCannot("GetPrinter gives no status: it stays 0 whatever the registry says")


def stopped_queue_prints_later(stage: Stage) -> str:
    """A stop that Windows is not told of: the receipt waits, is not called printed, and comes when the queue runs."""
    before = len(stage.sink.received)
    with stage.bench.stopped_queue(COLLECTED):
        report = stage.printer(COLLECTED).print(RECEIPT)
        assert not report.confirmed
        assert stage.bench.jobs(COLLECTED, "not-completed") == 1
        assert len(stage.sink.received) == before
    assert stage.sink.wait_for(before + 1)[before:] == [stage.receipt_bytes()]
    stage.bench.wait_until_empty(COLLECTED)
    return "not confirmed, one job waits, then prints whole"


def refused_job_is_told(stage: Stage) -> str:
    """A queue that takes no jobs: the till learns that the receipt may be missing, and prints again when it does."""
    before = len(stage.sink.received)
    printer = stage.printer(COLLECTED)
    with stage.bench.rejecting_queue(COLLECTED), pytest.raises(MaybePrinted) as caught:
        printer.print(RECEIPT)
    assert isinstance(caught.value.reason, ConnectionLost)
    refusal = stage.windows.refusals[-1]
    assert refusal[1] == "EndDocPrinter"
    printer.print(RECEIPT)
    (got,) = stage.sink.wait_for(before + 1)[before:]
    assert got.endswith(stage.receipt_bytes())
    return f"{refusal} is MaybePrinted; the next receipt comes alone"


def deleted_queue_is_told(stage: Stage) -> str:
    """A queue that was deleted between two receipts does not swallow the second."""
    printer = stage.printer(DELETED)
    printer.open()
    stage.bench.remove_queue(DELETED)
    with pytest.raises(DriverError) as caught:
        printer.print(RECEIPT)
    return f"{stage.windows.refusals[-1]} is {type(caught.value).__name__}"


def broken_document_is_told(stage: Stage) -> str:
    """The handle dies in the middle: the error says how much the spooler had taken."""
    transport = stage.transport()
    transport.open()
    transport.write(b"half a receipt\n")
    stage.windows.ClosePrinter(transport._handle)
    with pytest.raises(ConnectionLost) as caught:
        transport.write(b"the other half\n")
    assert caught.value.sent_bytes == 0
    assert (6, "WritePrinter") in stage.windows.refusals
    assert not transport.is_open
    stage.bench.wait_until_empty(COLLECTED)
    return "error 6 of WritePrinter is ConnectionLost"


def broken_document_is_dropped(stage: Stage) -> str:
    """A document that breaks off is dropped, so that the whole one after it is the only one on paper."""
    before = len(stage.sink.received)
    transport = stage.transport()
    transport.open()
    transport.write(b"half a receipt\n")
    with pytest.raises(DriverError):
        transport.write(b"the other half\n", -1.0)
    stage.bench.wait_until_empty(COLLECTED)
    transport.open()
    transport.write(b"whole\n")
    transport.close()
    stage.bench.wait_until_empty(COLLECTED)
    got = stage.sink.wait_for(before + 1)[before:]
    if got == [b"whole\n"]:
        return "only the whole document came out"
    assert stage.sink.wait_for(before + 2)[before:] == [b"half a receipt\n", b"whole\n"]
    raise WineCannot("AbortPrinter says it is done, and the job comes out all the same")


PROMISES: tuple[Callable[[Stage], str], ...] = (
    queues_are_found,
    receipt_reaches_the_printer,
    receipt_arrives_byte_by_byte,
    any_bytes_pass,
    drawer_opens,
    one_document_is_one_job,
    looking_leaves_no_job,
    unknown_queue_is_told,
    offline_queue_gets_no_job,
    stopped_queue_prints_later,
    refused_job_is_told,
    deleted_queue_is_told,
    broken_document_is_told,
    paused_queue_gets_no_job,
    broken_document_is_dropped,
)
LIMITS = frozenset({"paused_queue_gets_no_job", "broken_document_is_dropped"})
"""Promises that a Wine may leave unshown; for these there is the stand-in of `test_transport_spooler.py`."""
NEVER_SHOWN = (
    "rights (error 5), a spooler service that is stopped (1722), printers of other computers",
    "drivers, port monitors and USB ports of Windows; paper and printers that exist",
)
NEVER_SHOWN_WITHOUT_PYTHON = (
    "pywin32 itself: the bridge makes its calls, its own code does not run",
)
