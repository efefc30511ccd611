"""What tills and plugins say of themselves and are told: heartbeat, commands, versions, logs.

These calls exist for each kind of installation under `/api/pos-integration/{till|iiko|rkeeper}`.
"""

import re
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from app.contracts.amounts import Amount
from app.contracts.base import Count, Flag, Id, Line, Moment, Name, Text, WireModel
from app.contracts.measures import LoadPercent, MetricValue, Reading

POINTS_MAX: Final = 500
LOG_LINES_MAX: Final = 1_000
HEARTBEAT_INTERVAL_S: Final = 60
_VERSION = re.compile(
    r"\d{1,9}(?:\.\d{1,9}){0,3}(?:-[0-9A-Za-z.-]{1,30})?(?:\+[0-9A-Za-z.-]{1,30})?"
)


class CommandType(StrEnum):
    """What an installation may be told to do (M4)."""

    RELOAD_CONFIG = "RELOAD_CONFIG"
    REQUEST_LOGS = "REQUEST_LOGS"
    FORCE_UPDATE = "FORCE_UPDATE"
    SHOW_MESSAGE = "SHOW_MESSAGE"
    RESYNC = "RESYNC"


class CommandStatus(StrEnum):
    """How far a command has come."""

    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"


class CommandAnswer(StrEnum):
    """What an installation says of a command: understood, done, or not possible."""

    ACKNOWLEDGED = "ACKNOWLEDGED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


class UpdateResult(StrEnum):
    """How an update ended on the machine (M7)."""

    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    ROLLED_BACK = "ROLLED_BACK"


class InstallationStatus(StrEnum):
    """The life of an installation (M1)."""

    PENDING_INSTALLATION = "PENDING_INSTALLATION"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    REVOKING = "REVOKING"
    REVOKED = "REVOKED"
    DELETED = "DELETED"


class ReleaseChannel(StrEnum):
    """Which releases an installation gets."""

    STABLE = "stable"
    BETA = "beta"


def _check_version(value: str) -> str:
    if not _VERSION.fullmatch(value):
        raise PydanticCustomError(
            "version_format", "must be numbers with dots, as 1.4.0 or 2.0-rc.1"
        )
    return value


