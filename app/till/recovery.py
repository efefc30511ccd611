"""Going on after a crash or a power cut: the same order, the step that was reached, nothing twice (T32).

Open intents are asked of the terminal; an order that is paid in full is finished; one with nothing
paid is opened again; what cannot be told now waits in the state UNKNOWN with its ways out.
"""

import logging
from dataclasses import dataclass

from app.domain.sale import PaymentIntent, Sale, SaleState
from app.kernel.errors import AppError
from app.kernel.ids import SaleId
from app.kernel.text import format_money
from app.till import drafts, qr_texts, texts
from app.till.card import CardDesk
from app.till.checkout import Checkout
from app.till.desk import Desk
from app.till.intents import is_payment
from app.till.order import Order
from app.till.payment_states import CheckoutState, Phase
from app.till.qr_codes import is_by_phone
from app.till.qr_desk import WAIT_S, QrDesk
from app.till.qr_late import LateMoney
from app.till.refunds import RefundPhase, RefundResult, Refunds
from app.till.words import Words

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Recovered:
    """What the start found.

    Attributes:
        checkout: The payment screen to begin with, None if no money was moving.
        finished: Sales that were finished now.
        words: Sentences for the cashier.
        is_refund_open: A refund waits for a decision.
    """

    checkout: CheckoutState | None
    finished: tuple[Sale, ...]
    words: tuple[Words, ...]
    is_refund_open: bool = False


class Recovery:
    """Brings the till back to where it was; once, before anybody signs in.

    Args:
        desk: Takes the orders over.
        checkout: Finishes payments.
        refunds: Finishes refunds.
        card: The terminal, to be asked.
        qr: The bank of codes, to be asked.
        late: What may have been paid after it was given up.
    """

    def __init__(
        self,
        *,
        desk: Desk,
        checkout: Checkout,
        refunds: Refunds,
        card: CardDesk,
        qr: QrDesk,
        late: LateMoney,
    ) -> None:
        self._desk = desk
        self._checkout = checkout
        self._refunds = refunds
        self._card = card
        self._qr = qr
        self._late = late

    def run(self, *, asks_terminal: bool = True) -> Recovered:
        """Restore orders and settle what was open.

        Args:
            asks_terminal: Ask the terminal now; else unknown payments wait for `resolve_payment`.
        """
        with self._desk.lock:  # a quick cashier may be selling already
            self._desk.restore(self._orders())
        refund = self._settle_refund(asks_terminal=asks_terminal)
        finished: list[Sale] = []
        words: list[Words] = []
        seen: set[SaleId] = set()
        state = None
        while (order := self._next_paying(seen)) is not None:
            seen.add(order.sale_id)
            state = self._settle(order, asks_terminal=asks_terminal)
            if state.done is not None:
                finished.append(state.done.sale)
                words.append(texts.RECOVERED_DONE.fill(number=state.done.sale.number))
                self._checkout.dismiss()
                state = None
                continue
            words.append(texts.RECOVERED.fill(number=order.number))
            if state.phase is not Phase.TAKING or state.order.order.tenders:
                break  # this order needs the cashier; the others stay safe behind it
            state = None
        if asks_terminal:
            words += self._late_money()
        is_open = refund is not None and refund.phase is RefundPhase.UNKNOWN
        return Recovered(state, tuple(finished), tuple(words), is_open)

    def _late_money(self) -> list[Words]:
        """Give back what guests paid by phone after it was given up."""
        returned = self._late.round(wait_s=WAIT_S).returned
        return [
            qr_texts.SBP_LATE.fill(amount=format_money(intent.amount_minor)) for intent in returned
        ]

    def _settle_refund(self, *, asks_terminal: bool) -> RefundResult | None:
        try:
            return self._refunds.recover(asks_terminal=asks_terminal)
        except AppError as error:
            log.warning("the refund of the last run cannot be settled now: %s", error)
            return self._refunds.recover(asks_terminal=False)

    def _orders(self) -> list[Order]:
        with self._desk.store.reader() as db:
            kept = db.drafts.list_all()
            entered = {draft.sale_id for draft in kept if db.sales.find(draft.sale_id)}
        for sale_id in entered:
            log.warning("the draft of sale %s was left behind", sale_id)
            with self._desk.store.unit() as uow:
                uow.drafts.remove(sale_id)
                uow.commit()
        return [drafts.from_draft(draft) for draft in kept if draft.sale_id not in entered]

    def _next_paying(self, seen: set[SaleId]) -> Order | None:
        self._desk.bring_up_paying()
        order = self._desk.order
        if order.state is not SaleState.PAYING or order.sale_id in seen:
            return None
        return order

    def _settle(self, order: Order, *, asks_terminal: bool) -> CheckoutState:
        intent = self._open_intent(order)
        if intent is None:
            return self._checkout.go_on()
        self._checkout.adopt(intent)
        has_device = self._qr.has_bank if is_by_phone(intent) else self._card.has_terminal
        if asks_terminal and has_device:
            try:
                return self._checkout.resolve_payment()
            except AppError as error:
                log.warning("payment %s cannot be resolved now: %s", intent.payment_id, error)
        return self._checkout.state()

    def _open_intent(self, order: Order) -> PaymentIntent | None:
        with self._desk.store.reader() as db:
            intents = db.payments.list_open()
        for intent in intents:
            if intent.sale_id != order.sale_id:
                continue
            if is_payment(intent) or intent.reference is not None:
                return intent
        return None
