"""A simulated printer on TCP, a pseudo-terminal and USB, one of Star, and the driver that talks to them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.api.printer import Columns, Cut, OpenDrawer, PrintDocument, Qr, Rule, Text
from drivers.printers.build import network_printer, serial_printer
from drivers.printers.profiles import PrinterProfile, get_profile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.sim.escpos_links import Link, PtyLink, TcpLink
from drivers.sim.printer import PrinterSimulator
from drivers.sim.usb_backend import UsbLink
from drivers.transport.usb import UsbTransport

PATIENT = PrinterTimeouts(answer_s=5.0, write_s=5.0, print_s=20.0, poll_s=0.05)
"""Long limits: a busy machine must not fail a test."""

MakePrinter = Callable[..., EscposPrinter]


def printer_for(
    simulator: PrinterSimulator,
    timeouts: PrinterTimeouts = PATIENT,
    profile: PrinterProfile | None = None,
) -> EscposPrinter:
    """The driver on the simulator's own kind of road."""
    profile = profile or simulator.profile
    if isinstance(simulator.link, UsbLink):
        transport = UsbTransport(simulator.address, backend=simulator.link.backend)
        return EscposPrinter("Касса", profile, transport, timeouts=timeouts)
    if simulator.port:
        return network_printer("Касса", profile, "127.0.0.1", simulator.port, timeouts=timeouts)
    return serial_printer("Касса", profile, simulator.address, timeouts=timeouts)


@pytest.fixture(params=["tcp", "pty", "usb", "star"])
def simulator(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PrinterSimulator]:
    """A simulated XP-80 that starts in double-byte mode, as the real one does; or a Star TSP650."""
    links: dict[str, Callable[[], Link]] = {"pty": PtyLink, "usb": UsbLink}
    profile = get_profile("TSP650" if request.param == "star" else "xprinter-xp80")
    made = PrinterSimulator(
        profile.adjusted(signs="words"),
        tmp_path / "paper",
        link=links.get(request.param, TcpLink)(),
        double_byte=request.param != "star",
    )
    with made:
        yield made


@pytest.fixture
def escpos(simulator: PrinterSimulator) -> PrinterSimulator:
    """The simulator, unless it is the Star."""
    if simulator.profile.commands == "star":
        pytest.skip("speaks of ESC/POS bytes or models")
    return simulator


@pytest.fixture
def make_printer(simulator: PrinterSimulator) -> Iterator[MakePrinter]:
    """Makes drivers for the simulator and closes them."""
    made: list[EscposPrinter] = []

    def make(
        timeouts: PrinterTimeouts = PATIENT, profile: PrinterProfile | None = None
    ) -> EscposPrinter:
        made.append(printer_for(simulator, timeouts, profile))
        return made[-1]

    yield make
    for printer in made:
        printer.close()


@pytest.fixture
def receipt() -> PrintDocument:
    """An ordinary receipt of some 40 lines."""
    dishes = [Columns(f"Капучино {number}", "250,00\u00a0₽") for number in range(30)]
    return PrintDocument(
        [
            Text("Кафе «Ромашка»", "center", 2, 2, bold=True),
            Rule("="),
            *dishes,
            Rule(),
            Columns("ИТОГО", "7\u202f500,00\u00a0₽", bold=True, width_mult=2, height_mult=2),
            Qr("https://ml.example/r/1"),
            Cut(),
        ]
    )


@pytest.fixture
def with_drawer(receipt: PrintDocument) -> PrintDocument:
    """The same with a drawer pulse before it."""
    return PrintDocument([OpenDrawer(), *receipt.elements])
