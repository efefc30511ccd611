# ruff: noqa: N818 - the error name reads as a fact, as in drivers.api.errors
"""The receipt document: what a receipt says, whatever it is drawn on (paper, screen, mail).

There is one document for the till, the command line and every rendering. It holds facts, not layout: words,
amounts in kopecks, quantities in thousandths, points in hundredths. Which of them are shown, in which order and
size is the template's business (`drivers.receipts.template`); how wide a line is is the paper's.

All types are frozen and plain. Their annotations are the only description of the JSON form: the reader
(`drivers.receipts.reading`) and the JSON schema (``resources/docs/devices/receipt-document.schema.json``) are
made from them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Final, Literal

from typing_extensions import override

from drivers.api.errors import FinalError, Language
from drivers.api.limits import Shaped, Sized, Within
from drivers.api.printer import QR_BYTES_MAX, Align, BarcodeKind

AMOUNT_MAX: Final = 10**13
"""A hundred billion roubles in kopecks: beyond all sense, and short enough for the narrowest paper."""


Minor = Annotated[int, Within(-AMOUNT_MAX, AMOUNT_MAX)]
Positive = Annotated[int, Within(0, AMOUNT_MAX)]
Word = Annotated[str, Sized(0, 500)]
"""A name or a sentence; wrapped where the paper ends."""
Long = Annotated[str, Sized(0, 4000)]
QrText = Annotated[str, Sized(1, 1000)]
Digits = Annotated[
    str, Shaped(r"[0-9]{1,20}", "только цифры, не больше 20", "digits only, at most 20")
]


def _check_qr(data: str) -> None:
    if len(data.encode()) > QR_BYTES_MAX:
        raise ValueError(f"a QR code of {len(data.encode())} bytes, {QR_BYTES_MAX} are possible")


class ReceiptKind(StrEnum):
    """What the paper is."""

    SALE = "sale"
    REFUND = "refund"
    CORRECTION = "correction"
    REPORT = "report"
    SLIP = "slip"


class PaymentKind(StrEnum):
    """How a part was paid."""

    CASH = "cash"
    CARD = "card"
    SBP = "sbp"
    GIFT_CARD = "gift_card"
    PREPAID = "prepaid"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Seller:
    """What stands at the head and foot of each receipt of a place.

    Attributes:
        name: of the place, as guests know it.
        address: of the place.
        legal_name: of the company.
        taxpayer_id: INN.
        header: more lines of the head.
        footer: lines at the end.
        register_name: of the till.
    """

    name: Word
    address: Word = ""
    legal_name: Word = ""
    taxpayer_id: Word = ""
    header: Annotated[tuple[Word, ...], Sized(0, 20)] = ()
    footer: Annotated[tuple[Word, ...], Sized(0, 20)] = ()
    register_name: Word = ""


@dataclass(frozen=True, slots=True)
class Modifier:
    """A choice of the guest within a line; its price for one is contained in the line's price."""

    name: Word
    quantity: Annotated[int, Within(1, 10_000)] = 1
    price_minor: Minor = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One product.

    Attributes:
        name: of the product, with its variant.
        amount_minor: price times quantity, before reductions.
        quantity_milli: thousandths of the unit.
        price_minor: of one, modifiers included; None: not known, only the amount is shown.
        unit: of measure, shown after the quantity (``кг``); empty for pieces.
        modifiers: choices.
        note: the guest's wish.
        discount_minor: taken off.
        discount_name: what for.
        points_minor: paid off by points (a discount, too).
        tax_percent_bp: rate of VAT in basis points; None: free of it or not said.
        is_marked: a marked product whose code was checked.
    """

    name: Annotated[str, Sized(1, 500)]
    amount_minor: Minor
    quantity_milli: Annotated[int, Within(1, 10**9)] = 1000
    price_minor: Minor | None = None
    unit: Annotated[str, Sized(0, 20)] = ""
    modifiers: Annotated[tuple[Modifier, ...], Sized(0, 100)] = ()
    note: Word = ""
    discount_minor: Positive = 0
    discount_name: Word = ""
    points_minor: Positive = 0
    tax_percent_bp: Annotated[int, Within(0, 10_000)] | None = None
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of the whole receipt.

    Attributes:
        due_minor: what is paid: gross - discount - points - rounding.
        gross_minor: before reductions; None: the same as due.
        discount_minor: taken off lines and check together.
        discount_name: what for.
        points_minor: paid off by points.
        rounding_minor: taken off by rounding cash.
    """

    due_minor: Minor
    gross_minor: Minor | None = None
    discount_minor: Positive = 0
    discount_name: Word = ""
    points_minor: Positive = 0
    rounding_minor: Minor = 0


