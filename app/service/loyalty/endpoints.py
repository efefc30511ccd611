"""Closed checks and movements of points: `/api/v1/transactions`, `/api/v1/loyalty/...`."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from app.contracts.lists import CursorAnswer, ListAnswer
from app.contracts.transactions import (
    BookedResponse,
    EarnRequest,
    MovementView,
    RedeemRequest,
    TransactionRequest,
    TransactionView,
)
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import change
from app.service.http.listing import cursor_answer, list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.lists import Listing
from app.service.loyalty.booking import book_earn, book_redeem, book_transaction
from app.service.loyalty.transaction_lists import (
    MOVEMENTS,
    TRANSACTIONS,
    get_movement,
    get_transaction,
)

READ: Final = by_key_or_staff("transactions:read", "transactions:read")
WRITE: Final = by_key_or_staff("transactions:write", "transactions:write")


def transactions_router(runtime: Runtime) -> APIRouter:
    """Return the routes of transactions, bound to a running service."""
    router = APIRouter(tags=["transactions"])
    _add_list(router, runtime, "transactions", TRANSACTIONS)
    _add_list(router, runtime, "loyalty/transactions", MOVEMENTS)

    @router.get(
        "/api/v1/transactions/{transaction_id}", responses={200: {"model": TransactionView}}
    )
    async def read_transaction(request: Request, transaction_id: str) -> Response:
        """Read a closed check; the id is the `transactionId` that closing it answered."""
        return json_answer(
            await runtime.read(request, READ, lambda work: get_transaction(work, transaction_id))
        )

    @router.get("/api/v1/loyalty/transactions/{entry_id}", responses={200: {"model": MovementView}})
    async def read_movement(request: Request, entry_id: str) -> Response:
        """Read one movement of points."""
        return json_answer(
            await runtime.read(request, READ, lambda work: get_movement(work, entry_id))
        )

    for path in ("transactions", "loyalty/transactions"):
        _add_booking(router, runtime, path, TransactionRequest, book_transaction)
    _add_booking(router, runtime, "loyalty/earn", EarnRequest, book_earn)
    _add_booking(router, runtime, "loyalty/redeem", RedeemRequest, book_redeem)
    return router


def _add_list(router: APIRouter, runtime: Runtime, path: str, listing: Listing[Any]) -> None:
    model: Any = listing.model
    name = listing.name.replace("-", "_")

    @router.get(
        f"/api/v1/{path}",
        operation_id=f"list_{name}",
        responses={200: {"model": ListAnswer[model]}},
        openapi_extra=list_description(listing),
    )
    async def by_offset(request: Request) -> Response:
        """List them, newest first."""
        return await list_answer(runtime, request, READ, listing)

    @router.get(
        f"/api/v2/{path}",
        operation_id=f"walk_{name}",
        responses={200: {"model": CursorAnswer[model]}},
        openapi_extra=list_description(listing, by_cursor=True),
    )
    async def by_cursor(request: Request) -> Response:
        """Walk through all of them by cursor; a page costs the same wherever it lies."""
        return await cursor_answer(runtime, request, READ, listing)


def _add_booking(
    router: APIRouter,
    runtime: Runtime,
    path: str,
    body: type[Any],
    act: Callable[..., BookedResponse],
) -> None:
    @router.post(
        f"/api/v1/{path}",
        status_code=201,
        operation_id=f"book_{path.replace('/', '_')}",
        summary=(act.__doc__ or "").splitlines()[0],
        responses={201: {"model": BookedResponse}},
        openapi_extra=body_description(body),
    )
    async def book(request: Request) -> Response:
        """Book a check that has been paid; once for each order id."""
        made = await change(runtime, request, WRITE, body, BookedResponse, act)
        location = {"Location": f"/api/v1/transactions/{made.transaction_id}"}
        return json_answer(made, location, status=201)
