"""atheris over the streams of serial scanners, the meaning of codes, the wedge and calibration."""

from drivers.scanners.calibration import Calibration
from drivers.scanners.codes import classify
from drivers.scanners.serial import CODE_BYTES_MAX, SerialScanner, SerialScannerOptions
from drivers.scanners.wedge import KeyKind, KeyPress, Wedge
from drivers.transport.transcript import Entry, ReplayTransport
from tests.fuzz.common import run

SEEDS = (
    b"\x00]d2010460043993125621JgXJ5T\x1d93Mdk5\r\n",
    b"\x014600682000013\r46006820\r",
    "\x02ДСЖ7а3ф\r".encode(),
    b"\x03CAL1:aZ-09/qY=7\r0104600000000008215aBc7Z\x1d93xY4z\r",
    b"\x04\x02ABC\x03",
)
_FRAMED = SerialScannerOptions(prefix="\x02", suffix="\x03", separator="|")


def read_scanner(data: bytes) -> None:
    """The first byte picks what reads the rest."""
    if not data:
        return
    pick, rest = data[0] % 5, data[1:]
    if pick in (0, 4):
        _read_stream(rest, _FRAMED if pick else SerialScannerOptions())
    elif pick == 1:
        text = rest.decode("utf-8", "replace")
        assert classify(text).text is not None
        classify(text, typed=True)
    elif pick == 2:
        _type(rest.decode("utf-8", "replace"))
    else:
        _calibrate(rest)


def _read_stream(data: bytes, options: SerialScannerOptions) -> None:
    pieces = [data[start : start + 7] for start in range(0, len(data), 7)]
    line = ReplayTransport([Entry("<", piece) for piece in pieces])
    scanner = SerialScanner(line, options, clock=iter(range(10 * len(data) + 100)).__next__)
    scanner.open()
    for _ in range(len(pieces) + 2):
        for scan in scanner.read(0.1):
            assert 0 < len(scan.text) <= CODE_BYTES_MAX


def _type(text: str) -> None:
    wedge = Wedge()
    for number, char in enumerate(text):
        kind = KeyKind.END if char == "\r" else KeyKind.CHARACTER
        wedge.feed(KeyPress(kind, char, number * 0.01, ord(char) % 90, ord(char) % 2 == 0))


def _calibrate(data: bytes) -> None:
    calibration = Calibration(baud=9600)
    for number in range(0, len(data), 5):
        calibration.feed_bytes(data[number : number + 5], number * 0.05)
    calibration.tick(1e6)
    assert calibration.words("ru")


if __name__ == "__main__":
    run(
        read_scanner,
        SEEDS,
        instrument=[
            "drivers.scanners.calibration",
            "drivers.scanners.codes",
            "drivers.scanners.gs1",
            "drivers.scanners.layout",
            "drivers.scanners.serial",
            "drivers.scanners.wedge",
        ],
    )
