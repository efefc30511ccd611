"""Inviting people: a token that is shown once, works once, and is over after 72 hours."""

from datetime import timedelta
from typing import Any, Final, NamedTuple

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
from app.service.auth.accounts import acting_for, find_account, session_view
from app.service.auth.models import invitations, staff_accounts
from app.service.auth.registration import NO_PIN
from app.service.auth.sessions import draw_token, end_sessions_of, hash_token, open_session
from app.service.kit.permissions import permissions_of
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.limits import quotas
from app.service.limits.quotas import require_room
from app.service.staff.models import staff
from app.service.tills.versions import raise_version

LIFE: Final = timedelta(hours=72)
_PREFIX: Final = "mli_"
_RULING: Final = frozenset({StaffRole.OWNER, StaffRole.ADMIN})


class _Invited(NamedTuple):
    name: str
    role: str
    permissions: list[str]


def invite(work: Work, asked: InviteRequest) -> InviteResponse:
    """Make an invitation; the answer holds its token, which nobody can read again.

    Raises:
        ProblemError: DUPLICATE_EMAIL, STAFF_NOT_FOUND, MFA_REQUIRED, TENANT_LIMIT_REACHED, or
            INSUFFICIENT_PERMISSIONS for more than one has oneself.
    """
    if asked.staff_id is None:
        require_room(work, quotas.STAFF)
    _refuse_taken(work, asked.email, asked.staff_id)
    person = _invited(work, asked)
    refuse_more_than_own(work, person.role, person.permissions)
    token, invitation_id = draw_token(work.ids, _PREFIX), work.ids.new()
    work.connection.execute(
        sa.insert(invitations).values(
            id=invitation_id,
            tenant_id=work.tenant_id,
            token_hash=hash_token(token),
            email=asked.email,
            **person._asdict(),
            invited_by=work.caller.staff_id or work.caller.key_id or "",
            staff_id=asked.staff_id,
            created_at=work.now,
            expires_at=work.now + LIFE,
        )
    )
    details = {"email": asked.email, "role": person.role, "staffId": asked.staff_id}
    record(work, "invitation.created", "invitation", invitation_id, details)
    row = work.connection.execute(
        sa.select(invitations).where(invitations.c.id == invitation_id)
    ).one()
    return InviteResponse(invitation=invitation_view(row), token=token)


def _invited(work: Work, asked: InviteRequest) -> _Invited:
    if asked.staff_id is None:
        assert asked.role is not None, "the message was checked"
        return _Invited(asked.name, asked.role.value, [right.value for right in asked.permissions])
    row = work.connection.execute(
        sa.select(staff.c.name, staff.c.role, staff.c.permissions).where(
            staff.c.id == asked.staff_id, staff.c.tenant_id == work.tenant_id, staff.c.is_active
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.STAFF_NOT_FOUND)
    return _Invited(row.name, row.role, list(row.permissions))


def _refuse_taken(work: Work, email: str, staff_id: str | None) -> None:
    holder = find_account(work.connection, email)
    if holder is not None and (staff_id is None or holder.staff_id != staff_id):
        raise ProblemError(ErrorCode.DUPLICATE_EMAIL)


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
        ProblemError: INVITATION_INVALID, DUPLICATE_EMAIL or TENANT_LIMIT_REACHED.
    """
    row = _waiting(work, asked.token)
    _refuse_taken(work, row.email, row.staff_id)
    taken = work.connection.execute(
        sa.update(invitations)
        .where(invitations.c.id == row.id, invitations.c.accepted_at.is_(None))
        .values(accepted_at=work.now)
    )
    if taken.rowcount == 0:
        raise ProblemError(ErrorCode.INVITATION_INVALID)
    if row.staff_id is None:
        staff_id = work.ids.new()
        require_room(acting_for(work, row.tenant_id, staff_id, row.role), quotas.STAFF)
        _write_person(work, row, staff_id, asked.name or row.name)
    else:
        staff_id = row.staff_id
    person = acting_for(work, row.tenant_id, staff_id, row.role)
    _write_account(person, row, staff_id, password_hash)
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
        staff_id=row.staff_id,
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


def _write_person(work: Work, row: "sa.Row[*tuple[Any, ...]]", staff_id: str, name: str) -> None:
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
    raise_version(work.connection, row.tenant_id, "config")


def _write_account(
    work: Work, row: "sa.Row[*tuple[Any, ...]]", staff_id: str, password_hash: str
) -> None:
    fresh = {
        "email": row.email,
        "password_hash": password_hash,
        "password_changed_at": work.now,
    }
    changed = work.connection.execute(
        sa.update(staff_accounts).where(staff_accounts.c.staff_id == staff_id).values(**fresh)
    )
    if changed.rowcount:
        end_sessions_of(work, staff_id, "password_changed")
        return
    work.connection.execute(
        sa.insert(staff_accounts).values(
            staff_id=staff_id, tenant_id=row.tenant_id, created_at=work.now, **fresh
        )
    )
