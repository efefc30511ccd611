"""The head of a receipt: logo, seller, what it is and to what it belongs."""

from datetime import datetime

from drivers.api.printer import Logo, Text
from drivers.api.receipt import (
    Correction,
    ReceiptDocument,
    ReceiptKind,
    Seller,
)
from drivers.receipts import words
from drivers.receipts.elements import Elements, pair, sized
from drivers.receipts.template import ReceiptTemplate


def logo(template: ReceiptTemplate, dots: int) -> Elements:
    """The logo; without a file of its own it is the one that the printer may keep in its memory."""
    if template.logo is None:
        yield Logo()
        return
    from drivers.receipts.logo import logo_image  # noqa: PLC0415 - Pillow: 0.1 s

    yield Logo(logo_image(template.logo, dots))


def seller(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """The place: name, address, company."""
    place = document.seller or Seller("")
    if place.name:
        yield sized(place.name, template.sizes.seller, "center", bold=True)
    said = [place.name]
    for text in (*template.header, *place.header, place.address, place.legal_name):
        # A header written by hand often repeats the name or the address.
        if text and not any(text in other for other in said):
            said.append(text)
            yield Text(text, "center")
    if place.taxpayer_id:
        yield Text(f"{template.word('taxpayer')} {place.taxpayer_id}", "center")
    if place.register_name:
        yield Text(place.register_name, "center")


def heading(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """What the receipt is: number, moment, cashier, original."""
    size = template.sizes.heading
    match document.kind:
        case ReceiptKind.REFUND:
            yield from _refund_heading(document, template)
        case ReceiptKind.CORRECTION:
            yield from _correction_heading(document, template)
        case ReceiptKind.SALE if document.number or document.made_at:
            number = f"{template.word('receipt')} {document.number}" if document.number else ""
            yield pair(number, _moment(document.made_at), size)
    if document.cashier:
        yield sized(f"{template.word('cashier')} {document.cashier}", size)
    if document.reason:
        yield sized(f"{template.word('reason')} {document.reason}", size)


def _refund_heading(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    size = template.sizes.heading
    yield Text(template.word("refund"), "center", 2, 2, bold=True)
    if document.number:
        yield sized(f"{template.word('receipt')} {document.number}", size)
    yield from _original(document, template)
    if document.made_at:
        yield pair(template.word("refund_date"), words.moment(document.made_at), size)


def _correction_heading(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    size = template.sizes.heading
    correction = document.correction
    key = "correction_refund" if correction and correction.is_refund else "correction"
    yield Text(template.word(key), "center", height_mult=2, bold=True)
    if document.number or document.made_at:
        number = f"{template.word('receipt')} {document.number}" if document.number else ""
        yield pair(number, _moment(document.made_at), size)
    yield from _original(document, template)
    if correction:
        yield from _correction_base(correction, template)


def _correction_base(correction: Correction, template: ReceiptTemplate) -> Elements:
    base = template.word(f"correction_{correction.base}")
    yield pair(base, f"{correction.date:%d.%m.%Y}", template.sizes.heading)
    if correction.number:
        number = f"{template.word('document')} {correction.number}"
        yield sized(number, template.sizes.heading)


def _original(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    original = document.original
    if original is not None and (original.number or original.paid_at):
        number = f"{template.word('original')} {original.number}".rstrip()
        yield pair(number, _moment(original.paid_at), template.sizes.heading)


def _moment(value: datetime | None) -> str:
    return "" if value is None else words.moment(value)