@dataclass(frozen=True, slots=True)
class Tax:
    """The tax of all lines of one rate; ``percent_bp`` is None for what is free of it."""

    percent_bp: Annotated[int, Within(0, 10_000)] | None
    base_minor: Minor = 0
    amount_minor: Minor = 0
    name: Word = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """A part that was paid, or given back on a refund. For cash received - change = amount."""

    kind: PaymentKind
    amount_minor: Positive
    received_minor: Positive = 0
    change_minor: Positive = 0
    name: Word = ""
    masked_pan: Word = ""
    rrn: Word = ""
    auth_code: Word = ""


@dataclass(frozen=True, slots=True)
class Loyalty:
    """The guest's card; points in hundredths, None: not said.

    Attributes:
        holder: name and masked phone, as the guest may be shown to others.
        spent_minor: taken from the card by this receipt.
        earned_minor: will come onto it.
        balance_minor: what is on it afterwards.
        level: name of the level.
        code: of the card.
    """

    holder: Word = ""
    spent_minor: Positive | None = None
    earned_minor: Positive | None = None
    balance_minor: Minor | None = None
    level: Word = ""
    code: Word = ""


@dataclass(frozen=True, slots=True)
class Fiscal:
    """What the fiscal register answered (FN, FD, FP) and says of itself.

    Attributes:
        fn: number of the fiscal drive (tag 1041).
        fd: number of the document (tag 1040).
        fp: fiscal sign (tag 1077).
        registered_at: time in the document (tag 1012), in the zone of the register.
        total_minor: total in the document (tag 1020).
        sign: 1 sale, 2 refund of a sale, 3 purchase, 4 refund of a purchase (tag 1054).
        shift: number of the shift (tag 1038).
        number: of the receipt in the shift (tag 1042).
        register_number: of the register at the tax service (tag 1037).
        serial_number: of the register at its factory (tag 1013).
        taxation: system of taxation, in words.
        site: of the tax service.
        qr: text of the code if it is not the usual one.
    """

    fn: Digits
    fd: Annotated[int, Within(1, 10**10)]
    fp: Digits
    registered_at: datetime
    total_minor: Positive
    sign: Literal[1, 2, 3, 4] = 1
    shift: Annotated[int, Within(0, 10**6)] | None = None
    number: Annotated[int, Within(0, 10**6)] | None = None
    register_number: Word = ""
    serial_number: Word = ""
    taxation: Word = ""
    site: Word = ""
    qr: Annotated[str, Sized(0, 1000)] = ""

    def __post_init__(self) -> None:
        _check_qr(self.qr)

    @property
    def qr_text(self) -> str:
        """The text of the tax service's code: ``t=20261120T1432&s=633.60&fn=…&i=…&fp=…&n=1``."""
        if self.qr:
            return self.qr
        moment = f"{self.registered_at:%Y%m%dT%H%M}"
        total = f"{self.total_minor // 100}.{self.total_minor % 100:02d}"
        return f"t={moment}&s={total}&fn={self.fn}&i={self.fd}&fp={self.fp}&n={self.sign}"


