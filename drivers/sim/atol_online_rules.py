"""What the simulated cloud checks: the form of a body at once, its sums when a till makes the document.

Written from public clients of ATOL Online, not from the driver's builder, so that each
checks the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from drivers.api.errors import ProtocolError
from drivers.fiscal.exact import JsonValue, kopecks, load

OPERATIONS_V4 = frozenset(
    {"sell", "sell_refund", "buy", "buy_refund", "sell_correction", "buy_correction"}
)
OPERATIONS_V5 = OPERATIONS_V4 | {"sell_refund_correction", "buy_refund_correction"}
_SNO = frozenset({"osn", "usn_income", "usn_income_outcome", "envd", "esn", "patent"})
_METHODS = frozenset(
    {
        "full_prepayment",
        "prepayment",
        "advance",
        "full_payment",
        "partial_payment",
        "credit",
        "credit_payment",
    }
)
_OBJECTS_V4 = frozenset(
    {"commodity", "excise", "job", "service", "payment", "agent_commission", "another"}
)
_OBJECTS_V5 = frozenset({1, 2, 3, 4, 10, 11, 12, 13, 19, 27, 30, 31, 32, 33})
_MEASURES = frozenset(
    {0, 10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42, 50, 51, 70, 71, 72, 73, 80, 81, 82, 83, 255}
)
_RATES: Mapping[str, tuple[int, int]] = {
    "none": (0, 1),
    "vat0": (0, 1),
    "vat5": (5, 105),
    "vat7": (7, 107),
    "vat10": (10, 110),
    "vat20": (20, 120),
    "vat22": (22, 122),
    "vat105": (5, 105),
    "vat107": (7, 107),
    "vat110": (10, 110),
    "vat120": (20, 120),
    "vat122": (22, 122),
}
_MARKS = frozenset(
    {"unknown", "ean8", "ean13", "itf14", "gs10", "gs1m", "short", "fur", "egais20", "egais30"}
)
_COMMON = frozenset(
    {"client", "company", "items", "payments", "vats", "total", "cashier", "additional_check_props",
     "additional_user_props", "correction_info", "device_number"}
)  # fmt: skip
_V5_ONLY = frozenset(
    {
        "cashier_inn",
        "sectoral_check_props",
        "operating_check_props",
        "internet",
        "timezone",
        "cashless_payments",
    }
)
_ITEM_COMMON = frozenset(
    {"name", "price", "quantity", "sum", "payment_method", "payment_object", "vat", "user_data"}
)
_ITEM_V4 = _ITEM_COMMON | {"measurement_unit"}
_ITEM_V5 = _ITEM_COMMON | {
    "measure", "mark_code", "mark_processing_mode", "mark_quantity", "planned_status", "sectoral_item_props",
}  # fmt: skip
_SUMS_ONLY = frozenset({"company", "correction_info", "payments", "vats", "cashier"})


class BadBodyError(ValueError):
    """The body has not the form of the interface: code 32."""


@dataclass(frozen=True, slots=True)
class DriverFault:
    """A till refused the document: code and words of its driver."""

    code: int
    text: str


def read_body(data: bytes) -> Mapping[str, JsonValue]:
    """Read the JSON of a document.

    Raises:
        BadBodyError: it is no object.
    """
    try:
        return _object("body", load(data))
    except ProtocolError as error:
        raise BadBodyError(f"body: {error.detail}") from error


def check_form(version: str, operation: str, body: Mapping[str, JsonValue]) -> None:
    """Check the form of a document.

    Raises:
        BadBodyError: names the field.
    """
    name = "correction" if operation.endswith("correction") else "receipt"
    allowed = {"external_id", "timestamp", "service", name} | (
        {"ism_optional"} if version == "v5" else set()
    )
    _only("body", body, allowed)
    external_id = body.get("external_id")
    _want("external_id", isinstance(external_id, str) and 0 < len(external_id) <= 128)
    _want("timestamp", isinstance(body.get("timestamp"), str))
    content = _object(name, body.get(name))
    company = _object("company", content.get("company"))
    _only("company", company, {"email", "sno", "inn", "payment_address"})
    _want("company.sno", company.get("sno") in _SNO)
    _want("company.inn", len(str(company.get("inn", ""))) in (10, 12))
    _want("company.payment_address", bool(company.get("payment_address")))
    _check_payments(content)
    if name == "correction":
        _check_correction(content)
    if version == "v4" and name == "correction":
        _only(name, content, _SUMS_ONLY)
        return
    _check_whole(version, name, content)


def find_fault(body: Mapping[str, JsonValue]) -> DriverFault | None:
    """Check the arithmetic as the driver of a till does; None if it is right."""
    content = body.get("receipt", body.get("correction"))
    assert isinstance(content, Mapping)
    if "items" not in content:
        return None
    items = [_object("item", item) for item in _list("items", content)]
    for item in items:
        fault = _fault_of_item(item)
        if fault is not None:
            return fault
    total = _minor("total", content.get("total"))
    if sum(_minor("sum", item.get("sum")) for item in items) != total:
        return DriverFault(227, "Неверный итог чека")
    payments = [_object("payment", entry) for entry in _list("payments", content)]
    paid = sum(_minor("sum", entry.get("sum")) for entry in payments)
    if paid < total:
        return DriverFault(66, "Чек оплачен не полностью")
    cashless = sum(_minor("sum", entry.get("sum")) for entry in payments if entry.get("type") != 0)
    if cashless > total:
        return DriverFault(52, "Сумма безналичных оплат превышает сумму чека")
    return None


def total_of(body: Mapping[str, JsonValue]) -> JsonValue:
    """Return the total that the report tells."""
    content = body.get("receipt", body.get("correction"))
    assert isinstance(content, Mapping)
    if "total" in content:
        return content["total"]
    sums = [
        _minor("sum", _object("payment", entry).get("sum")) for entry in _list("payments", content)
    ]
    return Decimal(sum(sums)).scaleb(-2)


def marks_of(body: Mapping[str, JsonValue]) -> list[int]:
    """Return the positions that have a marking code."""
    content = body.get("receipt", body.get("correction"))
    items = content.get("items", []) if isinstance(content, Mapping) else []
    found = []
    for place, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, Mapping) and "mark_code" in item:
            found.append(place)
    return found


def _fault_of_item(item: Mapping[str, JsonValue]) -> DriverFault | None:
    quantity, price = item.get("quantity"), _minor("price", item.get("price"))
    amount = _minor("sum", item.get("sum"))
    assert isinstance(quantity, int | Decimal)
    if quantity == 0:
        return DriverFault(-3804, "Неверное количество")
    if _rounded(Decimal(price) * Decimal(quantity)) != amount:
        return DriverFault(16, "Неверная сумма позиции")
    vat = _object("vat", item.get("vat"))
    part, whole = _RATES[str(vat.get("type"))]
    if "sum" in vat and _minor("vat.sum", vat["sum"]) != _rounded(Decimal(amount * part) / whole):
        return DriverFault(243, "Неверная сумма налога")
    return None


def _check_whole(version: str, name: str, content: Mapping[str, JsonValue]) -> None:
    _only(name, content, _COMMON | (_V5_ONLY if version == "v5" else frozenset()))
    _check_client(version, content)
    items = _list("items", content)
    _want("items", 0 < len(items) <= 100)
    for number, entry in enumerate(items):
        _check_item(version, f"items[{number}]", _object(f"items[{number}]", entry))
    _minor("total", content.get("total"))
    for entry in _list("vats", content) if "vats" in content else []:
        vat = _object("vats", entry)
        _want("vats.type", vat.get("type") in _RATES)
        _minor("vats.sum", vat.get("sum"))


def _check_client(version: str, content: Mapping[str, JsonValue]) -> None:
    client = content.get("client")
    if client is None:
        _want("client", version == "v5")
        return
    fields = _object("client", client)
    _only("client", fields, {"email", "phone", "name", "inn"})
    _want("client.email", version == "v5" or "email" in fields or "phone" in fields)


def _check_item(version: str, where: str, item: Mapping[str, JsonValue]) -> None:
    _only(where, item, _ITEM_V5 if version == "v5" else _ITEM_V4)
    name = item.get("name")
    _want(f"{where}.name", isinstance(name, str) and 0 < len(name) <= 128)
    _minor(f"{where}.price", item.get("price"))
    _minor(f"{where}.sum", item.get("sum"))
    quantity = item.get("quantity")
    is_number = isinstance(quantity, int | Decimal) and not isinstance(quantity, bool)
    _want(f"{where}.quantity", is_number)
    assert isinstance(quantity, int | Decimal)
    _want(f"{where}.quantity", 0 <= quantity <= 99999 and Decimal(quantity) * 1000 % 1 == 0)
    _want(f"{where}.payment_method", item.get("payment_method") in _METHODS)
    _want(f"{where}.vat", _object(f"{where}.vat", item.get("vat")).get("type") in _RATES)
    _check_kind(version, where, item)


def _check_kind(version: str, where: str, item: Mapping[str, JsonValue]) -> None:
    """v4 has names and free units, v5 has numbers (1.3)."""
    kind = item.get("payment_object")
    if version == "v4":
        unit = item.get("measurement_unit", "")
        _want(f"{where}.payment_object", kind in _OBJECTS_V4)
        _want(f"{where}.measurement_unit", isinstance(unit, str) and len(unit) <= 16)
        return
    _want(f"{where}.payment_object", isinstance(kind, int) and kind in _OBJECTS_V5)
    measure = item.get("measure")
    _want(f"{where}.measure", isinstance(measure, int) and measure in _MEASURES)
    if "mark_code" not in item:
        _want(f"{where}.mark_code", kind not in (31, 33))
        return
    code = _object(f"{where}.mark_code", item["mark_code"])
    _want(f"{where}.mark_code", len(code) == 1 and set(code) <= _MARKS)
    _want(f"{where}.mark_processing_mode", item.get("mark_processing_mode") == "0")


def _check_payments(content: Mapping[str, JsonValue]) -> None:
    payments = _list("payments", content)
    _want("payments", 0 < len(payments) <= 10)
    for entry in payments:
        payment = _object("payments", entry)
        _only("payments", payment, {"type", "sum"})
        kind = payment.get("type")
        _want("payments.type", isinstance(kind, int) and 0 <= kind <= 9)
        _minor("payments.sum", payment.get("sum"))


def _check_correction(content: Mapping[str, JsonValue]) -> None:
    info = _object("correction_info", content.get("correction_info"))
    _only("correction_info", info, {"type", "base_date", "base_number"})
    _want("correction_info.type", info.get("type") in ("self", "instruction"))
    date = str(info.get("base_date", ""))
    _want("correction_info.base_date", len(date) == 10 and date[2] == date[5] == ".")


def _minor(where: str, value: JsonValue) -> int:
    amount = kopecks(value)
    if amount is None or amount < 0 or Decimal(str(value)) * 100 != amount:
        raise BadBodyError(f"{where}: no sum with two places")
    return amount


def _rounded(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def _object(where: str, value: JsonValue) -> Mapping[str, JsonValue]:
    if not isinstance(value, Mapping):
        raise BadBodyError(f"{where}: no object")
    return value


def _list(where: str, content: Mapping[str, JsonValue]) -> list[JsonValue]:
    value = content.get(where)
    if not isinstance(value, list):
        raise BadBodyError(f"{where}: no list")
    return value


def _only(where: str, content: Mapping[str, JsonValue], allowed: frozenset[str] | set[str]) -> None:
    unknown = sorted(set(content) - allowed)
    if unknown:
        raise BadBodyError(f"{where}: unknown field {unknown[0]}")


def _want(where: str, fits: bool) -> None:
    if not fits:
        raise BadBodyError(f"{where}: not allowed")
