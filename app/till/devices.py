"""The devices as the till's use cases see them: ports, never brands.

The concrete parts are put in at start-up; without them the till sells for cash and prints later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from app.kernel.errors import AppError, FinalError, OutcomeUnknown, TemporaryError
from app.till.words import Words
from drivers.api import errors as driver_errors
from drivers.api.printer import ReceiptPrinter
from drivers.api.terminal import PaymentTerminal, Progress

#: Name of the printer that receipts go to.
RECEIPT_PRINTER: Final = "receipt"

TerminalProgress = Callable[[Progress, str], None]
"""Told what the terminal does, on the device's thread."""


@dataclass(slots=True)
class Devices:
    """What is connected; settings may change it while the till runs, so it is asked each time.

    Attributes:
        terminal: The payment terminal, or None.
        printers: Printers by their name in the queue; receipts go to `RECEIPT_PRINTER`.
        has_drawer: A cash drawer hangs on the receipt printer.
    """

    terminal: PaymentTerminal | None = None
    printers: Mapping[str, ReceiptPrinter] = field(default_factory=dict)
    has_drawer: bool = True

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
