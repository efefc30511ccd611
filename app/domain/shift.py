"""A shift at one till: what it took and what should be in the drawer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.sale import Refund, Sale
from app.domain.tender import TenderKind
from app.kernel.errors import InputError
from app.kernel.ids import ShiftId, StaffId

#: A fiscal register refuses to go on after this.
SHIFT_LONGEST: Final = timedelta(hours=24)
REMIND_BEFORE: Final = timedelta(hours=1)

#: Notes and coins of the rouble, in kopecks.
DENOMINATIONS_MINOR: Final = (
    5_000_00, 2_000_00, 1_000_00, 500_00, 200_00, 100_00, 50_00, 10_00, 5_00, 2_00, 1_00, 50, 10,
)  # fmt: skip


class CashDirection(StrEnum):
    """Whether cash came into the drawer or left it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class CashMovement:
    """Cash put in or taken out beside sales, with its reason."""

    movement_id: str
    shift_id: ShiftId
    cashier_id: StaffId
    moved_at: datetime
    direction: CashDirection
    amount_minor: int
    reason: str

    def __post_init__(self) -> None:
        if self.amount_minor <= 0:
            raise InputError("AMOUNT_ZERO", "Введите сумму больше нуля", "Enter a sum above zero")
        if not self.reason.strip():
            raise InputError("REASON_REQUIRED", "Укажите причину", "Give a reason")


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift; `closed_at` and what follows it are set when it is closed."""

    shift_id: ShiftId
    number: int
    cashier_id: StaffId
    cashier_name: str
    opened_at: datetime
    float_minor: int
    closed_at: datetime | None = None
    closed_by: StaffId | None = None
    expected_minor: int | None = None
    counted_minor: int | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether sales still go into it."""
        return self.closed_at is None

    @property
    def difference_minor(self) -> int | None:
        """Return counted less expected cash; None while the shift is open."""
        if self.counted_minor is None or self.expected_minor is None:
            return None
        return self.counted_minor - self.expected_minor

    def is_too_long(self, now: datetime) -> bool:
        """Tell whether the fiscal limit has been passed."""
        return now - self.opened_at >= SHIFT_LONGEST

    def is_nearly_too_long(self, now: datetime) -> bool:
        """Tell whether it is time to remind of closing."""
        return now - self.opened_at >= SHIFT_LONGEST - REMIND_BEFORE


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """Sums of a shift, in kopecks and hundredths of a point."""

    sales_count: int
    sales_minor: int
    refunds_count: int
    refunds_minor: int
    by_tender: tuple[tuple[TenderKind, int], ...]
    refunds_by_tender: tuple[tuple[TenderKind, int], ...]
    discounts_minor: int
    points_spent_minor: int
    points_earned_minor: int
    tax_minor: int
    cash_in_minor: int
    cash_out_minor: int
    expected_cash_minor: int

    @property
    def revenue_minor(self) -> int:
        """Return sales less refunds."""
        return self.sales_minor - self.refunds_minor

    @property
    def average_minor(self) -> int:
        """Return the average sale, rounded down; zero without sales."""
        return self.sales_minor // self.sales_count if self.sales_count else 0


def shift_totals(
    shift: Shift,
    sales: Sequence[Sale],
    refunds: Sequence[Refund],
    movements: Sequence[CashMovement],
) -> ShiftTotals:
    """Add a shift up. The cash expected in the drawer is float + cash sales - cash refunds +- moves."""
    taken: Counter[TenderKind] = Counter()
    for tender in (tender for sale in sales for tender in sale.tenders):
        taken[tender.kind] += tender.amount_minor
    given: Counter[TenderKind] = Counter()
    for tender in (tender for refund in refunds for tender in refund.tenders):
        given[tender.kind] += tender.amount_minor
    cash_in = _moved(movements, CashDirection.IN)
    cash_out = _moved(movements, CashDirection.OUT)
    cash = taken[TenderKind.CASH] - given[TenderKind.CASH]
    loyal = [sale.loyalty for sale in sales if sale.loyalty]
    return ShiftTotals(
        sales_count=len(sales),
        sales_minor=sum(sale.due_minor for sale in sales),
        refunds_count=len(refunds),
        refunds_minor=sum(refund.amount_minor for refund in refunds),
        by_tender=tuple((kind, taken[kind]) for kind in TenderKind if taken[kind]),
        refunds_by_tender=tuple((kind, given[kind]) for kind in TenderKind if given[kind]),
        discounts_minor=sum(sale.priced.discount_minor for sale in sales),
        points_spent_minor=sum(loyalty.spend_minor for loyalty in loyal),
        points_earned_minor=sum(loyalty.earn_minor for loyalty in loyal),
        tax_minor=sum(sale.priced.tax_minor for sale in sales),
        cash_in_minor=cash_in,
        cash_out_minor=cash_out,
        expected_cash_minor=shift.float_minor + cash + cash_in - cash_out,
    )


def _moved(movements: Iterable[CashMovement], direction: CashDirection) -> int:
    return sum(m.amount_minor for m in movements if m.direction is direction)


def counted_cash(pieces: dict[int, int]) -> int:
    """Return the sum of a count by denomination.

    Args:
        pieces: Number of notes and coins by their value in kopecks.

    Raises:
        InputError: There is no such note, or a number is below zero.
    """
    for value, number in pieces.items():
        if value not in DENOMINATIONS_MINOR or number < 0:
            raise InputError(
                "CASH_COUNT_INVALID",
                "Проверьте счёт купюр и монет",
                "Check the count of notes and coins",
            )
    return sum(value * number for value, number in pieces.items())
