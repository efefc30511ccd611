"""A template's logo as dots: any picture file, grey spread into black and white."""

import base64
import functools
import io

from PIL import Image as PillowImage
from PIL import ImageOps, UnidentifiedImageError

from drivers.api.printer import Image
from drivers.api.receipt import BadReceipt
from drivers.receipts.template import Logo

_PIXELS_MAX = 16_000_000
_HEIGHT_MAX = 600


@functools.lru_cache(maxsize=8)
def logo_image(logo: Logo, paper_dots: int) -> Image:
    """Return the logo as a black and white picture.

    Args:
        logo: the file and its width.
        paper_dots: printable dots a line.

    Raises:
        BadReceipt: it is no picture, or a senseless one.
    """
    try:
        flat = _on_white(base64.b64decode(logo.png, validate=False))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise BadReceipt("/logo/png", "это не картинка", f"not a picture: {error}") from error
    width = max(paper_dots * logo.width_percent // 100 // 8 * 8, 8)
    height = min(max(round(flat.height * width / flat.width), 1), _HEIGHT_MAX)
    grey = ImageOps.autocontrast(flat.convert("L").resize((width, height)))
    dots = ImageOps.invert(grey).convert("1")
    return Image(dots.tobytes(), width, height)


def _on_white(data: bytes) -> PillowImage.Image:
    """Open a picture and lay it on white paper where it is clear."""
    picture = PillowImage.open(io.BytesIO(data))
    if picture.width * picture.height > _PIXELS_MAX:
        raise ValueError("too many pixels")
    white = PillowImage.new("RGBA", picture.size, "white")
    return PillowImage.alpha_composite(white, picture.convert("RGBA"))
