"""Administration of tills and plugins: installations, their keys and commands, published versions."""

from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import Field

from app.contracts.base import Count, Flag, Id, Line, Moment, Name, Text, WireModel
from app.contracts.plugin_life import (
    CommandStatus,
    CommandType,
    Digest,
    InstallationStatus,
    ReleaseChannel,
    UiSettings,
    UpdateResult,
    Version,
)

FILE_BYTES_MAX: Final = 500_000_000


class InstallationKind(StrEnum):
    """What is installed."""

    TILL = "till"
    IIKO = "iiko"
    RKEEPER = "rkeeper"


class Health(StrEnum):
    """How long ago an installation was heard (M10): under 2 minutes, up to 10, longer, never."""

    ONLINE = "ONLINE"
    WARNING = "WARNING"
    OFFLINE = "OFFLINE"
    NEVER = "NEVER"


class Alert(StrEnum):
    """What needs somebody's attention (M10)."""

    QUEUE_LARGE = "QUEUE_LARGE"
    OFFLINE = "OFFLINE"
    HIGH_LATENCY = "HIGH_LATENCY"
    FAILED_UPDATE = "FAILED_UPDATE"


class RevokeReason(StrEnum):
    """Why an installation ends; the reason decides how long its key still works (M5)."""

    SUSPICIOUS_ACTIVITY = "SUSPICIOUS_ACTIVITY"
    KEY_COMPROMISED = "KEY_COMPROMISED"
    HARDWARE_CHANGE = "HARDWARE_CHANGE"
    RESTAURANT_CLOSED = "RESTAURANT_CLOSED"
    MANUAL = "MANUAL"
    PLANNED_ROTATION = "PLANNED_ROTATION"


class InstallationView(WireModel):
    """An installation in the list."""

    id: Id
    kind: InstallationKind
    name: str
    restaurant_id: Id | None = None
    register_id: Id | None = None
    status: InstallationStatus
    channel: ReleaseChannel
    health: Health
    alerts: tuple[Alert, ...] = ()
    version: str = ""
    os_version: str = ""
    terminal_id: str = ""
    last_seen_at: Moment | None = None
    queue_size: int = 0
    cpu_usage: float = 0
    memory_mb: int = 0
    transactions_today: int = 0
    latency_p95: int = 0
    created_at: Moment


class KeyView(WireModel):
    """A key of an installation, without the key."""

    id: Id
    hint: str
    created_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None


class UpdateView(WireModel):
    """How an update went."""

    id: Id
    from_version: str
    to_version: str
    status: UpdateResult
    detail: str
    duration_ms: int
    created_at: Moment


class LogView(WireModel):
    """A kept piece of a log."""

    id: Id
    command_id: Id | None = None
    lines: int
    is_truncated: bool
    created_at: Moment


class CommandView(WireModel):
    """A command and what became of it."""

    id: Id
    type: CommandType
    payload: dict[str, Any]
    status: CommandStatus
    created_at: Moment
    expires_at: Moment
    delivered_at: Moment | None = None
    deliveries: int
    answered_at: Moment | None = None
    detail: str | None = None


class MetricSummary(WireModel):
    """A metric over the last day."""

    name: str
    count: int
    average: float
    largest: float
    percentile95: int


class InstallationDetails(WireModel):
    """Everything about an installation."""

    installation: InstallationView
    is_machine_bound: bool
    connected_at: Moment | None = None
    ends_at: Moment | None = None
    revoke_reason: RevokeReason | None = None
    target_version_id: Id | None = None
    ui_settings: UiSettings
    keys: tuple[KeyView, ...]
    commands: tuple[CommandView, ...]
    updates: tuple[UpdateView, ...]
    logs: tuple[LogView, ...]
    metrics: tuple[MetricSummary, ...]


class CreateInstallationRequest(WireModel):
    """A new installation of a place; a till needs its register too."""

    kind: InstallationKind
    name: Name
    restaurant_id: Id
    register_id: Id | None = None
    channel: ReleaseChannel = ReleaseChannel.STABLE


class KeyIssuedResponse(WireModel):
    """A key, shown this once; repeated with the same idempotency key, the answer is without it."""

    success: bool
    installation_id: Id
    key_id: Id
    hint: str
    api_key: str | None = None
    old_key_ends_at: Moment | None = None
    already_processed: bool = False


class RevokeRequest(WireModel):
    """End an installation."""

    reason: RevokeReason
    comment: Text = ""


class RevokeResponse(WireModel):
    """When its key stops working."""

    success: bool
    status: InstallationStatus
    ends_at: Moment
    already_processed: bool = False


class CommandRequest(WireModel):
    """A command for an installation."""

    type: CommandType
    payload: dict[str, Any] = Field(default_factory=dict, max_length=50)
    expires_in_minutes: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = 24 * 60


class ForceUpdateRequest(WireModel):
    """The version an installation is to go to; the newest of its kind if left out."""

    version_id: Id | None = None


class CommandQueuedResponse(WireModel):
    """The command is in the queue; it is delivered with the next heartbeat."""

    success: bool
    command_id: Id
    already_processed: bool = False


class UiSettingsResponse(WireModel):
    """The settings as they are now."""

    success: bool
    ui_settings: UiSettings
    already_processed: bool = False


class CreateVersionRequest(WireModel):
    """A version that is about to be published; its file is uploaded next."""

    kind: InstallationKind
    version: Version
    channel: ReleaseChannel = ReleaseChannel.STABLE
    is_critical: Flag = False
    critical_reason: Text = ""
    minimum_version: Version = "0"
    compatible_from: Line = ""
    compatible_to: Line = ""
    notes: Text = ""
    signature: Annotated[str, Field(max_length=500, pattern=r"^[A-Za-z0-9+/=_-]*$")] = ""
    file_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,150}$")]
    sha256: Digest
    size_bytes: Annotated[int, Field(gt=0, le=FILE_BYTES_MAX)]
    rollout_percent: Annotated[int, Field(ge=0, le=100)] = 100


class PublishRequest(WireModel):
    """To which share of the installations the version goes; it may grow later on."""

    rollout_percent: Annotated[int, Field(ge=0, le=100)] | None = None


class EmptyRequest(WireModel):
    """A call that needs nothing but its address."""


class VersionStatus(StrEnum):
    """The life of a version."""

    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


class VersionView(WireModel):
    """A version."""

    id: Id
    kind: InstallationKind
    version: str
    channel: ReleaseChannel
    status: VersionStatus
    is_critical: bool
    critical_reason: str
    minimum_version: str
    compatible_from: str
    compatible_to: str
    notes: str
    signature: str
    rollout_percent: Count
    file_name: str
    sha256: str
    size_bytes: int
    has_file: bool
    uploaded_at: Moment | None = None
    published_at: Moment | None = None
    created_at: Moment


class VersionResponse(WireModel):
    """A version after a change."""

    success: bool
    version: VersionView
    already_processed: bool = False
