"""Promotions and promo codes for programs and people, and what tills read and hold of them."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts import plugin
from app.contracts import promotions as wire
from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.contracts.lists import ListAnswer
from app.service.http.answering import UNCHANGED, body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import Access, by_installation, by_key_or_staff
from app.service.kit.lists import Listing
from app.service.kit.permissions import Permission, Scope
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.promotions.active import active_promotions, active_version
from app.service.promotions.applying import hold_promotion, release_promotion
from app.service.promotions.codes import (
    create_batch,
    create_code,
    disable_batch,
    disable_code,
    get_code,
)
from app.service.promotions.guessing import miss_of
from app.service.promotions.listing import CODES, PROMOTIONS, USES
from app.service.promotions.service import (
    activate_promotion,
    archive_promotion,
    create_promotion,
    get_promotion,
    pause_promotion,
    update_promotion,
)

_READ: Final = by_key_or_staff(Scope.TRANSACTIONS_READ, Permission.PROMOTIONS_READ)
_MANAGE: Final = by_key_or_staff(Scope.ADMIN, Permission.PROMOTIONS_MANAGE)
_CHECKS: Final = by_installation("till", "iiko", "rkeeper")
ID_MAX: Final = 100
_PROMOTIONS: Final = "/api/v1/promotions"
_CODES: Final = "/api/v1/promo-codes"

_ONE_PROMOTION: Final[tuple[tuple[str, str, Callable[[Work, str], wire.PromotionView]], ...]] = (
    ("POST", "/{promotion_id}/activate", activate_promotion),
    ("POST", "/{promotion_id}/pause", pause_promotion),
    ("DELETE", "/{promotion_id}", archive_promotion),
)


def promotion_router(runtime: Runtime) -> APIRouter:
    """Return the routes of promotions, bound to a running service."""
    router = APIRouter(tags=["promotions"])
    _add_list(router, runtime, _PROMOTIONS, PROMOTIONS)
    _add_list(router, runtime, f"{_PROMOTIONS}/uses", USES)
    _add_list(router, runtime, _CODES, CODES)
    _add_promotions(router, runtime)
    _add_codes(router, runtime)
    _add_till(router, runtime)
    return router


def _add_list(router: APIRouter, runtime: Runtime, path: str, listing: Listing[Any]) -> None:
    async def page(request: Request) -> Response:
        return await list_answer(runtime, request, _READ, listing)

    router.add_api_route(
        path,
        page,
        methods=["GET"],
        name=f"list-{listing.name}",
        summary=f"List {listing.name.replace('-', ' ')}",
        responses={200: {"model": _page_of(listing)}},
        openapi_extra=list_description(listing),
    )


def _answers(model: type[WireModel]) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}}


def _page_of(listing: Listing[Any]) -> Any:  # noqa: ANN401 - a model made at run time
    return ListAnswer.__class_getitem__(listing.model)


def _add_promotions(router: APIRouter, runtime: Runtime) -> None:
    create, update = wire.CreatePromotionRequest, wire.UpdatePromotionRequest

    @router.post(
        _PROMOTIONS, responses=_answers(wire.PromotionView), openapi_extra=body_description(create)
    )
    async def make_promotion(request: Request) -> Response:
        """Write a promotion down, as a draft or switched on."""
        return await _changed(runtime, request, create, wire.PromotionView, create_promotion)

    @router.get(f"{_PROMOTIONS}/{{promotion_id}}", responses=_answers(wire.PromotionView))
    async def promotion(request: Request, promotion_id: str) -> Response:
        """Return a promotion."""
        answer = await runtime.read(
            request,
            _READ,
            lambda work: get_promotion(work, known_id(promotion_id, ErrorCode.PROMOTION_NOT_FOUND)),
        )
        return json_answer(answer)

    @router.put(
        f"{_PROMOTIONS}/{{promotion_id}}",
        responses=_answers(wire.PromotionView),
        openapi_extra=body_description(update),
    )
    async def rewrite_promotion(request: Request, promotion_id: str) -> Response:
        """Write a promotion anew; whether it is switched on stays as it is."""

        def act(work: Work, asked: wire.UpdatePromotionRequest) -> wire.PromotionView:
            return update_promotion(
                work, known_id(promotion_id, ErrorCode.PROMOTION_NOT_FOUND), asked
            )

        return await _changed(runtime, request, update, wire.PromotionView, act)

    for method, path, act in _ONE_PROMOTION:
        _add_turn(router, runtime, method, path, act)


def _add_turn(
    router: APIRouter,
    runtime: Runtime,
    method: str,
    path: str,
    act: Callable[[Work, str], wire.PromotionView],
) -> None:
    async def turn(request: Request, promotion_id: str) -> Response:
        def run(work: Work, _nothing: Nothing) -> wire.PromotionView:
            return act(work, known_id(promotion_id, ErrorCode.PROMOTION_NOT_FOUND))

        return await _changed(runtime, request, Nothing, wire.PromotionView, run)

    router.add_api_route(
        f"{_PROMOTIONS}{path}",
        turn,
        methods=[method],
        name=act.__name__.replace("_", "-"),
        summary=act.__name__.replace("_", " ").capitalize(),
        responses={200: {"model": wire.PromotionView}},
    )


def _add_codes(router: APIRouter, runtime: Runtime) -> None:
    one, many = wire.CreatePromoCodeRequest, wire.CreatePromoCodeBatchRequest

    @router.post(
        _CODES, responses=_answers(wire.PromoCodeView), openapi_extra=body_description(one)
    )
    async def make_code(request: Request) -> Response:
        """Make a promo code, with a text of one's own or a drawn one."""
        return await _changed(runtime, request, one, wire.PromoCodeView, create_code)

    @router.post(
        f"{_CODES}/batches",
        responses=_answers(wire.PromoCodeBatchResponse),
        openapi_extra=body_description(many),
    )
    async def make_codes(request: Request) -> Response:
        """Draw up to 10 000 promo codes at once."""
        return await _changed(runtime, request, many, wire.PromoCodeBatchResponse, create_batch)

    @router.post(
        f"{_CODES}/batches/{{batch_id}}/disable",
        responses={200: {"model": wire.DisabledCodesResponse}},
    )
    async def switch_batch_off(request: Request, batch_id: str) -> Response:
        """Switch all codes of a batch off."""

        def act(work: Work, _nothing: Nothing) -> wire.DisabledCodesResponse:
            return wire.DisabledCodesResponse(
                disabled=disable_batch(work, known_id(batch_id, ErrorCode.PROMO_CODE_NOT_FOUND))
            )

        return await _changed(runtime, request, Nothing, wire.DisabledCodesResponse, act)

    @router.get(f"{_CODES}/{{code_id}}", responses=_answers(wire.PromoCodeView))
    async def code(request: Request, code_id: str) -> Response:
        """Return a promo code."""
        return json_answer(
            await runtime.read(
                request,
                _READ,
                lambda work: get_code(work, known_id(code_id, ErrorCode.PROMO_CODE_NOT_FOUND)),
            )
        )

    @router.post(f"{_CODES}/{{code_id}}/disable", responses=_answers(wire.PromoCodeView))
    async def switch_off(request: Request, code_id: str) -> Response:
        """Switch a promo code off."""

        def act(work: Work, _nothing: Nothing) -> wire.PromoCodeView:
            return disable_code(work, known_id(code_id, ErrorCode.PROMO_CODE_NOT_FOUND))

        return await _changed(runtime, request, Nothing, wire.PromoCodeView, act)


