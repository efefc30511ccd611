"""Devices as the till lists them: what is configured, and in what state it is."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.api.errors import ConfigurationError, DriverError, Language

OptionValue = str | int | float | bool
ID_LENGTH_MAX = 64
_TEXT_FIELDS = ("id", "kind", "model", "transport", "address")


class DeviceKind(enum.StrEnum):
    """What a device is for."""

    PRINTER = "printer"
    TERMINAL = "terminal"
    SCANNER = "scanner"
    CAMERA = "camera"
    FISCAL = "fiscal"
    DISPLAY = "display"
    SCALE = "scale"
    DRAWER = "drawer"
    QR_PAYMENT = "qr_payment"


class Health(enum.StrEnum):
    """State in one word: works, works but needs a look, does not work."""

    ONLINE = "online"
    DEGRADED = "degraded"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One configured device, plain enough for JSON.

    Attributes:
        id: key chosen by the restaurant, e.g. 'receipt' or 'kitchen'.
        kind: see `DeviceKind`.
        model: key of the registry, e.g. 'printer.escpos'.
        transport: 'tcp', 'serial', 'usb', 'bluetooth', 'spooler', 'file', 'camera',
            'program' or 'https'; the registry knows which a model takes.
        address: 'host:port' for tcp, a port name for serial and bluetooth, 'vendor:product[:serial]'
            for usb, a queue's name for spooler, a path for file, an index, a video file or a folder of
            pictures for a camera.
            The path of a vendor's program for program, a bank's API for https.
        options: settings of the model.
    """

    id: str
    kind: DeviceKind
    model: str
    transport: str
    address: str
    options: Mapping[str, OptionValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id or len(self.id) > ID_LENGTH_MAX:
            raise ConfigurationError(
                f"device id {self.id!r} must have 1 to {ID_LENGTH_MAX} letters"
            )
        if not self.address:
            raise ConfigurationError(f"device {self.id}: the address is empty")

    @classmethod
    def from_json(cls, data: object) -> "DeviceConfig":
        """Read one entry of the settings.

        Raises:
            ConfigurationError: says which field is wrong and why.
        """
        if not isinstance(data, Mapping):
            raise ConfigurationError(f"a device must be an object, not {type(data).__name__}")
        unknown = sorted(set(data) - {*_TEXT_FIELDS, "options"})
        if unknown:
            raise ConfigurationError(f"device has unknown fields: {', '.join(map(str, unknown))}")
        texts = {name: data.get(name) for name in _TEXT_FIELDS}
        for name, value in texts.items():
            if not isinstance(value, str):
                raise ConfigurationError(f"device field {name!r} must be text, not {value!r}")
        options = data.get("options", {})
        if not isinstance(options, Mapping) or not all(
            isinstance(key, str) and isinstance(value, str | int | float | bool)
            for key, value in options.items()
        ):
            raise ConfigurationError(
                f"device {texts['id']}: options must be names with plain values"
            )
        return cls(
            id=str(texts["id"]),
            kind=_kind(str(texts["kind"])),
            model=str(texts["model"]),
            transport=str(texts["transport"]),
            address=str(texts["address"]),
            options=dict(options),
        )

    def to_json(self) -> dict[str, object]:
        """Return what `from_json` reads."""
        fields: dict[str, object] = {name: str(getattr(self, name)) for name in _TEXT_FIELDS}
        fields["options"] = dict(self.options)
        return fields


def _kind(name: str) -> DeviceKind:
    try:
        return DeviceKind(name)
    except ValueError as error:
        known = ", ".join(DeviceKind)
        raise ConfigurationError(f"device kind {name!r} is none of {known}") from error


@dataclass(frozen=True, slots=True)
class Probe:
    """What one look at a device showed; words for the screen in Russian and English."""

    health: Health
    words_ru: str
    words_en: str
    hint_ru: str = ""
    hint_en: str = ""
    code: str = ""

    @classmethod
    def of_error(cls, error: DriverError) -> "Probe":
        """The state that an error means: first sentence what happened, the rest what to do."""
        (words_ru, hint_ru), (words_en, hint_en) = (_split(error.text(lang)) for lang in _LANGUAGES)
        return cls(Health.OFFLINE, words_ru, words_en, hint_ru, hint_en, error.code)


_LANGUAGES: tuple[Language, Language] = ("ru", "en")


def _split(text: str) -> tuple[str, str]:
    words, _, hint = text.partition(". ")
    return words.rstrip("."), hint


@dataclass(frozen=True, slots=True)
class DeviceState:
    """State of a configured device, told whenever it changes."""

    id: str
    kind: DeviceKind
    model: str
    probe: Probe

    @property
    def health(self) -> Health:
        """Online, degraded or offline."""
        return self.probe.health

    def words(self, lang: Language = "ru") -> str:
        """What is the matter, for the screen."""
        return self.probe.words_ru if lang == "ru" else self.probe.words_en

    def hint(self, lang: Language = "ru") -> str:
        """What to do about it, '' if nothing."""
        return self.probe.hint_ru if lang == "ru" else self.probe.hint_en
