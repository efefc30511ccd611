"""Settings of one till: where its data is, which service it talks to, which devices it has.

They come from `till.json` in the data folder; an environment variable wins over the file. Nothing
secret is in the file: the key of a remote service comes from the environment, and the service that
a till starts for itself gets a fresh key at each start.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Final, Self

from app.kernel.errors import InputError

HOME_VARIABLE: Final = "MAXLOYALTY_HOME"
SERVICE_VARIABLE: Final = "MAXLOYALTY_SERVICE"
KEY_VARIABLE: Final = "MAXLOYALTY_API_KEY"
FILE_NAME: Final = "till.json"
_THEMES: Final = ("light", "dark", "time")
_LANGUAGES: Final = ("ru", "en")
_CUSTOMER_SCREENS: Final = ("auto", "window", "off")
_SCALES: Final = (100, 115, 125, 150, 175, 200)
_WORDS: Final = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
}
_TYPES: Final[dict[str, type]] = {
    "service_url": str,
    "restaurant_id": str,
    "terminal_id": str,
    "language": str,
    "theme": str,
    "scale_percent": int,
    "volume": int,
    "cash_step_minor": int,
    "lock_after_s": int,
    "pin_only": bool,
    "blind_count": bool,
    "shift_hours": int,
    "customer_screen": str,
    "advert_title": str,
    "advert_text": str,
    "advert_picture": str,
    "join_url": str,
    "wedge": dict,
    "marking": dict,
    "sells_without_marks": bool,
    "devices": list,
}


def data_folder() -> Path:
    """Return the folder of the user's data: `MAXLOYALTY_HOME`, or the place the system gives."""
    chosen = os.environ.get(HOME_VARIABLE)
    if chosen:
        return Path(chosen)
    # Who chose a folder does not wait for the library that knows where folders are.
    from platformdirs import user_data_path  # noqa: PLC0415 -- see above

    return user_data_path("MaxLoyaltyCashier", appauthor=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a till.

    Attributes:
        home: Data folder; not in the file.
        service_url: Address of the service; empty means the till starts its own.
        api_key: Key of a remote service; from the environment only.
        restaurant_id: Sent with each call as X-Restaurant-Id.
        terminal_id: Sent with each call as X-Terminal-Id.
        language: "ru" or "en".
        theme: "light", "dark" or "time" (dark from 20:00 to 07:00).
        scale_percent: Size of everything on the screen.
        volume: Of sounds, 0 to 3.
        cash_step_minor: Cash payments are rounded down to this; 1 switches rounding off.
        lock_after_s: Idle seconds before the PIN is asked again; 0 never.
        pin_only: Sign in by the PIN alone, without choosing a name.
        blind_count: Hide the expected cash until the count is done.
        shift_hours: After so many hours the till reminds of closing the shift; 0 at the 23rd only.
        customer_screen: Where the guest's display is: "auto" (on a second screen, if there is one),
            "window" (without one in a window) or "off".
        advert_title: What it says between guests, in large letters.
        advert_text: The same in smaller letters.
        advert_picture: Path of a picture that it shows instead.
        join_url: Address where a guest gets a card on the phone, shown as a QR code.
        wedge: What calibration found out of a scanner that types.
        marking: Who is asked about marking codes: `piot_url`, `cdn_url`, `module_url` and so on; the
            secrets come from the environment.
        sells_without_marks: A senior may let a marked piece be sold whose code cannot be read.
        devices: One object a device, as the drivers' registry reads it.
    """

    home: Path = field(default_factory=data_folder)
    service_url: str = ""
    api_key: str = ""
    restaurant_id: str = ""
    terminal_id: str = "1"
    language: str = "ru"
    theme: str = "light"
    scale_percent: int = 100
    volume: int = 2
    cash_step_minor: int = 1
    lock_after_s: int = 300
    pin_only: bool = False
    blind_count: bool = False
    shift_hours: int = 0
    customer_screen: str = "auto"
    advert_title: str = ""
    advert_text: str = ""
    advert_picture: str = ""
    join_url: str = ""
    wedge: dict[str, Any] = field(default_factory=dict)  # checked where it is used
    marking: dict[str, Any] = field(default_factory=dict)  # checked where it is used
    sells_without_marks: bool = False
    devices: tuple[dict[str, Any], ...] = ()  # checked by the drivers' registry, not here

    def __post_init__(self) -> None:
        _one_of("language", self.language, _LANGUAGES)
        _one_of("theme", self.theme, _THEMES)
        _one_of("scale_percent", self.scale_percent, _SCALES)
        _one_of("volume", self.volume, range(4))
        _one_of("customer_screen", self.customer_screen, _CUSTOMER_SCREENS)
        _one_of("shift_hours", self.shift_hours, range(24))
        if self.cash_step_minor < 1 or self.lock_after_s < 0:
            raise _wrong("cash_step_minor / lock_after_s", "out of range")

    @property
    def has_own_service(self) -> bool:
        """Tell whether the till starts a service of its own on this machine."""
        return not self.service_url

    @classmethod
    def load(cls, home: Path | None = None) -> Self:
        """Read the file, if there is one, and the environment.

        Raises:
            InputError: The file is damaged, or a setting is unknown or out of range.
        """
        folder = home or data_folder()
        values: dict[str, Any] = {}  # JSON
        path = folder / FILE_NAME
        if path.exists():
            values = _read(path)
        known = {each.name for each in fields(cls)} - {"home", "api_key"}
        if unknown := sorted(set(values) - known):
            raise _wrong(unknown[0], "unknown")
        _check_types(values)
        if "devices" in values:
            values["devices"] = tuple(values["devices"])
        loaded = cls(home=folder, **values)
        return replace(
            loaded,
            service_url=os.environ.get(SERVICE_VARIABLE, loaded.service_url),
            api_key=os.environ.get(KEY_VARIABLE, ""),
        )


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(path.name, str(error)) from error
    if not isinstance(values, dict):
        raise _wrong(path.name, "must be an object")
    return values


def _check_types(values: dict[str, Any]) -> None:  # JSON
    for name, kind in _TYPES.items():
        if name in values and type(values[name]) is not kind:
            raise _wrong(name, f"{values[name]!r}, must be {_WORDS[kind]}")


def _one_of(name: str, value: object, allowed: Sequence[object]) -> None:
    if value not in allowed or isinstance(value, bool):
        raise _wrong(name, f"{value!r}, allowed: {', '.join(str(x) for x in allowed)}")


def _wrong(name: str, reason: str) -> InputError:
    return InputError(
        "SETTINGS_INVALID",
        f"Настройка «{name}» в {FILE_NAME} не подходит: {reason}",
        f"Setting {name!r} in {FILE_NAME} is wrong: {reason}",
    )
