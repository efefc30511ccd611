"""What the store keeps beside the words of the domain: drafts, shifts, queues, people, the venue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from app.domain.cart import CartHistory
from app.domain.catalog import Unit
from app.domain.loyalty import LoyaltyRules
from app.domain.sale import SaleLoyalty, SaleState
from app.domain.tender import Tender
from app.kernel.ids import (
    CategoryId,
    LineId,
    OperationId,
    ProductId,
    RefundId,
    SaleId,
    ShiftId,
    StaffId,
)

Json = Mapping[str, Any]  # the payload of an operation or a print job: JSON is anything


# ------------------------------------------------------------------ orders
@dataclass(frozen=True, slots=True)
class Draft:
    """An order that is not paid yet: open, held, or with money moving (state PAYING).

    `step` names where a payment stands and `tenders` are the parts already paid; both let the till
    go on from the same step after a crash. `extra` is the use case's own, plain JSON.
    """

    sale_id: SaleId
    number: int
    state: SaleState
    history: CartHistory
    owner_id: StaffId
    owner_name: str
    opened_at: datetime
    updated_at: datetime
    name: str = ""
    shift_id: ShiftId | None = None
    loyalty: SaleLoyalty | None = None
    tenders: tuple[Tender, ...] = ()
    rounding_minor: int = 0
    step: str = ""
    extra: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """How much of a sold line has been given back so far."""

    line_id: LineId
    quantity_milli: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SaleHead:
    """A sale in a list, without its lines."""

    sale_id: SaleId
    number: int
    shift_id: ShiftId
    cashier_name: str
    paid_at: datetime
    due_minor: int
    refunded_minor: int
    guest_name: str
    line_count: int


@dataclass(frozen=True, slots=True)
class SalesTotals:
    """Sums of a shift. `*_by_kind` are kopecks by tender kind; cash is already without change."""

    sales_count: int
    sales_minor: int
    refunds_count: int
    refunds_minor: int
    discounts_minor: int
    points_minor: int
    sales_by_kind: Mapping[str, int]
    refunds_by_kind: Mapping[str, int]


# ------------------------------------------------------------------ shifts
@dataclass(frozen=True, slots=True)
class Shift:
    """A shift; open while `closed_at` is None. Counted cash is known only after closing."""

    shift_id: ShiftId
    number: int
    cashier_id: StaffId
    cashier_name: str
    opened_at: datetime
    cash_float_minor: int
    closed_at: datetime | None = None
    expected_cash_minor: int | None = None
    counted_cash_minor: int | None = None


class CashDirection(StrEnum):
    """Which way cash went, seen from the drawer."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class CashMovement:
    """Cash put into the drawer or taken out of it, beside sales."""

    movement_id: str
    shift_id: ShiftId
    cashier_id: StaffId
    direction: CashDirection
    amount_minor: int
    reason: str
    occurred_at: datetime


# ------------------------------------------------------------------ queues
class OperationState(StrEnum):
    """The life of an operation in the outbox. CONFLICT waits for a person."""

    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    CONFLICT = "conflict"
    DONE = "done"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Operation:
    """Something the service must be told (O2).

    Operations that share `order_key` or `guest_key` are delivered one after the other; a sale waits
    for the opening of its shift, the closing of a shift for what was done in it (`shift_key`).
    """

    operation_id: OperationId
    idempotency_key: str
    type: str
    occurred_at: datetime
    payload: Json
    order_key: str = ""
    guest_key: str = ""
    shift_key: str = ""
    state: OperationState = OperationState.PENDING
    attempts: int = 0
    not_before: datetime | None = None
    error_code: str = ""
    error_ru: str = ""
    error_en: str = ""
    clock_wrong: bool = False
    server_id: str = ""
    finished_at: datetime | None = None
    sequence: int = 0


class PrintState(StrEnum):
    """The life of a print job. FAILED waits for a person."""

    QUEUED = "queued"
    PRINTING = "printing"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class PrintJob:
    """Something to be printed; jobs of one printer go in order (D5).

    Attributes:
        wanted_at: When a person asked for it again; None if nobody did.
        is_late: A person wants it marked as late on paper.
    """

    job_id: str
    printer: str
    kind: str
    payload: Json
    created_at: datetime
    is_copy: bool = False
    state: PrintState = PrintState.QUEUED
    attempts: int = 0
    not_before: datetime | None = None
    last_error: str = ""
    sale_id: SaleId | None = None
    sequence: int = 0
    wanted_at: datetime | None = None
    is_late: bool = False


