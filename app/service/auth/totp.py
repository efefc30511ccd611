"""One-time codes (RFC 6238): setting them up, proving one, and the codes for a lost authenticator.

A code is accepted half a minute early or late, and once. Guesses are counted like passwords.
"""

import hashlib
import hmac
from typing import Final

import pyotp
import sqlalchemy as sa

from app.contracts.auth import (
    ConfirmTotpResponse,
    DoneResponse,
    EnrolTotpResponse,
    ProofRequest,
    StepUpResponse,
)
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.auth.accounts import Account, own_account
from app.service.auth.attempts import book_attempt, forget_attempts, subject_of
from app.service.auth.models import recovery_codes, staff_accounts
from app.service.auth.sessions import step_up_token
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work

_ISSUER: Final = "Max Loyalty"
_STEP_S: Final = 30
_DRIFT: Final = (0, -1, 1)
_RECOVERY_COUNT: Final = 10
_RECOVERY_LENGTH: Final = 16  # 80 random bits


def enrol(work: Work) -> EnrolTotpResponse:
    """Draw a secret for the caller; it is in force once a code of it is confirmed.

    Raises:
        ProblemError: MFA_ALREADY_SET_UP.
    """
    account = own_account(work)
    if account.has_totp:
        raise ProblemError(ErrorCode.MFA_ALREADY_SET_UP)
    # Base 32 without 0 and 1, as authenticators read it.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    secret = "".join(letters[work.ids.below(32)] for _ in range(32))
    _change(work, account.staff_id, totp_secret=secret, totp_confirmed_at=None, totp_step=None)
    record(work, "totp.enrolled", "staff", account.staff_id)
    name = account.email or account.staff_id
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)
    return EnrolTotpResponse(secret=secret, uri=uri)


def confirm(work: Work, code: str) -> ConfirmTotpResponse | ProblemError:
    """Put the secret in force with its first code, and hand out recovery codes.

    Returns:
        The codes; or MFA_CODE_WRONG as a value, because the attempt has to be counted.

    Raises:
        ProblemError: MFA_NOT_SET_UP, MFA_ALREADY_SET_UP or LOGIN_LOCKED.
    """
    account = own_account(work)
    if account.has_totp:
        raise ProblemError(ErrorCode.MFA_ALREADY_SET_UP)
    if account.totp_secret is None:
        raise ProblemError(ErrorCode.MFA_NOT_SET_UP)
    book_attempt(work.connection, _subject(account), work.now)
    if not _take_code(work, account, code):
        return ProblemError(ErrorCode.MFA_CODE_WRONG)
    forget_attempts(work.connection, _subject(account))
    _change(work, account.staff_id, totp_confirmed_at=work.now)
    record(work, "totp.confirmed", "staff", account.staff_id)
    return ConfirmTotpResponse(recovery_codes=_draw_recovery(work, account.staff_id))


def disable(work: Work, proof: ProofRequest) -> DoneResponse | ProblemError:
    """Switch one-time codes off; refusals as in `step_up`."""
    account = own_account(work)
    refusal = prove_presence(work, account, proof)
    if refusal is not None:
        return refusal
    clear_totp(work, account.staff_id)
    record(work, "totp.disabled", "staff", account.staff_id)
    return DoneResponse()


def step_up(work: Work, proof: ProofRequest) -> StepUpResponse | ProblemError:
    """Give the caller five minutes for dangerous actions.

    Returns:
        The proof; or MFA_CODE_WRONG as a value, because the attempt has to be counted.

    Raises:
        ProblemError: MFA_NOT_SET_UP or LOGIN_LOCKED.
    """
    account = own_account(work)
    refusal = prove_presence(work, account, proof)
    if refusal is not None:
        record(work, "step_up.failed", "staff", account.staff_id)
        return refusal
    record(work, "step_up.succeeded", "staff", account.staff_id)
    token, expires_at = step_up_token(work)
    return StepUpResponse(step_up_token=token, expires_at=expires_at)


def prove_presence(work: Work, account: Account, proof: ProofRequest) -> ProblemError | None:
    """Take a code or a recovery code; return MFA_CODE_WRONG if it is neither, with the attempt counted.

    Raises:
        ProblemError: MFA_NOT_SET_UP, MFA_REQUIRED (nothing was shown) or LOGIN_LOCKED.
    """
    if not account.has_totp:
        raise ProblemError(ErrorCode.MFA_NOT_SET_UP)
    if proof.code is None and proof.recovery_code is None:
        raise ProblemError(ErrorCode.MFA_REQUIRED)
    book_attempt(work.connection, _subject(account), work.now)
    is_right = proof.code is not None and _take_code(work, account, proof.code)
    if not is_right and proof.recovery_code is not None:
        is_right = _take_recovery(work, account.staff_id, proof.recovery_code)
    if not is_right:
        return ProblemError(ErrorCode.MFA_CODE_WRONG)
    forget_attempts(work.connection, _subject(account))
    return None


def clear_totp(work: Work, staff_id: str) -> None:
    """Forget a person's secret and recovery codes."""
    _change(work, staff_id, totp_secret=None, totp_confirmed_at=None, totp_step=None)
    work.connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))


def _take_code(work: Work, account: Account, code: str) -> bool:
    secret = account.totp_secret
    assert secret is not None, "codes are set up"
    present = int(work.now.timestamp()) // _STEP_S
    for drift in _DRIFT:
        step = present + drift
        if not hmac.compare_digest(pyotp.TOTP(secret).generate_otp(step), code):
            continue
        # Taken only if nobody took this or a later one: two who show it at once are one too many.
        last = staff_accounts.c.totp_step
        taken = work.connection.execute(
            sa.update(staff_accounts)
            .where(
                staff_accounts.c.staff_id == account.staff_id, sa.or_(last.is_(None), last < step)
            )
            .values(totp_step=step)
        )
        return taken.rowcount == 1
    return False


def _take_recovery(work: Work, staff_id: str, code: str) -> bool:
    taken = work.connection.execute(
        sa.update(recovery_codes)
        .where(
            recovery_codes.c.staff_id == staff_id,
            recovery_codes.c.code_hash == _hash_recovery(code),
            recovery_codes.c.used_at.is_(None),
        )
        .values(used_at=work.now)
    )
    if taken.rowcount == 1:
        record(work, "totp.recovery_used", "staff", staff_id)
    return taken.rowcount == 1


def _draw_recovery(work: Work, staff_id: str) -> tuple[str, ...]:
    drawn = [work.ids.token(_RECOVERY_LENGTH) for _ in range(_RECOVERY_COUNT)]
    work.connection.execute(sa.delete(recovery_codes).where(recovery_codes.c.staff_id == staff_id))
    work.connection.execute(
        sa.insert(recovery_codes),
        [{"staff_id": staff_id, "code_hash": _hash_recovery(code)} for code in drawn],
    )
    return tuple("-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in drawn)


def _hash_recovery(code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def _subject(account: Account) -> str:
    return subject_of("totp", account.staff_id)


def _change(work: Work, staff_id: str, **values: object) -> None:
    work.connection.execute(
        sa.update(staff_accounts).where(staff_accounts.c.staff_id == staff_id).values(**values)
    )
