"""Tables of installations in the field.

What a heartbeat changes is a row of its own without any index but its key, so that PostgreSQL can
update it in place; what people change is in another.
"""

import sqlalchemy as sa

from app.service.db.schema import (
    flag,
    key,
    metadata,
    moment,
    number,
    primary_key,
    tenant_key,
    text,
)

OPEN_COMMANDS = "status IN ('PENDING', 'DELIVERED')"


def _installation_key(*, is_primary: bool = False) -> sa.Column[str]:
    return sa.Column(
        "installation_id",
        sa.String(100),
        sa.ForeignKey("installations.id"),
        primary_key=is_primary,
        nullable=False,
    )


plugin_installations = sa.Table(
    "plugin_installations",
    metadata,
    _installation_key(is_primary=True),
    tenant_key(),
    sa.Column("status", sa.String(24), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    # Digests of what identifies the machine, never the serial numbers themselves.
    sa.Column("machine", sa.JSON, nullable=True),
    moment("connected_at", nullable=True),
    sa.Column("ui_settings", sa.JSON, nullable=True),
    number("settings_version"),
    # The version that the administrator wants here whatever the rollout says.
    key("target_version_id", "plugin_versions.id", nullable=True),
    sa.Column("revoke_reason", sa.String(30), nullable=True),
    moment("ends_at", nullable=True),
    sa.CheckConstraint(
        "status IN ('PENDING_INSTALLATION', 'ACTIVE', 'SUSPENDED', 'REVOKING', 'REVOKED',"
        " 'DELETED')",
        name="status",
    ),
    sa.Index("ix_plugin_installations_tenant_id", "tenant_id"),
    sa.Index("ix_plugin_installations_status_ends_at", "status", "ends_at"),
)

plugin_states = sa.Table(
    "plugin_states",
    metadata,
    _installation_key(is_primary=True),
    tenant_key(),
    moment("seen_at"),
    sa.Column("version", sa.String(60), nullable=False),
    sa.Column("os_version", sa.String(200), nullable=False),
    sa.Column("terminal_id", sa.String(100), nullable=False),
    number("queue_size"),
    number("cpu_centi"),
    number("memory_mb"),
    number("transactions_today"),
    number("latency_p95_ms"),
    # Room in each page lets PostgreSQL change a row without touching the index.
    postgresql_with={"fillfactor": 70},
)

plugin_hours = sa.Table(
    "plugin_hours",
    metadata,
    _installation_key(),
    moment("hour"),
    number("beats"),
    number("queue_max"),
    number("cpu_centi_sum"),
    number("memory_mb_max"),
    number("transactions_max"),
    number("latency_ms_max"),
    sa.PrimaryKeyConstraint("installation_id", "hour"),
    sa.Index("ix_plugin_hours_hour", "hour"),
)

plugin_metric_hours = sa.Table(
    "plugin_metric_hours",
    metadata,
    _installation_key(),
    sa.Column("name", sa.String(60), nullable=False),
    moment("hour"),
    tenant_key(),
    number("count"),
    number("sum_milli"),
    number("max_milli"),
    # How many values were at most so large; sums of counters make the 95th percentile of any span.
    number("le_100"),
    number("le_300"),
    number("le_500"),
    number("le_1000"),
    number("le_3000"),
    sa.PrimaryKeyConstraint("installation_id", "name", "hour"),
    sa.Index("ix_plugin_metric_hours_hour", "hour"),
)

plugin_commands = sa.Table(
    "plugin_commands",
    metadata,
    primary_key(),
    tenant_key(),
    _installation_key(),
    sa.Column("type", sa.String(30), nullable=False),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    moment("created_at"),
    key("created_by", nullable=True),
    moment("expires_at"),
    moment("delivered_at", nullable=True),
    number("deliveries"),
    moment("answered_at", nullable=True),
    text("detail", nullable=True),
    sa.CheckConstraint(
        "status IN ('PENDING', 'DELIVERED', 'ACKNOWLEDGED', 'COMPLETED', 'FAILED', 'EXPIRED')",
        name="status",
    ),
    sa.Index("ix_plugin_commands_installation_id_created_at", "installation_id", "created_at"),
    sa.Index("ix_plugin_commands_created_at", "created_at"),
    sa.Index(
        "ix_plugin_commands_open",
        "installation_id",
        sqlite_where=sa.text(OPEN_COMMANDS),
        postgresql_where=sa.text(OPEN_COMMANDS),
    ),
)

plugin_versions = sa.Table(
    "plugin_versions",
    metadata,
    primary_key(),
    tenant_key(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("version", sa.String(60), nullable=False),
    sa.Column("channel", sa.String(20), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    flag("is_critical"),
    text("critical_reason"),
    sa.Column("minimum_version", sa.String(60), nullable=False),
    sa.Column("compatible_from", sa.String(60), nullable=False),
    sa.Column("compatible_to", sa.String(60), nullable=False),
    text("notes"),
    text("signature"),
    number("rollout_percent"),
    sa.Column("file_name", sa.String(200), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    number("size_bytes"),
    moment("uploaded_at", nullable=True),
    moment("published_at", nullable=True),
    moment("created_at"),
    sa.CheckConstraint("status IN ('DRAFT', 'PUBLISHED', 'WITHDRAWN')", name="status"),
    sa.CheckConstraint("rollout_percent BETWEEN 0 AND 100", name="rollout"),
    sa.UniqueConstraint("tenant_id", "kind", "version"),
)

plugin_updates = sa.Table(
    "plugin_updates",
    metadata,
    primary_key(),
    tenant_key(),
    _installation_key(),
    sa.Column("from_version", sa.String(60), nullable=False),
    sa.Column("to_version", sa.String(60), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    text("detail"),
    number("duration_ms"),
    moment("created_at"),
    sa.CheckConstraint("status IN ('SUCCESS', 'FAILED', 'ROLLED_BACK')", name="status"),
    sa.Index("ix_plugin_updates_installation_id_created_at", "installation_id", "created_at"),
)

plugin_logs = sa.Table(
    "plugin_logs",
    metadata,
    primary_key(),
    tenant_key(),
    _installation_key(),
    key("command_id", nullable=True),
    number("lines"),
    flag("is_truncated"),
    # Masked text, compressed by zlib.
    sa.Column("body", sa.LargeBinary, nullable=False),
    moment("created_at"),
    sa.Index("ix_plugin_logs_installation_id_created_at", "installation_id", "created_at"),
    sa.Index("ix_plugin_logs_created_at", "created_at"),
)
