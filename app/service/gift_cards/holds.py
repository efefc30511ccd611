"""Money of a card that is set aside for an order until the order is closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.service.gift_cards.cards import GiftCard, lock_gift_card, save_gift_card
from app.service.gift_cards.models import gift_card_holds
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work

HOLD_FOR: Final = timedelta(minutes=30)
#: After its end a hold may still be captured so long, by taking the money again if it is there.
GRACE: Final = timedelta(minutes=60)


class HoldStatus(StrEnum):
    """What became of a hold."""

    ACTIVE = "ACTIVE"
    CAPTURED = "CAPTURED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Hold:
    """Money of one card set aside for one order."""

    hold_id: str
    card_id: str
    installation_id: str
    order_id: str
    status: HoldStatus
    amount_minor: int
    captured_minor: int
    entry_id: str | None
    expires_at: datetime


_COLUMNS = (
    gift_card_holds.c.id,
    gift_card_holds.c.gift_card_id,
    gift_card_holds.c.installation_id,
    gift_card_holds.c.order_id,
    gift_card_holds.c.status,
    gift_card_holds.c.amount_minor,
    gift_card_holds.c.captured_minor,
    gift_card_holds.c.entry_id,
    gift_card_holds.c.expires_at,
)


def lock_hold(work: Work, hold_id: str) -> tuple[GiftCard, Hold]:
    """Load a hold of the caller's company with its card locked.

    Raises:
        ProblemError: GIFT_CARD_HOLD_NOT_FOUND.
    """
    statement = sa.select(*_COLUMNS).where(
        gift_card_holds.c.id == hold_id, gift_card_holds.c.tenant_id == work.tenant_id
    )
    row = work.connection.execute(statement).first()
    if row is None:
        raise ProblemError(ErrorCode.GIFT_CARD_HOLD_NOT_FOUND)
    card = lock_gift_card(work, row.gift_card_id)
    # Read again: only under the card's lock does the state stay as it is.
    return card, _as_hold(work.connection.execute(statement).one())


def find_active_hold(work: Work, card_id: str, order_id: str) -> Hold | None:
    """Return what the calling installation holds of a card for an order."""
    row = work.connection.execute(
        sa.select(*_COLUMNS).where(
            gift_card_holds.c.gift_card_id == card_id,
            gift_card_holds.c.installation_id == work.caller.installation_id,
            gift_card_holds.c.order_id == order_id,
            gift_card_holds.c.status == HoldStatus.ACTIVE.value,
        )
    ).first()
    return _as_hold(row) if row is not None else None


def add_hold(work: Work, card: GiftCard, order_id: str, amount_minor: int) -> Hold:
    """Set money of a locked card aside.

    Raises:
        ProblemError: GIFT_CARD_BALANCE_TOO_LOW.
    """
    card.hold(amount_minor)
    hold = Hold(
        hold_id=work.ids.new(),
        card_id=card.card_id,
        installation_id=work.caller.installation_id,
        order_id=order_id,
        status=HoldStatus.ACTIVE,
        amount_minor=amount_minor,
        captured_minor=0,
        entry_id=None,
        expires_at=work.now + HOLD_FOR,
    )
    work.connection.execute(
        sa.insert(gift_card_holds).values(
            id=hold.hold_id,
            tenant_id=work.tenant_id,
            gift_card_id=hold.card_id,
            installation_id=hold.installation_id,
            order_id=order_id,
            status=hold.status.value,
            amount_minor=amount_minor,
            created_at=work.now,
            expires_at=hold.expires_at,
        )
    )
    save_gift_card(work, card)
    return hold


def close_hold(
    work: Work,
    hold: Hold,
    status: HoldStatus,
    *,
    captured_minor: int = 0,
    entry_id: str | None = None,
    reason: str | None = None,
) -> None:
    """Write what became of a hold; the card's balance is the caller's business."""
    work.connection.execute(
        sa.update(gift_card_holds)
        .where(gift_card_holds.c.id == hold.hold_id)
        .values(
            status=status.value,
            captured_minor=captured_minor,
            entry_id=entry_id,
            reason=reason,
            closed_at=work.now,
        )
    )


def _as_hold(row: "sa.Row[*tuple[Any, ...]]") -> Hold:
    values = row._asdict()
    values["status"] = HoldStatus(values["status"])
    return Hold(*values.values())
