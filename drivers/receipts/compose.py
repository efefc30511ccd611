"""Receipt document + template -> elements of paper. Pure: the same for each printer, picture and page.

Each part of a receipt is a function that yields its elements; the template says which parts stand where. A rule
is drawn only between two things, so parts without content leave no trace.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from drivers.api.printer import (
    Align,
    Barcode,
    Columns,
    Cut,
    Element,
    Feed,
    Logo,
    OpenDrawer,
    PrintDocument,
    Qr,
    Rule,
    Text,
)
from drivers.api.receipt import (
    BarcodeRow,
    Correction,
    Fiscal,
    Line,
    Loyalty,
    PairRow,
    Payment,
    QrRow,
    ReceiptDocument,
    ReceiptKind,
    Row,
    RuleRow,
    Seller,
    SpaceRow,
    TextRow,
    Totals,
)
from drivers.receipts import words
from drivers.receipts.template import ReceiptTemplate, Size
from drivers.receipts.words import NO_BREAK

Elements = Iterator[Element]
_MULTIPLIERS: Final[dict[Size, tuple[int, int]]] = {
    "normal": (1, 1), "tall": (1, 2), "large": (2, 2),
}  # fmt: skip
PAPER_DOTS: Final = 576
"""Printable dots a line on paper of 80 mm."""
_WHOLE: Final = 1000
_INDENT: Final = "  "


def compose(
    document: ReceiptDocument,
    template: ReceiptTemplate,
    *,
    open_drawer: bool = False,
    dots: int = PAPER_DOTS,
) -> PrintDocument:
    """Return what a printer takes for a receipt, with the cut at its end.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        open_drawer: also pulse the cash drawer before printing.
        dots: printable dots a line, for the logo's size.

    Raises:
        BadReceipt: the template's logo is no picture.
    """
    elements: list[Element] = [OpenDrawer()] if open_drawer else []
    elements.extend(_ruled(document, template, dots))
    elements.append(Cut())
    return PrintDocument(elements, copy_mark=document.is_copy, copy_text=template.word("copy"))


def _ruled(document: ReceiptDocument, template: ReceiptTemplate, dots: int) -> Elements:
    """The parts in order; rules wait until something follows them."""
    has_above = rule_waits = False
    for block in template.blocks:
        if block == "rule":
            rule_waits = has_above
            continue
        is_logo = block == "logo"
        part = _logo(template, dots) if is_logo else _PARTS[block](document, template)
        for element in part:
            if rule_waits and element != Logo():
                yield Rule(template.rule)
                rule_waits = False
            yield element
            has_above = has_above or element != Logo()


def _sized(text: str, size: Size, align: Align = "left", *, bold: bool = False) -> Text:
    width, height = _MULTIPLIERS[size]
    return Text(text, align, width, height, bold)


def _pair(left: str, right: str, size: Size = "normal", *, bold: bool = False) -> Columns:
    width, height = _MULTIPLIERS[size]
    return Columns(left, right, bold, width, height)


# -------------------------------------------------------------- head
def _logo(template: ReceiptTemplate, dots: int) -> Elements:
    """The logo; without a file of its own it is the one that the printer may keep in its memory."""
    if template.logo is None:
        yield Logo()
        return
    from drivers.receipts.logo import logo_image  # noqa: PLC0415 - Pillow: 0.1 s

    yield Logo(logo_image(template.logo, dots))


def _seller(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    seller = document.seller or Seller("")
    if seller.name:
        yield _sized(seller.name, template.sizes.seller, "center", bold=True)
    said = [seller.name]
    for text in (*template.header, *seller.header, seller.address, seller.legal_name):
        # A header written by hand often repeats the name or the address.
        if text and not any(text in other for other in said):
            said.append(text)
            yield Text(text, "center")
    if seller.taxpayer_id:
        yield Text(f"{template.word('taxpayer')} {seller.taxpayer_id}", "center")
    if seller.register_name:
        yield Text(seller.register_name, "center")


def _heading(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    size = template.sizes.heading
    match document.kind:
        case ReceiptKind.REFUND:
            yield from _refund_heading(document, template)
        case ReceiptKind.CORRECTION:
            yield from _correction_heading(document, template)
        case ReceiptKind.SALE if document.number or document.made_at:
            number = f"{template.word('receipt')} {document.number}" if document.number else ""
            yield _pair(number, _moment(document.made_at), size)
    if document.cashier:
        yield _sized(f"{template.word('cashier')} {document.cashier}", size)
    if document.reason:
        yield _sized(f"{template.word('reason')} {document.reason}", size)


def _refund_heading(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    size = template.sizes.heading
    yield Text(template.word("refund"), "center", 2, 2, bold=True)
    if document.number:
        yield _sized(f"{template.word('receipt')} {document.number}", size)
    yield from _original(document, template)
    if document.made_at:
        yield _pair(template.word("refund_date"), words.moment(document.made_at), size)


def _correction_heading(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    size = template.sizes.heading
    correction = document.correction
    key = "correction_refund" if correction and correction.is_refund else "correction"
    yield Text(template.word(key), "center", height_mult=2, bold=True)
    if document.number or document.made_at:
        number = f"{template.word('receipt')} {document.number}" if document.number else ""
        yield _pair(number, _moment(document.made_at), size)
    yield from _original(document, template)
    if correction:
        yield from _correction_base(correction, template)


def _correction_base(correction: Correction, template: ReceiptTemplate) -> Elements:
    base = template.word(f"correction_{correction.base}")
    yield _pair(base, f"{correction.date:%d.%m.%Y}", template.sizes.heading)
    if correction.number:
        number = f"{template.word('document')} {correction.number}"
        yield _sized(number, template.sizes.heading)


def _original(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    original = document.original
    if original is not None and (original.number or original.paid_at):
        number = f"{template.word('original')} {original.number}".rstrip()
        yield _pair(number, _moment(original.paid_at), template.sizes.heading)


def _moment(value: datetime | None) -> str:
    return "" if value is None else words.moment(value)


# -------------------------------------------------------------- products
def _lines(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    for number, line in enumerate(document.lines, 1):
        yield from _line(line, template, f"{number}. " if template.lines.numbers else "")


def _line(line: Line, template: ReceiptTemplate, prefix: str) -> Elements:
    options, size = template.lines, template.sizes.lines
    marked = f"{template.word('marked')} " if line.is_marked else ""
    name = f"{prefix}{marked}{line.name}"
    shown = words.quantity(line.quantity_milli, line.unit)
    amount = words.amount(line.amount_minor)
    if line.price_minor is None:
        yield _pair(f"{name} x {shown}", amount, size)
    elif line.quantity_milli == _WHOLE and not options.single_quantity:
        yield _pair(name, amount, size)
    else:
        yield _sized(name, size)
        yield _pair(f"{_INDENT}{shown} x {words.amount(line.price_minor)}", amount, size)
    yield from _choices(line, template)
    if options.reductions:
        yield from _reductions(line, template)
    if options.tax and line.tax_percent_bp is not None:
        tax = f"{template.word('line_tax')} {words.percent(line.tax_percent_bp)}"
        yield _sized(f"{_INDENT}{tax}", size)


def _choices(line: Line, template: ReceiptTemplate) -> Elements:
    options, size = template.lines, template.sizes.lines
    for modifier in line.modifiers if options.modifiers else ():
        times = f" x {modifier.quantity}" if modifier.quantity > 1 else ""
        name = f"{_INDENT}+ {modifier.name}{times}"
        if options.modifier_prices and modifier.price_minor:
            price = words.amount(modifier.price_minor * modifier.quantity)
            # In brackets beside the name: it is contained in the amount above, not added to it.
            name = f"{name} ({price})"
        yield _sized(name, size)
    if line.note and options.notes:
        yield _sized(f"{_INDENT}{line.note}", size)


def _reductions(line: Line, template: ReceiptTemplate) -> Elements:
    size = template.sizes.lines
    if line.discount_minor:
        name = line.discount_name or template.word("line_discount")
        yield _pair(f"{_INDENT}{name}", words.amount(-line.discount_minor), size)
    if line.points_minor:
        name = f"{_INDENT}{template.word('line_points')}"
        yield _pair(name, words.amount(-line.points_minor), size)


# -------------------------------------------------------------- sums
def _totals(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    totals = document.totals
    if totals is None:
        return
    yield from _before_total(totals, template)
    key = "refund_total" if document.kind is ReceiptKind.REFUND else "total"
    yield _pair(template.word(key), words.amount(totals.due_minor), template.sizes.total, bold=True)


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


def _payments(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    for payment in document.payments:
        yield from _payment(payment, template)


def _payment(payment: Payment, template: ReceiptTemplate) -> Elements:
    name = payment.name or template.word(payment.kind.value)
    yield Columns(name, words.amount(payment.amount_minor))
    if payment.change_minor:
        received = f"{_INDENT}{template.word('received')}"
        yield Columns(received, words.amount(payment.received_minor))
        change = f"{_INDENT}{template.word('change')}"
        yield Columns(change, words.amount(payment.change_minor))
    details = (
        payment.masked_pan.replace(" ", NO_BREAK),
        f"RRN{NO_BREAK}{payment.rrn}" if payment.rrn else "",
        f"{template.word('auth_code')}{NO_BREAK}{payment.auth_code}" if payment.auth_code else "",
    )
    if any(details):
        yield Text(_INDENT + _INDENT.join(detail for detail in details if detail))


def _taxes(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    for tax in document.taxes:
        if tax.percent_bp is None:
            yield Columns(tax.name or template.word("tax_free"), words.amount(tax.base_minor))
        else:
            name = tax.name or f"{template.word('tax')} {words.percent(tax.percent_bp)}"
            yield Columns(name, words.amount(tax.amount_minor))


# -------------------------------------------------------------- rows, guest, tax service, end
def _rows(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    for row in document.rows:
        yield from _row(row, template)


def _row(row: Row, template: ReceiptTemplate) -> Elements:
    match row:
        case TextRow():
            size: Size = "large" if row.is_large else "normal"
            yield _sized(row.text, size, row.align, bold=row.is_bold)
        case PairRow():
            # Twice as high but not as wide: amounts up to millions still fit on narrow paper.
            yield _pair(row.left, row.right, "tall" if row.is_large else "normal", bold=row.is_bold)
        case RuleRow():
            yield Rule(template.rule)
        case SpaceRow():
            yield Feed(row.lines)
        case QrRow():
            yield from _qr_row(row, template)
        case BarcodeRow():
            yield Barcode(row.data, row.kind)


def _qr_row(row: QrRow, template: ReceiptTemplate) -> Elements:
    if row.caption:
        yield Text(row.caption, "center")
    yield Qr(row.data, template.qr_size)


def _loyalty(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    loyalty = document.loyalty
    if loyalty is None:
        return
    shown = template.points
    if shown.holder and loyalty.holder:
        yield Columns(template.word("holder"), loyalty.holder)
    if shown.level and loyalty.level:
        yield Columns(template.word("level"), loyalty.level)
    yield from _point_sums(loyalty, template)
    if shown.code and loyalty.code:
        yield Text(f"{template.word('code')} {loyalty.code}")


def _point_sums(loyalty: Loyalty, template: ReceiptTemplate) -> Elements:
    shown = template.points
    for key, is_shown, hundredths in (
        ("spent", shown.spent, loyalty.spent_minor),
        ("earned", shown.earned, loyalty.earned_minor),
        ("balance", shown.balance, loyalty.balance_minor),
    ):
        if is_shown and hundredths is not None:
            yield Columns(template.word(key), words.points(hundredths, template.lang))


def _fiscal(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    fiscal = document.fiscal
    if fiscal is None:
        return
    if template.fiscal.details:
        yield from _register(fiscal, template)
    yield Columns(template.word("fiscal_date"), words.moment(fiscal.registered_at))
    for key, value in (("fn", fiscal.fn), ("fd", str(fiscal.fd)), ("fp", fiscal.fp)):
        yield Columns(template.word(key), value)
    if fiscal.site:
        yield Columns(template.word("site"), fiscal.site)
    if template.fiscal.qr:
        yield Qr(fiscal.qr_text, template.fiscal.qr_size)


def _register(fiscal: Fiscal, template: ReceiptTemplate) -> Elements:
    if fiscal.shift is not None or fiscal.number is not None:
        shift = "" if fiscal.shift is None else f"{template.word('shift')} {fiscal.shift}"
        number = (
            "" if fiscal.number is None else f"{template.word('fiscal_receipt')} {fiscal.number}"
        )
        yield Columns(shift, number)
    for key in ("taxation", "register_number", "serial_number"):
        if value := getattr(fiscal, key):
            yield Columns(template.word(key), value)


def _qr(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    if document.qr is not None:
        yield from _qr_row(document.qr, template)


def _footer(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    own = document.seller.footer if document.seller else ()
    for text in (*own, *template.footer):
        if text:
            yield _sized(text, template.sizes.footer, "center")


def _space(_document: ReceiptDocument, _template: ReceiptTemplate) -> Elements:
    yield Feed(1)


_PARTS: Final[dict[str, Callable[[ReceiptDocument, ReceiptTemplate], Elements]]] = {
    "seller": _seller,
    "heading": _heading,
    "lines": _lines,
    "totals": _totals,
    "payments": _payments,
    "taxes": _taxes,
    "rows": _rows,
    "loyalty": _loyalty,
    "fiscal": _fiscal,
    "qr": _qr,
    "footer": _footer,
    "space": _space,
}
