"""Invitations under `/api/v1/auth`: invite, list, take back, accept."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from fastapi import APIRouter, Request, Response

from app.contracts.auth import (
    AcceptInvitationRequest,
    DoneResponse,
    InvitationView,
    InviteRequest,
    InviteResponse,
    SessionResponse,
)
from app.contracts.lists import ListAnswer
from app.service.auth import invitations as cases
from app.service.auth.endpoints import ANYONE, NO_STORE, agent_of, read_message, settle
from app.service.auth.models import invitations
from app.service.auth.once import find_answer
from app.service.auth.passwords import check_strength, hash_aside
from app.service.http.answering import body_description, json_answer
from app.service.http.changing import Nothing, change
from app.service.http.listing import list_answer, list_description
from app.service.http.runtime import Runtime
from app.service.kit.access import by_key_or_staff
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.work import Work

READ: Final = by_key_or_staff("admin", "staff:read")
MANAGE: Final = by_key_or_staff("admin", "staff:manage")


def _views(_work: Work, rows: Sequence[Any]) -> Sequence[InvitationView]:
    return [cases.invitation_view(row) for row in rows]


INVITATIONS: Final = Listing(
    name="invitations",
    model=InvitationView,
    statement=sa.select(invitations),
    tenant=invitations.c.tenant_id,
    identity=invitations.c.id,
    columns=(
        ListColumn(name="createdAt", column=invitations.c.created_at, kind=Kind.MOMENT, sorts=True),
        ListColumn(name="email", column=invitations.c.email, sorts=True, filters=True),
        ListColumn(name="role", column=invitations.c.role, filters=True),
    ),
    views=_views,
    sort="createdAt",
)


def invitation_router(runtime: Runtime) -> APIRouter:
    """Return the routes of invitations, bound to a running service."""
    router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

    @router.post(
        "/invite",
        status_code=201,
        responses={201: {"model": InviteResponse}},
        openapi_extra=body_description(InviteRequest),
    )
    async def invite(request: Request) -> Response:
        """Invite a person; the token is shown once and good for 72 hours."""
        made = await change(runtime, request, MANAGE, InviteRequest, InviteResponse, cases.invite)
        return json_answer(made, NO_STORE, 201)

    @router.get(
        "/invitations",
        responses={200: {"model": ListAnswer[InvitationView]}},
        openapi_extra=list_description(INVITATIONS),
    )
    async def list_invitations(request: Request) -> Response:
        """List invitations."""
        return await list_answer(runtime, request, READ, INVITATIONS)

    @router.delete("/invitations/{invitation_id}", responses={200: {"model": DoneResponse}})
    async def revoke(request: Request, invitation_id: str) -> Response:
        """Take an invitation back."""
        done = await change(
            runtime,
            request,
            MANAGE,
            Nothing,
            DoneResponse,
            lambda work, _: cases.revoke(work, invitation_id),
        )
        return json_answer(done)

    @router.post(
        "/accept-invitation",
        responses={200: {"model": SessionResponse}},
        openapi_extra=body_description(AcceptInvitationRequest),
    )
    async def accept(request: Request) -> Response:
        """Take an invitation: choose a password and be signed in."""
        asked, once = await read_message(runtime, request, ANYONE, AcceptInvitationRequest)
        once = once.about(asked.token)
        known = await runtime.read(
            request, ANYONE, lambda work: find_answer(work, once, SessionResponse)
        )
        if known is not None:
            return json_answer(known, NO_STORE)
        email = await runtime.read(
            request, ANYONE, lambda work: cases.invited_email(work, asked.token)
        )
        check_strength(asked.password, email)
        password_hash = await hash_aside(asked.password)
        agent = agent_of(request)
        answer = await settle(
            runtime,
            request,
            ANYONE,
            once,
            SessionResponse,
            lambda work: cases.accept(work, asked, password_hash, agent),
        )
        return json_answer(answer, NO_STORE)

    return router
