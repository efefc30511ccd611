"""Signed tokens of people: access tokens of a quarter of an hour, step-up tokens of five minutes.

HMAC-SHA256 with a key of this service that lives in the database: one key signs for thirty days, and
proves for a day longer. Nothing outside the service has to prove a token, so one secret is enough.
Keys never appear in logs or answers.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, NamedTuple

import jwt
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.kernel.ids import Ids
from app.service.auth.models import signing_keys
from app.service.kit.problems import ProblemError

ACCESS_LIFE: Final = timedelta(minutes=15)
STEP_UP_LIFE: Final = timedelta(minutes=5)
KEY_SIGNS: Final = timedelta(days=30)
KEY_PROVES: Final = KEY_SIGNS + timedelta(days=1)
_ALGORITHM: Final = "HS256"
_ISSUER: Final = "maxloyalty"
_SECRET_LENGTH: Final = 64  # of 32 letters: 320 random bits
_TOKEN_MAX: Final = 8_000
_REQUIRED: Final = ("iss", "sub", "sid", "tid", "typ", "iat", "exp")


class TokenUse(StrEnum):
    """What a token is good for; one kind is never taken for the other."""

    ACCESS = "access"
    STEP_UP = "step-up"


class Claims(NamedTuple):
    """What a proven token says."""

    staff_id: str
    session_id: str
    tenant_id: str


class _Key(NamedTuple):
    secret: str
    expires_at: datetime


# Keys by id: they are never changed, so a process reads each once. Bounded by how long keys live.
_known: dict[str, _Key] = {}


def sign(
    connection: Connection,
    ids: Ids,
    now: datetime,
    use: TokenUse,
    claims: Claims,
    more: dict[str, Any] | None = None,
) -> tuple[str, datetime]:
    """Return a token and when it is over; needs a writing transaction, as a key may have to be drawn."""
    key_id, secret = _signing_key(connection, ids, now)
    life = ACCESS_LIFE if use is TokenUse.ACCESS else STEP_UP_LIFE
    expires_at = now + life
    body = {
        **(more or {}),
        "iss": _ISSUER,
        "sub": claims.staff_id,
        "sid": claims.session_id,
        "tid": claims.tenant_id,
        "typ": use.value,
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
        "jti": ids.new(),
    }
    return jwt.encode(body, secret, algorithm=_ALGORITHM, headers={"kid": key_id}), expires_at


def prove(connection: Connection, token: str, now: datetime, use: TokenUse) -> Claims:
    """Return what a token says if we signed it for this use and it is not over.

    Raises:
        ProblemError: TOKEN_INVALID or TOKEN_EXPIRED.
    """
    if len(token) > _TOKEN_MAX:
        raise ProblemError(ErrorCode.TOKEN_INVALID)
    try:
        key = _proving_key(connection, jwt.get_unverified_header(token).get("kid"), now)
        body = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            issuer=_ISSUER,
            # Time is judged below, by our own clock.
            options={
                "require": list(_REQUIRED),
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )
    except (jwt.PyJWTError, ValueError) as error:
        raise ProblemError(ErrorCode.TOKEN_INVALID) from error
    if body["typ"] != use.value or not isinstance(body["exp"], int):
        raise ProblemError(ErrorCode.TOKEN_INVALID)
    if body["exp"] <= now.timestamp():
        raise ProblemError(ErrorCode.TOKEN_EXPIRED)
    return Claims(str(body["sub"]), str(body["sid"]), str(body["tid"]))


def prune_keys(connection: Connection, now: datetime) -> int:
    """Delete keys that prove nothing any more; return how many."""
    gone = connection.execute(sa.delete(signing_keys).where(signing_keys.c.expires_at <= now))
    return gone.rowcount


def _signing_key(connection: Connection, ids: Ids, now: datetime) -> tuple[str, str]:
    newest = connection.execute(
        sa.select(signing_keys.c.id, signing_keys.c.secret)
        .where(signing_keys.c.retires_at > now)
        .order_by(signing_keys.c.created_at.desc(), signing_keys.c.id.desc())
        .limit(1)
    ).first()
    if newest is not None:
        return newest.id, newest.secret
    key_id, secret = ids.new(), ids.token(_SECRET_LENGTH)
    connection.execute(
        sa.insert(signing_keys).values(
            id=key_id,
            secret=secret,
            created_at=now,
            retires_at=now + KEY_SIGNS,
            expires_at=now + KEY_PROVES,
        )
    )
    return key_id, secret


def _proving_key(connection: Connection, key_id: object, now: datetime) -> str:
    if not isinstance(key_id, str):
        raise ProblemError(ErrorCode.TOKEN_INVALID)
    key = _known.get(key_id)
    if key is None:
        row = connection.execute(
            sa.select(signing_keys.c.secret, signing_keys.c.expires_at).where(
                signing_keys.c.id == key_id
            )
        ).first()
        if row is None:
            raise ProblemError(ErrorCode.TOKEN_INVALID)
        key = _Key(row.secret, row.expires_at)
        for old in [name for name, one in _known.items() if one.expires_at <= now]:
            _known.pop(old, None)
        _known[key_id] = key
    if key.expires_at <= now:
        raise ProblemError(ErrorCode.TOKEN_EXPIRED)
    return key.secret
