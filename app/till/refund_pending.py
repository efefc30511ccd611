"""A refund that was begun and is not entered yet, kept through a crash; there is at most one."""

import json
from dataclasses import dataclass
from typing import Final

from app.domain.sale import Refund
from app.store.engine import Store
from app.store.sale_codec import refund_from_json, refund_to_json
from app.store.uow import UnitOfWork
from app.till import texts
from app.till.refund_plan import CardBack

_SETTING: Final = "refund_pending"


@dataclass(frozen=True, slots=True)
class PendingRefund:
    """What the refund is to be, and which cards it goes to, in the order of its card tenders."""

    refund: Refund
    cards: tuple[CardBack, ...]


def write(store: Store, pending: PendingRefund) -> None:
    """Write a refund down before the terminal is asked.

    Raises:
        RuleError: Another one is not finished.
    """
    cards = [[back.original.payment_id, back.amount_minor] for back in pending.cards]
    text = json.dumps({"refund": refund_to_json(pending.refund), "cards": cards})
    with store.unit() as uow:
        if uow.settings.find(_SETTING) is not None:
            raise texts.REFUND_OPEN.rule_error("REFUND_OPEN")
        uow.settings.put(_SETTING, text)
        uow.commit()


def read(store: Store) -> PendingRefund | None:
    """Return the refund that was begun, or None."""
    with store.reader() as db:
        text = db.settings.find(_SETTING)
        if text is None:
            return None
        fields = json.loads(text)
        refund = refund_from_json(fields["refund"])
        sale = db.sales.get(refund.sale_id)
    tenders = {tender.payment_id: tender for tender in sale.tenders}
    return PendingRefund(
        refund, tuple(CardBack(tenders[key], amount) for key, amount in fields["cards"])
    )


def clear(uow: UnitOfWork) -> None:
    """Forget it: it was entered, or nothing moved."""
    uow.settings.remove(_SETTING)
