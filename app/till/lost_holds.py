"""Holds that were asked for and not yet put on their order: the service may have made them all the same.

Written down before the service is asked, so that an answer that was lost with the network or with
the process leaves no points that the till cannot find again. The service answers the same wish for
the same order with the hold it has.
"""

import json
from typing import Final

from app.kernel.ids import CardId, SaleId
from app.store.engine import Store
from app.store.uow import UnitOfWork

_SETTING: Final = "holds_asked"
_ORDERS_MAX: Final = 20

Wish = tuple[CardId, int]
"""Whose points and how many, in hundredths."""


class LostHolds:
    """Remembers wishes by order, through the death of the process. Any thread.

    Args:
        store: The till's memory.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, sale_id: SaleId) -> tuple[Wish, ...]:
        """Return what was asked for an order without its answer, the latest first."""
        with self._store.reader() as db:
            return tuple(reversed(_read(db).get(sale_id, [])))

    def note(self, sale_id: SaleId, card_id: CardId, amount_minor: int) -> None:
        """Write down what is about to be asked; survives the death of the process."""
        with self._store.unit(durable=False) as uow:
            orders = _read(uow)
            wish = (card_id, amount_minor)
            earlier = [each for each in orders.pop(sale_id, []) if each != wish]
            orders[sale_id] = [*earlier, wish]
            _write(uow, orders)
            uow.commit()

    def forget(self, sale_id: SaleId) -> None:
        """Strike out what was asked for an order: the answer is known and kept."""
        with self._store.unit(durable=False) as uow:
            orders = _read(uow)
            if orders.pop(sale_id, None) is not None:
                _write(uow, orders)
                uow.commit()


def _read(uow: UnitOfWork) -> dict[str, list[Wish]]:
    text = uow.settings.find(_SETTING)
    orders = json.loads(text) if text else {}
    return {
        sale_id: [(CardId(card_id), int(amount)) for card_id, amount in wishes]
        for sale_id, wishes in orders.items()
    }


def _write(uow: UnitOfWork, orders: dict[str, list[Wish]]) -> None:
    latest = dict(list(orders.items())[-_ORDERS_MAX:])
    uow.settings.put(_SETTING, json.dumps(latest))
