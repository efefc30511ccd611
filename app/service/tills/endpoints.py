"""Places and registers under `/api/v1/locations` and `/api/v1/registers`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts import company as wire
from app.contracts.lists import ListAnswer
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.tills import places, registers

READ: Final = by_key_or_staff("admin", "locations:read")
MANAGE: Final = by_key_or_staff("admin", "locations:manage")
_NO_STORE: Final = {"Cache-Control": "no-store"}


def places_router(runtime: Runtime) -> APIRouter:
    """Return the routes of places and registers, bound to a running service."""
    router = APIRouter(prefix="/api/v1", tags=["places"])
    _add_locations(router, runtime)
    _add_location_changes(router, runtime)
    _add_registers(router, runtime)
    _add_register_changes(router, runtime)
    return router


def _add_locations(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "/locations",
        responses={200: {"model": ListAnswer[wire.LocationView]}},
        openapi_extra=list_description(places.LOCATIONS),
    )
    async def list_locations(request: Request) -> Response:
        """List places."""
        return await list_answer(runtime, request, READ, places.LOCATIONS)

    @router.get("/locations/{location_id}", responses={200: {"model": wire.LocationView}})
    async def read_location(request: Request, location_id: str) -> Response:
        """Read one place."""
        return json_answer(
            await runtime.read(request, READ, lambda work: places.get_location(work, location_id))
        )

    @router.post(
        "/locations",
        status_code=201,
        responses={201: {"model": wire.LocationView}},
        openapi_extra=body_description(wire.AddLocationRequest),
    )
    async def add_location(request: Request) -> Response:
        """Add a place."""
        made = await change(
            runtime,
            request,
            MANAGE,
            wire.AddLocationRequest,
            wire.LocationView,
            places.add_location,
        )
        return json_answer(made, {"Location": f"/api/v1/locations/{made.id}"}, 201)


def _add_location_changes(router: APIRouter, runtime: Runtime) -> None:
    @router.patch(
        "/locations/{location_id}",
        responses={200: {"model": wire.LocationView}},
        openapi_extra=body_description(wire.ChangeLocationRequest),
    )
    async def patch_location(request: Request, location_id: str) -> Response:
        """Change what is named; tills read it at their next look."""
        changed = await change(
            runtime,
            request,
            MANAGE,
            wire.ChangeLocationRequest,
            wire.LocationView,
            lambda work, asked: places.change_location(work, location_id, asked),
        )
        return json_answer(changed)

    @router.delete("/locations/{location_id}", responses={200: {"model": wire.LocationView}})
    async def close_location(request: Request, location_id: str) -> Response:
        """Close a place that has no open registers; its sales stay."""
        closed = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            wire.LocationView,
            lambda work, _: places.close_location(work, location_id),
        )
        return json_answer(closed)


def _add_registers(router: APIRouter, runtime: Runtime) -> None:
    @router.get(
        "/registers",
        responses={200: {"model": ListAnswer[wire.RegisterView]}},
        openapi_extra=list_description(registers.REGISTERS),
    )
    async def list_registers(request: Request) -> Response:
        """List registers."""
        return await list_answer(runtime, request, READ, registers.REGISTERS)

    @router.get("/registers/{register_id}", responses={200: {"model": wire.RegisterView}})
    async def read_register(request: Request, register_id: str) -> Response:
        """Read one register."""
        return json_answer(
            await runtime.read(
                request, READ, lambda work: registers.get_register(work, register_id)
            )
        )

    @router.post(
        "/registers",
        status_code=201,
        responses={201: {"model": wire.RegisterAdded}},
        openapi_extra=body_description(wire.AddRegisterRequest),
    )
    async def add_register(request: Request) -> Response:
        """Add a register; its till's key is shown once."""
        made = await change(
            runtime,
            request,
            MANAGE,
            wire.AddRegisterRequest,
            wire.RegisterAdded,
            registers.add_register,
        )
        headers = {"Location": f"/api/v1/registers/{made.register_.id}", **_NO_STORE}
        return json_answer(made, headers, 201)


def _add_register_changes(router: APIRouter, runtime: Runtime) -> None:
    @router.patch(
        "/registers/{register_id}",
        responses={200: {"model": wire.RegisterView}},
        openapi_extra=body_description(wire.ChangeRegisterRequest),
    )
    async def patch_register(request: Request, register_id: str) -> Response:
        """Change what is named."""
        changed = await change(
            runtime,
            request,
            MANAGE,
            wire.ChangeRegisterRequest,
            wire.RegisterView,
            lambda work, asked: registers.change_register(work, register_id, asked),
        )
        return json_answer(changed)

    @router.delete("/registers/{register_id}", responses={200: {"model": wire.RegisterView}})
    async def close_register(request: Request, register_id: str) -> Response:
        """Close a register; its till's key ends now."""
        closed = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            wire.RegisterView,
            lambda work, _: registers.close_register(work, register_id),
        )
        return json_answer(closed)
