"""Paying by phone (SBP): intent row, code, row with the code, shown, asked about, result row (T31).

    start_sbp -> CODE -> poll_sbp* -> paid | expired | cancel_sbp -> ...

Nobody sees a code before its row is on the disk, and no second code is made while the first can be
paid. Whether one was paid is only ever learnt by asking the bank: after a lost answer, after
cancelling (the guest may have paid in that moment), and after a crash. Whatever asks the bank runs
on the device's lane.
"""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from typing_extensions import override

from app.domain.sale import PaymentIntent, PaymentState
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import PaymentId
from app.kernel.text import format_money
from app.till import qr_late, qr_texts, texts
from app.till.card import Movement
from app.till.card_payments import CardPayments
from app.till.devices import TerminalProgress
from app.till.intents import is_payment
from app.till.order import Approval, Order
from app.till.payment_states import CheckoutState, Phase
from app.till.permissions import Action
from app.till.qr import qr_dots
from app.till.qr_codes import CODE_LIFE, PhoneCode, ShownCode, code_of, is_by_phone
from app.till.qr_desk import WAIT_S
from app.till.qr_slip import code_slip
from drivers.api.qr_payment import QrPayments

log = logging.getLogger(__name__)


class SbpPayments(CardPayments):
    """Takes and returns money by codes for phones; what is no code goes to the terminal.

    Attributes:
        on_code: Told of the code to be shown to the guest, and of None when there is none any more.
        on_given_up: Told that a payment ended unpaid whose money may still come.
    """

    on_code: Callable[[PhoneCode | None], None] = staticmethod(lambda _code: None)
    on_given_up: Callable[[], None] = staticmethod(lambda: None)
    _told: PhoneCode | None = None

    # -------------------------------------------------------------- a code
    def start_sbp(self, part_minor: int | None = None) -> CheckoutState:
        """Get a code for what remains, or for a part; blocks until the bank has answered.

        Returns:
            CODE (show it and ask `poll_sbp`), or FAILED (no money moved).

        Raises:
            RuleError: A payment of this order is open already.
            InputError: The part is not within the rest.
            FinalError: No bank is set up.
        """
        with self._qr.alone(WAIT_S) as bank:  # it may be asked about another payment's late money
            with self._desk.lock:
                order = self._payable_by_card()
                if self._ask_points(order):
                    return self._state()
                order = self._desk.order
                part = self._card_part(order, part_minor)
                if order.number == 0:
                    order = self._desk.save(order)
            intent = PaymentIntent(
                PaymentId(self._desk.ids.new()),
                order.sale_id,
                part,
                PaymentState.INTENT,
                self._clock_now(),
                kind=TenderKind.SBP,
            )
            self._write_intent(intent)
            until = self._clock_now() + CODE_LIFE
            made = self._qr.register(bank, intent, until, self._skew, order.number)
            if isinstance(made, Movement):
                return self._payment_ended(intent, made)
            with self._desk.lock:
                self._write_code(intent, made)
                return self._state()

    @property
    def _skew(self) -> timedelta:
        """How far the till's clock is behind the service's; banks go by the true time."""
        return timedelta(milliseconds=self._desk.operations.clock_offset_ms)

    def _write_code(self, intent: PaymentIntent, code: ShownCode) -> None:
        shown = replace(intent, state=PaymentState.INTENT, code=code.to_text())
        with self._desk.store.unit() as uow:
            uow.payments.update(shown)
            uow.commit()
        self._show(shown, code)

    def _show(
        self, intent: PaymentIntent, code: ShownCode, movement: Movement | None = None
    ) -> None:
        """Let the code be seen; its row is on the disk."""
        now = self._now
        dots = now.code.dots if now.code is not None else qr_dots(code.payload)
        note = movement.words if movement is not None else None
        now.pending, now.failure = intent, None
        now.code = PhoneCode(code.payload, intent.amount_minor, code.until, dots, note)

    # -------------------------------------------------------------- asking
    def poll_sbp(self) -> CheckoutState:
        """Ask whether the code was paid; every two or three seconds. Never waits for another."""
        with self._desk.lock:
            state = self._state()
            if not self._is_sbp or not self._qr.has_bank or self._qr.is_busy:
                return state
            is_shown = state.phase is Phase.CODE
        return self._ask_code(is_patient=is_shown, wait_s=0.0)

    def cancel_sbp(self) -> CheckoutState:
        """Make the code worthless and go on another way; a guest who was quicker has paid."""
        with self._desk.lock:
            if not self._is_sbp:
                return self._state()
        return self._ask_code(is_patient=False, ends=True)

    def _ask_code(
        self, *, is_patient: bool, wait_s: float = WAIT_S, ends: bool = False
    ) -> CheckoutState:
        with self._qr.alone(wait_s) as bank:
            if not self._is_sbp:
                return self.state()  # a question that ran meanwhile has brought the end
            intent = self._pending()
            if not is_payment(intent):
                movement = self._qr.find_back(bank, intent, again=True)
                return self._return_ended(intent, movement)
            code = code_of(intent)
            if code is None:
                return self._payment_ended(intent, self._qr.look_for(bank, intent))
            # Set here: the answer to a question that ran before knows nothing of it.
            self._now.is_ending = self._now.is_ending or ends
            is_over = self._now.is_ending or code.until <= self._clock_now()
            movement = (self._qr.cancel if is_over else self._qr.ask)(bank, intent, code)
            if movement.code == "SBP_CANCELLED" and not self._now.is_ending:
                movement = replace(movement, words=qr_texts.SBP_EXPIRED, code="SBP_EXPIRED")
            if movement.is_unanswered and is_patient and not is_over:
                words = qr_texts.SBP_SILENT
                movement = replace(movement, is_unknown=False, is_waiting=True, words=words)
            return self._payment_ended(intent, movement)

    @override
    def _payment_ended(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        if not is_by_phone(intent):
            return super()._payment_ended(intent, movement)
        with self._desk.lock:
            if movement.is_waiting:
                return self._still_waiting(intent, movement)
            is_wanted = self._now.is_ending and not (movement.is_unknown or movement.is_approved)
            state = super()._payment_ended(intent, movement)
            if is_wanted:
                self._now.failure = None
                return self._state()
            return state

    def _still_waiting(self, intent: PaymentIntent, movement: Movement) -> CheckoutState:
        """Go on showing a code that can still be paid."""
        code = code_of(intent)
        assert code is not None, "a code that nobody has seen is not waited for"
        self._now.is_ending = False
        if intent.state is PaymentState.UNKNOWN:
            self._write_code(intent, code)
        pending = self._now.pending or intent
        self._show(replace(pending, state=PaymentState.INTENT), code, movement)
        return self._state()

    # -------------------------------------------------------------- showing
    @override
    def _state(self) -> CheckoutState:
        state = super()._state()
        self._tell_code(state.code)
        return state

    @override
    def _write_result(self, intent: PaymentIntent, tender: Tender | None) -> None:
        is_given_up = tender is None and is_by_phone(intent) and is_payment(intent)
        if is_given_up:
            intent = qr_late.watched(intent, self._clock_now())
        super()._write_result(intent, tender)
        self._now.code, self._now.is_ending = None, False
        self._tell_code(None)  # before anybody is thanked
        if is_given_up and qr_late.is_marked(intent):
            self.on_given_up()

    def _tell_code(self, code: PhoneCode | None) -> None:
        told = self._told
        if (told.payload if told else "") == (code.payload if code else ""):
            return
        self._told = code
        self.on_code(code)

    def print_code(self) -> str:
        """Print the code as a slip; return the id of its job.

        Raises:
            RuleError: No code is shown now.
            FinalError: This till has no receipt printer.
        """
        with self._desk.lock:
            state = self._state()
            if state.code is None:
                raise texts.PART_UNKNOWN.rule_error("NOTHING_PENDING")
            house = self._desk.house
            slip = code_slip(
                state.code, house.venue, state.order.number, self._clock_now(), house.zone
            )
        return self._printing.print_receipt(slip)

    # -------------------------------------------------------------- what both roads have
    @override
    def resolve_payment(self) -> CheckoutState:
        """Ask the device that moved the money what became of it."""
        return self._ask_code(is_patient=False) if self._is_sbp else super().resolve_payment()

    @override
    def abandon_payment(self, on_progress: TerminalProgress | None = None) -> CheckoutState:
        """Give a lost payment up; a code that was paid all the same pays the order."""
        return self.cancel_sbp() if self._is_sbp else super().abandon_payment(on_progress)

    @override
    def confirm_by_slip(self, rrn: str, approval: Approval | None = None) -> CheckoutState:
        """Take a lost card payment as made; a payment by phone has no slip."""
        if self._is_sbp:
            raise qr_texts.SBP_UNKNOWN.rule_error("SBP_UNKNOWN")
        return super().confirm_by_slip(rrn, approval)

    @override
    def confirm_not_paid(self, approval: Approval | None = None) -> CheckoutState:
        """Take a lost movement as not made; a bank that answers now is believed more than a senior."""
        if not (self._is_sbp and self._qr.has_bank):
            return super().confirm_not_paid(approval)
        self._desk.session.require(Action.MANUAL_PAYMENT, approval)
        with self._qr.alone(WAIT_S) as bank:
            intent = self._pending()
            movement = self._last_look(bank, intent)
            if movement.is_unknown or _is_wrong(movement, intent):
                return self._decided(intent, approval)
            if is_payment(intent):
                return self._payment_ended(intent, movement)
            return self._return_ended(intent, movement)

    def _decided(self, intent: PaymentIntent, approval: Approval | None) -> CheckoutState:
        if is_payment(intent):
            with self._desk.lock:  # the mark is written with the decision
                self._now.pending = qr_late.marked(intent)
        return super().confirm_not_paid(approval)

    def _last_look(self, bank: QrPayments, intent: PaymentIntent) -> Movement:
        if not is_payment(intent):
            return self._qr.find_back(bank, intent)
        code = code_of(intent)
        if code is None:
            return self._qr.look_for(bank, intent)
        return self._qr.cancel(bank, intent, code)

    @property
    def is_by_phone_open(self) -> bool:
        """Tell whether a payment by phone is open; any thread."""
        return self._is_sbp

    @property
    def _is_sbp(self) -> bool:
        return is_by_phone(self._now.pending)

    # -------------------------------------------------------------- taking a part back
    @override
    def remove_part(
        self, payment_id: PaymentId, on_progress: TerminalProgress | None = None
    ) -> CheckoutState:
        """Give a paid part back: by whatever took it."""
        with self._desk.lock:
            order = self._desk.order
            tender = next((t for t in order.tenders if t.payment_id == payment_id), None)
            is_open = self._now.pending is not None
        if tender is None or tender.kind is not TenderKind.SBP or is_open:
            return super().remove_part(payment_id, on_progress)
        with self._qr.alone(WAIT_S) as bank:
            return self._give_back(bank, order, tender)

    def _give_back(self, bank: QrPayments, order: Order, tender: Tender) -> CheckoutState:
        intent = PaymentIntent(
            PaymentId(self._desk.ids.new()),
            order.sale_id,
            -tender.amount_minor,
            PaymentState.INTENT,
            self._clock_now(),
            reference=tender,
            kind=TenderKind.SBP,
        )
        self._write_intent(intent)
        return self._return_ended(intent, self._qr.give_back(bank, intent, tender))

    @override
    def _wrong_sum(
        self, intent: PaymentIntent, movement: Movement, booked_minor: int
    ) -> CheckoutState:
        if not is_by_phone(intent):
            return super()._wrong_sum(intent, movement, booked_minor)
        words = qr_texts.SBP_WRONG_SUM.fill(
            booked=format_money(booked_minor), asked=format_money(intent.amount_minor)
        )
        return self._unknown(
            intent, replace(movement, is_unknown=True, words=words, code="SBP_WRONG_SUM")
        )


def _is_wrong(movement: Movement, intent: PaymentIntent) -> bool:
    """Tell whether the bank books another sum than was asked for."""
    booked = movement.result.amount_minor if movement.result is not None else None
    return booked is not None and booked != abs(intent.amount_minor)