@dataclass(frozen=True, slots=True)
class Original:
    """The receipt that a refund or a correction belongs to."""

    number: Word = ""
    paid_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """Why a correction was made: by oneself or on demand of the tax service (tags 1173 to 1179)."""

    base: Literal["self", "instruction"]
    date: datetime
    number: Word = ""
    is_refund: bool = False


@dataclass(frozen=True, slots=True)
class TextRow:
    """A paragraph; `is_large` is twice as high and wide."""

    text: Long
    align: Align = "left"
    is_bold: bool = False
    is_large: bool = False
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True)
class PairRow:
    """Words on the left, an amount on the right; `is_large` is twice as high."""

    left: Word
    right: Word
    is_bold: bool = False
    is_large: bool = False
    type: Literal["pair"] = "pair"


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A line across the paper."""

    type: Literal["rule"] = "rule"


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """Blank lines."""

    lines: Annotated[int, Within(1, 20)] = 1
    type: Literal["space"] = "space"


@dataclass(frozen=True, slots=True)
class QrRow:
    """A code for the guest's phone, with words above it."""

    data: QrText
    caption: Word = ""
    type: Literal["qr"] = "qr"

    def __post_init__(self) -> None:
        _check_qr(self.data)


@dataclass(frozen=True, slots=True)
class BarcodeRow:
    """A linear code with its digits below."""

    data: Annotated[str, Shaped(r"[ -~]{1,80}", "до 80 знаков ASCII", "up to 80 ASCII characters")]
    kind: BarcodeKind = "CODE128"
    type: Literal["barcode"] = "barcode"


Row = TextRow | PairRow | RuleRow | SpaceRow | QrRow | BarcodeRow


@dataclass(frozen=True, slots=True)
class ReceiptDocument:
    """A receipt, a report or a slip.

    Attributes:
        kind: what it is.
        title: for lists, file names and pages; not printed.
        number: of the receipt at this till.
        made_at: moment of the sale, refund or correction, in the zone of the place.
        seller: head and foot.
        cashier: name.
        original: what is given back or corrected.
        reason: of a refund.
        correction: of a correction.
        lines: products.
        totals: sums.
        taxes: by rate.
        payments: parts that were paid.
        loyalty: the guest's card.
        fiscal: answer of the fiscal register.
        rows: everything else, in order: reports and slips consist of these alone.
        qr: a code for the guest, below everything.
        is_copy: marked as a copy in large letters.
    """

    kind: ReceiptKind
    title: Word = ""
    number: Word = ""
    made_at: datetime | None = None
    seller: Seller | None = None
    cashier: Word = ""
    original: Original | None = None
    reason: Word = ""
    correction: Correction | None = None
    lines: Annotated[tuple[Line, ...], Sized(0, 1000)] = ()
    totals: Totals | None = None
    taxes: Annotated[tuple[Tax, ...], Sized(0, 20)] = ()
    payments: Annotated[tuple[Payment, ...], Sized(0, 50)] = ()
    loyalty: Loyalty | None = None
    fiscal: Fiscal | None = None
    rows: Annotated[tuple[Row, ...], Sized(0, 2000)] = ()
    qr: QrRow | None = None
    is_copy: bool = False


class BadReceipt(FinalError):
    """A receipt document or template that cannot be read.

    Args:
        pointer: JSON pointer (RFC 6901) of what is wrong; empty for the whole.
        ru: reason in Russian, without a full stop.
        en: reason in English.
    """

    code = "receipt.bad"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Документ чека не годится.",
        "en": "The receipt document is not usable.",
    }

    def __init__(self, pointer: str, ru: str, en: str) -> None:
        super().__init__(f"{pointer}: {en}" if pointer else en)
        self.pointer = pointer
        self._reasons: dict[Language, str] = {"ru": ru, "en": en}

    @override
    def text(self, lang: Language = "ru") -> str:
        """Return where and why: ``/lines/0/name: нужен текст, а не число``."""
        reason = self._reasons.get(lang, self._reasons["en"])
        return f"{self.pointer}: {reason}" if self.pointer else reason
