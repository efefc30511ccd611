"""Fiscal registers: what the till may ask of any of them, local or in a cloud, and what it gets back.

Sums are integers of kopecks, quantities integers of thousandths (1 piece = 1000, 0.250 kg = 250).
A document has exactly three honest ends: a `FiscalDocument` (it is made), an error that says that it
was not made, or `drivers.api.errors.OutcomeUnknown` (nobody can tell yet). The third is never guessed
at and never sent again: it is resolved by `FiscalRegister.find_document`.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from drivers.api.errors import DriverError

ITEM_NAME_MAX = 128  # tag 1030
ITEMS_MAX = 100
QUANTITY_ONE_MILLI = 1000
MARK_MAX_BYTES = 512
INN_LENGTHS = (10, 12)


class ReceiptKind(enum.StrEnum):
    """What a receipt does (tag 1054 and the correction forms)."""

    SELL = "sell"
    SELL_REFUND = "sell_refund"
    SELL_CORRECTION = "sell_correction"
    SELL_REFUND_CORRECTION = "sell_refund_correction"

    @property
    def is_correction(self) -> bool:
        """Whether `FiscalReceipt.correction` must be given."""
        return self in (ReceiptKind.SELL_CORRECTION, ReceiptKind.SELL_REFUND_CORRECTION)

    @property
    def is_refund(self) -> bool:
        """Whether money goes back to the guest."""
        return self in (ReceiptKind.SELL_REFUND, ReceiptKind.SELL_REFUND_CORRECTION)


class Taxation(enum.StrEnum):
    """Taxation system of the seller (tag 1055)."""

    OSN = "osn"
    USN_INCOME = "usn_income"
    USN_INCOME_OUTCOME = "usn_income_outcome"
    ENVD = "envd"
    ESN = "esn"
    PATENT = "patent"


class PaymentKind(enum.StrEnum):
    """How it is paid (tags 1031, 1081, 1215, 1216, 1217)."""

    CASH = "cash"
    CARD = "card"
    PREPAID = "prepaid"
    CREDIT = "credit"
    OTHER = "other"


class Subject(enum.StrEnum):
    """What is sold (tag 1212)."""

    COMMODITY = "commodity"
    EXCISE = "excise"
    JOB = "job"
    SERVICE = "service"
    PAYMENT = "payment"
    AGENT_COMMISSION = "agent_commission"
    PAY = "pay"
    ANOTHER = "another"
    EXCISE_WITHOUT_MARK = "excise_without_mark"
    EXCISE_WITH_MARK = "excise_with_mark"
    COMMODITY_WITHOUT_MARK = "commodity_without_mark"
    COMMODITY_WITH_MARK = "commodity_with_mark"


class Settlement(enum.StrEnum):
    """How far the item is settled by this receipt (tag 1214)."""

    FULL_PREPAYMENT = "full_prepayment"
    PREPAYMENT = "prepayment"
    ADVANCE = "advance"
    FULL_PAYMENT = "full_payment"
    PARTIAL_PAYMENT = "partial_payment"
    CREDIT = "credit"
    CREDIT_PAYMENT = "credit_payment"


class Measure(enum.IntEnum):
    """Unit of the quantity, numbered as tag 2108 (FFD 1.2)."""

    PIECE = 0
    GRAM = 10
    KILOGRAM = 11
    TON = 12
    CENTIMETRE = 20
    DECIMETRE = 21
    METRE = 22
    SQUARE_CENTIMETRE = 30
    SQUARE_DECIMETRE = 31
    SQUARE_METRE = 32
    MILLILITRE = 40
    LITRE = 41
    CUBIC_METRE = 42
    DAY = 70
    HOUR = 71
    MINUTE = 72
    SECOND = 73
    OTHER = 255


class MarkPlan(enum.IntEnum):
    """What happens to the marked thing, numbered as tag 2003."""

    PIECE_SOLD = 1
    MEASURED_SOLD = 2
    PIECE_RETURNED = 3
    MEASURED_RETURNED = 4
    UNCHANGED = 255


@dataclass(frozen=True, slots=True)
class Operator:
    """Who stands at the till (tags 1021, 1203); `inn` of 12 digits or ''."""

    name: str
    inn: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """The buyer: e-mail or phone (+7...) for the electronic receipt, name and INN where he wants."""

    address: str = ""
    name: str = ""
    inn: str = ""


@dataclass(frozen=True, slots=True)
class IndustryNote:
    """Evidence of an industry (tags 1262-1265), e.g. the answer of the permissive marking check.

    `date` is 'YYYY-MM-DD'; each register writes it its own way.
    """

    federal_id: str
    date: str
    number: str
    value: str


@dataclass(frozen=True, slots=True)
class MarkCheck:
    """Result of a check of the code in the register (tags 2106 and its like)."""

    checked: bool
    positive: bool
    status_known: bool = False
    status_correct: bool = False
    stand_alone: bool = False


@dataclass(frozen=True, slots=True)
class ItemMark:
    """Marking code of one item.

    Attributes:
        code: the full code as scanned with its GS bytes (0x1D), without a symbology prefix.
        plan: what happens to the thing.
        part: numerator and denominator when only a part of a pack is sold, e.g. (1, 20).
        check: result of a check made before, None lets the register check or not.
    """

    code: bytes
    plan: MarkPlan = MarkPlan.PIECE_SOLD
    part: tuple[int, int] | None = None
    check: MarkCheck | None = None


@dataclass(frozen=True, slots=True)
class FiscalItem:
    """One line of the sale, before check discount and points.

    Attributes:
        name: up to 128 letters.
        price_minor: for one unit (quantity 1000), before any discount.
        quantity_milli: thousandths of the unit, above zero.
        vat: key of the rates table, e.g. 'none', 'vat22', 'vat105'.
        discount_minor: discount of this line.
        floor_minor: the line's sum never goes below this by check discount and points; give its
            whole sum to exclude it from them.
        mark: marking code; the quantity is then one piece.
        industry: evidence for this item.
        attribute: additional attribute of the item (tag 1191), '' for none.
    """

    name: str
    price_minor: int
    quantity_milli: int = QUANTITY_ONE_MILLI
    vat: str = "none"
    subject: Subject = Subject.COMMODITY
    settlement: Settlement = Settlement.FULL_PAYMENT
    measure: Measure = Measure.PIECE
    discount_minor: int = 0
    floor_minor: int = 0
    mark: ItemMark | None = None
    industry: tuple[IndustryNote, ...] = ()
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class FiscalPayment:
    """Real money or an offset; points are never a payment."""

    kind: PaymentKind
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Correction:
    """Why a correction is made (tags 1173-1179): by oneself, or by an order with its number.

    `base_date` is 'YYYY-MM-DD', the day of the wrong settlement.
    """

    base_date: str
    base_number: str = ""
    by_order: bool = False


@dataclass(frozen=True, slots=True)
class FiscalReceipt:
    """A receipt as the till knows it; the driver spreads discounts and points over the items.

    Attributes:
        kind: sale, refund or one of the corrections.
        operator: who is named on it.
        taxation: of this receipt.
        items: lines before check discount and points. A refund takes the positions of the sale's
            document as they were emitted, with no discounts.
        payments: together exactly the sum of the items less all discounts.
        discount_minor: discount of the whole check.
        points_minor: points taken as a discount, after all other discounts.
        contact: the buyer, None if nobody asked.
        paper: False when the guest wants the electronic receipt only; needs a contact.
        correction: for corrections.
        attribute: additional attribute of the receipt (tag 1192), up to 16 letters.
        property: name and value of the user's property (tags 1085, 1086), e.g. the sign of the sale.
        notes: lines printed below the positions, no fiscal data.
        qr: text of a QR code printed below, '' for none.
        internet: settled remotely (tag 1125).
        place: place of the settlement (tag 1187), '' for the register's own.
        industry: evidence for the whole receipt.
        check_marks: let the register check the marking codes first, as FFD 1.2 wants it; off if they
            were checked and accepted one by one.
    """

    kind: ReceiptKind
    operator: Operator
    taxation: Taxation
    items: tuple[FiscalItem, ...]
    payments: tuple[FiscalPayment, ...]
    discount_minor: int = 0
    points_minor: int = 0
    contact: Contact | None = None
    paper: bool = True
    correction: Correction | None = None
    attribute: str = ""
    property: tuple[str, str] | None = None
    notes: tuple[str, ...] = ()
    qr: str = ""
    internet: bool = False
    place: str = ""
    industry: tuple[IndustryNote, ...] = ()
    check_marks: bool = True


class DocumentKind(enum.StrEnum):
    """Kinds of documents that the fiscal storage numbers."""

    RECEIPT = "receipt"
    SHIFT_OPEN = "shift_open"
    SHIFT_CLOSE = "shift_close"


@dataclass(frozen=True, slots=True)
class FiscalDocument:
    """A document that is made, as the register tells it.

    Attributes:
        number: in the fiscal storage (tag 1040); it only grows.
        sign: fiscal sign (1077) as text.
        fn_number: of the fiscal storage (1041).
        registration_number: of the register (1037).
        shift_number: (1038).
        receipt_number: in the shift (1042), 0 for reports.
        made_at: date and time of the register, ISO 8601 with zone where it tells one.
        total_minor: None where the register did not tell it.
        kind: receipt or report.
        printed: False when it is made and the paper is still missing.
        recovered: the answer was lost and the document found by asking.
        shift_opened: the register opened a shift for it by itself.
        ofd_url: where the guest finds it, '' if not told.
        mark_results: by position, the bit mask of tag 2106 as the register tells it.
    """

    number: int
    sign: str = ""
    fn_number: str = ""
    registration_number: str = ""
    shift_number: int = 0
    receipt_number: int = 0
    made_at: str = ""
    total_minor: int | None = None
    kind: DocumentKind = DocumentKind.RECEIPT
    printed: bool = True
    recovered: bool = False
    shift_opened: bool = False
    ofd_url: str = ""
    mark_results: Mapping[int, int] = field(default_factory=dict)

    def qr_text(self, kind: ReceiptKind) -> str:
        """Return the text of the fiscal QR code; '' if the total or the time is not known.

        Form: ``t=20261120T1345&s=905.00&fn=...&i=...&fp=...&n=1``, used by every register (unconfirmed).
        """
        if self.total_minor is None or len(self.made_at) < len("2026-11-20T13:45"):
            return ""
        time = self.made_at[:16].replace("-", "").replace(":", "")
        total = f"{self.total_minor // 100}.{self.total_minor % 100:02d}"
        sign = 2 if kind.is_refund else 1
        return f"t={time}&s={total}&fn={self.fn_number}&i={self.number}&fp={self.sign}&n={sign}"


class ShiftPhase(enum.StrEnum):
    """State of the shift; expired means older than 24 hours."""

    CLOSED = "closed"
    OPEN = "open"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class ShiftState:
    """The register's shift; `opened_at` and `expires_at` are ISO 8601, '' if not told."""

    phase: ShiftPhase
    number: int = 0
    opened_at: str = ""
    expires_at: str = ""
    documents: int = 0


