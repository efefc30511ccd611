"""A picture file as the dots of a logo, kept until the file changes."""

import functools
from pathlib import Path

from drivers.api.errors import ConfigurationError
from drivers.api.printer import Image

LOGO_ROWS_MAX = 400
"""5 cm at 203 dpi; a logo takes the head of the receipt, not the receipt."""


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
