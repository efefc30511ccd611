"""ESC/POS bytes -> picture of the paper, for the simulator and the preview on the till.

Black and white, one dot of the printer a pixel, with a small white margin. About 100 lines of numpy and
Pillow; QR codes are drawn with segno. A receipt of 40 lines takes some 10 ms once its glyphs are known.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage

from drivers.api.printer import Align, BadDocument, Barcode
from drivers.printers.codes import barcode_modules, qr_rows
from drivers.printers.glyphs import CELL_HEIGHT, Dots, GlyphCache, glyph_cache
from drivers.printers.items import (
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
    describe,
)
from drivers.printers.page import read_page
from drivers.printers.profiles import FONT_PATH, PrinterProfile

MARGIN = 12
HEIGHT_MAX = 60_000
"""Rows; longer paper is cut off in the picture (7.5 m at 203 dpi)."""
_CUT_ROWS = 24
_MARK_CELL = 12


def draw_bytes(
    data: bytes, profile: PrinterProfile, *, font_path: Path = FONT_PATH
) -> PillowImage.Image:
    """Picture of everything a finished stream puts on paper; mode ``1``."""
    return draw_items(read_page(data, profile), profile, font_path=font_path)


def draw_items(
    items: Iterable[Item], profile: PrinterProfile, *, font_path: Path = FONT_PATH
) -> PillowImage.Image:
    """Picture of interpreted paper; mode ``1``, black on white."""
    drawer = _Drawer(profile, font_path)
    bands: list[Dots] = []
    height = 0
    for band in (band for item in items for band in drawer.draw(item)):
        bands.append(band)
        height += len(band)
        if height >= HEIGHT_MAX:  # garbage may ask for kilometres of paper
            height = HEIGHT_MAX
            break
    canvas = np.zeros((height + 2 * MARGIN, profile.dots + 2 * MARGIN), np.uint8)
    top = MARGIN
    for band in bands:
        bottom = min(top + len(band), height + MARGIN)
        canvas[top:bottom, MARGIN : MARGIN + profile.dots] = band[: bottom - top]
        top = bottom
    packed = np.packbits(1 - canvas, axis=1)
    return PillowImage.frombytes("1", (canvas.shape[1], canvas.shape[0]), packed.tobytes())


class _Drawer:
    """Turns items into bands of dots, all as wide as the paper."""

    def __init__(self, profile: PrinterProfile, font_path: Path) -> None:
        self._dots = profile.dots
        self._glyphs = glyph_cache(font_path, profile.dots // profile.columns)
        self._small = glyph_cache(font_path, _MARK_CELL)

    def draw(self, item: Item) -> Sequence[Dots]:
        match item:
            case PrintedLine():
                return (self._line(item),)
            case PrintedGap(dots):
                return (self._blank(dots),)
            case LogoMark() if item.raster:
                return self._figure(PrintedRaster(item.raster, item.width_bytes, item.align))
            case PrintedQr() | PrintedBarcode() | PrintedRaster():
                return self._figure(item)
            case CutMark():
                return (self._cut(),)
            case DrawerMark() | BeepMark() | LogoMark():
                return (self._mark(describe(item)[0]),)

    def _blank(self, rows: int) -> Dots:
        return np.zeros((rows, self._dots), np.uint8)

    def _line(self, line: PrintedLine) -> Dots:
        if not line.segments:
            return self._blank(line.spacing)
        parts = [_segment_dots(self._glyphs, segment) for segment in line.segments]
        tallest = max(len(part) for part in parts)
        # Letters of different height stand on one base line, as on paper.
        level = [np.pad(part, ((tallest - len(part), 0), (0, 0))) for part in parts]
        dots = np.hstack(level) if len(level) > 1 else level[0]
        band = self._blank(max(line.spacing, tallest + (line.spacing - CELL_HEIGHT)))
        _place(band, dots, line.align)
        return band

    def _figure(self, item: PrintedQr | PrintedBarcode | PrintedRaster) -> Sequence[Dots]:
        try:
            if isinstance(item, PrintedRaster):
                dots = _raster_dots(item)
            elif isinstance(item, PrintedQr):
                rows = np.array([list(row) for row in qr_rows(item.data, item.level)], np.uint8)
                dots = rows.repeat(item.size, axis=0).repeat(item.size, axis=1)
            else:
                dots = self._barcode_dots(item)
        except (BadDocument, ValueError):
            # A real printer prints nothing for impossible data; the picture says so.
            return (self._mark(describe(item)[0]),)
        band = self._blank(len(dots))
        _place(band, dots, item.align)
        return (band,)

    def _barcode_dots(self, item: PrintedBarcode) -> Dots:
        if item.kind is None:
            raise BadDocument("unknown kind of barcode")
        modules = np.frombuffer(barcode_modules(Barcode(item.data, item.kind)), np.uint8)
        bars = np.tile(modules.repeat(item.module), (item.height, 1))
        if not item.has_digits:
            return bars
        digits = self._small.line(item.data)
        both = np.zeros((item.height + CELL_HEIGHT, max(bars.shape[1], digits.shape[1])), np.uint8)
        _place(both[: item.height], bars, "center")
        _place(both[item.height :], digits, "center")
        return both

    def _cut(self) -> Dots:
        band = self._blank(_CUT_ROWS)
        dashes = (np.arange(self._dots) // 8 % 2).astype(np.uint8)
        band[_CUT_ROWS // 2 : _CUT_ROWS // 2 + 2] = dashes
        return band

    def _mark(self, text: str) -> Dots:
        """A remark that is not on real paper: small inverted letters on the right."""
        band = self._blank(CELL_HEIGHT)
        _place(band, 1 - self._small.line(f" {text[: self._dots // _MARK_CELL - 2]} "), "right")
        return band


def _segment_dots(glyphs: GlyphCache, segment: Segment | Stripe) -> Dots:
    if isinstance(segment, Stripe):
        columns = np.frombuffer(segment.dots, np.uint8).reshape(segment.width, segment.rows)
        return np.ascontiguousarray(columns.T)
    style = segment.style
    dots = glyphs.line(segment.text, bold=style.bold)
    if style.underline:
        dots = dots.copy()
        dots[-2:] = 1
    if style.invert:
        dots = 1 - dots
    if style.height_mult > 1:
        dots = dots.repeat(style.height_mult, axis=0)
    return dots.repeat(style.width_mult, axis=1) if style.width_mult > 1 else dots


def _raster_dots(item: PrintedRaster) -> Dots:
    rows = len(item.raster) // item.width_bytes
    packed = np.frombuffer(item.raster[: rows * item.width_bytes], np.uint8)
    return np.unpackbits(packed.reshape(rows, item.width_bytes), axis=1)


def _place(band: npt.NDArray[np.uint8], dots: Dots, align: Align) -> None:
    """Put dots into a band; what is too wide or too high is cut off, as the paper does."""
    width = min(dots.shape[1], band.shape[1])
    height = min(dots.shape[0], band.shape[0])
    room = band.shape[1] - width
    left = {"left": 0, "center": room // 2, "right": room}[align]
    band[:height, left : left + width] = dots[:height, :width]
