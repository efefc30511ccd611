"""What the devices screen shows: a card for each device, what was found beside them, forms (T44).

Plain values: screens know nothing of drivers, and new kinds of devices need no new screen.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.till.words import Words

NOTHING: Final = Words("", "")


class Light(StrEnum):
    """How a device is, in one word."""

    READY = "ready"
    ATTENTION = "attention"  # works, but needs a look
    SILENT = "silent"  # does not work
    UNKNOWN = "unknown"  # nobody looked yet


class Trial(StrEnum):
    """What the test of a device is; the screen knows what it needs for it."""

    ASK = "ask"  # ask the device how it is
    PRINT = "print"  # a receipt "check of printing"
    DRAWER = "drawer"  # open it
    SCAN = "scan"  # wait for a code
    LOOK = "look"  # show the camera's picture
    SCREEN = "screen"  # colours on the guest's display
    LINES = "lines"  # words on the display of two lines
    WEIGH = "weigh"  # put something on the scales


#: Ids of cards that no entry of the settings stands behind.
SCREEN_CARD: Final = "*screen"
DRAWER_CARD: Final = "*drawer"
WEDGE_CARD: Final = "*wedge"

OptionValue = str | int | float | bool
#: The answer that no line of a strip can be read.
NONE_READABLE: Final = 0
Options = tuple[tuple[str, OptionValue], ...]


@dataclass(frozen=True, slots=True)
class Setup:
    """The settings of one device.

    Attributes:
        device_id: Key of the device; empty for one that is being added.
        model: Key of its model.
        transport: How it is reached.
        address: Where it is.
        options: What is set beyond that.
    """

    device_id: str
    model: str
    transport: str
    address: str
    options: Options = ()

    def option(self, name: str) -> OptionValue | None:
        """Return the value of an option, None if it is not set."""
        return dict(self.options).get(name)


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """A model that may be added.

    Attributes:
        model: Its key.
        kind: What it is for.
        title: As people call it.
        transports: How it may be reached.
        options: Names of its settings with what they hold: `str`, `int`, `float` or `bool`.
    """

    model: str
    kind: str
    title: str
    transports: tuple[str, ...]
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class StripLine:
    """One line of the strip by which the code page of a printer is found.

    Attributes:
        index: Its number on the strip.
        label: What stands before its words.
        options: Settings that it stands for.
    """

    index: int
    label: str
    options: Options


@dataclass(frozen=True, slots=True)
class Card:
    """One device.

    Attributes:
        device_id: Key of the device, or one of the cards without an entry in the settings.
        kind: What it is for.
        name: What people call it.
        place: Model and link.
        light: How it is.
        words: The same in a few words.
        fact: One thing worth knowing; None without one.
        hint: What to do about a fault; empty words without one.
        fallback: What happens meanwhile; None while it works.
        trial: What its test is.
        setup: Its settings; None for cards without an entry.
        needs_restart: Changed settings wait for the next start.
        code: Stable code of a fault, for support.
    """

    device_id: str
    kind: str
    name: Words
    place: Words
    light: Light
    words: Words
    fact: Words | None = None
    hint: Words = NOTHING
    fallback: Words | None = None
    trial: Trial = Trial.ASK
    setup: Setup | None = None
    needs_restart: bool = False
    code: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """Something that is connected and not used yet.

    Attributes:
        found_id: Key for the screen.
        title: As the system or the device calls it.
        place: Where it is.
        guess: What it may be for.
        setup: What would be set; None if only a person can say what it is.
    """

    found_id: str
    title: str
    place: str
    guess: Words
    setup: Setup | None = None


@dataclass(frozen=True, slots=True)
class TrialResult:
    """How a test ended.

    Attributes:
        device_id: Of which device.
        is_ok: It went well.
        words: What happened.
        hint: What to do about it.
    """

    device_id: str
    is_ok: bool
    words: Words
    hint: Words = NOTHING


@dataclass(frozen=True, slots=True)
class CalibrationState:
    """Where learning a scanner stands.

    Attributes:
        words: What to do next, and what was wrong with the last scan.
        step: 1 and 2 wait for the codes, 3 is the end.
        advice: What should be set otherwise at the scanner.
        options: What was learnt; empty before the end.
        failed: The scanner does not answer.
    """

    words: Words
    step: int = 1
    advice: Words = NOTHING
    options: Options = ()
    failed: bool = False

    @property
    def is_done(self) -> bool:
        """Tell whether everything was learnt."""
        return bool(self.options)


@dataclass(frozen=True, slots=True)
class EquipmentState:
    """Everything that is known of the devices.

    Attributes:
        cards: In the order of the screen.
        models: What may be added by hand.
        may_change: Who is signed in may change settings without a senior.
    """

    cards: tuple[Card, ...] = ()
    models: tuple[DeviceModel, ...] = ()
    may_change: bool = False

    def count(self, *lights: Light) -> int:
        """Return how many devices are in one of these states."""
        return sum(card.light in lights for card in self.cards)

    def find(self, device_id: str) -> Card | None:
        """Return a card, or None."""
        return next((card for card in self.cards if card.device_id == device_id), None)
