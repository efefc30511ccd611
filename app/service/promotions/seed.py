"""Writing the promotions of a café's file: sums in kopecks, percentages in hundredths of a per cent."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.contracts.promotions import CreatePromoCodeRequest, PromotionBody, PromotionState
from app.service.kit.work import Work
from app.service.promotions.codes import insert_code
from app.service.promotions.service import insert_promotion


def write_promotions(work: Work, given: Sequence[Mapping[str, Any]]) -> None:
    """Write promotions with their codes; they were there before anybody could be told of them."""
    for promotion in given:
        body = PromotionBody.model_validate(promotion["body"])
        insert_promotion(work, promotion["id"], body, PromotionState(promotion["state"]))
        for code in promotion["codes"]:
            request = CreatePromoCodeRequest(promotion_id=promotion["id"], **code)
            insert_code(work, request, str(request.code))
