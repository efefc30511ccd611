"""What a search found: where it is, what it probably is, and how the till would be set up for it."""

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


class Confidence(enum.StrEnum):
    """How sure we are of what a device is."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class UsbName:
    """What a USB device says of itself.

    Attributes:
        vendor: four hexadecimal digits.
        product: ditto.
        serial: serial number, '' if it has none.
        title: maker and product as the device spells them.
    """

    vendor: str
    product: str
    serial: str = ""
    title: str = ""

    def numbers(self) -> str:
        """Vendor, product and serial number with colons between, as the USB transport takes them."""
        return ":".join(filter(None, (self.vendor, self.product, self.serial)))


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that a search found.

    Attributes:
        kind: what it is, as far as can be said; 'serial port' where nothing tells.
        address: where it is, as a configuration names it.
        transport: how it is reached.
        title: its name for a person.
        model: model of the registry that probably fits, '' if none can be named.
        confidence: how sure kind and model are.
        words_ru: one sentence on what it is and why we think so.
        words_en: ditto.
        usb: numbers and names of a USB device.
        config: proposed settings, for connecting by one tap; None where the person has to choose.
    """

    kind: str
    address: str
    transport: str
    title: str
    model: str = ""
    confidence: Confidence = Confidence.UNKNOWN
    words_ru: str = ""
    words_en: str = ""
    usb: UsbName | None = None
    config: DeviceConfig | None = None

    def to_json(self) -> dict[str, object]:
        """The thing for `discover`."""
        return {
            "kind": self.kind,
            "address": self.address,
            "transport": self.transport,
            "title": self.title,
            "model": self.model,
            "confidence": str(self.confidence),
            "words": {"ru": self.words_ru, "en": self.words_en},
            "usb": self.usb.numbers() if self.usb else "",
            "config": self.config.to_json() if self.config else None,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """A search that failed or did not end; the others are not touched by it.

    Attributes:
        search: its name.
        words_ru: what happened.
        words_en: ditto.
        detail: the raw reason for the log.
    """

    search: str
    words_ru: str
    words_en: str
    detail: str = ""

    def to_json(self) -> dict[str, object]:
        """The problem for `discover`."""
        return {
            "search": self.search,
            "words": {"ru": self.words_ru, "en": self.words_en},
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class Discovery:
    """Everything that was found and every search that was not well."""

    found: tuple[Found, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Guess:
    """What a table or an answer says of a device."""

    role: str
    title: str
    model: str = ""
    confidence: Confidence = Confidence.UNKNOWN
    options: Mapping[str, OptionValue] = field(default_factory=dict)


def propose(
    kind: DeviceKind,
    model: str,
    transport: str,
    address: str,
    options: Mapping[str, OptionValue] | None = None,
) -> DeviceConfig:
    """Settings for a found device; the id is made of kind and address, so it stays the same."""
    tail = _UNSAFE.sub("-", address.rpartition("/")[2]).strip("-")[-40:]
    return DeviceConfig(f"{kind}-{tail}", kind, model, transport, address, dict(options or {}))
