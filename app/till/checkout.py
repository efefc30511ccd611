"""Paying an order: cash, card, several parts; finished once, whatever step fails (T30-T32, T60, T68).

Every part is saved as it is paid. The sale is complete with one durable transaction: the sale, the
operation for the service, the receipt's print job, the end of the draft. Only then is success
returned; printing and delivery go on by themselves.

Lanes: cash and completion on the till's, everything that asks the terminal on the device's.
"""

import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.domain.loyalty import Calculation
from app.domain.sale import (
    LoyaltyAction,
    PaymentIntent,
    PaymentState,
    Sale,
    SaleLoyalty,
    SaleState,
)
from app.domain.tender import Settlement, Tender, TenderKind, quick_amounts, round_cash
from app.kernel.errors import AppError, FinalError
from app.kernel.ids import PaymentId, SaleId
from app.kernel.text import format_money
from app.store.uow import UnitOfWork
from app.till import offline_redeem, texts, ways
from app.till.card import CardDesk, Movement
from app.till.desk import Desk, WriteMore
from app.till.devices import TerminalProgress
from app.till.intents import OPEN_STATES, is_payment, tender_of
from app.till.order import Approval, Order
from app.till.payment_states import CheckoutState, Completed, Failure, Phase
from app.till.permissions import Action
from app.till.printing import Printing
from app.till.shift import ShiftDesk
from app.till.steps import steps_of_payment

log = logging.getLogger(__name__)

RRN_LENGTHS: Final = range(6, 13)


@dataclass(slots=True)
class _Now:
    """What the screen knows beside the order; belongs to one order."""

    sale_id: SaleId
    failure: Failure | None = None
    pending: PaymentIntent | None = None
    done: Completed | None = None


