"""The rules of points: what a guest may redeem, what he will earn, and what a refund gives back.

The same pure code runs in the till (preview, offline) and in the service (authority), so that both
give the same number for the same input (L2, L3, L8). Points are hundredths; one point is worth one
rouble, so a hundredth of a point equals a kopeck.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.money import BASIS_POINTS, allocate, floor_to_step, percent_of, share_of_whole
from app.kernel.text import format_money, format_percent, format_points


class BenefitType(StrEnum):
    """What a tier grants."""

    POINTS = "POINTS"
    DISCOUNT = "DISCOUNT"


class EarnRounding(StrEnum):
    """How earned points are rounded."""

    FLOOR_WHOLE = "floor_whole"
    FLOOR_HUNDREDTH = "floor_hundredth"


class Refusal(StrEnum):
    """Why a guest gets nothing for this check; the names are those of the service's errors."""

    MIN_CHECK_AMOUNT = "MIN_CHECK_AMOUNT"
    LOYALTY_SYSTEM_DISABLED = "LOYALTY_SYSTEM_DISABLED"


@dataclass(frozen=True, slots=True)
class Level:
    """A tier: reached at a sum spent in a lifetime, grants points or a discount."""

    level_id: str
    name: str
    threshold_minor: int
    percent_bp: int
    benefit: BenefitType = BenefitType.POINTS


DEFAULT_LEVELS = (
    Level("bronze", "Бронза", 0, 500),
    Level("silver", "Серебро", 10_000_00, 700),
    Level("gold", "Золото", 50_000_00, 1_000),
    Level("platinum", "Платина", 150_000_00, 1_500),
)


@dataclass(frozen=True, slots=True)
class LoyaltyRules:
    """A tenant's rules. Levels are in rising order; the first one has threshold zero.

    Attributes:
        no_earning_categories: Ids of categories whose products earn nothing, with all below them.
        no_redeeming_categories: The same for what points cannot pay.
    """

    levels: tuple[Level, ...] = DEFAULT_LEVELS
    is_enabled: bool = True
    max_redeem_percent_bp: int = 3_000
    redeem_step_minor: int = 100
    min_check_minor: int = 50_00
    earn_rounding: EarnRounding = EarnRounding.FLOOR_WHOLE
    reservation_ttl_s: int = 30 * 60
    reservation_grace_s: int = 60 * 60
    points_lapse_days: int = 365
    points_warn_days: int = 14
    returned_points_days: int = 30
    transfers_per_day: int = 3
    transfer_per_day_minor: int = 1_000_00
    offline_redeem_limit_minor: int = 0
    no_earning_categories: tuple[str, ...] = ()
    no_redeeming_categories: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        thresholds = [level.threshold_minor for level in self.levels]
        assert thresholds, "there must be a level"
        assert thresholds[0] == 0, "the first level is open to everybody"
        assert thresholds == sorted(thresholds), "levels stand in rising order"

    @property
    def excludes_categories(self) -> bool:
        """Tell whether it matters which categories a product stands in."""
        return bool(self.no_earning_categories or self.no_redeeming_categories)

    def earns_in(self, category_ids: Collection[str]) -> bool:
        """Tell whether what stands in these categories (its own and all above) earns points."""
        return not any(known in category_ids for known in self.no_earning_categories)

    def redeems_in(self, category_ids: Collection[str]) -> bool:
        """Tell whether points can pay what stands in these categories (its own and all above)."""
        return not any(known in category_ids for known in self.no_redeeming_categories)

    def level_for(self, lifetime_spent_minor: int) -> Level:
        """Return the highest level whose threshold has been reached."""
        reached = self.levels[0]
        for level in self.levels:
            if lifetime_spent_minor >= level.threshold_minor:
                reached = level
        return reached

    def level_by_id(self, level_id: str) -> Level:
        """Return a level by its id; an id that is no longer in the rules means the first level."""
        for level in self.levels:
            if level.level_id == level_id:
                return level
        return self.levels[0]

    def level_after_sale(self, current: Level, lifetime_spent_minor: int) -> Level:
        """Return the level after a sale: upgraded at once, never lowered (L2)."""
        reached = self.level_for(lifetime_spent_minor)
        return reached if reached.threshold_minor > current.threshold_minor else current

    def next_level(self, current: Level) -> Level | None:
        """Return the next higher level, or None at the top."""
        for level in self.levels:
            if level.threshold_minor > current.threshold_minor:
                return level
        return None


@dataclass(frozen=True, slots=True)
class CheckItem:
    """A line of a check after its discounts, before points."""

    name: str
    total_minor: int
    earns_points: bool = True
    redeems_points: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """One step of a calculation, for the guest who asks why (T63).

    `code` is stable; `amount_minor` is the figure the step ended in.
    """

    code: str
    amount_minor: int
    ru: str
    en: str


