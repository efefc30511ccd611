"""What every way of paying shares: how the payment stands, the questions before it, the end.

The sale is complete with one durable transaction: the sale, the operation for the service, the
receipt's print job, the end of the draft. Only then is success returned; printing and delivery go
on by themselves.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.loyalty import Calculation
from app.domain.sale import (
    LoyaltyAction,
    PaymentIntent,
    PaymentState,
    Sale,
    SaleLoyalty,
    SaleState,
)
from app.domain.tender import quick_amounts, round_cash
from app.kernel.ids import SaleId
from app.store.uow import UnitOfWork
from app.till import kitchen_refund, offline_redeem, qr_texts, texts, ways
from app.till.mark_words import stopping_words
from app.till.money_tools import MoneyTools
from app.till.order import Order
from app.till.payment_states import CheckoutState, Completed, Failure, Phase
from app.till.permissions import Action
from app.till.qr_codes import PhoneCode, is_by_phone
from app.till.steps import steps_of_payment
from app.till.words import Words

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Now:
    """What the screen knows beside the order; belongs to one order.

    Attributes:
        sale_id: Of which order.
        failure: What went wrong.
        pending: The movement whose end is not known.
        done: The finished sale.
        code: The code of `pending` that may be seen.
        is_ending: The code is to become worthless.
    """

    sale_id: SaleId
    failure: Failure | None = None
    pending: PaymentIntent | None = None
    done: Completed | None = None
    code: PhoneCode | None = None
    is_ending: bool = False


class PaymentDesk:
    """The payment of the order on the desk.

    Args:
        tools: The order, the shift and the devices.
    """

    def __init__(self, tools: MoneyTools) -> None:
        self._desk, self._shifts = tools.desk, tools.shifts
        self._card, self._qr = tools.card, tools.qr
        self._printing, self._fiscal = tools.printing, tools.fiscal
        self._now = Now(tools.desk.order.sale_id)
        #: Told of each finished sale, on the lane that finished it.
        self.on_completed: Callable[[Completed], None] = _nobody

    # -------------------------------------------------------------- looking
    def state(self) -> CheckoutState:
        """Return where the payment of the order on the desk stands."""
        with self._desk.lock:
            return self._state()

    def _state(self) -> CheckoutState:
        now = self._now
        order = self._desk.state()
        if now.done is None and now.sale_id != order.order.sale_id:
            now = self._now = Now(order.order.sale_id)
        cash_due = round_cash(max(0, order.remaining_minor), self._cash_step)
        phase = self._phase(order.order)
        return CheckoutState(
            order=order,
            phase=phase,
            quick_minor=quick_amounts(cash_due),
            cash_due_minor=cash_due,
            steps=steps_of_payment(
                order.order,
                phase,
                now.done,
                has_register=self._fiscal.has_register,
                has_kitchen=self._desk.kitchen.is_used,
            ),
            methods=ways.methods(has_terminal=self._card.has_terminal, has_bank=self._qr.has_bank),
            failure=now.failure,
            pending=now.pending,
            done=now.done,
            code=now.code if phase is Phase.CODE else None,
        )

    def _phase(self, order: Order) -> Phase:
        now = self._now
        if now.done is not None:
            return Phase.DONE
        if order.points_lost_minor:
            return Phase.ASK_POINTS
        if now.pending is not None:
            is_fresh = now.pending.state is PaymentState.INTENT
            if is_fresh and now.code is not None:
                return Phase.CODE
            device = self._qr if is_by_phone(now.pending) else self._card
            return Phase.TERMINAL if is_fresh and device.is_busy else Phase.UNKNOWN
        return Phase.FAILED if now.failure is not None else Phase.TAKING

    @property
    def _cash_step(self) -> int:
        return self._desk.house.settings.cash_rounding_minor

    # -------------------------------------------------------------- starting
    def start(self) -> CheckoutState:
        """Begin to take money for the order on the desk.

        Raises:
            RuleError: The order is empty, or the shift is closed.
        """
        with self._desk.lock:
            order = self._payable()
            if self._now.pending is None:
                self._now = Now(order.sale_id)
            self._ask_points(order)
            return self._state()

    def dismiss(self) -> CheckoutState:
        """Go on after a failure or a finished sale: nothing is changed but the message."""
        with self._desk.lock:
            now = self._now
            self._now = Now(self._desk.order.sale_id, pending=now.pending, code=now.code)
            return self._state()

    def accept_lost_points(self) -> CheckoutState:
        """Go on without the points whose hold ran out."""
        with self._desk.lock:
            self._desk.change(replace(self._desk.order, points_lost_minor=0))
            self._now.failure = None
            return self._state()

    def _payable(self) -> Order:
        self._desk.session.require(Action.TAKE_PAYMENT)
        self._shifts.opened()
        order = self._desk.order
        if order.cart.is_empty:
            raise texts.ORDER_EMPTY.rule_error("ORDER_EMPTY")
        missing = stopping_words(order.cart)
        if missing is not None and order.state is not SaleState.PAYING:
            raise missing.rule_error("MARK_STOPS_SALE")
        if self._now.done is not None or self._now.sale_id != order.sale_id:
            self._now = Now(order.sale_id)
        return order

    def _takeable(self) -> Order:
        order = self._payable()
        if self._now.pending is not None or self._card.is_busy:
            raise self._open_words().rule_error("CARD_OPEN")
        return order

    def _open_words(self) -> Words:
        return qr_texts.SBP_OPEN if is_by_phone(self._now.pending) else texts.CARD_OPEN

    def _ask_points(self, order: Order) -> bool:
        """Tell whether the cashier must be asked about points; a hold that ran out is let go."""
        loyalty = order.loyalty
        if (
            order.state is not SaleState.PAYING
            and loyalty
            and _has_run_out(loyalty, self._clock_now())
        ):
            lost = loyalty.spend_minor or 1
            order = replace(order, loyalty=SaleLoyalty(loyalty.card), points_lost_minor=lost)
            if loyalty.action is LoyaltyAction.DISCOUNT:
                cart = order.cart.set_discount(None)
                order = replace(order, history=order.history.then(cart))
            self._desk.change(order)
        if not self._desk.order.points_lost_minor:
            return False
        self._now.failure = ways.points_lost()
        return True

    def _clock_now(self) -> datetime:
        return self._desk.clock.now()

    def _failed(self, failure: Failure) -> CheckoutState:
        with self._desk.lock:
            self._now.failure = failure
            return self._state()

    # -------------------------------------------------------------- the end
    def _complete(self, order: Order) -> CheckoutState:
        """Enter the sale: one durable transaction, then everything else by itself."""
        sale = self._sale_of(order)
        desk = self._desk
        operation = desk.operations.sale(sale)
        tickets = desk.kitchen.tickets(replace(order, number=sale.number))
        receipt = self._fiscal.sale_task(sale)
        job = None
        # Where there is a register, paper comes from it, or after it with its numbers.
        is_ours = desk.house.settings.prints_receipts and self._printing.has_printer
        if receipt is None and is_ours:
            job = self._printing.sale_job(sale)
        with desk.store.unit() as uow:
            uow.sales.add(sale)
            uow.outbox.add(operation)
            uow.drafts.remove(sale.sale_id)
            if receipt is not None:
                uow.fiscal.add(receipt)
            if job is not None:
                uow.print_jobs.add(job)
            tickets.write(uow)
            kitchen_refund.keep(uow, order, tickets.memory, sale.paid_at)
            self._remember_guest(uow, sale)
            uow.commit()
        desk.clear()
        desk.wake_sync()
        self._printing.drawers.paid({tender.kind.value for tender in sale.tenders})
        self._printing.wake()
        self._fiscal.wake()
        desk.kitchen.forget(tickets.memory)
        done = Completed(
            sale=sale,
            change_minor=sale.change_minor,
            earned_minor=sale.loyalty.earn_minor if sale.loyalty else 0,
            operation_id=operation.operation_id,
            print_job_id=job.job_id if job else "",
            fiscal_task_id=receipt.task_id if receipt else "",
            kitchen_jobs=desk.kitchen.jobs_of(tickets.memory),
        )
        self._now = Now(sale.sale_id, done=done)
        self.on_completed(done)
        return self._state()

    def _sale_of(self, order: Order) -> Sale:
        desk = self._desk
        shift = self._shifts.opened()
        priced = desk.price(order)
        person = desk.session.person
        preview = desk.preview(order, priced)
        if order.number == 0:
            order = desk.save(order)
        return Sale(
            sale_id=order.sale_id,
            number=order.number,
            shift_id=shift.shift_id,
            cashier_id=person.staff_id if person else order.owner_id,
            cashier_name=person.name if person else order.owner_name,
            paid_at=self._clock_now(),
            lines=order.cart.lines,
            priced=priced,
            rounding_minor=order.rounding_minor,
            tenders=order.tenders,
            loyalty=_final_loyalty(order.loyalty, preview),
            note=order.cart.note,
        )

    def _remember_guest(self, uow: UnitOfWork, sale: Sale) -> None:
        """Note in the cache that the guest was here, and what he redeemed is gone."""
        loyalty = sale.loyalty
        if loyalty is None:
            return
        card = loyalty.card
        promo = min(card.promo_minor, loyalty.spend_minor)
        left = replace(
            card,
            promo_minor=card.promo_minor - promo,
            regular_minor=max(0, card.regular_minor - (loyalty.spend_minor - promo)),
        )
        uow.guests.put([left], sale.paid_at, used=True)
        if loyalty.spend_minor and loyalty.reservation_id is None:
            offline_redeem.note(uow, self._desk.house, card.card_id, loyalty.spend_minor)


def _nobody(_done: Completed) -> None:
    """Nobody asked to be told."""


def _has_run_out(loyalty: SaleLoyalty, now: datetime) -> bool:
    until = loyalty.reserved_until
    return loyalty.reservation_id is not None and until is not None and until <= now


def _final_loyalty(loyalty: SaleLoyalty | None, preview: Calculation | None) -> SaleLoyalty | None:
    if loyalty is None:
        return None
    earned = preview.points_to_earn_minor if preview else 0
    is_spending = loyalty.action is LoyaltyAction.SPEND
    return replace(
        loyalty, earn_minor=earned, spend_minor=loyalty.spend_minor if is_spending else 0
    )
