"""Discounts by hand: on a line or on the check, within the limit of whoever gives them (T4, T6)."""

from dataclasses import replace

from app.domain.cart import Cart, Discount
from app.domain.pricing import discount_amount
from app.domain.sale import LoyaltyAction
from app.kernel.ids import LineId
from app.kernel.money import BASIS_POINTS
from app.kernel.text import clean_line
from app.till import texts
from app.till.desk import Desk
from app.till.order import (
    Approval,
    Order,
    OrderState,
)


class DiscountDesk:
    """Gives discounts on the order on the desk.

    Args:
        desk: Holds the order.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def state(self) -> OrderState:
        """Return the order as it is."""
        return self._desk.state()

    # -------------------------------------------------------------- discounts
    def discount_line(
        self,
        line_id: LineId,
        *,
        percent_bp: int | None = None,
        amount_minor: int | None = None,
        reason: str,
        approval: Approval | None = None,
    ) -> OrderState:
        """Give a discount on one line, in percent or as a sum.

        Raises:
            ApprovalNeeded: It is above the cashier's limit.
            InputError: Without a reason, or no discount.
        """
        with self._desk.lock:
            order = self._desk.editable()
            base = order.cart.get(line_id).gross_minor
            discount = self._discount(base, percent_bp, amount_minor, reason, approval)
            order = noted(order, approval)
            return self._put(order, order.cart.set_line_discount(line_id, discount))

    def discount_order(
        self,
        *,
        percent_bp: int | None = None,
        amount_minor: int | None = None,
        reason: str,
        approval: Approval | None = None,
    ) -> OrderState:
        """Give a discount on the whole check; see `discount_line`."""
        with self._desk.lock:
            order = self._desk.editable()
            if order.loyalty and order.loyalty.action is LoyaltyAction.DISCOUNT:
                raise texts.DISCOUNT_BY_LEVEL.rule_error("DISCOUNT_BY_LEVEL")
            bare = replace(order, history=order.history.then(order.cart.set_discount(None)))
            base = self._desk.price(replace(bare, loyalty=None)).due_minor
            discount = self._discount(base, percent_bp, amount_minor, reason, approval)
            order = noted(order, approval)
            return self._put(order, order.cart.set_discount(discount))

    def clear_discounts(self) -> OrderState:
        """Take all discounts back that were given by hand."""
        with self._desk.lock:
            order = self._desk.editable()
            lines = tuple(replace(x, discount=None) if x.discount else x for x in order.cart.lines)
            by_level = order.loyalty and order.loyalty.action is LoyaltyAction.DISCOUNT
            discount = order.cart.discount if by_level else None
            return self._put(order, replace(order.cart, lines=lines, discount=discount))

    def _discount(
        self,
        base_minor: int,
        percent_bp: int | None,
        amount_minor: int | None,
        reason: str,
        approval: Approval | None,
    ) -> Discount:
        why = clean_line(reason)
        if not why:
            raise texts.REASON_NEEDED.input_error("REASON_NEEDED")
        person = self._desk.session.signed_in()
        discount = Discount(percent_bp, amount_minor, why, person.staff_id)
        taken = discount_amount(discount, base_minor)
        effective = -(-taken * BASIS_POINTS // base_minor) if base_minor else 0
        self._desk.session.require_discount(
            discount.percent_bp if discount.percent_bp is not None else effective, approval
        )
        return discount

    def _put(self, order: Order, cart: Cart) -> OrderState:
        history = order.history.then(cart)
        if history is order.history:
            return self.state()
        return self._desk.change(replace(order, history=history))


def noted(order: Order, approval: Approval | None) -> Order:
    """Return the order with a supervisor's approval written on it."""
    if approval is None:
        return order
    return replace(order, approvals=(*order.approvals, approval))
