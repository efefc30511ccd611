"""What the login screen shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.till.words import Words


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in."""

    staff_id: str
    name: str
    role: str
    has_shift: bool = False


class Health(StrEnum):
    """How a part of the till is."""

    OK = "ok"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class HealthFact:
    """A part of the till and how it is."""

    icon: str
    health: Health
    words: Words


@dataclass(frozen=True, slots=True)
class LoginState:
    """The whole login screen.

    Attributes:
        place: Name and address of the venue.
        register: Name of the till.
        version: Version of the program.
        support: Phone of support; empty hides it.
        now: The present moment in the venue's zone.
        shift_number: The open shift, 0 if there is none.
        shift_since: When it was opened, venue's zone.
        shift_owner: Who opened it.
        health: Facts under the shift.
        people: Who may be chosen; the last five unless `shows_all`.
        has_more: There are more people than are shown.
        chosen_id: The chosen person; empty in PIN-only mode.
        entered: How many digits are typed.
        pin_length: How many digits the PIN of the chosen person has.
        error: What was wrong with the last PIN.
        locked_s: Seconds until this person may try again.
        busy: The PIN is being checked.
        takes_cards: Staff cards are read on this till.
        can_leave: Somebody is signed in already: the change of cashier may be left.
    """

    place: str
    register: str
    version: str
    now: datetime
    support: str = ""
    shift_number: int = 0
    shift_since: datetime | None = None
    shift_owner: str = ""
    health: tuple[HealthFact, ...] = ()
    people: tuple[Person, ...] = ()
    has_more: bool = False
    chosen_id: str = ""
    entered: int = 0
    pin_length: int = 4
    error: Words | None = None
    locked_s: int = 0
    busy: bool = False
    can_leave: bool = False
    takes_cards: bool = False

    @property
    def chosen(self) -> Person | None:
        """Return the person who is signing in."""
        for person in self.people:
            if person.staff_id == self.chosen_id:
                return person
        return None

    @property
    def can_type(self) -> bool:
        """Tell whether digits are taken now."""
        return not self.busy and self.locked_s == 0
