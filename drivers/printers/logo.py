"""A picture file as the dots of a logo, kept until the file changes."""

import functools
from pathlib import Path

from drivers.api.errors import ConfigurationError
from drivers.api.printer import BadDocument, Image

LOGO_ROWS_MAX = 400
"""5 cm at 203 dpi; a logo takes the head of the receipt, not the receipt."""


STORED_BYTES_MAX = 32 * 1024
"""The memory of small printers; Epson's holds 256 KB."""


def store_command(image: Image) -> bytes:
    """``FS q 1``: put a logo into the printer's memory as number 1, in place of all others there.

    The memory takes some thousand writes in its life, and the printer resets after each: for setting up,
    never for every receipt. Source: Epson ESC/POS command reference, ``FS q``.

    Raises:
        BadDocument: the logo is larger than the memory of small printers.
    """
    width_bytes = (image.width + 7) // 8
    height_bytes = (image.height + 7) // 8
    if width_bytes * height_bytes * 8 > STORED_BYTES_MAX:
        raise BadDocument(f"logo of {image.width}x{image.height} dots for the printer's memory")
    rows = [
        f"{int.from_bytes(image.raster[at : at + width_bytes], 'big'):0{width_bytes * 8}b}"
        for at in range(0, len(image.raster), width_bytes)
    ]
    rows += ["0" * width_bytes * 8] * (height_bytes * 8 - len(rows))
    bits = "".join(map("".join, zip(*rows, strict=True)))
    data = int(bits, 2).to_bytes(width_bytes * 8 * height_bytes, "big")
    size = width_bytes.to_bytes(2, "little") + height_bytes.to_bytes(2, "little")
    return b"\x1c\x71\x01" + size + data


def load_logo(path: Path, dots: int) -> Image:
    """Read a picture (PNG, JPEG, BMP, GIF), made smaller to fit the paper, in black and white.

    Raises:
        ConfigurationError: the file is missing or no picture.
    """
    try:
        stamp = path.stat().st_mtime_ns
    except OSError as error:
        raise ConfigurationError(f"logo {path.name}: {error}") from error
    return _load(path, stamp, dots)


@functools.lru_cache(maxsize=8)
def _load(path: Path, stamp: int, dots: int) -> Image:
    from PIL import Image as PillowImage  # noqa: PLC0415 - 0.2 s, paid by who has a logo

    del stamp  # Only a key of the cache: a changed file is read again.
    try:
        with PillowImage.open(path) as opened:
            # What is transparent stays paper.
            picture = PillowImage.new("RGBA", opened.size, "white")
            picture.alpha_composite(opened.convert("RGBA"))
    except (OSError, ValueError, SyntaxError, PillowImage.DecompressionBombError) as error:
        raise ConfigurationError(f"logo {path.name}: {error}") from error
    grey = picture.convert("L")
    grey.thumbnail((dots, LOGO_ROWS_MAX))
    # 1 is black on the wire and white in Pillow; half tones are dithered.
    black = grey.point(lambda level: 255 - level).convert("1")
    return Image(black.tobytes(), black.width, black.height)
