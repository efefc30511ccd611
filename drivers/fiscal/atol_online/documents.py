"""A receipt as ATOL Online takes it. v4 and v5 differ in names and in what FFD 1.05 cannot say.

Sources: public clients of ATOL Online: sushi-market/atol-online-sdk (v5) and
MyBook/django-atol (v4); base64 of marking codes: tests of two public clients.
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.api.errors import NotSupported
from drivers.api.fiscal import (
    Contact,
    FiscalReceipt,
    IndustryNote,
    ItemMark,
    MarkPlan,
    Measure,
    PaymentKind,
    ReceiptKind,
    Subject,
)
from drivers.api.fiscal_errors import FiscalInputWrong
from drivers.api.marking import MarkFormat, MarkUnreadable
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.fiscal.checks import check_receipt
from drivers.fiscal.exact import JsonValue, dump, roubles, units
from drivers.fiscal.marking.codes import parse_mark
from drivers.fiscal.split import Position, settle
from drivers.fiscal.vat import get_rate

Body = dict[str, JsonValue]

# Tags 1031, 1081, 1215, 1216, 1217.
PAYMENT_TYPES: Mapping[PaymentKind, int] = {
    PaymentKind.CASH: 0,
    PaymentKind.CARD: 1,
    PaymentKind.PREPAID: 2,
    PaymentKind.CREDIT: 3,
    PaymentKind.OTHER: 4,
}
# v5: the values of tag 1212. v4: names; what FFD 1.05 does not know becomes its nearest kind.
SUBJECTS: Mapping[Subject, tuple[str, int]] = {
    Subject.COMMODITY: ("commodity", 1),
    Subject.EXCISE: ("excise", 2),
    Subject.JOB: ("job", 3),
    Subject.SERVICE: ("service", 4),
    Subject.PAYMENT: ("payment", 10),
    Subject.AGENT_COMMISSION: ("agent_commission", 11),
    Subject.PAY: ("another", 12),
    Subject.ANOTHER: ("another", 13),
    Subject.EXCISE_WITHOUT_MARK: ("excise", 30),
    Subject.EXCISE_WITH_MARK: ("excise", 31),
    Subject.COMMODITY_WITHOUT_MARK: ("commodity", 32),
    Subject.COMMODITY_WITH_MARK: ("commodity", 33),
}
# v4 takes free text of up to 16 letters (tag 1197).
UNITS: Mapping[Measure, str] = {
    Measure.PIECE: "шт",
    Measure.GRAM: "г",
    Measure.KILOGRAM: "кг",
    Measure.TON: "т",
    Measure.CENTIMETRE: "см",
    Measure.DECIMETRE: "дм",
    Measure.METRE: "м",
    Measure.SQUARE_CENTIMETRE: "кв. см",
    Measure.SQUARE_DECIMETRE: "кв. дм",
    Measure.SQUARE_METRE: "кв. м",
    Measure.MILLILITRE: "мл",
    Measure.LITRE: "л",
    Measure.CUBIC_METRE: "куб. м",
    Measure.DAY: "сутки",
    Measure.HOUR: "час",
    Measure.MINUTE: "мин",
    Measure.SECOND: "с",
    Measure.OTHER: "ед",
}
_UNKNOWN_MARK_MAX = 32  # tag 1300


@dataclass(frozen=True, slots=True)
class OnlineDocument:
    """What is posted: the operation is a part of the path, the content a part of the body."""

    operation: str
    content: Body
    total_minor: int

    @property
    def digest(self) -> str:
        """Tells another document under the same id; settings beside the document do not count."""
        names = ("receipt", "correction")
        said = {name: part for name, part in self.content.items() if name in names}
        text = f"{self.operation} {dump(said)}"
        return hashlib.sha256(text.encode()).hexdigest()

    def body(self, external_id: str, timestamp: str) -> bytes:
        """Return the bytes to post; they are kept and posted again while their fate is unknown."""
        head: Body = {"external_id": external_id, "timestamp": timestamp}
        return dump({**head, **self.content}).encode()


def build_document(
    receipt: FiscalReceipt, options: OnlineOptions, version: Version, on: dt.date | None = None
) -> OnlineDocument:
    """Build the document of a receipt of any kind.

    Args:
        receipt: discounts and points are spread here.
        options: the company.
        version: of the interface.
        on: day that the rates of VAT must be in force on, None for no check.

    Raises:
        FiscalInputWrong: the receipt contradicts itself, or this version cannot say it.
        NotSupported: this version has no such operation.
    """
    check_receipt(receipt, on)
    positions = settle(receipt)
    total_minor = sum(position.amount_minor for position in positions)
    if version is Version.V4 and receipt.kind is ReceiptKind.SELL_REFUND_CORRECTION:
        raise NotSupported("ATOL Online v4 has no correction of a refund, use v5")
    content: Body = (
        {"service": {"callback_url": options.callback_url}} if options.callback_url else {}
    )
    if version is Version.V5 and options.ism_optional:
        content["ism_optional"] = True
    if version is Version.V4 and receipt.kind.is_correction:
        content["correction"] = _sums_only(receipt, options, positions)
    else:
        name = "correction" if receipt.kind.is_correction else "receipt"
        content[name] = _whole(receipt, options, version, positions, total_minor)
    return OnlineDocument(receipt.kind.value, content, total_minor)


def _whole(
    receipt: FiscalReceipt,
    options: OnlineOptions,
    version: Version,
    positions: Sequence[Position],
    total_minor: int,
) -> Body:
    items = [_item(position, version) for position in positions]
    body: Body = {
        **_client(receipt.contact, options, version),
        "company": _company(receipt, options),
        **_correction(receipt),
        "items": items,
        "payments": _payments(receipt, total_minor),
        "vats": _vats(positions),
        "total": roubles(total_minor),
        **_cashier(receipt, version),
    }
    if receipt.attribute:
        body["additional_check_props"] = receipt.attribute
    if receipt.property is not None:
        name, value = receipt.property
        body["additional_user_props"] = {"name": name, "value": value}
    if options.device_number:
        body["device_number"] = options.device_number
    if version is Version.V5:
        if receipt.industry:
            body["sectoral_check_props"] = _sectoral(receipt.industry)
        if receipt.internet:
            body["internet"] = True
    return body


def _sums_only(
    receipt: FiscalReceipt, options: OnlineOptions, positions: Sequence[Position]
) -> Body:
    """Write a correction of FFD 1.05: no items, no further properties."""
    total_minor = sum(position.amount_minor for position in positions)
    return {
        "company": _company(receipt, options),
        **_correction(receipt),
        "payments": _payments(receipt, total_minor),
        "vats": _vats(positions),
        "cashier": receipt.operator.name,
    }


def _client(contact: Contact | None, options: OnlineOptions, version: Version) -> Body:
    """Name the buyer; v4 must have an address, so the company's stands in for an unknown guest."""
    address = contact.address if contact is not None else ""
    if not address and version is Version.V4:
        address = options.email
    fields: Body = {}
    if address:
        fields["phone" if address.startswith("+") else "email"] = address
    if contact is not None and contact.name:
        fields["name"] = contact.name
    if contact is not None and contact.inn:
        fields["inn"] = contact.inn
    return {"client": fields} if fields else {}


