"""python-escpos as the maker of commands: its in-memory printer with the profile of one of our models.

The library knows the commands and checks their arguments; our data (``resources/devices/printers.json``)
tells it the code page numbers and the width of the paper, which differ between models more than it knows.
It is imported by whoever prints first, on a device's thread: it takes 0.2 s.
"""

import contextlib
import functools
import io
import json
import os
import shutil
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from drivers.api.printer import BadDocument, Barcode, DrawerPin, Image, Qr, QrLevel
from drivers.printers.profiles import PrinterProfile
from drivers.printers.pulses import drawer_pulse
from drivers.printers.speaker import BAND_ROWS, row_bands

INITIALISE = b"\x1b\x40"
SINGLE_BYTE_MODE = b"\x1c\x2e"
"""``FS .`` against the double-byte mode in which Chinese models start (source: ReceiptPrinterEncoder)."""
BARCODE_HEIGHT = 64
BARCODE_MODULE = 2
_QR_LEVELS: dict[QrLevel, int] = {"L": 0, "M": 1, "Q": 2, "H": 3}
_FIRST_SIZE = 1
BEEP_UNITS = 3
"""Length of one beep in steps of 50 ms."""
SPACING_ROWS = 6
"""Blank rows between lines of text: 30 dots of spacing less 24 of the letters."""


