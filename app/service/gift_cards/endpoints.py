"""Gift cards for programs and people under `/api/v1/gift-cards`, for tills under `/api/v1/pos/finance`."""

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from fastapi import APIRouter, Request, Response

from app.contracts import gift_cards as wire
from app.contracts.base import WireModel
from app.contracts.lists import ListAnswer
from app.service.gift_cards.finding import find_by_code
from app.service.gift_cards.issuing import (
    block_gift_card,
    issue_gift_card,
    top_up_gift_card,
    unblock_gift_card,
    with_code,
)
from app.service.gift_cards.reading import GIFT_CARDS, gift_card_details
from app.service.gift_cards.redeeming import cancel_hold, capture_hold, redeem_gift_card
from app.service.gift_cards.refunding import refund_gift_card
from app.service.http.answering import body_description, json_answer
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import Access, by_installation, by_key_or_staff
from app.service.kit.idempotency import fingerprint, run_once
from app.service.kit.permissions import Permission, Scope
from app.service.kit.problems import ProblemError
from app.service.kit.reading import read_body, read_key, read_model
from app.service.kit.work import Work

_READ: Final = by_key_or_staff(Scope.TRANSACTIONS_READ, Permission.GIFT_CARDS_READ)
# What is on a card has been paid for: it is taken whatever became of the company's plan.
_PAY: Final = by_key_or_staff(Scope.TRANSACTIONS_WRITE, Permission.TRANSACTIONS_WRITE).after_plan()
_MANAGE: Final = by_key_or_staff(Scope.TRANSACTIONS_WRITE, Permission.GIFT_CARDS_MANAGE)
_TILL: Final = by_installation("till").after_plan()
_NO_STORE: Final = {"Cache-Control": "no-store"}
_CODE_LIKE: Final = re.compile(r"[0-9][0-9 -]{14,}")

Subject = str | None


class _Change(NamedTuple):
    """A changing call: what comes in and goes out, who may, which card it is about, what it does."""

    name: str
    request: type[WireModel]
    answer: type[Any]
    access: Access
    act: Callable[[Work, Any, Any], WireModel]
    # What an answer gains that is not kept with the idempotency key.
    finish: Callable[[Work, Any], WireModel] | None = None


_ISSUE: Final = _Change(
    "gift-cards/issue",
    wire.IssueGiftCardRequest,
    wire.GiftCardIssued,
    _MANAGE,
    lambda work, _, request: issue_gift_card(work, request),
    with_code,
)
_REDEEM: Final = _Change(
    "gift-cards/redeem",
    wire.RedeemGiftCardRequest,
    wire.RedeemGiftCardResponse,
    _PAY,
    redeem_gift_card,
)
_REFUND: Final = _Change(
    "gift-cards/refund",
    wire.RefundGiftCardRequest,
    wire.RefundGiftCardResponse,
    _PAY,
    refund_gift_card,
)
_TOP_UP: Final = _Change(
    "gift-cards/top-up",
    wire.TopUpGiftCardRequest,
    wire.GiftCardChanged,
    _MANAGE,
    top_up_gift_card,
)
_BLOCK: Final = _Change(
    "gift-cards/block", wire.BlockGiftCardRequest, wire.GiftCardChanged, _MANAGE, block_gift_card
)
_UNBLOCK: Final = _Change(
    "gift-cards/unblock",
    wire.UnblockGiftCardRequest,
    wire.GiftCardChanged,
    _MANAGE,
    unblock_gift_card,
)
_CAPTURE: Final = _Change(
    "gift-cards/capture",
    wire.CaptureGiftCardRequest,
    wire.RedeemGiftCardResponse,
    _PAY,
    capture_hold,
)
_CANCEL: Final = _Change(
    "gift-cards/cancel",
    wire.CancelGiftCardHoldRequest,
    wire.RedeemGiftCardResponse,
    _PAY,
    cancel_hold,
)

# Path below the prefix, call; the calls on one card or hold have its id in the path.
_REST: Final = (
    ("", _ISSUE),
    ("/redeem", _REDEEM),
    ("/refund", _REFUND),
    ("/holds/{subject}/capture", _CAPTURE),
    ("/holds/{subject}/cancel", _CANCEL),
    ("/{subject}/top-up", _TOP_UP),
    ("/{subject}/block", _BLOCK),
    ("/{subject}/unblock", _UNBLOCK),
)
_TILLS: Final = (
    ("", _ISSUE),
    ("/redeem", _REDEEM),
    ("/refund", _REFUND),
    ("/holds/{subject}/capture", _CAPTURE),
    ("/holds/{subject}/cancel", _CANCEL),
    ("/{subject}/top-up", _TOP_UP),
)


def gift_card_router(runtime: Runtime) -> APIRouter:
    """Return the routes of gift cards, bound to a running service."""
    router = APIRouter(tags=["gift-cards"])
    for path, change in _REST:
        _add(router, f"/api/v1/gift-cards{path}", change, change.access, runtime)
    for path, change in _TILLS:
        _add(router, f"/api/v1/pos/finance/giftcards{path}", change, _TILL, runtime)
    _add_look_ups(router, runtime)
    return router


