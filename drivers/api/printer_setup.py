"""What setting up a printer needs beyond printing: the strip of code pages, and every bit in words."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from drivers.api.errors import Language
from drivers.api.printer import PrintReport, ReceiptPrinter


class CalibratedPrinter(ReceiptPrinter, Protocol):
    """A printer whose code page is found by eye: print the strip, ask which line can be read, set it."""

    def print_code_page_strip(self) -> PrintReport:
        """Print the numbered strip of code pages; errors as for ``print``."""
        ...

    def store_logo(self, path: Path) -> Mapping[str, int]:
        """Keep a picture in the printer's memory, in place of the logos there; options for its settings.

        Raises:
            ConfigurationError: the file is no picture. NotSupported: this model keeps none this way.
            TemporaryError, MaybePrinted: as for ``print``.
        """
        ...

    def explain_status(self, lang: Language = "ru") -> tuple[str, ...]:
        """Ask now and tell every bit of the answers in words.

        On a road without answers it is what the system says of the printer, () if nothing.

        Raises:
            TransportError: it cannot be reached.
        """
        ...

    def calibration(self, number: int) -> Mapping[str, str | int]:
        """Options for the settings of this device, from the number of the line that can be read.

        Args:
            number: as printed; 0 when no line can be read: text is then printed as pictures.

        Raises:
            ConfigurationError: the strip has no such line.
        """
        ...
