"""What the kitchen is told of a refund: dishes that it may still be cooking are stopped (T11, D4).

    sale    what the kitchen knows of the order is kept beside it, in the same transaction
    refund  lines that are given back become voids and smaller amounts, in the refund's transaction

Only of sales and tickets that are young, and in the shift of the sale: after that a dish is served or eaten,
and a void would only puzzle the cook. A sum that is given back stops nothing; it names no dish.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from app.domain.cart import Cart, CartHistory
from app.domain.sale import Refund, Sale
from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import LineId, SaleId
from app.kernel.text import clean_line
from app.store.uow import UnitOfWork
from app.till import kitchen_texts
from app.till.kitchen import Kitchen, Tickets
from app.till.kitchen_memory import Memory, Told, memory_from_json, memory_to_json
from app.till.kitchen_sale import REASON_MAX
from app.till.order import Order

#: So long after its last ticket a dish may still be stopped.
COOKING_FOR: Final = timedelta(minutes=30)
#: Of so many sales, the last ones, the kitchen's part is kept at most.
SALES_MAX: Final = 200
_SETTING: Final = "kitchen_sold"


def keep(uow: UnitOfWork, order: Order, memory: Memory, now: datetime) -> None:
    """Keep what the kitchen knows of an order that is paid now, in the sale's transaction.

    Args:
        uow: Of the sale.
        order: With its name and owner, as they stand on the tickets.
        memory: What the kitchen knows once the order's tickets are printed.
        now: Sales that were paid too long ago are forgotten.
    """
    if memory.is_empty:
        return
    kept = [one for one in _read(uow) if now - from_iso(one["at"]) <= COOKING_FOR]
    kept.append(
        {
            "sale_id": order.sale_id,
            "at": to_iso(now),
            "name": order.name,
            "owner": order.owner_name,
            "memory": memory_to_json(memory),
        }
    )
    uow.settings.put(_SETTING, json.dumps(kept[-SALES_MAX:], ensure_ascii=False))


def take_back(
    uow: UnitOfWork, kitchen: Kitchen, sale: Sale, refund: Refund, now: datetime
) -> Tickets | None:
    """Stop what a refund gives back and the kitchen may still be cooking; None if there is nothing.

    Called in the refund's transaction after the refund was added, so that the kitchen is told once,
    and exactly if the refund is entered. Any thread.

    Args:
        uow: Of the refund.
        kitchen: Makes the tickets.
        sale: That the refund belongs to.
        refund: As it is entered.
        now: Tells how old the tickets are.
    """
    kept = _read(uow)
    found = next((one for one in kept if one["sale_id"] == sale.sale_id), None)
    is_late = refund.shift_id != sale.shift_id or now - sale.paid_at > COOKING_FOR
    if found is None or is_late:
        return None
    memory = memory_from_json(found["memory"])
    given = {line.line_id for line in refund.lines}
    lines = {one.line_id for one in memory.told if one.line_id in given and _cooks(uow, one, now)}
    if not lines:
        return None
    order = _order(uow, sale, found, memory)
    why = kitchen_texts.REFUNDED.fill(reason=clean_line(refund.reason)).ru[:REASON_MAX]
    tickets = kitchen.tickets(order, only=frozenset(lines), comment=why)
    tickets.write(uow)
    found["memory"] = memory_to_json(tickets.memory)
    uow.settings.put(_SETTING, json.dumps(kept, ensure_ascii=False))
    return tickets


def _cooks(uow: UnitOfWork, told: Told, now: datetime) -> bool:
    """Tell whether a line was told of lately; tickets that are trimmed are old."""
    jobs = [uow.print_jobs.find(job_id) for job_id in told.jobs]
    return any(job is not None and now - job.created_at <= COOKING_FOR for job in jobs)


def _order(uow: UnitOfWork, sale: Sale, kept: Mapping[str, Any], memory: Memory) -> Order:
    """Return the order of a sale as it would be without what was given back."""
    return Order(
        sale_id=sale.sale_id,
        owner_id=sale.cashier_id,
        owner_name=kept["owner"],
        opened_at=sale.paid_at,
        number=sale.number,
        history=CartHistory(_rest(sale, _given(uow, sale.sale_id))),
        name=kept["name"],
        kitchen=memory,
    )


def _given(uow: UnitOfWork, sale_id: SaleId) -> Mapping[LineId, int]:
    back = uow.sales.refunded_lines(sale_id)
    return {line_id: line.quantity_milli for line_id, line in back.items()}


def _rest(sale: Sale, given: Mapping[LineId, int]) -> Cart:
    """Return what the guest still wants."""
    lines = [(line, line.quantity_milli - given.get(line.line_id, 0)) for line in sale.lines]
    return Cart(
        tuple(replace(line, quantity_milli=rest) for line, rest in lines if rest > 0),
        note=sale.note,
    )


def _read(uow: UnitOfWork) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = json.loads(uow.settings.find(_SETTING) or "[]")
    return kept
