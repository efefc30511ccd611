"""What every receipt printer promises, on TCP and on a pseudo-terminal, against the simulator."""

import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image as PillowImage

from drivers.api.errors import (
    CoverOpen,
    DeviceFault,
    DeviceNotReady,
    DeviceOffline,
    NotConnected,
    NotSupported,
    PaperOut,
    Timeout,
    TransportError,
)
from drivers.api.printer import (
    BadDocument,
    Barcode,
    Cut,
    MaybePrinted,
    Paper,
    PrintDocument,
    ReceiptPrinter,
    Text,
)
from drivers.printers.build import file_printer, network_printer
from drivers.printers.page import text_lines
from drivers.printers.profiles import get_profile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.sim.escpos_console import obey
from drivers.sim.printer import PrinterSimulator
from drivers.sim.usb_backend import UsbLink
from drivers.transport.usb import UsbTransport

PATIENT = PrinterTimeouts(answer_s=20.0, write_s=20.0, print_s=20.0, poll_s=0.05)
MakePrinter = Callable[..., EscposPrinter]
HASTY = PrinterTimeouts(answer_s=0.2, write_s=0.5, print_s=0.6, poll_s=0.05)


def while_printing(simulator: PrinterSimulator, action: Callable[[], None]) -> threading.Thread:
    """Do something as soon as the document (not only status questions) is coming in."""

    def wait_and_act() -> None:
        simulator.wait_until(lambda: simulator.received_bytes > 200)
        action()

    thread = threading.Thread(target=wait_and_act)
    thread.start()
    return thread


def test_receipt_is_printed_confirmed_and_kept_as_png_and_text(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument, tmp_path: Path
) -> None:
    printer: ReceiptPrinter = make_printer()
    printer.open()
    report = printer.print(receipt)
    assert report.confirmed
    assert report.status.paper is Paper.OK
    (paper,) = simulator.wait_for_receipts(1)
    assert paper.is_cut
    assert paper.lines[-2:] == ["[qr https://ml.example/r/1]", "[cut]"]
    assert any(line.endswith("7 500,00 руб.") for line in paper.lines)
    text = (tmp_path / "paper" / "receipt-0001.txt").read_text(encoding="utf-8")
    assert text.splitlines() == paper.lines
    with PillowImage.open(tmp_path / "paper" / "receipt-0001.png") as picture:
        assert picture.size == paper.image().size


def test_receipts_come_out_in_order_and_whole(
    simulator: PrinterSimulator, make_printer: MakePrinter
) -> None:
    printer = make_printer()
    for number in range(5):
        printer.print(PrintDocument([Text(f"Чек № {number}"), Cut()]))
    printer.print(PrintDocument([Text("конец"), Cut()]))
    printer.close()
    lines = [
        line.strip()
        for paper in simulator.wait_for_receipts(6)
        for line in paper.lines
        if line != "[cut]"
    ]
    assert lines == [*(f"Чек № {number}" for number in range(5)), "конец"]


def test_ready_printer_says_so(make_printer: MakePrinter) -> None:
    status = make_printer().status()
    assert status.is_ready
    assert (status.online, status.paper, status.cover_open) == (True, Paper.OK, False)


def test_every_bit_is_told_in_words(simulator: PrinterSimulator, make_printer: MakePrinter) -> None:
    simulator.set_cover(is_open=True)
    simulator.set_paper(Paper.NEAR_END)
    printer = make_printer()
    told = printer.explain_status()
    assert {"не в сети", "крышка открыта", "бумага заканчивается"} <= set(told)
    assert "cover open" in printer.explain_status("en")


def test_drawer_gets_one_pulse(
    simulator: PrinterSimulator, make_printer: MakePrinter, with_drawer: PrintDocument
) -> None:
    printer = make_printer()
    printer.open_drawer()
    simulator.wait_until(lambda: simulator.state.drawer_open)
    assert simulator.drawer_count == 1
    simulator.close_drawer()
    printer.print(with_drawer)
    assert simulator.drawer_count == 2
    assert simulator.receipts[0].lines[0] == "[drawer 2]"


