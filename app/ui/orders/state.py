"""What the orders screens show: the orders of this till, one of them, and a refund."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.tender import TenderKind
from app.till.orders import OrderKind, OrderRow
from app.till.payment_states import WayOut
from app.till.register_book import RegisterStep
from app.till.words import Words
from app.ui.widgets.amount_entry import AmountEntry


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of the sale that is looked at."""

    quantity_milli: int
    name: str
    detail: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class SaleDetail:
    """One order; `is_open` says that it is not paid yet."""

    sale_id: str
    number: int
    at: datetime
    cashier: str
    lines: tuple[SoldLine, ...]
    discount_minor: int
    points_minor: int
    due_minor: int
    refunded_minor: int
    tenders: tuple[tuple[TenderKind, int], ...]
    guest: str = ""
    earned_minor: int = 0
    is_open: bool = False

    @property
    def rest_minor(self) -> int:
        """Return what may still be given back."""
        return self.due_minor - self.refunded_minor


@dataclass(frozen=True, slots=True)
class OrdersState:
    """The list of orders with one of them.

    Attributes:
        rows: Open ones, then paid ones, the newest first; times in the venue's zone.
        kind: Which orders are shown.
        text: What was typed to find some: a number, a sum, a phone, a name.
        is_today: Only those of this business day.
        cashier: Only those of this person; empty is everybody.
        open_count: How many are open.
        paid_count: How many were paid in the chosen days, and `paid_minor` their sum.
        detail: The chosen order, None without orders.
        has_more: There are older ones.
        pending: A refund waits for a decision.
    """

    rows: tuple[OrderRow, ...] = ()
    kind: OrderKind = OrderKind.ALL
    text: str = ""
    is_today: bool = True
    cashier: str = ""
    open_count: int = 0
    paid_count: int = 0
    paid_minor: int = 0
    detail: SaleDetail | None = None
    has_more: bool = False
    pending: bool = False

    @property
    def chosen(self) -> OrderRow | None:
        """Return the row of the chosen order."""
        chosen = self.detail.sale_id if self.detail else ""
        return next((row for row in self.rows if row.sale_id == chosen), None)


class Mode(StrEnum):
    """What is given back."""

    WHOLE = "whole"
    LINES = "lines"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A line that may be given back; `chosen_milli` of it is, for `chosen_minor`."""

    line_id: str
    name: str
    rest_milli: int
    rest_minor: int
    chosen_milli: int = 0
    chosen_minor: int = 0

    @property
    def shown_minor(self) -> int:
        """Return the money of what is chosen, of all that is left if nothing or all of it is."""
        is_part = 0 < self.chosen_milli < self.rest_milli
        return self.chosen_minor if is_part and self.chosen_minor else self.rest_minor

    @property
    def has_steps(self) -> bool:
        """Tell whether less than all may be chosen: more than one whole piece is left."""
        return self.rest_milli > 1_000 and self.rest_milli % 1_000 == 0


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the refund would do (T64).

    Attributes:
        amount_minor: The whole sum.
        cash_minor: What is handed out.
        cards: What goes back to cards: masked number and sum.
        returned_minor: Points the guest gets back, hundredths.
        earned_back_minor: Earned points that are taken away, hundredths.
        needs_senior: The person at the till may not do it alone.
        phones: What goes back by SBP, code by code.
    """

    amount_minor: int
    cash_minor: int
    cards: tuple[tuple[str, int], ...]
    returned_minor: int
    earned_back_minor: int
    needs_senior: bool = False
    phones: tuple[int, ...] = ()

    @property
    def is_by_device(self) -> bool:
        """Tell whether terminal or bank give any of it back."""
        return bool(self.cards or self.phones)


@dataclass(frozen=True, slots=True)
class RefundWay:
    """A way out of a refund that failed or whose outcome is unknown."""

    way: WayOut
    words: Words


@dataclass(frozen=True, slots=True)
class RefundState:
    """Giving money back.

    Attributes:
        number: Of the order.
        mode: What is given back.
        lines: What may be given back.
        entry: The sum, in mode SUM.
        reason: Why; required.
        by_cash: Cash instead of the way it was paid.
        can_card: A card or phone paid a part, so there is a choice.
        plan: What it would do, None while it is not complete.
        error: Why it cannot be done.
        busy: It is being done.
        running: Terminal or bank work.
        ways: Ways out after a failure, the best one first.
        guest: Name of the guest.
        balance_minor: Points of the guest as this till knows them, hundredths; None if it does not.
        paid: How the order was paid; `paid_points_minor` are redeemed points.
        drawer_minor: Cash in the drawer; None while a blind count hides it.
        done_cash_minor: It is done: hand out this much; None before.
        receipt: How the receipt of the refund stands that is done; None without one.
    """

    number: int
    mode: Mode
    lines: tuple[RefundLine, ...]
    entry: AmountEntry
    reason: str = ""
    by_cash: bool = False
    can_card: bool = False
    plan: Rehearsal | None = None
    error: Words | None = None
    busy: bool = False
    running: bool = False
    ways: tuple[RefundWay, ...] = ()
    guest: str = ""
    balance_minor: int | None = None
    paid: tuple[tuple[TenderKind, int], ...] = ()
    paid_points_minor: int = 0
    drawer_minor: int | None = None
    done_cash_minor: int | None = None
    receipt: RegisterStep | None = None

    @property
    def can_change(self) -> bool:
        """Tell whether something else may be chosen: nothing is under way, failed, or done."""
        return not (self.busy or self.ways or self.done_cash_minor is not None)