# ------------------------------------------------------------------ fiscal register
class FiscalKind(StrEnum):
    """What the fiscal register is to do."""

    SALE = "sale"
    REFUND = "refund"
    SHIFT_OPEN = "shift_open"
    SHIFT_CLOSE = "shift_close"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"


class FiscalState(StrEnum):
    """The life of a fiscal task.

    RUNNING is on the disk before the register is asked. QUEUED again means that it is known not to
    be made. UNKNOWN is resolved by asking, never by doing it again. FAILED waits for a person.
    """

    QUEUED = "queued"
    RUNNING = "running"
    UNKNOWN = "unknown"
    UNPRINTED = "unprinted"  # made, the paper is missing
    FAILED = "failed"
    DONE = "done"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class FiscalTask:
    """Something the fiscal register is to do; its id is the document's id for ever.

    Attributes:
        task_id: Id of the document at the register.
        kind: What is to be done.
        shift_id: The till's shift it belongs to.
        amount_minor: Its money.
        payload: What the register needs to know, as JSON.
        created_at: When it was queued.
        urgent: Goes before what waits already.
        sale_id: The sale of a sale's or a refund's receipt.
        refund_id: The refund of a refund's receipt.
        state: Where it stands.
        attempts: How often the register was asked to make it.
        not_before: It is not tried again before.
        error_code: Why it is not made, '' without a reason; `error_ru` and `error_en` say it.
        finished_at: When it was made or given up.
        document: What the register answered, as JSON.
        sequence: Its place in the queue.
    """

    task_id: str
    kind: FiscalKind
    shift_id: ShiftId
    amount_minor: int
    payload: Json
    created_at: datetime
    urgent: bool = False
    sale_id: SaleId | None = None
    refund_id: RefundId | None = None
    state: FiscalState = FiscalState.QUEUED
    attempts: int = 0
    not_before: datetime | None = None
    error_code: str = ""
    error_ru: str = ""
    error_en: str = ""
    finished_at: datetime | None = None
    document: Json | None = None
    sequence: int = 0

    @property
    def is_made(self) -> bool:
        """Tell whether its document exists, printed or not."""
        return self.state in {FiscalState.DONE, FiscalState.UNPRINTED}

    @property
    def is_open(self) -> bool:
        """Tell whether anything is still to be done about it."""
        return self.state not in {FiscalState.DONE, FiscalState.CANCELLED}


# ------------------------------------------------------------------ menu
@dataclass(frozen=True, slots=True)
class ProductTile:
    """What a tile or a search result shows of a product.

    `price_minor` is the lowest price when `has_variants`; `needs_choice` opens the modifier screen;
    `is_marked` asks for a marking code of each piece.
    """

    product_id: ProductId
    category_id: CategoryId
    name: str
    sku: str
    price_minor: int
    unit: Unit
    has_variants: bool
    needs_choice: bool
    is_favourite: bool
    is_stopped: bool
    stock_left: int | None
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class StopChange:
    """A product that ran out or came back; `stock_left` None means it is not counted."""

    product_id: ProductId
    is_stopped: bool
    stock_left: int | None = None


# ------------------------------------------------------------------ people and the venue
@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who signs in with a PIN; `pin_hash` is argon2id.

    `failed_attempts` and `locked_until` are this till's own and survive a new configuration.
    """

    staff_id: StaffId
    name: str
    role: str
    pin_hash: str
    permissions: frozenset[str] = frozenset()
    failed_attempts: int = 0
    locked_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class TableSpot:
    """A table on the plan of a hall, in the plan's units."""

    table_id: str
    name: str
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    seats: int = 2


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall with the size of its plan and its tables."""

    hall_id: str
    name: str
    tables: tuple[TableSpot, ...] = ()
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class VenueConfig:
    """Everything the till needs beside the menu, as the service last gave it out."""

    version: str
    tenant_id: str
    tenant_name: str
    location_id: str
    location_name: str
    address: str
    legal_name: str
    taxpayer_id: str
    timezone: str
    register_id: str
    register_name: str
    register_number: int
    receipt_header: tuple[str, ...] = ()
    receipt_footer: tuple[str, ...] = ()
    halls: tuple[Hall, ...] = ()
    rules: LoyaltyRules = field(default_factory=LoyaltyRules)
    guest_qr_public_key: str = ""
