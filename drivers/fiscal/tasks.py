"""The one builder of ATOL's JSON tasks (driver 10, FFD 1.2).

The same task goes to the local Web server and to the driver library. Shapes: ATOL's own driver scripts
and KKTServiceLib.Atol, see the names at each table. Sums are decimals with exactly two places, see
`drivers.fiscal.exact`; a task is a plain mapping for `exact.dump`.
"""

import base64
import datetime as dt
from collections.abc import Mapping, Sequence

from drivers.api.fiscal import (
    Contact,
    FiscalItem,
    FiscalReceipt,
    IndustryNote,
    ItemMark,
    MarkPlan,
    Measure,
    Operator,
    PaymentKind,
    ReceiptKind,
    Settlement,
    Subject,
    Taxation,
)
from drivers.api.fiscal_errors import FiscalInputWrong
from drivers.fiscal.checks import check_amount, check_operator, check_receipt
from drivers.fiscal.exact import JsonValue, dump, roubles, units
from drivers.fiscal.split import Position, settle

Task = dict[str, JsonValue]

TASK_BYTES_MAX = 32 * 1024  # driver scripts refuse a longer text
PAYMENTS_ORDER = (  # the driver books money that gives no change first, cash last
    PaymentKind.CARD,
    PaymentKind.PREPAID,
    PaymentKind.CREDIT,
    PaymentKind.OTHER,
    PaymentKind.CASH,
)

# Names of the tasks: driver scripts, KKTServiceLib.Atol Types/Operations.
RECEIPT_TYPES: Mapping[ReceiptKind, str] = {
    ReceiptKind.SELL: "sell",
    ReceiptKind.SELL_REFUND: "sellReturn",
    ReceiptKind.SELL_CORRECTION: "sellCorrection",
    ReceiptKind.SELL_REFUND_CORRECTION: "sellReturnCorrection",
}
PAYMENT_TYPES: Mapping[PaymentKind, str] = {
    PaymentKind.CASH: "cash",
    PaymentKind.CARD: "electronically",
    PaymentKind.PREPAID: "prepaid",
    PaymentKind.CREDIT: "credit",
    PaymentKind.OTHER: "other",
}
_TAXATION: Mapping[Taxation, str] = {
    Taxation.OSN: "osn",
    Taxation.USN_INCOME: "usnIncome",
    Taxation.USN_INCOME_OUTCOME: "usnIncomeOutcome",
    Taxation.ENVD: "envd",
    Taxation.ESN: "esn",
    Taxation.PATENT: "patent",
}
_SUBJECTS: Mapping[Subject, str] = {
    Subject.COMMODITY: "commodity",
    Subject.EXCISE: "excise",
    Subject.JOB: "job",
    Subject.SERVICE: "service",
    Subject.PAYMENT: "payment",
    Subject.AGENT_COMMISSION: "agentCommission",
    Subject.PAY: "pay",
    Subject.ANOTHER: "another",
    Subject.EXCISE_WITHOUT_MARK: "exciseWithoutMarking",
    Subject.EXCISE_WITH_MARK: "exciseWithMarking",
    Subject.COMMODITY_WITHOUT_MARK: "commodityWithoutMarking",
    Subject.COMMODITY_WITH_MARK: "commodityWithMarking",
}
_SETTLEMENTS: Mapping[Settlement, str] = {
    Settlement.FULL_PREPAYMENT: "fullPrepayment",
    Settlement.PREPAYMENT: "prepayment",
    Settlement.ADVANCE: "advance",
    Settlement.FULL_PAYMENT: "fullPayment",
    Settlement.PARTIAL_PAYMENT: "partialPayment",
    Settlement.CREDIT: "credit",
    Settlement.CREDIT_PAYMENT: "creditPayment",
}
_MARK_PLANS: Mapping[MarkPlan, str] = {
    MarkPlan.PIECE_SOLD: "itemPieceSold",
    MarkPlan.MEASURED_SOLD: "itemDryForSale",
    MarkPlan.PIECE_RETURNED: "itemPieceReturn",
    MarkPlan.MEASURED_RETURNED: "itemDryReturn",
    MarkPlan.UNCHANGED: "itemStatusUnchanged",
}


