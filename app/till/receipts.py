"""Sales, refunds and shifts as receipt documents: the till's facts in the words of `drivers.api.receipt`.

How they look on paper is the template's business; nothing here knows of lines and columns.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Final, Literal

from app.domain.cart import CartLine
from app.domain.catalog import Unit
from app.domain.pricing import PricedLine, TaxSum
from app.domain.sale import LoyaltyAction, Refund, Sale, SaleLoyalty
from app.domain.shift import Shift, ShiftTotals
from app.domain.tender import Tender, TenderKind
from app.kernel.text import format_amount, mask_phone
from drivers.api.receipt import (
    Fiscal,
    Line,
    Loyalty,
    Modifier,
    Original,
    PairRow,
    Payment,
    PaymentKind,
    ReceiptDocument,
    ReceiptKind,
    Row,
    RuleRow,
    Seller,
    Tax,
    TextRow,
    Totals,
)

if TYPE_CHECKING:
    from drivers.api.fiscal import FiscalDocument  # a till without a register never loads it

log = logging.getLogger(__name__)

# Screens and tests take the document's words from here: they know no drivers.
__all__ = [
    "PairRow",
    "ReceiptDocument",
    "ReceiptKind",
    "Row",
    "RuleRow",
    "Seller",
    "TextRow",
    "fiscal_block",
    "refund_document",
    "sale_document",
    "shift_document",
]

TENDER_WORDS: Final = {
    TenderKind.CASH: "Наличными",
    TenderKind.CARD: "Картой",
    TenderKind.SBP: "СБП",
    TenderKind.GIFT_CARD: "Подарочной картой",
}
TAX_SERVICE: Final = "www.nalog.gov.ru"
_UNITS: Final = {Unit.PIECE: "", Unit.WEIGHT: "кг"}


def sale_document(
    sale: Sale,
    seller: Seller,
    zone: tzinfo,
    tax_names: Mapping[str, str] | None = None,
    fiscal: "FiscalDocument | None" = None,
) -> ReceiptDocument:
    """Return the receipt of a paid sale.

    Args:
        sale: A complete sale.
        seller: Head and foot.
        zone: The venue's time zone.
        tax_names: Names of taxes by id, for what is free of VAT.
        fiscal: What the register answered, if the receipt is printed by us and not by the register.
    """
    priced = sale.priced
    return ReceiptDocument(
        ReceiptKind.SALE,
        title=f"Чек № {sale.number}",
        number=str(sale.number),
        made_at=sale.paid_at.astimezone(zone),
        seller=seller,
        cashier=sale.cashier_name,
        lines=tuple(
            _line(line, one) for line, one in zip(sale.lines, sale.priced.lines, strict=True)
        ),
        totals=Totals(
            sale.due_minor,
            priced.gross_minor,
            discount_minor=priced.discount_minor,
            points_minor=priced.points_minor,
            rounding_minor=sale.rounding_minor,
        ),
        taxes=_taxes(priced.taxes, tax_names or {}),
        payments=_payments(sale.tenders),
        loyalty=_loyalty(sale.loyalty),
        fiscal=fiscal_block(fiscal, sale.due_minor),
    )


def refund_document(
    refund: Refund,
    sale: Sale,
    seller: Seller,
    zone: tzinfo,
    fiscal: "FiscalDocument | None" = None,
) -> ReceiptDocument:
    """Return the receipt of a refund, with its link to the original; `fiscal` as for a sale."""
    return ReceiptDocument(
        ReceiptKind.REFUND,
        title=f"Возврат к чеку № {sale.number}",
        made_at=refund.refunded_at.astimezone(zone),
        seller=seller,
        cashier=refund.cashier_name,
        original=Original(str(sale.number), sale.paid_at.astimezone(zone)),
        reason=refund.reason,
        lines=tuple(
            Line(line.name, line.amount_minor, line.quantity_milli) for line in refund.lines
        ),
        totals=Totals(refund.amount_minor),
        payments=_payments(refund.tenders),
        fiscal=fiscal_block(fiscal, refund.amount_minor, sign=2),
    )


def fiscal_block(
    answer: "FiscalDocument | None", total_minor: int, *, sign: Literal[1, 2] = 1
) -> Fiscal | None:
    """Return the fiscal block of a receipt, or None if the register has not told enough for one.

    Args:
        answer: What the register answered.
        total_minor: Of the receipt, where the answer does not tell it.
        sign: 1 for a sale, 2 for a refund.
    """
    if answer is None or not (
        answer.number and answer.fn_number and answer.sign and answer.made_at
    ):
        return None
    try:
        registered_at = datetime.fromisoformat(answer.made_at)
    except ValueError:
        log.warning("the register told no moment: %r", answer.made_at)
        return None
    return Fiscal(
        fn=answer.fn_number,
        fd=answer.number,
        fp=answer.sign,
        registered_at=registered_at,
        total_minor=total_minor if answer.total_minor is None else answer.total_minor,
        sign=sign,
        shift=answer.shift_number or None,
        number=answer.receipt_number or None,
        register_number=answer.registration_number,
        site=TAX_SERVICE,
    )


def _line(line: CartLine, priced: PricedLine) -> Line:
    return Line(
        name=f"{line.name}, {line.variant_name}" if line.variant_name else line.name,
        amount_minor=priced.gross_minor,
        quantity_milli=line.quantity_milli,
        price_minor=line.unit_price_minor,
        unit=_UNITS[line.unit],
        modifiers=tuple(
            Modifier(option.name, option.quantity, option.price_delta_minor)
            for option in line.options
        ),
        note=line.note,
        discount_minor=priced.discount_minor,
        points_minor=priced.points_minor,
        tax_percent_bp=priced.tax_percent_bp,
    )


def _taxes(taxes: Iterable[TaxSum], names: Mapping[str, str]) -> tuple[Tax, ...]:
    return tuple(
        Tax(
            tax.percent_bp,
            tax.base_minor,
            tax.tax_minor,
            name=names.get(tax.tax_id, "") if tax.percent_bp is None else "",
        )
        for tax in taxes
    )


def _payments(tenders: Sequence[Tender]) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            PaymentKind(tender.kind.value),
            tender.amount_minor,
            tender.received_minor,
            tender.change_minor,
            masked_pan=tender.masked_pan,
            rrn=tender.rrn,
            auth_code=tender.auth_code,
        )
        for tender in tenders
    )


def _loyalty(loyalty: SaleLoyalty | None) -> Loyalty | None:
    if loyalty is None:
        return None
    card = loyalty.card
    is_spent = loyalty.action is LoyaltyAction.SPEND and loyalty.spend_minor
    is_earned = loyalty.action is not LoyaltyAction.DISCOUNT
    return Loyalty(
        holder=f"{card.first_name} {mask_phone(card.phone)}".strip(),
        spent_minor=loyalty.spend_minor if is_spent else None,
        earned_minor=loyalty.earn_minor if is_earned else None,
        level=card.level_name,
        code=card.code6,
    )


def shift_document(
    shift: Shift,
    totals: ShiftTotals,
    seller: Seller,
    now: datetime,
    zone: tzinfo,
    *,
    is_blind: bool = False,
) -> ReceiptDocument:
    """Return the X report of an open shift or the Z report of a closed one.

    Args:
        shift: The shift.
        totals: Its sums.
        seller: Head of the paper.
        now: The present moment.
        zone: The venue's time zone.
        is_blind: Leave out what should be in the drawer: it has not been counted yet.
    """
    title = "X-ОТЧЁТ" if shift.is_open else "Z-ОТЧЁТ"
    until = (shift.closed_at or now).astimezone(zone)
    rows: list[Row] = [
        TextRow(seller.name, align="center", is_bold=True),
        TextRow(title, align="center", is_bold=True, is_large=True),
        PairRow(f"Смена № {shift.number}", f"{until:%d.%m.%Y %H:%M}"),
        PairRow("Открыта", f"{shift.opened_at.astimezone(zone):%d.%m.%Y %H:%M}"),
        TextRow(f"Кассир {shift.cashier_name}"),
        RuleRow(),
        *_taken(totals),
        RuleRow(),
        PairRow("Скидки", format_amount(totals.discounts_minor)),
        PairRow("Списано баллов", format_amount(totals.points_spent_minor)),
        PairRow("Начислено баллов", format_amount(totals.points_earned_minor)),
        PairRow("в т. ч. НДС", format_amount(totals.tax_minor)),
        RuleRow(),
        *_drawer(shift, totals, is_blind=is_blind),
    ]
    return ReceiptDocument(
        ReceiptKind.REPORT,
        title=f"{title}, смена № {shift.number}",
        made_at=until,
        rows=tuple(rows),
    )


def _taken(totals: ShiftTotals) -> tuple[PairRow, ...]:
    return (
        PairRow(f"Продажи, {totals.sales_count}", format_amount(totals.sales_minor)),
        *(PairRow(f"  {TENDER_WORDS[k]}", format_amount(a)) for k, a in totals.by_tender),
        PairRow(f"Возвраты, {totals.refunds_count}", format_amount(-totals.refunds_minor)),
        *(PairRow(f"  {TENDER_WORDS[k]}", format_amount(-a)) for k, a in totals.refunds_by_tender),
        PairRow("ВЫРУЧКА", format_amount(totals.revenue_minor), is_bold=True, is_large=True),
        PairRow("Средний чек", format_amount(totals.average_minor)),
    )


def _drawer(shift: Shift, totals: ShiftTotals, *, is_blind: bool) -> Iterable[PairRow]:
    yield PairRow("Размен", format_amount(shift.float_minor))
    yield PairRow("Внесено", format_amount(totals.cash_in_minor))
    yield PairRow("Изъято", format_amount(-totals.cash_out_minor))
    if not is_blind:
        expected = format_amount(totals.expected_cash_minor)
        yield PairRow("Наличных в кассе", expected, is_bold=True)
    if shift.counted_minor is not None and shift.difference_minor is not None:
        yield PairRow("Посчитано", format_amount(shift.counted_minor))
        yield PairRow("Расхождение", format_amount(shift.difference_minor), is_bold=True)
