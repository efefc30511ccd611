"""Promotions and promo codes on the wire: what an administrator writes and what tills compute with.

Sums and points are units outside and hundredths inside, percentages and multipliers likewise (`12.5` is
12.5 %, `2` doubles points). Times of day are `HH:MM` on the clock of the venue, weekdays ISO numbers.
"""

import re
from enum import StrEnum
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Amount, Points, PositiveAmount, PositivePoints, Quantity
from app.contracts.base import Count, Flag, Id, Line, Moment, Name, Text, Whole, WireModel
from app.domain.promotion import rules
from app.domain.promotion.hours import MINUTES_OF_DAY, Hours, clock_text
from app.kernel.money import BASIS_POINTS

SELECTION_MAX = 1_000
LAPSE_DAYS_DEFAULT = 30
USES_MAX = 1_000_000_000
BATCH_MAX = 10_000
MULTIPLIER_MAX = 100_00
CODE_MIN, CODE_MAX = 3, 40

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_CODE = re.compile(r"[0-9A-ZА-ЯЁ]+")


def _read_clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise PydanticCustomError("clock", "must be HH:MM, from 00:00 to 24:00")
    return value


ClockTime = Annotated[str, Field(max_length=5), AfterValidator(_read_clock)]
"""A time of day; 24:00 is the end of the day."""


def normalize_code(text: str) -> str:
    """Return a promo code as it is kept: capitals and digits, without spaces and dashes."""
    return re.sub(r"[\s\-\u2010-\u2015]+", "", text).upper()


def _read_code(value: str) -> str:
    code = normalize_code(value)
    if not _CODE.fullmatch(code) or not CODE_MIN <= len(code) <= CODE_MAX:
        raise PydanticCustomError("promo_code", "must be 3 to 40 letters and digits")
    return code


NewCode = Annotated[str, Field(max_length=100), AfterValidator(_read_code)]
"""A promo code to be made: letters and digits; case, spaces and dashes do not matter."""

CodeText = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(normalize_code)]
"""A promo code as a guest says it; whether there is such a one is not a question of form."""


def _read_percent(value: int) -> int:
    if value > BASIS_POINTS:
        raise PydanticCustomError("percent_range", "must be at most 100")
    return value


def _read_multiplier(value: int) -> int:
    if not rules.MULTIPLIER_ONE < value <= MULTIPLIER_MAX:
        raise PydanticCustomError("multiplier_range", "must be above 1 and at most 100")
    return value


def _number(minimum: int) -> WithJsonSchema:
    return WithJsonSchema(
        {"type": "number", "exclusiveMinimum": minimum, "maximum": 100, "multipleOf": 0.01}
    )


Percent = Annotated[PositiveAmount, AfterValidator(_read_percent), _number(0)]
Multiplier = Annotated[PositiveAmount, AfterValidator(_read_multiplier), _number(1)]
Days = Annotated[int, Field(strict=True, ge=0, le=366)]
LapseDays = Annotated[int, Field(strict=True, ge=1, le=3_660)]
Pieces = Annotated[int, Field(strict=True, ge=1, le=1_000)]
Uses = Annotated[int, Field(strict=True, ge=1, le=USES_MAX)]
Weekday = Annotated[int, Field(strict=True, ge=1, le=7)]


class CheckChannel(StrEnum):
    """Where a check comes from."""

    TILL = "till"
    IIKO = "iiko"
    RKEEPER = "rkeeper"
    API = "api"


class SelectionView(WireModel):
    """Products and categories (with everything below them)."""

    product_ids: tuple[Id, ...] = Field(default=(), max_length=SELECTION_MAX)
    category_ids: tuple[Id, ...] = Field(default=(), max_length=SELECTION_MAX)

    def to_domain(self) -> rules.Selection:
        """Return the selection as the domain knows it."""
        return rules.Selection(frozenset(self.product_ids), frozenset(self.category_ids))


