"""The devices as the till's use cases see them: ports, never brands.

The concrete parts are put in at start-up; without them the till sells for cash and prints later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from app.kernel.errors import AppError, FinalError, OutcomeUnknown, TemporaryError
from app.till.fiscal_port import FiscalHouse
from app.till.words import Words
from drivers.api import errors as driver_errors
from drivers.api.drawer_policy import DrawerWhen
from drivers.api.printer import ReceiptPrinter
from drivers.api.qr_payment import QrPayments
from drivers.api.terminal import PaymentTerminal, Progress

if TYPE_CHECKING:
    from drivers.api.fiscal import FiscalRegister  # a till without a register never loads it
    from drivers.api.marking import MarkingProvider

#: Name of the printer that receipts go to.
RECEIPT_PRINTER: Final = "receipt"

TerminalProgress = Callable[[Progress, str], None]
"""Told what the terminal does, on the device's thread."""


#: In `Station.cooks`: everything that is sold.
COOKS_ALL: Final = "*"


@dataclass(frozen=True, slots=True)
class Station:
    """A printer in the kitchen.

    Attributes:
        printer: Its name in the print queue.
        name: On its tickets, for example `Горячий цех`.
        cooks: Categories by id or name, with those below them; `COOKS_ALL` is everything.
        substitute: Name in the queue of the printer that stands in for it; '' without one.
    """

    printer: str
    name: str
    cooks: tuple[str, ...]
    substitute: str = ""


class Drawer(Protocol):
    """A cash drawer with a port of its own."""

    @property
    def when(self) -> DrawerWhen:
        """Which payments open it by themselves."""
        ...

    def kick(self) -> None:
        """Open it; waits for its turn at the device.

        Raises:
            DriverError: It did not open, or nobody knows.
        """
        ...


@dataclass(slots=True)
class Devices:
    """What is connected; settings may change it while the till runs, so it is asked each time.

    Attributes:
        terminal: The payment terminal, or None.
        marking: Who is asked about marking codes, or None; it answers within 1.5 seconds a service.
        printers: Printers by their name in the queue; receipts go to `RECEIPT_PRINTER`.
        has_drawer: A cash drawer hangs on the receipt printer.
        stations: Printers of the kitchen, as `printers` is by now.
        fiscal: The fiscal register, or None.
        fiscal_house: How this house uses it.
        drawers: Drawers that are devices of their own, by id; with one, the printer's socket is empty.
        qr: The bank that takes payments by phone, or None.
    """

    terminal: PaymentTerminal | None = None
    printers: Mapping[str, ReceiptPrinter] = field(default_factory=dict)
    has_drawer: bool = True
    stations: tuple[Station, ...] = ()
    marking: "MarkingProvider | None" = None
    fiscal: "FiscalRegister | None" = None
    fiscal_house: FiscalHouse = field(default_factory=FiscalHouse)
    drawers: Mapping[str, Drawer] = field(default_factory=dict)
    qr: QrPayments | None = None

    @property
    def receipt_printer(self) -> ReceiptPrinter | None:
        """Return the printer for receipts, or None."""
        return self.printers.get(RECEIPT_PRINTER)


def words_of(error: driver_errors.DriverError) -> Words:
    """Return what a driver says about its failure."""
    return Words(error.text("ru"), error.text("en"))


def translated(error: driver_errors.DriverError) -> AppError:
    """Return the application's error for a driver's; the code stays the driver's own."""
    words = words_of(error)
    if isinstance(error, driver_errors.OutcomeUnknown):
        return OutcomeUnknown(error.code, words.ru, words.en)
    kind = TemporaryError if error.retryable else FinalError
    return kind(error.code, words.ru, words.en)
