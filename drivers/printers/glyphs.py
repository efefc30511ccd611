"""Glyphs of a monospaced font as dots, for the picture and for lines that no code page holds.

numpy arrays of 0 and 1 (black), one cell a character. A cell is ``dots // columns`` wide and 24 dots high,
as font A of every 203 dpi receipt printer. Glyphs are drawn once and kept.
"""

import functools
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image as PillowImage
from PIL import ImageDraw, ImageFont

from drivers.api.errors import ConfigurationError
from drivers.api.printer import Image
from drivers.printers.layout import LaidLine
from drivers.printers.profiles import FONT_PATH

CELL_HEIGHT = 24
_GLYPHS_MAX = 4096
_THRESHOLD = 110
"""Grey level (0 white .. 255 black) from which a dot is black; low, so that thin strokes survive."""

Dots = npt.NDArray[np.uint8]


class GlyphCache:
    """Glyphs of one font in one cell size; not for several threads at once without the GIL.

    Args:
        font_path: TrueType font; a file with ``-Bold`` before the suffix beside it serves bold text.
        cell_width: dots.

    Raises:
        ConfigurationError: the font cannot be read.
    """

    def __init__(self, font_path: Path, cell_width: int) -> None:
        self.cell_width = cell_width
        self._fonts = (
            _load_font(font_path, cell_width),
            _load_font(_bold_path(font_path), cell_width),
        )
        self._glyphs: dict[tuple[str, bool], Dots] = {}

    def line(self, text: str, *, bold: bool = False) -> Dots:
        """The text as dots, ``CELL_HEIGHT`` high and ``cell_width`` times its length wide."""
        if not text:
            return np.zeros((CELL_HEIGHT, 0), np.uint8)
        return np.concatenate([self._glyph(char, bold) for char in text], axis=1)

    def _glyph(self, char: str, bold: bool) -> Dots:
        found = self._glyphs.get((char, bold))
        if found is None:
            if len(self._glyphs) >= _GLYPHS_MAX:
                self._glyphs.clear()
            found = self._glyphs[char, bold] = self._draw(char, bold)
        return found

    def _draw(self, char: str, bold: bool) -> Dots:
        cell = PillowImage.new("L", (self.cell_width, CELL_HEIGHT), 0)
        if char.isprintable() and char != " ":
            pen = ImageDraw.Draw(cell)
            pen.text(
                (self.cell_width / 2, CELL_HEIGHT * 0.78),
                char,
                fill=255,
                font=self._fonts[bold],
                anchor="ms",
            )
        return (np.asarray(cell) > _THRESHOLD).astype(np.uint8)


@functools.lru_cache(maxsize=16)
def glyph_cache(font_path: Path, cell_width: int) -> GlyphCache:
    """The shared cache for a font and a cell size."""
    return GlyphCache(font_path, cell_width)


def raster_line(line: LaidLine, columns: int, dots: int, font_path: Path = FONT_PATH) -> Image:
    """One laid line as a picture, 24 rows times its height, without the space between lines."""
    cells = glyph_cache(font_path, dots // columns).line(line.text, bold=line.bold)
    if line.invert:
        cells = 1 - cells
    if line.width_mult > 1 or line.height_mult > 1:
        cells = cells.repeat(line.height_mult, axis=0).repeat(line.width_mult, axis=1)
    packed = np.packbits(cells, axis=1)
    return Image(packed.tobytes(), cells.shape[1], cells.shape[0])


def _bold_path(font_path: Path) -> Path:
    bold = font_path.with_name(f"{font_path.stem}-Bold{font_path.suffix}")
    return bold if bold.exists() else font_path


def _load_font(path: Path, cell_width: int) -> ImageFont.FreeTypeFont:
    """The largest size whose advance fits the cell."""
    try:
        # Advance of DejaVu Sans Mono is 0.602 em; 20 is the height limit of a cell of 24.
        size = min(round(cell_width / 0.602), 20)
        return ImageFont.truetype(str(path), size)
    except OSError as error:
        raise ConfigurationError(f"font {path.name}: {error}") from error
