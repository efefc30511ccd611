"""Making, rotating and ending keys; each act is in the audit log."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.api_keys import ApiKeyCreated, ApiKeyView, CreateKeyRequest, KeyState
from app.contracts.auth import DoneResponse
from app.contracts.errors import ErrorCode
from app.contracts.permissions import Scope, StaffRole
from app.service.audit_log.service import record
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing, dated_column
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.limits import quotas
from app.service.limits.quotas import require_room
from app.service.tills.keys import make_key
from app.service.tills.models import api_keys, installations
from app.service.tills.versions import raise_version

ROTATED_LIFE: Final = timedelta(hours=24)
"""How long a key goes on working after its successor was made."""

KEYS: Final = "keys"
"""The subject of `config_versions` that each ended key raises, for whoever keeps keys in memory."""

_QUERY: Final = sa.select(api_keys, installations.c.kind).join(
    installations, installations.c.id == api_keys.c.installation_id
)


def _views(work: Work, rows: Sequence[Any]) -> Sequence[ApiKeyView]:
    return [_view(row, work.now) for row in rows]


API_KEYS: Final = Listing(
    name="api-keys",
    model=ApiKeyView,
    statement=_QUERY,
    tenant=api_keys.c.tenant_id,
    identity=api_keys.c.id,
    columns=(
        dated_column("createdAt", api_keys.c.created_at),
        ListColumn(name="lastUsedAt", column=api_keys.c.last_used_at, kind=Kind.MOMENT, sorts=True),
        ListColumn(name="name", column=api_keys.c.name, sorts=True),
        ListColumn(
            name="kind",
            column=installations.c.kind,
            filters=True,
            choices=("api", "till", "iiko", "rkeeper"),
        ),
        ListColumn(name="installationId", column=api_keys.c.installation_id, filters=True),
    ),
    views=_views,
    sort="createdAt",
    search=lambda text: api_keys.c.name.icontains(text, autoescape=True),
)


def get_key(work: Work, key_id: str) -> ApiKeyView:
    """Return one key of the company.

    Raises:
        ProblemError: API_KEY_NOT_FOUND.
    """
    return _view(_row(work, key_id), work.now)


def create_key(work: Work, asked: CreateKeyRequest) -> ApiKeyCreated:
    """Make a key with an installation of its own, in whose name the program writes.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS, TENANT_LIMIT_REACHED, or VALIDATION_ERROR for an end
            in the past.
    """
    require_room(work, quotas.API_KEYS)
    scopes = sorted({scope.value for scope in asked.scopes})
    _refuse_more_than_own(work, scopes)
    if asked.expires_at is not None and asked.expires_at <= work.now:
        raise ProblemError(ErrorCode.VALIDATION_ERROR, "expiresAt is over", "Срок уже прошёл")
    installation_id = work.ids.new()
    work.connection.execute(
        sa.insert(installations).values(
            id=installation_id,
            tenant_id=work.tenant_id,
            kind="api",
            name=asked.name,
            created_at=work.now,
        )
    )
    made = issue_key(
        work,
        installation_id,
        "api",
        name=asked.name,
        scopes=scopes,
        expires_at=asked.expires_at,
    )
    record(work, "api_key.created", "api_key", made.key.id, {"name": asked.name, "scopes": scopes})
    return made


def issue_key(
    work: Work,
    installation_id: str,
    kind: str,
    *,
    name: str,
    scopes: list[str] | None,
    expires_at: datetime | None = None,
) -> ApiKeyCreated:
    """Draw a key for an installation of the company and write its digest."""
    new = make_key(work.ids, kind, sandbox=work.caller.is_sandbox)
    key_id = work.ids.new()
    work.connection.execute(
        sa.insert(api_keys).values(
            id=key_id,
            tenant_id=work.tenant_id,
            installation_id=installation_id,
            key_hash=new.key_hash,
            key_hint=new.hint,
            created_at=work.now,
            expires_at=expires_at,
            name=name,
            scopes=scopes,
            created_by=work.caller.staff_id or work.caller.key_id,
        )
    )
    return ApiKeyCreated(key=get_key(work, key_id), secret=new.secret)


def rotate_key(work: Work, key_id: str) -> ApiKeyCreated:
    """Make a successor with the same rights; the old key works 24 hours more.

    Raises:
        ProblemError: API_KEY_NOT_FOUND, or IN_USE when it is over or has a successor.
    """
    row = _row(work, key_id, locked=True)
    if _state(row, work.now) is not KeyState.ACTIVE:
        raise ProblemError(
            ErrorCode.IN_USE,
            "Only a key in use can be rotated; rotate its successor",
            "Заменить можно только действующий ключ",
        )
    _refuse_more_than_own(work, row.scopes or [])
    made = issue_key(
        work,
        row.installation_id,
        row.kind,
        name=row.name,
        scopes=row.scopes,
        expires_at=row.expires_at,
    )
    last = work.now + ROTATED_LIFE
    ends_at = min(last, row.expires_at) if row.expires_at is not None else last
    work.connection.execute(
        sa.update(api_keys)
        .where(api_keys.c.id == key_id)
        .values(expires_at=ends_at, replaced_by=made.key.id)
    )
    raise_version(work.connection, work.tenant_id, KEYS)
    record(work, "api_key.rotated", "api_key", key_id, {"successor": made.key.id})
    return made


def revoke_key(work: Work, key_id: str) -> DoneResponse:
    """End a key now; ending it again changes nothing.

    Raises:
        ProblemError: API_KEY_NOT_FOUND.
    """
    row = _row(work, key_id, locked=True)
    if row.revoked_at is not None:
        return DoneResponse()
    end_keys(work, api_keys.c.id == key_id)
    record(work, "api_key.revoked", "api_key", key_id, {"name": row.name})
    return DoneResponse()


def end_keys(work: Work, which: sa.ColumnElement[bool]) -> int:
    """End every key that a condition names; return how many."""
    ended = work.connection.execute(
        sa.update(api_keys)
        .where(which, api_keys.c.tenant_id == work.tenant_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=work.now)
    )
    raise_version(work.connection, work.tenant_id, KEYS)
    return ended.rowcount


def _row(work: Work, key_id: str, *, locked: bool = False) -> "sa.Row[*tuple[Any, ...]]":
    query = _QUERY.where(api_keys.c.id == key_id, api_keys.c.tenant_id == work.tenant_id)
    query = query.with_for_update(of=api_keys) if locked else query
    row = work.connection.execute(query).first()
    if row is None:
        raise ProblemError(ErrorCode.API_KEY_NOT_FOUND)
    return row


def _refuse_more_than_own(work: Work, scopes: list[str]) -> None:
    # `admin` is more than what any role but the owner's may do.
    if (
        Scope.ADMIN.value in scopes
        and work.caller.staff_id is not None
        and work.caller.role != StaffRole.OWNER.value
    ):
        raise ProblemError(
            ErrorCode.INSUFFICIENT_PERMISSIONS,
            "Only an owner can make a key with the scope admin",
            "Ключ с правом admin создаёт только владелец",
        )


def _state(row: Any, now: datetime) -> KeyState:  # noqa: ANN401 - a row of the table
    if row.revoked_at is not None:
        return KeyState.REVOKED
    if row.expires_at is not None and row.expires_at <= now:
        return KeyState.EXPIRED
    return KeyState.ROTATED if row.replaced_by is not None else KeyState.ACTIVE


def _view(row: Any, now: datetime) -> ApiKeyView:  # noqa: ANN401 - a row of the table
    return ApiKeyView(
        id=row.id,
        kind=row.kind,
        name=row.name,
        hint=row.key_hint,
        scopes=tuple(row.scopes or ()),
        state=_state(row, now),
        installation_id=row.installation_id,
        created_at=row.created_at,
        created_by=row.created_by,
        last_used_at=row.last_used_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        replaced_by=row.replaced_by,
    )
