"""The check that promotions are asked about: its lines, its guest, the moment, and what is used."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from app.domain.loyalty import CheckItem
from app.domain.promotion.rules import BirthdayRange


@dataclass(frozen=True, slots=True)
class CheckLine:
    """A line after its own discounts, before promotions and points.

    `category_ids` are its category and all above it. A check known only by its sum is one line.
    """

    name: str
    total_minor: int
    quantity_milli: int = 1_000
    product_id: str = ""
    category_ids: frozenset[str] = frozenset()
    earns_points: bool = True
    redeems_points: bool = True

    @property
    def pieces(self) -> int:
        """Return how many whole pieces it is; what is sold by weight is none."""
        whole, rest = divmod(self.quantity_milli, 1_000)
        return 0 if rest else whole

    def item(self, total_minor: int) -> CheckItem:
        """Return the line as the arithmetic of points takes it, at another total."""
        return CheckItem(self.name, total_minor, self.earns_points, self.redeems_points)


@dataclass(frozen=True, slots=True)
class Buyer:
    """What conditions ask about a guest. The level's name is for words only."""

    level_id: str
    level_name: str
    visit_count: int
    birthday: date | None = None


@dataclass(frozen=True, slots=True)
class PromoCode:
    """A code that the guest named, for the promotion it belongs to."""

    text: str
    promotion_id: str


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything the conditions look at.

    Attributes:
        at: The moment of the sale on the clock of the venue, aware.
        lines: The check.
        channel: Where it is sold: `till`, `iiko`, `rkeeper`, `api`.
        buyer: The guest, if he is known.
        code: The promo code, if there is a good one.
        used_in_all: Uses so far of promotions with a limit.
        used_by_guest: Uses so far by this guest.
        taken_off: A check that is closed: what promotions have taken off its lines already. Only
            points are left to be given; what took something off is not asked for its conditions.
    """

    at: datetime
    lines: tuple[CheckLine, ...]
    channel: str
    buyer: Buyer | None = None
    code: PromoCode | None = None
    used_in_all: Mapping[str, int] = field(default_factory=dict)
    used_by_guest: Mapping[str, int] = field(default_factory=dict)
    taken_off: Mapping[str, int] | None = None

    def __post_init__(self) -> None:
        assert self.at.tzinfo is not None

    @property
    def amount_minor(self) -> int:
        """Return the check before promotions."""
        before = sum(self.taken_off.values()) if self.taken_off else 0
        return before + sum(line.total_minor for line in self.lines)


def days_from_birthday(born: date, today: date) -> int:
    """Return how many days ago the nearest birthday was; negative if it is still to come.

    Who was born on 29 February has it on the 28th in other years.
    """
    distances = [
        (today - _birthday_in(born, year)).days
        for year in (today.year - 1, today.year, today.year + 1)
    ]
    return min(distances, key=abs)


def is_near_birthday(born: date, today: date, near: BirthdayRange) -> bool:
    """Tell whether a day lies in the range around a birthday; ranges of two years may meet."""
    return any(
        birthday - timedelta(days=near.before_days)
        <= today
        <= birthday + timedelta(days=near.after_days)
        for birthday in (
            _birthday_in(born, year) for year in (today.year - 1, today.year, today.year + 1)
        )
    )


def _birthday_in(born: date, year: int) -> date:
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if (born.month, born.day) == (2, 29) and not is_leap:
        return date(year, 2, 28)
    return date(year, born.month, born.day)
