"""The strip by which an installer finds the code page of an unknown printer, and what the choice means.

Every line begins with its number on the strip, tells the number for the printer and the code page, and shows
the same Russian words in that code page. The line that can be read is the answer: `calibrated` turns its
number into settings. Numbers for the printer: all that the families of ``resources/devices/printers.json``
and the printers of python-escpos use for Russian. A sign that the code page lacks shows as ``?``.
"""

from dataclasses import dataclass
from typing import Final

from drivers.api.errors import ConfigurationError
from drivers.printers import star
from drivers.printers.library import INITIALISE, SINGLE_BYTE_MODE
from drivers.printers.profiles import RASTER_CODE_PAGE, PrinterProfile

NUMBERS: Final = (6, 7, 10, 12, 13, 17, 23, 28, 34, 46, 51, 59, 73)
STAR_NUMBERS: Final = (10, 34, 17, 6, 7, 23, 46)
WORDS: Final = "Привет Ёё № « » ₽"
NONE_READABLE: Final = 0
"""The answer "no line can be read": text is printed as pictures from then on."""
ENCODINGS: Final = ("cp866", "cp1251")


@dataclass(frozen=True, slots=True)
class StripLine:
    """One line of the strip.

    Attributes:
        index: number on the strip, from 1.
        number: argument of ``ESC t`` (Star: ``ESC GS t``).
        code_page: in which its words are written.
    """

    index: int
    number: int
    code_page: str

    @property
    def head(self) -> str:
        """What stands before the words, for example ``11 17/866``."""
        return f"{self.index:02} {self.number}/{self.code_page.removeprefix('cp')} "


def strip_lines(profile: PrinterProfile) -> tuple[StripLine, ...]:
    """The lines of the strip for a model's command set."""
    numbers = STAR_NUMBERS if profile.commands == "star" else NUMBERS
    pairs = [(number, page) for number in numbers for page in ENCODINGS]
    return tuple(StripLine(index, *pair) for index, pair in enumerate(pairs, 1))


def code_page_strip(profile: PrinterProfile) -> bytes:
    """Bytes of the strip, with a cut (printers without a knife ignore it)."""
    is_star = profile.commands == "star"
    start = star.INITIALISE + star.SINGLE_BYTE_MODE if is_star else INITIALISE + SINGLE_BYTE_MODE
    select = b"\x1b\x1d\x74" if is_star else b"\x1b\x74"
    out = bytearray(start)
    for line in strip_lines(profile):
        out += select + bytes((line.number,)) + line.head.encode("ascii")
        out += WORDS.encode(line.code_page, "replace") + b"\n"
    return bytes(out + (b"\x1b\x64\x03" if is_star else b"\x1d\x56\x42\x00"))


def calibrated(profile: PrinterProfile, number: int) -> PrinterProfile:
    """The profile with the code page of the strip's line that can be read.

    Args:
        profile: the one that printed the strip.
        number: of the line on the strip; `NONE_READABLE` when none can be read.

    Raises:
        ConfigurationError: the strip has no such line.
    """
    page, page_number = _choice(profile, number)
    return profile.adjusted(code_page=page, code_page_number=page_number)


def calibration_options(profile: PrinterProfile, number: int) -> dict[str, str | int]:
    """The same as options of the device, for its settings; see `calibrated`."""
    page, page_number = _choice(profile, number)
    if page_number is None:
        return {"code_page": page}
    return {"code_page": page, "code_page_number": page_number}


def _choice(profile: PrinterProfile, number: int) -> tuple[str, int | None]:
    if number == NONE_READABLE:
        return RASTER_CODE_PAGE, None
    lines = strip_lines(profile)
    if not 0 < number <= len(lines):
        raise ConfigurationError(f"line {number} of a strip of {len(lines)} lines")
    line = lines[number - 1]
    return line.code_page, line.number
