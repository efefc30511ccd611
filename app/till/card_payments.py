"""Paying by card and giving it back: intent row, terminal, result row, and the unknown between (T68).

Whatever asks the terminal blocks and runs on the device's lane; the desk is locked only to write.
"""

import logging
from dataclasses import replace
from typing import Final

from app.domain.sale import (
    PaymentIntent,
    PaymentState,
    SaleState,
)
from app.domain.tender import Settlement, Tender, TenderKind
from app.kernel.errors import FinalError
from app.kernel.ids import PaymentId
from app.kernel.text import format_money
from app.store.uow import UnitOfWork
from app.till import texts, ways
from app.till.card import Movement
from app.till.desk import WriteMore
from app.till.devices import TerminalProgress
from app.till.intents import OPEN_STATES, is_payment, tender_of
from app.till.order import Approval, Order
from app.till.payment_desk import Now, PaymentDesk
from app.till.payment_states import CheckoutState
from app.till.permissions import Action

log = logging.getLogger(__name__)

RRN_LENGTHS: Final = range(6, 13)


class CardPayments(PaymentDesk):
    """Takes and returns money by the terminal."""

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
            raise self._open_words().rule_error("CARD_OPEN")
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
            self._now = Now(order.sale_id, pending=intent)

    def _payment_ended(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        """Write down how a payment by card ended, and go on from there."""
        with self._desk.lock:
            if movement.is_unknown:
                return self._unknown(intent, movement)
            if not movement.is_approved:
                self._write_result(replace(intent, state=PaymentState.DECLINED), None)
                return self._failed(ways.failed(movement, intent))
            assert movement.result is not None
            booked = movement.result.amount_minor
            if booked is not None and booked != intent.amount_minor:
                return self._wrong_sum(intent, movement, booked)
            tender = tender_of(intent, intent.amount_minor, movement.result)
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
            return self._approved(intent, tender_of(intent, booked_minor, movement.result))
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
        self._now.failure = ways.unknown(movement, intent)
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
            tender = tender_of(intent, intent.amount_minor, movement.result)
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
                raise self._open_words().rule_error("CARD_OPEN")
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
            return self._failed(ways.return_failed(movement, intent))

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
