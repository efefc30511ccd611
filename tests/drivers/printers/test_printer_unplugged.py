"""The cable is pulled at every single byte of a receipt: the driver ends in an explained state.

Three ends are allowed: confirmed (the paper is whole), nothing printed (nothing of the document is on paper),
or maybe printed. Whoever repeats by these answers prints the receipt once without a mark, never twice.
"""

import itertools

import pytest

from drivers.api.errors import DriverError, TransportError
from drivers.api.printer import (
    Columns,
    Cut,
    MaybePrinted,
    OpenDrawer,
    PrintDocument,
    Qr,
    Rule,
    Text,
)
from drivers.printers.profiles import PrinterProfile, get_profile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.sim.direct import DirectTransport

TITLE, LAST = "Кафе Ромашка", "Спасибо"
RECEIPT = PrintDocument(
    [
        OpenDrawer(),
        Text(TITLE, "center", 2, 2, bold=True),
        Rule(),
        Columns("Капучино", "250,00"),
        Columns("ИТОГО", "250,00", bold=True),
        Qr("https://ml.example/r/1"),
        Text(LAST),
        Cut(),
    ]
)
COPY = PrintDocument(RECEIPT.elements[1:], copy_mark=True)
PROFILES = [get_profile("XP-80"), get_profile("TM-T88V"), get_profile("TSP650")]


def printer_on(transport: DirectTransport, profile: PrinterProfile) -> EscposPrinter:
    """A driver whose clock moves by each look at it."""
    ticks = itertools.count()
    timeouts = PrinterTimeouts(answer_s=0.5, write_s=1.0, print_s=1.0, poll_s=0.1)
    return EscposPrinter(
        "Касса", profile, transport, timeouts=timeouts, clock=lambda: next(ticks) / 10
    )


def whole_dialogue(profile: PrinterProfile) -> tuple[int, int]:
    """Bytes there and back of an undisturbed print."""
    transport = DirectTransport(profile)
    assert printer_on(transport, profile).print(RECEIPT).confirmed
    transport.close()
    return transport.sent_count, transport.received_count


def lines_of(transport: DirectTransport) -> list[list[str]]:
    """The papers as lines without blanks around."""
    return [[line.strip() for line in paper.lines] for paper in transport.receipts]


def print_until_done(transport: DirectTransport, profile: PrinterProfile) -> list[str]:
    """Do as the print queue does: repeat after "nothing", repeat marked after "maybe"."""
    printer = printer_on(transport, profile)
    ends = []
    document = RECEIPT
    for _ in range(3):
        try:
            report = printer.print(document)
        except MaybePrinted as error:
            ends.append("maybe")
            assert_explained(error)
            document = COPY
        except TransportError as error:
            ends.append("nothing")
            assert_explained(error)
            if "maybe" not in ends:
                assert_nothing_printed(transport)
        else:
            assert report.confirmed
            ends.append("confirmed")
            break
    transport.close()
    return ends


def assert_explained(error: DriverError) -> None:
    """Every end has words for the cashier, with the printer's name."""
    assert error.text("ru").startswith("Касса: ")
    assert error.text("en").endswith(".")
    if isinstance(error, MaybePrinted):
        assert error.reason is not None
        assert "Проверьте чек" in error.text("ru")


def assert_nothing_printed(transport: DirectTransport) -> None:
    """No line of the document is on paper."""
    assert all(TITLE not in line for paper in lines_of(transport) for line in paper)


def assert_once_without_mark(transport: DirectTransport) -> None:
    """One whole receipt at least, and no second one that is not marked."""
    papers = lines_of(transport)
    whole = [paper for paper in papers if TITLE in paper and LAST in paper]
    assert whole
    assert sum("КОПИЯ" not in paper for paper in whole) <= 1
    assert transport.machine.drawer_count <= 2


@pytest.mark.parametrize("keeps_power", [True, False], ids=["cable", "power"])
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_cut_at_every_byte_to_the_printer(profile: PrinterProfile, keeps_power: bool) -> None:
    there, _ = whole_dialogue(profile)
    seen = set()
    for place in range(there):
        transport = DirectTransport(profile, break_at_sent=place, keeps_power=keeps_power)
        ends = print_until_done(transport, profile)
        assert ends[-1] == "confirmed", (place, ends)
        assert_once_without_mark(transport)
        seen.add(ends[0])
    assert seen == {"nothing", "maybe", "confirmed"}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.id)
def test_cut_at_every_byte_of_the_answers(profile: PrinterProfile) -> None:
    _, back = whole_dialogue(profile)
    seen = set()
    for place in range(back):
        transport = DirectTransport(profile, break_at_received=place)
        ends = print_until_done(transport, profile)
        assert ends[-1] == "confirmed", (place, ends)
        assert_once_without_mark(transport)
        seen.add(ends[0])
    assert {"nothing", "confirmed"} <= seen


def test_answer_lost_after_the_whole_receipt_gives_a_marked_copy() -> None:
    """The receipt is out, its confirmation is lost: the second paper says that it is a copy."""
    profile = PROFILES[0]
    there, back = whole_dialogue(profile)
    question_bytes, answer_bytes = 4, 4  # one round of DLE EOT after the confirmation
    transport = DirectTransport(profile, break_at_received=back - answer_bytes - 1)
    assert there > question_bytes
    assert print_until_done(transport, profile) == ["maybe", "confirmed"]
    first, second = lines_of(transport)
    assert "КОПИЯ" not in first
    assert "КОПИЯ" in second