def receipt_task(receipt: FiscalReceipt, on: dt.date | None = None) -> Task:
    """Return the task of a receipt of any kind.

    Args:
        receipt: discounts and points are spread here.
        on: day that the rates of VAT must be in force on, None for no check.

    Raises:
        FiscalInputWrong: the receipt contradicts itself, or its task is too long.
    """
    check_receipt(receipt, on)
    positions = settle(receipt)
    total = sum(position.amount_minor for position in positions)
    task: Task = {
        "type": RECEIPT_TYPES[receipt.kind],
        "taxationType": _TAXATION[receipt.taxation],
        "electronically": not receipt.paper,
        "ignoreNonFiscalPrintErrors": False,
        "operator": _operator(receipt.operator),
        **_correction(receipt),
        **_client(receipt.contact),
        "items": [_position(position) for position in positions] + _extra_items(receipt),
        "payments": _payments(receipt),
        "total": roubles(total),
        **_remote(receipt),
        **({"industryInfo": _industry(receipt.industry)} if receipt.industry else {}),
        **_below(receipt),
    }
    if any(item.mark is not None for item in receipt.items):
        task["validateMarkingCodes"] = receipt.check_marks
    length = len(dump(task).encode())
    if length > TASK_BYTES_MAX:
        raise FiscalInputWrong(f"the task has {length} bytes, a register takes {TASK_BYTES_MAX}")
    return task


def open_shift_task(operator: Operator) -> Task:
    """Open the shift."""
    return _by("openShift", operator)


def close_shift_task(operator: Operator) -> Task:
    """Close the shift, the Z report."""
    return _by("closeShift", operator)


def x_report_task(operator: Operator) -> Task:
    """Print the X report."""
    return _by("reportX", operator)


def copy_last_task(operator: Operator) -> Task:
    """Print a copy of the last receipt."""
    return _by("printLastReceiptCopy", operator)


def cash_in_task(amount_minor: int, operator: Operator) -> Task:
    """Record cash put into the drawer."""
    return _cash("cashIn", amount_minor, operator)


def cash_out_task(amount_minor: int, operator: Operator) -> Task:
    """Record cash taken out of the drawer."""
    return _cash("cashOut", amount_minor, operator)


def continue_print_task() -> Task:
    """Print what was left when the paper ended."""
    return {"type": "continuePrint"}


# Questions, by the name of the task; the Web server asks the same as operations beside its queue.
DEVICE_STATUS: Task = {"type": "getDeviceStatus"}
DEVICE_INFO: Task = {"type": "getDeviceInfo"}
SHIFT_STATUS: Task = {"type": "getShiftStatus"}
SHIFT_TOTALS: Task = {"type": "getShiftTotals"}
FN_INFO: Task = {"type": "getFnInfo"}
FN_STATUS: Task = {"type": "getFnStatus"}
OFD_STATUS: Task = {"type": "ofdExchangeStatus"}


def fn_document_task(number: int) -> Task:
    """Ask the fiscal storage for one document."""
    return {"type": "getFnDocument", "fiscalDocumentNumber": number, "withRawData": False}


def _by(kind: str, operator: Operator) -> Task:
    check_operator(operator)
    return {"type": kind, "operator": _operator(operator)}


def _cash(kind: str, amount_minor: int, operator: Operator) -> Task:
    check_amount("amount_minor", amount_minor, least=1)
    return {**_by(kind, operator), "cashSum": roubles(amount_minor)}


def _operator(operator: Operator) -> Task:
    inn: Task = {"vatin": operator.inn} if operator.inn else {}
    return {"name": operator.name, **inn}


def _client(contact: Contact | None) -> Task:
    if contact is None:
        return {}
    fields = {"emailOrPhone": contact.address, "name": contact.name, "vatin": contact.inn}
    given: Task = {key: value for key, value in fields.items() if value}
    return {"clientInfo": given} if given else {}


def _correction(receipt: FiscalReceipt) -> Task:
    correction = receipt.correction
    if correction is None:
        return {}
    task: Task = {
        "correctionType": "instruction" if correction.by_order else "self",
        "correctionBaseDate": _date(correction.base_date),
    }
    if correction.base_number:
        task["correctionBaseNumber"] = correction.base_number
    return task


