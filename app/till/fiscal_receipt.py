"""A paid sale and a refund as the receipts that a fiscal register is given.

A line's discount and its share of the points lower its price; they are never a payment (FNS letter
30.04.2021 AB-4-20/6093). The cash rounding is a discount of the whole check. A refund takes the prices
that the sale's own receipt was made with (reference, 3.6).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.domain.cart import CartLine
from app.domain.catalog import Unit
from app.domain.marking import LineMark
from app.domain.pricing import PricedLine
from app.domain.sale import LoyaltyAction, Refund, RefundLine, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import LineId
from app.kernel.late import LateModule
from app.kernel.money import MILLI
from app.kernel.text import clean_line, format_points
from app.till import fiscal_texts

if TYPE_CHECKING:
    from app.till.fiscal_port import Emit
    from drivers.api import fiscal
else:
    fiscal = LateModule("drivers.api.fiscal")  # a till without a register never loads it

NAME_MAX: Final = 128  # tag 1030
OPERATOR_MAX: Final = 64  # tag 1021
SIGN_MAX: Final = 16  # tag 1192
#: Keys of the register's table of rates by the line's rate in basis points.
_VAT: Final[Mapping[int | None, str]] = {
    None: "none",
    0: "vat0",
    500: "vat5",
    700: "vat7",
    1000: "vat10",
    2000: "vat20",
    2200: "vat22",
}
_PAYMENTS: Final = {
    TenderKind.CASH: "cash",
    TenderKind.CARD: "card",
    TenderKind.SBP: "card",  # cashless money, tag 1081
    TenderKind.GIFT_CARD: "prepaid",  # an offset of an advance, tag 1215
}


def operator_of(name: str) -> "fiscal.Operator":
    """Return who is named on a document."""
    return fiscal.Operator(clean_line(name, OPERATOR_MAX) or fiscal_texts.CASHIER.ru)


def sale_receipt(sale: Sale, taxation: str) -> "fiscal.FiscalReceipt":
    """Return the receipt of a paid sale.

    Raises:
        FinalError: A line has a rate of VAT that no register knows.
    """
    return fiscal.FiscalReceipt(
        kind=fiscal.ReceiptKind.SELL,
        operator=operator_of(sale.cashier_name),
        taxation=fiscal.Taxation(taxation),
        items=tuple(
            _item(line, cost) for line, cost in zip(sale.lines, sale.priced.lines, strict=True)
        ),
        payments=_payments(sale.tenders),
        discount_minor=sale.rounding_minor,
        notes=tuple(_notes(sale)),
        place="",
    )


def refund_receipt(
    refund: Refund,
    sale: Sale,
    made: "fiscal.FiscalReceipt",
    before: Sequence[Refund],
    emit: "Emit",
    sign: str = "",
) -> "fiscal.FiscalReceipt":
    """Return the receipt of a refund.

    Args:
        refund: What is given back; its lines, or a sum without lines.
        sale: Of which sale.
        made: The sale's own receipt.
        before: Earlier refunds of the sale.
        emit: See `FiscalHouse.emit`.
        sign: The fiscal sign of the sale's document, '' if it is not known.

    Raises:
        DriverError: No positions give this sum.
    """
    wanted = _wanted(refund, sale, made, before)
    positions = [item for _, item in emit(wanted)]
    return replace(
        made,
        kind=fiscal.ReceiptKind.SELL_REFUND,
        operator=operator_of(refund.cashier_name),
        items=tuple(positions),
        payments=_payments(refund.tenders),
        discount_minor=0,
        points_minor=0,
        contact=None,
        paper=True,
        attribute=sign[:SIGN_MAX],
        notes=(),
        check_marks=True,
    )


# -------------------------------------------------------------- the sale
def _item(line: CartLine, cost: PricedLine) -> "fiscal.FiscalItem":
    vat = _VAT.get(cost.tax_percent_bp)
    if vat is None:
        percent = format(cost.tax_percent_bp or 0, "d")
        raise fiscal_texts.VAT_UNKNOWN.fill(name=line.name, bp=percent).final("FISCAL_VAT_UNKNOWN")
    measure = fiscal.Measure.KILOGRAM if line.unit is Unit.WEIGHT else fiscal.Measure.PIECE
    mark = line.mark
    return fiscal.FiscalItem(
        name=_name(line),
        price_minor=line.unit_price_minor,
        quantity_milli=line.quantity_milli,
        vat=vat,
        subject=_subject(mark),
        measure=measure,
        discount_minor=cost.discount_minor + cost.points_minor,
        mark=_mark(mark, fiscal.MarkPlan.PIECE_SOLD),
        industry=_evidence(mark),
    )


def _name(line: CartLine) -> str:
    parts = [f"{line.name}, {line.variant_name}" if line.variant_name else line.name]
    parts += [
        f"{option.name} x{option.quantity}" if option.quantity > 1 else option.name
        for option in line.options
    ]
    return clean_line(" + ".join(parts), NAME_MAX) or clean_line(str(line.product_id), NAME_MAX)


def _subject(mark: LineMark | None) -> "fiscal.Subject":
    """Return what is sold (tag 1212): marked goods are named so even if their code was unreadable."""
    if mark is None:
        return fiscal.Subject.COMMODITY
    if mark.has_code:
        return fiscal.Subject.COMMODITY_WITH_MARK
    return fiscal.Subject.COMMODITY_WITHOUT_MARK


def _mark(mark: LineMark | None, plan: "fiscal.MarkPlan") -> "fiscal.ItemMark | None":
    if mark is None or not mark.has_code:
        return None
    return fiscal.ItemMark(mark.code.encode("utf-8"), plan)


def _evidence(mark: LineMark | None) -> "tuple[fiscal.IndustryNote, ...]":
    found = mark.evidence if mark is not None and mark.has_code else None
    if found is None:
        return ()
    return (fiscal.IndustryNote(found.federal_id, found.date, found.number, found.value),)


def _payments(tenders: Iterable[Tender]) -> "tuple[fiscal.FiscalPayment, ...]":
    return tuple(
        fiscal.FiscalPayment(fiscal.PaymentKind(_PAYMENTS[tender.kind]), tender.amount_minor)
        for tender in tenders
        if tender.amount_minor
    )


def _notes(sale: Sale) -> Iterable[str]:
    """Return what the guest wants to know and the tax office does not."""
    loyalty = sale.loyalty
    if loyalty is None:
        return
    if loyalty.action is LoyaltyAction.SPEND and loyalty.spend_minor:
        yield fiscal_texts.NOTE_SPENT.fill(points=format_points(loyalty.spend_minor)).ru
    if loyalty.earn_minor:
        yield fiscal_texts.NOTE_EARNED.fill(points=format_points(loyalty.earn_minor)).ru


# -------------------------------------------------------------- the refund
def _wanted(
    refund: Refund, sale: Sale, made: "fiscal.FiscalReceipt", before: Sequence[Refund]
) -> "fiscal.FiscalReceipt":
    """Return the sale's lines, or what goes back of them, with discounts down to the money."""
    if not before and refund.amount_minor == sale.due_minor and _is_whole(refund, sale):
        return replace(made, items=tuple(_back(item) for item in made.items))
    if refund.lines:
        return _lines_back(refund.lines, sale, made)
    return _sum_back(refund.amount_minor, sale, made, before)


