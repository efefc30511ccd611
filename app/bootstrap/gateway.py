"""The till's port to the loyalty service, over the typed client."""

from dataclasses import replace

from app.api_client.client import ServiceClient
from app.api_client.convert import guest_from_summary
from app.api_client.errors import RuleRefusedError
from app.contracts import plugin
from app.domain.guest import GuestCard
from app.domain.loyalty import Explanation
from app.kernel.clock import Clock
from app.kernel.errors import TemporaryError
from app.kernel.ids import CardId, ReservationId
from app.till.loyalty_gateway import Check, Reservation, ServiceCalculation


class ServiceLoyalty:
    """Implements `app.till.loyalty_gateway.LoyaltyGateway`.

    Args:
        client: Calls of the service.
        clock: Tells when an answer was read.
    """

    def __init__(self, client: ServiceClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def search(
        self, *, phone: str | None = None, code6: str | None = None, qr: str | None = None
    ) -> GuestCard | None:
        """Return the guest, or None."""
        answer = self._client.search_guest(phone=phone, code6=code6, qr=qr)
        if not answer.found or answer.guest is None:
            return None
        return replace(guest_from_summary(answer.guest), updated_at=self._clock.now())

    def create(self, phone: str, first_name: str, key: str) -> GuestCard:
        """Register a guest; a phone that is known gives the existing card."""
        try:
            self._client.create_guest(phone, first_name or None, key=key)
        except RuleRefusedError as error:
            if error.code != "DUPLICATE_PHONE":
                raise
        guest = self.search(phone=phone)
        if guest is None:
            raise TemporaryError(
                "GUEST_NOT_SEEN",
                "Карта создана, но сервис её ещё не показывает. Повторите поиск",
                "The card was made, but the service does not show it yet. Search again",
            )
        return guest

    def calculate(self, card_id: CardId, check: Check) -> ServiceCalculation:
        """Ask what a check may redeem and will earn."""
        answer = self._client.calculate(
            plugin.CalculateRequest(
                guest_card_id=card_id,
                order_id=check.order_id,
                check_amount=check.amount_minor,
                items=_items(check),
            )
        )
        return ServiceCalculation(
            benefit=answer.benefit_type,
            regular_minor=answer.regular_balance,
            promo_minor=answer.promo_balance,
            max_spend_minor=answer.max_allowed_to_spend,
            points_to_earn_minor=answer.points_to_earn,
            discount_percent_bp=answer.discount_percent or 0,
            discount_minor=answer.discount_amount or 0,
            refusal=answer.refusal,
            explanation=tuple(
                Explanation(step.code, step.amount, step.ru, step.en) for step in answer.explanation
            ),
        )

    def reserve_points(
        self, card_id: CardId, check: Check, amount_minor: int, key: str
    ) -> Reservation:
        """Hold points for an order."""
        answer = self._client.reserve_points(
            plugin.ReservePointsRequest(
                guest_card_id=card_id,
                order_id=check.order_id,
                points_to_spend=amount_minor,
                check_amount=check.amount_minor,
                items=_items(check),
            ),
            key=key,
        )
        return Reservation(ReservationId(answer.reservation_id), amount_minor, answer.expires_at)

    def reserve_discount(
        self, card_id: CardId, check: Check, percent_bp: int, key: str
    ) -> Reservation:
        """Fix the tier's percentage for an order; the percentage has hundredths like an amount."""
        answer = self._client.reserve_discount(
            plugin.ReserveDiscountRequest(
                guest_card_id=card_id,
                order_id=check.order_id,
                discount_percent=percent_bp,
                check_amount=check.amount_minor,
                items=_items(check),
            ),
            key=key,
        )
        return Reservation(ReservationId(answer.reservation_id), percent_bp, answer.expires_at)

    def update_reservation(
        self, reservation_id: ReservationId, amount_minor: int, check_minor: int, key: str
    ) -> int:
        """Change the points that are held and return what is held now."""
        answer = self._client.update_reservation(
            plugin.UpdateReservationRequest(
                reservation_id=reservation_id, amount=amount_minor, check_amount=check_minor
            ),
            key=key,
        )
        return answer.amount

    def cancel_reservation(self, reservation_id: ReservationId, reason: str, key: str) -> None:
        """Give what is held back to the guest."""
        self._client.cancel_reservation(reservation_id, reason, key=key)


def _items(check: Check) -> tuple[plugin.CheckItem, ...]:
    return tuple(
        plugin.CheckItem(
            product_id=line.product_id,
            name=line.name,
            quantity=line.quantity_milli,
            price=line.unit_price_minor,
            total=line.total_minor,
        )
        for line in check.lines
    )
