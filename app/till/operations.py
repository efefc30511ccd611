"""What the service must be told, written as operations for the outbox.

The payloads are the wire models of `app.contracts.sync`; the idempotency key is fixed here and
holds no time, so that whatever is sent twice counts once (O3, L9). Texts are cleaned: a sale that
is paid must never fail for a strange letter.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from app.contracts.operation_types import OperationType
from app.domain.cart import CartLine
from app.domain.guest import LOCAL_CARD_PREFIX, GuestCard
from app.domain.pricing import PricedLine
from app.domain.sale import Refund, Sale, SaleLoyalty
from app.domain.tender import Tender
from app.kernel.ids import OperationId, ReservationId, SaleId
from app.kernel.late import LateModule
from app.kernel.text import clean_line
from app.store.rows import CashDirection, CashMovement, Operation, SalesTotals, Shift

if TYPE_CHECKING:
    from app.contracts import sync as wire
    from app.contracts.base import WireModel
else:
    # The wire's models load pydantic, which takes longer than showing the first screen does.
    wire = LateModule("app.contracts.sync")

NOBODY: Final = "none"
NewId = Callable[[], str]


class Operations:
    """Makes operations; knows the venue's id and the clock's offset to the service.

    Args:
        new_id: Draws an id for an operation.
    """

    def __init__(self, new_id: NewId) -> None:
        self._new_id = new_id
        self.restaurant_id = ""
        self.clock_offset_ms = 0

    def sale(self, sale: Sale) -> Operation:
        """Return the operation that enters a sale and does what belongs to its guest."""
        card_key = sale.loyalty.card.card_id if sale.loyalty else NOBODY
        payload = wire.SalePayload(
            sale_id=sale.sale_id,
            order_number=str(sale.number),
            shift_id=sale.shift_id,
            cashier_id=sale.cashier_id,
            occurred_at=sale.paid_at,
            clock_offset_ms=self.clock_offset_ms,
            lines=tuple(
                _line(line, cost) for line, cost in zip(sale.lines, sale.priced.lines, strict=True)
            ),
            totals=wire.SaleTotals(
                gross=sale.priced.gross_minor,
                discount=sale.priced.discount_minor,
                points=sale.priced.points_minor,
                rounding=-sale.rounding_minor,
                due=sale.due_minor,
                tax=sale.priced.tax_minor,
            ),
            tenders=tenders_of(sale.tenders),
            loyalty=_loyalty(sale.loyalty) if sale.loyalty else None,
            note=clean_line(sale.note, 2_000),
        )
        return self._make(
            OperationType.SALE,
            payload,
            key=f"{sale.sale_id}_{card_key}",
            at=sale.paid_at,
            order_key=sale.sale_id,
            guest_key="" if card_key == NOBODY else card_key,
            shift_key=sale.shift_id,
        )

    def refund(self, refund: Refund, sale: Sale) -> Operation:
        """Return the operation that gives money back and reverses the points in proportion."""
        card = sale.loyalty.card if sale.loyalty else None
        payload = wire.RefundPayload(
            refund_id=refund.refund_id,
            sale_id=refund.sale_id,
            shift_id=refund.shift_id,
            cashier_id=refund.cashier_id,
            occurred_at=refund.refunded_at,
            clock_offset_ms=self.clock_offset_ms,
            reason=clean_line(refund.reason),
            lines=tuple(
                wire.RefundLine(
                    line_id=line.line_id,
                    quantity_milli=line.quantity_milli,
                    amount=line.amount_minor,
                )
                for line in refund.lines
            ),
            amount=refund.amount_minor,
            original_amount=sale.due_minor,
            tenders=tenders_of(refund.tenders),
            guest_card_id=card.card_id if card and not card.is_local else None,
        )
        return self._make(
            OperationType.REFUND,
            payload,
            key=refund.refund_id,
            at=refund.refunded_at,
            order_key=refund.sale_id,
            guest_key=card.card_id if card else "",
            shift_key=refund.shift_id,
        )

    def guest_register(self, card: GuestCard, at: datetime) -> Operation:
        """Return the operation that registers a guest who was met offline."""
        payload = wire.GuestRegisterPayload(
            client_guest_id=client_guest_id(card),
            phone=card.phone,
            first_name=clean_line(card.first_name) or None,
            code6_digit=card.code6 or None,
            occurred_at=at,
        )
        key = client_guest_id(card)
        return self._make(
            OperationType.GUEST_REGISTER, payload, key=key, at=at, guest_key=card.card_id
        )

    def reservation_cancel(
        self, reservation_id: ReservationId, sale_id: SaleId, reason: str, at: datetime
    ) -> Operation:
        """Return the operation that gives held points back."""
        payload = wire.ReservationCancelPayload(
            reservation_id=reservation_id, reason=reason, occurred_at=at
        )
        return self._make(
            OperationType.RESERVATION_CANCEL,
            payload,
            key=reservation_id,
            at=at,
            order_key=sale_id,
        )

    def shift_open(self, shift: Shift) -> Operation:
        """Return the operation that tells of an opened shift."""
        payload = wire.ShiftOpenPayload(
            shift_id=shift.shift_id,
            number=shift.number,
            cashier_id=shift.cashier_id,
            opening_cash=shift.cash_float_minor,
            occurred_at=shift.opened_at,
        )
        return self._make(
            OperationType.SHIFT_OPEN,
            payload,
            key=shift.shift_id,
            at=shift.opened_at,
            shift_key=shift.shift_id,
        )

    def shift_close(self, shift: Shift, totals: SalesTotals, closed_by: str) -> Operation:
        """Return the operation that tells of a closed shift and its sums."""
        assert shift.closed_at is not None
        payload = wire.ShiftClosePayload(
            shift_id=shift.shift_id,
            cashier_id=closed_by,
            counted_cash=shift.counted_cash_minor,
            expected_cash=shift.expected_cash_minor or 0,
            sales_count=totals.sales_count,
            sales_total=totals.sales_minor,
            refunds_count=totals.refunds_count,
            refunds_total=totals.refunds_minor,
            occurred_at=shift.closed_at,
        )
        return self._make(
            OperationType.SHIFT_CLOSE,
            payload,
            key=shift.shift_id,
            at=shift.closed_at,
            shift_key=shift.shift_id,
        )

    def cash_movement(self, movement: CashMovement) -> Operation:
        """Return the operation that tells of cash put in or taken out."""
        is_in = movement.direction is CashDirection.IN
        payload = wire.CashMovementPayload(
            movement_id=movement.movement_id,
            shift_id=movement.shift_id,
            cashier_id=movement.cashier_id,
            kind=wire.CashMovementKind.PAY_IN if is_in else wire.CashMovementKind.PAY_OUT,
            amount=movement.amount_minor,
            reason=clean_line(movement.reason),
            occurred_at=movement.occurred_at,
        )
        return self._make(
            OperationType.CASH_MOVEMENT,
            payload,
            key=movement.movement_id,
            at=movement.occurred_at,
            shift_key=movement.shift_id,
        )

    def _make(
        self,
        kind: OperationType,
        payload: "WireModel",
        *,
        key: str,
        at: datetime,
        order_key: str = "",
        guest_key: str = "",
        shift_key: str = "",
    ) -> Operation:
        return Operation(
            operation_id=OperationId(self._new_id()),
            idempotency_key=f"offline_{self.restaurant_id}_{key}_{kind.value}",
            type=kind.value,
            occurred_at=at,
            payload=payload.to_wire(),
            order_key=order_key,
            guest_key=guest_key,
            shift_key=shift_key,
        )


def client_guest_id(card: GuestCard) -> str:
    """Return the id that the till gave a guest it registered offline."""
    return card.card_id.removeprefix(LOCAL_CARD_PREFIX)


def tenders_of(tenders: Iterable[Tender]) -> "tuple[wire.SaleTender, ...]":
    """Return paid parts as they go over the wire."""
    return tuple(_tender(tender) for tender in tenders)


def _tender(tender: Tender) -> "wire.SaleTender":
    is_cash = bool(tender.received_minor or tender.change_minor)
    has_reference = tender.receipt_no or tender.rrn or tender.auth_code or tender.masked_pan
    return wire.SaleTender(
        payment_id=tender.payment_id,
        kind=tender.kind,
        amount=tender.amount_minor,
        received=tender.received_minor if is_cash else None,
        change=tender.change_minor if is_cash else None,
        reference=wire.TenderReference(
            receipt_no=clean_line(tender.receipt_no) or None,
            rrn=clean_line(tender.rrn) or None,
            auth_code=clean_line(tender.auth_code) or None,
            masked_pan=clean_line(tender.masked_pan) or None,
        )
        if has_reference
        else None,
    )


def _line(line: CartLine, cost: PricedLine) -> "wire.SaleLine":
    name = f"{line.name}, {line.variant_name}" if line.variant_name else line.name
    return wire.SaleLine(
        line_id=line.line_id,
        product_id=line.product_id,
        variant_id=line.variant_id,
        name=clean_line(name) or line.product_id,
        quantity_milli=line.quantity_milli,
        unit_price=line.unit_price_minor,
        modifiers=tuple(
            wire.SaleModifier(
                option_id=option.option_id,
                name=clean_line(option.name),
                quantity=option.quantity,
                price_delta=option.price_delta_minor,
            )
            for option in line.options
        ),
        gross=cost.gross_minor,
        discount=cost.discount_minor,
        points_share=cost.points_minor,
        total=cost.total_minor,
        tax_id=cost.tax_id,
        tax_percent_bp=cost.tax_percent_bp,
        tax_amount=cost.tax_minor,
        excluded_from_earning=not line.earns_points,
        excluded_from_redeeming=not line.redeems_points,
        note=clean_line(line.note),
    )


def _loyalty(loyalty: SaleLoyalty) -> "wire.SaleLoyalty":
    card = loyalty.card
    return wire.SaleLoyalty(
        guest_card_id=None if card.is_local else card.card_id,
        client_guest_id=client_guest_id(card) if card.is_local else None,
        action=loyalty.action,
        reservation_id=loyalty.reservation_id,
        points_spent=loyalty.spend_minor,
        points_earned_expected=loyalty.earn_minor,
        tier_at_sale=clean_line(card.level_name),
    )
