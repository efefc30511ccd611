"""What a promotion is: conditions, one effect, its rank among others, and limits."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeAlias

from app.domain.promotion.hours import Hours
from app.kernel.money import BASIS_POINTS

#: A multiplier of points is kept in hundredths: 200 doubles them.
MULTIPLIER_ONE: Final = 100


@dataclass(frozen=True, slots=True)
class Selection:
    """Products, and categories with everything below them; an empty one means everything."""

    product_ids: frozenset[str] = frozenset()
    category_ids: frozenset[str] = frozenset()

    @property
    def is_everything(self) -> bool:
        """Tell whether no choice was made."""
        return not self.product_ids and not self.category_ids

    def takes(self, product_id: str, category_ids: frozenset[str]) -> bool:
        """Tell whether a product of these categories is among what was chosen."""
        if self.is_everything:
            return True
        return product_id in self.product_ids or not self.category_ids.isdisjoint(category_ids)


EVERYTHING: Final = Selection()


@dataclass(frozen=True, slots=True)
class BirthdayRange:
    """So many days before and after the guest's birthday, the day itself included."""

    before_days: int = 0
    after_days: int = 0


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must hold, all of it; a field left at its default asks for nothing.

    Amounts are of the whole check before any promotion. `products` must be in the check, at least
    `min_quantity_milli` of them together.
    """

    hours: Hours | None = None
    weekdays: frozenset[int] = frozenset()
    birthday: BirthdayRange | None = None
    is_first_check: bool = False
    products: Selection = EVERYTHING
    min_quantity_milli: int = 0
    min_amount_minor: int = 0
    max_amount_minor: int | None = None
    level_ids: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class PercentOff:
    """So many basis points off, at most `max_minor` in all."""

    percent_bp: int
    max_minor: int | None = None

    def __post_init__(self) -> None:
        assert 0 < self.percent_bp <= BASIS_POINTS


@dataclass(frozen=True, slots=True)
class AmountOff:
    """A fixed sum off, spread over the lines."""

    amount_minor: int


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """Each piece or kilogram costs this; a line that is cheaper already stays as it is."""

    price_minor: int


@dataclass(frozen=True, slots=True)
class BuyGet:
    """Of every `buy` + `get` pieces the `get` cheapest have `percent_bp` off (N+M).

    The cheapest of the whole check are taken, in at most `max_sets` sets. Weighed goods do not count.
    """

    buy: int
    get: int
    percent_bp: int = BASIS_POINTS
    max_sets: int | None = None

    def __post_init__(self) -> None:
        assert self.buy > 0
        assert self.get > 0


@dataclass(frozen=True, slots=True)
class Gift:
    """So many pieces of a product cost nothing; it must be in the check."""

    product_id: str
    name: str
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class PointsMultiplier:
    """Earned points times this many hundredths; what is more than usual are promo points."""

    multiplier: int
    lapse_days: int

    def __post_init__(self) -> None:
        assert self.multiplier > MULTIPLIER_ONE


@dataclass(frozen=True, slots=True)
class BonusPoints:
    """So many promo points for the check."""

    points_minor: int
    lapse_days: int


PriceEffect: TypeAlias = PercentOff | AmountOff | FixedPrice | BuyGet | Gift
PointsEffect: TypeAlias = PointsMultiplier | BonusPoints
Effect: TypeAlias = PriceEffect | PointsEffect


@dataclass(frozen=True, slots=True)
class Limits:
    """How often it may be used in all, and by one guest."""

    in_all: int | None = None
    per_guest: int | None = None


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion.

    The higher priority is looked at first. An exclusive one applies alone; of one group only the first
    that applies. `target` is what its effect works on; left out, it is what the conditions ask for.
    """

    promotion_id: str
    name: str
    effect: Effect
    conditions: Conditions = field(default_factory=Conditions)
    target: Selection | None = None
    priority: int = 0
    is_exclusive: bool = False
    group: str | None = None
    needs_code: bool = False
    limits: Limits = field(default_factory=Limits)
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def selection(self) -> Selection:
        """Return what the effect works on."""
        return self.conditions.products if self.target is None else self.target

    @property
    def gives_points(self) -> bool:
        """Tell whether it gives points and leaves prices alone."""
        return isinstance(self.effect, PointsMultiplier | BonusPoints)

    @property
    def asks_for_guest(self) -> bool:
        """Tell whether it can be given to a known guest only."""
        conditions = self.conditions
        return bool(
            self.gives_points
            or conditions.birthday
            or conditions.is_first_check
            or conditions.level_ids
            or self.limits.per_guest is not None
        )


def in_order(promotions: "list[Promotion] | tuple[Promotion, ...]") -> list[Promotion]:
    """Return promotions in the order in which they are looked at: priority, then id."""
    return sorted(promotions, key=lambda promotion: (-promotion.priority, promotion.promotion_id))