@dataclass(frozen=True, slots=True)
class Calculation:
    """What the rules give a guest for a check. Amounts are kopecks or hundredths of a point."""

    benefit: BenefitType
    level: Level
    max_spend_minor: int
    points_to_earn_minor: int
    discount_percent_bp: int
    discount_minor: int
    refusal: Refusal | None
    explanation: tuple[Explanation, ...]


def calculate(
    rules: LoyaltyRules,
    level: Level,
    balance_minor: int,
    items: Sequence[CheckItem],
    spend_minor: int = 0,
    *,
    explains: bool = True,
) -> Calculation:
    """Tell what a guest may redeem and will earn on a check.

    Args:
        rules: The tenant's rules.
        level: The guest's tier at the sale.
        balance_minor: Regular and promo points together; what is reserved is not in it.
        items: The check's lines after discounts. A check known only by its sum is one item.
        spend_minor: Points to be redeemed on it, at most what the lines that accept them cost.
        explains: Whether somebody will read the explanation; without, only a refusal has one.

    Returns:
        The calculation. With a refusal everything in it is zero.
    """
    check = sum(item.total_minor for item in items)
    if refusal := _refusal(rules, check):
        return _refused(rules, level, check, refusal)
    if level.benefit is BenefitType.DISCOUNT:
        return _discounted(level, check)
    eligible = sum(item.total_minor for item in items if item.redeems_points)
    limit = eligible * rules.max_redeem_percent_bp // BASIS_POINTS
    most = floor_to_step(max(0, min(balance_minor, limit)), rules.redeem_step_minor)
    base = earning_base(items, spend_minor)
    earned = points_for(rules, level, base)
    return Calculation(
        benefit=BenefitType.POINTS,
        level=level,
        max_spend_minor=most,
        points_to_earn_minor=earned,
        discount_percent_bp=0,
        discount_minor=0,
        refusal=None,
        explanation=(
            *_explain_items(items),
            *_explain_redeem(rules, balance_minor, eligible, limit, most),
            *_explain_earn(rules, level, base, earned, spend_minor),
        )
        if explains
        else (),
    )


def earning_base(items: Sequence[CheckItem], spend_minor: int) -> int:
    """Return the money part of the lines that earn points.

    Points are spread over the lines that accept them as in pricing; what is left to be paid in
    money on lines that earn is the base.
    """
    return sum(earning_parts(items, spend_minor))


def earning_parts(items: Sequence[CheckItem], spend_minor: int) -> list[int]:
    """Return what each line adds to the base; nothing if it does not earn."""
    weights = [item.total_minor if item.redeems_points else 0 for item in items]
    spread = allocate(spend_minor, weights) if spend_minor else [0] * len(items)
    return [
        item.total_minor - points if item.earns_points else 0
        for item, points in zip(items, spread, strict=True)
    ]