class LibraryPrinter:
    """Speaks ESC/POS through the library; see Speaker for the order of calls.

    Args:
        profile: the model.
    """

    def __init__(self, profile: PrinterProfile) -> None:
        self._page = None if profile.is_raster else profile.code_page.upper()
        self._dots = profile.dots
        self._printer = _make_printer(profile)
        self._style = (False, _FIRST_SIZE, _FIRST_SIZE, False)

    def begin(self) -> None:
        """Start a document: reset, single-byte mode, and the one code page."""
        self._printer.clear()
        self._printer.hw("INIT")
        self.raw(SINGLE_BYTE_MODE)
        self._style = (False, _FIRST_SIZE, _FIRST_SIZE, False)
        if self._page is not None:
            magic = self._printer.magic
            magic.encoding = None
            magic.write_with_encoding(self._page, "")
            magic.force_encoding(self._page)

    def end(self) -> bytes:
        """The bytes since `begin`."""
        return bytes(self._printer.output)

    def raw(self, data: bytes) -> None:
        """Add bytes for which the library has no command."""
        self._printer._raw(data)  # noqa: SLF001 - the library's documented way for raw bytes

    def style(self, *, bold: bool, width: int, height: int, invert: bool) -> None:
        """Set how the next text looks; only what changes is sent."""
        wanted = (bold, width, height, invert)
        if wanted == self._style:
            return
        before, self._style = self._style, wanted
        resized = (width, height) != before[1:3]
        self._printer.set(
            bold=bold if bold != before[0] else None,
            custom_size=True if resized else None,
            width=width if resized else None,
            height=height if resized else None,
            invert=invert if invert != before[3] else None,
        )

    def line(self, text: str) -> None:
        """Add a line that the code page holds whole; a printer without one only moves on."""
        if self._page is None:
            self.raw(text.encode("ascii") + b"\n")
        else:
            self._printer.text(text + "\n")

    def align(self, *, center: bool) -> None:
        """Put what follows in the middle, or at the left."""
        self._printer.set(align="center" if center else "left")

    def feed(self, lines: int) -> None:
        """Move the paper."""
        self._printer.print_and_feed(lines)

    def beep(self, times: int) -> None:
        """Beep: ``ESC B n t`` of the Chinese models."""
        self._printer.buzzer(times=times, duration=BEEP_UNITS)

    def cut(self, *, partial: bool) -> None:
        """``GS V 65/66 0``: feed to the knife, then cut; so nothing is cut through."""
        if partial:
            self._printer.cut(mode="PART", feed=False)
        else:
            # The library knows only the partial cut that feeds.
            self.raw(b"\x1d\x56\x41\x00")

    def drawer(self, pin: DrawerPin, pulse_ms: int) -> None:
        """Open the cash drawer by a pulse of our own length."""
        self._printer.cashdraw(list(drawer_pulse(pin, pulse_ms)))

    def picture(self, image: Image) -> None:
        """``GS v 0`` in bands: dots that are dots already, which the library would dither."""
        self.raw(_raster(image, self._dots))

    def text_picture(self, image: Image) -> None:
        """The same with the 6 blank rows of normal line spacing."""
        blank = bytes((image.width + 7) // 8 * SPACING_ROWS)
        self.picture(Image(image.raster + blank, image.width, image.height + SPACING_ROWS))

    def logo(self, number: int) -> None:
        """``FS p n 0``: a logo from the printer's memory."""
        self.raw(b"\x1c\x70" + bytes((number, 0)))

    def qr(self, qr: Qr, size: int) -> None:
        """Print a QR code with the printer's own command, ``size`` dots a module."""
        self._printer.qr(qr.data, ec=_QR_LEVELS[qr.level], size=size, native=True)

    def barcode(self, barcode: Barcode) -> None:
        """Print a linear code with its digits below.

        Raises:
            BadDocument: the data do not suit the kind.
        """
        # Function B ({B = code set B) is the only one that knows CODE128; the rest go by A, as clones do.
        is_128 = barcode.kind == "CODE128"
        errors = _library()[1]
        try:
            # The library prints a remark for developers at each barcode.
            with contextlib.redirect_stdout(io.StringIO()):
                self._printer.barcode(
                    "{B" + barcode.data if is_128 else barcode.data,
                    barcode.kind,
                    height=BARCODE_HEIGHT,
                    width=BARCODE_MODULE,
                    align_ct=False,
                    function_type="B" if is_128 else "A",
                )
        except errors as error:
            raise BadDocument(f"{barcode.kind} {barcode.data!r}: {error}") from error


@functools.lru_cache(maxsize=32)
def _raster(image: Image, dots: int) -> bytes:
    """The commands of a picture; kept, for the logo comes with every receipt."""
    out = bytearray()
    for band in row_bands(image, dots, BAND_ROWS):
        head = len(band[0]).to_bytes(2, "little") + len(band).to_bytes(2, "little")
        out += b"\x1d\x76\x30\x00" + head + b"".join(band)
    return bytes(out)


def _make_printer(profile: PrinterProfile) -> Any:  # noqa: ANN401 - the library has no stubs
    module, _ = _library()
    base = module.capabilities.get_profile_class(profile.library_profile).profile_data
    numbers = {str(number): page.upper() for page, number in profile.code_pages.items()}
    data = base | {"codePages": numbers, "media": {"width": {"pixels": profile.dots}}}
    own = type("OwnProfile", (module.capabilities.Profile,), {"profile_data": data})
    known = own(columns=profile.columns, features=base["features"])
    encoder = _quick_encoder(module.Encoder)(known.get_code_pages())
    return module.Dummy(profile=known, magic_encode_args={"encoder": encoder})


def _quick_encoder(base: Any) -> Any:  # noqa: ANN401 - the library has no stubs
    """The library's encoder, asking Python's codec for a whole line instead of for each letter."""

    def encode(_self: object, text: str, encoding: str, _default: str = "?") -> bytes:
        return text.encode(encoding.lower())

    return type("QuickEncoder", (base,), {"encode": encode})


@functools.cache
def _library() -> tuple[Any, tuple[type[Exception], ...]]:
    """The parts of python-escpos that are used, and its errors."""
    with _quick_table():
        from escpos import capabilities  # noqa: PLC0415 - late: 0.2 s
    from escpos.exceptions import Error  # noqa: PLC0415 - ditto
    from escpos.magicencode import Encoder  # noqa: PLC0415 - ditto
    from escpos.printer import Dummy  # noqa: PLC0415 - ditto

    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        # WORKAROUND: python-escpos 3.1 makes a fresh temporary folder at each import for a cache that
        # nobody can ever find again (escpos/capabilities.py, pickle_dir).
        shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    parts = SimpleNamespace(capabilities=capabilities, Dummy=Dummy, Encoder=Encoder)
    return parts, (Error, ValueError)


@contextlib.contextmanager
def _quick_table() -> Iterator[None]:
    """Have the library read its table of printers, which is JSON, as JSON.

    WORKAROUND: python-escpos 3.1 reads it by a YAML parser written in Python, which takes a third of a
    second of the interpreter from every other thread (escpos/capabilities.py), the screen's among them.
    """
    if "ESCPOS_CAPABILITIES_FILE" in os.environ:  # the user's own may be YAML indeed
        yield
        return
    import yaml  # noqa: PLC0415 - the library loads it

    slow = yaml.safe_load
    yaml.safe_load = json.load
    try:
        yield
    finally:
        yaml.safe_load = slow
