"""One attempt: from what was claimed to what is written down about it."""

import asyncio
import logging
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from pydantic import ValidationError

from app.contracts.webhook_events import API_VERSION, EventEnvelope, wire_data
from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.kernel.version import VERSION
from app.service.kit.work import whole_millis
from app.service.webhooks.outbox import Claimed
from app.service.webhooks.schedule import next_try
from app.service.webhooks.sending import Reply, Sender, SendError
from app.service.webhooks.settling import Outcome
from app.service.webhooks.signing import signed_headers
from app.service.webhooks.targets import Target, TargetRefusedError, TargetRules, read_target

_log = logging.getLogger(__name__)

GONE: Final = 410
_ASKS_TO_WAIT: Final = frozenset({429, 503})
_HEADERS: Final = {
    "Content-Type": "application/json",
    "User-Agent": f"MaxLoyalty-Webhooks/{VERSION}",
    "Accept": "*/*",
}


def body_of(claimed: Claimed) -> bytes:
    """Return the body of a delivery: the envelope with the event's data in units."""
    return (
        EventEnvelope(
            id=claimed.event_id,
            type=claimed.event_type,
            api_version=API_VERSION,
            created_at=claimed.event_at,
            tenant_id=claimed.tenant_id,
            restaurant_id=claimed.restaurant_id,
            is_test=True if claimed.is_test else None,
            data=_data_of(claimed),
        )
        .to_wire_json()
        .encode()
    )


def _data_of(claimed: Claimed) -> dict[str, Any]:
    try:
        return wire_data(claimed.event_type, claimed.data)
    except (KeyError, ValidationError):
        # A fault of ours that must not cost the subscriber the event: its ids are still true.
        _log.exception("event %s is not as its type says", claimed.event_id)
        return {name: value for name, value in claimed.data.items() if name.endswith("Id")}


@lru_cache(maxsize=4_096)
def _target(url: str, rules: TargetRules) -> Target:
    return read_target(url, rules)


class Attempts:
    """Makes attempts with a sender, on the event loop."""

    def __init__(self, sender: Sender, rules: TargetRules, clock: Clock, ids: Ids) -> None:
        self._sender = sender
        self._rules = rules
        self._clock = clock
        self._ids = ids

    async def make(self, claimed: Claimed) -> Outcome:
        """Try once; every way in which it can fail is an outcome."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        reply: Reply | None = None
        said: str | None = None
        try:
            reply = await self._post(claimed)
        except SendError as error:
            said = error.said
        except TargetRefusedError as error:
            said = error.en
        except Exception:  # noqa: BLE001 - the edge of an attempt: the log of deliveries tells of it
            _log.exception("delivery %s failed on our side", claimed.delivery_id)
            said = "an error on the sending side"
        now = whole_millis(self._clock.now())
        return self._outcome(claimed, reply, said, now, int((loop.time() - began) * 1_000))

    async def _post(self, claimed: Claimed) -> Reply:
        target = _target(claimed.url, self._rules)
        body = body_of(claimed)
        signed = signed_headers(claimed.secrets, claimed.event_id, self._clock.now(), body)
        return await self._sender.post(target, _HEADERS | signed, body)

    def _outcome(
        self, claimed: Claimed, reply: Reply | None, said: str | None, now: datetime, took_ms: int
    ) -> Outcome:
        delivered = reply is not None and 200 <= reply.status < 300
        gone = reply is not None and reply.status == GONE
        due = None if delivered or gone else self._next(claimed, reply, now)
        return Outcome(
            delivery_id=claimed.delivery_id,
            lease_token=claimed.lease_token,
            tenant_id=claimed.tenant_id,
            endpoint_id=claimed.endpoint_id,
            at=now,
            duration_ms=took_ms,
            status_code=None if reply is None else reply.status,
            error=said if reply is None else _said_of(reply.status),
            delivered=delivered,
            gone=gone,
            next_try_at=due,
        )

    def _next(self, claimed: Claimed, reply: Reply | None, now: datetime) -> datetime | None:
        asked = reply.retry_after_s if reply and reply.status in _ASKS_TO_WAIT else None
        return next_try(claimed.tries + 1, claimed.started_at, now, self._ids.below, asked)


def _said_of(status: int) -> str | None:
    if 200 <= status < 300:
        return None
    if 300 <= status < 400:
        return f"the receiver answered {status}; redirects are not followed"
    if status == GONE:
        return "the receiver answered 410 Gone"
    return f"the receiver answered {status}"