@dataclass(frozen=True, slots=True)
class FnState:
    """The fiscal storage: its last numbers, and its own warnings.

    Attributes:
        number: of the storage, '' if not told.
        last_document: number of the last document, 0 if there is none.
        last_receipt: number of the last receipt in the shift, 0 after a shift was opened.
        near_full: its memory is 90 % full.
        replace_soon: its term ends within 30 days.
        replace_now: its term ends within 3 days.
        ofd_late: the OFD has not answered for too long.
        broken: a critical error.
    """

    number: str = ""
    last_document: int = 0
    last_receipt: int = 0
    near_full: bool = False
    replace_soon: bool = False
    replace_now: bool = False
    ofd_late: bool = False
    broken: bool = False


@dataclass(frozen=True, slots=True)
class OfdQueue:
    """Documents not yet passed on to the tax office's operator."""

    waiting: int = 0
    first_number: int = 0
    first_at: str = ""


@dataclass(frozen=True, slots=True)
class RegisterStatus:
    """How the register is; None where it does not tell.

    Attributes:
        paper: whether it has paper.
        cover_open: of the printer.
        drawer_open: of the cash drawer.
        shift: phase of the shift.
        fn: fiscal storage.
        ofd: what waits for the OFD.
        clock: the register's own date and time.
        model: name of the model.
        serial: its number.
        blocked: why its queue stands, '' if it works.
        problem: what keeps it from making a receipt now, None if it is ready.
    """

    paper: bool | None = None
    cover_open: bool | None = None
    drawer_open: bool | None = None
    shift: ShiftPhase | None = None
    fn: FnState = FnState()
    ofd: OfdQueue = OfdQueue()
    clock: str = ""
    model: str = ""
    serial: str = ""
    blocked: str = ""
    problem: DriverError | None = None


