"""Commands -> what stands on the paper: lines, figures, cuts, drawer pulses. No dots yet.

The interpreter honours code page, alignment, bold, size, inversion, feed, QR, barcodes, raster, cut and the
double-byte mode of Chinese models; so a wrong ``ESC t`` number shows as wrong letters, as on paper.
"""

from collections.abc import Callable
from dataclasses import replace

from drivers.api.printer import Align, BarcodeKind, QrLevel
from drivers.printers.commands import Command, NextCommand, next_escpos, scan_commands
from drivers.printers.items import (
    LINE_SPACING,
    BeepMark,
    CutMark,
    DrawerMark,
    Item,
    LogoMark,
    PrintedBarcode,
    PrintedGap,
    PrintedLine,
    PrintedQr,
    PrintedRaster,
    Segment,
    Stripe,
    Style,
    describe,
)
from drivers.printers.profiles import PrinterProfile
from drivers.printers.star_commands import next_star

_ALIGNS: tuple[Align, ...] = ("left", "center", "right")
_QR_LEVELS: dict[int, QrLevel] = {48: "L", 49: "M", 50: "Q", 51: "H"}
_BARCODES: dict[int, BarcodeKind] = {
    0: "UPC-A", 2: "EAN13", 3: "EAN8", 4: "CODE39", 5: "ITF",
    65: "UPC-A", 67: "EAN13", 68: "EAN8", 69: "CODE39", 70: "ITF", 73: "CODE128",
}  # fmt: skip
_STAR_BARCODES: dict[int, BarcodeKind] = {
    1: "UPC-A", 2: "EAN8", 3: "EAN13", 4: "CODE39", 5: "ITF", 6: "CODE128",
}  # fmt: skip
_DOUBLE_BYTE = "□"


