"""Sessions: a sign-in, its rotating refresh tokens, and how it ends.

A refresh token works once. One that comes again ends its whole family, because either we or a thief
hold the newer one. There is one mercy: when an answer was lost, the same token may come once more
within ten seconds, provided that its successor has not been used; that successor is then void, and
whoever shows it ends the family. A thief gains nothing by it: the next refresh of the other side
betrays him, exactly as without the mercy.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.kernel.ids import Ids
from app.service.audit_log.service import record
from app.service.auth.callers import staff_caller
from app.service.auth.models import refresh_tokens, sessions
from app.service.auth.signing import Claims, TokenUse, sign
from app.service.kit.permissions import StaffRole
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller, Work

PREFIX: Final = "mlr_"
RETRY_WITHIN: Final = timedelta(seconds=10)
KEPT_AFTER: Final = timedelta(days=30)
_SECRET_LENGTH: Final = 48  # 240 random bits
_AGENT_MAX: Final = 200


class _Life(NamedTuple):
    refresh: timedelta
    session: timedelta


# People of the tills share machines: a day, whatever is refreshed. Managers work at their own.
_SHIFT_LIFE: Final = _Life(timedelta(hours=24), timedelta(hours=24))
_OFFICE_LIFE: Final = _Life(timedelta(days=7), timedelta(days=30))
_OFFICE_ROLES: Final = frozenset({StaffRole.OWNER, StaffRole.ADMIN, StaffRole.MANAGER})


class Tokens(NamedTuple):
    """What a person signs his next requests with."""

    access: str
    access_expires_at: datetime
    refresh: str
    refresh_expires_at: datetime
    caller: Caller


def life_of(role: str) -> tuple[timedelta, timedelta]:
    """Return how long a refresh token and a session of a role live."""
    return _OFFICE_LIFE if role in _OFFICE_ROLES else _SHIFT_LIFE


def open_session(work: Work, staff_id: str, role: str, method: str, agent: str) -> Tokens:
    """Begin a session of a person of the work's tenant; the caller of the work does not count."""
    session_id = work.ids.new()
    work.connection.execute(
        sa.insert(sessions).values(
            id=session_id,
            tenant_id=work.tenant_id,
            staff_id=staff_id,
            method=method,
            user_agent=agent[:_AGENT_MAX],
            created_at=work.now,
            expires_at=work.now + life_of(role)[1],
        )
    )
    return _issue(work, session_id)[0]


def refresh_session(work: Work, secret: str) -> Tokens | ProblemError:
    """Turn a refresh token into new tokens.

    Returns:
        The tokens; or the refusal, as a value, when the family was ended: that has to be committed.

    Raises:
        ProblemError: TOKEN_INVALID or STAFF_INACTIVE, where nothing is written.
    """
    row = work.connection.execute(
        sa.select(refresh_tokens, sessions.c.ended_at)
        .join(sessions, sessions.c.id == refresh_tokens.c.session_id)
        .where(refresh_tokens.c.token_hash == hash_token(secret))
        .with_for_update()
    ).first()
    if row is None or row.ended_at is not None:
        raise ProblemError(ErrorCode.TOKEN_INVALID)
    caller = staff_caller(work.connection, row.session_id, work.now)
    if row.used_at is not None and not _may_retry(work, row):
        end_sessions(work, [row.session_id], "token_reused")
        record(_as(work, caller), "session.token_reused", "session", row.session_id)
        return ProblemError(ErrorCode.TOKEN_REUSED)
    if row.expires_at <= work.now:
        raise ProblemError(ErrorCode.TOKEN_EXPIRED)
    tokens, successor_id = _issue(work, row.session_id)
    if row.used_at is not None:
        _void(work, row.successor_id)
    work.connection.execute(
        sa.update(refresh_tokens)
        .where(refresh_tokens.c.id == row.id)
        .values(
            used_at=row.used_at or work.now,
            successor_id=successor_id,
            was_retried=row.used_at is not None,
        )
    )
    return tokens


