"""A command set as the encoder uses it: ESC/POS (``library``) and Star line mode (``star``)."""

from typing import Protocol

from drivers.api.printer import Barcode, DrawerPin, Image, Qr

BAND_ROWS = 256
"""Rows of one picture command; small printers keep a band in memory."""


class Speaker(Protocol):
    """Collects the bytes of one document after another. One thread at a time.

    Order of calls::

        begin -> (anything else)* -> end -> begin ...
    """

    def begin(self) -> None:
        """Start a document: reset, single-byte mode, and the one code page."""
        ...

    def end(self) -> bytes:
        """The bytes since `begin`."""
        ...

    def style(self, *, bold: bool, width: int, height: int, invert: bool) -> None:
        """Set how the next text looks; only what changes is sent."""
        ...

    def line(self, text: str) -> None:
        """Add a line that the code page holds whole."""
        ...

    def align(self, *, center: bool) -> None:
        """Put what follows in the middle, or at the left."""
        ...

    def feed(self, lines: int) -> None:
        """Move the paper."""
        ...

    def beep(self, times: int) -> None:
        """Sound the buzzer."""
        ...

    def cut(self, *, partial: bool) -> None:
        """Feed to the knife and cut."""
        ...

    def drawer(self, pin: DrawerPin, pulse_ms: int) -> None:
        """Open the cash drawer, in the order of printing."""
        ...

    def qr(self, qr: Qr, size: int) -> None:
        """Print a QR code by the printer's own command, ``size`` dots a module."""
        ...

    def barcode(self, barcode: Barcode) -> None:
        """Print a linear code by the printer's own command, with its digits below.

        Raises:
            BadDocument: the data do not suit the kind.
        """
        ...

    def picture(self, image: Image) -> None:
        """Print dots; what is wider than the paper is cut off on the right."""
        ...

    def text_picture(self, image: Image) -> None:
        """Print a line of text drawn as dots, without the space below: 24 rows times its height."""
        ...

    def logo(self, number: int) -> None:
        """Print the logo kept in the printer's memory under this number."""
        ...


def row_bands(image: Image, dots: int, band_rows: int) -> list[list[bytes]]:
    """The rows of a picture in bands, cut to the paper's width."""
    row_bytes = (image.width + 7) // 8
    width_bytes = min(row_bytes, dots // 8)
    starts = range(0, len(image.raster), row_bytes)
    rows = [image.raster[start : start + width_bytes] for start in starts]
    return [rows[top : top + band_rows] for top in range(0, len(rows), band_rows)]
