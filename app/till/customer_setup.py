"""How the guest's display is set up: on which screen, and what it shows between guests."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.kernel.errors import InputError
from app.kernel.late import LateModule
from app.till.camera import Picture
from app.till.words import Words

if TYPE_CHECKING:
    from PIL import Image
else:
    # Only a till whose house advertises with a picture loads it.
    Image = LateModule("PIL.Image")

#: No second screen of a till has more; a photograph of a camera would only cost memory.
PICTURE_WIDTH_MAX: Final = 1920
PICTURE_HEIGHT_MAX: Final = 1200
TEXT_MAX: Final = 300
URL_MAX: Final = 500

_PICTURE_BAD: Final = Words(
    "Картинка «{path}» не открывается. Проверьте файл",
    "The picture {path} cannot be opened. Check the file",
)
_TEXT_LONG: Final = Words(
    "Слишком длинный текст, можно {limit} знаков",
    "The text is too long, {limit} characters at most",
)
_URL_BAD: Final = Words(
    "Адрес для QR начинается с https://", "The address for the QR code begins with https://"
)


class ScreenMode(StrEnum):
    """Whether the guest has a display."""

    AUTO = "auto"  # on the second screen, if there is one
    WINDOW = "window"  # without a second screen in a window beside the till
    OFF = "off"


@dataclass(frozen=True, slots=True)
class CustomerSetup:
    """What is set for the guest's display.

    Attributes:
        mode: Where it is.
        title: Advert in large letters.
        text: Advert in smaller letters.
        picture_path: A picture instead of both; empty without one.
        join_url: Where a guest gets a card on the phone; empty shows no code.
    """

    mode: ScreenMode = ScreenMode.AUTO
    title: str = ""
    text: str = ""
    picture_path: str = ""
    join_url: str = ""

    def __post_init__(self) -> None:
        for text, limit in (
            (self.title, TEXT_MAX),
            (self.text, TEXT_MAX),
            (self.join_url, URL_MAX),
        ):
            if len(text) > limit:
                raise _TEXT_LONG.fill(limit=limit).input_error("CUSTOMER_TEXT_LONG")
        if self.join_url and not self.join_url.startswith(("https://", "http://")):
            raise _URL_BAD.input_error("CUSTOMER_URL_INVALID")


def load_picture(path: str) -> Picture | None:
    """Return a picture in a size that a screen needs; None for an empty path. On a lane.

    Raises:
        InputError: There is no such file, or it is no picture.
    """
    if not path:
        return None
    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (PICTURE_WIDTH_MAX, PICTURE_HEIGHT_MAX))
            opened.thumbnail((PICTURE_WIDTH_MAX, PICTURE_HEIGHT_MAX))
            picture = opened.convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        words = _PICTURE_BAD.fill(path=path)
        raise InputError("CUSTOMER_PICTURE_INVALID", words.ru, words.en) from error
    return Picture(picture.tobytes(), picture.width, picture.height)
