"""One-time codes under `/api/v1/auth/totp`, and the step up that dangerous actions ask for."""

from fastapi import APIRouter, Request, Response

from app.contracts.auth import (
    ConfirmTotpResponse,
    DoneResponse,
    EnrolTotpRequest,
    EnrolTotpResponse,
    ProofRequest,
    StepUpResponse,
    TotpCodeRequest,
)
from app.service.auth import totp
from app.service.auth.endpoints import NO_STORE, PEOPLE, prove_password, read_message, settle
from app.service.http.answering import body_description, json_answer
from app.service.http.runtime import Runtime


def totp_router(runtime: Runtime) -> APIRouter:
    """Return the routes of one-time codes, bound to a running service."""
    router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

    @router.post(
        "/totp/enrol",
        responses={200: {"model": EnrolTotpResponse}},
        openapi_extra=body_description(EnrolTotpRequest),
    )
    async def enrol(request: Request) -> Response:
        """Draw a secret for the authenticator; in force after `confirm`."""
        asked, once = await read_message(runtime, request, PEOPLE, EnrolTotpRequest)
        await prove_password(runtime, request, asked.password)
        drawn = await settle(runtime, request, PEOPLE, once, EnrolTotpResponse, totp.enrol)
        return json_answer(drawn, NO_STORE)

    @router.post(
        "/totp/confirm",
        responses={200: {"model": ConfirmTotpResponse}},
        openapi_extra=body_description(TotpCodeRequest),
    )
    async def confirm(request: Request) -> Response:
        """Put one-time codes in force with the first of them; recovery codes are shown once."""
        asked, once = await read_message(runtime, request, PEOPLE, TotpCodeRequest)
        answer = await settle(
            runtime,
            request,
            PEOPLE,
            once,
            ConfirmTotpResponse,
            lambda work: totp.confirm(work, asked.code),
        )
        return json_answer(answer, NO_STORE)

    @router.post(
        "/totp/disable",
        responses={200: {"model": DoneResponse}},
        openapi_extra=body_description(ProofRequest),
    )
    async def disable(request: Request) -> Response:
        """Switch one-time codes off, with a code or a recovery code."""
        asked, once = await read_message(runtime, request, PEOPLE, ProofRequest)
        done = await settle(
            runtime, request, PEOPLE, once, DoneResponse, lambda work: totp.disable(work, asked)
        )
        return json_answer(done)

    @router.post(
        "/step-up",
        responses={200: {"model": StepUpResponse}},
        openapi_extra=body_description(ProofRequest),
    )
    async def step_up(request: Request) -> Response:
        """Prove oneself for dangerous actions: the proof goes into `X-Step-Up-Token`."""
        asked, once = await read_message(runtime, request, PEOPLE, ProofRequest)
        answer = await settle(
            runtime, request, PEOPLE, once, StepUpResponse, lambda work: totp.step_up(work, asked)
        )
        return json_answer(answer, NO_STORE)

    return router
