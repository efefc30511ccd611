"""People of the company under `/api/v1/staff`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.auth import DoneResponse, LinkStaffTelegramRequest
from app.contracts.company import AddStaffRequest, ChangeStaffRequest, StaffView
from app.contracts.lists import ListAnswer
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.staff import service as cases

READ: Final = by_key_or_staff("admin", "staff:read")
MANAGE: Final = by_key_or_staff("admin", "staff:manage")
RESET: Final = MANAGE.stepped_up()


def staff_router(runtime: Runtime) -> APIRouter:
    """Return the routes of people, bound to a running service."""
    router = APIRouter(prefix="/api/v1/staff", tags=["staff"])
    _add_reading(router, runtime)
    _add_changing(router, runtime)
    _add_signing_in(router, runtime)
    return router


def _add_reading(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "",
        responses={200: {"model": ListAnswer[StaffView]}},
        openapi_extra=list_description(cases.STAFF),
    )
    async def list_staff(request: Request) -> Response:
        """List people; `search` takes part of a name or an address."""
        return await list_answer(runtime, request, READ, cases.STAFF)

    @router.get("/{staff_id}", responses={200: {"model": StaffView}})
    async def read_person(request: Request, staff_id: str) -> Response:
        """Read one person."""
        return json_answer(
            await runtime.read(request, READ, lambda work: cases.get_person(work, staff_id))
        )


def _add_changing(router: APIRouter, runtime: Runtime) -> None:
    @router.post(
        "",
        status_code=201,
        responses={201: {"model": StaffView}},
        openapi_extra=body_description(AddStaffRequest),
    )
    async def add(request: Request) -> Response:
        """Add a person of the tills; who signs in elsewhere is invited."""
        made = await change(runtime, request, MANAGE, AddStaffRequest, StaffView, cases.add_person)
        return json_answer(made, {"Location": f"/api/v1/staff/{made.id}"}, 201)

    @router.patch(
        "/{staff_id}",
        responses={200: {"model": StaffView}},
        openapi_extra=body_description(ChangeStaffRequest),
    )
    async def patch(request: Request, staff_id: str) -> Response:
        """Change what is named; tills read it at their next look."""
        changed = await change(
            runtime,
            request,
            MANAGE,
            ChangeStaffRequest,
            StaffView,
            lambda work, asked: cases.change_person(work, staff_id, asked),
        )
        return json_answer(changed)

    @router.delete("/{staff_id}", responses={200: {"model": StaffView}})
    async def switch_off(request: Request, staff_id: str) -> Response:
        """Switch a person off: refused everywhere at once, and kept for history."""
        off = ChangeStaffRequest(is_active=False)
        changed = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            StaffView,
            lambda work, _: cases.change_person(work, staff_id, off),
        )
        return json_answer(changed)


def _add_signing_in(router: APIRouter, runtime: Runtime) -> None:
    @router.put(
        "/{staff_id}/telegram",
        responses={200: {"model": DoneResponse}},
        openapi_extra=body_description(LinkStaffTelegramRequest),
    )
    async def telegram(request: Request, staff_id: str) -> Response:
        """Say which Telegram user a person is, or none."""
        done = await change(
            runtime,
            request,
            MANAGE,
            LinkStaffTelegramRequest,
            DoneResponse,
            lambda work, asked: cases.link_telegram(work, staff_id, asked.telegram_user_id),
        )
        return json_answer(done)

    @router.delete("/{staff_id}/totp", responses={200: {"model": DoneResponse}})
    async def reset_totp(request: Request, staff_id: str) -> Response:
        """Switch a person's one-time codes off, as the authenticator is lost."""
        done = await change(
            runtime,
            request,
            RESET,
            Nothing,
            DoneResponse,
            lambda work, _: cases.reset_totp(work, staff_id),
        )
        return json_answer(done)

    @router.delete("/{staff_id}/sessions", responses={200: {"model": DoneResponse}})
    async def sign_out(request: Request, staff_id: str) -> Response:
        """End every session of a person."""
        done = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            DoneResponse,
            lambda work, _: cases.sign_out_person(work, staff_id),
        )
        return json_answer(done)
