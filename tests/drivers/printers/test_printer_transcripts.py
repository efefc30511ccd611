"""Wire transcripts: the driver still says on the wire what it said when it was right.

Recorded against the simulator; to record anew, run the same scene through RecordingTransport and judge the
difference by eye.
"""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from drivers.api.errors import CoverOpen, Timeout
from drivers.api.printer import Columns, Cut, MaybePrinted, PrintDocument, Qr, Text
from drivers.printers.profiles import get_profile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.transport.transcript import ReplayTransport, load_transcript

FOLDER = Path(__file__).parents[2] / "transcripts" / "printers"
TIMEOUTS = PrinterTimeouts(answer_s=1.0, write_s=1.0, print_s=5.0, poll_s=0.1)
RECEIPT = PrintDocument(
    [
        Text("Кафе «Ромашка»", "center", bold=True),
        Columns("Капучино", "250,00\u00a0₽"),
        Qr("https://ml.example/r/1"),
        Cut(),
    ]
)

Scene = Callable[[EscposPrinter], None]


def prints(printer: EscposPrinter) -> None:
    assert printer.print(RECEIPT).confirmed


def refuses_with_open_cover(printer: EscposPrinter) -> None:
    with pytest.raises(CoverOpen):
        printer.print(RECEIPT)


def does_not_answer(printer: EscposPrinter) -> None:
    with pytest.raises(Timeout):
        printer.print(RECEIPT)


def runs_out_of_paper(printer: EscposPrinter) -> None:
    with pytest.raises(MaybePrinted):
        printer.print(RECEIPT)


def loses_its_connection(printer: EscposPrinter) -> None:
    with pytest.raises(MaybePrinted):
        printer.print(RECEIPT)


def opens_the_drawer_without_paper(printer: EscposPrinter) -> None:
    printer.open_drawer()


SCENES: dict[str, Scene] = {
    "print": prints,
    "cover-open": refuses_with_open_cover,
    "silent": does_not_answer,
    "paper-out-midway": runs_out_of_paper,
    "lost-midway": loses_its_connection,
    "drawer-without-paper": opens_the_drawer_without_paper,
    "star-print": prints,
    "star-drawer-without-paper": opens_the_drawer_without_paper,
}


@pytest.mark.parametrize("name", SCENES)
def test_driver_follows_the_transcript(name: str) -> None:
    transport = ReplayTransport(load_transcript(FOLDER / f"{name}.txt"), name=name)
    # Each look at the clock takes 0.1 s: silence ends without waiting, and always at the same byte.
    ticks = itertools.count()
    model = "TSP650" if name.startswith("star") else "xprinter-xp80"
    printer = EscposPrinter(
        "Касса",
        get_profile(model).adjusted(signs="words"),
        transport,
        timeouts=TIMEOUTS,
        clock=lambda: next(ticks) / 10,
    )
    SCENES[name](printer)
    assert transport.is_finished


def test_every_transcript_has_a_scene() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(SCENES)
