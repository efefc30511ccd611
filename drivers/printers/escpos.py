"""Document -> ESC/POS bytes; the same document gives the same bytes.

Lines are laid out here and spoken to the printer through python-escpos (``drivers.printers.library``): one
code page a document, state commands only where something changes, blanks at line ends left out. What the
library does not know is told in bytes: a full cut that feeds, the real-time drawer pulse, and dots that are
dots already (its own pictures would be dithered).

Source of these commands: Epson ESC/POS command reference.
"""

import threading
from functools import cached_property
from pathlib import Path

from drivers.api.printer import (
    BadDocument,
    Barcode,
    Beep,
    Cut,
    DrawerPin,
    Feed,
    Image,
    OpenDrawer,
    PrintDocument,
    Qr,
)
from drivers.printers.codes import barcode_image, fitting_size, qr_image
from drivers.printers.layout import Block, LaidLine, lay_out
from drivers.printers.library import LibraryPrinter
from drivers.printers.profiles import FONT_PATH, PrinterProfile

INITIALISE = b"\x1b\x40"
BAND_ROWS = 256
"""Rows of one ``GS v 0``; small printers keep a band in memory."""
TEAR_LINES = 4
BEEP_UNITS = 3
"""Length of one beep in steps of 50 ms."""


class EscposEncoder:
    """Encoder for one printer profile; any thread.

    Args:
        profile: the printer.
        font_path: monospaced font for lines that the code page cannot hold and for raster printers.
    """

    def __init__(self, profile: PrinterProfile, *, font_path: Path = FONT_PATH) -> None:
        self._profile = profile
        self._font_path = font_path
        self._lock = threading.Lock()

    @cached_property
    def _printer(self) -> LibraryPrinter:
        return LibraryPrinter(self._profile)

    def prepare(self) -> None:
        """Load what the first document would wait for."""
        with self._lock:
            self._printer.begin()

    def encode(self, document: PrintDocument) -> bytes:
        """All bytes of one document, from initialisation to the last cut.

        Raises:
            BadDocument: a code or picture that cannot be printed.
        """
        with self._lock:
            printer = self._printer
            printer.begin()
            for item in lay_out(document, self._profile.columns):
                if isinstance(item, LaidLine):
                    self._speak_line(printer, item)
                else:
                    self._speak_block(printer, item)
            return printer.end()

    def _speak_line(self, printer: LibraryPrinter, line: LaidLine) -> None:
        if not self._can_speak(line):
            printer.raw(_raster(self._line_image(line), self._profile.dots))
            return
        printer.style(
            bold=line.bold, width=line.width_mult, height=line.height_mult, invert=line.invert
        )
        printer.line(line.text if line.invert else line.text.rstrip(" "))

    def _can_speak(self, line: LaidLine) -> bool:
        """Whether the code page holds the line; if not it is printed as a picture."""
        if self._profile.is_raster:
            return not line.text.strip()
        try:
            line.text.encode(self._profile.code_page)
        except UnicodeEncodeError:
            return False
        return True

    def _line_image(self, line: LaidLine) -> Image:
        from drivers.printers.glyphs import raster_line  # noqa: PLC0415 - numpy and Pillow: 0.4 s

        return raster_line(line, self._profile.columns, self._profile.dots, self._font_path)

    def _speak_block(self, printer: LibraryPrinter, block: Block) -> None:
        match block:
            case Qr() | Barcode() | Image():
                printer.align(center=True)
                self._speak_figure(printer, block)
                printer.align(center=False)
            case Feed(lines):
                if lines:
                    printer.feed(lines)
            case Cut(partial):
                self._speak_cut(printer, partial=partial)
            case OpenDrawer(pin):
                if self._profile.drawer:
                    printer.drawer(drawer_pulse(pin))
            case Beep(times):
                if self._profile.beeper:
                    printer.beep(times, BEEP_UNITS)

    def _speak_figure(self, printer: LibraryPrinter, figure: Qr | Barcode | Image) -> None:
        dots = self._profile.dots
        match figure:
            case Qr():
                size = fitting_size(figure, dots)
                if self._profile.native_qr:
                    printer.qr(figure, size)
                else:
                    printer.raw(_raster(qr_image(figure, dots), dots))
            case Barcode():
                if self._profile.native_barcode:
                    printer.barcode(figure)
                else:
                    printer.raw(_raster(barcode_image(figure, dots), dots))
                    printer.raw(figure.data.encode("ascii") + b"\n")
            case Image():
                printer.raw(_raster(figure, dots))

    def _speak_cut(self, printer: LibraryPrinter, *, partial: bool) -> None:
        # GS V 65/66 0: feed to the knife, then cut; so nothing is cut through.
        if not self._profile.cutter:
            printer.feed(TEAR_LINES)
        elif partial:
            printer.cut_partly()
        else:
            printer.raw(b"\x1d\x56\x41\x00")


def _raster(image: Image, dots: int) -> bytes:
    """``GS v 0`` in bands; what is wider than the paper is cut off on the right."""
    row_bytes = (image.width + 7) // 8
    width_bytes = min(row_bytes, dots // 8)
    rows = [
        image.raster[start : start + width_bytes]
        for start in range(0, len(image.raster), row_bytes)
    ]
    out = bytearray()
    for top in range(0, len(rows), BAND_ROWS):
        band = rows[top : top + BAND_ROWS]
        out += b"\x1d\x76\x30\x00" + width_bytes.to_bytes(2, "little")
        out += len(band).to_bytes(2, "little") + b"".join(band)
    return bytes(out)


def drawer_pulse(pin: DrawerPin) -> bytes:
    """``ESC p``: 50 ms on, 500 ms off, in the order of printing."""
    return bytes((0x1B, 0x70, _drawer_number(pin), 25, 250))


def realtime_drawer_pulse(pin: DrawerPin) -> bytes:
    """``DLE DC4 1``: 200 ms, obeyed at once, also without paper."""
    return bytes((0x10, 0x14, 0x01, _drawer_number(pin), 0x02))


def _drawer_number(pin: DrawerPin) -> int:
    if pin not in {2, 5}:
        raise BadDocument(f"drawer pin {pin}")
    return 0 if pin == 2 else 1
