"""A visit that becomes known late: points that lapsed in the meantime should not have."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa

from app.service.kit.events import Event
from app.service.kit.work import Work
from app.service.ledger.entries import Cause, EntryKind
from app.service.ledger.models import ledger_entries
from app.service.loyalty.cards import Card

LAPSED: Final = "no visit for too long"
_KNOWN_LATE: Final = "a visit in time became known late"


def restore_lapsed(work: Work, card: Card, visited_at: datetime) -> None:
    """Give back what lapsed after a visit that an offline till tells of only now; once.

    Asked only for checks that come late: others cost nothing.
    """
    if visited_at >= work.now:
        return
    entry = ledger_entries.c
    undone = ledger_entries.alias("undone")
    lapse = work.connection.execute(
        sa.select(entry.id, entry.regular_delta_minor)
        .where(entry.card_id == card.card_id, entry.kind == EntryKind.EXPIRE.value)
        .where(entry.reason == LAPSED, entry.occurred_at > visited_at)
        .where(
            ~sa.exists().where(undone.c.card_id == card.card_id, undone.c.reverses_id == entry.id)
        )
        .order_by(entry.card_seq.desc())
        .limit(1)
    ).first()
    if lapse is None:
        return
    amount: int = -lapse.regular_delta_minor
    card.post(
        work,
        EntryKind.EXPIRE,
        promo_minor=0,
        regular_minor=amount,
        natural_key=f"UNLAPSE:{lapse.id}",
        cause=Cause(occurred_at=visited_at, reverses_id=lapse.id, reason=_KNOWN_LATE),
    )
    about = {"guestCardId": card.card_id, "guestId": card.guest_id}
    told = about | {"points": amount, "reason": _KNOWN_LATE}
    card.facts.append(Event("transaction.manual", told))