@pytest.mark.parametrize(
    ("command", "kind"),
    [
        ("paper out", PaperOut),
        ("cover open", CoverOpen),
        ("cutter error", DeviceFault),
        ("head hot", DeviceFault),
        ("offline on", DeviceOffline),
    ],
)
def test_printer_that_is_not_ready_prints_nothing(
    simulator: PrinterSimulator,
    make_printer: MakePrinter,
    receipt: PrintDocument,
    command: str,
    kind: type[DeviceNotReady],
) -> None:
    printer = make_printer()
    assert obey(simulator, command) == "ok"
    with pytest.raises(kind) as caught:
        printer.print(receipt)
    assert caught.value.text("ru").startswith("Касса: ")
    printer.close()
    for calm in ("paper ok", "cover closed", "cutter ok", "head ok", "offline off"):
        obey(simulator, calm)
    # The refused receipt is not hidden in the buffer: only the next one comes out.
    make_printer().print(PrintDocument([Text("после")]))
    printer.close()
    assert all("Капучино" not in line for paper in simulator.receipts for line in paper.lines)


def test_drawer_opens_without_paper(simulator: PrinterSimulator, make_printer: MakePrinter) -> None:
    simulator.set_paper(Paper.OUT)
    make_printer().open_drawer()
    assert simulator.drawer_count == 1


