"""Reservations as rows: finding, locking, closing and letting their points go.

    ACTIVE --> FINALIZED | CANCELLED | EXPIRED
    EXPIRED --> FINALIZED | AUTO_CANCELLED

The card's row is always locked before the reservation's, so that two calls cannot wait for each other.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.errors import ErrorCode
from app.service.db.prepared import Prepared
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.ledger.lots import Parts
from app.service.loyalty.cards import Card, lock_card, save_card
from app.service.loyalty.models import reservations


class ReservationStatus(StrEnum):
    """Where a reservation stands."""

    ACTIVE = "ACTIVE"
    FINALIZED = "FINALIZED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    AUTO_CANCELLED = "AUTO_CANCELLED"


class ReservationKind(StrEnum):
    """What is held."""

    POINTS = "POINTS"
    DISCOUNT = "DISCOUNT"


class Reservation(NamedTuple):
    """A reservation as it is in the database; `amount` is hundredths of a point or basis points."""

    reservation_id: str
    installation_id: str
    card_id: str
    order_id: str
    kind: ReservationKind
    status: ReservationStatus
    amount: int
    held_promo_minor: int
    held_regular_minor: int
    check_minor: int
    split_group_id: str | None
    expires_at: datetime
    grace_end: datetime
    held_lots: str | None = None

    @property
    def held(self) -> Parts:
        """Return what is held and from which lots it came."""
        return Parts.of_text(self.held_promo_minor, self.held_regular_minor, self.held_lots)


_TABLE = reservations.c
COLUMNS: Final = (
    _TABLE.id,
    _TABLE.installation_id,
    _TABLE.card_id,
    _TABLE.order_id,
    _TABLE.kind,
    _TABLE.status,
    _TABLE.amount,
    _TABLE.held_promo_minor,
    _TABLE.held_regular_minor,
    _TABLE.check_minor,
    _TABLE.split_group_id,
    _TABLE.expires_at,
    _TABLE.grace_end,
    _TABLE.held_lots,
)


_BY_ID: Final = sa.select(*COLUMNS).where(
    _TABLE.id == sa.bindparam("reservation"), _TABLE.tenant_id == sa.bindparam("tenant")
)
_SEEN: Final = Prepared(_BY_ID)
_LOCKED: Final = Prepared(_BY_ID.with_for_update())
_ACTIVE: Final = Prepared(
    sa.select(*COLUMNS)
    .where(
        _TABLE.installation_id == sa.bindparam("installation"),
        _TABLE.order_id == sa.bindparam("order"),
        # A literal, so that the index of active reservations is known to fit.
        _TABLE.status == sa.literal_column("'ACTIVE'"),
    )
    .with_for_update()
)
_CLOSE: Final = Prepared(
    sa.update(reservations).where(_TABLE.id == sa.bindparam("reservation")),
    (
        "status",
        "held_promo_minor",
        "held_regular_minor",
        "held_lots",
        "closed_at",
        "close_reason",
    ),
)


def from_row(row: sa.Row[*tuple[Any, ...]]) -> Reservation:
    """Make a reservation of a row of `COLUMNS`, which stand in the order of the fields."""
    values = list(row)
    values[4], values[5] = ReservationKind(row.kind), ReservationStatus(row.status)
    return Reservation(*values)


def find_reservation(work: Work, reservation_id: str, *, lock: bool = True) -> Reservation | None:
    """Return a reservation of the caller's tenant; lock it only after its card."""
    statement = _LOCKED if lock else _SEEN
    row = statement.first(
        work.connection, {"reservation": reservation_id, "tenant": work.tenant_id}
    )
    return from_row(row) if row else None


def find_active_for_order(work: Work, order_id: str) -> Reservation | None:
    """Return the reservation that is active for an order of the calling installation."""
    row = _ACTIVE.first(
        work.connection, {"installation": work.caller.installation_id, "order": order_id}
    )
    return from_row(row) if row else None


def lock_ahead(connection: Connection, tenant_id: str, reservation_id: str) -> None:
    """Begin to lock a reservation, behind its card."""
    _LOCKED.ahead(connection, {"reservation": reservation_id, "tenant": tenant_id})


def ask_active_ahead(connection: Connection, installation_id: str, order_id: str) -> None:
    """Begin to look for an order's active reservation."""
    _ACTIVE.ahead(connection, {"installation": installation_id, "order": order_id})


def lock_with_card(work: Work, reservation_id: str) -> tuple[Card, Reservation]:
    """Lock a reservation's card, then the reservation.

    Raises:
        ProblemError: RESERVATION_NOT_FOUND.
    """
    seen = find_reservation(work, reservation_id, lock=False)
    if seen is None:
        raise ProblemError(ErrorCode.RESERVATION_NOT_FOUND)
    card = lock_card(work, seen.card_id)
    locked = find_reservation(work, reservation_id)
    assert locked is not None, "reservations are never deleted"
    return card, locked


def close_reservation(
    work: Work, reservation: Reservation, status: ReservationStatus, reason: str | None = None
) -> None:
    """Move a reservation to a closed state; the card has taken its points back or spent them."""
    _CLOSE.run(
        work.connection,
        {
            "reservation": reservation.reservation_id,
            "status": status.value,
            "held_promo_minor": 0,
            "held_regular_minor": 0,
            "held_lots": None,
            "closed_at": work.now,
            "close_reason": reason,
        },
    )


def release(
    work: Work, card: Card, reservation: Reservation, status: ReservationStatus, reason: str
) -> None:
    """Give the held points back to the card and close the reservation; the card is not saved yet."""
    card.release(reservation.held)
    close_reservation(work, reservation, status, reason)


def expire(work: Work, reservation: Reservation, held_card: Card | None = None) -> None:
    """Return the hold of an active reservation whose time is over.

    Args:
        work: The transaction.
        reservation: It is active.
        held_card: A card that the caller has locked already and will save.
    """
    if held_card is not None and held_card.card_id == reservation.card_id:
        release(work, held_card, reservation, ReservationStatus.EXPIRED, "time")
        save_card(work, held_card)
        return
    card = lock_card(work, reservation.card_id)
    release(work, card, reservation, ReservationStatus.EXPIRED, "time")
    save_card(work, card)
