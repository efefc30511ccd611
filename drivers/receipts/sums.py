"""Products, totals, payments and taxes of a receipt."""

from typing import Final

from drivers.api.printer import Columns, Text
from drivers.api.receipt import Line, Payment, PaymentKind, ReceiptDocument, ReceiptKind, Totals
from drivers.receipts import words
from drivers.receipts.elements import INDENT, Elements, pair, sized
from drivers.receipts.template import ReceiptTemplate
from drivers.receipts.words import NO_BREAK

_WHOLE: Final = 1000
"""Thousandths of one piece."""


def lines(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """The products with their choices, notes and reductions."""
    for number, line in enumerate(document.lines, 1):
        yield from _line(line, template, f"{number}. " if template.lines.numbers else "")


def _line(line: Line, template: ReceiptTemplate, prefix: str) -> Elements:
    options, size = template.lines, template.sizes.lines
    marked = f"{template.word('marked')} " if line.is_marked else ""
    name = f"{prefix}{marked}{line.name}"
    shown = words.quantity(line.quantity_milli, line.unit)
    amount = words.amount(line.amount_minor)
    if line.price_minor is None:
        yield pair(f"{name} x {shown}", amount, size)
    elif line.quantity_milli == _WHOLE and not options.single_quantity:
        yield pair(name, amount, size)
    else:
        yield sized(name, size)
        yield pair(f"{INDENT}{shown} x {words.amount(line.price_minor)}", amount, size)
    yield from _choices(line, template)
    if options.reductions:
        yield from _reductions(line, template)
    if options.tax and line.tax_percent_bp is not None:
        tax = f"{template.word('line_tax')} {words.percent(line.tax_percent_bp)}"
        yield sized(f"{INDENT}{tax}", size)


def _choices(line: Line, template: ReceiptTemplate) -> Elements:
    options, size = template.lines, template.sizes.lines
    for modifier in line.modifiers if options.modifiers else ():
        times = f" x {modifier.quantity}" if modifier.quantity > 1 else ""
        name = f"{INDENT}+ {modifier.name}{times}"
        if options.modifier_prices and modifier.price_minor:
            price = words.amount(modifier.price_minor * modifier.quantity)
            # In brackets beside the name: it is contained in the amount above, not added to it.
            name = f"{name} ({price})"
        yield sized(name, size)
    if line.note and options.notes:
        yield sized(f"{INDENT}{line.note}", size)


def _reductions(line: Line, template: ReceiptTemplate) -> Elements:
    size = template.sizes.lines
    if line.discount_minor:
        name = line.discount_name or template.word("line_discount")
        yield pair(f"{INDENT}{name}", words.amount(-line.discount_minor), size)
    if line.points_minor:
        name = f"{INDENT}{template.word('line_points')}"
        yield pair(name, words.amount(-line.points_minor), size)


def totals(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """Reductions and the total."""
    sums = document.totals
    if sums is None:
        return
    yield from _before_total(sums, template)
    key = "refund_total" if document.kind is ReceiptKind.REFUND else "total"
    yield pair(template.word(key), words.amount(sums.due_minor), template.sizes.total, bold=True)


def _before_total(totals: Totals, template: ReceiptTemplate) -> Elements:
    gross = totals.due_minor if totals.gross_minor is None else totals.gross_minor
    if totals.discount_minor or totals.points_minor or totals.rounding_minor:
        yield Columns(template.word("gross"), words.amount(gross))
    if totals.discount_minor:
        name = totals.discount_name or template.word("discount")
        yield Columns(name, words.amount(-totals.discount_minor))
    if totals.points_minor:
        yield Columns(template.word("points"), words.amount(-totals.points_minor))
    if totals.rounding_minor:
        yield Columns(template.word("rounding"), words.amount(-totals.rounding_minor))


def payments(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """How it was paid, with change and card."""
    for payment in document.payments:
        yield from _payment(payment, template)


def _payment(payment: Payment, template: ReceiptTemplate) -> Elements:
    name = payment.name or template.word(payment.kind.value)
    yield Columns(name, words.amount(payment.amount_minor))
    if payment.change_minor:
        received = f"{INDENT}{template.word('received')}"
        yield Columns(received, words.amount(payment.received_minor))
        change = f"{INDENT}{template.word('change')}"
        yield Columns(change, words.amount(payment.change_minor))
    details = (
        payment.masked_pan.replace(" ", NO_BREAK),
        f"{_number_sign(payment)}{NO_BREAK}{payment.rrn}" if payment.rrn else "",
        f"{template.word('auth_code')}{NO_BREAK}{payment.auth_code}" if payment.auth_code else "",
    )
    if any(details):
        yield Text(INDENT + INDENT.join(detail for detail in details if detail))


def _number_sign(payment: Payment) -> str:
    """The name of a payment's number at the bank: only a card's is an RRN."""
    return "RRN" if payment.kind is PaymentKind.CARD else "№"


def taxes(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """Tax by rate."""
    for tax in document.taxes:
        if tax.percent_bp is None:
            yield Columns(tax.name or template.word("tax_free"), words.amount(tax.base_minor))
        else:
            name = tax.name or f"{template.word('tax')} {words.percent(tax.percent_bp)}"
            yield Columns(name, words.amount(tax.amount_minor))
