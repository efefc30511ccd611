"""The order at the till: what is kept of it (`Order`) and what a screen shows of it (`OrderState`).

Both are frozen; every use case returns a fresh `OrderState`. An order is OPEN or HELD while it is
being made, PAYING as soon as the first part of its price has been asked for, and then becomes a
`Sale`, which is never changed again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.cart import Cart, CartHistory
from app.domain.catalog import Product
from app.domain.guest import GuestCard
from app.domain.loyalty import Calculation
from app.domain.pricing import PricedCart
from app.domain.sale import LoyaltyAction, SaleLoyalty, SaleState
from app.domain.tender import Settlement, Tender
from app.kernel.ids import SaleId, StaffId
from app.till.kitchen_memory import NOTHING_TOLD, Memory
from app.till.words import Words


@dataclass(frozen=True, slots=True)
class Approval:
    """A supervisor allowed somebody else one action; both are recorded (T1)."""

    action: str
    asked_by: StaffId
    approved_by: StaffId
    approver_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """An order that is not paid yet, as it is kept through a crash.

    `number` is 0 until the first line. `points_lost_minor` is what was to be redeemed when a hold ran out, until the
    cashier was asked about it. `rounding_minor` is taken off for cash.
    """

    sale_id: SaleId
    owner_id: StaffId
    owner_name: str
    opened_at: datetime
    number: int = 0
    state: SaleState = SaleState.OPEN
    history: CartHistory = field(default_factory=CartHistory)
    loyalty: SaleLoyalty | None = None
    tenders: tuple[Tender, ...] = ()
    rounding_minor: int = 0
    name: str = ""
    points_lost_minor: int = 0
    approvals: tuple[Approval, ...] = ()
    kitchen: Memory = NOTHING_TOLD

    @property
    def cart(self) -> Cart:
        """Return the lines as they are now."""
        return self.history.cart

    @property
    def is_blank(self) -> bool:
        """Tell whether there is nothing worth keeping."""
        return self.cart.is_empty and self.loyalty is None and not self.tenders

    @property
    def spend_minor(self) -> int:
        """Return the points that are redeemed on it."""
        loyalty = self.loyalty
        if loyalty is None or loyalty.action is not LoyaltyAction.SPEND:
            return 0
        return loyalty.spend_minor


class StepName(StrEnum):
    """The steps of a sale; the value is the name of the step for the screens."""

    AUTHORISE = "authorise"
    COMMIT = "commit"
    FISCAL = "fiscal"
    LOYALTY = "loyalty"
    KITCHEN = "kitchen"
    PRINT = "print"


class StepStatus(StrEnum):
    """Where a step stands."""

    NOT_YET = "not_yet"
    NOW = "now"
    DONE = "done"
    WAITING = "waiting"  # kept in a queue; will happen by itself
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepState:
    """One step with its state and a few words."""

    name: StepName
    status: StepStatus
    words: Words


@dataclass(frozen=True, slots=True)
class KitchenMark:
    """What became of a line that was sent to the kitchen (T62).

    `status` is WAITING while its ticket is on its way, DONE when it is on paper, FAILED when nobody
    in the kitchen has it. `instead` names the printer that stands in for a broken one.
    """

    status: StepStatus
    at: datetime
    instead: str = ""


@dataclass(frozen=True, slots=True)
class KitchenView:
    """What the kitchen knows of an order.

    Attributes:
        marks: By the id of the line; lines that were not sent have none.
        unsent: How many lines it must still be told of.
    """

    marks: Mapping[str, KitchenMark]
    unsent: int = 0


@dataclass(frozen=True, slots=True)
class Lights:
    """The traffic light of an order: created, paid, receipt (T7), and the word of the last step."""

    created: StepStatus
    paid: StepStatus
    receipt: StepStatus
    words: Words


@dataclass(frozen=True, slots=True)
class OrderState:
    """Everything that the order panel shows.

    Attributes:
        order: The order itself: number, owner, cart, guest, paid parts.
        priced: What it costs, line by line; `priced.lines` are parallel to `order.cart.lines`.
        due_minor: To be paid, after cash rounding.
        paid_minor: Already paid by parts.
        preview: What the guest may redeem and will earn, None without a guest.
        lights: The traffic light.
        held_count: How many orders wait aside.
        owner_is_other: It belongs to somebody else than who is signed in.
        can_pay: There is something to pay for.
        warning: A sentence over the main button, or None.
        stopped_lines: Ids of lines whose product has been stopped meanwhile.
        kitchen: What the kitchen knows of it; None where there is no kitchen printer.
    """

    order: Order
    priced: PricedCart
    due_minor: int
    paid_minor: int
    preview: Calculation | None
    lights: Lights
    held_count: int = 0
    owner_is_other: bool = False
    can_pay: bool = False
    warning: Words | None = None
    stopped_lines: frozenset[str] = frozenset()
    kitchen: KitchenView | None = None

    @property
    def cart(self) -> Cart:
        """Return the lines."""
        return self.order.cart

    @property
    def number(self) -> int:
        """Return the number that people call it by; 0 for an order without lines."""
        return self.order.number

    @property
    def guest(self) -> GuestCard | None:
        """Return the guest, if one is bound."""
        return self.order.loyalty.card if self.order.loyalty else None

    @property
    def loyalty(self) -> SaleLoyalty | None:
        """Return what is done with the guest's points."""
        return self.order.loyalty

    @property
    def can_undo(self) -> bool:
        """Tell whether the last change can be taken back."""
        order = self.order
        has_step = order.history.can_undo or order.kitchen.last is not None
        return has_step and order.state is not SaleState.PAYING

    @property
    def remaining_minor(self) -> int:
        """Return what is still to be paid."""
        return self.due_minor - self.paid_minor

    @property
    def settlement(self) -> Settlement:
        """Return what is due with the parts already paid."""
        return Settlement(self.due_minor, self.order.tenders)

    @property
    def earn_minor(self) -> int:
        """Return the points that the guest will earn on it."""
        return self.preview.points_to_earn_minor if self.preview else 0