class Checkout:
    """Takes the money for the order on the desk.

    Args:
        desk: Holds the order.
        shifts: A sale needs an open shift.
        card: The terminal.
        printing: Receipts.
    """

    def __init__(self, desk: Desk, shifts: ShiftDesk, card: CardDesk, printing: Printing) -> None:
        self._desk = desk
        self._shifts = shifts
        self._card = card
        self._printing = printing
        self._now = _Now(desk.order.sale_id)

    # -------------------------------------------------------------- looking
    def state(self) -> CheckoutState:
        """Return where the payment of the order on the desk stands."""
        with self._desk.lock:
            return self._state()

    def _state(self) -> CheckoutState:
        now = self._now
        order = self._desk.state()
        if now.done is None and now.sale_id != order.order.sale_id:
            now = self._now = _Now(order.order.sale_id)
        cash_due = round_cash(max(0, order.remaining_minor), self._cash_step)
        return CheckoutState(
            order=order,
            phase=self._phase(order.order),
            quick_minor=quick_amounts(cash_due),
            cash_due_minor=cash_due,
            steps=steps_of_payment(order.order, self._phase(order.order), now.done),
            methods=ways.methods(self._card.has_terminal),
            failure=now.failure,
            pending=now.pending,
            done=now.done,
        )

    def _phase(self, order: Order) -> Phase:
        now = self._now
        if now.done is not None:
            return Phase.DONE
        if order.points_lost_minor:
            return Phase.ASK_POINTS
        if now.pending is not None:
            is_running = now.pending.state is PaymentState.INTENT and self._card.is_busy
            return Phase.TERMINAL if is_running else Phase.UNKNOWN
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
                self._now = _Now(order.sale_id)
            self._ask_points(order)
            return self._state()

    def dismiss(self) -> CheckoutState:
        """Go on after a failure or a finished sale: nothing is changed but the message."""
        with self._desk.lock:
            self._now = _Now(self._desk.order.sale_id, pending=self._now.pending)
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
        if self._now.done is not None or self._now.sale_id != order.sale_id:
            self._now = _Now(order.sale_id)
        return order

    def _takeable(self) -> Order:
        order = self._payable()
        if self._now.pending is not None or self._card.is_busy:
            raise texts.CARD_OPEN.rule_error("CARD_OPEN")
        return order

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

    # -------------------------------------------------------------- card
    def pay_card(
        self, part_minor: int | None = None, on_progress: TerminalProgress | None = None
    ) -> CheckoutState:
        """Take what remains, or a part, by the terminal; blocks until it has answered.

        Returns:
            DONE, TAKING (a part is paid), FAILED (no money moved) or UNKNOWN (resolve it).

        Raises:
            RuleError: A card payment of this order is open already.
            InputError: The part is not within the rest.
            FinalError: There is no terminal.
        """
        with self._card.alone() as terminal:
            with self._desk.lock:
                order = self._payable_by_card()
                if self._ask_points(order):
                    return self._state()
                order = self._desk.order
                part = self._card_part(order, part_minor)
            try:
                mark = self._card.mark(terminal)
            except FinalError as error:
                return self._failed(ways.card_failed_before(error))
            intent = PaymentIntent(
                PaymentId(self._desk.ids.new()),
                order.sale_id,
                part,
                PaymentState.INTENT,
                self._clock_now(),
                mark,
            )
            self._write_intent(intent)
            movement = self._card.pay(terminal, intent, on_progress)
            return self._payment_ended(intent, movement)

    def _payable_by_card(self) -> Order:
        order = self._payable()
        if self._now.pending is not None:
            raise texts.CARD_OPEN.rule_error("CARD_OPEN")
        return order

    def _card_part(self, order: Order, part_minor: int | None) -> int:
        settlement = Settlement(self._desk.price(order).due_minor, order.tenders)
        part = settlement.checked_part(
            settlement.remaining_minor if part_minor is None else part_minor
        )
        if part <= 0:
            raise texts.AMOUNT_WRONG.input_error("AMOUNT_WRONG")
        return part

    def _write_intent(self, intent: PaymentIntent) -> None:
        def write(uow: UnitOfWork) -> None:
            uow.payments.add(intent)

        with self._desk.lock:
            order = self._desk.order
            if order.sale_id != intent.sale_id:
                raise texts.ORDER_CHANGED.rule_error("ORDER_CHANGED")
            self._desk.save(
                replace(order, state=SaleState.PAYING, rounding_minor=0), durable=True, more=write
            )
            self._now = _Now(order.sale_id, pending=intent)

    def _payment_ended(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        """Write down how a payment by card ended, and go on from there."""
        with self._desk.lock:
            if movement.is_unknown:
                return self._unknown(intent, movement)
            if not movement.is_approved:
                self._write_result(replace(intent, state=PaymentState.DECLINED), None)
                return self._failed(ways.card_failed(movement))
            assert movement.result is not None
            booked = movement.result.amount_minor
            if booked is not None and booked != intent.amount_minor:
                return self._wrong_sum(intent, movement, booked)
            tender = tender_of(intent.payment_id, intent.amount_minor, movement.result)
            return self._approved(intent, tender)

    def _approved(self, intent: PaymentIntent, tender: Tender) -> CheckoutState:
        approved = replace(intent, state=PaymentState.APPROVED, reference=tender)
        self._write_result(approved, tender)
        order = self._desk.order
        due = self._desk.price(order).due_minor - order.rounding_minor
        if Settlement(due, order.tenders).is_settled:
            return self._complete(order)
        return self._state()

    def _wrong_sum(
        self, intent: PaymentIntent, movement: Movement, booked_minor: int
    ) -> CheckoutState:
        assert movement.result is not None
        if booked_minor < intent.amount_minor:
            # A card with less on it than was asked: what it gave is a part, the rest remains.
            log.warning("the terminal booked %s of %s", booked_minor, intent.amount_minor)
            return self._approved(
                intent, tender_of(intent.payment_id, booked_minor, movement.result)
            )
        words = texts.CARD_WRONG_SUM.fill(
            booked=format_money(booked_minor), asked=format_money(intent.amount_minor)
        )
        return self._unknown(
            intent, replace(movement, is_unknown=True, words=words, code="CARD_WRONG_SUM")
        )

    def _unknown(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        unknown = replace(intent, state=PaymentState.UNKNOWN)
        if intent.state is not PaymentState.UNKNOWN:
            with self._desk.store.unit() as uow:
                uow.payments.update(unknown)
                uow.commit()
        self._now.pending = unknown
        self._now.failure = ways.card_unknown(movement, is_payment(intent))
        return self._state()

    def _write_result(self, intent: PaymentIntent, tender: Tender | None) -> None:
        """Write how a movement ended together with what it does to the order."""

        def write(uow: UnitOfWork) -> None:
            uow.payments.update(intent)

        order = self._desk.order
        assert order.sale_id == intent.sale_id, "the order of a payment stays on the desk"
        if tender is not None:
            order = replace(order, tenders=(*order.tenders, tender))
        state = SaleState.PAYING if order.tenders else SaleState.OPEN
        self._desk.save(replace(order, state=state), durable=True, more=write)
        self._now.pending = None
        self._now.failure = None

    def _failed(self, failure: Failure) -> CheckoutState:
        with self._desk.lock:
            self._now.failure = failure
            return self._state()

    def abort_card(self) -> None:
        """Ask the terminal to stop; any thread, returns at once. `pay_card` still ends by itself."""
        self._card.abort()

    # -------------------------------------------------------------- unknown outcomes
    def resolve_payment(self) -> CheckoutState:
        """Ask the terminal what became of the movement whose answer was lost; device lane."""
        with self._card.alone() as terminal:
            intent = self._pending()
            movement = self._card.find(terminal, intent)
            return self._resolved(intent, movement)

    def _resolved(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        if is_payment(intent):
            return self._payment_ended(intent, movement)
        return self._return_ended(intent, movement)

    def confirm_by_slip(self, rrn: str, approval: Approval | None = None) -> CheckoutState:
        """Take a lost card payment as made, by the RRN of the slip; a senior's decision.

        Raises:
            ApprovalNeeded: The person may not decide that.
            InputError: That is no RRN.
        """
        self._desk.session.require(Action.MANUAL_PAYMENT, approval)
        text = rrn.strip()
        if len(text) not in RRN_LENGTHS or not (text.isascii() and text.isalnum()):
            raise texts.RRN_WRONG.input_error("RRN_WRONG")
        with self._desk.lock:
            intent = self._pending()
            self._note_approval(approval)
            log.warning("payment %s confirmed by slip", intent.payment_id)
            if not is_payment(intent):
                return self._returned(intent)
            tender = Tender(intent.payment_id, TenderKind.CARD, intent.amount_minor, rrn=text)
            return self._approved(intent, tender)

    def confirm_not_paid(self, approval: Approval | None = None) -> CheckoutState:
        """Take a lost card movement as not made: there is no slip; a senior's decision."""
        self._desk.session.require(Action.MANUAL_PAYMENT, approval)
        with self._desk.lock:
            intent = self._pending()
            self._note_approval(approval)
            log.warning("payment %s declared not made", intent.payment_id)
            self._write_result(replace(intent, state=PaymentState.DECLINED), None)
            return self._state()

    def abandon_payment(self, on_progress: TerminalProgress | None = None) -> CheckoutState:
        """Give up a lost card payment: ask the terminal, and give back what it had booked."""
        intent = self._pending()
        with self._card.alone() as terminal:
            movement = self._card.find(terminal, intent)
        if movement.is_unknown or not is_payment(intent) or not movement.is_approved:
            return self._resolved(intent, movement)
        with self._desk.lock:
            assert movement.result is not None
            tender = tender_of(intent.payment_id, intent.amount_minor, movement.result)
            approved = replace(intent, state=PaymentState.APPROVED, reference=tender)
            self._write_result(approved, tender)
        return self.remove_part(intent.payment_id, on_progress)

    def _pending(self) -> PaymentIntent:
        pending = self._now.pending
        if pending is None or pending.state not in OPEN_STATES:
            raise texts.PART_UNKNOWN.rule_error("NOTHING_PENDING")
        return pending

    def _note_approval(self, approval: Approval | None) -> None:
        if approval is not None:
            order = self._desk.order
            self._desk.save(replace(order, approvals=(*order.approvals, approval)), durable=True)

    # -------------------------------------------------------------- taking a part back
    def remove_part(
        self, payment_id: PaymentId, on_progress: TerminalProgress | None = None
    ) -> CheckoutState:
        """Give a paid part back: cash by hand, a card by the terminal; device lane.

        Raises:
            RuleError: There is no such part, or a card movement is open.
        """
        with self._desk.lock:
            order = self._desk.order
            tender = next((t for t in order.tenders if t.payment_id == payment_id), None)
            if tender is None:
                raise texts.PART_UNKNOWN.rule_error("PART_UNKNOWN")
            if self._now.pending is not None:
                raise texts.CARD_OPEN.rule_error("CARD_OPEN")
            if tender.kind is not TenderKind.CARD:
                self._without(order, payment_id)
                return self._state()
        with self._card.alone() as terminal:
            try:
                mark = self._card.mark(terminal)
            except FinalError as error:
                return self._failed(ways.return_failed_before(error))
            intent = PaymentIntent(
                PaymentId(self._desk.ids.new()),
                order.sale_id,
                -tender.amount_minor,
                PaymentState.INTENT,
                self._clock_now(),
                mark,
                reference=tender,
            )
            self._write_intent(intent)
            movement = self._card.give_back(terminal, intent, tender, on_progress)
            return self._return_ended(intent, movement)

    def _return_ended(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        with self._desk.lock:
            if movement.is_unknown:
                return self._unknown(intent, movement)
            if movement.is_approved:
                return self._returned(intent)
            self._write_result(replace(intent, state=PaymentState.DECLINED), None)
            return self._failed(ways.return_failed(movement))

    def _returned(self, intent: PaymentIntent) -> CheckoutState:
        assert intent.reference is not None
        original = intent.reference.payment_id

        def write(uow: UnitOfWork) -> None:
            uow.payments.update(replace(intent, state=PaymentState.APPROVED))
            paid = uow.payments.find(original)
            if paid is not None:
                uow.payments.update(replace(paid, state=PaymentState.REVERSED))

        self._now.pending = None
        self._now.failure = None
        self._without(self._desk.order, original, write)
        return self._state()

    def _without(self, order: Order, payment_id: PaymentId, more: WriteMore | None = None) -> None:
        tenders = tuple(t for t in order.tenders if t.payment_id != payment_id)
        state = SaleState.PAYING if tenders else SaleState.OPEN
        order = replace(order, tenders=tenders, state=state, rounding_minor=0)
        self._desk.save(order, durable=True, more=more)

    # -------------------------------------------------------------- the end
    def _complete(self, order: Order) -> CheckoutState:
        """Enter the sale: one durable transaction, then everything else by itself."""
        sale = self._sale_of(order)
        desk = self._desk
        operation = desk.operations.sale(sale)
        job = None
        if desk.house.settings.prints_receipts and self._printing.has_printer:
            has_cash = any(tender.kind is TenderKind.CASH for tender in sale.tenders)
            job = self._printing.sale_job(sale, open_drawer=has_cash)
        with desk.store.unit() as uow:
            uow.sales.add(sale)
            uow.outbox.add(operation)
            uow.drafts.remove(sale.sale_id)
            if job is not None:
                uow.print_jobs.add(job)
            self._remember_guest(uow, sale)
            uow.commit()
        desk.clear()
        desk.wake_sync()
        self._printing.wake()
        done = Completed(
            sale=sale,
            change_minor=sale.change_minor,
            earned_minor=sale.loyalty.earn_minor if sale.loyalty else 0,
            operation_id=operation.operation_id,
            print_job_id=job.job_id if job else "",
        )
        self._now = _Now(sale.sale_id, done=done)
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

    # -------------------------------------------------------------- after a crash
    def adopt(self, intent: PaymentIntent) -> None:
        """Take up a movement that a crash left open, for the order on the desk."""
        with self._desk.lock:
            self._now = _Now(intent.sale_id, pending=replace(intent, state=PaymentState.UNKNOWN))
            self._now.failure = ways.card_unknown(
                Movement(is_unknown=True, words=texts.CARD_UNKNOWN, code="INTERRUPTED"),
                is_payment(intent),
            )

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
