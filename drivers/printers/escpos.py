"""Document -> bytes for the printer; the same document gives the same bytes.

Lines are laid out here and spoken in the profile's command set: ESC/POS through python-escpos
(``drivers.printers.library``) or Star line mode (``drivers.printers.star``): one code page a document, state
commands only where something changes, blanks at line ends left out. A line that the code page cannot hold
becomes a picture of the same height and width; the lines around it stay text.
"""

import threading
from functools import cached_property
from pathlib import Path

from drivers.api.printer import (
    Barcode,
    Beep,
    Cut,
    Feed,
    Image,
    Logo,
    OpenDrawer,
    PrintDocument,
    Qr,
)
from drivers.printers.codes import barcode_image, fitting_size, qr_image
from drivers.printers.layout import Block, LaidLine, lay_out
from drivers.printers.library import LibraryPrinter
from drivers.printers.logo import load_logo
from drivers.printers.profiles import FONT_PATH, PrinterProfile
from drivers.printers.speaker import Speaker
from drivers.printers.spelling import kept_signs
from drivers.printers.star import StarSpeaker

TEAR_LINES = 4


class EscposEncoder:
    """Encoder for one printer profile; any thread.

    Args:
        profile: the printer.
        font_path: monospaced font for lines that the code page cannot hold and for raster printers.
        logo_path: picture for ``Logo`` elements that bring none; read when first printed.
    """

    def __init__(
        self,
        profile: PrinterProfile,
        *,
        font_path: Path = FONT_PATH,
        logo_path: Path | None = None,
    ) -> None:
        self._profile = profile
        self._font_path = font_path
        self._logo_path = logo_path
        self._lock = threading.Lock()

    @cached_property
    def _printer(self) -> Speaker:
        return (
            StarSpeaker(self._profile)
            if self._profile.commands == "star"
            else LibraryPrinter(self._profile)
        )

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
            keep = kept_signs(document, self._profile)
            for item in lay_out(document, self._profile.columns, keep):
                if isinstance(item, LaidLine):
                    self._speak_line(printer, item)
                else:
                    self._speak_block(printer, item)
            return printer.end()

    def _speak_line(self, printer: Speaker, line: LaidLine) -> None:
        if not self._can_speak(line):
            printer.text_picture(self._line_image(line))
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

    def _speak_block(self, printer: Speaker, block: Block) -> None:
        profile = self._profile
        match block:
            case Qr() | Barcode() | Image() | Logo():
                printer.align(center=True)
                self._speak_figure(printer, block)
                printer.align(center=False)
            case Feed(lines):
                if lines:
                    printer.feed(lines)
            case Cut(partial):
                if profile.cutter:
                    printer.cut(partial=partial)
                else:
                    printer.feed(TEAR_LINES)
            case OpenDrawer(pin):
                if profile.drawer:
                    printer.drawer(pin or profile.drawer_pin, profile.drawer_pulse_ms)
            case Beep(times):
                if profile.beeper:
                    printer.beep(times)

    def _speak_figure(self, printer: Speaker, figure: Qr | Barcode | Image | Logo) -> None:
        dots = self._profile.dots
        match figure:
            case Qr():
                size = fitting_size(figure, dots)
                if self._profile.native_qr:
                    printer.qr(figure, size)
                else:
                    printer.picture(qr_image(figure, dots))
            case Barcode():
                self._speak_barcode(printer, figure)
            case Image():
                printer.picture(figure)
            case Logo(image):
                self._speak_logo(printer, image)

    def _speak_logo(self, printer: Speaker, image: Image | None) -> None:
        if self._profile.logo_number is not None:
            printer.logo(self._profile.logo_number)
            return
        if image is None and self._logo_path is not None:
            image = load_logo(self._logo_path, self._profile.dots)
        if image is not None:
            printer.picture(image)

    def _speak_barcode(self, printer: Speaker, barcode: Barcode) -> None:
        if self._profile.native_barcode:
            printer.barcode(barcode)
            return
        printer.picture(barcode_image(barcode, self._profile.dots))
        printer.style(bold=False, width=1, height=1, invert=False)
        if self._profile.is_raster:
            # The caption is text too, and this printer has no letters of its own.
            width = self._profile.columns
            printer.text_picture(self._line_image(LaidLine(barcode.data.center(width)[:width])))
        else:
            printer.line(barcode.data)
