"""Messages of signing in: `/api/v1/auth/*`."""

import re
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from app.contracts.base import Id, Line, Moment, Name, ShownOnce, WireModel
from app.contracts.permissions import Permission, StaffRole

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}")
_BAD_IN_SECRET = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


def _read_email(value: str) -> str:
    email = value.strip().lower()
    if not _EMAIL.fullmatch(email):
        raise PydanticCustomError("email_format", "must be an e-mail address")
    return email


def _check_secret(value: str) -> str:
    if _BAD_IN_SECRET.search(value):
        raise PydanticCustomError("text_control", "must not contain control characters")
    return value


Email = Annotated[str, Field(min_length=3, max_length=254), AfterValidator(_read_email)]
"""An e-mail address; small letters inside."""

Password = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_check_secret)]
"""A password as typed, spaces and all."""

Token = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_check_secret)]
"""An opaque token of ours."""

TotpCode = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
"""Six digits from the authenticator."""

RecoveryCode = Annotated[str, Field(min_length=8, max_length=40), AfterValidator(_check_secret)]
"""One of the codes shown when one-time codes were set up."""


class RegisterRequest(WireModel):
    """A new company and its owner."""

    company_name: Name
    name: Name
    email: Email
    password: Password


class LoginRequest(WireModel):
    """Who signs in; the code where one-time codes are set up."""

    email: Email
    password: Password
    totp_code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None


class TelegramLoginRequest(WireModel):
    """What Telegram gave the mini app, unchanged."""

    init_data: Annotated[str, Field(min_length=1, max_length=8_000)]


class RefreshRequest(WireModel):
    """The refresh token, which this call uses up."""

    refresh_token: Token


class PersonView(WireModel):
    """Who is signed in."""

    staff_id: str
    tenant_id: str
    name: str
    role: str
    email: str | None = None
    permissions: tuple[str, ...]
    has_totp: bool
    is_sandbox: bool


class SessionResponse(WireModel):
    """Tokens: the access token goes into `Authorization: Bearer`, the refresh token works once."""

    token_type: str = "Bearer"  # noqa: S105 - the name of a scheme
    access_token: str
    access_expires_at: Moment
    refresh_token: str
    refresh_expires_at: Moment
    person: PersonView
    step_up_token: str | None = None
    step_up_expires_at: Moment | None = None
    already_processed: bool = False


class SandboxView(WireModel):
    """A company of try-outs with ready data; its keys are shown here once."""

    tenant_id: str
    api_key: str
    till_key: str
    iiko_key: str
    rkeeper_key: str


class RegisterResponse(WireModel):
    """The new company, its owner signed in, and a sandbox beside it."""

    tenant_id: str
    session: SessionResponse
    sandbox: SandboxView
    already_processed: bool = False


class DoneResponse(WireModel):
    """It is done; or was before, under the same idempotency key."""

    success: bool = True
    already_processed: bool = False


class ChangePasswordRequest(WireModel):
    """The old password and the new one."""

    current_password: Password
    new_password: Password


class InviteRequest(WireModel):
    """Whom to invite, and as what.

    With `staffId` it is somebody who is there already, a person of the tills or one who lost his
    password: name, role and rights stay as they are.
    """

    email: Email
    name: Line = ""
    role: StaffRole | None = None
    permissions: tuple[Permission, ...] = ()
    staff_id: Id | None = None

    @model_validator(mode="after")
    def _check_new(self) -> "InviteRequest":
        if self.staff_id is None and (not self.name or self.role is None):
            raise PydanticCustomError("invite_new", "a new person needs a name and a role")
        return self


class InvitationView(WireModel):
    """An invitation; its token is only in the answer that made it."""

    id: str
    email: str
    name: str
    role: str
    permissions: tuple[str, ...]
    invited_by: str
    staff_id: str | None = None
    created_at: Moment
    expires_at: Moment
    accepted_at: Moment | None = None
    revoked_at: Moment | None = None


class InviteResponse(ShownOnce):
    """The invitation with its token, shown once, good for 72 hours."""

    SECRETS: ClassVar[tuple[str, ...]] = ("token",)

    invitation: InvitationView
    token: str | None = None
    already_processed: bool = False


class AcceptInvitationRequest(WireModel):
    """The token from the invitation, and the password to be."""

    token: Token
    password: Password
    name: Line = ""


class EnrolTotpRequest(WireModel):
    """The password again: whoever found an open page must not take the account over."""

    password: Password


class EnrolTotpResponse(WireModel):
    """The secret for the authenticator; in force after `confirm`."""

    secret: str
    uri: str
    already_processed: bool = False


class TotpCodeRequest(WireModel):
    """A code from the authenticator."""

    code: TotpCode


class ConfirmTotpResponse(WireModel):
    """Codes for the day the authenticator is lost: shown once, each works once."""

    recovery_codes: tuple[str, ...]
    already_processed: bool = False


class ProofRequest(WireModel):
    """A code from the authenticator, or a recovery code."""

    code: TotpCode | None = None
    recovery_code: RecoveryCode | None = None


class StepUpResponse(WireModel):
    """A proof for dangerous actions, sent as `X-Step-Up-Token`; good for five minutes."""

    step_up_token: str
    expires_at: Moment
    already_processed: bool = False


class LinkTelegramRequest(WireModel):
    """What Telegram gave the mini app: links the caller to that Telegram user."""

    init_data: Annotated[str, Field(min_length=1, max_length=8_000)]


class SessionView(WireModel):
    """A sign-in."""

    id: str
    method: str
    user_agent: str
    created_at: Moment
    expires_at: Moment
    is_current: bool


class SessionsResponse(WireModel):
    """The caller's own sign-ins that go on."""

    sessions: tuple[SessionView, ...]


class TelegramBotRequest(WireModel):
    """The token of the company's bot; only what proves Telegram's signature is kept of it."""

    bot_token: Annotated[str, Field(pattern=r"^[0-9]{3,20}:[A-Za-z0-9_-]{20,100}$")]


class LinkStaffTelegramRequest(WireModel):
    """The Telegram user that a person is; none ends the link."""

    telegram_user_id: Annotated[int, Field(gt=0, le=2**53)] | None = None
