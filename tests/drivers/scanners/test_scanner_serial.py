"""Serial scanners: codes cut out of the stream, over a pseudo-terminal that can be pulled out."""

import itertools
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from drivers.api.errors import NotConnected, TemporaryError
from drivers.api.scanner import CodeKind, Scan, Source, Symbology
from drivers.scanners.codes import classify
from drivers.scanners.serial import SerialScanner, SerialScannerOptions
from drivers.sim.scanner import Fault, ScannerSimulator
from drivers.transport.serial import SerialTransport

EAN = "4600682000013"
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


class ChunkTransport:
    """Gives prepared chunks, then silence."""

    name = "chunks"
    can_read = True

    def __init__(self, chunks: list[bytes]) -> None:
        self.chunks = chunks
        self.is_open = False

    def open(self) -> None:
        """Open."""
        self.is_open = True

    def close(self) -> None:
        """Close."""
        self.is_open = False

    def write(self, data: bytes, timeout_s: float = 5.0) -> None:
        """A scanner is not written to."""
        raise AssertionError((data, timeout_s))

    def read(self, size_max: int = 4096, timeout_s: float = 1.0) -> bytes:
        """Return the next chunk."""
        assert size_max
        assert timeout_s >= 0
        return self.chunks.pop(0) if self.chunks else b""

    def discard_input(self) -> None:
        """Nothing to do."""


def read_all(chunks: list[bytes], options: SerialScannerOptions | None = None) -> list[str]:
    now = [0.0]
    scanner = SerialScanner(ChunkTransport(list(chunks)), options, clock=lambda: now[0])
    scanner.open()
    found: list[Scan] = []
    for _ in range(len(chunks) + 1):
        found += scanner.read(0.2)
    now[0] += 10.0  # silence
    found += scanner.read(0.2)
    return [scan.text for scan in found]


