"""Laid-out lines -> a picture that looks like paper (PNG), for previews and for people's eyes.

Grey letters of the monospaced font on white paper with a torn edge. Letters are drawn once and kept; a receipt
of 40 lines takes some milliseconds. Any thread.
"""

import functools
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from drivers.api.printer import BadDocument, Barcode, Cut, Feed, Image, Qr
from drivers.api.receipt import ReceiptDocument
from drivers.printers.codes import barcode_modules, fitting_size, qr_rows
from drivers.printers.layout import Block, LaidLine
from drivers.printers.library import BARCODE_HEIGHT, BARCODE_MODULE
from drivers.printers.profiles import FONT_PATH, PrinterProfile
from drivers.receipts.lines import CELL_DOTS, LINE_DOTS, receipt_lines, text_of
from drivers.receipts.png import grey_png
from drivers.receipts.template import ReceiptTemplate

Ink = npt.NDArray[np.uint8]
"""How black each dot is: 0 paper, 255 ink."""
CELL_HEIGHT = 24
TABLE = 12
"""Dots of table around the paper."""
MARGIN = 28
"""Dots of paper around the text."""
_PAPER_GREY, _TABLE_GREY, _INK_GREY = 15, 13, 1
"""Of sixteen greys: enough for smooth letters, half the bytes of 256."""
_TOOTH = 8
_FONT_SIZE = 20
_BASELINE = 0.78
_HEIGHT_MAX = 60_000
_GREYS = np.round(np.linspace(_PAPER_GREY, _INK_GREY, 256)).astype(np.uint8)


def preview_png(
    document: ReceiptDocument,
    template: ReceiptTemplate,
    columns: int,
    profile: PrinterProfile | None = None,
) -> bytes:
    """Return the picture of a receipt as a PNG file.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        columns: characters a line.
        profile: the printer whose signs are shown; None: the usual one.

    Raises:
        BadReceipt: the template's logo is no picture.
        BadDocument: a code that cannot be drawn.
        ValueError: senseless columns.
    """
    return draw_png(receipt_lines(document, template, columns, profile), columns)


def draw_png(items: Sequence[LaidLine | Block], columns: int) -> bytes:
    """Return laid-out lines as a PNG file; its text stands in it for those who cannot see it.

    Raises:
        BadDocument: a code that cannot be drawn.
    """
    return grey_png(draw_paper(items, columns), "\n".join(text_of(items)))


def draw_paper(items: Sequence[LaidLine | Block], columns: int) -> Ink:
    """Return laid-out lines as paper on a table, in sixteen greys: 0 black to 15 white.

    The first letter stands `TABLE` + `MARGIN` dots from the left and from the top.

    Raises:
        BadDocument: a code that cannot be drawn.
    """
    width = columns * CELL_DOTS
    shown = items[:-1] if items and isinstance(items[-1], Cut) else items
    bands = list(_bands(shown, width))
    height = min(sum(map(len, bands)), _HEIGHT_MAX)
    ink = np.zeros((height + 2 * MARGIN, width + 2 * MARGIN), np.uint8)
    top = MARGIN
    for band in bands:
        bottom = min(top + len(band), height + MARGIN)
        ink[top:bottom, MARGIN : MARGIN + width] = band[: bottom - top]
        top = bottom
    return np.pad(_torn(_GREYS[ink]), TABLE, constant_values=_TABLE_GREY)


def _bands(items: Sequence[LaidLine | Block], width: int) -> Iterator[Ink]:
    """Yield drawn items until the picture is as long as it may be."""
    height = 0
    for item in items:
        band = _band(item, width)
        if band is not None:
            yield band
            height += len(band)
        if height >= _HEIGHT_MAX:
            return


def _torn(paper: Ink) -> Ink:
    """Give the paper the teeth of the knife at both ends."""
    across = np.arange(paper.shape[1]) % (2 * _TOOTH)
    depth = np.abs(across - _TOOTH)
    is_off = np.arange(_TOOTH)[:, None] < depth[None, :]
    paper[:_TOOTH][is_off] = _TABLE_GREY
    paper[-_TOOTH:][is_off[::-1]] = _TABLE_GREY
    return paper