@dataclass(frozen=True, slots=True)
class KindTotals:
    """Receipts of one kind in the shift."""

    count: int = 0
    amount_minor: int = 0
    by_payment: Mapping[PaymentKind, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShiftTotals:
    """What the register counted in its shift."""

    shift_number: int = 0
    sell: KindTotals = KindTotals()
    sell_refund: KindTotals = KindTotals()
    cash_in_count: int = 0
    cash_in_minor: int = 0
    cash_out_count: int = 0
    cash_out_minor: int = 0
    drawer_minor: int = 0


class FiscalVerdict(enum.Enum):
    """What asking about a document showed."""

    FOUND = "found"
    ABSENT = "absent"
    WORKING = "working"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class FiscalLookup:
    """Answer of `FiscalRegister.find_document`.

    FOUND: `document` is made. ABSENT: it is not made; `error` is the register's reason where there
    is one, and `register` may be called again with the same id. WORKING: the register still works
    on it, or waits for paper or for its link: ask again later. UNCERTAIN: its answers fit both;
    `reason` says why, `document` is the one that may be ours, a human compares.
    """

    verdict: FiscalVerdict
    document: FiscalDocument | None = None
    error: DriverError | None = None
    reason: str = ""


class FiscalCapability(enum.Enum):
    """What a model can do beyond registering receipts and finding them."""

    SHIFT = "shift"
    X_REPORT = "x_report"
    CASH = "cash"
    COPY = "copy"
    STATUS = "status"
    TOTALS = "totals"
    LAST_DOCUMENT = "last_document"
    PRINTS = "prints"


class FiscalRegister(Protocol):
    """One fiscal register.

    Order of calls::

        open -> { status | shift_state | totals | last_document | find_document
                | open_shift -> { register | x_report | cash_in | cash_out | copy_last }* -> z_report
                | continue_print }* -> close

    All calls on one thread, the device's. `open` after `close` is allowed, as is `close` twice.
    Every call opens the link by itself if it was lost.

    A `document_id` is chosen and stored by the till before the call: 1 to 64 letters, digits,
    '-', '_', '.'. The same id with the same document may be given again after any end but a success:
    the driver asks what became of it before it sends anything, so that one id makes one document at
    most. A method that a model does not have raises `drivers.api.errors.NotSupported`.

    Errors (drivers.api.errors, drivers.api.fiscal_errors): `OutcomeUnknown` when the document may
    have been made; every other error says that it was not made.
    """

    @property
    def capabilities(self) -> frozenset[FiscalCapability]:
        """What this model can do beyond receipts."""
        ...

    def open(self) -> None:
        """Connect. Repeatable."""
        ...

    def close(self) -> None:
        """Let go of the link. Repeatable, never raises."""
        ...

    def status(self) -> RegisterStatus:
        """Ask paper, cover, shift, fiscal storage and the OFD queue. Repeatable."""
        ...

    def shift_state(self) -> ShiftState:
        """Ask the shift. Repeatable."""
        ...

    def totals(self) -> ShiftTotals:
        """Ask what was counted in the shift. Repeatable."""
        ...

    def open_shift(self, operator: Operator, document_id: str) -> FiscalDocument:
        """Open the shift (a fiscal report)."""
        ...

    def register(self, receipt: FiscalReceipt, document_id: str) -> FiscalDocument:
        """Make a receipt of any kind.

        Raises:
            FiscalInputWrong: the receipt contradicts itself; nothing was sent.
            OutcomeUnknown: ask `find_document`.
        """
        ...

    def x_report(self, operator: Operator) -> None:
        """Print the X report; counts nothing, changes nothing."""
        ...

    def z_report(self, operator: Operator, document_id: str) -> FiscalDocument:
        """Close the shift (a fiscal report)."""
        ...

    def cash_in(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """Record cash put into the drawer; returns the drawer's sum, None if not told."""
        ...

    def cash_out(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """Record cash taken out; returns the drawer's sum, None if not told."""
        ...

    def copy_last(self, operator: Operator) -> None:
        """Print a copy of the last receipt. Repeatable."""
        ...

    def continue_print(self) -> None:
        """Print what was left when the paper ended. Repeatable."""
        ...

    def last_document(self) -> FiscalDocument | None:
        """What the fiscal storage holds last, None if it is new. Repeatable."""
        ...

    def find_document(self, document_id: str) -> FiscalLookup:
        """Tell what became of a document. Repeatable, makes nothing."""
        ...