def _is_whole(refund: Refund, sale: Sale) -> bool:
    given = {line.line_id: line.quantity_milli for line in refund.lines}
    return all(given.get(line.line_id) == line.quantity_milli for line in sale.lines)


def _back(item: "fiscal.FiscalItem") -> "fiscal.FiscalItem":
    mark = item.mark
    if mark is None:
        return item
    returned = {
        fiscal.MarkPlan.PIECE_SOLD: fiscal.MarkPlan.PIECE_RETURNED,
        fiscal.MarkPlan.MEASURED_SOLD: fiscal.MarkPlan.MEASURED_RETURNED,
    }
    plan = returned.get(mark.plan, mark.plan)
    return replace(item, mark=replace(mark, plan=plan, check=None), industry=())


def _lines_back(
    lines: Iterable[RefundLine], sale: Sale, made: "fiscal.FiscalReceipt"
) -> "fiscal.FiscalReceipt":
    items = dict(zip((line.line_id for line in sale.lines), made.items, strict=True))
    parts = [_part(_back(items[x.line_id]), x.quantity_milli, x.amount_minor) for x in lines]
    return replace(made, items=tuple(parts), discount_minor=0, points_minor=0)


def _sum_back(
    amount_minor: int, sale: Sale, made: "fiscal.FiscalReceipt", before: Sequence[Refund]
) -> "fiscal.FiscalReceipt":
    """Give a sum back of what is left of every line, in proportion: rates of VAT keep their shares."""
    rests = _rests(sale, before)
    items = [
        _part(replace(item, mark=None, industry=()), *rest)
        for item, line in zip(made.items, sale.lines, strict=True)
        if (rest := rests[line.line_id])[1] > 0
    ]
    items = [
        replace(item, subject=fiscal.Subject.COMMODITY)
        if item.subject is fiscal.Subject.COMMODITY_WITH_MARK
        else item
        for item in items
    ]
    left = sum(rests[line.line_id][1] for line in sale.lines)
    return replace(made, items=tuple(items), discount_minor=left - amount_minor, points_minor=0)


def _rests(sale: Sale, before: Sequence[Refund]) -> dict[LineId, tuple[int, int]]:
    """Return quantity and money of each line that no refund has given back yet; at least a bit."""
    rests = {}
    for line, cost in zip(sale.lines, sale.priced.lines, strict=True):
        given = [x for one in before for x in one.lines if x.line_id == line.line_id]
        quantity = line.quantity_milli - sum(x.quantity_milli for x in given)
        money = cost.total_minor - sum(x.amount_minor for x in given)
        rests[line.line_id] = (quantity or line.quantity_milli, max(0, money))
    return rests


def _part(item: "fiscal.FiscalItem", quantity_milli: int, net_minor: int) -> "fiscal.FiscalItem":
    """Return a quantity of an item at this money."""
    gross = (item.price_minor * quantity_milli + MILLI // 2) // MILLI
    if net_minor > gross:  # a kopeck of rounding that the list price does not give
        price = -(-net_minor * MILLI // quantity_milli)
        item = replace(item, price_minor=price)
        gross = (price * quantity_milli + MILLI // 2) // MILLI
    return replace(item, quantity_milli=quantity_milli, discount_minor=gross - net_minor)
