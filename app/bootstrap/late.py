"""Parts that come after the first screen: the way to the service.

The till shows its screen and sells before the HTTP library is even loaded, and before its own
service has started. Until then the port says what it says without a network.
"""

from app.domain.guest import GuestCard
from app.kernel.errors import TemporaryError
from app.kernel.ids import CardId, ReservationId
from app.till.loyalty_gateway import Check, LoyaltyGateway, Reservation, ServiceCalculation


class LateLoyalty:
    """A `LoyaltyGateway` that gets its real one later; any thread."""

    def __init__(self) -> None:
        self._real: LoyaltyGateway | None = None

    def attach(self, real: LoyaltyGateway) -> None:
        """Let the calls through from now on."""
        self._real = real

    @property
    def _gateway(self) -> LoyaltyGateway:
        if self._real is None:
            raise TemporaryError(
                "NOT_CONNECTED",
                "Нет связи с сервисом. Касса работает дальше, данные уйдут позже",
                "The service cannot be reached. The till goes on, data will be sent later",
            )
        return self._real

    def search(
        self, *, phone: str | None = None, code6: str | None = None, qr: str | None = None
    ) -> GuestCard | None:
        """Return the guest, or None."""
        return self._gateway.search(phone=phone, code6=code6, qr=qr)

    def create(self, phone: str, first_name: str, key: str) -> GuestCard:
        """Register a guest."""
        return self._gateway.create(phone, first_name, key)

    def calculate(self, card_id: CardId, check: Check) -> ServiceCalculation:
        """Ask what a check may redeem and will earn."""
        return self._gateway.calculate(card_id, check)

    def reserve_points(
        self, card_id: CardId, check: Check, amount_minor: int, key: str
    ) -> Reservation:
        """Hold points for an order."""
        return self._gateway.reserve_points(card_id, check, amount_minor, key)

    def reserve_discount(
        self, card_id: CardId, check: Check, percent_bp: int, key: str
    ) -> Reservation:
        """Fix the tier's percentage for an order."""
        return self._gateway.reserve_discount(card_id, check, percent_bp, key)

    def update_reservation(
        self, reservation_id: ReservationId, amount_minor: int, check_minor: int, key: str
    ) -> int:
        """Change the points that are held."""
        return self._gateway.update_reservation(reservation_id, amount_minor, check_minor, key)

    def cancel_reservation(self, reservation_id: ReservationId, reason: str, key: str) -> None:
        """Give what is held back to the guest."""
        self._gateway.cancel_reservation(reservation_id, reason, key)
