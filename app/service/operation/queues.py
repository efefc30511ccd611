"""Figures that lie in the database and are the same for every process: what waits, and what failed.

They are counted over indexes of what is open, never over all that ever was, and at most every ten
seconds however often anybody asks.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import sqlalchemy as sa
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.engine import Connection
from typing_extensions import override

from app.service.exports.models import exports
from app.service.jobs.models import job_runs
from app.service.kit.models import events
from app.service.loyalty.models import reservations
from app.service.plugins.models import OPEN_COMMANDS, plugin_commands, plugin_states
from app.service.plugins.watching import OFFLINE_AFTER, WARNING_AFTER
from app.service.tills.models import installations
from app.service.webhooks.models import webhook_deliveries

FRESH_S: Final = 10.0
_OPEN_RESERVATIONS: Final = ("ACTIVE", "EXPIRED")
_OPEN_EXPORTS: Final = ("PENDING", "RUNNING")

Counts = dict[str, int]


class JobState(NamedTuple):
    """How a job is: seconds since it came to its end, and failures in a row."""

    since_s: float
    failures: int


class Queues(NamedTuple):
    """What waits in the database."""

    reservations: Counts
    events: int
    deliveries: int
    delivery_wait_s: float
    exports: Counts
    commands: int
    installations: dict[tuple[str, str], int]
    jobs: dict[str, JobState]


def read_queues(connection: Connection, now: datetime) -> Queues:
    """Count what waits."""
    pending = webhook_deliveries.c.state == "PENDING"
    waiting, oldest = connection.execute(
        sa.select(sa.func.count(), sa.func.min(webhook_deliveries.c.next_try_at)).where(pending)
    ).one()
    events_waiting = connection.execute(
        sa.select(sa.func.count()).select_from(events).where(events.c.fanned_out_at.is_(None))
    ).scalar_one()
    commands = connection.execute(
        sa.select(sa.func.count()).select_from(plugin_commands).where(sa.text(OPEN_COMMANDS))
    ).scalar_one()
    return Queues(
        reservations=_by_state(connection, reservations.c.status, _OPEN_RESERVATIONS),
        events=events_waiting,
        deliveries=waiting,
        delivery_wait_s=_seconds_since(oldest, now),
        exports=_by_state(connection, exports.c.state, _OPEN_EXPORTS),
        commands=commands,
        installations=_by_health(connection, now),
        jobs=_jobs(connection, now),
    )


def _seconds_since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment) / timedelta(seconds=1))


def _by_state(connection: Connection, column: sa.Column[str], states: tuple[str, ...]) -> Counts:
    rows = connection.execute(
        sa.select(column, sa.func.count()).where(column.in_(states)).group_by(column)
    )
    return dict.fromkeys(states, 0) | {row[0]: row[1] for row in rows}


def _by_health(connection: Connection, now: datetime) -> dict[tuple[str, str], int]:
    seen = plugin_states.c.seen_at
    health = sa.case(
        (seen > now - WARNING_AFTER, "online"),
        (seen >= now - OFFLINE_AFTER, "warning"),
        else_="offline",
    )
    rows = connection.execute(
        sa.select(installations.c.kind, health.label("health"), sa.func.count())
        .join(plugin_states, plugin_states.c.installation_id == installations.c.id)
        .group_by(installations.c.kind, health)
    )
    return {(row[0], row[1]): row[2] for row in rows}


def _jobs(connection: Connection, now: datetime) -> dict[str, JobState]:
    table = job_runs.c
    rows = connection.execute(sa.select(table.name, table.finished_at, table.failures))
    return {row.name: JobState(_seconds_since(row.finished_at, now), row.failures) for row in rows}


class QueueCollector(Collector):
    """Gives what was read to Prometheus.

    Args:
        queues: None if the database did not answer: then it says so and nothing else.
    """

    def __init__(self, queues: Queues | None) -> None:
        self._queues = queues

    @override
    def collect(self) -> Iterator[Metric]:
        """Yield a family for each figure."""
        up = GaugeMetricFamily("maxloyalty_database_up", "Whether the database answers")
        up.add_metric([], 0 if self._queues is None else 1)
        yield up
        if self._queues is not None:
            yield from _families(self._queues)


def _families(queues: Queues) -> Iterator[Metric]:
    yield _family("reservations_open", "Reservations that hold, or are in grace", "state",
                  {state.lower(): count for state, count in queues.reservations.items()})  # fmt: skip
    yield _plain("events_waiting", "Events that wait to be handed to deliveries", queues.events)
    yield _plain("webhook_deliveries_pending", "Deliveries of events that wait", queues.deliveries)
    yield _plain(
        "webhook_delivery_wait_seconds",
        "How long the oldest delivery is overdue",
        queues.delivery_wait_s,
    )
    yield _family("exports_open", "Exports that wait or run", "state",
                  {state.lower(): count for state, count in queues.exports.items()})  # fmt: skip
    yield _plain("plugin_commands_open", "Commands without an answer", queues.commands)
    health = GaugeMetricFamily(
        "maxloyalty_installations",
        "Installations that ever sent a heartbeat, by how long ago",
        labels=["kind", "health"],
    )
    for (kind, state), count in queues.installations.items():
        health.add_metric([kind, state], count)
    yield health
    yield _family(
        "job_since_success_seconds",
        "Seconds since a job came to its end",
        "job",
        {name: state.since_s for name, state in queues.jobs.items()},
    )
    yield _family(
        "job_failures",
        "Failures of a job in a row",
        "job",
        {name: state.failures for name, state in queues.jobs.items()},
    )


def _plain(name: str, text: str, value: float) -> Metric:
    family = GaugeMetricFamily(f"maxloyalty_{name}", text)
    family.add_metric([], value)
    return family


def _family(
    name: str, text: str, label: str, values: "dict[str, int] | dict[str, float]"
) -> Metric:
    family = GaugeMetricFamily(f"maxloyalty_{name}", text, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
