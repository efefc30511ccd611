"""Tables of signing in: accounts, attempts, sessions with their tokens, invitations, signing keys."""

import sqlalchemy as sa

from app.service.db.schema import flag, key, metadata, moment, number, primary_key, tenant_key, text
from app.service.db.sealing import sealed

#: What a person signs in with; a person of the tills alone has none.
staff_accounts = sa.Table(
    "staff_accounts",
    metadata,
    sa.Column("staff_id", sa.String(100), sa.ForeignKey("staff.id"), primary_key=True),
    tenant_key(),
    # In lower case; one address is one person in the whole service, as signing in names no company.
    sa.Column("email", sa.String(254), nullable=True, unique=True),
    # argon2id; None where the person comes from Telegram alone.
    text("password_hash", nullable=True),
    number("telegram_user_id", nullable=True),
    # A secret without a moment of confirmation is not in force yet.
    sealed("staff_accounts", "totp_secret", nullable=True),
    moment("totp_confirmed_at", nullable=True),
    # The last half minute whose code was accepted: each works once.
    number("totp_step", nullable=True),
    moment("created_at"),
    moment("password_changed_at", nullable=True),
    sa.UniqueConstraint("tenant_id", "telegram_user_id"),
    sa.Index("ix_staff_accounts_telegram_user_id", "telegram_user_id"),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    key("staff_id", "staff.id"),
    sa.Column("code_hash", sa.String(64), nullable=False),
    moment("used_at", nullable=True),
    sa.PrimaryKeyConstraint("staff_id", "code_hash"),
)

#: Wrong attempts, by a digest of what was tried: names that do not exist are counted alike.
login_attempts = sa.Table(
    "login_attempts",
    metadata,
    sa.Column("subject", sa.String(64), primary_key=True),
    number("failures"),
    moment("last_at"),
    moment("locked_until", nullable=True),
    sa.Index("ix_login_attempts_last_at", "last_at"),
)

#: A sign-in and the family of refresh tokens that came from it.
sessions = sa.Table(
    "sessions",
    metadata,
    primary_key(),
    tenant_key(),
    key("staff_id", "staff.id"),
    # password or telegram
    sa.Column("method", sa.String(20), nullable=False),
    text("user_agent"),
    moment("created_at"),
    # Whatever is refreshed, the session ends here.
    moment("expires_at"),
    moment("ended_at", nullable=True),
    sa.Column("end_reason", sa.String(30), nullable=True),
    sa.Index("ix_sessions_staff_id", "staff_id"),
    sa.Index("ix_sessions_expires_at", "expires_at"),
)

refresh_tokens = sa.Table(
    "refresh_tokens",
    metadata,
    primary_key(),
    key("session_id", "sessions.id"),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    key("successor_id", nullable=True),
    flag("was_retried"),
    sa.Index("ix_refresh_tokens_session_id", "session_id"),
)

invitations = sa.Table(
    "invitations",
    metadata,
    primary_key(),
    tenant_key(),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("email", sa.String(254), nullable=False),
    text("name"),
    sa.Column("role", sa.String(30), nullable=False),
    sa.Column("permissions", sa.JSON, nullable=False),
    key("invited_by"),
    # Somebody who is there already: a person of the tills, or one who lost his password.
    key("staff_id", "staff.id", nullable=True),
    moment("created_at"),
    moment("expires_at"),
    moment("accepted_at", nullable=True),
    moment("revoked_at", nullable=True),
    sa.Index("ix_invitations_tenant_id_created_at", "tenant_id", "created_at"),
)

#: Keys of access tokens: one signs, older ones still prove until the last token they signed is over.
signing_keys = sa.Table(
    "signing_keys",
    metadata,
    primary_key(),
    sealed("signing_keys", "secret"),
    moment("created_at"),
    moment("retires_at"),
    moment("expires_at"),
)

sign_in_answers = sa.Table(
    "sign_in_answers",
    metadata,
    # A digest of the call, of whom it is about and of the idempotency key: nobody is known yet.
    sa.Column("key_hash", sa.String(64), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    # It holds tokens.
    sealed("sign_in_answers", "answer"),
    moment("created_at"),
    sa.Index("ix_sign_in_answers_created_at", "created_at"),
)
