"""Guests under `/api/v1/guests`, and by cursor under `/api/v2/guests`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.guests import (
    AddGuestRequest,
    ChangeGuestRequest,
    ErasedGuest,
    GuestView,
    MergeGuestsRequest,
)
from app.contracts.lists import CursorAnswer, ListAnswer
from app.service.guests.erasure import erase_guest
from app.service.guests.listing import GUESTS, get_guest
from app.service.guests.merge import merge_guests
from app.service.guests.profile import change_guest, register_guest
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import cursor_answer, list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff

READ: Final = by_key_or_staff("guests:read", "guests:read")
WRITE: Final = by_key_or_staff("guests:write", "guests:write")
DELETE: Final = by_key_or_staff("guests:delete", "guests:delete").stepped_up()


def guests_router(runtime: Runtime) -> APIRouter:
    """Return the routes of guests, bound to a running service."""
    router = APIRouter(tags=["guests"])
    _add_reading(router, runtime)
    _add_changing(router, runtime)
    _add_ending(router, runtime)
    return router


def _add_reading(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "/api/v1/guests",
        responses={200: {"model": ListAnswer[GuestView]}},
        openapi_extra=list_description(GUESTS),
    )
    async def list_guests(request: Request) -> Response:
        """List guests; `search` takes a phone, a card code, last digits, or a name's beginning."""
        return await list_answer(runtime, request, READ, GUESTS)

    @router.get(
        "/api/v2/guests",
        responses={200: {"model": CursorAnswer[GuestView]}},
        openapi_extra=list_description(GUESTS, by_cursor=True),
    )
    async def walk_guests(request: Request) -> Response:
        """Walk through all guests by cursor; a page costs the same wherever it lies."""
        return await cursor_answer(runtime, request, READ, GUESTS)

    @router.get("/api/v1/guests/{guest_id}", responses={200: {"model": GuestView}})
    async def read_guest(request: Request, guest_id: str) -> Response:
        """Read one guest with his card."""
        return json_answer(
            await runtime.read(request, READ, lambda work: get_guest(work, guest_id))
        )


def _add_changing(router: APIRouter, runtime: Runtime) -> None:
    @router.post(
        "/api/v1/guests",
        status_code=201,
        responses={201: {"model": GuestView}},
        openapi_extra=body_description(AddGuestRequest),
    )
    async def add(request: Request) -> Response:
        """Register a guest; he gets a card of the first level."""
        made = await change(runtime, request, WRITE, AddGuestRequest, GuestView, register_guest)
        return json_answer(made, {"Location": f"/api/v1/guests/{made.id}"}, status=201)

    @router.patch(
        "/api/v1/guests/{guest_id}",
        responses={200: {"model": GuestView}},
        openapi_extra=body_description(ChangeGuestRequest),
    )
    async def patch(request: Request, guest_id: str) -> Response:
        """Change what is named, leave the rest."""
        changed = await change(
            runtime,
            request,
            WRITE,
            ChangeGuestRequest,
            GuestView,
            lambda work, body: change_guest(work, guest_id, body),
        )
        return json_answer(changed)


def _add_ending(router: APIRouter, runtime: Runtime) -> None:
    @router.post(
        "/api/v1/guests/{guest_id}/merge",
        responses={200: {"model": GuestView}},
        openapi_extra=body_description(MergeGuestsRequest),
    )
    async def merge(request: Request, guest_id: str) -> Response:
        """Join another guest into this one: points, history, phone and card lead here from now on."""
        joined = await change(
            runtime,
            request,
            WRITE,
            MergeGuestsRequest,
            GuestView,
            lambda work, body: merge_guests(work, guest_id, body),
        )
        return json_answer(joined)

    @router.delete("/api/v1/guests/{guest_id}", responses={200: {"model": ErasedGuest}})
    async def delete(request: Request, guest_id: str) -> Response:
        """Forget who a guest is; his ledger stays, without a name. A repeated call changes nothing."""
        erased = await change(
            runtime,
            request,
            DELETE,
            Nothing,
            ErasedGuest,
            lambda work, _body: erase_guest(work, guest_id),
        )
        return json_answer(erased)