def _band(item: LaidLine | Block, width: int) -> Ink | None:  # noqa: PLR0911 - one a kind
    match item:
        case LaidLine():
            return _line(item, width)
        case Qr():
            return _qr(item, width)
        case Barcode():
            return _barcode(item, width)
        case Image():
            return _centred(_picture(item), width)
        case Feed(lines) if lines:
            return np.zeros((lines * LINE_DOTS, width), np.uint8)
        case Cut():
            return _cut(width)
        case _:
            return None


@functools.lru_cache(maxsize=512)
def _line(line: LaidLine, width: int) -> Ink:
    """A line in letters; lines that stay the same from preview to preview are kept."""
    size = (line.width_mult, line.height_mult)
    cells = [_letter(char, line.bold, size) for char in line.text]
    dots = np.concatenate(cells, axis=1)
    if line.invert:
        dots = 255 - dots
    band = np.zeros((len(dots) + LINE_DOTS - CELL_HEIGHT, width), np.uint8)
    dots = dots[:, :width]
    band[: len(dots), : dots.shape[1]] = dots
    return band


@functools.lru_cache(maxsize=4096)
def _letter(char: str, bold: bool, size: tuple[int, int]) -> Ink:
    """A letter in its cell. Drawn as high as it will be, then made as narrow as its cell."""
    wide, high = size
    scale = max(wide, high)
    cell = PillowImage.new("L", (CELL_DOTS * scale, CELL_HEIGHT * scale), 0)
    if char.isprintable() and char != " ":
        place = (CELL_DOTS * scale / 2, CELL_HEIGHT * scale * _BASELINE)
        font = _font(bold, _FONT_SIZE * scale)
        ImageDraw.Draw(cell).text(place, char, fill=255, font=font, anchor="ms")
    if wide != high:
        target = (CELL_DOTS * wide, CELL_HEIGHT * high)
        cell = cell.resize(target, PillowImage.Resampling.BOX)
    return np.asarray(cell)


@functools.cache
def _font(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    path = FONT_PATH.with_name(f"{FONT_PATH.stem}-Bold.ttf") if bold else FONT_PATH
    return ImageFont.truetype(str(path), size)


def _qr(qr: Qr, width: int) -> Ink:
    size = fitting_size(qr, width)
    rows = np.array([list(row) for row in qr_rows(qr.data.encode(), qr.level)], np.uint8)
    return _centred(rows.repeat(size, axis=0).repeat(size, axis=1) * 255, width)


def _barcode(barcode: Barcode, width: int) -> Ink:
    modules = np.frombuffer(barcode_modules(barcode), np.uint8)
    size = min(BARCODE_MODULE, width // len(modules))
    if size < 1:
        raise BadDocument(f"{barcode.kind} of {len(modules)} modules on {width} dots")
    bars = np.tile(modules.repeat(size) * 255, (BARCODE_HEIGHT, 1)).astype(np.uint8)
    digits = _line(LaidLine(barcode.data.center(width // CELL_DOTS)), width)
    return np.vstack([_centred(bars, width), digits])


def _picture(image: Image) -> Ink:
    rows = np.frombuffer(image.raster, np.uint8).reshape(image.height, -1)
    return np.unpackbits(rows, axis=1)[:, : image.width] * 255


def _centred(dots: Ink, width: int) -> Ink:
    dots = dots[:, :width]
    band = np.zeros((len(dots), width), np.uint8)
    left = (width - dots.shape[1]) // 2
    band[:, left : left + dots.shape[1]] = dots
    return band


def _cut(width: int) -> Ink:
    """A dashed line where the knife goes between two papers."""
    band = np.zeros((LINE_DOTS, width), np.uint8)
    band[LINE_DOTS // 2 : LINE_DOTS // 2 + 2] = (np.arange(width) // 8 % 2) * 110
    return band