def _add_till(router: APIRouter, runtime: Runtime) -> None:
    asked = plugin.PromotionWish

    @router.get(
        "/api/v1/pos/promotions/active",
        responses={200: {"model": wire.ActivePromotionsResponse}, **UNCHANGED},
        tags=["till"],
    )
    async def active(request: Request) -> Response:
        """Give the promotions that are switched on, or 304 if nothing about them has changed."""
        known = request.headers.get("if-none-match", "")
        tag, answer = await runtime.read(request, _CHECKS, lambda work: _active(work, known))
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        if answer is None:
            return Response(status_code=304, headers=headers)
        return json_answer(answer, headers)

    @router.post(
        "/api/v1/pos/orders/{order_id}/promotion/apply",
        responses={200: {"model": plugin.ApplyPromotionResponse}},
        openapi_extra=body_description(asked),
        tags=["till"],
    )
    async def take(request: Request, order_id: str) -> Response:
        """Hold a promotion for an open order, by its code or by its id."""
        named: list[plugin.PromotionWish] = []

        def act(work: Work, wish: plugin.PromotionWish) -> plugin.ApplyPromotionResponse:
            named.append(wish)
            return hold_promotion(work, known_id(order_id, ErrorCode.VALIDATION_ERROR), wish)

        answer = plugin.ApplyPromotionResponse
        try:
            return await _changed(runtime, request, asked, answer, act, _CHECKS)
        except ProblemError as problem:
            note = miss_of(named[-1], problem) if named else None
            if note is not None:
                await runtime.write(request, _CHECKS.after_plan(), note)
            raise

    @router.delete(
        "/api/v1/pos/orders/{order_id}/promotion",
        responses={200: {"model": plugin.SuccessResponse}},
        tags=["till"],
    )
    async def let_go(request: Request, order_id: str) -> Response:
        """Let go what an open order holds."""

        def act(work: Work, _nothing: Nothing) -> plugin.SuccessResponse:
            return release_promotion(
                work,
                plugin.ReleasePromotionRequest(order_id=known_id(order_id, ErrorCode.NOT_FOUND)),
            )

        return await _changed(runtime, request, Nothing, plugin.SuccessResponse, act, _CHECKS)


def known_id(text: str, otherwise: ErrorCode) -> str:
    """Return an id of an address that may be one.

    Raises:
        ProblemError: As is said, for what no database holds.
    """
    if not text.isprintable() or len(text) > ID_MAX:
        raise ProblemError(otherwise)
    return text


def _active(work: Work, known: str) -> tuple[str, wire.ActivePromotionsResponse | None]:
    tag = f'"promotions-{active_version(work)}"'
    if tag in {name.strip().removeprefix("W/") for name in known.split(",")}:
        return tag, None
    return tag, active_promotions(work)


async def _changed(
    runtime: Runtime,
    request: Request,
    body: type[WireModel],
    answer: type[WireModel],
    act: Callable[[Work, Any], Any],
    access: Access = _MANAGE,
) -> Response:
    return json_answer(await change(runtime, request, access, body, answer, act))
