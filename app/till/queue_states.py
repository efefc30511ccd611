"""What the queue screen shows: rows of what waits, and what a person can do about each (S11)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.store.outbox import OutboxCounts
from app.till import texts
from app.till.permissions import Action
from app.till.words import Words


class RowKind(StrEnum):
    """What a row is about; decides its icon."""

    SALE = "sale"
    REFUND = "refund"
    GUEST = "guest"
    POINTS = "points"
    SHIFT = "shift"
    CASH = "cash"
    RECEIPT = "receipt"
    PRINT = "print"
    KITCHEN = "kitchen"
    OTHER = "other"


class RowStatus(StrEnum):
    """Where a row stands."""

    WAITING = "waiting"
    SENDING = "sending"
    ERROR = "error"  # tried, and will be tried again
    DECIDE = "decide"  # a person must decide


class Choice(StrEnum):
    """Something a person can do about a row."""

    RETRY = "retry"
    TAKE_REST = "take_rest"
    WITHOUT_POINTS = "without_points"
    MANAGER = "manager"
    GIVE_UP = "give_up"
    RENEW_SHIFT = "renew_shift"  # the register's: Z report, then a new one
    MADE = "made"  # a senior has the register's paper in the hand
    PRINT_HERE = "print_here"  # a ticket of the kitchen, on the receipt printer
    TOLD = "told"  # somebody told the kitchen
    PRINT_LATE = "print_late"  # what waited too long, with a mark
    DROP_OLD = "drop_old"  # nothing of what waited too long
    NOT_MADE = "not_made"  # a senior compared: there is none


@dataclass(frozen=True, slots=True)
class RowChoice:
    """A choice with its words; `needs` names a right it takes."""

    choice: Choice
    words: Words
    needs: Action | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One thing that waits.

    Attributes:
        row_id: Of the operation, the fiscal task or the print job.
        kind: What it is about.
        title: In human words.
        detail: A second line; may be empty.
        at: When it happened.
        amount_minor: Its money, None if it has none.
        status: Where it stands, with `status_words`.
        error: The last error in plain words, None without one.
        tries: How often it was tried.
        choices: What can be done, the safe one first.
        raw: Codes and keys for support.
        is_fiscal: It waits for the fiscal register, not for the service or a printer.
        again: What trying again is called on the row itself.
    """

    row_id: str
    kind: RowKind
    title: Words
    detail: Words
    at: datetime
    amount_minor: int | None
    status: RowStatus
    status_words: Words
    error: Words | None
    tries: int
    choices: tuple[RowChoice, ...]
    raw: str = ""
    is_fiscal: bool = False
    again: Words = texts.CHOICE_RETRY


@dataclass(frozen=True, slots=True)
class QueueState:
    """The whole queue: receipts first, then conflicts and the oldest; print jobs last.

    `unmade` is the number of fiscal tasks that are not done.
    """

    rows: tuple[QueueRow, ...]
    counts: OutboxCounts
    unprinted: int
    unmade: int = 0

    def with_status(self, *statuses: RowStatus) -> tuple[QueueRow, ...]:
        """Return the rows in these states, for the tabs."""
        return tuple(row for row in self.rows if row.status in statuses)


@dataclass(frozen=True, slots=True)
class ReceiptCounts:
    """How many fiscal tasks wait by themselves, and how many for a person."""

    waiting: int = 0
    to_decide: int = 0
