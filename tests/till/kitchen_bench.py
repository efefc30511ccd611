"""A till with a kitchen: two stations and their printers, and what stands on their paper."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from app.till.devices import RECEIPT_PRINTER, Devices, Station
from app.till.till import Till
from drivers.api.printer import PrintDocument, Text
from tests.fakes.printer import FakePrinter
from tests.till.bench import Bench

HOT, BAR = "hot", "bar"
#: The category of everything on the bench's menu.
ALL = "Кухня"
RETRIES_S = (0, 1, 2, 5, 10, 10)


@dataclass
class KitchenBench(Bench):
    """See `Bench`; the menu's only category goes where `stations` says."""

    stations: tuple[Station, ...] = (Station(HOT, "Горячий цех", (ALL,), substitute=BAR),)
    hot: FakePrinter = field(default_factory=FakePrinter)
    bar: FakePrinter = field(default_factory=FakePrinter)

    def _devices(self) -> Devices:
        devices = super()._devices()
        devices.printers = {**devices.printers, HOT: self.hot, BAR: self.bar}
        devices.stations = self.stations
        return devices

    def print_all(self) -> None:
        """Let every printer work off what it can print now."""
        printing = self.till.printing
        progress = True
        while progress:
            names = (HOT, BAR, RECEIPT_PRINTER)
            progress = any(list(map(printing.run_once, names)))

    def wait_and_print(self, pauses_s: Iterable[int] = RETRIES_S) -> None:
        """Let time pass with tries in between, as the threads of the printers do."""
        for pause in pauses_s:
            self.clock.advance(timedelta(seconds=pause))
            self.print_all()

    def ready_till(self) -> Till:
        """Return the till with a cashier and an open shift."""
        return self.ready()


def dishes(printer: FakePrinter) -> list[str]:
    """Return the lines of all tickets of a printer that name dishes, with what is done with them."""
    found: list[str] = []
    for document in printer.paper:
        changed = ""
        for element in document.elements:
            if not isinstance(element, Text):
                continue
            text = element.text.strip()
            if text == "ИЗМЕНЕНИЕ":
                changed = "ИЗМЕНЕНИЕ "
            elif " x " in text:
                found.append(changed + text)
                changed = ""
    return found


def words(document: PrintDocument) -> list[str]:
    """Return the words of one ticket."""
    return [element.text.strip() for element in document.elements if isinstance(element, Text)]
