"""Events for subscribers: written in the transaction of the change they tell of.

Most companies subscribe to nothing. An event of theirs is written as one that has no more to be done, so
that nobody has to come for it: it is the statement itself that looks whether anybody subscribes. Who
subscribes at the same moment comes behind the change.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from app.service.db.prepared import Prepared
from app.service.kit.models import events
from app.service.kit.work import Work

# By its name alone: this room knows none of those that stand on it.
_endpoints: Final = sa.table("webhook_endpoints", sa.column("tenant_id"), sa.column("state"))
_is_subscribed: Final = sa.exists().where(
    _endpoints.c.tenant_id == sa.bindparam("owner", type_=sa.String()),
    _endpoints.c.state != sa.literal_column("'DELETED'"),
)
_WRITE: Final = Prepared(
    sa.insert(events).values(
        fanned_out_at=sa.case(
            (_is_subscribed, sa.null()), else_=sa.bindparam("at", type_=events.c.created_at.type)
        )
    ),
    ("id", "tenant_id", "type", "data", "created_at", "restaurant_id"),
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
                "owner": work.tenant_id,
                "at": work.now,
            },
        )
