"""What stands below the sums: rows, guest, tax service, code, footer."""

from drivers.api.printer import Barcode, Columns, Feed, Qr, Rule, Text
from drivers.api.receipt import (
    BarcodeRow,
    Fiscal,
    Loyalty,
    PairRow,
    QrRow,
    ReceiptDocument,
    Row,
    RuleRow,
    SpaceRow,
    TextRow,
)
from drivers.receipts import words
from drivers.receipts.elements import Elements, pair, sized
from drivers.receipts.template import ReceiptTemplate, Size


def rows(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """Everything that a document says in its own words."""
    for row in document.rows:
        yield from _row(row, template)


def _row(row: Row, template: ReceiptTemplate) -> Elements:
    match row:
        case TextRow():
            size: Size = "large" if row.is_large else "normal"
            yield sized(row.text, size, row.align, bold=row.is_bold)
        case PairRow():
            # Twice as high but not as wide: amounts up to millions still fit on narrow paper.
            yield pair(row.left, row.right, "tall" if row.is_large else "normal", bold=row.is_bold)
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


def loyalty(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """The guest's card and points."""
    card = document.loyalty
    if card is None:
        return
    shown = template.points
    if shown.holder and card.holder:
        yield Columns(template.word("holder"), card.holder)
    if shown.level and card.level:
        yield Columns(template.word("level"), card.level)
    yield from _point_sums(card, template)
    if shown.code and card.code:
        yield Text(f"{template.word('code')} {card.code}")


def _point_sums(loyalty: Loyalty, template: ReceiptTemplate) -> Elements:
    shown = template.points
    for key, is_shown, hundredths in (
        ("spent", shown.spent, loyalty.spent_minor),
        ("earned", shown.earned, loyalty.earned_minor),
        ("balance", shown.balance, loyalty.balance_minor),
    ):
        if is_shown and hundredths is not None:
            yield Columns(template.word(key), words.points(hundredths, template.lang))


def fiscal(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """What the fiscal register answered, with the code of the tax service."""
    told = document.fiscal
    if told is None:
        return
    if template.fiscal.details:
        yield from _register(told, template)
    yield Columns(template.word("fiscal_date"), words.moment(told.registered_at))
    for key, value in (("fn", told.fn), ("fd", str(told.fd)), ("fp", told.fp)):
        yield Columns(template.word(key), value)
    if told.site:
        yield Columns(template.word("site"), told.site)
    if template.fiscal.qr:
        yield Qr(told.qr_text, template.fiscal.qr_size)


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


def qr(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """The guest's code."""
    if document.qr is not None:
        yield from _qr_row(document.qr, template)


def footer(document: ReceiptDocument, template: ReceiptTemplate) -> Elements:
    """The last words."""
    own = document.seller.footer if document.seller else ()
    for text in (*own, *template.footer):
        if text:
            yield sized(text, template.sizes.footer, "center")


def space(_document: ReceiptDocument, _template: ReceiptTemplate) -> Elements:
    """A blank line."""
    yield Feed(1)
