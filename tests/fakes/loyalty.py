"""A loyalty service in memory: balances, holds, refusals; it can be cut off."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType
from app.kernel.clock import Clock
from app.kernel.errors import InputError, RuleError, TemporaryError
from app.kernel.ids import CardId, GuestId, ReservationId
from app.till.loyalty_gateway import Check, LoyaltyGateway, Reservation, ServiceCalculation


@dataclass
class Hold:
    """Points held for one order."""

    card_id: CardId
    order_id: str
    amount_minor: int
    is_active: bool = True


@dataclass
class FakeLoyalty:
    """Holds points as the service does: one active hold for an order.

    Attributes:
        is_cut: Every call fails as if the network were gone.
        refusal: Raised by the next holds.
        loses_answer: The next hold is made, but its answer is lost.
        before: Called inside a hold, before the answer: something happens at the till meanwhile.
    """

    clock: Clock
    cards: dict[CardId, GuestCard] = field(default_factory=dict)
    holds: dict[ReservationId, Hold] = field(default_factory=dict)
    is_cut: bool = False
    refusal: RuleError | None = None
    loses_answer: bool = False
    before: Callable[[], None] | None = None
    calls: list[str] = field(default_factory=list)

    def add(self, card: GuestCard) -> GuestCard:
        """Make a guest known."""
        self.cards[card.card_id] = card
        return card

    def active(self) -> list[Hold]:
        """Return the holds that are active."""
        return [hold for hold in self.holds.values() if hold.is_active]

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.is_cut:
            raise TemporaryError("SERVICE_UNREACHABLE", "Нет связи", "Offline")

    def search(
        self, *, phone: str | None = None, code6: str | None = None, qr: str | None = None
    ) -> GuestCard | None:
        self._call("search")
        if qr == "MLQ:forged":
            raise InputError("QR_FORGED", "Код поддельный", "The code is forged")
        for card in self.cards.values():
            if card.phone == phone or card.code6 == code6 or qr == f"MLQ:{card.card_id}":
                return replace(card, updated_at=self.clock.now())
        return None

    def create(self, phone: str, first_name: str, key: str) -> GuestCard:
        self._call("create")
        for card in self.cards.values():
            if card.phone == phone:
                return card
        number = len(self.cards) + 1
        return self.add(
            GuestCard(
                CardId(f"card-{number}"), GuestId(f"guest-{number}"), first_name, phone,
                f"{900_000 + number}", "bronze", "Бронза", updated_at=self.clock.now(),
            )
        )  # fmt: skip

    def calculate(self, card_id: CardId, check: Check) -> ServiceCalculation:
        self._call("calculate")
        card = self.cards[card_id]
        return ServiceCalculation(BenefitType.POINTS, card.regular_minor, card.promo_minor, 0, 0)

    def reserve_points(
        self, card_id: CardId, check: Check, amount_minor: int, key: str
    ) -> Reservation:
        self._call("reserve")
        if self.before is not None:
            self.before()
        if self.refusal is not None:
            raise self.refusal
        until = self.clock.now() + timedelta(minutes=30)
        for known, hold in self.holds.items():
            if hold.is_active and hold.order_id == check.order_id:
                if (hold.card_id, hold.amount_minor) == (card_id, amount_minor):
                    return Reservation(known, amount_minor, until)
                raise RuleError("RESERVATION_ALREADY_ACTIVE", "Уже есть резерв", "Held already")
        reservation_id = ReservationId(f"res-{len(self.holds) + 1}")
        self.holds[reservation_id] = Hold(card_id, check.order_id, amount_minor)
        if self.loses_answer:
            self.loses_answer = False
            raise TemporaryError("TIMED_OUT", "Нет ответа", "No answer")
        return Reservation(reservation_id, amount_minor, until)

    def reserve_discount(
        self, card_id: CardId, check: Check, percent_bp: int, key: str
    ) -> Reservation:
        return self.reserve_points(card_id, check, percent_bp, key)

    def update_reservation(
        self, reservation_id: ReservationId, amount_minor: int, check_minor: int, key: str
    ) -> int:
        self._call("update")
        if not self.holds[reservation_id].is_active:
            raise RuleError("RESERVATION_NOT_ACTIVE", "Резерва нет", "No hold")
        self.holds[reservation_id].amount_minor = amount_minor
        return amount_minor

    def cancel_reservation(self, reservation_id: ReservationId, reason: str, key: str) -> None:
        self._call("cancel")
        self.holds[reservation_id].is_active = False


_IS_A_GATEWAY: type[LoyaltyGateway] = FakeLoyalty
