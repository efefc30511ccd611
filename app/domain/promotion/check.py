"""A whole check: promotions first, then points on what is left, and one explanation of both (T63).

Till and service call this with the same values and get the same figures and the same sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.loyalty import (
    BenefitType,
    Calculation,
    CheckItem,
    Explanation,
    Level,
    LoyaltyRules,
    calculate,
    earning_parts,
    round_earned,
)
from app.domain.promotion.applying import Applied, Outcome, Refused, apply_promotions
from app.domain.promotion.conditions import Reason, reason
from app.domain.promotion.rules import (
    MULTIPLIER_ONE,
    BonusPoints,
    PointsMultiplier,
    Promotion,
)
from app.domain.promotion.situation import Situation
from app.domain.promotion.words import code_note, multiplier_note, refused_note
from app.kernel.money import BASIS_POINTS


@dataclass(frozen=True, slots=True)
class PointsGrant:
    """Promo points that a promotion gives, and after how many days they lapse."""

    promotion: Promotion
    points_minor: int
    lapse_days: int
    note: Explanation


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a guest gets for a check.

    `calculation` is of the check after promotions. `explanation` is what the guest is told: the
    promotions, then the points.
    """

    calculation: Calculation
    outcome: Outcome
    items: tuple[CheckItem, ...]
    grants: tuple[PointsGrant, ...]
    refused: tuple[Refused, ...]
    explanation: tuple[Explanation, ...]

    @property
    def applied(self) -> tuple[Applied, ...]:
        """Return the promotions that give something."""
        given = {grant.promotion.promotion_id for grant in self.grants}
        return tuple(
            one
            for one in self.outcome.applied
            if not one.promotion.gives_points or one.promotion.promotion_id in given
        )

    @property
    def promo_points_minor(self) -> int:
        """Return all points that promotions give."""
        return sum(grant.points_minor for grant in self.grants)


def work_out(
    rules: LoyaltyRules,
    level: Level,
    balance_minor: int,
    situation: Situation,
    promotions: Sequence[Promotion],
    spend_minor: int = 0,
    *,
    explains: bool = True,
) -> CheckResult:
    """Tell what a check costs, what may be redeemed on it, and what it earns.

    Args:
        rules: The tenant's rules.
        level: The guest's tier at the sale.
        balance_minor: Regular and promo points together.
        situation: The check.
        promotions: Those that are switched on.
        spend_minor: Points to be redeemed; at most what is left of the lines that accept them.
        explains: Whether somebody will read what the rules of points have to say.
    """
    outcome = apply_promotions(promotions, situation)
    items = tuple(line.item(left) for line, left in zip(situation.lines, outcome.left, strict=True))
    spend = min(spend_minor, sum(item.total_minor for item in items if item.redeems_points))
    calculation = calculate(rules, level, balance_minor, items, spend, explains=explains)
    grants, without = grant_points(rules, calculation, outcome, situation, items, spend)
    refused = (*outcome.refused, *without)
    return CheckResult(
        calculation=calculation,
        outcome=outcome,
        items=items,
        grants=grants,
        refused=refused,
        explanation=(
            *_explain_code(situation, promotions),
            *_price_notes(outcome.applied),
            *(refused_note(one.promotion, one.reasons) for one in refused),
            *calculation.explanation,
            *(grant.note for grant in grants),
        ),
    )


def _price_notes(applied: Sequence[Applied]) -> list[Explanation]:
    return [one.note for one in applied if one.note and not one.promotion.gives_points]


def _explain_code(situation: Situation, promotions: Sequence[Promotion]) -> list[Explanation]:
    code = situation.code
    if code is None:
        return []
    return [
        code_note(code, promotion.name)
        for promotion in promotions
        if promotion.promotion_id == code.promotion_id
    ]


def grant_points(
    rules: LoyaltyRules,
    calculation: Calculation,
    outcome: Outcome,
    situation: Situation,
    items: Sequence[CheckItem],
    spend_minor: int,
) -> tuple[tuple[PointsGrant, ...], tuple[Refused, ...]]:
    """Return the points of all applied promotions, and those which come to nothing."""
    parts = earning_parts(items, spend_minor)
    grants: list[PointsGrant] = []
    without: list[Refused] = []
    for applied in outcome.applied:
        promotion = applied.promotion
        effect = promotion.effect
        if isinstance(effect, BonusPoints) and applied.note and calculation.refusal is None:
            points, note = effect.points_minor, applied.note
            grants.append(PointsGrant(promotion, points, effect.lapse_days, note))
        elif isinstance(effect, PointsMultiplier):
            chosen = [
                part
                for part, line in zip(parts, situation.lines, strict=True)
                if promotion.selection.takes(line.product_id, line.category_ids)
            ]
            extra = _extra_points(rules, calculation, sum(chosen), effect.multiplier)
            if extra:
                note = multiplier_note(promotion, effect.multiplier, extra)
                grants.append(PointsGrant(promotion, extra, effect.lapse_days, note))
            else:
                without.append(_no_points(promotion, calculation))
        elif isinstance(effect, BonusPoints):
            without.append(_no_points(promotion, calculation))
    return tuple(grants), tuple(without)


def _extra_points(
    rules: LoyaltyRules, calculation: Calculation, base_minor: int, multiplier: int
) -> int:
    """Return what a multiplier adds; with it all points are rounded once, not twice."""
    if calculation.refusal is not None or calculation.benefit is not BenefitType.POINTS:
        return 0
    percent = calculation.level.percent_bp
    usual = round_earned(rules, base_minor * percent // BASIS_POINTS)
    raised = base_minor * percent * multiplier // (BASIS_POINTS * MULTIPLIER_ONE)
    return round_earned(rules, raised) - usual


def _no_points(promotion: Promotion, calculation: Calculation) -> Refused:
    if calculation.refusal is not None:
        told = calculation.explanation[0]
        return Refused(promotion, (reason(Reason.NO_POINTS, told.ru, told.en),))
    return Refused(
        promotion,
        (reason(Reason.NO_POINTS, "чек не начисляет баллов", "the check earns no points"),),
    )
