"""Rare answers, byte by byte: late, lost, half, and the rule that doubt is never told as certainty."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.api.errors import (
    ConnectionLost,
    DeviceOffline,
    OutcomeUnknown,
    Timeout,
    TransportError,
)
from drivers.api.printer import MaybePrinted, Paper, PrintDocument, Text
from drivers.printers.profiles import get_profile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.transport.transcript import ReplayTransport, parse_transcript

READY = ["> 10 04 01", "< 12", "> 10 04 02", "< 12", "> 10 04 03", "< 12", "> 10 04 04", "< 12"]
OFFLINE = ["> 10 04 01", "< 1a", *READY[2:]]
DOCUMENT = PrintDocument([Text("x")])
SENT = "> 1b 40 1c 2e 1b 74 11 78 0a 1d 72 01"
PULSE = "> 1b 40 1b 70 00 19 fa"


def printer_on(*lines: str) -> tuple[EscposPrinter, ReplayTransport]:
    """A driver on a transcript; each look at the clock takes 0.1 s."""
    transport = ReplayTransport(parse_transcript(lines))
    ticks = itertools.count()
    printer = EscposPrinter(
        "Касса",
        get_profile("xprinter-xp80"),
        transport,
        timeouts=PrinterTimeouts(answer_s=1.0, write_s=1.0, print_s=2.0, poll_s=0.1),
        clock=lambda: next(ticks) / 10,
    )
    return printer, transport


def test_break_after_the_confirmation_takes_nothing_back() -> None:
    printer, transport = printer_on(*READY, SENT, "< 00", "> 10 04 01", "! lost")
    report = printer.print(DOCUMENT)
    assert report.confirmed
    assert report.status.paper is Paper.OK
    assert report.status.online is None
    assert transport.is_finished


def test_confirmation_that_comes_between_status_answers_counts() -> None:
    printer, transport = printer_on(
        *READY, SENT, "< -", "> 10 04 01", "< 12 03", *READY[2:], *READY[:6], "> 10 04 04", "< 1e"
    )
    report = printer.print(DOCUMENT)
    assert report.confirmed
    assert report.status.paper is Paper.NEAR_END
    assert transport.is_finished


def test_answers_that_come_in_one_piece_are_all_seen() -> None:
    printer, _ = printer_on(*READY, SENT, "< 12 12 00", *READY)
    assert printer.print(DOCUMENT).confirmed


def test_off_line_alone_is_waited_out_before_it_is_told() -> None:
    rounds = ["< -", *OFFLINE] * 2
    printer, _ = printer_on(*READY, SENT, *rounds, "< 00", *READY)
    assert printer.print(DOCUMENT).confirmed


def test_off_line_for_good_is_maybe_printed() -> None:
    printer, _ = printer_on(*READY, SENT, *(["< -", *OFFLINE] * 30))
    with pytest.raises(MaybePrinted) as caught:
        printer.print(DOCUMENT)
    assert isinstance(caught.value.reason, DeviceOffline)


def test_break_before_the_first_byte_of_the_document_printed_nothing() -> None:
    printer, transport = printer_on(*READY, "! lost")
    with pytest.raises(ConnectionLost) as caught:
        printer.print(DOCUMENT)
    assert caught.value.device == "Касса"
    assert not transport.is_open


def test_break_after_the_first_byte_is_maybe_printed() -> None:
    printer, _ = printer_on(*READY, "> 1b", "! lost")
    with pytest.raises(MaybePrinted) as caught:
        printer.print(DOCUMENT)
    assert isinstance(caught.value.reason, ConnectionLost)


def test_half_an_answer_to_the_status_is_not_ready() -> None:
    """A printer that answers the first question only: paper stays unknown, not fine."""
    printer, _ = printer_on("> 10 04 01", "< 12", "> 10 04 02", *(["< -"] * 20))
    status = printer.status()
    assert status.online is True
    assert status.paper is Paper.UNKNOWN
    assert "о бумаге нет данных" in status.words("ru")


def test_printer_that_only_volunteers_its_state_is_heard() -> None:
    printer, _ = printer_on("> 10 04 01", "< 38 00 0c 00", *(["< -"] * 20))
    status = printer.status()
    assert status.cover_open is True
    assert status.paper is Paper.OUT


def test_noise_on_the_line_is_no_answer() -> None:
    printer, _ = printer_on("> 10 04 01", "< ff 93 11 13 80", *(["< -"] * 20))
    assert not printer.status().answered


def test_drawer_that_falls_silent_after_the_pulse_is_unknown() -> None:
    printer, _ = printer_on(*READY, PULSE, "> 10 04 01", *(["< -"] * 20))
    with pytest.raises(OutcomeUnknown):
        printer.open_drawer()


def test_drawer_pulse_that_could_not_be_sent_is_a_plain_error() -> None:
    printer, _ = printer_on(*READY, "! lost")
    with pytest.raises(TransportError):
        printer.open_drawer()


def test_printer_that_confirms_nothing_in_time_is_maybe_printed() -> None:
    printer, _ = printer_on(*READY, SENT, *(["< -", *READY] * 30))
    with pytest.raises(MaybePrinted) as caught:
        printer.print(DOCUMENT)
    assert isinstance(caught.value.reason, Timeout)
    assert caught.value.text("en").startswith("Касса: The device does not answer.")


def test_making_the_driver_needs_neither_pillow_nor_the_library(tmp_path: Path) -> None:
    """They cost half a second, which the device's own thread pays, not the start of the till."""
    code = (
        "import sys, drivers.printers.build as b, drivers.printers.profiles as p\n"
        f"printer = b.file_printer('x', p.get_profile('xprinter-xp80'), {str(tmp_path / 'f')!r})\n"
        "print(sorted({'PIL', 'numpy', 'escpos', 'segno', 'barcode'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
