"""What the opening of a shift shows: the float in the drawer and how the till is."""

from dataclasses import dataclass, field
from enum import StrEnum

from app.till.words import Words
from app.ui.widgets.amount_entry import AmountEntry


class FloatChoice(StrEnum):
    """Where the float comes from."""

    AS_LEFT = "as_left"  # what stayed in the drawer when the last shift was closed
    NONE = "none"
    TYPED = "typed"


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the till and how it is; a warning never stops a shift."""

    title: Words
    detail: Words
    is_ok: bool = True


@dataclass(frozen=True, slots=True)
class OpenShiftState:
    """The whole screen.

    Attributes:
        number: Of the shift to be opened; 0 before it is known.
        cashier: Who opens it.
        suggested_minor: What stayed in the drawer.
        choice: Where the float comes from.
        entry: What was typed.
        checks: How the parts of the till are.
        error: Why it was not opened.
        opened_number: The shift that is open already; 0 if there is none.
        busy: It is being opened.
    """

    number: int = 0
    cashier: str = ""
    suggested_minor: int = 0
    choice: FloatChoice = FloatChoice.AS_LEFT
    entry: AmountEntry = field(default_factory=AmountEntry)
    checks: tuple[Check, ...] = ()
    error: Words | None = None
    opened_number: int = 0
    busy: bool = False

    @property
    def float_minor(self) -> int:
        """Return the float that the shift would begin with."""
        match self.choice:
            case FloatChoice.AS_LEFT:
                return self.suggested_minor
            case FloatChoice.NONE:
                return 0
            case FloatChoice.TYPED:
                return self.entry.minor
