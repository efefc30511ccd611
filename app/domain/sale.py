"""A finished or half-finished sale, its refunds and what a person sees of their state."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.domain.cart import CartLine
from app.domain.guest import GuestCard
from app.domain.marking import LineMark
from app.domain.pricing import PricedCart
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import (
    LineId,
    PaymentId,
    RefundId,
    ReservationId,
    SaleId,
    ShiftId,
    StaffId,
)


class SaleState(StrEnum):
    """Where a sale stands. OPEN and HELD are orders; PAYING is an order with money moving."""

    OPEN = "open"
    HELD = "held"
    PAYING = "paying"
    PAID = "paid"
    CANCELLED = "cancelled"


class LoyaltyAction(StrEnum):
    """What is done with the guest's points on a sale."""

    EARN_ONLY = "EARN_ONLY"
    SPEND = "SPEND"
    DISCOUNT = "DISCOUNT"


@dataclass(frozen=True, slots=True)
class SaleLoyalty:
    """The guest on a sale. `reservation_id` is set while points are held at the service."""

    card: GuestCard
    action: LoyaltyAction = LoyaltyAction.EARN_ONLY
    spend_minor: int = 0
    earn_minor: int = 0
    reservation_id: ReservationId | None = None
    reserved_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sale:
    """A paid sale, complete and unchangeable; corrections are refunds."""

    sale_id: SaleId
    number: int
    shift_id: ShiftId
    cashier_id: StaffId
    cashier_name: str
    paid_at: datetime
    lines: tuple[CartLine, ...]
    priced: PricedCart
    rounding_minor: int
    tenders: tuple[Tender, ...]
    loyalty: SaleLoyalty | None = None
    note: str = ""

    @property
    def due_minor(self) -> int:
        """Return what was to be paid after cash rounding."""
        return self.priced.due_minor - self.rounding_minor

    @property
    def change_minor(self) -> int:
        """Return the change that was given."""
        return sum(tender.change_minor for tender in self.tenders)


@dataclass(frozen=True, slots=True)
class RefundLine:
    """A part of a line that is given back; `mark` is the code of the thing, if it has one."""

    line_id: LineId
    name: str
    quantity_milli: int
    amount_minor: int
    mark: LineMark | None = None


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back for a sale, in full or in part."""

    refund_id: RefundId
    sale_id: SaleId
    shift_id: ShiftId
    cashier_id: StaffId
    cashier_name: str
    refunded_at: datetime
    reason: str
    lines: tuple[RefundLine, ...]
    amount_minor: int
    tenders: tuple[Tender, ...]


class PaymentState(StrEnum):
    """The life of one money movement by a device. UNKNOWN is resolved by asking (T68)."""

    INTENT = "intent"
    APPROVED = "approved"
    DECLINED = "declined"
    UNKNOWN = "unknown"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class PaymentIntent:
    """A money movement written down before the device is asked to make it.

    Attributes:
        payment_id: Its key; also the order's id at a bank, and a refund's.
        sale_id: Of which sale.
        amount_minor: Above zero takes money, below gives it back.
        state: How it stands.
        started_at: When it was written down.
        receipt_no_before: The terminal's place in its sequence before it.
        reference: The part that was paid; of a refund the one it gives back.
        kind: What moves the money.
        code: What was shown to be paid by phone, '' before.
    """

    payment_id: PaymentId
    sale_id: SaleId
    amount_minor: int
    state: PaymentState
    started_at: datetime
    receipt_no_before: str = ""
    reference: Tender | None = None
    kind: TenderKind = TenderKind.CARD
    code: str = ""
