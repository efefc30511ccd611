"""What a register looks at before it makes a receipt; shares no arithmetic with the driver."""

import base64
import binascii
import datetime as dt
from collections.abc import Container, Mapping
from decimal import ROUND_HALF_UP, Decimal

from drivers.fiscal.exact import JsonValue

Json = Mapping[str, JsonValue]

ITEM_NAME_MAX = 128
CENT = Decimal("0.01")
RECEIPTS = {"sell": 1, "sellReturn": 2, "sellCorrection": 1, "sellReturnCorrection": 2}
NEW_RATES_SINCE = dt.date(2026, 1, 1)
RATES = frozenset(
    [
        "none",
        "vat0",
        "vat5",
        "vat7",
        "vat10",
        "vat20",
        "vat22",
        "vat105",
        "vat107",
        "vat110",
        "vat120",
        "vat122",
    ]
)
METHODS = frozenset(
    [
        "fullPrepayment",
        "prepayment",
        "advance",
        "fullPayment",
        "partialPayment",
        "credit",
        "creditPayment",
    ]
)
SUBJECTS = frozenset(
    [
        "commodity",
        "excise",
        "job",
        "service",
        "payment",
        "agentCommission",
        "pay",
        "another",
        "exciseWithoutMarking",
        "exciseWithMarking",
        "commodityWithoutMarking",
        "commodityWithMarking",
    ]
)
TAXATIONS = frozenset(["osn", "usnIncome", "usnIncomeOutcome", "envd", "esn", "patent"])
PAYMENTS = ("cash", "electronically", "prepaid", "credit", "other")
DESCRIPTIONS = {
    2: "Нет связи",
    16: "Некорректная сумма",
    44: "Нет бумаги",
    45: "Открыта крышка",
    68: "Смена превысила 24 часа",
    73: "Смена закрыта, операция невозможна",
    501: "Ошибка парсинга запроса",
}


MARK_NOT_CHECKED = 420


class TaskError(Exception):
    """The register said no; `code` is the driver's."""

    def __init__(self, code: int) -> None:
        super().__init__(f"code {code}")
        self.code = code
        self.description = DESCRIPTIONS.get(code, f"Ошибка {code}")


def check_receipt(
    task: Json, today: dt.date, mark_verdict: int, checked_marks: Container[bytes] = ()
) -> Decimal:
    """Look at all of a receipt but its payments, and return its total.

    Args:
        task: what is to be registered.
        today: for the rates of VAT.
        mark_verdict: what a check of a marking code within the task ends with, 0 if it is good.
        checked_marks: codes that were checked and accepted before.

    Raises:
        TaskError: with the driver's code.
    """
    if task.get("taxationType") not in TAXATIONS:
        raise TaskError(143)
    if str(task["type"]).endswith("Correction"):
        reason = task.get("correctionType")
        base = isinstance(task.get("correctionBaseDate"), str)
        numbered = bool(task.get("correctionBaseNumber"))
        if reason not in ("self", "instruction") or not base:
            raise TaskError(161)
        if reason == "instruction" and not numbered:
            raise TaskError(161)
    items = task.get("items")
    positions = [
        item
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, Mapping) and item.get("type") == "position"
    ]
    if not positions:
        raise TaskError(110)
    amounts = sum((_check_position(item, task, today) for item in positions), Decimal(0))
    marks = [_mark_of(item) for item in positions if "imcParams" in item]
    verdict = mark_verdict if task.get("validateMarkingCodes") is True else MARK_NOT_CHECKED
    if verdict and any(mark not in checked_marks for mark in marks):
        raise TaskError(verdict)
    total = task.get("total", amounts)
    if not isinstance(total, Decimal | int) or not _is_sum(Decimal(total), amounts):
        raise TaskError(227)
    return Decimal(total)


def _check_position(item: Json, task: Json, today: dt.date) -> Decimal:
    name = item.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= ITEM_NAME_MAX:
        raise TaskError(215)
    price, quantity, amount = (as_decimal(item.get(key)) for key in ("price", "quantity", "amount"))
    if price is None or amount is None or price < 0 or price != price.quantize(CENT):
        raise TaskError(16)
    if quantity is None or quantity <= 0 or quantity != quantity.quantize(Decimal("0.001")):
        raise TaskError(17)
    if (price * quantity).quantize(CENT, ROUND_HALF_UP) != amount:
        raise TaskError(16)
    _check_kinds(item, str(task["type"]), today)
    return amount


def _check_kinds(item: Json, kind: str, today: dt.date) -> None:
    tax = item.get("tax")
    rate = tax.get("type") if isinstance(tax, Mapping) else None
    if rate not in RATES:
        raise TaskError(144)
    if kind == "sell" and (
        (rate in ("vat20", "vat120") and today >= NEW_RATES_SINCE)
        or (rate in ("vat22", "vat122") and today < NEW_RATES_SINCE)
    ):
        raise TaskError(144)
    if item.get("paymentMethod") not in METHODS:
        raise TaskError(216)
    if item.get("paymentObject") not in SUBJECTS:
        raise TaskError(217)


def _mark_of(item: Json) -> bytes:
    params = item["imcParams"]
    code = params.get("imc") if isinstance(params, Mapping) else None
    try:
        decoded = base64.b64decode(str(code), validate=True)
    except binascii.Error as error:
        raise TaskError(409) from error
    if not decoded:
        raise TaskError(409)
    return decoded


def check_payments(task: Json, total: Decimal) -> dict[str, Decimal]:
    """Return what is paid by each kind, the change taken off the cash.

    Raises:
        TaskError: with the driver's code.
    """
    paid = dict.fromkeys(PAYMENTS, Decimal(0))
    payments = task.get("payments")
    for payment in payments if isinstance(payments, list) else []:
        kind = payment.get("type") if isinstance(payment, Mapping) else None
        amount = as_decimal(payment.get("sum")) if isinstance(payment, Mapping) else None
        if kind not in PAYMENTS:
            raise TaskError(60)
        if amount is None or amount < CENT:
            raise TaskError(16)
        paid[str(kind)] += amount
    if sum(paid.values()) - paid["cash"] > total:
        raise TaskError(52)
    if sum(paid.values()) < total:
        raise TaskError(66)
    change = sum(paid.values()) - total
    paid["cash"] -= change
    return paid


def as_decimal(value: JsonValue) -> Decimal | None:
    """Return a number exactly, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _is_sum(total: Decimal, amounts: Decimal) -> bool:
    """A total may be less than the amounts by the kopecks of a rouble, else it is their sum."""
    return total == amounts or (total == int(total) and 0 < amounts - total < 1)
