"""Signing in with a password, in three steps: book the attempt, judge the password, finish.

The judging happens between two transactions, on a thread of its own, as it keeps a core busy. Who does
not exist is booked, judged and answered like who does.
"""

from typing import Any

import sqlalchemy as sa

from app.contracts.auth import (
    DoneResponse,
    LoginRequest,
    ProofRequest,
    SessionResponse,
    SessionsResponse,
    SessionView,
)
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.auth.accounts import (
    Account,
    acting_for,
    find_account,
    own_account,
    session_view,
)
from app.service.auth.attempts import book_attempt, forget_attempts, subject_of
from app.service.auth.models import sessions, staff_accounts
from app.service.auth.sessions import (
    end_sessions,
    end_sessions_of,
    open_session,
    refresh_session,
    step_up_token,
)
from app.service.auth.totp import prove_presence
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work


def book_login(work: Work, email: str) -> Account | None:
    """Count an attempt to sign in and return the account to judge it with.

    Raises:
        ProblemError: LOGIN_LOCKED.
    """
    book_attempt(work.connection, subject_of("email", email), work.now)
    return find_account(work.connection, email)


def finish_login(
    work: Work, asked: LoginRequest, judged: Account | None, *, is_right: bool, agent: str
) -> SessionResponse | ProblemError:
    """Open the session if the password was right; refusals are values, as they leave a trace.

    Raises:
        ProblemError: LOGIN_LOCKED when one-time codes were guessed too often.
    """
    account = find_account(work.connection, asked.email)
    if account is None or judged is None:
        return ProblemError(ErrorCode.LOGIN_FAILED)
    person = acting_for(work, account.tenant_id, account.staff_id, account.role)
    # The password may have been changed while it was judged.
    if not is_right or account.password_hash != judged.password_hash:
        return _failed(person, ErrorCode.LOGIN_FAILED)
    forget_attempts(work.connection, subject_of("email", asked.email))
    if not account.is_active:
        return _failed(person, ErrorCode.STAFF_INACTIVE)
    if account.has_totp:
        if asked.totp_code is None and asked.recovery_code is None:
            return ProblemError(ErrorCode.MFA_REQUIRED)
        proof = ProofRequest(code=asked.totp_code, recovery_code=asked.recovery_code)
        if prove_presence(person, account, proof) is not None:
            return _failed(person, ErrorCode.MFA_CODE_WRONG)
    return _succeeded(person, account, "password", agent)


def _failed(person: Work, code: ErrorCode) -> ProblemError:
    record(person, "sign_in.failed", "staff", person.caller.staff_id or "", {"reason": code.value})
    return ProblemError(code)


def _succeeded(person: Work, account: Account, method: str, agent: str) -> SessionResponse:
    tokens = open_session(person, account.staff_id, account.role, method, agent)
    details = {"method": method, "session": tokens.caller.session_id, "agent": agent[:200]}
    record(person, "sign_in.succeeded", "staff", account.staff_id, details)
    signed_in = Work(person.connection, person.now, person.ids, tokens.caller)
    # A code was just shown: it need not be shown again for the next five minutes.
    fresh = step_up_token(signed_in) if account.has_totp else None
    return session_view(signed_in, tokens, fresh)


def refresh(work: Work, secret: str) -> SessionResponse | ProblemError:
    """Turn a refresh token into new tokens; TOKEN_REUSED comes as a value, as it ends the family."""
    tokens = refresh_session(work, secret)
    return tokens if isinstance(tokens, ProblemError) else session_view(work, tokens)


def log_out(work: Work) -> DoneResponse:
    """End the caller's session."""
    assert work.caller.session_id is not None
    end_sessions(work, [work.caller.session_id], "signed_out")
    record(work, "sign_in.ended", "session", work.caller.session_id)
    return DoneResponse()


def list_sessions(work: Work) -> SessionsResponse:
    """Return the caller's sign-ins that go on."""
    rows = work.connection.execute(
        sa.select(sessions)
        .where(
            sessions.c.tenant_id == work.tenant_id,
            sessions.c.staff_id == work.caller.staff_id,
            sessions.c.ended_at.is_(None),
            sessions.c.expires_at > work.now,
        )
        .order_by(sessions.c.created_at.desc())
    )
    return SessionsResponse(sessions=tuple(_session(work, row) for row in rows))


def end_own_session(work: Work, session_id: str) -> DoneResponse:
    """End one of the caller's sign-ins.

    Raises:
        ProblemError: NOT_FOUND.
    """
    own = work.connection.execute(
        sa.select(sessions.c.id).where(
            sessions.c.id == session_id,
            sessions.c.tenant_id == work.tenant_id,
            sessions.c.staff_id == work.caller.staff_id,
        )
    ).first()
    if own is None:
        raise ProblemError(ErrorCode.NOT_FOUND)
    end_sessions(work, [session_id], "ended_elsewhere")
    record(work, "sign_in.ended", "session", session_id)
    return DoneResponse()


def book_own_password(work: Work) -> Account:
    """Count an attempt to show one's own password.

    Raises:
        ProblemError: LOGIN_LOCKED.
    """
    account = own_account(work)
    book_attempt(work.connection, subject_of("password", account.staff_id), work.now)
    return account


def forget_own_password_attempts(work: Work) -> None:
    """Begin anew: the password was right."""
    assert work.caller.staff_id is not None
    forget_attempts(work.connection, subject_of("password", work.caller.staff_id))


def forget_login_attempts(work: Work, email: str) -> None:
    """Begin anew: who asked again for the answer he had knew the password."""
    forget_attempts(work.connection, subject_of("email", email))


def set_password(work: Work, password_hash: str) -> DoneResponse:
    """Replace the caller's password and end his other sessions."""
    account = own_account(work)
    work.connection.execute(
        sa.update(staff_accounts)
        .where(staff_accounts.c.staff_id == account.staff_id)
        .values(password_hash=password_hash, password_changed_at=work.now)
    )
    forget_own_password_attempts(work)
    end_sessions_of(work, account.staff_id, "password_changed", but=work.caller.session_id)
    record(work, "password.changed", "staff", account.staff_id)
    return DoneResponse()


def _session(work: Work, row: "sa.Row[*tuple[Any, ...]]") -> SessionView:
    return SessionView(
        id=row.id,
        method=row.method,
        user_agent=row.user_agent,
        created_at=row.created_at,
        expires_at=row.expires_at,
        is_current=row.id == work.caller.session_id,
    )
