"""How installations are: the list with health and alerts (M10), and everything about one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

import sqlalchemy as sa

from app.contracts import plugin_admin as wire
from app.contracts.base import WireModel
from app.contracts.errors import ErrorCode
from app.contracts.plugin_life import InstallationStatus, ReleaseChannel, UiSettings, UpdateResult
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.plugins.identity import INSTALLATION_KINDS
from app.service.plugins.metric_points import BOUNDS_MS, percentile_95_ms
from app.service.plugins.models import (
    plugin_commands,
    plugin_installations,
    plugin_logs,
    plugin_metric_hours,
    plugin_states,
    plugin_updates,
)
from app.service.tills.models import api_keys, installations

WARNING_AFTER: Final = timedelta(minutes=2)
OFFLINE_AFTER: Final = timedelta(minutes=10)
_QUEUE_LARGE: Final = 10
_LATENCY_HIGH_MS: Final = 1_000
_SHOWN: Final = 20
_METRIC_SPAN: Final = timedelta(hours=24)

Row = sa.Row[*tuple[Any, ...]]
View = TypeVar("View", bound=WireModel)

_last_update = (
    sa.select(plugin_updates.c.status)
    .where(plugin_updates.c.installation_id == installations.c.id)
    .order_by(plugin_updates.c.created_at.desc(), plugin_updates.c.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("last_update")
)
_STATEMENT = (
    sa.select(
        installations.c.id,
        installations.c.kind,
        installations.c.name,
        installations.c.location_id,
        installations.c.register_id,
        installations.c.created_at,
        plugin_installations.c.status,
        plugin_installations.c.channel,
        plugin_states.c.version,
        plugin_states.c.os_version,
        plugin_states.c.terminal_id,
        plugin_states.c.seen_at,
        plugin_states.c.queue_size,
        plugin_states.c.cpu_centi,
        plugin_states.c.memory_mb,
        plugin_states.c.transactions_today,
        plugin_states.c.latency_p95_ms,
        _last_update,
    )
    .outerjoin(plugin_installations, plugin_installations.c.installation_id == installations.c.id)
    .outerjoin(plugin_states, plugin_states.c.installation_id == installations.c.id)
    .where(installations.c.kind.in_(sorted(INSTALLATION_KINDS)))
)


def health_of(seen_at: datetime | None, now: datetime) -> wire.Health:
    """Return how long ago an installation was heard, in words."""
    if seen_at is None:
        return wire.Health.NEVER
    silent = now - seen_at
    if silent < WARNING_AFTER:
        return wire.Health.ONLINE
    return wire.Health.WARNING if silent <= OFFLINE_AFTER else wire.Health.OFFLINE


def _alerts(row: Row, health: wire.Health) -> tuple[wire.Alert, ...]:
    found = {
        wire.Alert.QUEUE_LARGE: (row.queue_size or 0) > _QUEUE_LARGE,
        wire.Alert.OFFLINE: health is wire.Health.OFFLINE,
        wire.Alert.HIGH_LATENCY: (row.latency_p95_ms or 0) > _LATENCY_HIGH_MS,
        wire.Alert.FAILED_UPDATE: row.last_update
        in {UpdateResult.FAILED.value, UpdateResult.ROLLED_BACK.value},
    }
    return tuple(alert for alert, is_so in found.items() if is_so)


def _view(work: Work, row: Row) -> wire.InstallationView:
    health = health_of(row.seen_at, work.now)
    return wire.InstallationView(
        id=row.id,
        kind=wire.InstallationKind(row.kind),
        name=row.name,
        restaurant_id=row.location_id,
        register_id=row.register_id,
        status=InstallationStatus(row.status or InstallationStatus.ACTIVE),
        channel=ReleaseChannel(row.channel or ReleaseChannel.STABLE),
        health=health,
        alerts=_alerts(row, health),
        version=row.version or "",
        os_version=row.os_version or "",
        terminal_id=row.terminal_id or "",
        last_seen_at=row.seen_at,
        queue_size=row.queue_size or 0,
        cpu_usage=(row.cpu_centi or 0) / 100,
        memory_mb=row.memory_mb or 0,
        transactions_today=row.transactions_today or 0,
        latency_p95=row.latency_p95_ms or 0,
        created_at=row.created_at,
    )


def _views(work: Work, rows: Sequence[Row]) -> list[wire.InstallationView]:
    return [_view(work, row) for row in rows]


INSTALLATIONS: Final = Listing(
    name="plugin-installations",
    model=wire.InstallationView,
    statement=_STATEMENT,
    tenant=installations.c.tenant_id,
    identity=installations.c.id,
    columns=(
        ListColumn(name="name", column=installations.c.name, sorts=True),
        ListColumn(
            name="createdAt", column=installations.c.created_at, kind=Kind.MOMENT, sorts=True
        ),
        ListColumn(
            name="lastSeenAt",
            column=plugin_states.c.seen_at,
            kind=Kind.MOMENT,
            sorts=True,
            least="seenFrom",
            most="seenTo",
        ),
        ListColumn(
            name="kind",
            column=installations.c.kind,
            filters=True,
            choices=tuple(kind.value for kind in wire.InstallationKind),
        ),
        ListColumn(
            name="status",
            column=sa.func.coalesce(plugin_installations.c.status, "ACTIVE"),
            filters=True,
            choices=tuple(status.value for status in InstallationStatus),
        ),
        ListColumn(name="restaurantId", column=installations.c.location_id, filters=True),
        ListColumn(name="version", column=plugin_states.c.version, filters=True),
    ),
    views=_views,
    sort="createdAt",
    search=lambda text: installations.c.name.icontains(text, autoescape=True),
)


def installation_details(work: Work, installation_id: str) -> wire.InstallationDetails:
    """Return everything about an installation of the tenant.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND.
    """
    mine = (installations.c.id == installation_id, installations.c.tenant_id == work.tenant_id)
    row = work.connection.execute(_STATEMENT.where(*mine)).first()
    if row is None:
        raise ProblemError(ErrorCode.INSTALLATION_NOT_FOUND)
    decided = work.connection.execute(
        sa.select(plugin_installations).where(
            plugin_installations.c.installation_id == installation_id
        )
    ).first()
    return wire.InstallationDetails(
        installation=_view(work, row),
        is_machine_bound=decided is not None and decided.machine is not None,
        connected_at=decided.connected_at if decided else None,
        ends_at=decided.ends_at if decided else None,
        revoke_reason=decided.revoke_reason if decided else None,
        target_version_id=decided.target_version_id if decided else None,
        ui_settings=UiSettings.from_wire((decided.ui_settings if decided else None) or {}),
        keys=_newest(work, wire.KeyView, api_keys, installation_id, hint=api_keys.c.key_hint),
        commands=_newest(work, wire.CommandView, plugin_commands, installation_id),
        updates=_newest(work, wire.UpdateView, plugin_updates, installation_id),
        logs=_newest(work, wire.LogView, plugin_logs, installation_id),
        metrics=_metrics(work, installation_id),
    )


def _newest(
    work: Work,
    view: type[View],
    table: sa.Table,
    installation_id: str,
    **others: sa.Column[Any],
) -> tuple[View, ...]:
    """Return the newest rows of a table; a field is the column of its name, or one of `others`."""
    columns = [others[name] if name in others else table.c[name] for name in view.model_fields]
    rows = work.connection.execute(
        sa.select(*columns)
        .where(table.c.installation_id == installation_id, table.c.tenant_id == work.tenant_id)
        .order_by(table.c.created_at.desc(), table.c.id.desc())
        .limit(_SHOWN)
    )
    names = tuple(view.model_fields)
    return tuple(view.model_validate(dict(zip(names, row, strict=True))) for row in rows)


def _metrics(work: Work, installation_id: str) -> tuple[wire.MetricSummary, ...]:
    table = plugin_metric_hours.c
    sums = [sa.func.sum(table[f"le_{bound}"]).label(f"le_{bound}") for bound in BOUNDS_MS]
    rows = work.connection.execute(
        sa.select(
            table.name,
            sa.func.sum(table["count"]).label("amount"),
            sa.func.sum(table.sum_milli).label("total"),
            sa.func.max(table.max_milli).label("largest"),
            *sums,
        )
        .where(
            table.installation_id == installation_id,
            table.tenant_id == work.tenant_id,
            table.hour > work.now - _METRIC_SPAN,
        )
        .group_by(table.name)
        .order_by(table.name)
    ).all()
    return tuple(_summary(row) for row in rows)


def _summary(row: Row) -> wire.MetricSummary:
    counts = row._asdict()
    amount = int(row.amount)
    return wire.MetricSummary(
        name=row.name,
        count=amount,
        average=round(float(row.total) / amount / 1000, 3),
        largest=float(row.largest) / 1000,
        percentile95=percentile_95_ms(
            amount, int(row.largest), {bound: int(counts[f"le_{bound}"]) for bound in BOUNDS_MS}
        ),
    )
