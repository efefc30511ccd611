"""Taking a promotion for an open order, so that nobody else takes the last place meanwhile."""

from datetime import timedelta

from app.contracts import plugin
from app.contracts.errors import ErrorCode
from app.domain.promotion.rules import Promotion
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.cards import lock_card
from app.service.loyalty.checks import check_items
from app.service.promotions.answers import explanations, promotions_answer
from app.service.promotions.evaluation import Check, Evaluation, evaluate, goods_of
from app.service.promotions.places import CODE_USED, Places
from app.service.promotions.uses import Use, put_use, release_held
from app.service.tenants.repository import get_rules


def apply_promotion(
    work: Work, request: plugin.ApplyPromotionRequest
) -> plugin.ApplyPromotionResponse:
    """Hold a promotion for the order that a request names, see `hold_promotion`."""
    return hold_promotion(work, request.order_id, request)


def hold_promotion(
    work: Work, order_id: str, request: plugin.PromotionWish
) -> plugin.ApplyPromotionResponse:
    """Hold a promotion for an order until it closes; the same again prolongs the hold.

    Raises:
        ProblemError: The code is not good, or the promotion does not apply or has no place left.
    """
    card = lock_card(work, request.guest_card_id) if request.guest_card_id else None
    rules = get_rules(work.connection, work.tenant_id, work.now).rules
    level = rules.level_by_id(card.level_id) if card else rules.levels[0]
    wanted = (request.promotion_id,) if request.promotion_id else ()
    check = Check(
        order_id,
        check_items(work, request.check_amount, request.items),
        goods_of(request.items),
        work.now,
        request.promo_code,
        wanted,
    )
    evaluation = evaluate(work, check, rules=rules, level=level, card=card, locks=True)
    promotion = _wanted(evaluation, request)
    hold = timedelta(seconds=rules.reservation_ttl_s)
    _hold(work, evaluation, promotion, card.card_id if card else None, hold)
    answer = promotions_answer(evaluation)
    assert answer is not None, "there is a promotion"
    return plugin.ApplyPromotionResponse(
        success=True,
        promotion_id=promotion.promotion_id,
        expires_at=work.now + hold,
        promotions=answer,
        explanation=explanations(evaluation.explanation()),
    )


def _wanted(evaluation: Evaluation, request: plugin.PromotionWish) -> Promotion:
    """Return the promotion that is to be held; it applies to the check."""
    code = evaluation.code
    if code is not None and code.fault is not None and code.note is not None:
        raise ProblemError(code.fault, code.note.en, code.note.ru)
    row = code.row if code is not None else None
    wanted = row.promotion_id if row is not None else request.promotion_id
    for one in evaluation.result.applied:
        if one.promotion.promotion_id == wanted:
            return one.promotion
    for refused in evaluation.result.refused:
        if refused.promotion.promotion_id == wanted:
            en = "; ".join(note.en for note in refused.reasons)
            ru = "; ".join(note.ru for note in refused.reasons)
            raise ProblemError(ErrorCode.PROMOTION_NOT_APPLICABLE, en, ru)
    raise ProblemError(ErrorCode.PROMOTION_NOT_FOUND)


def _hold(
    work: Work,
    evaluation: Evaluation,
    promotion: Promotion,
    card_id: str | None,
    hold: timedelta,
) -> None:
    check = evaluation.check
    code_id = evaluation.code_of(promotion)
    if code_id is not None:
        release_held(work, check.order_id, but=promotion.promotion_id)
    known = evaluation.use_of(promotion)
    use = Use(
        promotion=promotion,
        order_id=check.order_id,
        occurred_at=work.now,
        card_id=card_id,
        code_id=code_id,
        held_until=work.now + hold,
    )
    if known is not None and known.state == "USED":
        raise ProblemError(ErrorCode.DUPLICATE_CHECK)
    require_places(put_use(work, use, known))


def require_places(places: Places) -> None:
    """Refuse what has no place left.

    Raises:
        ProblemError: PROMO_CODE_USED or PROMOTION_LIMIT_REACHED.
    """
    if places.fault == CODE_USED:
        raise ProblemError(ErrorCode.PROMO_CODE_USED)
    if places.fault is not None:
        raise ProblemError(ErrorCode.PROMOTION_LIMIT_REACHED)


def release_promotion(
    work: Work, request: plugin.ReleasePromotionRequest
) -> plugin.SuccessResponse:
    """Let go what an open order holds; an order that holds nothing is fine as it is."""
    released = release_held(work, request.order_id, request.promotion_id)
    return plugin.SuccessResponse(success=True, already_processed=released == 0)