class AddOutcome(StrEnum):
    """What a tap on a product led to."""

    ADDED = "added"
    NEEDS_CHOICE = "needs_choice"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class AddResult:
    """The answer to a tap on a product.

    Attributes:
        outcome: Added, or what must be done first.
        state: The order as it is now.
        product: The product in question.
        line_id: The line that was added or grew; '' if none.
        words: A sentence for a toast when nothing was added.
    """

    outcome: AddOutcome
    state: OrderState
    product: Product
    line_id: str = ""
    words: Words | None = None


class ScanOutcome(StrEnum):
    """What a scanned code turned out to be."""

    PRODUCT = "product"
    NEEDS_CHOICE = "needs_choice"
    STOPPED = "stopped"
    GUEST = "guest"  # look it up and bind it: a call of the service, so on the network lane
    UNKNOWN = "unknown"
    QUEUED = "queued"  # money is moving: applied after the payment
    MARK_REFUSED = "mark_refused"  # a marking code that cannot be used, or none where one is wanted


@dataclass(frozen=True, slots=True)
class ScanResult:
    """The answer to a scan.

    Attributes:
        outcome: What it was.
        state: The order as it is now.
        text: The code as it was read.
        product: The product, if it was one.
        words: A sentence for a toast, None when the screen shows it by itself.
        line_id: The line that was made or got the code; '' if that is the last one of the product.
        is_mark: A marking code was taken.
    """

    outcome: ScanOutcome
    state: OrderState
    text: str
    product: Product | None = None
    words: Words | None = None
    line_id: str = ""
    is_mark: bool = False


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """A parked order in the list of parked orders."""

    sale_id: SaleId
    number: int
    name: str
    owner_name: str
    opened_at: datetime
    due_minor: int
    lines_count: int
    guest_name: str = ""
