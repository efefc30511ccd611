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

_Reserve = plugin.ReservePointsRequest | plugin.ReserveDiscountRequest
_Finalize = plugin.FinalizePointsRequest | plugin.FinalizeDiscountRequest


class Expected(NamedTuple):
    """A call that begins."""

    connection: Connection
    secret: str
    now: datetime
    key: str | None
    message: Any


def expect(expected: Expected) -> bool:
    """Send what this call will ask; tell whether that is all it will ask if nothing is unusual."""
    message = expected.message
    if expected.connection.dialect.name != "postgresql":
        return False  # nothing is waited for there
    if not isinstance(message, _Reserve | _Finalize):
        return False
    holder = keys.ask_ahead(expected.connection, expected.secret)
    if holder is None:
        return False
    connection, (tenant_id, installation_id) = expected.connection, holder
    if expected.key is not None:
        idempotency.ask_ahead(connection, installation_id, expected.key)
    cards.lock_ahead(connection, tenant_id, message.guest_card_id)
    if isinstance(message, _Reserve):
        reservation_store.ask_active_ahead(connection, installation_id, message.order_id)
        reservations.ask_closed_ahead(connection, installation_id, message.order_id)
        tenants.ask_rules_ahead(connection, tenant_id, expected.now)
        return not message.items and message.split_group_id is None
    closing.ask_order_ahead(connection, installation_id, message.order_id)
    tenants.ask_rules_ahead(connection, tenant_id, expected.now)
    if _earns_only(message):
        reservation_store.ask_active_ahead(connection, installation_id, message.order_id)
    elif message.reservation_id is not None:
        reservation_store.lock_ahead(connection, tenant_id, message.reservation_id)
    promotions.ask_ahead(connection, tenant_id, installation_id, message.order_id)
    return _is_plain(message)


def _earns_only(message: _Finalize) -> bool:
    return getattr(message, "action", None) is plugin.FinalizeAction.EARN_ONLY


def _is_plain(message: _Finalize) -> bool:
    """Tell whether a check is closed as most are: now, known by its sum, without a claim."""
    claims = message.items or message.promotions or message.promo_code
    return not claims and message.occurred_at is None