class ConditionsView(WireModel):
    """What must hold, all of it; what is left out asks for nothing.

    Amounts are of the check before promotions. Hours past midnight belong to the day they begin on.
    """

    time_from: ClockTime | None = None
    time_until: ClockTime | None = None
    weekdays: tuple[Weekday, ...] = Field(default=(), max_length=7)
    birthday_before_days: Days | None = None
    birthday_after_days: Days | None = None
    first_check: Flag = False
    product_ids: tuple[Id, ...] = Field(default=(), max_length=SELECTION_MAX)
    category_ids: tuple[Id, ...] = Field(default=(), max_length=SELECTION_MAX)
    min_quantity: Quantity | None = None
    min_amount: Amount | None = None
    max_amount: Amount | None = None
    level_ids: tuple[Id, ...] = Field(default=(), max_length=100)
    channels: tuple[CheckChannel, ...] = Field(default=(), max_length=len(CheckChannel))

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.time_from is None) != (self.time_until is None):
            raise PydanticCustomError("hours", "give both timeFrom and timeUntil")
        if self.time_from is not None and self.time_from in {self.time_until, "24:00"}:
            raise PydanticCustomError("hours", "timeFrom and timeUntil must differ")
        if self.time_until == "00:00":
            raise PydanticCustomError("hours", "the end of the day is 24:00")
        least, most = self.min_amount, self.max_amount
        if least is not None and most is not None and least > most:
            raise PydanticCustomError("amounts", "minAmount is above maxAmount")
        return self

    def to_domain(self) -> rules.Conditions:
        """Return the conditions as the domain checks them."""
        birthday = None
        if self.birthday_before_days is not None or self.birthday_after_days is not None:
            birthday = rules.BirthdayRange(
                self.birthday_before_days or 0, self.birthday_after_days or 0
            )
        return rules.Conditions(
            hours=self._hours(),
            weekdays=frozenset(self.weekdays),
            birthday=birthday,
            is_first_check=self.first_check,
            products=rules.Selection(frozenset(self.product_ids), frozenset(self.category_ids)),
            min_quantity_milli=self.min_quantity or 0,
            min_amount_minor=self.min_amount or 0,
            max_amount_minor=self.max_amount,
            level_ids=frozenset(self.level_ids),
            channels=frozenset(channel.value for channel in self.channels),
        )

    def _hours(self) -> Hours | None:
        if self.time_from is None or self.time_until is None:
            return None
        return Hours(_minute(self.time_from), _minute(self.time_until))


def _minute(text: str) -> int:
    hours, minutes = text.split(":")
    minute = int(hours) * 60 + int(minutes)
    assert clock_text(minute) == text
    assert minute <= MINUTES_OF_DAY
    return minute


class PercentEffect(WireModel):
    """So many per cent off, at most `maxDiscount`."""

    type: Literal["PERCENT"]
    percent: Percent
    max_discount: PositiveAmount | None = None

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.PercentOff(self.percent, self.max_discount)


class AmountEffect(WireModel):
    """A fixed sum off."""

    type: Literal["AMOUNT"]
    amount: PositiveAmount

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.AmountOff(self.amount)


class PriceEffect(WireModel):
    """Each piece or kilogram costs this."""

    type: Literal["PRICE"]
    price: Amount

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.FixedPrice(self.price)


class BuyGetEffect(WireModel):
    """N+M: of every `buy` + `get` pieces the `get` cheapest have `percent` off (100 if left out)."""

    type: Literal["BUY_GET"]
    buy: Pieces
    get: Pieces
    percent: Percent = BASIS_POINTS
    max_sets: Pieces | None = None

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.BuyGet(self.buy, self.get, self.percent, self.max_sets)


class GiftEffect(WireModel):
    """So many pieces of a product cost nothing if they are in the check; `name` is for words."""

    type: Literal["GIFT"]
    product_id: Id
    name: Name
    quantity: Pieces = 1

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.Gift(self.product_id, self.name, self.quantity)


class MultiplierEffect(WireModel):
    """Earned points times this; what is more than usual are promo points that lapse."""

    type: Literal["POINTS_MULTIPLIER"]
    multiplier: Multiplier
    lapse_days: LapseDays = LAPSE_DAYS_DEFAULT

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.PointsMultiplier(self.multiplier, self.lapse_days)


class BonusEffect(WireModel):
    """So many promo points for the check."""

    type: Literal["BONUS_POINTS"]
    points: PositivePoints
    lapse_days: LapseDays = LAPSE_DAYS_DEFAULT

    def to_domain(self) -> rules.Effect:
        """Return the effect of the domain."""
        return rules.BonusPoints(self.points, self.lapse_days)


EffectView: TypeAlias = Annotated[
    PercentEffect
    | AmountEffect
    | PriceEffect
    | BuyGetEffect
    | GiftEffect
    | MultiplierEffect
    | BonusEffect,
    Field(discriminator="type"),
]


