"""What a check gets from promotions, as the answer of a call."""

from app.contracts import plugin
from app.domain.loyalty import Explanation
from app.domain.promotion.rules import Gift
from app.service.promotions.codes import NamedCode
from app.service.promotions.evaluation import Evaluation


def promotions_answer(evaluation: Evaluation) -> plugin.PromotionsAnswer | None:
    """Return what promotions make of a check; None if there are none and no code was named."""
    if not evaluation.promotions and evaluation.code is None:
        return None
    result = evaluation.result
    points = {grant.promotion.promotion_id: grant.points_minor for grant in result.grants}
    shown = len(evaluation.check.goods)
    return plugin.PromotionsAnswer(
        discount=result.outcome.discount_minor,
        amount_due=sum(result.outcome.left),
        bonus_points=result.promo_points_minor,
        applied=tuple(
            plugin.AppliedPromotion(
                promotion_id=one.promotion.promotion_id,
                name=one.promotion.name,
                discount=one.discount_minor,
                line_discounts=() if one.promotion.gives_points else one.line_discounts[:shown],
                bonus_points=points.get(one.promotion.promotion_id, 0),
                ends_at=one.ends_at,
            )
            for one in result.applied
        ),
        not_applied=tuple(
            plugin.RefusedPromotion(
                promotion_id=one.promotion.promotion_id,
                name=one.promotion.name,
                reasons=explanations(one.reasons),
                gift_product_id=one.promotion.effect.product_id
                if one.offers_gift and isinstance(one.promotion.effect, Gift)
                else None,
            )
            for one in result.refused
        ),
        code=_code(evaluation.code),
    )


def _code(code: NamedCode | None) -> plugin.PromoCodeAnswer | None:
    if code is None:
        return None
    return plugin.PromoCodeAnswer(
        code=code.text,
        accepted=code.is_good,
        promotion_id=code.row.promotion_id if code.is_good and code.row else None,
        reason=explanations((code.note,))[0] if code.note else None,
    )


def explanations(notes: tuple[Explanation, ...]) -> tuple[plugin.Explanation, ...]:
    """Return the wire form of steps."""
    return tuple(
        plugin.Explanation(code=note.code, amount=note.amount_minor, ru=note.ru, en=note.en)
        for note in notes
    )
