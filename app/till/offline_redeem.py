"""How much a guest may redeem today without the service: off unless the rules give a limit (T24)."""

import json
from typing import Any, Final

from app.kernel.ids import CardId
from app.store.engine import Store
from app.store.uow import UnitOfWork
from app.till.house import House

_SETTING: Final = "offline_redeemed"


def left_today(store: Store, house: House, card_id: CardId) -> int:
    """Return what is left of the limit of one guest for one day, in hundredths of a point."""
    limit = house.rules.offline_redeem_limit_minor
    if limit <= 0:
        return 0
    with store.reader() as db:
        used = _read(db.settings.find(_SETTING), house.business_day().isoformat())
    return max(0, limit - int(used.get(card_id, 0)))


def note(uow: UnitOfWork, house: House, card_id: CardId, spent_minor: int) -> None:
    """Write down what was redeemed without the service, in the transaction of its sale."""
    day = house.business_day().isoformat()
    used = _read(uow.settings.find(_SETTING), day)
    used[card_id] = int(used.get(card_id, 0)) + spent_minor
    uow.settings.put(_SETTING, json.dumps({"day": day, "cards": used}))


def _read(text: str | None, day: str) -> dict[str, Any]:
    kept = json.loads(text) if text else {}
    if kept.get("day") != day:
        return {}
    cards = kept.get("cards", {})
    return cards if isinstance(cards, dict) else {}
