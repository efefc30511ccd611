"""The sweep of every minute (L6): holds whose time is over go back, those past grace are closed.

Any number of processes may sweep at once: each reservation is looked at again with its card locked.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.kernel.ids import Ids
from app.service.db.database import Database
from app.service.kit.work import Caller, Work
from app.service.loyalty.models import reservations
from app.service.loyalty.reservation_store import (
    Reservation,
    ReservationStatus,
    close_reservation,
    expire,
    lock_with_card,
)

BATCH = 200


def sweep(database: Database, now: datetime, ids: Ids) -> int:
    """Expire and close everything whose time is over; return how many reservations changed.

    Runs on the calling thread, in transactions of bounded size.
    """
    changed = 0
    while True:
        count = database.write(lambda connection: sweep_batch(connection, now, ids)).result()
        changed += count
        if count < BATCH:
            break
    return changed


def sweep_batch(connection: Connection, now: datetime, ids: Ids) -> int:
    """Take one batch of reservations forward; return how many changed."""
    table = reservations.c
    due = sa.or_(
        sa.and_(table.status == ReservationStatus.ACTIVE.value, table.expires_at <= now),
        sa.and_(table.status == ReservationStatus.EXPIRED.value, table.grace_end <= now),
    )
    rows = connection.execute(
        sa.select(table.id, table.tenant_id, table.installation_id, table.card_id)
        .where(due)
        .limit(BATCH)
    ).all()
    # Cards are locked in one order everywhere, so that two sweeps never wait in a circle.
    for row in sorted(rows, key=lambda row: (row.card_id, row.id)):
        caller = Caller(row.tenant_id, row.installation_id, "till", None, None)
        _take_forward(Work(connection, now, ids, caller), row.id)
    return len(rows)


def _take_forward(work: Work, reservation_id: str) -> None:
    card, reservation = lock_with_card(work, reservation_id)
    if reservation.status is ReservationStatus.ACTIVE and work.now >= reservation.expires_at:
        expire(work, reservation, card)
        reservation = _reread(work, reservation_id)
    if reservation.status is ReservationStatus.EXPIRED and work.now >= reservation.grace_end:
        close_reservation(work, reservation, ReservationStatus.AUTO_CANCELLED, "time")


def _reread(work: Work, reservation_id: str) -> Reservation:
    return lock_with_card(work, reservation_id)[1]
