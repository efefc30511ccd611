"""A guest and his card as the till and the service speak of them."""

from dataclasses import dataclass
from datetime import datetime

from app.kernel.ids import CardId, GuestId, ProductId


@dataclass(frozen=True, slots=True)
class GuestCard:
    """A loyalty card with its owner. Balances are hundredths of a point, never negative.

    A guest registered offline has a card whose id begins with `local-` until the service has
    answered; it can earn, but not redeem.
    """

    card_id: CardId
    guest_id: GuestId
    first_name: str
    phone: str
    code6: str
    level_id: str
    level_name: str
    regular_minor: int = 0
    promo_minor: int = 0
    reserved_minor: int = 0
    lifetime_spent_minor: int = 0
    visit_count: int = 0
    last_visit_at: datetime | None = None
    favourite_ids: tuple[ProductId, ...] = ()
    is_blocked: bool = False
    updated_at: datetime | None = None

    @property
    def total_minor(self) -> int:
        """Return regular and promo points together; what is reserved is not in it."""
        return self.regular_minor + self.promo_minor

    @property
    def is_local(self) -> bool:
        """Tell whether the service does not know the card yet."""
        return self.card_id.startswith(LOCAL_CARD_PREFIX)


LOCAL_CARD_PREFIX = "local-"
