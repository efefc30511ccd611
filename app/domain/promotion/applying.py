"""Going through all promotions of a check in their order: what each takes off, and why others do not.

Each promotion works on what the ones before it have left of the lines. Amounts in conditions are of
the check before any of them, so that the order changes prices but never what is allowed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.domain.loyalty import Explanation
from app.domain.promotion.conditions import Reason, reason, unmet
from app.domain.promotion.effects import counted_pieces, take_off
from app.domain.promotion.hours import current_run
from app.domain.promotion.rules import (
    BonusPoints,
    BuyGet,
    Gift,
    PointsMultiplier,
    Promotion,
    in_order,
)
from app.domain.promotion.situation import Situation
from app.domain.promotion.words import (
    already_taken_note,
    bonus_note,
    pieces_text,
    taken_off_note,
)


@dataclass(frozen=True, slots=True)
class Applied:
    """A promotion that the check gets. `line_discounts` stand in the order of the lines.

    What a multiplier of points comes to is known only with the arithmetic of points, see `check`.
    """

    promotion: Promotion
    line_discounts: tuple[int, ...]
    discount_minor: int
    note: Explanation | None
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A promotion that the check does not get, with every reason."""

    promotion: Promotion
    reasons: tuple[Explanation, ...]

    @property
    def offers_gift(self) -> bool:
        """Tell whether all that is missing is the gift itself."""
        return [note.code for note in self.reasons] == [Reason.GIFT_MISSING]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What promotions make of a check; `left` is what the lines still cost."""

    left: tuple[int, ...]
    line_discounts: tuple[int, ...]
    applied: tuple[Applied, ...]
    refused: tuple[Refused, ...]

    @property
    def discount_minor(self) -> int:
        """Return all that is taken off now."""
        return sum(self.line_discounts)


@dataclass(slots=True)
class _Course:
    """The state between two promotions."""

    left: list[int]
    applied: list[Applied] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def refuse(self, promotion: Promotion, *reasons: Explanation) -> None:
        self.refused.append(Refused(promotion, reasons))

    def rival(self, promotion: Promotion) -> Promotion | None:
        """Return an applied promotion beside which this one may not stand."""
        for other in (applied.promotion for applied in self.applied):
            alone = other.is_exclusive or promotion.is_exclusive
            if alone or (promotion.group is not None and promotion.group == other.group):
                return other
        return None


def apply_promotions(promotions: Sequence[Promotion], situation: Situation) -> Outcome:
    """Tell which promotions a check gets and what it costs then.

    Args:
        promotions: Those that are switched on, in any order.
        situation: The check.
    """
    course = _Course([line.total_minor for line in situation.lines])
    taken = situation.taken_off
    for promotion in in_order(tuple(promotions)):
        if taken is not None and not promotion.gives_points:
            _keep_taken(course, promotion, taken.get(promotion.promotion_id))
        elif reasons := unmet(promotion, situation):
            course.refuse(promotion, *reasons)
        elif (rival := course.rival(promotion)) is not None:
            course.refuse(promotion, _rival_reason(rival))
        else:
            _apply(course, promotion, situation)
    return _outcome(course, situation)


def _keep_taken(course: _Course, promotion: Promotion, amount: int | None) -> None:
    if amount is None:
        return
    note = already_taken_note(promotion, amount)
    course.applied.append(Applied(promotion, (0,) * len(course.left), 0, note, None))


def _rival_reason(rival: Promotion) -> Explanation:
    return reason(
        Reason.OTHER_APPLIES,
        f"уже действует «{rival.name}», вместе нельзя",
        f"{rival.name} applies already, they do not combine",
    )


def _apply(course: _Course, promotion: Promotion, situation: Situation) -> None:
    effect = promotion.effect
    none = [0] * len(course.left)
    if isinstance(effect, PointsMultiplier | BonusPoints):
        note = (
            bonus_note(promotion, effect.points_minor) if isinstance(effect, BonusPoints) else None
        )
        course.applied.append(_applied(promotion, none, note, situation))
        return
    off = take_off(effect, promotion.selection, situation.lines, course.left)
    amount = sum(off)
    if not amount:
        course.refuse(promotion, _no_effect(promotion, situation))
        return
    course.left = [rest - part for rest, part in zip(course.left, off, strict=True)]
    course.applied.append(_applied(promotion, off, taken_off_note(promotion, amount), situation))


def _applied(
    promotion: Promotion, off: list[int], note: Explanation | None, situation: Situation
) -> Applied:
    return Applied(promotion, tuple(off), sum(off), note, countdown_end(promotion, situation.at))


def _no_effect(promotion: Promotion, situation: Situation) -> Explanation:
    effect = promotion.effect
    ids = {line.product_id for line in situation.lines}
    if isinstance(effect, Gift) and effect.product_id not in ids:
        return reason(
            Reason.GIFT_MISSING,
            f"добавьте «{effect.name}»: это подарок",
            f"add {effect.name}: it is a gift",
        )
    if isinstance(effect, BuyGet):
        need = effect.buy + effect.get
        there = counted_pieces(promotion.selection, situation.lines)
        if there < need:
            (need_ru, need_en), (has_ru, has_en) = (
                pieces_text(need * 1_000),
                pieces_text(there * 1_000),
            )
            return reason(
                Reason.SET_INCOMPLETE,
                f"нужно {need_ru}, в чеке {has_ru}",
                f"needs {need_en}, there are {has_en}",
            )
    return reason(Reason.NOTHING_LEFT, "снижать нечего", "there is nothing to take off")


def _outcome(course: _Course, situation: Situation) -> Outcome:
    totals = [line.total_minor for line in situation.lines]
    return Outcome(
        left=tuple(course.left),
        line_discounts=tuple(a - b for a, b in zip(totals, course.left, strict=True)),
        applied=tuple(course.applied),
        refused=tuple(course.refused),
    )


def countdown_end(promotion: Promotion, local: datetime) -> datetime | None:
    """Return when a running promotion stops next: the end of its hours or of itself; None if never."""
    run = current_run(promotion.conditions.hours, promotion.conditions.weekdays, local)
    ends = [moment for moment in (promotion.ends_at, run.ends if run else None) if moment]
    return min(ends) if ends else None