def points_for(rules: LoyaltyRules, level: Level, base_minor: int) -> int:
    """Return the points earned on a money part, rounded by the rule."""
    if level.benefit is not BenefitType.POINTS or base_minor <= 0:
        return 0
    return round_earned(rules, base_minor * level.percent_bp // BASIS_POINTS)


def round_earned(rules: LoyaltyRules, points_minor: int) -> int:
    """Return points rounded down as the rules say."""
    whole = rules.earn_rounding is EarnRounding.FLOOR_WHOLE
    return floor_to_step(points_minor, 100) if whole else points_minor


def split_spend(spend_minor: int, promo_minor: int) -> tuple[int, int]:
    """Return what a redemption takes from promo points (first) and from regular points."""
    promo = min(spend_minor, promo_minor)
    return promo, spend_minor - promo


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What one refund moves; all in hundredths of a point or kopecks, none negative."""

    earned_back_minor: int
    returned_regular_minor: int
    returned_promo_minor: int
    spent_less_minor: int
    earned_promo_back_minor: int = 0


def refund_share(
    *,
    refund_minor: int,
    refunded_before_minor: int,
    original_minor: int,
    earned_minor: int,
    redeemed_regular_minor: int,
    redeemed_promo_minor: int,
    spent_minor: int,
    earned_promo_minor: int = 0,
) -> RefundShare:
    """Return the part of an order's points that goes with a refund, in proportion (L8).

    The shares of all partial refunds sum exactly to what a full refund gives.

    Args:
        refund_minor: Money of this refund; with those before it at most `original_minor`.
        refunded_before_minor: Money of all refunds before it.
        original_minor: Money of the order.
        earned_minor: Points the order earned.
        redeemed_regular_minor: Regular points redeemed on the order.
        redeemed_promo_minor: Promo points redeemed on the order.
        spent_minor: What the order added to the lifetime sum.
        earned_promo_minor: Bonus points that promotions gave for the order.
    """

    def share(amount: int) -> int:
        return share_of_whole(refund_minor, refunded_before_minor, original_minor, amount)

    return RefundShare(
        earned_back_minor=share(earned_minor),
        returned_regular_minor=share(redeemed_regular_minor),
        returned_promo_minor=share(redeemed_promo_minor),
        spent_less_minor=share(spent_minor),
        earned_promo_back_minor=share(earned_promo_minor),
    )


def _refusal(rules: LoyaltyRules, check_minor: int) -> Refusal | None:
    if not rules.is_enabled:
        return Refusal.LOYALTY_SYSTEM_DISABLED
    return Refusal.MIN_CHECK_AMOUNT if check_minor < rules.min_check_minor else None


def _refused(rules: LoyaltyRules, level: Level, check_minor: int, refusal: Refusal) -> Calculation:
    if refusal is Refusal.MIN_CHECK_AMOUNT:
        least = format_money(rules.min_check_minor, kopecks=False)
        note = Explanation(
            refusal, check_minor, f"Баллы действуют от {least}", f"Points work from {least}"
        )
    else:
        note = Explanation(
            refusal, 0, "Программа лояльности выключена", "The loyalty programme is switched off"
        )
    return Calculation(level.benefit, level, 0, 0, 0, 0, refusal, (note,))


def _discounted(level: Level, check_minor: int) -> Calculation:
    amount = percent_of(check_minor, level.percent_bp)
    rate = format_percent(level.percent_bp)
    note = Explanation(
        "LEVEL_DISCOUNT",
        amount,
        f"Скидка уровня «{level.name}» {rate}",
        f"Discount of level {level.name} {rate}",
    )
    return Calculation(BenefitType.DISCOUNT, level, 0, 0, level.percent_bp, amount, None, (note,))


def _explain_items(items: Sequence[CheckItem]) -> list[Explanation]:
    """Tell of each line that has a name whether it counts; a check known by its sum has none."""
    notes = []
    for item in items:
        if item.earns_points and item.redeems_points:
            if item.name:
                words = f"«{item.name}»: учтено", f"{item.name}: counted"
                notes.append(Explanation("ITEM_COUNTED", item.total_minor, *words))
            continue
        both = not item.earns_points and not item.redeems_points
        ru = "без баллов" if both else ("не начисляет" if item.redeems_points else "не списывается")
        en = "no points" if both else ("earns nothing" if item.redeems_points else "not redeemable")
        words = f"«{item.name}»: {ru}", f"{item.name}: {en}"
        notes.append(Explanation("ITEM_EXCLUDED", item.total_minor, *words))
    return notes


def _explain_redeem(
    rules: LoyaltyRules, balance: int, eligible: int, limit: int, most: int
) -> list[Explanation]:
    rate = format_percent(rules.max_redeem_percent_bp)
    return [
        Explanation(
            "REDEEM_LIMIT",
            limit,
            f"Баллами можно оплатить до {rate} от {format_money(eligible)}",
            f"Points may pay up to {rate} of {format_money(eligible)}",
        ),
        Explanation(
            "BALANCE",
            balance,
            f"На карте {format_points(balance)}",
            f"The card holds {format_points(balance, 'en')}",
        ),
        Explanation(
            "REDEEM_MAXIMUM",
            most,
            f"Можно списать {format_points(most)}",
            f"{format_points(most, 'en')} can be redeemed",
        ),
    ]


def _explain_earn(
    rules: LoyaltyRules, level: Level, base: int, earned: int, spend: int
) -> list[Explanation]:
    notes = []
    if spend:
        notes.append(
            Explanation(
                "REDEEMED",
                spend,
                f"Списываем {format_points(spend)}",
                f"Redeeming {format_points(spend, 'en')}",
            )
        )
    rate = format_percent(level.percent_bp)
    notes.append(
        Explanation(
            "EARN_BASE",
            base,
            f"Баллы начисляются с {format_money(base)}",
            f"Points are earned on {format_money(base)}",
        )
    )
    whole = rules.earn_rounding is EarnRounding.FLOOR_WHOLE
    notes.append(
        Explanation(
            "EARNED",
            earned,
            f"«{level.name}» {rate}: {format_points(earned)}"
            + (", до целых вниз" if whole else ""),
            f"{level.name} {rate}: {format_points(earned, 'en')}"
            + (", rounded down to whole" if whole else ""),
        )
    )
    return notes