def _position(position: Position) -> Task:
    item = position.item
    task: Task = {
        "type": "position",
        "name": item.name,
        "price": roubles(position.price_minor),
        "quantity": units(position.quantity_milli),
        "amount": roubles(position.amount_minor),
        "measurementUnit": _measure(item.measure),
        "paymentMethod": _SETTLEMENTS[item.settlement],
        "paymentObject": _SUBJECTS[item.subject],
        "tax": {"type": item.vat},
    }
    if position.discount_minor:
        task["infoDiscountAmount"] = roubles(position.discount_minor)
    if item.attribute:
        task["additionalAttribute"] = item.attribute
    if item.industry:
        task["industryInfo"] = _industry(item.industry)
    if item.mark is not None:
        task["imcParams"] = mark_params(item.mark, item)
    return task


def _measure(measure: Measure) -> JsonValue:
    return "piece" if measure is Measure.PIECE else int(measure)


def mark_params(mark: ItemMark, item: FiscalItem) -> Task:
    """Return marking parameters of FFD 1.2: KKTServiceLib.Atol, MarkingCodeParams_12."""
    task: Task = {
        "imcType": "auto",
        "imc": base64.b64encode(mark.code).decode("ascii"),
        "itemEstimatedStatus": _MARK_PLANS[mark.plan],
        "imcModeProcessing": 0,
    }
    if mark.part is not None:
        task["itemFractionalAmount"] = f"{mark.part[0]}/{mark.part[1]}"
    if mark.plan in (MarkPlan.MEASURED_SOLD, MarkPlan.MEASURED_RETURNED):
        task["itemQuantity"] = units(item.quantity_milli)
        task["itemUnits"] = _measure(item.measure)
    if mark.check is not None:
        task["itemInfoCheckResult"] = {
            "imcCheckFlag": mark.check.checked,
            "imcCheckResult": mark.check.positive,
            "imcStatusInfo": mark.check.status_known,
            "imcEstimatedStatusCorrect": mark.check.status_correct,
            "ecrStandAloneFlag": mark.check.stand_alone,
        }
    return task


def _industry(notes: Sequence[IndustryNote]) -> list[Task]:
    return [
        {
            "fois": note.federal_id,
            "date": _date(note.date),
            "number": note.number,
            "industryAttribute": note.value,
        }
        for note in notes
    ]


def _extra_items(receipt: FiscalReceipt) -> list[Task]:
    items: list[Task] = []
    if receipt.property is not None:
        name, value = receipt.property
        items.append({"type": "userAttribute", "name": name, "value": value})
    if receipt.attribute:
        items.append({"type": "additionalAttribute", "value": receipt.attribute})
    return items


def _payments(receipt: FiscalReceipt) -> list[Task]:
    """One payment a kind; zeros are left out, a register takes 0.01 at least."""
    sums = {
        kind: sum(item.amount_minor for item in receipt.payments if item.kind is kind)
        for kind in PAYMENTS_ORDER
    }
    return [
        {"type": PAYMENT_TYPES[kind], "sum": roubles(amount)}
        for kind, amount in sums.items()
        if amount
    ]


def _remote(receipt: FiscalReceipt) -> Task:
    task: Task = {"internet": True} if receipt.internet else {}
    if receipt.place:
        task["paymentsPlace"] = receipt.place
    return task


def _below(receipt: FiscalReceipt) -> Task:
    lines: list[Task] = [_text(note) for note in receipt.notes]
    if receipt.points_minor:
        # FNS 26.09.2017 ED-3-20/6387@: the points may be shown in print.
        points = f"{receipt.points_minor // 100},{receipt.points_minor % 100:02d}"
        lines.insert(0, _text(f"Списано баллов: {points}"))
    if receipt.qr:
        lines.append(
            {
                "type": "barcode",
                "barcode": receipt.qr,
                "barcodeType": "QR",
                "scale": 4,
                "alignment": "center",
            }
        )
    return {"postItems": lines} if lines else {}


def _text(text: str) -> Task:
    return {"type": "text", "text": text, "alignment": "left", "wrap": "words"}


def _date(iso: str) -> str:
    return dt.date.fromisoformat(iso).strftime("%Y.%m.%d")
