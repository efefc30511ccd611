"""What is wrong with a receipt, in one sentence, before anything is sent to a register."""

import datetime as dt
import re
from collections.abc import Iterable

from drivers.api.fiscal import (
    INN_LENGTHS,
    ITEM_NAME_MAX,
    ITEMS_MAX,
    MARK_MAX_BYTES,
    QUANTITY_ONE_MILLI,
    FiscalItem,
    FiscalReceipt,
    ItemMark,
    Operator,
)
from drivers.api.fiscal_errors import FiscalInputWrong
from drivers.fiscal.split import settle
from drivers.fiscal.vat import get_rate

AMOUNT_MAX_MINOR = 10**12 - 1  # tag 1020 holds ten digits and two after the point
QUANTITY_MAX_MILLI = 99_999_999  # tag 1023: five digits and three after the point
OPERATOR_NAME_MAX = 64  # tag 1021
CONTACT_MAX = 64  # tag 1008
ATTRIBUTE_MAX = 16  # tag 1192
ITEM_ATTRIBUTE_MAX = 64  # tag 1191
PROPERTY_NAME_MAX, PROPERTY_VALUE_MAX = 64, 256  # tags 1085, 1086
DOCUMENT_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PHONE = re.compile(r"\+\d{10,15}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def check_document_id(document_id: str) -> None:
    """Refuse an id that could not be kept or asked for.

    Raises:
        FiscalInputWrong: it is not 1 to 64 letters, digits, '-', '_' or '.'.
    """
    if not DOCUMENT_ID.fullmatch(document_id):
        raise FiscalInputWrong(
            f"document id {document_id!r} must be 1 to 64 letters, digits, '-', '_' or '.'"
        )


def check_operator(operator: Operator) -> None:
    """Refuse an operator without a name or with a wrong INN.

    Raises:
        FiscalInputWrong: says which.
    """
    _check_text("the operator's name", operator.name, OPERATOR_NAME_MAX)
    _check_inn("the operator's inn", operator.inn)


def check_amount(what: str, amount_minor: int, *, least: int = 0) -> None:
    """Refuse a sum that no document can hold.

    Raises:
        FiscalInputWrong: it is below `least` or has too many digits.
    """
    if not least <= amount_minor <= AMOUNT_MAX_MINOR:
        raise FiscalInputWrong(f"{what} must be {least} to {AMOUNT_MAX_MINOR}, not {amount_minor}")


def check_receipt(receipt: FiscalReceipt, on: dt.date | None = None) -> None:
    """Refuse a receipt that contradicts itself.

    Args:
        receipt: any.
        on: day of the sale; a sale's rates of VAT must be in force then, None looks at no day.

    Raises:
        FiscalInputWrong: the first thing that is wrong.
    """
    check_operator(receipt.operator)
    if not 0 < len(receipt.items) <= ITEMS_MAX:
        raise FiscalInputWrong(f"a receipt has 1 to {ITEMS_MAX} lines, not {len(receipt.items)}")
    dated = None if receipt.kind.is_refund or receipt.kind.is_correction else on
    for number, item in enumerate(receipt.items, 1):
        _check_item(f"line {number}", item, dated)
    check_amount("discount_minor", receipt.discount_minor)
    check_amount("points_minor", receipt.points_minor)
    _check_payments(receipt)
    _check_correction(receipt)
    _check_contact(receipt)
    _check_extras(receipt)


def _check_item(where: str, item: FiscalItem, on: dt.date | None) -> None:
    _check_text(f"{where}: name", item.name, ITEM_NAME_MAX)
    check_amount(f"{where}: price_minor", item.price_minor)
    if not 0 < item.quantity_milli <= QUANTITY_MAX_MILLI:
        raise FiscalInputWrong(
            f"{where}: quantity_milli must be 1 to {QUANTITY_MAX_MILLI}, not {item.quantity_milli}"
        )
    check_amount(f"{where}: discount_minor", item.discount_minor)
    check_amount(f"{where}: floor_minor", item.floor_minor)
    try:
        get_rate(item.vat, on)
    except FiscalInputWrong as error:
        raise FiscalInputWrong(f"{where}: {error.detail}") from error
    _check_text(f"{where}: attribute", item.attribute, ITEM_ATTRIBUTE_MAX, least=0)
    if item.mark is not None:
        _check_mark(where, item.mark, item.quantity_milli)


def _check_mark(where: str, mark: ItemMark, quantity_milli: int) -> None:
    if not 0 < len(mark.code) <= MARK_MAX_BYTES:
        raise FiscalInputWrong(f"{where}: a marking code has 1 to {MARK_MAX_BYTES} bytes")
    if quantity_milli != QUANTITY_ONE_MILLI and not quantity_milli % QUANTITY_ONE_MILLI:
        raise FiscalInputWrong(f"{where}: one marking code is one piece, not {quantity_milli}")
    if mark.part is not None and not 0 < mark.part[0] < mark.part[1]:
        raise FiscalInputWrong(f"{where}: part {mark.part} of a pack is no fraction")


def _check_payments(receipt: FiscalReceipt) -> None:
    for number, payment in enumerate(receipt.payments, 1):
        check_amount(f"payment {number}: amount_minor", payment.amount_minor)
    total = sum(position.amount_minor for position in settle(receipt))
    paid = sum(payment.amount_minor for payment in receipt.payments)
    if paid != total:
        raise FiscalInputWrong(
            f"payments are {paid}, but the lines less discounts and points are {total}"
        )
    check_amount("the total", total)


def _check_correction(receipt: FiscalReceipt) -> None:
    correction = receipt.correction
    if receipt.kind.is_correction != (correction is not None):
        raise FiscalInputWrong(f"{receipt.kind} and correction data do not go together")
    if correction is None:
        return
    try:
        dt.date.fromisoformat(correction.base_date)
    except ValueError as error:
        raise FiscalInputWrong(f"correction: base_date: {error}") from error
    if correction.by_order and not correction.base_number:
        raise FiscalInputWrong("correction: an order of the tax office has a number")


def _check_contact(receipt: FiscalReceipt) -> None:
    contact = receipt.contact
    if contact is None or not contact.address:
        if not receipt.paper:
            raise FiscalInputWrong("a receipt without paper needs the buyer's e-mail or phone")
    elif len(contact.address) > CONTACT_MAX or not (
        _PHONE.fullmatch(contact.address) or _EMAIL.fullmatch(contact.address)
    ):
        raise FiscalInputWrong("the buyer's contact is neither +phone nor e-mail")
    if contact is not None:
        _check_inn("the buyer's inn", contact.inn)


def _check_extras(receipt: FiscalReceipt) -> None:
    _check_text("attribute", receipt.attribute, ATTRIBUTE_MAX, least=0)
    if receipt.property is not None:
        _check_text("property name", receipt.property[0], PROPERTY_NAME_MAX)
        _check_text("property value", receipt.property[1], PROPERTY_VALUE_MAX)
    for date in _dates(receipt):
        try:
            dt.date.fromisoformat(date)
        except ValueError as error:
            raise FiscalInputWrong(f"industry: date: {error}") from error


def _dates(receipt: FiscalReceipt) -> Iterable[str]:
    yield from (note.date for note in receipt.industry)
    for item in receipt.items:
        yield from (note.date for note in item.industry)


def _check_text(what: str, text: str, length_max: int, *, least: int = 1) -> None:
    if not least <= len(text.strip()) or len(text) > length_max:
        raise FiscalInputWrong(f"{what} must have {least} to {length_max} letters, not {text!r}")
    if not text.isprintable():
        raise FiscalInputWrong(f"{what} has a character that cannot be printed: {text!r}")


def _check_inn(what: str, inn: str) -> None:
    if inn and not (inn.isascii() and inn.isdigit() and len(inn) in INN_LENGTHS):
        raise FiscalInputWrong(f"{what} must have 10 or 12 digits, not {inn!r}")
