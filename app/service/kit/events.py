"""Events for subscribers: written in the transaction of the change they tell of."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.service.db.prepared import Prepared
from app.service.kit.models import events
from app.service.kit.work import Work

_WRITE: Final = Prepared(
    sa.insert(events), ("id", "tenant_id", "type", "data", "created_at", "restaurant_id")
)


class Event(NamedTuple):
    """A past fact. `type` is one of the names of spec W1, `data` is JSON-ready."""

    type: str
    data: Mapping[str, Any]


def write_events(work: Work, facts: Sequence[Event]) -> None:
    """Put events in the outbox."""
    for fact in facts:
        _WRITE.run(
            work.connection,
            {
                "id": f"evt_{work.ids.new()}",
                "tenant_id": work.tenant_id,
                "type": fact.type,
                "data": dict(fact.data),
                "created_at": work.now,
                "restaurant_id": work.caller.location_id,
            },
        )
