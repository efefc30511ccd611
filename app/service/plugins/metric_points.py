"""Points of metrics (M9): added to the hour they belong to, with counters that give percentiles."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from app.contracts.plugin_life import MetricPoint, MetricsRequest, MetricsResponse
from app.service.kit.work import Work
from app.service.plugins.models import plugin_metric_hours
from app.service.plugins.upserts import upsert

NAMES: Final = frozenset(
    {
        "loyalty.search.duration_ms",
        "loyalty.reserve.duration_ms",
        "loyalty.finalize.duration_ms",
        "loyalty.error.network",
        "loyalty.offline.queue_size",
        "loyalty.reservation.auto_cancelled",
        "loyalty.points.applied",
        "loyalty.discount.applied",
        "loyalty.earn_only.dropped",
    }
)
BOUNDS_MS: Final = (100, 300, 500, 1000, 3000)
_OLDEST = timedelta(days=7)
_MILLI = 1000
_SUMS = ("count", "sum_milli", *(f"le_{bound}" for bound in BOUNDS_MS))
_ADD = upsert(
    plugin_metric_hours,
    keys=("installation_id", "name", "hour"),
    add=_SUMS,
    largest=("max_milli",),
)


def take_metrics(work: Work, message: MetricsRequest) -> MetricsResponse:
    """Add a batch of points; unknown names and what is older than a week are left out."""
    taken = [
        (point.name, _hour_of(work, point), point.value)
        for point in message.points
        if point.name in NAMES and (point.at is None or point.at > work.now - _OLDEST)
    ]
    rows = _sum_up(taken)
    if rows:
        fixed = {"installation_id": work.caller.installation_id, "tenant_id": work.tenant_id}
        work.connection.execute(_ADD(work.connection), [{**fixed, **row} for row in rows])
    return MetricsResponse(
        success=True, accepted=len(taken), ignored=len(message.points) - len(taken)
    )


def _hour_of(work: Work, point: MetricPoint) -> datetime:
    return work.business_time(point.at).replace(minute=0, second=0, microsecond=0)


def _sum_up(taken: Iterable[tuple[str, datetime, int]]) -> list[dict[str, object]]:
    """Return one row for each name and hour, in the order of their keys."""
    values: dict[tuple[str, datetime], list[int]] = {}
    for name, hour, value in taken:
        values.setdefault((name, hour), []).append(value)
    return [
        {
            "name": name,
            "hour": hour,
            "count": len(found),
            "sum_milli": sum(found),
            "max_milli": max(found),
            **{
                f"le_{bound}": sum(value <= bound * _MILLI for value in found)
                for bound in BOUNDS_MS
            },
        }
        for (name, hour), found in sorted(values.items())
    ]


def percentile_95_ms(count: int, largest_milli: int, at_most: dict[int, int]) -> int:
    """Return an upper bound of the 95th percentile from counters.

    Args:
        count: How many values there are.
        largest_milli: The largest of them, in thousandths.
        at_most: For each bound, how many values are not above it.
    """
    wanted = -(-count * 95 // 100)
    for bound in sorted(at_most):
        if at_most[bound] >= wanted:
            return bound
    return -(-largest_milli // _MILLI)
