"""Paying an order: cash, card, phone, several parts; finished once, whatever step fails (T30-T32, T60, T68).

Every part is saved as it is paid. The sale is complete with one durable transaction: the sale, the
operation for the service, the receipt's print job, the end of the draft. Only then is success
returned; printing and delivery go on by themselves.

Lanes: cash and completion on the till's, everything that asks the terminal on the device's.
"""

import logging
from dataclasses import replace

from app.domain.sale import (
    PaymentIntent,
    PaymentState,
    SaleState,
)
from app.domain.tender import Settlement, round_cash
from app.kernel.errors import AppError
from app.kernel.ids import PaymentId
from app.till import ways
from app.till.card import Movement
from app.till.order import Order
from app.till.payment_desk import Now
from app.till.payment_states import CheckoutState
from app.till.qr_payments import SbpPayments

log = logging.getLogger(__name__)


class Checkout(SbpPayments):
    """Takes the money for the order on the desk: cash here, cards, phones and the rest in its bases."""

    # -------------------------------------------------------------- cash
    def pay_exact_cash(self) -> CheckoutState:
        """Take all that remains in cash without change: pays, stores, prints, next order (T60)."""
        return self.pay_cash(None)

    def pay_cash(
        self, received_minor: int | None, *, part_minor: int | None = None
    ) -> CheckoutState:
        """Take cash for what remains, or for a part of it.

        Args:
            received_minor: What the guest handed over; None is exactly what is due.
            part_minor: The part it pays; None means all that remains, rounded by the house's rule.

        Raises:
            InputError: Too little was handed over, or the part is not within the rest.
        """
        with self._desk.lock:
            order = self._takeable()
            if self._ask_points(order):
                return self._state()
            order = self._desk.order
            due = self._desk.price(order).due_minor
            if part_minor is None:
                order = self._rounded(order, due)
            settlement = Settlement(due - order.rounding_minor, order.tenders)
            if settlement.remaining_minor or part_minor is not None:
                part = settlement.remaining_minor if part_minor is None else part_minor
                received = part if received_minor is None else received_minor
                payment_id = PaymentId(self._desk.ids.new())
                settlement = settlement.pay_cash(payment_id, received, part_minor=part)
            order = replace(order, tenders=settlement.tenders)
            if settlement.is_settled:
                return self._complete(order)
            self._desk.save(replace(order, state=SaleState.PAYING), durable=True)
            self._now.failure = None
            return self._state()

    def _rounded(self, order: Order, due_minor: int) -> Order:
        paid = sum(tender.amount_minor for tender in order.tenders)
        remaining = due_minor - paid
        return replace(order, rounding_minor=remaining - round_cash(remaining, self._cash_step))

    # -------------------------------------------------------------- after a crash
    def adopt(self, intent: PaymentIntent) -> None:
        """Take up a movement that a crash left open, for the order on the desk."""
        with self._desk.lock:
            self._now = Now(intent.sale_id, pending=replace(intent, state=PaymentState.UNKNOWN))
            movement = Movement(is_unknown=True, code="INTERRUPTED", is_unanswered=True)
            self._now.failure = ways.unknown(movement, intent)

    def go_on(self) -> CheckoutState:
        """Finish an order that is paid in full, or open one again that has nothing paid."""
        with self._desk.lock:
            order = self._desk.order
            if order.state is not SaleState.PAYING or self._now.pending is not None:
                return self._state()
            due = self._desk.price(order).due_minor - order.rounding_minor
            if Settlement(due, order.tenders).is_settled and order.tenders:
                try:
                    return self._complete(order)
                except AppError as error:
                    log.warning("a paid order cannot be finished yet: %s", error)
                    return self._failed(ways.not_finished(error))
            if not order.tenders:
                self._desk.save(replace(order, state=SaleState.OPEN), durable=True)
            return self._state()
