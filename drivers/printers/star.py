"""Star line mode: a document's lines and figures as Star commands (python-escpos knows none of them).

Sources: the command tables of the star_ethernet gem (shinsukeimai/star_ethernet, command.rb) and of
ReceiptPrinterEncoder (star-prnt.js); code page numbers as in the reference, paragraph 6.1. What Star's buzzer
and drawer take as times is in steps of 10 ms.
"""

from drivers.api.printer import BadDocument, Barcode, BarcodeKind, DrawerPin, Image, Qr, QrLevel
from drivers.printers.profiles import PrinterProfile
from drivers.printers.speaker import row_bands

INITIALISE = b"\x1b\x40"
SINGLE_BYTE_MODE = b"\x1b\x71\x1b\x24\x00"
"""``ESC q`` and ``ESC $ 0``: no JIS and no Shift-JIS letters."""
SIZE_MAX = 6
QR_SIZE_MAX = 8
BAND_ROWS = 24
_TIGHT, _NORMAL = b"\x1b\x30", b"\x1b\x7a\x01"
"""Line spacing of 24 dots (3 mm), so that bands of a picture join; and the usual 32 dots (4 mm)."""
_LEVELS: dict[QrLevel, int] = {"L": 0, "M": 1, "Q": 2, "H": 3}
_KINDS: dict[BarcodeKind, int] = {
    "UPC-A": 1, "EAN8": 2, "EAN13": 3, "CODE39": 4, "ITF": 5, "CODE128": 6,
}  # fmt: skip
_DIGITS: dict[BarcodeKind, tuple[int, ...]] = {"UPC-A": (11, 12), "EAN8": (7, 8), "EAN13": (12, 13)}
_BARCODE_HEIGHT = 64
_BARCODE_WIDTH = 2
_BEEP_ON, _BEEP_OFF = 15, 15
_PULSE_OFF = 50


