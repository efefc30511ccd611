"""What a till pushes: `POST /api/v1/pos/sync/batch` with up to 50 operations.

Each operation is taken alone: success, conflict (a reason the cashier understands) or error. The
idempotency key is fixed when the operation is created; the same key with the same payload answers as
before, with another payload it is a conflict.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from app.contracts.amounts import Amount, Points, PositiveAmount, SignedAmount
from app.contracts.base import (
    BasisPoints,
    CardCode,
    Count,
    Flag,
    Id,
    Line,
    Moment,
    Name,
    QuantityMilli,
    Text,
    Whole,
    WireModel,
)
from app.contracts.operation_types import (
    OperationType as OperationType,  # noqa: PLC0414 -- a word of this module, kept apart
)
from app.contracts.pos import GuestCardView
from app.contracts.promotions import CodeText, PromotionClaim
from app.domain.sale import LoyaltyAction
from app.domain.tender import TenderKind

BATCH_MAX = 50


class SaleModifier(WireModel):
    """A chosen option with the price it had."""

    option_id: Id
    name: Line
    quantity: Annotated[int, Field(strict=True, ge=1, le=1000)] = 1
    price_delta: SignedAmount = 0


class SaleLine(WireModel):
    """A sold line. gross - discount - pointsShare = total; the tax is contained in the total."""

    line_id: Id
    product_id: Id
    variant_id: Id | None = None
    name: Name
    quantity_milli: QuantityMilli
    unit_price: Amount
    modifiers: tuple[SaleModifier, ...] = Field(default=(), max_length=100)
    gross: Amount
    discount: Amount = 0
    points_share: Points = 0
    total: Amount
    tax_id: Id
    tax_percent_bp: BasisPoints | None = None
    tax_amount: Amount = 0
    excluded_from_earning: Flag = False
    excluded_from_redeeming: Flag = False
    note: Line = ""


class SaleTotals(WireModel):
    """Sums of a sale: gross - discount - points + rounding = due. Rounding down is negative."""

    gross: Amount
    discount: Amount = 0
    points: Points = 0
    rounding: SignedAmount = 0
    due: Amount
    tax: Amount = 0


class TenderReference(WireModel):
    """What the payment terminal answered."""

    receipt_no: Line | None = None
    rrn: Line | None = None
    auth_code: Line | None = None
    masked_pan: Line | None = None


class SaleTender(WireModel):
    """A paid part. For cash: received - change = amount."""

    payment_id: Id
    kind: TenderKind
    amount: Amount
    received: Amount | None = None
    change: Amount | None = None
    reference: TenderReference | None = None


class SaleLoyalty(WireModel):
    """The guest of a sale: by card, or by the id the till gave him when it registered him offline."""

    guest_card_id: Id | None = None
    client_guest_id: Id | None = None
    action: LoyaltyAction
    reservation_id: Id | None = None
    points_spent: Points = 0
    points_earned_expected: Points = 0
    tier_at_sale: Line = ""


class SalePayload(WireModel):
    """A closed sale. `saleId` is also the order id of its reservation.

    `occurredAt` is the till's own clock; `clockOffsetMs`, the service's time less the till's, is added.
    `promotions` are those whose discount the lines hold already.
    """

    sale_id: Id
    order_number: Line
    shift_id: Id
    cashier_id: Id
    occurred_at: Moment
    clock_offset_ms: Whole = 0
    lines: tuple[SaleLine, ...] = Field(min_length=1, max_length=1000)
    totals: SaleTotals
    tenders: tuple[SaleTender, ...] = Field(default=(), max_length=50)
    loyalty: SaleLoyalty | None = None
    note: Text = ""
    promo_code: CodeText | None = None
    promotions: tuple[PromotionClaim, ...] | None = Field(default=None, max_length=50)


class RefundLine(WireModel):
    """A line given back, whole or in part."""

    line_id: Id
    quantity_milli: QuantityMilli
    amount: Amount


class RefundPayload(WireModel):
    """A refund. `amount` is given back in money; `originalAmount` is what the sale's due was."""

    refund_id: Id
    sale_id: Id
    shift_id: Id
    cashier_id: Id
    occurred_at: Moment
    clock_offset_ms: Whole = 0
    reason: Line = ""
    lines: tuple[RefundLine, ...] = Field(default=(), max_length=1000)
    amount: PositiveAmount
    original_amount: PositiveAmount
    tenders: tuple[SaleTender, ...] = Field(default=(), max_length=50)
    guest_card_id: Id | None = None


