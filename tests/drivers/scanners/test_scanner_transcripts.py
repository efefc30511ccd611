"""Streams of serial scanners as the wire shows them; each file names its source."""

from pathlib import Path

import pytest

from drivers.api.errors import ConnectionLost
from drivers.api.scanner import Scan, Symbology
from drivers.scanners.serial import SerialScanner, SerialScannerOptions
from drivers.transport.transcript import ReplayTransport, load_transcript

FOLDER = Path(__file__).parents[2] / "transcripts" / "scanners"
EAN = "4600682000013"
MILK = "010460043993125621JgXJ5T\x1d93Mdk5"
FRAMED = SerialScannerOptions(prefix="\x02", suffix="\x03", separator="|")


def play(name: str, options: SerialScannerOptions | None = None) -> list[Scan]:
    line = ReplayTransport(load_transcript(FOLDER / name))
    scanner = SerialScanner(line, options, clock=lambda: 0.0)
    found: list[Scan] = []
    while not line.is_finished:
        scanner.open()
        try:
            found += scanner.read(0.1)
        except ConnectionLost:
            assert not line.is_open
    return found


@pytest.mark.parametrize(
    ("name", "options", "expected"),
    [
        ("usb-com-cr.txt", None, [(EAN, Symbology.UNKNOWN), ("46006820", Symbology.UNKNOWN)]),
        (
            "aim-identifiers.txt",
            None,
            [
                (EAN, Symbology.EAN13),
                ("0104600439931256", Symbology.CODE128),
                (MILK, Symbology.DATAMATRIX),
                ("LC:7f3a", Symbology.QR),
            ],
        ),
        ("stx-etx-frame.txt", FRAMED, [(EAN, Symbology.UNKNOWN), (MILK, Symbology.UNKNOWN)]),
        ("unplugged-midway.txt", None, [(EAN, Symbology.UNKNOWN), (EAN, Symbology.UNKNOWN)]),
    ],
)
def test_recorded_stream(
    name: str, options: SerialScannerOptions | None, expected: list[tuple[str, Symbology]]
) -> None:
    assert [(scan.text, scan.symbology) for scan in play(name, options)] == expected


def test_every_transcript_is_played_and_names_its_source() -> None:
    files = sorted(path.name for path in FOLDER.glob("*.txt"))
    assert files == [
        "aim-identifiers.txt",
        "stx-etx-frame.txt",
        "unplugged-midway.txt",
        "usb-com-cr.txt",
    ]
    assert all((FOLDER / name).read_text(encoding="utf-8").startswith("# ") for name in files)
