"""Messages of the company's own things: `/tenants`, `/locations`, `/registers`, `/staff`, `/audit`."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, Strict
from pydantic_core import PydanticCustomError

from app.contracts.base import Flag, Id, Line, Moment, Name, ShownOnce, WireModel
from app.contracts.permissions import Permission, StaffRole


def _check_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise PydanticCustomError("timezone", "must be a time zone like Europe/Moscow") from error
    return value


Zone = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_check_zone)]
"""A time zone by its IANA name."""

Taxpayer = Annotated[str, Field(pattern=r"^([0-9]{10}|[0-9]{12})?$")]
"""A Russian taxpayer number: ten or twelve digits; may be empty."""

Lines = Annotated[tuple[Line, ...], Field(max_length=10)]
"""Lines of a receipt's head or foot."""

Pin = Annotated[str, Field(pattern=r"^[0-9]{4,8}$")]
"""A PIN of the till."""


class Retention(WireModel):
    """For how many days kinds of data are kept; what is left out has the service's own time.

    Logs can be kept shorter than the service would (30 days, files 7 days), the audit log shorter
    or longer than its three years.
    """

    request_logs_days: Annotated[int, Strict(), Field(ge=1, le=30)] | None = None
    webhook_logs_days: Annotated[int, Strict(), Field(ge=1, le=30)] | None = None
    exports_days: Annotated[int, Strict(), Field(ge=1, le=7)] | None = None
    audit_log_days: Annotated[int, Strict(), Field(ge=180, le=3650)] | None = None


class TenantView(WireModel):
    """The caller's own company."""

    id: str
    name: str
    currency: str
    plan: str
    is_sandbox: bool
    sandbox_of: str | None = None
    has_telegram_bot: bool
    retention: Retention
    created_at: Moment


class SubscriptionState(StrEnum):
    """How a company's plan stands. A cancelled one goes on until its end."""

    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class PlanLimitView(WireModel):
    """How many of a thing the plan allows (no number: any), and how many there are."""

    name: str
    limit: int | None = None
    used: int


class SubscriptionView(WireModel):
    """The company's plan, until when it is paid for (no moment: without an end), what it allows."""

    subscription_id: str | None = None
    plan: str
    state: SubscriptionState
    period_end: Moment | None = None
    cancelled_at: Moment | None = None
    limits: tuple[PlanLimitView, ...]


class TenantsResponse(WireModel):
    """The company that the key or the person belongs to: one."""

    tenants: tuple[TenantView, ...]


class ChangeTenantRequest(WireModel):
    """What to change of the company; the rest stays."""

    name: Name | None = None
    retention: Retention | None = None


class AddLocationRequest(WireModel):
    """A new place."""

    name: Name
    address: Line = ""
    legal_name: Line = ""
    taxpayer_id: Taxpayer = ""
    receipt_header: Lines = ()
    receipt_footer: Lines = ()
    timezone: Zone = "Europe/Moscow"


class ChangeLocationRequest(WireModel):
    """What to change of a place; the rest stays."""

    name: Name | None = None
    address: Line | None = None
    legal_name: Line | None = None
    taxpayer_id: Taxpayer | None = None
    receipt_header: Lines | None = None
    receipt_footer: Lines | None = None
    timezone: Zone | None = None


class LocationView(WireModel):
    """A place."""

    id: str
    name: str
    address: str
    legal_name: str
    taxpayer_id: str
    receipt_header: tuple[str, ...]
    receipt_footer: tuple[str, ...]
    timezone: str
    closed_at: Moment | None = None


class AddRegisterRequest(WireModel):
    """A new register; without a number it gets the place's next one."""

    location_id: Id
    name: Name
    number: Annotated[int, Field(ge=1, le=9_999)] | None = None


class ChangeRegisterRequest(WireModel):
    """What to change of a register; the rest stays."""

    name: Name | None = None
    number: Annotated[int, Field(ge=1, le=9_999)] | None = None


class RegisterView(WireModel):
    """A register with the installation of its till."""

    id: str
    location_id: str
    name: str
    number: int
    installation_id: str | None = None
    closed_at: Moment | None = None


class RegisterAdded(ShownOnce):
    """A new register; the till's key is shown here and nowhere else."""

    SECRETS: ClassVar[tuple[str, ...]] = ("till_key",)

    register_: Annotated[RegisterView, Field(alias="register")]
    till_key: str | None = None
    already_processed: bool = False


class AddStaffRequest(WireModel):
    """A new person of the tills; people who sign in elsewhere are invited."""

    name: Name
    role: StaffRole
    pin: Pin | None = None
    permissions: tuple[Permission, ...] = ()


class ChangeStaffRequest(WireModel):
    """What to change of a person; the rest stays. `pin` empty takes the PIN away."""

    name: Name | None = None
    role: StaffRole | None = None
    permissions: tuple[Permission, ...] | None = None
    is_active: Flag | None = None
    pin: Annotated[str, Field(pattern=r"^([0-9]{4,8})?$")] | None = None


class StaffView(WireModel):
    """A person; digests and secrets are not shown."""

    id: str
    name: str
    role: str
    permissions: tuple[str, ...]
    is_active: bool
    has_pin: bool
    email: str | None = None
    has_totp: bool
    telegram_user_id: int | None = None


class AuditEntryView(WireModel):
    """Who did what, when, to what."""

    id: str
    created_at: Moment
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    subject_type: str
    subject_id: str
    details: dict[str, Any]