def _company(receipt: FiscalReceipt, options: OnlineOptions) -> Body:
    return {
        "email": options.email,
        "sno": receipt.taxation.value,
        "inn": options.inn,
        "payment_address": receipt.place or options.payment_address,
    }


def _correction(receipt: FiscalReceipt) -> Body:
    correction = receipt.correction
    if correction is None:
        return {}
    info: Body = {
        "type": "instruction" if correction.by_order else "self",
        "base_date": _date(correction.base_date),
    }
    if correction.base_number:
        info["base_number"] = correction.base_number
    return {"correction_info": info}


def _item(position: Position, version: Version) -> Body:
    item = position.item
    name, number = SUBJECTS[item.subject]
    vat = get_rate(item.vat)
    body: Body = {
        "name": item.name,
        "price": roubles(position.price_minor),
        "quantity": units(position.quantity_milli),
        "sum": roubles(position.amount_minor),
        "payment_method": item.settlement.value,
        "vat": {"type": vat.id, "sum": roubles(vat.part_of(position.amount_minor))},
    }
    if item.attribute:
        body["user_data"] = item.attribute
    if version is Version.V4:
        if item.mark is not None:
            raise FiscalInputWrong("marked goods need FFD 1.2: use ATOL Online v5")
        return {**body, "measurement_unit": UNITS[item.measure], "payment_object": name}
    body |= {"measure": int(item.measure), "payment_object": number}
    if item.mark is not None:
        body |= _mark(item.mark)
    if item.industry:
        body["sectoral_item_props"] = _sectoral(item.industry)
    return body


def _mark(mark: ItemMark) -> Body:
    body: Body = {"mark_processing_mode": "0", "mark_code": _mark_code(mark.code)}
    if mark.part is not None:
        body["mark_quantity"] = {"numerator": mark.part[0], "denominator": mark.part[1]}
    if mark.plan is not MarkPlan.UNCHANGED:
        body["planned_status"] = int(mark.plan)
    return body


def _mark_code(code: bytes) -> Body:
    """Name the form of a code; one that we cannot read goes as unknown, the register decides."""
    try:
        mark = parse_mark(code)
    except MarkUnreadable:
        text = code.decode("latin-1")[:_UNKNOWN_MARK_MAX]
        return {"unknown": text}
    if mark.format in (MarkFormat.GS1M, MarkFormat.SHORT):
        return {mark.format.value: base64.b64encode(mark.text.encode()).decode("ascii")}
    return {mark.format.value: mark.serial or mark.text}


def _sectoral(notes: Sequence[IndustryNote]) -> list[Body]:
    return [
        {
            "federal_id": note.federal_id,
            "date": _date(note.date),
            "number": note.number,
            "value": note.value,
        }
        for note in notes
    ]


def _payments(receipt: FiscalReceipt, total_minor: int) -> list[Body]:
    """One payment a kind; a receipt paid by points alone carries 1217 with zero (3.3)."""
    if total_minor == 0:
        return [{"type": PAYMENT_TYPES[PaymentKind.OTHER], "sum": roubles(0)}]
    sums = {
        kind: sum(item.amount_minor for item in receipt.payments if item.kind is kind)
        for kind in PaymentKind
    }
    return [
        {"type": PAYMENT_TYPES[kind], "sum": roubles(amount)}
        for kind, amount in sums.items()
        if amount
    ]


def _vats(positions: Sequence[Position]) -> list[Body]:
    sums: dict[str, int] = {}
    for position in positions:
        vat = get_rate(position.item.vat)
        sums[vat.id] = sums.get(vat.id, 0) + vat.part_of(position.amount_minor)
    return [{"type": name, "sum": roubles(amount)} for name, amount in sums.items()]


def _cashier(receipt: FiscalReceipt, version: Version) -> Body:
    body: Body = {"cashier": receipt.operator.name}
    if receipt.operator.inn and version is Version.V5:
        body["cashier_inn"] = receipt.operator.inn
    return body


def _date(iso: str) -> str:
    return dt.date.fromisoformat(iso).strftime("%d.%m.%Y")
