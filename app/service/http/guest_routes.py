"""What the company's own programs read of guests under `/api/v1/guests`."""

from fastapi import APIRouter, Request, Response

from app.contracts.guests import GuestQrResponse
from app.service.guests.dynamic_qr import issue_qr
from app.service.http.answering import json_answer
from app.service.http.runtime import Runtime

_API = "api"


def guest_router(runtime: Runtime) -> APIRouter:
    """Return the routes of guests, bound to a running service."""
    router = APIRouter(prefix="/api/v1/guests", tags=["guests"])

    @router.get("/{guest_id}/qr", responses={200: {"model": GuestQrResponse}})
    async def guest_qr(request: Request, guest_id: str) -> Response:
        """Make a fresh code for the guest's phone: valid five minutes, accepted once."""
        answer = await runtime.read(request, _API, lambda work: issue_qr(work, guest_id))
        return json_answer(answer, {"Cache-Control": "no-store"})

    return router
