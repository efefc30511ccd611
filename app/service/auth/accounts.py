"""Accounts of people: finding one to sign in with, and how others see a person."""

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.auth import PersonView, SessionResponse
from app.contracts.errors import ErrorCode
from app.service.auth.models import staff_accounts
from app.service.auth.sessions import Tokens
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller, Work
from app.service.staff.models import staff

_ACCOUNT = sa.select(
    staff_accounts.c.staff_id,
    staff_accounts.c.tenant_id,
    staff_accounts.c.email,
    staff_accounts.c.password_hash,
    staff_accounts.c.totp_secret,
    staff_accounts.c.totp_confirmed_at,
    staff_accounts.c.totp_step,
    staff.c.role,
    staff.c.is_active,
).join(staff, staff.c.id == staff_accounts.c.staff_id)


class Account(NamedTuple):
    """What a person signs in with; never shown."""

    staff_id: str
    tenant_id: str
    email: str | None
    password_hash: str | None
    totp_secret: str | None
    totp_confirmed_at: datetime | None
    totp_step: int | None
    role: str
    is_active: bool

    @property
    def has_totp(self) -> bool:
        """Tell whether one-time codes are in force."""
        return self.totp_confirmed_at is not None


def find_account(connection: Connection, email: str) -> Account | None:
    """Return the account of an address, in any company: signing in names none."""
    row = connection.execute(_ACCOUNT.where(staff_accounts.c.email == email)).first()
    return None if row is None else Account(*row)


def get_account(work: Work, staff_id: str) -> Account:
    """Return a person's account.

    Raises:
        ProblemError: STAFF_NOT_FOUND.
    """
    row = work.connection.execute(
        _ACCOUNT.where(
            staff_accounts.c.staff_id == staff_id, staff_accounts.c.tenant_id == work.tenant_id
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.STAFF_NOT_FOUND)
    return Account(*row)


def own_account(work: Work) -> Account:
    """Return the account of the person who is calling."""
    assert work.caller.staff_id is not None, "the call is for people"
    return get_account(work, work.caller.staff_id)


def is_email_taken(connection: Connection, email: str) -> bool:
    """Tell whether somebody in the service has an address."""
    found = sa.select(staff_accounts.c.staff_id).where(staff_accounts.c.email == email)
    return connection.execute(found).first() is not None


def acting_for(work: Work, tenant_id: str, staff_id: str, role: str = "") -> Work:
    """Return the same transaction in a person's name: for calls that begin without a caller."""
    from_office = Caller(tenant_id, "", "staff", None, None, staff_id=staff_id, role=role)
    return Work(work.connection, work.now, work.ids, from_office)


def person_view(work: Work, caller: Caller) -> PersonView:
    """Return how a signed-in person sees himself."""
    row = work.connection.execute(
        sa.select(staff.c.name, staff_accounts.c.email, staff_accounts.c.totp_confirmed_at)
        .outerjoin(staff_accounts, staff_accounts.c.staff_id == staff.c.id)
        .where(staff.c.id == caller.staff_id, staff.c.tenant_id == caller.tenant_id)
    ).one()
    return PersonView(
        staff_id=caller.staff_id or "",
        tenant_id=caller.tenant_id,
        name=row.name,
        role=caller.role,
        email=row.email,
        permissions=tuple(sorted(caller.permissions)),
        has_totp=row.totp_confirmed_at is not None,
        is_sandbox=caller.is_sandbox,
    )


def session_view(
    work: Work, tokens: Tokens, step_up: tuple[str, datetime] | None = None
) -> SessionResponse:
    """Return the answer to a sign-in or a refresh."""
    return SessionResponse(
        access_token=tokens.access,
        access_expires_at=tokens.access_expires_at,
        refresh_token=tokens.refresh,
        refresh_expires_at=tokens.refresh_expires_at,
        person=person_view(work, tokens.caller),
        step_up_token=step_up[0] if step_up else None,
        step_up_expires_at=step_up[1] if step_up else None,
    )
