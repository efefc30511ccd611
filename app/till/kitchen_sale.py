"""The order and the kitchen: sending, and taking back what is being cooked (T4, T61).

    send_to_kitchen   what the kitchen was not told yet, at once
    _put              a change that takes food back needs a reason and a right, and is told at once;
                      every other change waits for the next sending or for the payment
    undo              within ten seconds also the last sending: a slip only where paper came out

The order, what the kitchen knows and its tickets are written in one transaction.
"""

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Final

from typing_extensions import override

from app.domain.cart import Cart
from app.kernel.text import clean_line
from app.till import kitchen_plan, kitchen_texts
from app.till.desk import Desk
from app.till.discounts import DiscountDesk, noted
from app.till.kitchen import Tickets, WayBack
from app.till.kitchen_memory import Batch, Told
from app.till.order import Approval, Order, OrderState
from app.till.permissions import Action

log = logging.getLogger(__name__)

#: So long may a sending be taken back as if it had not been (T61).
UNDO_FOR: Final = timedelta(seconds=10)
REASON_MAX: Final = 100


class KitchenSale(DiscountDesk):
    """Keeps the kitchen in step with the order on the desk.

    Args:
        desk: Holds the order.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        #: Called after tickets were put in the queue.
        self.wake_printers = _nobody

    # -------------------------------------------------------------- sending
    def send_to_kitchen(self) -> OrderState:
        """Tell the kitchen what it was not told of this order yet.

        Raises:
            RuleError: No kitchen is set up, or it knows everything.
        """
        with self._desk.lock:
            order = self._desk.editable()
            if not self._desk.kitchen.is_used:
                raise kitchen_texts.NO_STATION.rule_error("KITCHEN_NONE")
            order = self._numbered(order)
            tickets = self._desk.kitchen.tickets(order)
            if not tickets.jobs:
                raise kitchen_texts.NOTHING_NEW.rule_error("KITCHEN_NOTHING_NEW")
            return self._write(order, tickets)

    def _numbered(self, order: Order) -> Order:
        """Return the order with its number: tickets carry it."""
        return self._desk.save(order) if order.number == 0 else order

    def _write(self, order: Order, tickets: Tickets | WayBack) -> OrderState:
        order = replace(order, kitchen=tickets.memory)
        state = self._desk.change(order, durable=True, more=tickets.write)
        self.wake_printers()
        return state

    # -------------------------------------------------------------- taking back
    @override
    def _put(
        self, order: Order, cart: Cart, reason: str = "", approval: Approval | None = None
    ) -> OrderState:
        """Make a changed cart the current one; food that is taken back is told at once."""
        history = order.history.then(cart)
        if history is order.history:
            return self.state()
        changed = replace(order, history=history)
        lost = kitchen_plan.taken_back(cart, order.kitchen)
        if not lost:
            memory = order.kitchen.without_last()
            return self._desk.change(replace(changed, kitchen=memory))
        return self._take_back(changed, lost, reason, approval)

    def _take_back(
        self, order: Order, lost: tuple[Told, ...], reason: str, approval: Approval | None
    ) -> OrderState:
        order, tickets = self._slips(order, lost, reason, approval)
        last = tickets.memory.last
        if last is not None:
            last = replace(last, has_cart=True)
        return self._write(order, replace(tickets, memory=replace(tickets.memory, last=last)))

    def _slips(
        self, order: Order, lost: tuple[Told, ...], reason: str, approval: Approval | None
    ) -> tuple[Order, Tickets]:
        """Return the order with the approval on it, and the tickets that stop the kitchen."""
        why = self._checked(lost, reason, approval)
        order = noted(order, approval)
        lines = frozenset(told.line_id for told in lost)
        return order, self._desk.kitchen.tickets(order, only=lines, comment=why)

    def _checked(self, lost: tuple[Told, ...], reason: str, approval: Approval | None) -> str:
        """Return the reason for taking food back.

        Raises:
            InputError: There is none; `VOID_REASON`.
            ApprovalNeeded: The person may not.
        """
        why = clean_line(reason, REASON_MAX)
        if not why:
            raise kitchen_texts.VOID_REASON.fill(dish=lost[0].dish).input_error("VOID_REASON")
        person = self._desk.session.require(Action.VOID_SENT, approval)
        log.info("%s takes %d lines back from the kitchen: %s", person.staff_id, len(lost), why)
        return why

    def _all_back(self, order: Order, reason: str, approval: Approval | None) -> Tickets:
        """Return the tickets that take a whole order back; the right to that holds for all of it."""
        kitchen = self._desk.kitchen
        why = self._checked(order.kitchen.told, reason, approval) if order.kitchen.told else ""
        kitchen.forget(order.kitchen)
        return kitchen.all_back(order, why)

    # -------------------------------------------------------------- undo
    def undo(self, reason: str = "", approval: Approval | None = None) -> OrderState:
        """Take back the last change of the lines, or the last sending to the kitchen (T61).

        Args:
            reason: Why, if the kitchen is cooking already what the change added.
            approval: A supervisor's, for the same.
        """
        with self._desk.lock:
            order = self._desk.editable()
            batch = order.kitchen.last
            if batch is not None and self._is_last(order, batch):
                return self._undo_batch(order, batch)
            order = replace(order, kitchen=order.kitchen.without_last())
            return self._undo_cart(order, reason, approval)

    def _is_last(self, order: Order, batch: Batch) -> bool:
        is_fresh = self._desk.clock.now() - batch.at <= UNDO_FOR
        return is_fresh and batch.cart == order.cart

    def _undo_batch(self, order: Order, batch: Batch) -> OrderState:
        if batch.has_cart:
            order = replace(order, history=order.history.undo())
        return self._write(order, self._desk.kitchen.way_back(order, batch))

    def _undo_cart(self, order: Order, reason: str, approval: Approval | None) -> OrderState:
        history = order.history.undo()
        changed = replace(order, history=history)
        lost = kitchen_plan.taken_back(history.cart, order.kitchen)
        if not lost:
            return self._desk.change(changed)
        changed, tickets = self._slips(changed, lost, reason, approval)
        # The step is gone from the history: there is no way back to where it led.
        memory = tickets.memory.without_last()
        return self._write(changed, replace(tickets, memory=memory))


def _nobody() -> None:
    """Nobody prints."""
