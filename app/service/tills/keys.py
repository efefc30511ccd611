"""Keys of installations: made once, kept as a digest, told apart by their kind."""

import hashlib
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.kernel.ids import Ids
from app.service.db.prepared import Prepared
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller
from app.service.tenants.models import tenants
from app.service.tills.models import api_keys, installations

PREFIXES: Final = {"api": "mlk_live_", "till": "tlk_", "iiko": "ilk_", "rkeeper": "rkl_"}
SANDBOX_PREFIX: Final = "mlk_test_"
_SECRET_LENGTH = 32
_KEY_MAX = 200

# Made once: the statement of every request.
_HOLDER: Final = Prepared(
    sa.select(
        api_keys.c.id.label("key_id"),
        api_keys.c.expires_at,
        api_keys.c.revoked_at,
        api_keys.c.scopes,
        installations.c.id,
        installations.c.tenant_id,
        installations.c.kind,
        installations.c.location_id,
        installations.c.register_id,
        tenants.c.plan,
        tenants.c.plan_ends_at,
        tenants.c.is_sandbox,
    )
    .join(installations, installations.c.id == api_keys.c.installation_id)
    .join(tenants, tenants.c.id == installations.c.tenant_id)
    .where(api_keys.c.key_hash == sa.bindparam("shown"))
)


class NewKey(NamedTuple):
    """A key as it is shown once, and the digest that is kept."""

    secret: str
    key_hash: str
    hint: str


def make_key(ids: Ids, kind: str, *, sandbox: bool = False) -> NewKey:
    """Draw a key of a kind."""
    prefix = SANDBOX_PREFIX if sandbox and kind == "api" else PREFIXES[kind]
    secret = prefix + ids.token(_SECRET_LENGTH)
    return NewKey(secret, hash_key(secret), f"{prefix}…{secret[-4:]}")


def hash_key(secret: str) -> str:
    """Return the digest under which a key is found."""
    return hashlib.sha256(secret.encode()).hexdigest()


_HOLDERS_MAX: Final = 50_000
_last_holders: dict[str, tuple[str, str]] = {}


def ask_ahead(connection: Connection, secret: str) -> tuple[str, str] | None:
    """Begin to look a key up; return the tenant and installation it had last time, not proven."""
    digest = hash_key(secret)
    holder = _last_holders.get(digest)
    if holder is not None:
        _HOLDER.ahead(connection, {"shown": digest})
    return holder


def authenticate(connection: Connection, secret: str | None, now: datetime) -> Caller:
    """Return who holds a key.

    Raises:
        ProblemError: INVALID_API_KEY or API_KEY_EXPIRED.
    """
    if not secret or len(secret) > _KEY_MAX:
        raise ProblemError(ErrorCode.INVALID_API_KEY)
    digest = hash_key(secret)
    row = _HOLDER.first(connection, {"shown": digest})
    if row is None:
        raise ProblemError(ErrorCode.INVALID_API_KEY)
    if row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        raise ProblemError(ErrorCode.API_KEY_EXPIRED)
    _remember(digest, (row.tenant_id, row.id))
    return Caller(
        tenant_id=row.tenant_id,
        installation_id=row.id,
        kind=row.kind,
        location_id=row.location_id,
        register_id=row.register_id,
        scopes=frozenset(row.scopes or ()),
        key_id=row.key_id,
        is_sandbox=row.is_sandbox,
        plan=row.plan,
        plan_ends_at=row.plan_ends_at,
        is_ending=row.expires_at is not None,
    )


def _remember(digest: str, holder: tuple[str, str]) -> None:
    if len(_last_holders) >= _HOLDERS_MAX:
        _last_holders.clear()
    _last_holders[digest] = holder
