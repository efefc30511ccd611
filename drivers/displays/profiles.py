"""Command sets of displays as data (`resources/devices/displays.json`)."""

import dataclasses
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.api.errors import ConfigurationError
from drivers.displays.text import CODE_PAGES, LATIN

PROFILES_PATH = Path(__file__).resolve().parents[2] / "resources" / "devices" / "displays.json"
_PART = re.compile(r"\{(text|run|number|level)\}|([0-9A-Fa-f]{2})")


@dataclasses.dataclass(frozen=True, slots=True)
class DisplayProfile:
    """One command set.

    Attributes:
        id: stable key for settings.
        title: for the settings screen.
        init: prepares the display.
        clear: empties both lines.
        upper: writes the upper line, `{text}`.
        lower: writes the lower line, `{text}`.
        select: picks the code page, `{number}`; '' where switches on the display do it.
        code_pages: name -> number.
        code_page: the one that is used; `latin` transliterates.
        brightness: sets it, `{level}`; '' where there is no command.
        levels: bytes of the four levels.
        run: lets `{run}` run through the upper line; '' where the driver has to move it.
        run_max: signs of such a text.
        quiet: hides the cursor.
    """

    id: str
    title: str
    init: str
    clear: str
    upper: str
    lower: str
    select: str
    code_pages: Mapping[str, int]
    code_page: str
    brightness: str
    levels: tuple[int, ...]
    run: str
    run_max: int
    quiet: str

    def __post_init__(self) -> None:
        if self.code_page not in CODE_PAGES:
            known = ", ".join(CODE_PAGES)
            raise ConfigurationError(f"{self.id}: code page {self.code_page!r} is none of {known}")
        if any(not 0 <= number <= 255 for number in (*self.code_pages.values(), *self.levels)):
            raise ConfigurationError(f"{self.id}: numbers are 0..255")
        if self.select and self.code_page != LATIN and self.code_page not in self.code_pages:
            raise ConfigurationError(
                f"{self.id}: no number for code page {self.code_page}: set code_page_number"
            )
        for template in (self.init, self.clear, self.upper, self.lower, self.select, self.quiet):
            _check(self.id, template)

    def start(self) -> bytes:
        """Bytes that prepare the display: init, code page, no cursor."""
        number = self.code_pages.get(self.code_page)
        select = fill(self.select, number=bytes((number,))) if number is not None else b""
        return fill(self.init) + select + fill(self.quiet)

    def adjusted(
        self, *, code_page: str | None = None, code_page_number: int | None = None
    ) -> "DisplayProfile":
        """The same set with the installer's corrections.

        Raises:
            ConfigurationError: the correction makes no sense.
        """
        page = code_page or self.code_page
        numbers = dict(self.code_pages)
        if code_page_number is not None:
            numbers[page] = code_page_number
        return dataclasses.replace(self, code_page=page, code_pages=numbers)


def fill(template: str, **values: bytes) -> bytes:
    """Turn a template into bytes."""
    parts = []
    for name, pair in _PART.findall(template):
        parts.append(values[name] if name else bytes.fromhex(pair))
    return b"".join(parts)


def load_profiles(path: Path = PROFILES_PATH) -> dict[str, DisplayProfile]:
    """Read the file, in its order.

    Raises:
        ConfigurationError: the file is missing or wrong.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        profiles = [_profile(item) for item in raw["profiles"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error
    return {profile.id: profile for profile in profiles}


def get_profile(profile_id: str) -> DisplayProfile:
    """One command set by its id.

    Raises:
        ConfigurationError: there is none.
    """
    profiles = load_profiles()
    if profile_id not in profiles:
        known = ", ".join(profiles)
        raise ConfigurationError(f"display {profile_id!r} is none of {known}")
    return profiles[profile_id]


def _profile(data: Mapping[str, Any]) -> DisplayProfile:  # Any: parsed JSON
    return DisplayProfile(**{**data, "levels": tuple(data["levels"])})


def _check(profile_id: str, template: str) -> None:
    if _PART.sub("", template).strip():
        raise ConfigurationError(f"{profile_id}: {template!r} is no template of hex bytes")
