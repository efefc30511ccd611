"""Printer profiles: what differs between models, as data (``resources/devices/printers.json``).

Code page numbers of ``ESC t n`` differ by family and are the most frequent trouble with cheap printers; the
installer may override number, code page and columns (see ``PrinterProfile.adjusted``).
"""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from drivers.api.errors import ConfigurationError
from drivers.api.printer import PrinterCapabilities

_RESOURCES = Path(__file__).resolve().parents[2] / "resources"
PROFILES_PATH = _RESOURCES / "devices" / "printers.json"
FONT_PATH = _RESOURCES / "fonts" / "DejaVuSansMono.ttf"
"""Monospaced, readable in Russian; free to ship (resources/fonts/DejaVu-LICENSE.txt)."""
RASTER_CODE_PAGE = "raster"
CODE_PAGES = ("cp866", "cp1251", "cp855", "cp1125", "cp437", RASTER_CODE_PAGE)
COLUMNS_MIN, COLUMNS_MAX = 16, 96
CELL_WIDTH_MIN = 8
"""Dots; font B is 9 wide, anything below is a typing mistake in columns or dots."""


@dataclasses.dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One model or family.

    Attributes:
        id: stable key for settings.
        title: for the settings screen.
        columns: characters a line in font A.
        dots: printable dots a line.
        code_pages: code page name -> number for ``ESC t``.
        code_page: the one used for printing, or ``raster``: text is printed as a picture.
        cutter: has a knife.
        drawer: has a drawer socket.
        beeper: understands ``ESC B n t``.
        native_qr: understands ``GS ( k``.
        native_barcode: understands ``GS k``.
        tells_status: answers ``DLE EOT n``.
        confirms_printing: answers ``GS r 1`` after working through what was sent before it.
        one_connection: serves one connection at a time: open, print, close.
        library_profile: name of the profile in python-escpos.
        drawer_open_level: level of the drawer's sensor that means open; None until the installer tells.
    """

    id: str
    title: str
    columns: int
    dots: int
    code_pages: Mapping[str, int]
    code_page: str = "cp866"
    cutter: bool = True
    drawer: bool = True
    beeper: bool = False
    native_qr: bool = True
    native_barcode: bool = True
    tells_status: bool = True
    confirms_printing: bool = True
    one_connection: bool = True
    library_profile: str = "default"
    drawer_open_level: Literal["high", "low"] | None = None

    def __post_init__(self) -> None:
        if not COLUMNS_MIN <= self.columns <= COLUMNS_MAX:
            raise ConfigurationError(f"{self.id}: {self.columns} columns")
        if self.dots < self.columns * CELL_WIDTH_MIN or self.dots > 8192:
            raise ConfigurationError(f"{self.id}: {self.dots} dots for {self.columns} columns")
        if self.code_page not in CODE_PAGES:
            raise ConfigurationError(f"{self.id}: unknown code page {self.code_page!r}")
        if not self.is_raster and self.code_page not in self.code_pages:
            raise ConfigurationError(f"{self.id}: no number for code page {self.code_page}")
        if any(not 0 <= number <= 255 for number in self.code_pages.values()):
            raise ConfigurationError(f"{self.id}: code page numbers are 0..255")

    @property
    def is_raster(self) -> bool:
        """Whether all text is printed as a picture."""
        return self.code_page == RASTER_CODE_PAGE

    @property
    def code_page_number(self) -> int | None:
        """Argument of ``ESC t``; None when text is printed as a picture."""
        return self.code_pages.get(self.code_page)

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What the till may rely on (on a road that can read)."""
        return PrinterCapabilities(
            columns=self.columns,
            dots=self.dots,
            cutter=self.cutter,
            drawer=self.drawer,
            beeper=self.beeper,
            tells_status=self.tells_status,
            confirms_printing=self.tells_status and self.confirms_printing,
        )

    def adjusted(
        self,
        *,
        columns: int | None = None,
        dots: int | None = None,
        code_page: str | None = None,
        code_page_number: int | None = None,
        drawer_open_level: Literal["high", "low"] | None = None,
        tells_status: bool | None = None,
        confirms_printing: bool | None = None,
        one_connection: bool | None = None,
    ) -> "PrinterProfile":
        """The same model with the installer's corrections.

        Raises:
            ConfigurationError: the correction makes no sense.
        """
        page = code_page or self.code_page
        numbers = dict(self.code_pages)
        if code_page_number is not None:
            numbers[page] = code_page_number
        return dataclasses.replace(
            self,
            columns=columns or self.columns,
            dots=dots or self.dots,
            code_page=page,
            code_pages=numbers,
            drawer_open_level=drawer_open_level or self.drawer_open_level,
            tells_status=_either(tells_status, self.tells_status),
            confirms_printing=_either(confirms_printing, self.confirms_printing),
            one_connection=_either(one_connection, self.one_connection),
        )


def _either(wished: bool | None, present: bool) -> bool:
    return present if wished is None else wished


def load_profiles(path: Path = PROFILES_PATH) -> dict[str, PrinterProfile]:
    """Read the profile file, in its order.

    Raises:
        ConfigurationError: the file is missing or wrong.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        profiles = [profile_from_data(item) for item in raw["profiles"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error
    return {profile.id: profile for profile in profiles}


def profile_from_data(data: Mapping[str, Any]) -> PrinterProfile:  # Any: parsed JSON
    """Build a profile from one JSON object.

    Raises:
        ConfigurationError: unknown keys or senseless values.
    """
    known = {field.name for field in dataclasses.fields(PrinterProfile)}
    if unknown := set(data) - known:
        raise ConfigurationError(f"{data.get('id')}: unknown keys {sorted(unknown)}")
    try:
        return PrinterProfile(**data)
    except TypeError as error:
        raise ConfigurationError(f"{data.get('id')}: {error}") from error


def get_profile(profile_id: str, path: Path = PROFILES_PATH) -> PrinterProfile:
    """One profile by its id.

    Raises:
        ConfigurationError: there is none.
    """
    profiles = load_profiles(path)
    if profile_id not in profiles:
        raise ConfigurationError(f"no printer profile {profile_id!r}")
    return profiles[profile_id]
