"""What is on a receipt: one document, later drawn as printer bytes, as a picture or as HTML (D3).

The document knows words and amounts, not paper: how wide a line is and which letters a printer has
is the printer's business.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum
from typing import Literal

from app.domain.cart import CartLine
from app.domain.pricing import PricedLine, TaxSum
from app.domain.sale import LoyaltyAction, Refund, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.money import MILLI
from app.kernel.text import (
    format_amount,
    format_percent,
    format_points,
    format_quantity,
    mask_phone,
)

Align = Literal["left", "center", "right"]


class ReceiptKind(StrEnum):
    """What the paper is."""

    SALE = "sale"
    REFUND = "refund"
    REPORT = "report"
    SLIP = "slip"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Text that wraps by words; `is_large` is twice as high and wide."""

    text: str
    align: Align = "left"
    is_bold: bool = False
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """Words on the left, an amount on the right."""

    left: str
    right: str
    is_bold: bool = False
    is_large: bool = False


@dataclass(frozen=True, slots=True)
class Divider:
    """A line across the paper."""


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code that the guest's phone reads."""

    data: str


Block = Paragraph | Pair | Divider | QrCode


@dataclass(frozen=True, slots=True)
class Receipt:
    """A document for paper, screen or mail."""

    kind: ReceiptKind
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Venue:
    """What stands at the head and foot of each receipt of a place."""

    name: str
    address: str = ""
    legal_name: str = ""
    taxpayer_id: str = ""
    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    register_name: str = ""


TENDER_WORDS = {
    TenderKind.CASH: "Наличными",
    TenderKind.CARD: "Картой",
    TenderKind.SBP: "СБП",
    TenderKind.GIFT_CARD: "Подарочной картой",
}


def sale_receipt(
    sale: Sale, venue: Venue, zone: tzinfo, tax_names: dict[str, str] | None = None
) -> Receipt:
    """Return the receipt of a paid sale.

    Args:
        sale: A complete sale.
        venue: Head and foot.
        zone: The venue's time zone.
        tax_names: Names of taxes by id, for the tax block.
    """
    blocks: list[Block] = [*_head(venue), Divider()]
    blocks.append(Pair(f"Чек № {sale.number}", _moment(sale.paid_at, zone)))
    blocks.append(Paragraph(f"Кассир {sale.cashier_name}"))
    blocks.append(Divider())
    for line, priced in zip(sale.lines, sale.priced.lines, strict=True):
        blocks.extend(_line_blocks(line, priced))
    blocks.append(Divider())
    blocks.extend(_total_blocks(sale))
    blocks.extend(_tender_blocks(sale.tenders))
    blocks.extend(_tax_blocks(sale.priced.taxes, tax_names or {}))
    blocks.extend(_loyalty_blocks(sale))
    blocks.extend(_foot(venue))
    return Receipt(ReceiptKind.SALE, f"Чек № {sale.number}", tuple(blocks))


def refund_receipt(refund: Refund, sale: Sale, venue: Venue, zone: tzinfo) -> Receipt:
    """Return the receipt of a refund, with its link to the original."""
    blocks: list[Block] = [*_head(venue), Divider()]
    blocks.append(Paragraph("ВОЗВРАТ", align="center", is_bold=True, is_large=True))
    blocks.append(Pair(f"К чеку № {sale.number}", _moment(sale.paid_at, zone)))
    blocks.append(Pair("Дата возврата", _moment(refund.refunded_at, zone)))
    blocks.append(Paragraph(f"Кассир {refund.cashier_name}"))
    blocks.append(Paragraph(f"Причина: {refund.reason}"))
    blocks.append(Divider())
    for line in refund.lines:
        quantity = format_quantity(line.quantity_milli)
        blocks.append(Pair(f"{line.name} x {quantity}", format_amount(line.amount_minor)))
    blocks.append(Divider())
    blocks.append(
        Pair("К ВОЗВРАТУ", format_amount(refund.amount_minor), is_bold=True, is_large=True)
    )
    blocks.extend(_tender_blocks(refund.tenders))
    blocks.extend(_foot(venue))
    return Receipt(ReceiptKind.REFUND, f"Возврат к чеку № {sale.number}", tuple(blocks))


