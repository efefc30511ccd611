"""The order on the desk: the one place that holds it, saves it and says how it stands.

    sale, guests, checkout --change--> Desk --draft--> store
                           <--OrderState--

Calls of the network and of devices happen outside the desk's lock: take a snapshot, ask, then
`change` if the order is still the same. A draft is saved with every change before the new state is
returned; it survives the death of the process, and money moves only after it has reached the disk.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from app.domain.cart import Cart
from app.domain.loyalty import BenefitType, Calculation, CheckItem, calculate
from app.domain.pricing import PricedCart, price_cart
from app.domain.sale import LoyaltyAction, SaleLoyalty, SaleState
from app.kernel.clock import Clock
from app.kernel.ids import Ids, ProductId, SaleId, StaffId
from app.store.engine import Store
from app.store.rows import Operation
from app.store.uow import UnitOfWork
from app.till import drafts, texts
from app.till.house import House
from app.till.kitchen import Kitchen
from app.till.mark_words import stopping_words
from app.till.operations import Operations
from app.till.order import HeldOrder, Lights, Order, OrderState, StepStatus
from app.till.permissions import Action
from app.till.repricing import Pricer
from app.till.session import Person, Session

NUMBER_COUNTER: Final = "order_number"

WriteMore = Callable[[UnitOfWork], None]
"""Something else that belongs into the same transaction."""


class Desk:
    """Holds the current order and those put aside.

    Args:
        store: Drafts and counters.
        clock: Time of changes.
        ids: Ids of orders.
        session: Who is signed in.
        house: Taxes and loyalty rules.
        operations: Makes what the service must be told.
        kitchen: Tickets for those who cook.
        wake_sync: Called after something was put into the outbox.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        session: Session,
        house: House,
        operations: Operations,
        kitchen: Kitchen,
        wake_sync: Callable[[], None],
    ) -> None:
        self.store = store
        self.clock = clock
        self.ids = ids
        self.session = session
        self.house = house
        self.operations = operations
        self.kitchen = kitchen
        self.wake_sync = wake_sync
        self.lock = threading.RLock()
        self._aside: dict[SaleId, Order] = {}
        self._pricer = Pricer()
        self._saved: tuple[SaleId, Cart] | None = None
        self._order = self._blank()
        self.stopped: Callable[[], frozenset[ProductId]] = frozenset
        session.listen(self._on_person)

    # -------------------------------------------------------------- looking
    @property
    def order(self) -> Order:
        """Return the order on the desk."""
        return self._order

    def state(self) -> OrderState:
        """Return how the order on the desk stands."""
        with self.lock:
            return self.describe(self._order)

    def describe(self, order: Order) -> OrderState:
        """Return how an order stands."""
        priced = self.price(order)
        due = priced.due_minor - order.rounding_minor
        paid = sum(tender.amount_minor for tender in order.tenders)
        person = self.session.person
        return OrderState(
            order=order,
            priced=priced,
            due_minor=due,
            paid_minor=paid,
            preview=self.preview(order, priced),
            lights=_lights(order),
            held_count=len(self._aside),
            owner_is_other=person is not None and order.owner_id != person.staff_id,
            can_pay=not order.cart.is_empty,
            warning=texts.POINTS_LOST if order.points_lost_minor else stopping_words(order.cart),
            stopped_lines=self._stopped_lines(order),
            kitchen=self.kitchen.view(order),
        )

    def price(self, order: Order) -> PricedCart:
        """Return what an order costs."""
        with self.lock:
            return self._pricer.price(order.cart, self.house.tax_rates(), order.spend_minor)

    def preview(
        self, order: Order, priced: PricedCart, spend_minor: int | None = None
    ) -> Calculation | None:
        """Return what the guest may redeem and will earn, None without a guest."""
        loyalty = order.loyalty
        if loyalty is None:
            return None
        rules = self.house.rules
        spend = order.spend_minor if spend_minor is None else spend_minor
        return calculate(
            rules,
            rules.level_by_id(loyalty.card.level_id),
            loyalty.card.total_minor,
            check_items(order, priced),
            spend,
        )

    def aside(self) -> tuple[HeldOrder, ...]:
        """Return the orders put aside, the oldest first."""
        with self.lock:
            orders = sorted(self._aside.values(), key=lambda order: order.opened_at)
            return tuple(self._held(order) for order in orders)

    def orders_aside(self) -> tuple[Order, ...]:
        """Return the orders put aside as they are, in no order."""
        with self.lock:
            return tuple(self._aside.values())

    def _held(self, order: Order) -> HeldOrder:
        return HeldOrder(
            sale_id=order.sale_id,
            number=order.number,
            name=order.name,
            owner_name=order.owner_name,
            opened_at=order.opened_at,
            due_minor=self.price(order).due_minor - order.rounding_minor,
            lines_count=len(order.cart.lines),
            guest_name=order.loyalty.card.first_name if order.loyalty else "",
        )

    def _stopped_lines(self, order: Order) -> frozenset[str]:
        stopped = self.stopped()
        if not stopped:
            return frozenset()
        return frozenset(x.line_id for x in order.cart.lines if x.product_id in stopped)

    # -------------------------------------------------------------- changing
    def editable(self) -> Order:
        """Return the order if its lines and guest may be changed.

        Raises:
            RuleError: Money is moving, or nobody is signed in.
        """
        self.session.require(Action.SELL)
        if self._order.state is SaleState.PAYING:
            raise texts.ORDER_PAYING.rule_error("ORDER_PAYING")
        return self._order

    def change(
        self,
        order: Order,
        *,
        durable: bool = False,
        more: WriteMore | None = None,
        operations: Sequence[Operation] = (),
    ) -> OrderState:
        """Make a changed order the current one and save it; the caller holds the lock.

        Args:
            order: The current order, changed.
            durable: Wait until it is on the disk: before and after money moves.
            more: What else belongs into the transaction.
            operations: What the service must be told of it.
        """
        self.save(order, durable=durable, more=more, operations=operations)
        return self.state()

    def save(
        self,
        order: Order,
        *,
        durable: bool = False,
        more: WriteMore | None = None,
        operations: Sequence[Operation] = (),
    ) -> Order:
        """Do what `change` does without working out the state; return the order with its number."""
        order, released = self._fit_points(order)
        queued = (*operations, *released)
        with self.store.unit(durable=durable or bool(queued)) as uow:
            if order.number == 0 and not order.cart.is_empty:
                order = replace(order, number=uow.settings.next_number(NUMBER_COUNTER))
            if order.is_blank and not order.number:
                uow.drafts.remove(order.sale_id)
            else:
                before = self._saved_cart(order.sale_id)
                uow.drafts.save(drafts.to_draft(order, self.clock.now()), before)
            for operation in queued:
                uow.outbox.add(operation)
            if more is not None:
                more(uow)
            self._saved = None  # until it is committed, nobody knows what is stored
            uow.commit()
        self._saved = (order.sale_id, order.cart)
        self._order = order
        if queued:
            self.wake_sync()
        return order

    def _saved_cart(self, sale_id: SaleId) -> Cart | None:
        """Return the cart that the store holds for this order, None if that is not sure."""
        return self._saved[1] if self._saved is not None and self._saved[0] == sale_id else None

    def _fit_points(self, order: Order) -> tuple[Order, list[Operation]]:
        """Redeem less when the order has become smaller; what is held too much goes back at the end.

        The service takes any final amount up to what it holds (L5), so that less needs no call.
        """
        loyalty = order.loyalty
        if not order.spend_minor or loyalty is None or order.state is SaleState.PAYING:
            return order, []
        bare = price_cart(order.cart, self.house.tax_rates())
        preview = self.preview(order, bare, spend_minor=0)
        assert preview is not None
        most = preview.max_spend_minor
        if order.spend_minor <= most:
            return order, []
        if most:
            return replace(order, loyalty=replace(loyalty, spend_minor=most)), []
        return self.without_points(order, "order_smaller")

    def without_points(self, order: Order, reason: str) -> tuple[Order, list[Operation]]:
        """Return the order with earning only, and the operation that gives held points back."""
        loyalty = order.loyalty
        if loyalty is None or loyalty.action is LoyaltyAction.EARN_ONLY:
            return order, []
        released: list[Operation] = []
        if loyalty.reservation_id is not None:
            released.append(
                self.operations.reservation_cancel(
                    loyalty.reservation_id, order.sale_id, reason, self.clock.now()
                )
            )
        history = order.history
        if loyalty.action is LoyaltyAction.DISCOUNT:
            history = history.then(order.cart.set_discount(None))
        return replace(order, loyalty=SaleLoyalty(loyalty.card), history=history), released

    # -------------------------------------------------------------- orders aside
    def put_aside(self, order: Order, *, durable: bool = True) -> None:
        """Save the current order among those aside and lay a fresh one on the desk."""
        if order.is_blank:
            self.discard(order)
        else:
            order = self.save(order, durable=durable)
            self._aside[order.sale_id] = order
        self._order = self._blank()

    def discard(
        self,
        order: Order,
        *,
        operations: Sequence[Operation] = (),
        more: WriteMore | None = None,
    ) -> None:
        """Remove an order for good and lay a fresh one on the desk if it lay there."""
        self._saved = None
        with self.store.unit(durable=bool(operations) or more is not None) as uow:
            uow.drafts.remove(order.sale_id)
            for operation in operations:
                uow.outbox.add(operation)
            if more is not None:
                more(uow)
            uow.commit()
        self._aside.pop(order.sale_id, None)
        if self._order.sale_id == order.sale_id:
            self._order = self._blank()
        if operations:
            self.wake_sync()

    def take(self, sale_id: SaleId) -> Order:
        """Take an order from those aside.

        Raises:
            RuleError: It is not there any more.
        """
        order = self._aside.get(sale_id)
        if order is None:
            raise texts.ORDER_GONE.rule_error("ORDER_GONE")
        return order

    def lay(self, order: Order) -> None:
        """Lay an order from aside on the desk; what lay there goes aside if it is not blank."""
        if not self._order.is_blank and self._order.sale_id != order.sale_id:
            self.put_aside(self._order)
        self._aside.pop(order.sale_id, None)
        self._order = order

    def clear(self) -> None:
        """Lay a fresh order on the desk; what becomes of the old one is the caller's care."""
        self._order = self._blank()

    def restore(self, orders: Sequence[Order]) -> None:
        """Take over what the store kept through a restart; one with money moving comes first."""
        with self.lock:
            here = self._order.sale_id
            self._aside = {order.sale_id: order for order in orders if order.sale_id != here}
            self.bring_up_paying()

    def bring_up_paying(self) -> None:
        """Lay the next order with money moving on the desk, if the desk is free of such."""
        with self.lock:
            if self._order.state is SaleState.PAYING:
                return
            for order in tuple(self._aside.values()):
                if order.state is SaleState.PAYING:
                    self.lay(order)
                    return

    def _on_person(self, person: Person | None) -> None:
        """Give the new cashier his own order; one with money moving stays on the desk (T32)."""
        with self.lock:
            if person is None or self._order.state is SaleState.PAYING:
                return
            if self._order.owner_id == person.staff_id:
                return
            if not self._order.is_blank:
                self.put_aside(self._order)
            own = [
                order
                for order in self._aside.values()
                if order.owner_id == person.staff_id and order.state is SaleState.OPEN
            ]
            if own:
                self.lay(max(own, key=lambda order: order.opened_at))
            else:
                self._order = self._blank()

    def _blank(self) -> Order:
        person = self.session.person
        return Order(
            sale_id=SaleId(self.ids.new()),
            owner_id=person.staff_id if person else StaffId(""),
            owner_name=person.name if person else "",
            opened_at=self.clock.now(),
        )


def check_items(order: Order, priced: PricedCart) -> list[CheckItem]:
    """Return the lines as the loyalty rules count them: after discounts, before points."""
    return [
        CheckItem(
            line.name,
            cost.total_minor + cost.points_minor,
            line.earns_points,
            line.redeems_points,
        )
        for line, cost in zip(order.cart.lines, priced.lines, strict=True)
    ]


def gives_discount(calculation: Calculation | None) -> bool:
    """Tell whether the guest's tier gives a discount instead of points."""
    return calculation is not None and calculation.benefit is BenefitType.DISCOUNT


def _lights(order: Order) -> Lights:
    not_yet, done = StepStatus.NOT_YET, StepStatus.DONE
    if order.state is SaleState.PAYING:
        return Lights(done, StepStatus.NOW, not_yet, texts.LIGHT_PAYMENT)
    if order.state is SaleState.HELD:
        return Lights(StepStatus.WAITING, not_yet, not_yet, texts.LIGHT_HELD)
    if order.cart.is_empty:
        return Lights(StepStatus.NOW, not_yet, not_yet, texts.LIGHT_NEW)
    return Lights(done, not_yet, not_yet, texts.LIGHT_CREATED)
