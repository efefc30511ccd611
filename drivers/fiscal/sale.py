"""A receipt read from the JSON of a sale, as `python -m drivers fiscal-task` takes it.

::

    {"operator": {"name": "Иванова А.", "inn": "..."}, "taxation": "usn_income",
     "lines": [{"name": "Капучино", "price_minor": 25000, "quantity_milli": 1000, "vat": "none",
                "subject": "commodity"}],
     "discount_minor": 0, "points_minor": 10000,
     "payments": [{"type": "cash", "amount_minor": 15000}]}

Besides these a sale may have ``kind`` (sell, sell_refund), ``contact`` and ``paper``; a line
``settlement``, ``measure`` (number of tag 2108), ``discount_minor`` and ``floor_minor``. Unknown fields
are refused: a misspelt discount must not be overlooked.
"""

import enum
from collections.abc import Mapping
from typing import TypeVar

from drivers.api.fiscal import (
    QUANTITY_ONE_MILLI,
    Contact,
    FiscalItem,
    FiscalPayment,
    FiscalReceipt,
    Measure,
    Operator,
    PaymentKind,
    ReceiptKind,
    Settlement,
    Subject,
    Taxation,
)
from drivers.api.fiscal_errors import FiscalInputWrong

_Choice = TypeVar("_Choice", bound=enum.Enum)
_SALE_FIELDS = {
    "operator",
    "taxation",
    "lines",
    "payments",
    "discount_minor",
    "points_minor",
    "kind",
    "contact",
    "paper",
}
_LINE_FIELDS = {
    "name",
    "price_minor",
    "quantity_milli",
    "vat",
    "subject",
    "settlement",
    "measure",
    "discount_minor",
    "floor_minor",
}
# Taxation systems are also known by the names that ATOL's tasks use.
_TAXATION_NAMES = {"usnIncome": "usn_income", "usnIncomeOutcome": "usn_income_outcome"}


def read_sale(data: object) -> FiscalReceipt:
    """Read a sale; whether its sums agree is looked at by `drivers.fiscal.checks`.

    Raises:
        FiscalInputWrong: the first field that is missing, unknown or of a wrong kind.
    """
    sale = _object("the sale", data, _SALE_FIELDS)
    lines, payments = _list(sale, "lines"), _list(sale, "payments")
    taxation = _text("the sale", sale, "taxation")
    return FiscalReceipt(
        kind=_choice("the sale", sale, "kind", ReceiptKind.SELL),
        operator=_operator(sale.get("operator")),
        taxation=_chosen("taxation", _TAXATION_NAMES.get(taxation, taxation), Taxation),
        items=tuple(_line(f"line {number}", line) for number, line in enumerate(lines, 1)),
        payments=tuple(
            _payment(f"payment {number}", item) for number, item in enumerate(payments, 1)
        ),
        discount_minor=_whole("the sale", sale, "discount_minor", 0),
        points_minor=_whole("the sale", sale, "points_minor", 0),
        contact=Contact(_text("the sale", sale, "contact")) if "contact" in sale else None,
        paper=_flag(sale, "paper"),
    )


def _operator(data: object) -> Operator:
    fields = _object("operator", data, {"name", "inn"})
    return Operator(_text("operator", fields, "name"), _text("operator", fields, "inn", ""))


def _line(where: str, data: object) -> FiscalItem:
    fields = _object(where, data, _LINE_FIELDS)
    return FiscalItem(
        name=_text(where, fields, "name"),
        price_minor=_whole(where, fields, "price_minor"),
        quantity_milli=_whole(where, fields, "quantity_milli", QUANTITY_ONE_MILLI),
        vat=_text(where, fields, "vat"),
        subject=_choice(where, fields, "subject", Subject.COMMODITY),
        settlement=_choice(where, fields, "settlement", Settlement.FULL_PAYMENT),
        measure=_chosen(f"{where}: measure", _whole(where, fields, "measure", 0), Measure),
        discount_minor=_whole(where, fields, "discount_minor", 0),
        floor_minor=_whole(where, fields, "floor_minor", 0),
    )


def _payment(where: str, data: object) -> FiscalPayment:
    fields = _object(where, data, {"type", "amount_minor"})
    kind = _chosen(f"{where}: type", _text(where, fields, "type"), PaymentKind)
    return FiscalPayment(kind, _whole(where, fields, "amount_minor"))


def _object(where: str, data: object, known: set[str]) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise FiscalInputWrong(f"{where} must be an object, not {_shown(data)}")
    unknown = sorted(str(key) for key in data if key not in known)
    if unknown:
        raise FiscalInputWrong(f"{where} has unknown fields: {', '.join(unknown)}")
    return data


def _list(sale: Mapping[str, object], name: str) -> list[object]:
    value = sale.get(name)
    if not isinstance(value, list):
        raise FiscalInputWrong(f"{name} must be a list, not {_shown(value)}")
    return value


def _text(where: str, fields: Mapping[str, object], name: str, default: str | None = None) -> str:
    value = fields.get(name, default)
    if not isinstance(value, str):
        raise FiscalInputWrong(f"{where}: {name} must be text, not {_shown(value)}")
    return value


def _whole(where: str, fields: Mapping[str, object], name: str, default: int | None = None) -> int:
    value = fields.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FiscalInputWrong(f"{where}: {name} must be a whole number, not {_shown(value)}")
    return value


def _flag(sale: Mapping[str, object], name: str) -> bool:
    value = sale.get(name, True)
    if not isinstance(value, bool):
        raise FiscalInputWrong(f"{name} must be true or false, not {_shown(value)}")
    return value


def _choice(where: str, fields: Mapping[str, object], name: str, default: _Choice) -> _Choice:
    if name not in fields:
        return default
    return _chosen(f"{where}: {name}", _text(where, fields, name), type(default))


def _chosen(where: str, value: object, choices: type[_Choice]) -> _Choice:
    try:
        return choices(value)
    except ValueError as error:
        known = ", ".join(str(choice.value) for choice in choices)
        raise FiscalInputWrong(f"{where} {_shown(value)} is none of {known}") from error


def _shown(value: object) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
