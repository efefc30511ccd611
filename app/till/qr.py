"""QR codes for screens: a text becomes rows of dots; on a lane, it takes some milliseconds."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.kernel.late import LateModule

if TYPE_CHECKING:
    import segno
else:
    # Only the guest's display draws codes; the till's start does not wait for it.
    segno = LateModule("segno")

TEXT_MAX: Final = 1_000


QUIET_DOTS: Final = 4
_DARK, _LIGHT = 0, 255


@dataclass(frozen=True, slots=True)
class QrDots:
    """The dots of a code with its quiet zone: `edge` rows of `edge` bytes, 0 dark and 255 light."""

    edge: int
    gray: bytes


def qr_dots(text: str) -> QrDots | None:
    """Return the code of a text; None for an empty one, or one too long to be read from a screen."""
    if not text or len(text) > TEXT_MAX:
        return None
    rows = segno.make(text, error="m", micro=False).matrix_iter(border=QUIET_DOTS)
    lines = [bytes(_DARK if dot else _LIGHT for dot in row) for row in rows]
    return QrDots(len(lines), b"".join(lines))
