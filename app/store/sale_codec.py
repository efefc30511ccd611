"""Paid sales and refunds as JSON text, exact both ways; form and habits as in `codec`."""

from collections.abc import Mapping
from typing import Any

from app.domain.pricing import PricedCart, PricedLine, TaxSum
from app.domain.sale import Refund, RefundLine, Sale
from app.kernel.clock import from_iso
from app.kernel.ids import LineId, RefundId, SaleId, ShiftId, StaffId
from app.store.codec import (
    FORM,
    Fields,
    checked,
    dumps,
    line_fields,
    line_from_fields,
    loyalty_fields,
    loyalty_from_fields,
    mark_fields,
    mark_from_fields,
    moment_text,
    slim,
    tender_fields,
    tender_from_fields,
)


def _priced_out(priced: PricedCart) -> Fields:
    return {
        "lines": [list(line) for line in priced.lines],
        "gross": priced.gross_minor,
        "discount": priced.discount_minor,
        "points": priced.points_minor,
        "due": priced.due_minor,
        "taxes": [list(tax) for tax in priced.taxes],
    }


def _priced_in(fields: Mapping[str, Any]) -> PricedCart:
    return PricedCart(
        lines=tuple(PricedLine(*item) for item in fields["lines"]),
        gross_minor=fields["gross"],
        discount_minor=fields["discount"],
        points_minor=fields["points"],
        due_minor=fields["due"],
        taxes=tuple(TaxSum(*item) for item in fields["taxes"]),
    )


def sale_to_json(sale: Sale) -> str:
    """Return a paid sale."""
    return dumps(
        {
            "v": FORM,
            "id": sale.sale_id,
            "number": sale.number,
            "shift": sale.shift_id,
            "cashier": sale.cashier_id,
            "cashierName": sale.cashier_name,
            "paidAt": moment_text(sale.paid_at),
            "lines": [line_fields(line) for line in sale.lines],
            "priced": _priced_out(sale.priced),
            "rounding": sale.rounding_minor,
            "tenders": [tender_fields(tender) for tender in sale.tenders],
            **slim(loyalty=loyalty_fields(sale.loyalty), note=sale.note),
        }
    )


def sale_from_json(text: str) -> Sale:
    """Read what `sale_to_json` wrote."""
    fields = checked(text)
    return Sale(
        sale_id=SaleId(fields["id"]),
        number=fields["number"],
        shift_id=ShiftId(fields["shift"]),
        cashier_id=StaffId(fields["cashier"]),
        cashier_name=fields["cashierName"],
        paid_at=from_iso(fields["paidAt"]),
        lines=tuple(line_from_fields(item) for item in fields["lines"]),
        priced=_priced_in(fields["priced"]),
        rounding_minor=fields["rounding"],
        tenders=tuple(tender_from_fields(item) for item in fields["tenders"]),
        loyalty=loyalty_from_fields(fields.get("loyalty")),
        note=fields.get("note", ""),
    )


def _refund_line_out(line: RefundLine) -> list[Any]:
    fields = [line.line_id, line.name, line.quantity_milli, line.amount_minor]
    return [*fields, mark_fields(line.mark)] if line.mark else fields


def _refund_line_in(item: list[Any]) -> RefundLine:
    mark = mark_from_fields(item[4]) if len(item) > 4 else None
    return RefundLine(LineId(item[0]), item[1], item[2], item[3], mark)


def refund_to_json(refund: Refund) -> str:
    """Return a refund."""
    return dumps(
        {
            "v": FORM,
            "id": refund.refund_id,
            "sale": refund.sale_id,
            "shift": refund.shift_id,
            "cashier": refund.cashier_id,
            "cashierName": refund.cashier_name,
            "at": moment_text(refund.refunded_at),
            "reason": refund.reason,
            "lines": [_refund_line_out(line) for line in refund.lines],
            "amount": refund.amount_minor,
            "tenders": [tender_fields(tender) for tender in refund.tenders],
        }
    )


def refund_from_json(text: str) -> Refund:
    """Read what `refund_to_json` wrote."""
    fields = checked(text)
    return Refund(
        refund_id=RefundId(fields["id"]),
        sale_id=SaleId(fields["sale"]),
        shift_id=ShiftId(fields["shift"]),
        cashier_id=StaffId(fields["cashier"]),
        cashier_name=fields["cashierName"],
        refunded_at=from_iso(fields["at"]),
        reason=fields["reason"],
        lines=tuple(_refund_line_in(item) for item in fields["lines"]),
        amount_minor=fields["amount"],
        tenders=tuple(tender_from_fields(item) for item in fields["tenders"]),
    )
