"""Inviting people: a token that is shown once, works once, and is over after 72 hours."""

from datetime import timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.auth import (
    AcceptInvitationRequest,
    DoneResponse,
    InvitationView,
    InviteRequest,
    InviteResponse,
    SessionResponse,
)
from app.contracts.errors import ErrorCode
from app.contracts.permissions import StaffRole
from app.service.audit_log.service import record
from app.service.auth.accounts import acting_for, is_email_taken, session_view
from app.service.auth.models import invitations, staff_accounts
from app.service.auth.registration import NO_PIN
from app.service.auth.sessions import draw_token, hash_token, open_session
from app.service.kit.permissions import permissions_of
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.staff.models import staff
from app.service.tills.versions import raise_version

LIFE: Final = timedelta(hours=72)
_PREFIX: Final = "mli_"
_RULING: Final = frozenset({StaffRole.OWNER, StaffRole.ADMIN})


def invite(work: Work, asked: InviteRequest) -> InviteResponse:
    """Make an invitation; the answer holds its token, which nobody can read again.

    Raises:
        ProblemError: DUPLICATE_EMAIL, or INSUFFICIENT_PERMISSIONS for more than one has oneself.
    """
    if is_email_taken(work.connection, asked.email):
        raise ProblemError(ErrorCode.DUPLICATE_EMAIL)
    refuse_more_than_own(work, asked.role.value, [right.value for right in asked.permissions])
    token, invitation_id = draw_token(work.ids, _PREFIX), work.ids.new()
    work.connection.execute(
        sa.insert(invitations).values(
            id=invitation_id,
            tenant_id=work.tenant_id,
            token_hash=hash_token(token),
            email=asked.email,
            name=asked.name,
            role=asked.role.value,
            permissions=[right.value for right in asked.permissions],
            invited_by=work.caller.staff_id or work.caller.key_id or "",
            created_at=work.now,
            expires_at=work.now + LIFE,
        )
    )
    details = {"email": asked.email, "role": asked.role.value}
    record(work, "invitation.created", "invitation", invitation_id, details)
    row = work.connection.execute(
        sa.select(invitations).where(invitations.c.id == invitation_id)
    ).one()
    return InviteResponse(invitation=invitation_view(row), token=token)


def refuse_more_than_own(work: Work, role: str, extra: list[str]) -> None:
    """Let nobody give rights that he does not have; an API key with `admin` may give all.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS; MFA_REQUIRED for roles that rule the company.
    """
    if work.caller.staff_id is None:
        return
    given = permissions_of(role, extra)
    if not given <= work.caller.permissions or (
        role == StaffRole.OWNER.value and work.caller.role != StaffRole.OWNER.value
    ):
        raise ProblemError(
            ErrorCode.INSUFFICIENT_PERMISSIONS,
            "Nobody can give rights that he does not have",
            "Нельзя дать права, которых нет у себя",
        )
    if role in _RULING and not work.caller.is_stepped_up:
        raise ProblemError(ErrorCode.MFA_REQUIRED)


def revoke(work: Work, invitation_id: str) -> DoneResponse:
    """Take an invitation back.

    Raises:
        ProblemError: INVITATION_INVALID: there is none that waits.
    """
    changed = work.connection.execute(
        sa.update(invitations)
        .where(
            invitations.c.id == invitation_id,
            invitations.c.tenant_id == work.tenant_id,
            invitations.c.accepted_at.is_(None),
            invitations.c.revoked_at.is_(None),
        )
        .values(revoked_at=work.now)
    )
    if changed.rowcount == 0:
        raise ProblemError(ErrorCode.INVITATION_INVALID)
    record(work, "invitation.revoked", "invitation", invitation_id)
    return DoneResponse()


def invited_email(work: Work, token: str) -> str:
    """Return whom an invitation is for, to judge the password with.

    Raises:
        ProblemError: INVITATION_INVALID.
    """
    return str(_waiting(work, token).email)


def accept(
    work: Work, asked: AcceptInvitationRequest, password_hash: str, agent: str
) -> SessionResponse:
    """Make the person and sign him in.

    Raises:
        ProblemError: INVITATION_INVALID or DUPLICATE_EMAIL.
    """
    row = _waiting(work, asked.token)
    if is_email_taken(work.connection, row.email):
        raise ProblemError(ErrorCode.DUPLICATE_EMAIL)
    taken = work.connection.execute(
        sa.update(invitations)
        .where(invitations.c.id == row.id, invitations.c.accepted_at.is_(None))
        .values(accepted_at=work.now)
    )
    if taken.rowcount == 0:
        raise ProblemError(ErrorCode.INVITATION_INVALID)
    staff_id = work.ids.new()
    _write_person(work, row, staff_id, asked.name or row.name, password_hash)
    person = acting_for(work, row.tenant_id, staff_id, row.role)
    record(person, "invitation.accepted", "invitation", row.id)
    tokens = open_session(person, staff_id, row.role, "password", agent)
    details = {"method": "invitation", "session": tokens.caller.session_id, "agent": agent[:200]}
    record(person, "sign_in.succeeded", "staff", staff_id, details)
    return session_view(person, tokens)


def invitation_view(row: Any) -> InvitationView:  # noqa: ANN401 - a row of the table
    """Return an invitation as others see it."""
    return InvitationView(
        id=row.id,
        email=row.email,
        name=row.name,
        role=row.role,
        permissions=tuple(row.permissions),
        invited_by=row.invited_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        accepted_at=row.accepted_at,
        revoked_at=row.revoked_at,
    )


def _waiting(work: Work, token: str) -> "sa.Row[*tuple[Any, ...]]":
    row = work.connection.execute(
        sa.select(invitations).where(
            invitations.c.token_hash == hash_token(token),
            invitations.c.accepted_at.is_(None),
            invitations.c.revoked_at.is_(None),
            invitations.c.expires_at > work.now,
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.INVITATION_INVALID)
    return row


def _write_person(
    work: Work, row: "sa.Row[*tuple[Any, ...]]", staff_id: str, name: str, password_hash: str
) -> None:
    work.connection.execute(
        sa.insert(staff).values(
            id=staff_id,
            tenant_id=row.tenant_id,
            name=name,
            role=row.role,
            pin_hash=NO_PIN,
            permissions=list(row.permissions),
            is_active=True,
        )
    )
    work.connection.execute(
        sa.insert(staff_accounts).values(
            staff_id=staff_id,
            tenant_id=row.tenant_id,
            email=row.email,
            password_hash=password_hash,
            created_at=work.now,
            password_changed_at=work.now,
        )
    )
    raise_version(work.connection, row.tenant_id, "config")
