"""What the shift screens show."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.tender import TenderKind
from app.till.queue_states import QueueRow
from app.till.receipts import ReceiptDocument
from app.till.register_book import RegisterStep
from app.till.words import Words
from app.ui.widgets.amount_entry import AmountEntry


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of a shift for the screen; `drawer_minor` is None while a blind count hides it.

    `by_hour` holds each hour since the opening, in the venue's zone, and its number of sales.
    """

    revenue_minor: int
    sales_count: int
    average_minor: int
    refunds_minor: int
    refunds_count: int
    earned_minor: int
    spent_minor: int
    drawer_minor: int | None
    float_minor: int
    cash_sales_minor: int
    cash_in_minor: int
    cash_out_minor: int
    by_tender: tuple[tuple[TenderKind, int], ...] = ()
    by_hour: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The figures and what can be done; `receipts` names those that are not made."""

    figures: Figures
    reminder: Words | None = None
    receipts: Words | None = None


@dataclass(frozen=True, slots=True)
class CashForm:
    """Putting cash in or taking it out."""

    is_in: bool
    entry: AmountEntry
    reason: str = ""
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class ReportPage:
    """An X or Z report as it is printed.

    Attributes:
        receipt: The paper.
        is_closed: It is the Z report of a shift that was just closed.
        difference_minor: Counted less expected cash.
        saved_at: Where the files of the report are; empty before it was saved.
        error: Why it could not be saved.
        busy: It is being saved.
        register: How the register's own Z report stands; None without one.
    """

    receipt: ReceiptDocument
    is_closed: bool = False
    difference_minor: int | None = None
    saved_at: str = ""
    error: Words | None = None
    busy: bool = False
    register: RegisterStep | None = None


@dataclass(frozen=True, slots=True)
class ReceiptsPage:
    """The first step of closing while receipts of the shift are not made.

    Attributes:
        title: How many.
        rows: Each of them, times in the venue's zone.
        is_senior: The person at the till may let them be without a PIN.
        error: What was refused.
        busy: Something is being done about them.
    """

    title: Words
    rows: tuple[QueueRow, ...]
    is_senior: bool = False
    error: Words | None = None
    busy: bool = False


@dataclass(frozen=True, slots=True)
class CountPage:
    """Counting the drawer before the shift is closed.

    Attributes:
        pieces: Value of a note or coin and how many there are, the largest first.
        chosen: Which row takes the digits.
        one_sum: The whole sum typed at once instead of notes; None counts notes.
        figures: Sums of the shift.
        open_orders: Orders that move into the next shift.
        paying_orders: Orders that must be finished first.
        unsent: Operations that are sent later.
        unprinted: Receipts that are printed later.
        error: Why it could not be closed.
        busy: It is being closed.
    """

    pieces: tuple[tuple[int, int], ...]
    chosen: int
    figures: Figures
    one_sum: AmountEntry | None = None
    open_orders: int = 0
    paying_orders: int = 0
    unsent: int = 0
    unprinted: int = 0
    error: Words | None = None
    busy: bool = False

    @property
    def counted_minor(self) -> int:
        """Return the sum that was counted."""
        if self.one_sum is not None:
            return self.one_sum.minor
        return sum(value * number for value, number in self.pieces)

    @property
    def difference_minor(self) -> int | None:
        """Return counted less expected; None while the count is blind."""
        if self.figures.drawer_minor is None:
            return None
        return self.counted_minor - self.figures.drawer_minor


@dataclass(frozen=True, slots=True)
class ClosedPage:
    """There is no open shift."""

    suggested_minor: int = 0


ShiftPage = BoardPage | CashForm | ReportPage | ReceiptsPage | CountPage | ClosedPage


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The whole shift screen."""

    page: ShiftPage
    number: int = 0
    since: datetime | None = None
    now: datetime | None = None
    owner: str = ""
