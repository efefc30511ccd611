"""Locks for guessing under `/api/v1/guessing-locks`."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.auth import DoneResponse
from app.contracts.guessing import GuessingLocksResponse
from app.service.guessing.service import lift_lock, list_locks
from app.service.http.answering import json_answer
from app.service.http.changing import Nothing, change
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff

READ: Final = by_key_or_staff("admin", "tenant:manage")
LIFT: Final = READ.stepped_up()


def guessing_router(runtime: Runtime) -> APIRouter:
    """Return the routes of locks, bound to a running service."""
    router = APIRouter(prefix="/api/v1/guessing-locks", tags=["tenants"])

    @router.get("", responses={200: {"model": GuessingLocksResponse}})
    async def list_guessing_locks(request: Request) -> Response:
        """List who is locked out for guessing at codes."""
        return json_answer(await runtime.read(request, READ, list_locks))

    @router.delete("/{codes}/{subject}", responses={200: {"model": DoneResponse}})
    async def lift_guessing_lock(request: Request, codes: str, subject: str) -> Response:
        """Let somebody in again who was locked out; it is noted in the audit log."""
        done = await change(
            runtime,
            request,
            LIFT,
            Nothing,
            DoneResponse,
            lambda work, _: lift_lock(work, codes, subject),
        )
        return json_answer(done)

    return router
