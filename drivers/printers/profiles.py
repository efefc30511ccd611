"""Printer profiles: what differs between models, as data (``resources/devices/printers.json``).

Code page numbers of ``ESC t n`` differ by family and are the most frequent trouble with cheap printers; the
installer may override number, code page and columns (see ``PrinterProfile.adjusted``).
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args

from drivers.api.drawer_policy import DrawerWhen
from drivers.api.errors import ConfigurationError
from drivers.api.printer import DrawerPin, PrinterCapabilities

_RESOURCES = Path(__file__).resolve().parents[2] / "resources"
PROFILES_PATH = _RESOURCES / "devices" / "printers.json"
FONT_PATH = _RESOURCES / "fonts" / "DejaVuSansMono.ttf"
"""Monospaced, readable in Russian; free to ship (resources/fonts/DejaVu-LICENSE.txt)."""
RASTER_CODE_PAGE = "raster"
CODE_PAGES = ("cp866", "cp1251", "cp855", "cp1125", "cp437", RASTER_CODE_PAGE)
CommandSet = Literal["escpos", "star"]
Signs = Literal["auto", "picture", "words"]
Asks = Literal["realtime", "automatic"]
DRAWER_PULSE_MS_MIN, DRAWER_PULSE_MS_MAX = 20, 500
"""A drawer's coil opens within 100 ms and burns when it is held; the wire carries steps of 2 ms."""
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
        aliases: other names by which the model is found, in any case and with any punctuation.
        commands: ``escpos``, or ``star`` for Star line mode.
        asks: ``realtime`` asks by ``DLE EOT``; ``automatic`` by ``GS a``, for models that only volunteer
            their state.
        drawer_pin: contact of the drawer socket that its cable uses.
        drawer_pulse_ms: length of the pulse.
        drawer_when: which payments open the drawer by themselves.
        signs: what becomes of signs such as ₽ that the code page lacks: ``words`` writes руб.,
            ``picture`` prints the line as a picture, ``auto`` prints pictures as long as few lines
            have such a sign (see ``drivers.printers.spelling``). Letters are always pictures then.
        logo_number: number of a logo kept in the printer's memory; None sends logos as dots.
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
    aliases: Sequence[str] = ()
    commands: CommandSet = "escpos"
    asks: Asks = "realtime"
    drawer_pin: DrawerPin = 2
    drawer_pulse_ms: int = 50
    drawer_when: DrawerWhen = "cash"
    signs: Signs = "auto"
    logo_number: int | None = None

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
        self._check_choices()

    def _check_choices(self) -> None:
        for name, value, known in (
            ("commands", self.commands, get_args(CommandSet)),
            ("asks", self.asks, get_args(Asks)),
            ("signs", self.signs, get_args(Signs)),
            ("drawer_pin", self.drawer_pin, get_args(DrawerPin)),
            ("drawer_when", self.drawer_when, get_args(DrawerWhen)),
            ("drawer_open_level", self.drawer_open_level, (None, "high", "low")),
        ):
            if value not in known:
                raise ConfigurationError(f"{self.id}: {name} {value!r} is none of {known}")
        if not DRAWER_PULSE_MS_MIN <= self.drawer_pulse_ms <= DRAWER_PULSE_MS_MAX:
            limits = f"{DRAWER_PULSE_MS_MIN}..{DRAWER_PULSE_MS_MAX}"
            raise ConfigurationError(
                f"{self.id}: drawer pulse of {self.drawer_pulse_ms} ms, {limits}"
            )
        if self.logo_number is not None and not 1 <= self.logo_number <= 255:
            raise ConfigurationError(f"{self.id}: logo number {self.logo_number}, 1..255")

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
            drawer_when=self.drawer_when,
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
        cutter: bool | None = None,
        native_qr: bool | None = None,
        native_barcode: bool | None = None,
        beeper: bool | None = None,
        drawer_pin: DrawerPin | None = None,
        drawer_pulse_ms: int | None = None,
        drawer_when: DrawerWhen | None = None,
        signs: Signs | None = None,
        asks: Asks | None = None,
        logo_number: int | None = None,
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
            cutter=_either(cutter, self.cutter),
            native_qr=_either(native_qr, self.native_qr),
            native_barcode=_either(native_barcode, self.native_barcode),
            beeper=_either(beeper, self.beeper),
            drawer_pin=drawer_pin or self.drawer_pin,
            drawer_pulse_ms=drawer_pulse_ms or self.drawer_pulse_ms,
            drawer_when=drawer_when or self.drawer_when,
            signs=signs or self.signs,
            asks=asks or self.asks,
            logo_number=logo_number or self.logo_number,
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
        return PrinterProfile(**{**data, "aliases": tuple(data.get("aliases", ()))})
    except TypeError as error:
        raise ConfigurationError(f"{data.get('id')}: {error}") from error


def get_profile(name: str, path: Path = PROFILES_PATH) -> PrinterProfile:
    """One profile by its id or one of its other names, such as ``TM-T88V``; case does not matter.

    Raises:
        ConfigurationError: there is none; the sentence lists the ids.
    """
    profiles = load_profiles(path)
    wanted = name_key(name)
    for profile in profiles.values():
        if wanted in map(name_key, (profile.id, *profile.aliases)):
            return profile
    raise ConfigurationError(f"no printer profile {name!r}, only {', '.join(profiles)}")


def name_key(name: str) -> str:
    """A model's name without case, blanks and punctuation, for comparing: ``TM-T88V`` -> ``tmt88v``."""
    return "".join(char for char in name.casefold() if char.isalnum())
