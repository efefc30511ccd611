"""The loyalty service as the till sees it: a port, implemented over the client of the service.

Errors of every call:

- `TemporaryError`: the service cannot be reached or is busy. Nothing is known to have changed; the
  calls carry a key, so that repeating one is safe.
- `RuleError`: the service refused by a rule; the code is the service's own (INSUFFICIENT_BALANCE,
  MIN_CHECK_AMOUNT, RESERVATION_EXPIRED ...) and the sentence is fit for the screen.
- `InputError`: what was asked makes no sense (a phone that is none, a forged or old QR).

Amounts and points are hundredths. Calls block; they run on the network lane.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.cart import CartLine
from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType, Explanation
from app.domain.pricing import PricedLine
from app.kernel.ids import CardId, ReservationId, SaleId


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line as the service counts it: its total is after discounts and before points."""

    product_id: str
    name: str
    quantity_milli: int
    unit_price_minor: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class Check:
    """An order as the service is asked about it; `amount_minor` is before points."""

    order_id: SaleId
    amount_minor: int
    lines: tuple[CheckLine, ...]


@dataclass(frozen=True, slots=True)
class ServiceCalculation:
    """What the service says a check may redeem and will earn."""

    benefit: BenefitType
    regular_minor: int
    promo_minor: int
    max_spend_minor: int
    points_to_earn_minor: int
    discount_percent_bp: int = 0
    discount_minor: int = 0
    refusal: str | None = None
    explanation: tuple[Explanation, ...] = ()


@dataclass(frozen=True, slots=True)
class Reservation:
    """Points held for one order until a moment; the grace period ends later."""

    reservation_id: ReservationId
    amount_minor: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class RefundPreview:
    """What a refund would move; hundredths of a point."""

    earned_back_minor: int
    returned_minor: int


class LoyaltyGateway(Protocol):
    """The calls of the service that a cashier waits for."""

    def search(
        self, *, phone: str | None = None, code6: str | None = None, qr: str | None = None
    ) -> GuestCard | None:
        """Return the guest, or None if there is no such one. Exactly one argument is given."""
        ...

    def create(self, phone: str, first_name: str, key: str) -> GuestCard:
        """Register a guest; a phone that is known gives the existing card.

        Args:
            phone: Digits.
            first_name: May be empty.
            key: Idempotency key.
        """
        ...

    def calculate(self, card_id: CardId, check: Check) -> ServiceCalculation:
        """Ask what a check may redeem and will earn; nothing changes."""
        ...

    def reserve_points(
        self, card_id: CardId, check: Check, amount_minor: int, key: str
    ) -> Reservation:
        """Hold points for an order (L4)."""
        ...

    def reserve_discount(
        self, card_id: CardId, check: Check, percent_bp: int, key: str
    ) -> Reservation:
        """Fix the tier's percentage for an order."""
        ...

    def update_reservation(
        self, reservation_id: ReservationId, amount_minor: int, check_minor: int, key: str
    ) -> int:
        """Change the points that are held and return what is held now."""
        ...

    def cancel_reservation(self, reservation_id: ReservationId, reason: str, key: str) -> None:
        """Give what is held back to the guest."""
        ...


def check_of(
    order_id: SaleId, lines: tuple[CartLine, ...], priced: tuple[PricedLine, ...]
) -> Check:
    """Return an order as the service counts it."""
    rows = tuple(
        CheckLine(
            product_id=line.product_id,
            name=line.name,
            quantity_milli=line.quantity_milli,
            unit_price_minor=line.unit_price_minor,
            total_minor=cost.total_minor + cost.points_minor,
        )
        for line, cost in zip(lines, priced, strict=True)
    )
    return Check(order_id, sum(row.total_minor for row in rows), rows)
