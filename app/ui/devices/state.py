"""What the devices screen shows, and what the dialog of one device shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from app.till.equipment_states import (
    CalibrationState,
    Card,
    EquipmentState,
    Found,
    StripLine,
    Trial,
    TrialResult,
)
from app.till.words import Words


@dataclass(frozen=True, slots=True)
class DevicesState:
    """The whole screen.

    Attributes:
        equipment: Cards and models.
        found: What is connected and not used.
        is_searching: A search runs.
        was_searched: At least one search has ended.
        busy: Ids of devices under test and of finds that are being connected.
        is_checking: All devices are being asked.
    """

    equipment: EquipmentState = field(default_factory=EquipmentState)
    found: tuple[Found, ...] = ()
    is_searching: bool = False
    was_searched: bool = False
    busy: frozenset[str] = frozenset()
    is_checking: bool = False


class FieldKind(StrEnum):
    """How a setting is entered."""

    TEXT = "text"
    NUMBER = "number"
    SECRET = "secret"  # noqa: S105 -- a kind of field, nobody's secret
    SWITCH = "switch"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True)
class FormField:
    """One setting of a form.

    Attributes:
        key: Its name.
        label: What it is called, in the present language.
        kind: How it is entered.
        value: What is set; "1" or "" for a switch.
        choices: Keys and words of a choice.
        hint: An example of what may be entered.
    """

    key: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    hint: str = ""


class Page(StrEnum):
    """What the right side of the dialog shows."""

    LOCKED = "locked"  # settings take a right
    FORM = "form"
    SCAN = "scan"
    CAMERA = "camera"
    MODELS = "models"  # choose what is added by hand
    STRIP = "strip"  # code pages of a printer
    CALIBRATE = "calibrate"  # a scanner, by two codes
    RECEIPT = "receipt"  # the look of receipts, of a printer
    NOTHING = "nothing"  # it has no settings


@dataclass(frozen=True, slots=True)
class LookState:
    """The look of receipts being edited.

    Attributes:
        text: The template as JSON.
        base: Name of the look it began with, if that comes with the program.
        columns: Characters a line of the sample.
        choices: What is shown, by the keys of `app.till.receipt_templates`.
        png: The sample.
        is_changed: Receipts are not printed like this yet.
    """

    text: str = ""
    base: str = ""
    columns: int = 48
    choices: Mapping[str, bool] = field(default_factory=dict)
    png: bytes = b""
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class DetailState:
    """The dialog of one device, or of one that is being added.

    Attributes:
        card: The device; None while one is being added.
        page: What the right side shows.
        fields: Settings of the form.
        models: Keys and titles of what may be added.
        result: How the last test ended.
        is_busy: A test or a change runs.
        is_new: The form is for a device that is being added.
        can_remove: The device has an entry that can be taken away.
        scanned: The code that was read in the test.
        error: Why the settings were not taken.
        can_calibrate: It is a scanner that can be learnt.
        calibration: Where that stands; None before it has begun.
        strip: Lines by which a printer's code page is found; none for other devices.
        strip_line: Number of the one in use; -1 if none of them is.
    """

    card: Card | None = None
    page: Page = Page.NOTHING
    fields: tuple[FormField, ...] = ()
    models: tuple[tuple[str, str], ...] = ()
    result: TrialResult | None = None
    is_busy: bool = False
    is_new: bool = False
    can_remove: bool = False
    scanned: str = ""
    error: Words | None = None
    can_calibrate: bool = False
    calibration: CalibrationState | None = None
    strip: tuple[StripLine, ...] = ()
    strip_line: int = -1

    @property
    def trial(self) -> Trial | None:
        """Return what the test of the device is."""
        return self.card.trial if self.card is not None and not self.is_new else None
