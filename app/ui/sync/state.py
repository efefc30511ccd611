"""What the queue screen shows: rows of what waits, and what a person can do about one of them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.till.queue_states import Choice, QueueRow, RowStatus
from app.till.words import Words


class Tab(StrEnum):
    """Which rows are shown."""

    ALL = "all"
    WAITING = "waiting"
    ERRORS = "errors"
    DECIDE = "decide"


STATUSES = {
    Tab.ALL: frozenset(RowStatus),
    Tab.WAITING: frozenset({RowStatus.WAITING, RowStatus.SENDING}),
    Tab.ERRORS: frozenset({RowStatus.ERROR}),
    Tab.DECIDE: frozenset({RowStatus.DECIDE}),
}


class Light(StrEnum):
    """Whether the service is there."""

    ONLINE = "online"
    OFFLINE = "offline"
    TROUBLE = "trouble"  # it answers and refuses


@dataclass(frozen=True, slots=True)
class Exchange:
    """How the exchange with the service goes.

    Attributes:
        light: Whether the service is there.
        since: When the last exchange was, in the venue's zone; None before the first.
        sent: How many operations of a long queue are gone.
        whole: How many there were; 0 when no queue is being sent.
        notice: What is wrong just now, None if nothing is.
    """

    light: Light = Light.OFFLINE
    since: datetime | None = None
    sent: int = 0
    whole: int = 0
    notice: Words | None = None


@dataclass(frozen=True, slots=True)
class SyncScreenState:
    """The whole screen.

    Attributes:
        exchange: How the exchange goes.
        rows: Everything that waits, times in the venue's zone.
        tab: Which of it is shown.
        chosen_id: The row whose details are shown; empty without one.
        choice: What would be done about it.
        reason: Why it is given up.
        asks_reason: Giving up is chosen: a reason is needed.
        shows_details: Codes for support are shown.
        error: Why the decision was not taken.
        busy: Something is being done.
        is_senior: Who is signed in needs nobody's approval to give something up.
    """

    exchange: Exchange = Exchange()
    rows: tuple[QueueRow, ...] = ()
    tab: Tab = Tab.ALL
    chosen_id: str = ""
    choice: Choice | None = None
    reason: str = ""
    asks_reason: bool = False
    shows_details: bool = False
    error: Words | None = None
    busy: bool = False
    is_senior: bool = False

    @property
    def shown(self) -> tuple[QueueRow, ...]:
        """Return the rows of the tab."""
        return tuple(row for row in self.rows if row.status in STATUSES[self.tab])

    @property
    def chosen(self) -> QueueRow | None:
        """Return the row whose details are shown."""
        return next((row for row in self.rows if row.row_id == self.chosen_id), None)

    def count(self, tab: Tab) -> int:
        """Return how many rows a tab has."""
        return sum(row.status in STATUSES[tab] for row in self.rows)

    @property
    def can_apply(self) -> bool:
        """Tell whether the decision is complete."""
        is_complete = self.choice is not None and (not self.asks_reason or bool(self.reason))
        return is_complete and not self.busy
