"""People who come from a Telegram mini app: what Telegram signed, how old it is, whose it is.

The check is Telegram's own (core.telegram.org/bots/webapps, "Validating data received via the Mini
App"): HMAC-SHA256 over all fields but `hash`, sorted, with a key derived from the bot's token. Only the
derived key is kept: it proves signatures and cannot act as the bot.
"""

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

import sqlalchemy as sa

from app.contracts.auth import DoneResponse, SessionResponse
from app.contracts.base import MalformedJsonError, parse_json
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.auth.accounts import acting_for, session_view
from app.service.auth.models import staff_accounts
from app.service.auth.sessions import open_session
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.staff.models import staff
from app.service.tenants.models import tenants

AGE_MAX: Final = timedelta(minutes=15)
_AHEAD_MAX: Final = timedelta(minutes=1)
_FIELDS_MAX: Final = 30


def derive_secret(bot_token: str) -> str:
    """Return what proves the signatures for a bot."""
    return hmac.new(b"WebAppData", bot_token.encode(), hashlib.sha256).hexdigest()


def read_init_data(text: str) -> dict[str, str]:
    """Return the fields that Telegram gave.

    Raises:
        ProblemError: TELEGRAM_INVALID.
    """
    try:
        pairs = parse_qsl(
            text, keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS_MAX
        )
    except ValueError as error:
        raise ProblemError(ErrorCode.TELEGRAM_INVALID) from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise ProblemError(ErrorCode.TELEGRAM_INVALID)
    return fields


def is_signed(fields: dict[str, str], secret: str) -> bool:
    """Tell whether Telegram signed the fields for the bot of a secret."""
    content = "\n".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "hash")
    made = hmac.new(bytes.fromhex(secret), content.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(made.encode(), fields.get("hash", "").encode())


def user_of(fields: dict[str, str], now: datetime) -> int:
    """Return the Telegram user; the signature is judged elsewhere.

    Raises:
        ProblemError: TELEGRAM_INVALID: no user, or the data is too old.
    """
    said = fields.get("auth_date", "")
    if not (said.isascii() and said.isdigit() and len(said) <= 12):
        raise ProblemError(ErrorCode.TELEGRAM_INVALID)
    age = timedelta(seconds=now.timestamp() - int(said))
    if not -_AHEAD_MAX <= age <= AGE_MAX:
        raise ProblemError(ErrorCode.TELEGRAM_INVALID, "The data is too old", "Данные устарели")
    try:
        user = parse_json(fields.get("user", ""))
    except MalformedJsonError as error:
        raise ProblemError(ErrorCode.TELEGRAM_INVALID) from error
    user_id = user.get("id") if isinstance(user, dict) else None
    if not isinstance(user_id, int) or isinstance(user_id, bool) or not 0 < user_id < 2**53:
        raise ProblemError(ErrorCode.TELEGRAM_INVALID)
    return user_id


def log_in(work: Work, init_data: str, agent: str) -> SessionResponse | ProblemError:
    """Sign in the person who is linked to a Telegram user; refusals of known people are values.

    Raises:
        ProblemError: TELEGRAM_INVALID: Telegram did not sign this, or nobody is linked.
    """
    fields = read_init_data(init_data)
    user_id = user_of(fields, work.now)
    rows = work.connection.execute(
        sa.select(staff.c.id, staff.c.tenant_id, staff.c.role, staff.c.is_active)
        .add_columns(tenants.c.telegram_secret)
        .join(staff_accounts, staff_accounts.c.staff_id == staff.c.id)
        .join(tenants, tenants.c.id == staff.c.tenant_id)
        .where(staff_accounts.c.telegram_user_id == user_id, tenants.c.telegram_secret.is_not(None))
        .order_by(staff.c.id)
    )
    # One Telegram user may work for several companies: the bot that signed tells which is meant.
    row = next((row for row in rows if is_signed(fields, row.telegram_secret)), None)
    if row is None:
        raise ProblemError(ErrorCode.TELEGRAM_INVALID)
    person = acting_for(work, row.tenant_id, row.id, row.role)
    if not row.is_active:
        reason = {"reason": ErrorCode.STAFF_INACTIVE.value, "method": "telegram"}
        record(person, "sign_in.failed", "staff", row.id, reason)
        return ProblemError(ErrorCode.STAFF_INACTIVE)
    tokens = open_session(person, row.id, row.role, "telegram", agent)
    details = {"method": "telegram", "session": tokens.caller.session_id, "agent": agent[:200]}
    record(person, "sign_in.succeeded", "staff", row.id, details)
    return session_view(person, tokens)


def link_own(work: Work, init_data: str) -> DoneResponse:
    """Link the caller to the Telegram user who sent this through the company's bot.

    Raises:
        ProblemError: TELEGRAM_INVALID.
    """
    fields = read_init_data(init_data)
    user_id = user_of(fields, work.now)
    secret = work.connection.execute(
        sa.select(tenants.c.telegram_secret).where(tenants.c.id == work.tenant_id)
    ).scalar()
    if secret is None or not is_signed(fields, secret):
        raise ProblemError(ErrorCode.TELEGRAM_INVALID)
    assert work.caller.staff_id is not None
    link_staff(work, work.caller.staff_id, user_id)
    return DoneResponse()


def link_staff(work: Work, staff_id: str, user_id: int | None) -> None:
    """Link a person of the company to a Telegram user, or end the link.

    Raises:
        ProblemError: IN_USE: somebody else of the company is that user.
    """
    accounts = staff_accounts.c
    other = work.connection.execute(
        sa.select(accounts.staff_id).where(
            accounts.tenant_id == work.tenant_id,
            accounts.telegram_user_id == user_id,
            accounts.staff_id != staff_id,
        )
    ).first()
    if user_id is not None and other is not None:
        raise ProblemError(ErrorCode.IN_USE)
    changed = work.connection.execute(
        sa.update(staff_accounts)
        .where(accounts.staff_id == staff_id, accounts.tenant_id == work.tenant_id)
        .values(telegram_user_id=user_id)
    )
    if changed.rowcount == 0:
        work.connection.execute(
            sa.insert(staff_accounts).values(
                staff_id=staff_id,
                tenant_id=work.tenant_id,
                telegram_user_id=user_id,
                created_at=work.now,
            )
        )
    action = "telegram.linked" if user_id is not None else "telegram.unlinked"
    record(work, action, "staff", staff_id, {"telegramUserId": user_id})


def set_bot(work: Work, bot_token: str) -> DoneResponse:
    """Take the company's bot."""
    work.connection.execute(
        sa.update(tenants)
        .where(tenants.c.id == work.tenant_id)
        .values(telegram_secret=derive_secret(bot_token))
    )
    record(work, "tenant.telegram_bot_set", "tenant", work.tenant_id)
    return DoneResponse()