@given(st.lists(st.text("0123456789ABCabc:-я", min_size=1, max_size=40), max_size=5), st.data())
def test_codes_do_not_depend_on_how_the_line_cuts_the_bytes(
    codes: list[str], data: st.DataObject
) -> None:
    stream = b"".join(code.encode() + b"\r\n" for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    ends = [0, *cuts, len(stream)]
    chunks = [stream[a:b] for a, b in itertools.pairwise(ends) if a < b]
    assert read_all(chunks) == codes


@pytest.mark.parametrize(
    ("chunks", "options", "expected"),
    [
        ([b"123456"], None, ["123456"]),
        ([b"\x02ABC\x03"], SerialScannerOptions(prefix="\x02", suffix="\x03"), ["ABC"]),
        ([b"ABC\x03"], SerialScannerOptions(prefix="\x02", suffix="\x03"), ["ABC"]),
        ([b"\r\n\r\n"], None, []),
        (["Кофе".encode("cp1251") + b"\r"], None, ["Кофе"]),
        ([b"]d20104600439931256\x1d93x\r"], None, ["0104600439931256\x1d93x"]),
        ([b"x" * 5000, b"123456\r"], None, ["123456"]),
    ],
)
def test_streams(
    chunks: list[bytes], options: SerialScannerOptions | None, expected: list[str]
) -> None:
    assert read_all(chunks, options) == expected


@pytest.fixture
def plugged(tmp_path: Path) -> Iterator[ScannerSimulator]:
    simulator = ScannerSimulator(tmp_path / "scanner")
    simulator.plug()
    yield simulator
    simulator.unplug()


@posix_only
def test_fast_double_scan_counts_as_two(plugged: ScannerSimulator) -> None:
    scanner = SerialScanner(SerialTransport(plugged.path), device_id="bar")
    scanner.open()
    plugged.scan(EAN, EAN)
    found: list[Scan] = []
    for _ in range(50):
        found += scanner.read(0.1)
        if len(found) == 2:
            break
    scanner.close()
    assert [scan.text for scan in found] == [EAN, EAN]
    assert {(scan.source, scan.device_id) for scan in found} == {(Source.SERIAL, "bar")}
    assert found[0].symbology is Symbology.UNKNOWN


@posix_only
def test_pulled_scanner_is_a_temporary_error_and_works_when_plugged_again(
    plugged: ScannerSimulator,
) -> None:
    scanner = SerialScanner(SerialTransport(plugged.path))
    scanner.open()
    plugged.unplug()
    with pytest.raises(TemporaryError):
        scanner.read(0.2)
    with pytest.raises(NotConnected):
        scanner.open()

    plugged.plug()
    scanner.open()
    plugged.scan(EAN)
    found: list[Scan] = []
    for _ in range(50):
        found += scanner.read(0.1)
        if found:
            break
    scanner.close()
    assert [scan.text for scan in found] == [EAN]


@posix_only
def test_scanner_is_found_again_under_another_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulled out and plugged into another socket: the port has a new name, the device has not."""
    simulator = ScannerSimulator()
    simulator.plug()
    names = [simulator.path]
    port = ListPortInfo(simulator.path)
    port.vid, port.pid, port.serial_number = 0x05F9, 0x4204, "7"
    monkeypatch.setattr(list_ports, "comports", lambda: [port] if port.device else [])
    scanner = SerialScanner(SerialTransport("usb:05f9:4204:7"))
    scanner.open()
    keeper = os.open(simulator.path, os.O_RDWR | os.O_NOCTTY)  # its number is not given away again
    simulator.unplug()
    port.device = ""
    with pytest.raises(TemporaryError):
        scanner.read(0.2)
    with pytest.raises(NotConnected):
        scanner.open()
    simulator.plug()
    names.append(simulator.path)
    port.device = simulator.path
    scanner.open()
    simulator.scan(EAN)
    found: list[Scan] = []
    while not found:
        found += scanner.read(0.1)
    scanner.close()
    simulator.unplug()
    os.close(keeper)
    assert [scan.text for scan in found] == [EAN]
    assert names[0] != names[1]


@posix_only
@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_of_the_simulator_leaves_the_driver_alive(fault: Fault) -> None:
    """No fault is a crash or a wrong code that looks right; a pulled cable is told."""
    simulator = ScannerSimulator(fault=fault)
    simulator.plug()
    now_s = [0.0]  # stands still while the guest scans: a busy machine is no silence
    scanner = SerialScanner(SerialTransport(simulator.path), clock=lambda: now_s[0])
    scanner.open()
    marking = "010460043993125621JgXJ5T\x1d93Mdk5"
    codes = {"4600682000013", marking, marking.replace("\x1d", "")}
    guest = threading.Thread(target=simulator.scan, args=(EAN,))
    guest.start()
    found: list[Scan] = []
    lost = False
    while guest.is_alive() or not lost:
        try:
            read = scanner.read(0.1)
        except TemporaryError:
            lost = True
            break
        found += read
        if not guest.is_alive() and not read:
            break
    guest.join()
    now_s[0] += 10.0
    if not lost:
        found += scanner.read(0.1)
    scanner.close()
    simulator.unplug()
    assert lost is (fault is Fault.UNPLUG)
    kinds = {classify(scan.text).kind for scan in found if scan.text not in codes}
    assert kinds <= {CodeKind.TEXT, CodeKind.UNKNOWN, CodeKind.GUEST_CODE}
    assert len(found) == {Fault.SILENT: 0, Fault.UNPLUG: 0, Fault.DOUBLE: 2}.get(fault, 1)


def test_slow_link_does_not_cut_a_code_of_a_scanner_that_sends_line_ends() -> None:
    """Half an EAN-13 has six digits, as a guest's code has."""
    now_s = [0.0]
    line = ChunkTransport([b"4600682000013\r", b"460068", b"", b"2000013\r", b"460068", b""])
    scanner = SerialScanner(line, clock=lambda: now_s[0])
    scanner.open()
    found: list[str] = []
    for pause_s in (0.0, 0.0, 0.3, 0.0, 0.0, 0.6):
        now_s[0] += pause_s
        found += [scan.text for scan in scanner.read(0.2)]
    assert found == [EAN, EAN, "460068"]