class PromotionBody(WireModel):
    """What an administrator writes; `target` is what the effect works on if not what is asked for.

    The higher `priority` goes first; an `exclusive` one applies alone, of a `group` only one applies.
    """

    name: Name
    description: Text = ""
    effect: EffectView
    conditions: ConditionsView = Field(default_factory=ConditionsView)
    target: SelectionView | None = None
    priority: Annotated[Whole, Field(ge=-1_000_000, le=1_000_000)] = 0
    exclusive: Flag = False
    group: Line | None = None
    needs_code: Flag = False
    max_uses: Uses | None = None
    max_uses_per_guest: Uses | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None

    @model_validator(mode="after")
    def _ends_after_begin(self) -> Self:
        if self.starts_at and self.ends_at and self.starts_at >= self.ends_at:
            raise PydanticCustomError("dates", "endsAt must be after startsAt")
        return self

    def to_domain(self, promotion_id: str) -> rules.Promotion:
        """Return the promotion that till and service compute with."""
        return rules.Promotion(
            promotion_id=promotion_id,
            name=self.name,
            effect=self.effect.to_domain(),
            conditions=self.conditions.to_domain(),
            target=self.target.to_domain() if self.target else None,
            priority=self.priority,
            is_exclusive=self.exclusive,
            group=self.group or None,
            needs_code=self.needs_code,
            limits=rules.Limits(self.max_uses, self.max_uses_per_guest),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


class PromotionState(StrEnum):
    """Where a promotion stands; SCHEDULED becomes ACTIVE by itself, and both become EXPIRED."""

    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    EXPIRED = "EXPIRED"
    ARCHIVED = "ARCHIVED"


class CreatePromotionRequest(PromotionBody):
    """A new promotion; it is a draft unless it is to be `active` from its beginning."""

    active: Flag = False


class UpdatePromotionRequest(PromotionBody):
    """A promotion written anew; whether it is switched on stays as it is."""


class PromotionView(PromotionBody):
    """A promotion with its state. `usedCount` counts uses, those held for an open order included."""

    id: Id
    state: PromotionState
    version: Id
    used_count: Count
    created_at: Moment
    changed_at: Moment
    already_processed: bool = False


class ActivePromotion(PromotionBody):
    """A promotion as tills compute with it. `runs` and `runEndsAt` are for a countdown now."""

    id: Id
    runs: bool
    run_ends_at: Moment | None = None
    next_run_at: Moment | None = None
    uses_left: Count | None = None


class ActivePromotionsResponse(WireModel):
    """All promotions that are switched on and not over; `version` changes with any change of them."""

    version: str
    server_time: Moment
    timezone: Line
    promotions: tuple[ActivePromotion, ...]


class PromoCodeState(StrEnum):
    """Where a promo code stands."""

    ACTIVE = "ACTIVE"
    USED_UP = "USED_UP"
    EXPIRED = "EXPIRED"
    DISABLED = "DISABLED"


class _CodeTerms(WireModel):
    """How long and how often codes are good; `maxUses` of null means without end."""

    promotion_id: Id
    max_uses: Uses | None = 1
    valid_from: Moment | None = None
    valid_until: Moment | None = None

    @model_validator(mode="after")
    def _ends_after_begin(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from >= self.valid_until:
            raise PydanticCustomError("dates", "validUntil must be after validFrom")
        return self


class CreatePromoCodeRequest(_CodeTerms):
    """One code with a text of one's own, or a drawn one if it is left out."""

    code: NewCode | None = None


class CreatePromoCodeBatchRequest(_CodeTerms):
    """Many drawn codes with a common beginning."""

    count: Annotated[int, Field(strict=True, ge=1, le=BATCH_MAX)]
    prefix: Annotated[str, Field(max_length=20, pattern=r"^[0-9A-Za-z]*$")] = ""
    length: Annotated[int, Field(strict=True, ge=8, le=20)] = 8


class PromoCodeView(WireModel):
    """A promo code."""

    id: Id
    code: Line
    promotion_id: Id
    state: PromoCodeState
    max_uses: Count | None = None
    used_count: Count
    batch_id: Id | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    disabled_at: Moment | None = None
    created_at: Moment
    already_processed: bool = False


class PromoCodeBatchResponse(WireModel):
    """The drawn codes."""

    batch_id: Id
    codes: tuple[Line, ...]
    already_processed: bool = False


class DisabledCodesResponse(WireModel):
    """How many codes of a batch were on."""

    disabled: Count
    already_processed: bool = False


class PromotionUseState(StrEnum):
    """Where a use stands: HELD while its order is open, RELEASED when it was given back."""

    HELD = "HELD"
    USED = "USED"
    RELEASED = "RELEASED"


class PromotionUseView(WireModel):
    """A use by an order. `fault` says why it should not have been: it is a fact of a past sale."""

    id: Id
    promotion_id: Id
    promo_code_id: Id | None = None
    order_id: Id
    guest_card_id: Id | None = None
    state: PromotionUseState
    discount: Amount = 0
    points: Points = 0
    fault: Line | None = None
    occurred_at: Moment
    held_until: Moment | None = None
    created_at: Moment


class PromotionClaim(WireModel):
    """What a till has taken off a check by a promotion; zero for one that gives points."""

    promotion_id: Id
    discount: Amount = 0