def _add(router: APIRouter, path: str, change: _Change, access: Access, runtime: Runtime) -> None:
    async def endpoint(request: Request) -> Response:
        subject = request.path_params.get("subject")
        return await _run(runtime, request, change, access, subject)

    named = [{"name": "subject", "in": "path", "required": True, "schema": {"type": "string"}}]
    parameters = {"parameters": named} if "{subject}" in path else {}
    router.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        summary=(change.request.__doc__ or "").partition("\n")[0],
        operation_id=f"{'pos-' if access is _TILL else ''}{change.name.replace('/', '-')}",
        responses={200: {"model": change.answer}},
        openapi_extra=body_description(change.request) | parameters,
    )


async def _run(
    runtime: Runtime, request: Request, change: _Change, access: Access, subject: Subject
) -> Response:
    """Run a changing call; one that looks a code up in vain is committed before it is refused."""
    problem: ProblemError | None = None
    try:
        message = read_model(change.request, await read_body(request))
        key = read_key(request)
    except ProblemError as error:
        problem = error
    if problem is not None:
        # The key is looked at before the body is judged: a stranger only learns that he is one.
        await runtime.read(request, access, _nothing)
        raise problem

    def act(work: Work) -> WireModel | ProblemError:
        found = _subject(work, message, subject)
        if isinstance(found, ProblemError):
            return found
        mark = fingerprint(f"{change.name}/{subject or ''}", _without_code(message, found))
        answer: WireModel = run_once(
            work, key, mark, change.answer, lambda: change.act(work, found, message)
        )
        return change.finish(work, answer) if change.finish is not None else answer

    result = await runtime.write(request, access, act)
    if isinstance(result, ProblemError):
        raise result
    return json_answer(result, _NO_STORE)


def _without_code(message: WireModel, card_id: Subject) -> WireModel:
    # What is kept of a request says which card it was about: neither the code nor how it was typed.
    if getattr(message, "code", None) is None:
        return message
    return message.model_copy(update={"code": None, "gift_card_id": card_id})


def _nothing(_work: Work) -> None:
    """Let the caller in, and do nothing."""


def _subject(work: Work, message: WireModel, subject: Subject) -> Subject | ProblemError:
    if subject is not None:
        return subject
    code = getattr(message, "code", None)
    if code is not None:
        return find_by_code(work, code)
    return getattr(message, "gift_card_id", None)


def _add_look_ups(router: APIRouter, runtime: Runtime) -> None:
    details: dict[int | str, dict[str, Any]] = {200: {"model": wire.GiftCardDetails}}
    asking = body_description(wire.GiftCardLookUp)

    @router.get(
        "/api/v1/gift-cards",
        responses={200: {"model": ListAnswer[wire.GiftCardView]}},
        openapi_extra=list_description(GIFT_CARDS),
    )
    async def gift_cards(request: Request) -> Response:
        """List the cards, newest first; `search` takes the last four digits or the note."""
        return await list_answer(runtime, request, _READ, GIFT_CARDS)

    @router.post("/api/v1/gift-cards/lookup", responses=details, openapi_extra=asking)
    async def look_up(request: Request) -> Response:
        """Find a card by its code, which is not left in any log of addresses."""
        return await _look_up(runtime, request, _READ, await _code_of(request))

    @router.post("/api/v1/pos/finance/giftcards/lookup", responses=details, openapi_extra=asking)
    async def till_look_up(request: Request) -> Response:
        """Find a card by its code at a till."""
        return await _look_up(runtime, request, _TILL, await _code_of(request))

    @router.get("/api/v1/pos/finance/giftcards", responses=details)
    async def till_gift_card(request: Request, code: str = "") -> Response:
        """Find a card by its code at a till, for tills that can only ask by address."""
        return await _look_up(runtime, request, _TILL, code)

    @router.get("/api/v1/gift-cards/{gift_card}", responses=details)
    async def gift_card(request: Request, gift_card: str) -> Response:
        """Give a card with its newest movements, by its id or by its code."""
        if _CODE_LIKE.fullmatch(gift_card):
            return await _look_up(runtime, request, _READ, gift_card)
        found = await runtime.read(request, _READ, lambda work: gift_card_details(work, gift_card))
        return json_answer(found, _NO_STORE)


async def _code_of(request: Request) -> str | ProblemError:
    try:
        return read_model(wire.GiftCardLookUp, await read_body(request)).code
    except ProblemError as problem:
        return problem


async def _look_up(
    runtime: Runtime, request: Request, access: Access, code: str | ProblemError
) -> Response:
    # A look-up by code writes: only so is guessing counted strictly.
    def act(work: Work) -> wire.GiftCardDetails | ProblemError:
        found = code if isinstance(code, ProblemError) else find_by_code(work, code)
        return found if isinstance(found, ProblemError) else gift_card_details(work, found)

    result = await runtime.write(request, access, act)
    if isinstance(result, ProblemError):
        raise result
    return json_answer(result, _NO_STORE)
