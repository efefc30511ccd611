"""Document -> ESC/POS bytes. Pure; the same document gives the same bytes.

A plain byte builder: one ``ESC t`` and one code page a document, state commands only where something
changes, blanks at line ends left out. python-escpos costs ten times as much a line and switches code pages
inside lines, so it is used for what it knows best: checked barcodes (``drivers.printers.codes``); tests
compare the commands built here with its own.

Source of all commands: Epson ESC/POS command reference; FS . against the double-byte mode in which Chinese
models start: ReceiptPrinterEncoder.
"""

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
    QrLevel,
)
from drivers.printers.codes import barcode_command, barcode_image, fitting_size, qr_image
from drivers.printers.layout import Block, LaidLine, lay_out
from drivers.printers.profiles import FONT_PATH, PrinterProfile

INITIALISE = b"\x1b\x40"
SINGLE_BYTE_MODE = b"\x1c\x2e"
ALIGN_LEFT, ALIGN_CENTER = b"\x1b\x61\x00", b"\x1b\x61\x01"
BAND_ROWS = 256
"""Rows of one ``GS v 0``; small printers keep a band in memory."""
TEAR_LINES = 4
BEEP_UNITS = 3
"""Length of one beep in steps of 50 ms."""
_QR_LEVELS: dict[QrLevel, int] = {"L": 48, "M": 49, "Q": 50, "H": 51}


class EscposEncoder:
    """Encoder for one printer profile.

    Args:
        profile: the printer.
        font_path: monospaced font for lines that the code page cannot hold and for raster printers.
    """

    def __init__(self, profile: PrinterProfile, *, font_path: Path = FONT_PATH) -> None:
        self._profile = profile
        self._font_path = font_path
        head = INITIALISE + SINGLE_BYTE_MODE
        if profile.code_page_number is not None:
            head += bytes((0x1B, 0x74, profile.code_page_number))
        self._head = head

    def encode(self, document: PrintDocument) -> bytes:
        """All bytes of one document, from initialisation to the last cut.

        Raises:
            BadDocument: a code or picture that cannot be printed.
        """
        out = bytearray(self._head)
        style = (False, 0, False)
        for item in lay_out(document, self._profile.columns):
            if not isinstance(item, LaidLine):
                out += self._encode_block(item)
                continue
            data = self._encode_text(item)
            if data is None:
                out += self._encode_image(self._line_image(item))
                continue
            wanted = (item.bold, (item.width_mult - 1) << 4 | (item.height_mult - 1), item.invert)
            if wanted != style:
                out += _style_change(style, wanted)
                style = wanted
            out += data
            out += b"\n"
        return bytes(out)

    def _encode_text(self, line: LaidLine) -> bytes | None:
        """Bytes in the code page; None if the line must be printed as a picture."""
        if self._profile.is_raster:
            return None if line.text.strip() else b""
        try:
            data = line.text.encode(self._profile.code_page)
        except UnicodeEncodeError:
            return None
        return data if line.invert else data.rstrip(b" ")

    def _line_image(self, line: LaidLine) -> Image:
        from drivers.printers.glyphs import raster_line  # noqa: PLC0415 - numpy and Pillow: 0.4 s

        return raster_line(line, self._profile.columns, self._profile.dots, self._font_path)

    def _encode_block(self, block: Block) -> bytes:
        match block:
            case Qr() | Barcode() | Image():
                return ALIGN_CENTER + self._encode_figure(block) + ALIGN_LEFT
            case Feed(lines):
                return bytes((0x1B, 0x64, lines)) if lines else b""
            case Cut(partial):
                return self._encode_cut(partial=partial)
            case OpenDrawer(pin):
                return drawer_pulse(pin) if self._profile.drawer else b""
            case Beep(times):
                return bytes((0x1B, 0x42, times, BEEP_UNITS)) if self._profile.beeper else b""

    def _encode_figure(self, figure: Qr | Barcode | Image) -> bytes:
        if isinstance(figure, Qr):
            return self._encode_qr(figure)
        if isinstance(figure, Barcode):
            return self._encode_barcode(figure)
        return self._encode_image(figure)

    def _encode_cut(self, *, partial: bool) -> bytes:
        if not self._profile.cutter:
            return bytes((0x1B, 0x64, TEAR_LINES))
        # GS V 65/66 0: feed to the knife, then cut; so nothing is cut through.
        return b"\x1d\x56\x42\x00" if partial else b"\x1d\x56\x41\x00"

    def _encode_qr(self, qr: Qr) -> bytes:
        size = fitting_size(qr, self._profile.dots)
        if not self._profile.native_qr:
            return self._encode_image(qr_image(qr, self._profile.dots))
        data = qr.data.encode()
        return (
            _qr_function(65, b"2\x00")  # model 2
            + _qr_function(67, bytes((size,)))
            + _qr_function(69, bytes((_QR_LEVELS[qr.level],)))
            + _qr_function(80, b"0" + data)  # store
            + _qr_function(81, b"0")  # print
        )

    def _encode_barcode(self, barcode: Barcode) -> bytes:
        if self._profile.native_barcode:
            return barcode_command(barcode, self._profile.library_profile)
        image = barcode_image(barcode, self._profile.dots)
        return self._encode_image(image) + barcode.data.encode("ascii") + b"\n"

    def _encode_image(self, image: Image) -> bytes:
        """Raster in bands; what is wider than the paper is cut off on the right."""
        row_bytes = (image.width + 7) // 8
        width_bytes = min(row_bytes, self._profile.dots // 8)
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


def _style_change(old: tuple[bool, int, bool], new: tuple[bool, int, bool]) -> bytes:
    out = b""
    if old[0] != new[0]:
        out += bytes((0x1B, 0x45, new[0]))
    if old[1] != new[1]:
        out += bytes((0x1D, 0x21, new[1]))
    if old[2] != new[2]:
        out += bytes((0x1D, 0x42, new[2]))
    return out


def _qr_function(number: int, argument: bytes) -> bytes:
    """``GS ( k pL pH 49 fn ...``: the length counts ``49 fn`` and the argument."""
    return (
        b"\x1d\x28\x6b" + (len(argument) + 2).to_bytes(2, "little") + bytes((49, number)) + argument
    )
