"""Personal data under `/api/v1/guests/{id}`: consents, giving everything out, forgetting."""

from typing import Final

from fastapi import APIRouter, Request, Response

from app.contracts.guests import ErasedGuest
from app.contracts.privacy import ConsentsResponse, GiveConsentRequest, PersonalDataResponse
from app.service.guests.erasure import erase_guest
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.runtime import Runtime
from app.service.kit.access import by_installation, by_key_or_staff
from app.service.privacy import consents
from app.service.privacy.personal_data import collect

READ: Final = by_key_or_staff("guests:read", "guests:read")
# Rights of a guest do not end with his café's plan.
WRITE: Final = (
    by_key_or_staff("guests:write", "guests:write") | by_installation("till")
).after_plan()
EXPORT: Final = by_key_or_staff("admin", "guests:export").stepped_up().after_plan()
ERASE: Final = by_key_or_staff("guests:delete", "guests:delete").stepped_up().after_plan()


def privacy_router(runtime: Runtime) -> APIRouter:
    """Return the routes of personal data, bound to a running service."""
    router = APIRouter(prefix="/api/v1/guests/{guest_id}", tags=["guests"])

    @router.get("/consents", responses={200: {"model": ConsentsResponse}})
    async def list_consents(request: Request, guest_id: str) -> Response:
        """Tell what a guest has agreed to, now and before."""
        return json_answer(
            await runtime.read(request, READ, lambda work: consents.list_consents(work, guest_id))
        )

    @router.post(
        "/consents",
        status_code=201,
        responses={201: {"model": ConsentsResponse}},
        openapi_extra=body_description(GiveConsentRequest),
    )
    async def give_consent(request: Request, guest_id: str) -> Response:
        """Write a guest's yes or no, with the version of the text that he was shown."""
        made = await change(
            runtime,
            request,
            WRITE,
            GiveConsentRequest,
            ConsentsResponse,
            lambda work, asked: consents.give_consent(work, guest_id, asked),
        )
        return json_answer(made, status=201)

    @router.get("/personal-data", responses={200: {"model": PersonalDataResponse}})
    async def personal_data(request: Request, guest_id: str) -> Response:
        """Give out everything that is held of a guest; people show a fresh code, and it is noted."""
        answer = await runtime.write(request, EXPORT, lambda work: collect(work, guest_id))
        return json_answer(answer, {"Cache-Control": "no-store"})

    @router.post("/erase", responses={200: {"model": ErasedGuest}})
    async def erase(request: Request, guest_id: str) -> Response:
        """Forget who a guest is, as he asked; his ledger stays, without a name."""
        erased = await change(
            runtime,
            request,
            ERASE,
            Nothing,
            ErasedGuest,
            lambda work, _: erase_guest(work, guest_id),
        )
        return json_answer(erased)

    return router
