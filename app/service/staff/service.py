"""People of the company: added, changed, switched off; what tills and tokens know of them follows."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.auth import DoneResponse
from app.contracts.company import AddStaffRequest, ChangeStaffRequest, StaffView
from app.contracts.errors import ErrorCode
from app.contracts.permissions import StaffRole
from app.service.audit_log.service import record
from app.service.auth.invitations import refuse_more_than_own
from app.service.auth.models import staff_accounts
from app.service.auth.passwords import hash_password
from app.service.auth.registration import NO_PIN
from app.service.auth.sessions import end_sessions_of
from app.service.auth.telegram import link_staff
from app.service.auth.totp import clear_totp
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.limits import quotas
from app.service.limits.quotas import require_room
from app.service.staff.models import staff
from app.service.tills.versions import raise_version

_QUERY: Final = sa.select(
    staff,
    staff_accounts.c.email,
    staff_accounts.c.totp_confirmed_at,
    staff_accounts.c.telegram_user_id,
).outerjoin(staff_accounts, staff_accounts.c.staff_id == staff.c.id)


def _views(_work: Work, rows: Sequence[Any]) -> Sequence[StaffView]:
    return [_view(row) for row in rows]


STAFF: Final = Listing(
    name="staff",
    model=StaffView,
    statement=_QUERY,
    tenant=staff.c.tenant_id,
    identity=staff.c.id,
    columns=(
        ListColumn(name="name", column=staff.c.name, sorts=True),
        ListColumn(
            name="role",
            column=staff.c.role,
            sorts=True,
            filters=True,
            choices=tuple(role.value for role in StaffRole),
        ),
        ListColumn(name="isActive", column=staff.c.is_active, kind=Kind.FLAG, filters=True),
    ),
    views=_views,
    sort="name",
    descending=False,
    search=lambda text: sa.or_(
        staff.c.name.icontains(text, autoescape=True),
        staff_accounts.c.email.icontains(text, autoescape=True),
    ),
)


def get_person(work: Work, staff_id: str) -> StaffView:
    """Return one person of the company.

    Raises:
        ProblemError: STAFF_NOT_FOUND.
    """
    return _view(_row(work, staff_id))


def add_person(work: Work, asked: AddStaffRequest) -> StaffView:
    """Add a person of the tills.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS, MFA_REQUIRED or TENANT_LIMIT_REACHED.
    """
    require_room(work, quotas.STAFF)
    rights = [right.value for right in asked.permissions]
    refuse_more_than_own(work, asked.role.value, rights)
    staff_id = work.ids.new()
    work.connection.execute(
        sa.insert(staff).values(
            id=staff_id,
            tenant_id=work.tenant_id,
            name=asked.name,
            role=asked.role.value,
            pin_hash=hash_password(asked.pin) if asked.pin else NO_PIN,
            permissions=rights,
            is_active=True,
        )
    )
    raise_version(work.connection, work.tenant_id, "config")
    record(work, "staff.added", "staff", staff_id, {"name": asked.name, "role": asked.role.value})
    return get_person(work, staff_id)


def change_person(work: Work, staff_id: str, asked: ChangeStaffRequest) -> StaffView:
    """Change what is named; who is switched off is signed out everywhere.

    Raises:
        ProblemError: STAFF_NOT_FOUND, LAST_OWNER, INSUFFICIENT_PERMISSIONS, MFA_REQUIRED, or
            TENANT_LIMIT_REACHED for one who comes back.
    """
    row = _row(work, staff_id)
    _refuse_ruling_over(work, row)
    values = _changes(asked)
    if values.get("is_active") and not row.is_active:
        require_room(work, quotas.STAFF)
    if asked.role is not None or asked.permissions is not None:
        refuse_more_than_own(
            work, values.get("role", row.role), values.get("permissions", row.permissions)
        )
    _keep_an_owner(work, row, values)
    if values:
        work.connection.execute(sa.update(staff).where(staff.c.id == staff_id).values(**values))
        raise_version(work.connection, work.tenant_id, "config")
    if values.get("is_active") is False:
        end_sessions_of(work, staff_id, "switched_off")
    told = {name: value for name, value in values.items() if name != "pin_hash"}
    record(work, "staff.changed", "staff", staff_id, told | {"pinChanged": "pin_hash" in values})
    return get_person(work, staff_id)


def sign_out_person(work: Work, staff_id: str) -> DoneResponse:
    """End every session of a person.

    Raises:
        ProblemError: STAFF_NOT_FOUND or INSUFFICIENT_PERMISSIONS.
    """
    _refuse_ruling_over(work, _row(work, staff_id))
    end_sessions_of(work, staff_id, "ended_by_administrator")
    record(work, "staff.signed_out", "staff", staff_id)
    return DoneResponse()


def reset_totp(work: Work, staff_id: str) -> DoneResponse:
    """Switch a person's one-time codes off: the authenticator is lost.

    Raises:
        ProblemError: STAFF_NOT_FOUND or INSUFFICIENT_PERMISSIONS.
    """
    _refuse_ruling_over(work, _row(work, staff_id))
    clear_totp(work, staff_id)
    end_sessions_of(work, staff_id, "totp_reset")
    record(work, "totp.reset", "staff", staff_id)
    return DoneResponse()


def link_telegram(work: Work, staff_id: str, user_id: int | None) -> DoneResponse:
    """Say which Telegram user a person is.

    Raises:
        ProblemError: STAFF_NOT_FOUND, INSUFFICIENT_PERMISSIONS or IN_USE.
    """
    _refuse_ruling_over(work, _row(work, staff_id))
    link_staff(work, staff_id, user_id)
    return DoneResponse()


def _changes(asked: ChangeStaffRequest) -> dict[str, Any]:
    named = {
        "name": asked.name,
        "role": asked.role.value if asked.role else None,
        "permissions": None
        if asked.permissions is None
        else [right.value for right in asked.permissions],
        "is_active": asked.is_active,
    }
    values = {name: value for name, value in named.items() if value is not None}
    if asked.pin is not None:
        values["pin_hash"] = hash_password(asked.pin) if asked.pin else NO_PIN
    return values


def _refuse_ruling_over(work: Work, row: Any) -> None:  # noqa: ANN401 - a row of the table
    # Nobody changes people who may do more than he; oneself one may.
    if work.caller.staff_id != row.id:
        refuse_more_than_own(work, row.role, list(row.permissions))


def _keep_an_owner(work: Work, row: Any, values: dict[str, Any]) -> None:  # noqa: ANN401 - a row of it
    was = row.role == StaffRole.OWNER.value and row.is_active
    role, is_active = values.get("role", row.role), values.get("is_active", row.is_active)
    if not was or (role == StaffRole.OWNER.value and is_active):
        return
    others = work.connection.execute(
        sa.select(staff.c.id)
        .where(
            staff.c.tenant_id == work.tenant_id,
            staff.c.role == StaffRole.OWNER.value,
            staff.c.is_active,
            staff.c.id != row.id,
        )
        .with_for_update()
    ).first()
    if others is None:
        raise ProblemError(ErrorCode.LAST_OWNER)


def _row(work: Work, staff_id: str) -> "sa.Row[*tuple[Any, ...]]":
    row = work.connection.execute(
        _QUERY.where(staff.c.id == staff_id, staff.c.tenant_id == work.tenant_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.STAFF_NOT_FOUND)
    return row


def _view(row: Any) -> StaffView:  # noqa: ANN401 - a row of the table
    return StaffView(
        id=row.id,
        name=row.name,
        role=row.role,
        permissions=tuple(row.permissions),
        is_active=row.is_active,
        has_pin=row.pin_hash != NO_PIN,
        email=row.email,
        has_totp=row.totp_confirmed_at is not None,
        telegram_user_id=row.telegram_user_id,
    )
