"""What time does to gift cards: holds end, cards lapse, old guesses are forgotten."""

from datetime import datetime, timedelta
from functools import partial
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.gift_cards import GiftCardStatus
from app.kernel.ids import Ids
from app.service.gift_cards.cards import (
    GiftCause,
    GiftEntryKind,
    lock_gift_card,
    save_gift_card,
)
from app.service.gift_cards.holds import HoldStatus, close_hold, lock_hold
from app.service.gift_cards.models import gift_card_guesses, gift_card_holds, gift_cards
from app.service.jobs.job import Job, JobContext
from app.service.kit.work import Caller, Work

BATCH: Final = 200
_GUESSES_KEPT: Final = timedelta(days=2)
_MINUTE_S: Final = 60


def end_gift_cards(context: JobContext) -> int:
    """Give back what was held too long, then take what is on cards whose time is over.

    Returns:
        How many holds and cards changed.
    """
    total = 0
    for step in (_end_holds, _end_cards):
        while not context.stopping.is_set():
            count = context.database.write(
                partial(step, now=context.now(), ids=context.ids)
            ).result()
            total += count
            if count < BATCH:
                break
    context.database.write(partial(_forget_guesses, now=context.now())).result()
    return total


def _end_holds(connection: Connection, now: datetime, ids: Ids) -> int:
    table = gift_card_holds.c
    rows = connection.execute(
        sa.select(table.id, table.tenant_id, table.installation_id)
        .where(table.status == HoldStatus.ACTIVE.value, table.expires_at <= now)
        .order_by(table.gift_card_id)
        .limit(BATCH)
    ).all()
    for row in rows:
        work = _work(connection, now, ids, row.tenant_id, row.installation_id)
        card, hold = lock_hold(work, row.id)
        if hold.status is HoldStatus.ACTIVE:
            card.release(hold.amount_minor)
            save_gift_card(work, card)
            close_hold(work, hold, HoldStatus.EXPIRED, reason="time")
    return len(rows)


def _end_cards(connection: Connection, now: datetime, ids: Ids) -> int:
    table = gift_cards.c
    is_open = sa.or_(table.status != GiftCardStatus.EXPIRED.value, table.balance_minor > 0)
    rows = connection.execute(
        sa.select(table.id, table.tenant_id, table.installation_id)
        .where(table.expires_at <= now, is_open)
        .order_by(table.id)
        .limit(BATCH)
    ).all()
    for row in rows:
        _end_card(_work(connection, now, ids, row.tenant_id, row.installation_id), row.id)
    return len(rows)


def _end_card(work: Work, card_id: str) -> None:
    card = lock_gift_card(work, card_id)
    if card.expires_at is None or card.expires_at > work.now:
        return  # money came back meanwhile, and the card lives again
    card.status = GiftCardStatus.EXPIRED
    if card.balance_minor:
        key = f"EXPIRE:{card_id}:{card.entry_count + 1}"
        cause = GiftCause(occurred_at=card.expires_at, reason="time")
        card.post(work, GiftEntryKind.EXPIRE, -card.balance_minor, key, cause)
    save_gift_card(work, card)


def _forget_guesses(connection: Connection, now: datetime) -> None:
    table = gift_card_guesses.c
    locked = sa.and_(table.locked_until.is_not(None), table.locked_until > now - _GUESSES_KEPT)
    connection.execute(
        sa.delete(gift_card_guesses).where(table.counted_from < now - _GUESSES_KEPT, ~locked)
    )


def _work(
    connection: Connection, now: datetime, ids: Ids, tenant_id: str, installation_id: str
) -> Work:
    return Work(connection, now, ids, Caller(tenant_id, installation_id, "api", None, None))


JOBS: Final = (Job("gift-cards.end", _MINUTE_S, end_gift_cards),)