Version = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(_check_version)]
"""The number of a program's version: up to four numbers, a mark before release, a build."""

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 as 64 lower case hexadecimal digits."""


class Metrics(WireModel):
    """How an installation is."""

    queue_size: Reading = 0
    cpu_usage: LoadPercent = 0
    memory_mb: Reading = 0
    transactions_today: Reading = 0
    latency_p95: Reading = 0


class HeartbeatRequest(WireModel):
    """Sent every 60 seconds by each installation."""

    version: Annotated[str, Field(max_length=60)] = ""
    os_version: Line = ""
    metrics: Metrics = Metrics()

    @field_validator("version")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not value.isprintable():
            raise PydanticCustomError("text_control", "must not contain control characters")
        return value


class PluginCommand(WireModel):
    """Something to do; it comes again until it is acknowledged, so look at its id."""

    command_id: Id
    type: CommandType
    payload: dict[str, Any]
    created_at: Moment
    expires_at: Moment


class HeartbeatResponse(WireModel):
    """What the service has to say."""

    acknowledged: Flag
    server_time: Moment
    commands: tuple[PluginCommand, ...] = ()
    critical_update_available: Flag
    config_version: str = ""


class CommandAckRequest(WireModel):
    """The answer to a command: understood first if it takes time, then done or failed."""

    status: CommandAnswer = CommandAnswer.ACKNOWLEDGED
    detail: Text | None = None


class CommandAckResponse(WireModel):
    """Where the command stands now."""

    success: bool
    command_id: Id
    status: CommandStatus
    already_processed: bool = False


class MachineIdentity(WireModel):
    """What tells a machine from others; two of three must match later on (M2)."""

    bios_uuid: Line = ""
    disk_serial: Line = ""
    host_name: Line = ""


class FirstConnectRequest(WireModel):
    """The first call of a fresh installation: the key is bound to this machine."""

    machine: MachineIdentity
    version: Version
    os_version: Line = ""


class FirstConnectResponse(WireModel):
    """Who the installation is."""

    success: bool
    installation_id: Id
    kind: str
    status: InstallationStatus
    tenant_name: str
    restaurant_id: Id | None = None
    restaurant_name: str = ""
    server_time: Moment
    already_processed: bool = False


class MetricPoint(WireModel):
    """One measured value. Names that the service does not know are counted and left out."""

    name: Name
    value: MetricValue
    at: Moment | None = None


class MetricsRequest(WireModel):
    """A batch of points (M9). Send an idempotency key, so that a repeated batch counts once."""

    points: Annotated[tuple[MetricPoint, ...], Field(min_length=1, max_length=POINTS_MAX)]


class MetricsResponse(WireModel):
    """How many points were taken, and how many were of unknown name or too old."""

    success: bool
    accepted: Count
    ignored: Count
    already_processed: bool = False


class UploadLogsResponse(WireModel):
    """The stored piece of a log."""

    success: bool
    log_id: Id
    lines: Count
    is_truncated: Flag
    already_processed: bool = False


class UpdateResultRequest(WireModel):
    """How an update went."""

    from_version: Version
    to_version: Version
    status: UpdateResult
    detail: Text = ""
    duration_ms: Count = 0
    command_id: Id | None = None


class UpdateResultResponse(WireModel):
    """It is written down."""

    success: bool
    update_id: Id
    already_processed: bool = False


class LatestVersionResponse(WireModel):
    """The version that this installation should run; without one all fields but the first are empty."""

    update_available: Flag
    version_id: Id | None = None
    version: str | None = None
    channel: ReleaseChannel | None = None
    is_critical: Flag | None = None
    critical_reason: str | None = None
    minimum_version: str | None = None
    compatible_from: str | None = None
    compatible_to: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    signature: str | None = None
    notes: str | None = None
    published_at: Moment | None = None


class DownloadUrlRequest(WireModel):
    """Which version to fetch; the one of latest-version if left out."""

    version_id: Id | None = None


class DownloadUrlResponse(WireModel):
    """A link for this installation alone, valid for an hour."""

    success: bool
    url: str
    expires_at: Moment
    version_id: Id
    version: str
    file_name: str
    size_bytes: int
    sha256: str
    signature: str


class ButtonPosition(StrEnum):
    """The corner in which the floating button is."""

    TOP_LEFT = "TOP_LEFT"
    TOP_RIGHT = "TOP_RIGHT"
    BOTTOM_LEFT = "BOTTOM_LEFT"
    BOTTOM_RIGHT = "BOTTOM_RIGHT"


class ButtonSize(StrEnum):
    """The floating button's size: 60, 80 or 100 pixels."""

    SMALL = "SMALL"
    MEDIUM = "MEDIUM"
    LARGE = "LARGE"


class UiSettings(WireModel):
    """How the till or the overlay looks and behaves, set from afar (M6)."""

    button_position: ButtonPosition = ButtonPosition.BOTTOM_RIGHT
    button_size: ButtonSize = ButtonSize.MEDIUM
    # Hundredths: 0.3 to 1 on the wire.
    button_opacity: Annotated[Amount, Field(ge=30, le=100)] = 90
    has_edge_gesture: Flag = False
    has_sounds: Flag = True
    keyboard_size: ButtonSize = ButtonSize.MEDIUM
    devices: dict[Line, Line] = Field(default_factory=dict, max_length=20)
    offline_redeem_limit: Amount | None = None


class LoyaltySwitches(WireModel):
    """The rules that an installation has to know by itself."""

    is_enabled: Flag
    rules_version: Id
    offline_redeem_limit: Amount


class PluginConfigResponse(WireModel):
    """What an installation is to work with; `version` changes whenever anything in it does."""

    version: str
    installation_id: Id
    kind: str
    status: InstallationStatus
    tenant_name: str
    currency: str
    restaurant_id: Id | None = None
    restaurant_name: str = ""
    register_name: str = ""
    timezone: str = ""
    channel: ReleaseChannel
    heartbeat_interval_s: Count = HEARTBEAT_INTERVAL_S
    metrics_interval_s: Count = 30
    metrics_batch_max: Count = POINTS_MAX
    guest_qr_public_key: str
    loyalty: LoyaltySwitches
    ui_settings: UiSettings