class StarSpeaker:
    """Speaks Star line mode; see Speaker for the order of calls.

    Args:
        profile: the model.
    """

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._page = None if profile.is_raster else profile.code_page
        self._out = bytearray()
        self._style = (False, 1, 1, False)

    def begin(self) -> None:
        """Start a document: reset, single-byte mode, and the one code page."""
        self._out = bytearray(INITIALISE + SINGLE_BYTE_MODE)
        self._style = (False, 1, 1, False)
        number = self._profile.code_page_number
        if number is not None:
            self._out += b"\x1b\x1d\x74" + bytes((number,))

    def end(self) -> bytes:
        """The bytes since `begin`."""
        return bytes(self._out)

    def style(self, *, bold: bool, width: int, height: int, invert: bool) -> None:
        """Set how the next text looks; Star letters grow six times at most."""
        wanted = (bold, min(width, SIZE_MAX), min(height, SIZE_MAX), invert)
        before, self._style = self._style, wanted
        if bold != before[0]:
            self._out += b"\x1b\x45" if bold else b"\x1b\x46"
        if wanted[1:3] != before[1:3]:
            self._out += b"\x1b\x69" + bytes((wanted[2] - 1, wanted[1] - 1))
        if invert != before[3]:
            self._out += b"\x1b\x34" if invert else b"\x1b\x35"

    def line(self, text: str) -> None:
        """Add a line that the code page holds whole; a printer without one only moves on."""
        self._out += text.encode(self._page or "ascii") + b"\n"

    def align(self, *, center: bool) -> None:
        """``ESC GS a n``."""
        self._out += b"\x1b\x1d\x61" + bytes((center,))

    def feed(self, lines: int) -> None:
        """``ESC a n`` feeds up to 127 lines at once."""
        while lines > 0:
            step = min(lines, 127)
            self._out += b"\x1b\x61" + bytes((step,))
            lines -= step

    def beep(self, times: int) -> None:
        """``ESC GS EM DC1`` sets the external buzzer, ``DC2`` sounds it so many times."""
        self._out += b"\x1b\x1d\x19\x11\x01" + bytes((_BEEP_ON, _BEEP_OFF))
        self._out += b"\x1b\x1d\x19\x12\x01" + bytes((times, 0))

    def cut(self, *, partial: bool) -> None:
        """``ESC d 2`` full, ``ESC d 3`` partial, both after feeding to the knife."""
        self._out += b"\x1b\x64" + (b"\x03" if partial else b"\x02")

    def drawer(self, pin: DrawerPin, pulse_ms: int) -> None:
        """Pulse in the order of printing."""
        self._out += drawer_pulse(pin, pulse_ms)

    def qr(self, qr: Qr, size: int) -> None:
        """``ESC GS y``: model 2, level, size, data, print."""
        data = qr.data.encode()
        for field, value in ((0, 2), (1, _LEVELS[qr.level]), (2, min(size, QR_SIZE_MAX))):
            self._out += b"\x1b\x1d\x79\x53" + bytes((0x30 + field, value))
        self._out += b"\x1b\x1d\x79\x44\x31\x00" + len(data).to_bytes(2, "little") + data
        self._out += b"\x1b\x1d\x79\x50"

    def barcode(self, barcode: Barcode) -> None:
        """``ESC b`` with the digits below.

        Raises:
            BadDocument: the data do not suit the kind.
        """
        lengths = _DIGITS.get(barcode.kind)
        is_number = barcode.data.isdigit()
        if lengths and not (is_number and len(barcode.data) in lengths):
            raise BadDocument(f"{barcode.kind} {barcode.data!r}")
        if not barcode.data.isprintable() or (barcode.kind == "ITF" and not is_number):
            raise BadDocument(f"{barcode.kind} {barcode.data!r}")
        head = bytes((_KINDS[barcode.kind], 2, _BARCODE_WIDTH, _BARCODE_HEIGHT))
        self._out += b"\x1b\x62" + head + barcode.data.encode("ascii") + b"\x1e"

    def picture(self, image: Image) -> None:
        """``ESC X`` in bands of 24 rows, joined by the narrow line spacing."""
        self._out += _TIGHT
        for band in row_bands(image, self._profile.dots, BAND_ROWS):
            self._out += _columns(band) + b"\n"
        self._out += _NORMAL

    def text_picture(self, image: Image) -> None:
        """The same; the last band is followed by the usual spacing of a line of text."""
        *first, last = row_bands(image, self._profile.dots, BAND_ROWS)
        if first:
            self._out += _TIGHT + b"".join(_columns(band) + b"\n" for band in first) + _NORMAL
        self._out += _columns(last) + b"\n"

    def logo(self, number: int) -> None:
        """``ESC FS p n m``."""
        self._out += b"\x1b\x1c\x70" + bytes((number, 0))


def drawer_pulse(pin: DrawerPin, pulse_ms: int) -> bytes:
    """``ESC BEL n1 n2`` sets the width of the first drawer's pulse; BEL or SUB gives it."""
    width = b"\x1b\x07" + bytes((min(max(pulse_ms // 10, 1), 127), _PULSE_OFF))
    return width + b"\x07" if pin == 2 else b"\x1a"


def realtime_drawer_pulse(pin: DrawerPin) -> bytes:
    """FS or EM: obeyed at once, also without paper."""
    return b"\x1c" if pin == 2 else b"\x19"


def _columns(band: list[bytes]) -> bytes:
    """Rows of bits to ``ESC X nL nH`` and columns of three bytes, top dot highest."""
    width = len(band[0]) * 8
    rows = [f"{int.from_bytes(row, 'big'):0{width}b}" for row in band]
    rows += ["0" * width] * (BAND_ROWS - len(rows))
    bits = "".join(map("".join, zip(*rows, strict=True)))
    data = int(bits, 2).to_bytes(width * 3, "big")
    return b"\x1b\x58" + width.to_bytes(2, "little") + data