def test_near_end_of_paper_prints_and_is_told(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    simulator.set_paper(Paper.NEAR_END)
    report = make_printer().print(receipt)
    assert report.confirmed
    assert report.status.paper is Paper.NEAR_END
    assert report.status.words("ru") == "готов, бумага заканчивается"


def test_paper_that_ends_in_the_middle_is_maybe_printed_and_goes_on_later(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    simulator.end_paper_after(10)
    with pytest.raises(MaybePrinted) as caught:
        make_printer().print(receipt)
    assert isinstance(caught.value.reason, PaperOut)
    assert "Закончилась бумага" in caught.value.text("ru")
    assert simulator.receipts == []
    simulator.set_paper(Paper.OK)
    (paper,) = simulator.wait_for_receipts(1)
    assert paper.lines[-1] == "[cut]"


def test_knife_that_jams_in_the_middle_is_maybe_printed(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    simulator.set_line_delay(0.2)
    printer = make_printer()
    meanwhile = while_printing(simulator, lambda: simulator.set_cutter_error(is_jammed=True))
    with pytest.raises(MaybePrinted) as caught:
        printer.print(receipt)
    meanwhile.join()
    assert isinstance(caught.value.reason, DeviceFault)


def test_silent_printer_is_a_timeout_and_nothing_was_printed(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    simulator.set_silent(is_silent=True)
    printer = make_printer(HASTY)
    assert printer.status().words("ru") == "не отвечает"
    with pytest.raises(Timeout):
        printer.print(receipt)
    assert simulator.receipts == []


def test_printer_that_falls_silent_while_printing_is_maybe_printed(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    simulator.set_line_delay(0.2)
    printer = make_printer(PrinterTimeouts(answer_s=1.0, write_s=5.0, print_s=0.5, poll_s=0.05))
    meanwhile = while_printing(simulator, lambda: simulator.set_silent(is_silent=True))
    with pytest.raises(MaybePrinted) as caught:
        printer.print(receipt)
    meanwhile.join()
    assert isinstance(caught.value.reason, Timeout)


def test_slow_printer_is_waited_for(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    simulator.set_line_delay(0.01)
    assert make_printer().print(receipt).confirmed
    assert len(simulator.wait_for_receipts(1)) == 1


def test_status_does_not_wait_for_a_print_in_progress(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    printer = make_printer()
    printer.status()
    simulator.set_line_delay(0.2)
    thread = threading.Thread(target=printer.print, args=(receipt,))
    thread.start()
    simulator.wait_until(lambda: simulator.received_bytes > 200)
    assert printer.status().is_ready
    assert simulator.receipts == []
    simulator.set_line_delay(0)
    thread.join()
    assert len(simulator.wait_for_receipts(1)) == 1


def test_printer_that_takes_no_more_bytes_is_maybe_printed(
    simulator: PrinterSimulator, make_printer: MakePrinter
) -> None:
    """The buffer is full and stands still: the thread comes back in time, and tells the truth."""
    simulator.end_paper_after(1)
    printer = make_printer(HASTY)
    with pytest.raises(MaybePrinted):
        printer.print(PrintDocument([Text("ъ" * 40) for _ in range(4000)]))


def test_document_that_cannot_be_encoded_never_reaches_the_printer(
    simulator: PrinterSimulator, make_printer: MakePrinter
) -> None:
    with pytest.raises(BadDocument):
        make_printer().print(PrintDocument([Text("чек"), Barcode("46x", "EAN13")]))
    assert simulator.received_bytes == 0


@pytest.mark.parametrize("byte_count", [1, 5, 12, 13, 40, 150, 300, 500, 700, 900])
def test_power_lost_at_any_byte_is_never_told_as_nothing_or_as_printed(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument, byte_count: int
) -> None:
    """Nothing printed, or maybe printed: the driver may doubt, but it must not lie."""
    printer = make_printer()
    simulator.unplug_after(byte_count)
    try:
        report = printer.print(receipt)
    except MaybePrinted:
        return
    except TransportError:
        assert all("Ромашка" not in line for paper in simulator.receipts for line in paper.lines)
        return
    assert report.confirmed
    assert simulator.wait_for_receipts(1)[0].is_cut


def test_printer_that_came_back_prints_again(tmp_path: Path, receipt: PrintDocument) -> None:
    with PrinterSimulator(get_profile("xprinter-xp80"), tmp_path) as simulator:
        printer = network_printer("Касса", simulator.profile, "127.0.0.1", simulator.port)
        assert printer.print(receipt).confirmed
        simulator.unplug()
        with pytest.raises(NotConnected):
            printer.print(receipt)
        simulator.plug_in()
        assert printer.print(receipt).confirmed
        assert len(simulator.wait_for_receipts(2)) == 2
        printer.close()


def test_usb_printer_that_came_back_prints_again(receipt: PrintDocument) -> None:
    """Hot plug: the kernel gives a new device, the driver finds it by vendor, product and serial number."""
    link = UsbLink()
    with PrinterSimulator(get_profile("TM-T88V"), link=link) as simulator:
        road = UsbTransport(simulator.address, backend=link.backend)
        printer = EscposPrinter("Касса", simulator.profile, road, timeouts=PATIENT)
        assert printer.print(receipt).confirmed
        simulator.unplug()
        with pytest.raises(TransportError):
            printer.print(receipt)
        with pytest.raises(NotConnected):
            printer.open()
        simulator.plug_in()
        printer.open()
        assert printer.print(receipt).confirmed
        assert len(simulator.wait_for_receipts(2)) == 2
        printer.close()


def test_two_tills_share_a_printer_that_takes_one_connection(receipt: PrintDocument) -> None:
    """Each prints and lets go; nobody is locked out, nothing is mixed."""
    with PrinterSimulator(get_profile("xprinter-xp80")) as simulator:
        tills = [
            network_printer(
                f"Касса {number}", simulator.profile, "127.0.0.1", simulator.port, timeouts=PATIENT
            )
            for number in range(3)
        ]
        threads = [
            threading.Thread(target=lambda till=till: [till.print(receipt) for _ in range(3)])
            for till in tills
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        papers = simulator.wait_for_receipts(9)
    assert len({tuple(paper.lines) for paper in papers}) == 1


def test_model_that_keeps_its_connection_prints_twice_on_it(
    escpos: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    printer = make_printer(profile=get_profile("epson-tm-t20"))
    printer.open()
    assert printer._transport.is_open
    assert printer.print(receipt).confirmed
    assert printer.print(receipt).confirmed
    assert printer._transport.is_open
    assert len(escpos.wait_for_receipts(2)) == 2


def test_probe_finds_out_what_a_printer_answers(
    escpos: PrinterSimulator, make_printer: MakePrinter
) -> None:
    found = make_printer(profile=get_profile("generic-80")).probe()
    assert (found.tells_status, found.confirms_printing) == (True, True)
    escpos.set_silent(is_silent=True)
    silent = make_printer(HASTY).probe()
    assert (silent.tells_status, silent.confirms_printing) == (False, False)
    assert escpos.receipts == []


def test_strip_shows_the_right_code_page_number(
    escpos: PrinterSimulator, make_printer: MakePrinter
) -> None:
    printer = make_printer()
    assert printer.print_code_page_strip().confirmed
    (paper,) = escpos.wait_for_receipts(1)
    readable = [line.split()[0:2] for line in paper.lines if "Привет Ёё №" in line]
    assert readable == [["11", "17/866"], ["14", "23/1251"]]
    assert printer.calibration(14) == {"code_page": "cp1251", "code_page_number": 23}


def test_model_that_cannot_confirm_says_so(
    escpos: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    report = make_printer(profile=get_profile("generic-80")).print(receipt)
    assert not report.confirmed
    assert report.status.is_ready


def test_automatic_status_comes_when_something_changes(
    escpos: PrinterSimulator, make_printer: MakePrinter
) -> None:
    printer = make_printer()
    printer._transport.open()
    printer._transport.write(b"\x1da\xff")
    assert printer._transport.read(4, 5.0) == b"\x10\x00\x00\x00"
    escpos.set_cover(is_open=True)
    assert printer._transport.read(4, 5.0) == b"\x38\x00\x00\x00"


def test_model_that_only_volunteers_its_state_is_asked_by_it(
    escpos: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument
) -> None:
    printer = make_printer(profile=escpos.profile.adjusted(asks="automatic"))
    assert printer.status().is_ready
    assert printer.print(receipt).confirmed
    escpos.set_paper(Paper.NEAR_END)
    assert printer.status().paper is Paper.NEAR_END
    assert "бумага заканчивается" in printer.explain_status()


@pytest.mark.parametrize("every", [2, 7, 50])
def test_lost_bytes_are_never_told_as_certainty_about_nothing(
    simulator: PrinterSimulator, make_printer: MakePrinter, receipt: PrintDocument, every: int
) -> None:
    """A bad cable loses some bytes: silence, doubt or a spoilt receipt, but an end in time."""
    simulator.set_swallow(every)
    try:
        make_printer(HASTY).print(receipt)
    except (MaybePrinted, TransportError, DeviceNotReady):
        return
    assert simulator.received_bytes > 0


def test_printer_with_a_full_buffer_is_given_up_in_time(
    simulator: PrinterSimulator, make_printer: MakePrinter
) -> None:
    simulator.set_buffer_full(is_full=True)
    with pytest.raises((Timeout, MaybePrinted)):
        make_printer(HASTY).print(PrintDocument([Text("ъ" * 40) for _ in range(4000)]))


def test_file_printer_spools_bytes_and_promises_nothing(
    tmp_path: Path, receipt: PrintDocument
) -> None:
    path = tmp_path / "spool.bin"
    profile = get_profile("xprinter-xp80")
    printer = file_printer("Файл", profile, path)
    report = printer.print(receipt)
    assert not report.confirmed
    assert not printer.capabilities.tells_status
    assert not printer.status().answered
    assert text_lines(path.read_bytes(), profile)[-1] == "[cut]"


def test_printer_without_drawer_socket_refuses(
    simulator: PrinterSimulator, make_printer: MakePrinter
) -> None:
    profile = dataclasses.replace(simulator.profile, drawer=False)
    with pytest.raises(NotSupported):
        make_printer(profile=profile).open_drawer()
