"""Plugin installations: versions, commands, metrics and logs."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Create the tables, and a row for each till and plugin that is there."""
    _create_plugin_versions()
    _create_plugin_commands()
    _create_plugin_hours()
    _create_plugin_installations()
    _create_plugin_logs()
    _create_plugin_metric_hours()
    _create_plugin_states()
    _create_plugin_updates()
    _take_over()


def _create_plugin_versions() -> None:
    op.create_table(
        "plugin_versions",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("is_critical", sa.Boolean(), nullable=False),
        sa.Column("critical_reason", sa.Text(), nullable=False),
        sa.Column("minimum_version", sa.String(length=60), nullable=False),
        sa.Column("compatible_from", sa.String(length=60), nullable=False),
        sa.Column("compatible_to", sa.String(length=60), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("rollout_percent", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.BigInteger(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('DRAFT', 'PUBLISHED', 'WITHDRAWN')", name=op.f("ck_plugin_versions_status")
        ),
        sa.CheckConstraint(
            "rollout_percent BETWEEN 0 AND 100", name=op.f("ck_plugin_versions_rollout")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_versions_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_versions")),
        sa.UniqueConstraint(
            "tenant_id", "kind", "version", name=op.f("uq_plugin_versions_tenant_id_kind_version")
        ),
    )


def _create_plugin_commands() -> None:
    op.create_table(
        "plugin_commands",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("type", sa.String(length=30), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("deliveries", sa.BigInteger(), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "status IN ('PENDING', 'DELIVERED', 'ACKNOWLEDGED', 'COMPLETED', 'FAILED', 'EXPIRED')",
            name=op.f("ck_plugin_commands_status"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_plugin_commands_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_commands_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_commands")),
    )
    op.create_index(
        "ix_plugin_commands_created_at", "plugin_commands", ["created_at"], unique=False
    )
    op.create_index(
        "ix_plugin_commands_installation_id_created_at",
        "plugin_commands",
        ["installation_id", "created_at"],
        unique=False,
    )
    op.create_index(
        "ix_plugin_commands_open",
        "plugin_commands",
        ["installation_id"],
        unique=False,
        sqlite_where=sa.text("status IN ('PENDING', 'DELIVERED')"),
        postgresql_where=sa.text("status IN ('PENDING', 'DELIVERED')"),
    )


def _create_plugin_hours() -> None:
    op.create_table(
        "plugin_hours",
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("beats", sa.BigInteger(), nullable=False),
        sa.Column("queue_max", sa.BigInteger(), nullable=False),
        sa.Column("cpu_centi_sum", sa.BigInteger(), nullable=False),
        sa.Column("memory_mb_max", sa.BigInteger(), nullable=False),
        sa.Column("transactions_max", sa.BigInteger(), nullable=False),
        sa.Column("latency_ms_max", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_plugin_hours_installation_id")
        ),
        sa.PrimaryKeyConstraint("installation_id", "hour", name=op.f("pk_plugin_hours")),
    )
    op.create_index("ix_plugin_hours_hour", "plugin_hours", ["hour"], unique=False)


def _create_plugin_installations() -> None:
    op.create_table(
        "plugin_installations",
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("machine", sa.JSON(), nullable=True),
        sa.Column("connected_at", sa.BigInteger(), nullable=True),
        sa.Column("ui_settings", sa.JSON(), nullable=True),
        sa.Column("settings_version", sa.BigInteger(), nullable=False),
        sa.Column("target_version_id", sa.String(length=100), nullable=True),
        sa.Column("revoke_reason", sa.String(length=30), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "status IN ('PENDING_INSTALLATION', 'ACTIVE', 'SUSPENDED', 'REVOKING', 'REVOKED', 'DELETED')",
            name=op.f("ck_plugin_installations_status"),
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_plugin_installations_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["target_version_id"],
            ["plugin_versions.id"],
            name=op.f("fk_plugin_installations_target_version_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_installations_tenant_id")
        ),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_plugin_installations")),
    )
    op.create_index(
        "ix_plugin_installations_status_ends_at",
        "plugin_installations",
        ["status", "ends_at"],
        unique=False,
    )
    op.create_index(
        "ix_plugin_installations_tenant_id", "plugin_installations", ["tenant_id"], unique=False
    )


def _create_plugin_logs() -> None:
    op.create_table(
        "plugin_logs",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("command_id", sa.String(length=100), nullable=True),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("is_truncated", sa.Boolean(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_plugin_logs_installation_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_logs_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_logs")),
    )
    op.create_index("ix_plugin_logs_created_at", "plugin_logs", ["created_at"], unique=False)
    op.create_index(
        "ix_plugin_logs_installation_id_created_at",
        "plugin_logs",
        ["installation_id", "created_at"],
        unique=False,
    )


def _create_plugin_metric_hours() -> None:
    op.create_table(
        "plugin_metric_hours",
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("sum_milli", sa.BigInteger(), nullable=False),
        sa.Column("max_milli", sa.BigInteger(), nullable=False),
        sa.Column("le_100", sa.BigInteger(), nullable=False),
        sa.Column("le_300", sa.BigInteger(), nullable=False),
        sa.Column("le_500", sa.BigInteger(), nullable=False),
        sa.Column("le_1000", sa.BigInteger(), nullable=False),
        sa.Column("le_3000", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_plugin_metric_hours_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_metric_hours_tenant_id")
        ),
        sa.PrimaryKeyConstraint(
            "installation_id", "name", "hour", name=op.f("pk_plugin_metric_hours")
        ),
    )
    op.create_index("ix_plugin_metric_hours_hour", "plugin_metric_hours", ["hour"], unique=False)


def _create_plugin_states() -> None:
    op.create_table(
        "plugin_states",
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=60), nullable=False),
        sa.Column("os_version", sa.String(length=200), nullable=False),
        sa.Column("terminal_id", sa.String(length=100), nullable=False),
        sa.Column("queue_size", sa.BigInteger(), nullable=False),
        sa.Column("cpu_centi", sa.BigInteger(), nullable=False),
        sa.Column("memory_mb", sa.BigInteger(), nullable=False),
        sa.Column("transactions_today", sa.BigInteger(), nullable=False),
        sa.Column("latency_p95_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation_id"], ["installations.id"], name=op.f("fk_plugin_states_installation_id")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_states_tenant_id")
        ),
        sa.PrimaryKeyConstraint("installation_id", name=op.f("pk_plugin_states")),
        postgresql_with={"fillfactor": 70},
    )


def _create_plugin_updates() -> None:
    op.create_table(
        "plugin_updates",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("tenant_id", sa.String(length=100), nullable=False),
        sa.Column("installation_id", sa.String(length=100), nullable=False),
        sa.Column("from_version", sa.String(length=60), nullable=False),
        sa.Column("to_version", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('SUCCESS', 'FAILED', 'ROLLED_BACK')", name=op.f("ck_plugin_updates_status")
        ),
        sa.ForeignKeyConstraint(
            ["installation_id"],
            ["installations.id"],
            name=op.f("fk_plugin_updates_installation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_plugin_updates_tenant_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_updates")),
    )
    op.create_index(
        "ix_plugin_updates_installation_id_created_at",
        "plugin_updates",
        ["installation_id", "created_at"],
        unique=False,
    )


def _take_over() -> None:
    op.get_bind().execute(
        sa.text(
            "INSERT INTO plugin_installations"
            " (installation_id, tenant_id, status, channel, settings_version)"
            " SELECT id, tenant_id, 'ACTIVE', 'stable', 0 FROM installations"
            " WHERE kind IN ('till', 'iiko', 'rkeeper')"
        )
    )
