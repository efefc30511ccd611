"""What the payment screen shows: one page beside the ways to pay, each page a frozen state."""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.tender import TenderKind
from app.till.order import StepName, StepState, StepStatus
from app.till.payment_states import WayOut
from app.till.qr import QrDots
from app.till.words import Words
from app.ui.widgets.amount_entry import AmountEntry


class Tab(StrEnum):
    """A button at the left: a tender or several of them."""

    CASH = "cash"
    CARD = "card"
    SBP = "sbp"
    GIFT_CARD = "gift_card"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class TabState:
    """A way to pay; `why_not` says why it is off."""

    tab: Tab
    is_enabled: bool = True
    why_not: Words | None = None


@dataclass(frozen=True, slots=True)
class CashPage:
    """Cash for all that remains.

    Attributes:
        due_minor: What is to be paid in cash.
        entry: What was typed or chosen as received; empty means the exact sum.
        quick_minor: Sums a guest is likely to hand over.
        error: What is wrong with the sum.
    """

    due_minor: int
    entry: AmountEntry
    quick_minor: tuple[int, ...]
    error: Words | None = None

    @property
    def received_minor(self) -> int:
        """Return what the guest hands over."""
        return self.due_minor if self.entry.is_empty else self.entry.minor

    @property
    def missing_minor(self) -> int:
        """Return how much is missing, 0 if it is enough."""
        return max(self.due_minor - self.received_minor, 0)

    @property
    def change_minor(self) -> int:
        """Return the change, 0 if nothing is to be given."""
        return max(self.received_minor - self.due_minor, 0)


@dataclass(frozen=True, slots=True)
class CardPage:
    """The terminal works.

    Attributes:
        amount_minor: What it was asked to take.
        words: What it says now.
        steps: The steps of the sale.
        can_cancel: It may be asked to stop.
        is_cancelling: It was asked to stop.
        elapsed_s: How long it has been working.
    """

    amount_minor: int
    words: Words | None
    steps: tuple[StepState, ...]
    can_cancel: bool = True
    is_cancelling: bool = False
    elapsed_s: int = 0


@dataclass(frozen=True, slots=True)
class SbpPage:
    """A payment by phone, or money that goes back to one.

    Attributes:
        amount_minor: The sum.
        dots: The code; None while there is none.
        seconds_left: How long it holds.
        note: What the bank said of it last.
        words: What is being done instead of showing a code.
        can_print: There is a printer for it.
        busy: The bank is being asked.
    """

    amount_minor: int
    dots: QrDots | None = None
    seconds_left: int = 0
    note: Words | None = None
    words: Words | None = None
    can_print: bool = True
    busy: bool = False


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part that is paid already."""

    payment_id: str
    kind: TenderKind
    amount_minor: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SeveralPage:
    """Several tenders, one part after another.

    Attributes:
        parts: What is paid already.
        remaining_minor: What is still to be paid, after cash rounding if cash is chosen.
        kind: The tender of the next part.
        kinds: The tenders that may be chosen.
        entry: The sum of the next part; empty means all that remains.
        error: What is wrong with the sum.
    """

    parts: tuple[PartRow, ...]
    remaining_minor: int
    kind: TenderKind
    kinds: tuple[TenderKind, ...]
    entry: AmountEntry
    error: Words | None = None

    @property
    def next_minor(self) -> int:
        """Return the sum of the next part."""
        return self.remaining_minor if self.entry.is_empty else self.entry.minor


@dataclass(frozen=True, slots=True)
class WayButton:
    """A way out of a failure; `needs_senior` asks for a PIN first, `detail` stands under the words."""

    way: WayOut
    words: Words
    needs_senior: bool = False
    detail: str = ""


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step with a headline and a second line; without a headline it has the `name` of its step."""

    title: Words
    detail: Words
    status: StepStatus
    name: StepName | None = None


@dataclass(frozen=True, slots=True)
class TroublePage:
    """Something failed: what is done already, what failed, and the ways out, the best one first.

    Attributes:
        words: What happened and what to do.
        steps: The steps of the sale.
        ways: The ways out.
        detail: Codes for support.
        is_unknown: Money may have moved.
        busy: A way out is being gone.
        asks_slip: The RRN of the slip is asked for.
        slip: What was typed of the RRN, or of the phone.
        slip_error: What is wrong with it.
        title: Over the page; None is the usual one.
        is_paid: The money is safe, only the receipt is missing.
        cards: The steps of a paid sale, instead of `steps`.
        asks_phone: The guest's phone is asked for.
        paid_minor: What was paid, of a paid sale.
        change_minor: What is to be given to the guest, of a paid sale.
        is_kitchen: It is the kitchen that misses something, of a paid sale.
    """

    words: Words
    steps: tuple[StepState, ...]
    ways: tuple[WayButton, ...]
    detail: str = ""
    is_unknown: bool = False
    busy: bool = False
    asks_slip: bool = False
    slip: str = ""
    slip_error: Words | None = None
    title: Words | None = None
    is_paid: bool = False
    cards: tuple[StepCard, ...] = ()
    asks_phone: bool = False
    paid_minor: int = 0
    change_minor: int = 0
    is_kitchen: bool = False

    @property
    def asks_number(self) -> bool:
        """Tell whether a number is being typed."""
        return self.asks_slip or self.asks_phone


@dataclass(frozen=True, slots=True)
class DonePage:
    """The sale is finished.

    Attributes:
        number: Number of the order.
        due_minor: What was paid.
        change_minor: To be given to the guest.
        received_minor: What was handed over in cash.
        steps: The steps with their states: the receipt may still be on its way.
        guest_name: Of the guest; empty without one.
        spent_minor: Redeemed points, hundredths.
        earned_minor: Points the guest gets, hundredths.
        auto_next_s: Seconds until the next guest comes by itself; None waits for the cashier.
    """

    number: int
    due_minor: int
    change_minor: int
    received_minor: int
    steps: tuple[StepState, ...]
    guest_name: str = ""
    spent_minor: int = 0
    earned_minor: int = 0
    auto_next_s: int | None = None


Page = CashPage | CardPage | SbpPage | SeveralPage | TroublePage | DonePage


@dataclass(frozen=True, slots=True)
class PaymentState:
    """The whole payment screen; the ways to pay are shown beside the first three pages."""

    page: Page
    tabs: tuple[TabState, ...] = ()
    tab: Tab = Tab.CASH
    can_go_back: bool = True
    busy: bool = False
