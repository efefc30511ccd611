"""From what a request shows to who is calling: an API key, or the access token of a person."""

from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from fastapi import Request
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.service.auth.models import sessions
from app.service.auth.signing import Claims, TokenUse, prove
from app.service.kit.access import STAFF, Access
from app.service.kit.headers import first_headers
from app.service.kit.permissions import permissions_of
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller
from app.service.staff.models import staff
from app.service.tenants.models import tenants
from app.service.tills.keys import authenticate
from app.service.tills.office import office_id

_BEARER: Final = "bearer "

_PERSON: Final = (
    sa.select(
        staff.c.id,
        staff.c.tenant_id,
        staff.c.role,
        staff.c.permissions,
        staff.c.is_active,
        sessions.c.expires_at,
        sessions.c.ended_at,
        tenants.c.plan,
        tenants.c.plan_ends_at,
        tenants.c.is_sandbox,
    )
    .join(staff, staff.c.id == sessions.c.staff_id)
    .join(tenants, tenants.c.id == staff.c.tenant_id)
    .where(sessions.c.id == sa.bindparam("session_id"))
)


class Shown(NamedTuple):
    """What a request shows of its sender. Of a key and a token the key counts."""

    key: str = ""
    token: str = ""
    step_up: str = ""


def shown_by(request: Request, access: Access) -> Shown:
    """Read the headers; nothing is looked at where anyone may call.

    Raises:
        ProblemError: INVALID_API_KEY when there is neither key nor token.
    """
    if access.is_open:
        return Shown()
    headers = first_headers(request.scope)
    said = headers.get("authorization", "")
    token = said[len(_BEARER) :].strip() if said[: len(_BEARER)].lower() == _BEARER else ""
    shown = Shown(headers.get("x-api-key", ""), token, headers.get("x-step-up-token", ""))
    if not shown.key and not shown.token:
        raise ProblemError(ErrorCode.INVALID_API_KEY)
    return shown


def identify(connection: Connection, shown: Shown, now: datetime) -> Caller:
    """Return who is calling.

    Raises:
        ProblemError: The key or the token is unknown, over, or ended.
    """
    if shown.key:
        return authenticate(connection, shown.key, now)
    claims = prove(connection, shown.token, now, TokenUse.ACCESS)
    stepped_up = bool(shown.step_up) and _is_fresh(connection, shown.step_up, claims, now)
    return staff_caller(connection, claims.session_id, now, is_stepped_up=stepped_up)


def staff_caller(
    connection: Connection, session_id: str, now: datetime, *, is_stepped_up: bool = False
) -> Caller:
    """Return the person of a session as he is now: his role may have changed since he signed in.

    Raises:
        ProblemError: TOKEN_INVALID when the session is over, STAFF_INACTIVE.
    """
    row = connection.execute(_PERSON, {"session_id": session_id}).first()
    if row is None or row.ended_at is not None or row.expires_at <= now:
        raise ProblemError(ErrorCode.TOKEN_INVALID)
    if not row.is_active:
        raise ProblemError(ErrorCode.STAFF_INACTIVE)
    return Caller(
        tenant_id=row.tenant_id,
        installation_id=office_id(row.tenant_id),
        kind=STAFF,
        location_id=None,
        register_id=None,
        permissions=permissions_of(row.role, row.permissions),
        staff_id=row.id,
        is_sandbox=row.is_sandbox,
        plan=row.plan,
        plan_ends_at=row.plan_ends_at,
        role=row.role,
        session_id=session_id,
        is_stepped_up=is_stepped_up,
    )


def _is_fresh(connection: Connection, token: str, access: Claims, now: datetime) -> bool:
    # A proof that is over or belongs to another sign-in counts as none.
    try:
        return prove(connection, token, now, TokenUse.STEP_UP) == access
    except ProblemError:
        return False
