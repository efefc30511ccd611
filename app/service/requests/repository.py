"""Writing entries of the request log and usage; masked here, on the writing thread."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.service.db.bulk import BulkInsert
from app.service.kit.masking import mask_body, mask_query, mask_text
from app.service.plugins.upserts import upsert
from app.service.requests.models import key_usage, request_logs

if TYPE_CHECKING:
    from app.service.requests.recorder import Entry

_BODY_MAX: Final = 4_000
_QUERY_MAX: Final = 1_000
_THROTTLED: Final = 429
_WRITE: Final = BulkInsert(request_logs)
_ADD_USAGE: Final = upsert(
    key_usage,
    keys=("key_id", "day", "endpoint"),
    add=("requests", "failures", "throttled", "duration_us"),
)


def write_entries(connection: Connection, entries: "Sequence[Entry]") -> None:
    """Write entries and add them to the usage of their keys."""
    rows = [_row(entry) for entry in entries if not entry.only_counted]
    if rows:
        _WRITE.run(connection, rows)
    usage = _usage(entries)
    if usage:
        connection.execute(_ADD_USAGE(connection), usage)


def delete_before(connection: Connection, moment: datetime, limit: int) -> int:
    """Delete the oldest entries from before a moment, a bounded number; return how many."""
    old = (
        sa.select(request_logs.c.id)
        .where(request_logs.c.created_at < moment)
        .order_by(request_logs.c.created_at)
        .limit(limit)
    )
    return connection.execute(sa.delete(request_logs).where(request_logs.c.id.in_(old))).rowcount


def delete_usage_before(connection: Connection, moment: datetime) -> int:
    """Delete usage of days before a moment; return how many rows."""
    return connection.execute(sa.delete(key_usage).where(key_usage.c.day < moment)).rowcount


def _row(entry: "Entry") -> dict[str, Any]:
    caller = entry.caller
    return {
        "id": entry.request_id,
        "tenant_id": caller.tenant_id,
        "installation_id": caller.installation_id,
        "key_id": caller.key_id,
        "staff_id": caller.staff_id,
        "method": entry.method[:10],
        "path": _masked(entry.path)[:500],
        "endpoint": _clean(entry.endpoint)[:200],
        "query": _clean(mask_query(entry.query))[:_QUERY_MAX] if entry.query else "",
        "status": entry.status,
        "error_code": entry.error_code,
        "duration_us": entry.duration_us,
        "user_agent": _masked(entry.user_agent)[:200],
        "request_body": _body(entry.request_body),
        "response_body": _body(entry.response_body),
        "created_at": entry.at,
    }


@lru_cache(maxsize=256)
def _masked(text: str) -> str:
    # Tills and programs name themselves and their addresses alike each time.
    return _clean(mask_text(text))


def _clean(text: str) -> str:
    # No database takes these, and a path may hold anything.
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()


def _body(body: bytes | None) -> str | None:
    return None if body is None else mask_body(body, _BODY_MAX)


def _usage(entries: "Sequence[Entry]") -> list[dict[str, Any]]:
    sums: dict[tuple[str, str, datetime, str], list[int]] = {}
    for entry in entries:
        key_id = entry.caller.key_id
        if key_id is None:
            continue
        day = datetime.combine(entry.at.date(), datetime.min.time(), UTC)
        place = (key_id, entry.caller.tenant_id, day, _clean(entry.endpoint)[:200])
        row = sums.setdefault(place, [0, 0, 0, 0])
        row[0] += 1
        row[1] += entry.status >= 400
        row[2] += entry.status == _THROTTLED
        row[3] += entry.duration_us
    # In one order everywhere, so that two processes never wait for each other.
    return [
        {
            "key_id": key_id,
            "tenant_id": tenant_id,
            "day": day,
            "endpoint": endpoint,
            "requests": row[0],
            "failures": row[1],
            "throttled": row[2],
            "duration_us": row[3],
        }
        for (key_id, tenant_id, day, endpoint), row in sorted(sums.items())
    ]