def _head(venue: Venue) -> Iterator[Block]:
    yield Paragraph(venue.name, align="center", is_bold=True, is_large=True)
    said = [venue.name]
    for text in (*venue.header, venue.address, venue.legal_name):
        # A header written by hand often repeats the name or the address.
        if text and not any(text in other for other in said):
            said.append(text)
            yield Paragraph(text, align="center")
    if venue.taxpayer_id:
        yield Paragraph(f"ИНН {venue.taxpayer_id}", align="center")
    if venue.register_name:
        yield Paragraph(venue.register_name, align="center")


def _foot(venue: Venue) -> Iterator[Block]:
    if venue.footer:
        yield Divider()
        for text in venue.footer:
            yield Paragraph(text, align="center")


def _line_blocks(line: CartLine, priced: PricedLine) -> Iterator[Block]:
    name = f"{line.name}, {line.variant_name}" if line.variant_name else line.name
    if line.quantity_milli == MILLI:
        yield Pair(name, format_amount(priced.gross_minor))
    else:
        yield Paragraph(name)
        count = f"{format_quantity(line.quantity_milli)} x {format_amount(line.unit_price_minor)}"
        yield Pair(f"  {count}", format_amount(priced.gross_minor))
    for option in line.options:
        times = f" x {option.quantity}" if option.quantity > 1 else ""
        yield Paragraph(f"  + {option.name}{times}")
    if line.note:
        yield Paragraph(f"  {line.note}")
    if priced.discount_minor:
        yield Pair("  скидка", format_amount(-priced.discount_minor))
    if priced.points_minor:
        yield Pair("  баллы", format_amount(-priced.points_minor))


def _total_blocks(sale: Sale) -> Iterator[Block]:
    priced = sale.priced
    if priced.discount_minor or priced.points_minor or sale.rounding_minor:
        yield Pair("Сумма", format_amount(priced.gross_minor))
    if priced.discount_minor:
        yield Pair("Скидка", format_amount(-priced.discount_minor))
    if priced.points_minor:
        yield Pair("Баллы", format_amount(-priced.points_minor))
    if sale.rounding_minor:
        yield Pair("Округление", format_amount(-sale.rounding_minor))
    yield Pair("ИТОГ", format_amount(sale.due_minor), is_bold=True, is_large=True)


def _tender_blocks(tenders: Sequence[Tender]) -> Iterator[Block]:
    for tender in tenders:
        yield Pair(TENDER_WORDS[tender.kind], format_amount(tender.amount_minor))
        if tender.change_minor:
            yield Pair("  получено", format_amount(tender.received_minor))
            yield Pair("  сдача", format_amount(tender.change_minor))
        details = [
            text
            for text in (
                tender.masked_pan,
                f"RRN {tender.rrn}" if tender.rrn else "",
                f"код {tender.auth_code}" if tender.auth_code else "",
            )
            if text
        ]
        if details:
            yield Paragraph("  " + "  ".join(details))


def _tax_blocks(taxes: Sequence[TaxSum], names: dict[str, str]) -> Iterator[Block]:
    for tax in taxes:
        if tax.percent_bp is None:
            yield Pair(names.get(tax.tax_id, "Без НДС"), format_amount(tax.base_minor))
        else:
            rate = format_percent(tax.percent_bp)
            yield Pair(f"в т. ч. НДС {rate}", format_amount(tax.tax_minor))


def _loyalty_blocks(sale: Sale) -> Iterator[Block]:
    loyalty = sale.loyalty
    if loyalty is None:
        return
    card = loyalty.card
    yield Divider()
    yield Pair("Карта", f"{card.first_name} {mask_phone(card.phone)}".strip())
    if loyalty.action is LoyaltyAction.SPEND and loyalty.spend_minor:
        yield Pair("Списано", format_points(loyalty.spend_minor))
    if loyalty.action is not LoyaltyAction.DISCOUNT:
        yield Pair("Начислим", format_points(loyalty.earn_minor))
    yield Paragraph(f"Код карты {card.code6}")


def _moment(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).strftime("%d.%m.%Y %H:%M")