class PageBuilder:
    """Executes commands; the paper so far is in ``items``. Not thread-safe.

    Args:
        profile: columns, dots and the meaning of code page numbers.
        double_byte: start in the double-byte mode, as Chinese models do until ``FS .`` comes.
        logos: the printer's memory of logos, which outlives switching off; number -> raster, row bytes.
    """

    def __init__(
        self,
        profile: PrinterProfile,
        *,
        double_byte: bool = False,
        logos: dict[int, tuple[bytes, int]] | None = None,
    ) -> None:
        self.items: list[Item] = []
        self._profile = profile
        self._codecs = {number: page for page, number in profile.code_pages.items()}
        self._starts_double_byte = double_byte
        self._logos = {} if logos is None else logos
        self._handlers = self._make_handlers()
        self._segments: list[Segment | Stripe] = []
        self._cells = 0
        self._qr: tuple[bytes, int, QrLevel] = (b"", 3, "L")
        self._reset()

    def execute(self, command: Command) -> None:
        """Do one command; unknown ones do nothing."""
        handler = self._handlers.get(command.name)
        if handler is not None:
            handler(command.data)

    def take_items(self) -> list[Item]:
        """Hand the paper over and begin a new one; an unfinished line stays in the printer."""
        items, self.items = self.items, []
        return items

    def _make_handlers(self) -> dict[str, Callable[[bytes], None]]:
        return {
            "text": self._on_text,
            "LF": lambda _: self._end_line(),
            "FF": lambda _: self._end_line(),
            "CAN": lambda _: self._drop_line(),
            "HT": lambda _: self._on_text(b" " * (8 - self._cells % 8)),
            "ESC @": lambda _: self._reset(),
            "ESC t": self._on_code_page,
            "ESC a": self._on_align,
            "ESC E": lambda data: self._restyle(bold=bool(data[0] & 1)),
            "ESC G": lambda data: self._restyle(bold=bool(data[0] & 1)),
            "ESC -": lambda data: self._restyle(underline=data[0] in {1, 2, 49, 50}),
            "ESC !": self._on_print_mode,
            "ESC 2": lambda _: self._set_spacing(LINE_SPACING),
            "ESC 3": lambda data: self._set_spacing(data[0]),
            "ESC d": lambda data: self._feed(data[0] * self._spacing),
            "ESC J": lambda data: self._feed(data[0]),
            "ESC p": lambda data: self._add(DrawerMark(5 if data[0] in {1, 49} else 2)),
            "ESC B": lambda data: self._add(BeepMark(data[0])),
            "ESC i": lambda _: self._add(CutMark(partial=True)),
            "ESC m": lambda _: self._add(CutMark(partial=True)),
            "GS V": lambda data: self._add(CutMark(partial=data[0] in {1, 49, 66, 98})),
            "GS !": self._on_size,
            "GS B": lambda data: self._restyle(invert=bool(data[0] & 1)),
            "FS .": lambda _: self._set_double_byte(on=False),
            "FS &": lambda _: self._set_double_byte(on=True),
            "GS v": self._on_raster,
            "ESC *": self._on_bit_image,
            "ESC b": self._on_star_barcode,
            "FS q": self._on_store_logos,
            "FS p": self._on_logo,
            "GS ( k": self._on_qr,
            "GS k": self._on_barcode,
            "GS h": self._on_barcode_height,
            "GS w": self._on_barcode_width,
            "GS H": self._on_barcode_digits,
        }

    def _reset(self) -> None:
        """``ESC @``: everything as after switching on; the unfinished line is lost."""
        self._drop_line()
        self._style = Style()
        self._align: Align = "left"
        self._codec = "cp437"
        self._spacing = LINE_SPACING
        self._double_byte = self._starts_double_byte
        self._barcode = (3, 162, False)

    def _drop_line(self) -> None:
        self._segments.clear()
        self._cells = 0

    def _on_text(self, data: bytes) -> None:
        text = self._decode(data)
        while text:
            room = max((self._profile.columns - self._cells) // self._style.width_mult, 0)
            if room == 0 and self._cells > 0:
                self._end_line()
                continue
            part, text = text[: max(room, 1)], text[max(room, 1) :]
            self._segments.append(Segment(part, self._style))
            self._cells += len(part) * self._style.width_mult

    def _decode(self, data: bytes) -> str:
        if not self._double_byte:
            return data.decode(self._codec, "replace")
        shown, position = "", 0
        while position < len(data):
            is_double = data[position] >= 0x80
            shown += _DOUBLE_BYTE * 2 if is_double else chr(data[position])
            position += 2 if is_double else 1
        return shown

    def _end_line(self) -> None:
        if self._segments:
            line = PrintedLine(tuple(self._segments), self._align, self._spacing)
            self.items.append(line)
            self._drop_line()
        else:
            self.items.append(PrintedLine((), self._align, self._spacing))

    def _add(self, item: Item) -> None:
        if self._segments:
            self._end_line()
        self.items.append(item)

    def _feed(self, dots: int) -> None:
        # ESC d prints the line it ends, so its height is not fed twice.
        if self._segments:
            self._end_line()
            dots = max(dots - self._spacing, 0)
        if dots:
            self.items.append(PrintedGap(dots))

    def _restyle(
        self,
        *,
        bold: bool | None = None,
        invert: bool | None = None,
        underline: bool | None = None,
    ) -> None:
        old = self._style
        self._style = replace(
            old,
            bold=old.bold if bold is None else bold,
            invert=old.invert if invert is None else invert,
            underline=old.underline if underline is None else underline,
        )

    def _on_print_mode(self, data: bytes) -> None:
        bits = data[0]
        self._style = replace(
            self._style,
            bold=bool(bits & 0x08),
            height_mult=2 if bits & 0x10 else 1,
            width_mult=2 if bits & 0x20 else 1,
            underline=bool(bits & 0x80),
        )

    def _on_size(self, data: bytes) -> None:
        width, height = (data[0] >> 4 & 7) + 1, (data[0] & 7) + 1
        self._style = replace(self._style, width_mult=width, height_mult=height)

    def _on_code_page(self, data: bytes) -> None:
        self._codec = self._codecs.get(data[0], "cp437")

    def _on_align(self, data: bytes) -> None:
        number = data[0] - 48 if data[0] >= 48 else data[0]
        if number < len(_ALIGNS) and not self._segments:
            self._align = _ALIGNS[number]

    def _set_spacing(self, dots: int) -> None:
        self._spacing = dots

    def _set_double_byte(self, *, on: bool) -> None:
        self._double_byte = on

    def _on_raster(self, data: bytes) -> None:
        width_bytes = int.from_bytes(data[2:4], "little")
        if width_bytes and len(data) > 6:
            self._add(PrintedRaster(data[6:], width_bytes, self._align))

    def _on_store_logos(self, data: bytes) -> None:
        """``FS q``: replaces all logos of the memory by these; columns of dots, top dot highest."""
        self._logos.clear()
        at = 1
        for number in range(1, data[0] + 1):
            x, y = (int.from_bytes(data[at + k : at + k + 2], "little") for k in (0, 2))
            self._logos[number] = rows_of_columns(data[at + 4 : at + 4 + x * y * 8], x, y), x
            at += 4 + x * y * 8

    def _on_logo(self, data: bytes) -> None:
        """``FS p n m``."""
        raster, width_bytes = self._logos.get(data[0], (b"", 0))
        self._add(LogoMark(data[0], raster, width_bytes, self._align))

    def _on_bit_image(self, data: bytes) -> None:
        """``ESC * m nL nH``: columns of 8 dots (m below 32, three times as high) or of 24 dots."""
        height = 24 if data[0] >= 32 else 8
        bits = "".join(f"{byte:08b}" for byte in data[3:])
        dots = bytes(bit == "1" for bit in bits for _ in range(24 // height))
        # m = 0 and 32 are single density: each column is two dots wide.
        wide = 1 if data[0] in {1, 33} else 2
        columns = [dots[at : at + 24] * wide for at in range(0, len(dots), 24)]
        if columns:
            self._segments.append(Stripe(b"".join(columns), 24))
            cell = self._profile.dots // self._profile.columns
            self._cells += (len(columns) * wide + cell - 1) // cell

    def _on_qr(self, data: bytes) -> None:
        """``GS ( k`` with cn = 49: 67 size, 69 level, 80 store, 81 print."""
        if len(data) < 3 or data[0] != 49:
            return
        stored, size, level = self._qr
        function, argument = data[1], data[2:]
        if function == 67 and 1 <= argument[0] <= 16:
            size = argument[0]
        elif function == 69:
            level = _QR_LEVELS.get(argument[0], "L")
        elif function == 80:
            stored = argument[1:]
        elif function == 81 and stored:
            self._add(PrintedQr(stored, size, level, self._align))
        self._qr = (stored, size, level)

    def _on_barcode(self, data: bytes) -> None:
        number = data[0]
        payload = data[2:] if number >= 65 else data[1:].rstrip(b"\0")
        text = payload.decode("ascii", "replace")
        if number == 73 and text[:1] == "{":
            text = text[2:]
        module, height, has_digits = self._barcode
        kind = _BARCODES.get(number)
        self._add(PrintedBarcode(text, kind, module, height, has_digits, self._align))

    def _on_star_barcode(self, data: bytes) -> None:
        """``ESC b n1 n2 n3 n4 data RS`` of Star: kind, digits below, module width and height."""
        kind = _STAR_BARCODES.get(data[0])
        text = data[4:].decode("ascii", "replace")
        module, height = min(max(data[2], 1), 6) + 1, max(data[3], 1)
        self._add(PrintedBarcode(text, kind, module, height, data[1] in {2, 4}, self._align))

    def _on_barcode_width(self, data: bytes) -> None:
        self._barcode = (min(max(data[0], 1), 6), *self._barcode[1:])

    def _on_barcode_height(self, data: bytes) -> None:
        self._barcode = (self._barcode[0], max(data[0], 1), self._barcode[2])

    def _on_barcode_digits(self, data: bytes) -> None:
        self._barcode = (*self._barcode[:2], data[0] not in {0, 48})


def rows_of_columns(columns: bytes, width_bytes: int, height_bytes: int) -> bytes:
    """Columns of dots, each ``height_bytes`` from top to bottom, as rows of whole bytes."""
    size = height_bytes
    if not size or not width_bytes:
        return b""
    bits = [
        f"{int.from_bytes(columns[at : at + size], 'big'):0{size * 8}b}"
        for at in range(0, width_bytes * 8 * size, size)
    ]
    rows = "".join(map("".join, zip(*bits, strict=True)))
    return int(rows, 2).to_bytes(width_bytes * size * 8, "big")


def command_set(profile: PrinterProfile) -> NextCommand:
    """How the bytes for this model are cut into commands."""
    return next_star if profile.commands == "star" else next_escpos


def longest_command(data: bytes, profile: PrinterProfile) -> int:
    """Bytes of the longest command in a document; text counts as none."""
    longest, begin, was_text = 0, 0, True
    for offset, command in scan_commands(data, command_set(profile)):
        longest = max(longest, 0 if was_text else offset - begin)
        begin, was_text = offset, command.name == "text"
    return max(longest, 0 if was_text else len(data) - begin)


def read_page(data: bytes, profile: PrinterProfile, *, double_byte: bool = False) -> list[Item]:
    """Everything a finished stream puts on paper."""
    builder = PageBuilder(profile, double_byte=double_byte)
    for _, command in scan_commands(data, command_set(profile)):
        builder.execute(command)
    return builder.items


def text_lines(data: bytes, profile: PrinterProfile, *, double_byte: bool = False) -> list[str]:
    """The text on paper line by line, as the printer would show it (``[qr …]``, ``[cut]`` for the rest)."""
    items = read_page(data, profile, double_byte=double_byte)
    return [line for item in items for line in describe(item)]