class GuestRegisterPayload(WireModel):
    """A guest registered at the till. A known phone is a success with the existing card."""

    client_guest_id: Id
    phone: Annotated[str, Field(min_length=1, max_length=40)]
    first_name: Line | None = None
    code6_digit: CardCode | None = None
    occurred_at: Moment


class ReservationCancelPayload(WireModel):
    """Give held points back."""

    reservation_id: Id
    reason: Line = ""
    occurred_at: Moment | None = None


class ShiftOpenPayload(WireModel):
    """A shift was opened."""

    shift_id: Id
    number: Count
    cashier_id: Id
    opening_cash: Amount = 0
    occurred_at: Moment


class ShiftClosePayload(WireModel):
    """A shift was closed; `totals` are the sums the till printed, as numbers by name."""

    shift_id: Id
    cashier_id: Id
    counted_cash: Amount | None = None
    expected_cash: SignedAmount = 0
    sales_count: Count = 0
    sales_total: Amount = 0
    refunds_count: Count = 0
    refunds_total: Amount = 0
    occurred_at: Moment


class CashMovementKind(StrEnum):
    """Money put in the drawer or taken out of it, beside sales."""

    PAY_IN = "pay_in"
    PAY_OUT = "pay_out"


class CashMovementPayload(WireModel):
    """Money put in or taken out."""

    movement_id: Id
    shift_id: Id
    cashier_id: Id
    kind: CashMovementKind
    amount: PositiveAmount
    reason: Line = ""
    occurred_at: Moment


class SyncOperation(WireModel):
    """One operation; the payload is checked by its type, so that a bad one spoils no other."""

    operation_id: Id
    idempotency_key: Annotated[str, Field(min_length=1, max_length=300)]
    type: Line
    occurred_at: Moment
    payload: Mapping[str, Any]


class SyncBatchRequest(WireModel):
    """Up to 50 operations in the order they happened."""

    operations: tuple[SyncOperation, ...] = Field(max_length=BATCH_MAX)


class SyncStatus(StrEnum):
    """How an operation ended."""

    SUCCESS = "success"
    CONFLICT = "conflict"
    ERROR = "error"


class SyncResult(WireModel):
    """The result of one operation; for a sale also what the ledger did."""

    operation_id: Id
    status: SyncStatus
    server_id: Id | None = None
    error_code: Line | None = None
    detail: str | None = None
    detail_ru: str | None = None
    already_processed: bool = False
    points_spent: Points | None = None
    points_earned: Points | None = None
    points_reversed: Points | None = None
    points_returned: Points | None = None
    shortfall: Points | None = None
    guest_card_id: Id | None = None


class SyncBatchResponse(WireModel):
    """Results in the order of the operations, and fresh cards of the guests concerned."""

    results: tuple[SyncResult, ...]
    updated_guests: tuple[GuestCardView, ...] = ()


PAYLOADS: Mapping[OperationType, type[WireModel]] = {
    OperationType.GUEST_REGISTER: GuestRegisterPayload,
    OperationType.SALE: SalePayload,
    OperationType.REFUND: RefundPayload,
    OperationType.RESERVATION_CANCEL: ReservationCancelPayload,
    OperationType.SHIFT_OPEN: ShiftOpenPayload,
    OperationType.SHIFT_CLOSE: ShiftClosePayload,
    OperationType.CASH_MOVEMENT: CashMovementPayload,
}