def end_sessions(work: Work, session_ids: list[str], reason: str) -> None:
    """End sessions: their access and refresh tokens are refused from the commit on."""
    work.connection.execute(
        sa.update(sessions)
        .where(sessions.c.id.in_(session_ids), sessions.c.ended_at.is_(None))
        .values(ended_at=work.now, end_reason=reason)
    )


def end_sessions_of(work: Work, staff_id: str, reason: str, *, but: str | None = None) -> None:
    """End every session of a person, but one if wanted."""
    where = [
        sessions.c.tenant_id == work.tenant_id,
        sessions.c.staff_id == staff_id,
        sessions.c.ended_at.is_(None),
    ]
    if but is not None:
        where.append(sessions.c.id != but)
    work.connection.execute(
        sa.update(sessions).where(*where).values(ended_at=work.now, end_reason=reason)
    )


def step_up_token(work: Work) -> tuple[str, datetime]:
    """Return a proof for the caller's session that he has just shown a one-time code."""
    caller = work.caller
    assert caller.staff_id is not None, "only people step up"
    assert caller.session_id is not None, "people come with a session"
    claims = Claims(caller.staff_id, caller.session_id, caller.tenant_id)
    return sign(work.connection, work.ids, work.now, TokenUse.STEP_UP, claims)


def hash_token(secret: str) -> str:
    """Return the digest under which a random token is found."""
    return hashlib.sha256(secret.encode()).hexdigest()


def draw_token(ids: Ids, prefix: str) -> str:
    """Return a fresh random token."""
    return prefix + ids.token(_SECRET_LENGTH)


def prune_sessions(connection: Connection, now: datetime, batch: int) -> int:
    """Delete sessions that have been over for a while, with their tokens; return how many."""
    over = sessions.c.expires_at <= now - KEPT_AFTER
    found = list(connection.execute(sa.select(sessions.c.id).where(over).limit(batch)).scalars())
    if found:
        connection.execute(sa.delete(refresh_tokens).where(refresh_tokens.c.session_id.in_(found)))
        connection.execute(sa.delete(sessions).where(sessions.c.id.in_(found)))
    return len(found)


def _issue(work: Work, session_id: str) -> tuple[Tokens, str]:
    connection = work.connection
    caller = staff_caller(connection, session_id, work.now)
    ends_at = connection.execute(
        sa.select(sessions.c.expires_at).where(sessions.c.id == session_id)
    ).scalar_one()
    secret, token_id = draw_token(work.ids, PREFIX), work.ids.new()
    expires_at = min(work.now + life_of(caller.role)[0], ends_at)
    connection.execute(
        sa.insert(refresh_tokens).values(
            id=token_id,
            session_id=session_id,
            token_hash=hash_token(secret),
            created_at=work.now,
            expires_at=expires_at,
            was_retried=False,
        )
    )
    assert caller.staff_id is not None
    claims = Claims(caller.staff_id, session_id, caller.tenant_id)
    more = {"role": caller.role, "permissions": sorted(caller.permissions)}
    access, access_ends = sign(connection, work.ids, work.now, TokenUse.ACCESS, claims, more)
    return Tokens(access, min(access_ends, ends_at), secret, expires_at, caller), token_id


def _may_retry(work: Work, row: "sa.Row[*tuple[Any, ...]]") -> bool:
    if row.was_retried or work.now - row.used_at > RETRY_WITHIN:
        return False
    successor_used = work.connection.execute(
        sa.select(refresh_tokens.c.used_at).where(refresh_tokens.c.id == row.successor_id)
    ).scalar()
    return successor_used is None


def _void(work: Work, token_id: str | None) -> None:
    # As if it had been used long ago: whoever shows it ends the family.
    work.connection.execute(
        sa.update(refresh_tokens)
        .where(refresh_tokens.c.id == token_id)
        .values(used_at=work.now, was_retried=True)
    )


def _as(work: Work, caller: Caller) -> Work:
    return Work(work.connection, work.now, work.ids, caller)
