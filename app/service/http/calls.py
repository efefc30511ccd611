"""The explicit table of calls: path, contract in, contract out, use case.

A plugin call exists three times, once for each kind of installation; the logic is one.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from app.contracts import plugin, pos, sync
from app.contracts.base import WireModel
from app.service.guests.codes import reserve_codes
from app.service.guests.service import create_guest, search_guest, spends_code
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.checks import calculate_check
from app.service.loyalty.finalizing import finalize_discount, finalize_points
from app.service.loyalty.refunds import finalize_refund
from app.service.loyalty.reservations import (
    cancel_reservation,
    reserve_discount,
    reserve_points,
    update_reservation,
)
from app.service.promotions.applying import apply_promotion, release_promotion
from app.service.promotions.guessing import miss_of

KINDS = ("till", "iiko", "rkeeper")


def _always(_request: WireModel) -> bool:
    return True


def _never(_request: WireModel) -> bool:
    return False


def _holds_nothing(request: plugin.FinalizePointsRequest) -> bool:
    return request.reservation_id is None


class Call(NamedTuple):
    """One call with a body. A changing one takes an idempotency key and runs on the writer.

    Whether it changes something may depend on what is asked. What begins something new is refused
    once the company's plan has ended; what was begun before is brought to its end. `afterwards` looks
    at what came out, also of a refused call, and may return what is to be written down about it.
    """

    name: str
    request: type[WireModel]
    answer: type[WireModel]
    act: Callable[[Work, Any], WireModel]
    summary: str
    changes: Callable[[Any], bool] = _always
    method: str = "POST"
    begins: Callable[[Any], bool] = _never
    afterwards: Callable[[Any, WireModel | ProblemError], Callable[[Work], None] | None] | None = (
        None
    )


PLUGIN_CALLS = (
    Call(
        "search-guest",
        plugin.SearchGuestRequest,
        plugin.SearchGuestResponse,
        search_guest,
        "Find a guest by phone, card code or scanned text",
        changes=spends_code,
    ),
    Call(
        "create-guest",
        plugin.CreateGuestRequest,
        plugin.CreateGuestResponse,
        create_guest,
        "Register a guest",
        begins=_always,
    ),
    Call(
        "calculate",
        plugin.CalculateRequest,
        plugin.CalculateResponse,
        calculate_check,
        "Ask what a check may redeem and would earn",
        afterwards=miss_of,
        changes=_never,
    ),
    Call(
        "reserve-points",
        plugin.ReservePointsRequest,
        plugin.ReserveResponse,
        reserve_points,
        "Hold points for an order",
        begins=_always,
    ),
    Call(
        "reserve-discount",
        plugin.ReserveDiscountRequest,
        plugin.ReserveResponse,
        reserve_discount,
        "Fix a percentage for an order",
        begins=_always,
    ),
    Call(
        "update-reservation",
        plugin.UpdateReservationRequest,
        plugin.UpdateReservationResponse,
        update_reservation,
        "Change what an active reservation holds",
        method="PUT",
    ),
    Call(
        "cancel-reservation",
        plugin.CancelReservationRequest,
        plugin.SuccessResponse,
        cancel_reservation,
        "Give held points back",
    ),
    Call(
        "apply-promotion",
        plugin.ApplyPromotionRequest,
        plugin.ApplyPromotionResponse,
        apply_promotion,
        "Hold a promotion or a promo code for an open order",
        afterwards=miss_of,
        begins=_always,
    ),
    Call(
        "release-promotion",
        plugin.ReleasePromotionRequest,
        plugin.SuccessResponse,
        release_promotion,
        "Let go what an open order holds of promotions",
    ),
    Call(
        "finalize-points",
        plugin.FinalizePointsRequest,
        plugin.FinalizeResponse,
        finalize_points,
        "Close a check: redeem and earn, or earn only",
        afterwards=miss_of,
        begins=_holds_nothing,
    ),
    Call(
        "finalize-discount",
        plugin.FinalizeDiscountRequest,
        plugin.FinalizeResponse,
        finalize_discount,
        "Close a check with a fixed percentage",
        afterwards=miss_of,
    ),
    Call(
        "finalize-refund",
        plugin.FinalizeRefundRequest,
        plugin.FinalizeRefundResponse,
        finalize_refund,
        "Give a check back, whole or in part",
    ),
)

CARD_CODES_CALL = Call(
    "card-codes",
    pos.CardCodesRequest,
    pos.CardCodesResponse,
    reserve_codes,
    "Set unused card codes aside for guests registered offline",
)

SYNC_MODELS = (sync.SyncBatchRequest, sync.SyncBatchResponse)
