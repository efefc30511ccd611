"""What a sale's calls will ask the database, sent at once on PostgreSQL (see `db/pipeline`).

The card is locked first; what is asked behind it is as fresh as if it had been asked after the wait.
Who calls is not known yet: he is taken to be who held the key last time. If that is wrong, nothing of
this is used.
"""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from app.contracts import plugin
from app.service.kit import idempotency
from app.service.loyalty import cards, closing, reservation_store, reservations
from app.service.promotions import repository as promotions
from app.service.tenants import repository as tenants
from app.service.tills import keys


class Expected(NamedTuple):
    """A call that begins."""

    connection: Connection
    secret: str
    now: datetime
    key: str | None
    message: Any


def expect(expected: Expected) -> None:
    """Send what this call will ask."""
    message = expected.message
    if expected.connection.dialect.name != "postgresql":
        return  # nothing is waited for there
    if not isinstance(message, plugin.ReservePointsRequest | plugin.FinalizePointsRequest):
        return
    holder = keys.ask_ahead(expected.connection, expected.secret)
    if holder is None:
        return
    connection, (tenant_id, installation_id) = expected.connection, holder
    if expected.key is not None:
        idempotency.ask_ahead(connection, installation_id, expected.key)
    cards.lock_ahead(connection, tenant_id, message.guest_card_id)
    if isinstance(message, plugin.ReservePointsRequest):
        reservation_store.ask_active_ahead(connection, installation_id, message.order_id)
        reservations.ask_closed_ahead(connection, installation_id, message.order_id)
        tenants.ask_rules_ahead(connection, tenant_id, expected.now)
        return
    closing.ask_order_ahead(connection, installation_id, message.order_id)
    tenants.ask_rules_ahead(connection, tenant_id, expected.now)
    if message.reservation_id is not None:
        reservation_store.lock_ahead(connection, tenant_id, message.reservation_id)
    promotions.ask_ahead(connection, tenant_id, installation_id, message.order_id)
