"""Giving money back: worked out first, then terminal, then one durable transaction (T11, T64).

    plan -> intent row with the wish -> terminal -> result row -> refund + operation + receipt

A refund to a card is written down with its wish before the terminal is asked, so that after a crash
or a lost answer it is finished once, by asking. Each card gets its own movement.
"""

import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from app.domain.sale import PaymentIntent, PaymentState, Refund, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.errors import FinalError
from app.kernel.ids import PaymentId, RefundId, SaleId
from app.kernel.text import clean_line, format_money
from app.store.rows import SaleHead
from app.store.uow import UnitOfWork
from app.till import kitchen_refund, qr_texts, qr_ways, refund_pending, refund_plan, texts
from app.till.card import Movement
from app.till.devices import TerminalProgress
from app.till.money_tools import MoneyTools
from app.till.order import Approval
from app.till.payment_states import Failure, Way, WayOut
from app.till.permissions import Action
from app.till.refund_pending import PendingRefund
from app.till.refund_plan import CardBack, Refundable, RefundPlan, RefundWish
from app.till.refund_roads import BY_DEVICE, RefundRoads
from app.till.ways import CHECK, NOT_PAID, RETRY, SLIP
from app.till.words import Words

log = logging.getLogger(__name__)


class RefundPhase(StrEnum):
    """How a refund ended, or that its outcome is not known yet."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class RefundResult:
    """The answer to a refund.

    Attributes:
        phase: How it ended.
        refund: What was entered, when anything was given back.
        cash_minor: To be handed out now.
        failure: What went wrong, with ways out.
        is_kitchen_told: A ticket stops dishes that were being made.
    """

    phase: RefundPhase
    refund: Refund | None = None
    cash_minor: int = 0
    failure: Failure | None = None
    is_kitchen_told: bool = False


class Refunds:
    """Gives money back for sales of this till.

    Args:
        tools: Store and session, the shift and the devices.
    """

    def __init__(self, tools: MoneyTools) -> None:
        self._desk, self._store = tools.desk, tools.desk.store
        self._shifts = tools.shifts
        self._roads = RefundRoads(tools.card, tools.qr)
        self._printing, self._fiscal = tools.printing, tools.fiscal

    # -------------------------------------------------------------- looking
    def sales(
        self, *, number: int | None = None, limit: int = 50, offset: int = 0
    ) -> tuple[SaleHead, ...]:
        """Return sales of this till, the newest first; by the number on the receipt if given."""
        with self._store.reader() as db:
            return db.sales.list_heads(number=number, limit=limit, offset=offset)

    def look(self, sale_id: SaleId) -> Refundable:
        """Return a sale with what may still be given back.

        Raises:
            RuleError: This till did not make it.
        """
        with self._store.reader() as db:
            sale = db.sales.find(sale_id)
            if sale is None:
                raise texts.SALE_UNKNOWN.rule_error("SALE_UNKNOWN")
            return refund_plan.refundable(
                sale, db.sales.list_refunds(sale_id), db.sales.refunded_lines(sale_id)
            )

    def rehearse(self, wish: RefundWish) -> RefundPlan:
        """Work a refund out without doing it: money, cards, points.

        Raises:
            InputError: More than may be given back, nothing, or no reason.
        """
        return refund_plan.plan(self.look(wish.sale_id), wish)

    def pending(self) -> Refund | None:
        """Return the refund whose outcome is not known yet, or None."""
        kept = refund_pending.read(self._store)
        return kept.refund if kept else None

    # -------------------------------------------------------------- doing
    def refund(
        self,
        wish: RefundWish,
        approval: Approval | None = None,
        on_progress: TerminalProgress | None = None,
    ) -> RefundResult:
        """Give money back; blocks while terminal or bank work, so on the device's lane.

        Raises:
            InputError: More than may be given back, nothing, or no reason.
            RuleError: An earlier refund is unresolved, the shift is closed, or the sale's receipt is
                not made yet (code RECEIPT_FIRST: make it, or a senior gives it up).
            ApprovalNeeded: The person may not.
        """
        plan, draft = self._prepare(wish, approval)
        if not plan.cards:
            return self._finish(draft, plan.cash_minor)
        with contextlib.ExitStack() as held:
            for kind in {back.original.kind for back in plan.cards}:
                held.enter_context(self._roads.alone(kind))
            refund_pending.write(self._store, PendingRefund(draft, plan.cards))
        return self._go_on(on_progress)

    def _prepare(self, wish: RefundWish, approval: Approval | None) -> tuple[RefundPlan, Refund]:
        person = self._desk.session.require(Action.REFUND, approval)
        shift = self._shifts.opened()
        if refund_pending.read(self._store) is not None:
            raise texts.REFUND_OPEN.rule_error("REFUND_OPEN")
        self._fiscal.require_receipt(wish.sale_id)
        plan = self.rehearse(wish)
        if plan.needs_cash_right and approval is None:
            self._desk.session.require(Action.REFUND_CASH_FOR_CARD)
        self._check_drawer(plan.cash_minor)
        ids = self._desk.ids
        tenders = [
            replace(back.original, payment_id=PaymentId(ids.new()), amount_minor=back.amount_minor)
            for back in plan.cards
        ]
        if plan.cash_minor:
            tenders.append(refund_plan.cash_tender(PaymentId(ids.new()), plan.cash_minor))
        return plan, Refund(
            refund_id=RefundId(ids.new()),
            sale_id=wish.sale_id,
            shift_id=shift.shift_id,
            cashier_id=person.staff_id,
            cashier_name=person.name,
            refunded_at=self._desk.clock.now(),
            reason=clean_line(wish.reason),
            lines=plan.lines,
            amount_minor=plan.amount_minor,
            tenders=tuple(tenders),
        )

    def _check_drawer(self, cash_minor: int) -> None:
        if not cash_minor:
            return
        have = self._shifts.totals().expected_cash_minor
        if cash_minor > have:
            raise texts.CASH_SHORT.fill(have=format_money(have)).input_error("CASH_SHORT")

    def _go_on(self, on_progress: TerminalProgress | None = None) -> RefundResult:
        """Do the card movements that have not been done yet, then enter the refund."""
        kept = refund_pending.read(self._store)
        assert kept is not None
        tenders = [t for t in kept.refund.tenders if t.kind in BY_DEVICE]
        for back, tender in zip(kept.cards, tenders, strict=True):
            with self._store.reader() as db:
                intent = db.payments.find(tender.payment_id)
            if intent is None:
                ended = self._move(kept.refund, back, tender, on_progress)
                if ended is not None:
                    return ended
            elif intent.state in {PaymentState.INTENT, PaymentState.UNKNOWN}:
                return self._unknown(Movement(is_unknown=True), intent.kind)
            elif intent.state is PaymentState.DECLINED:
                break
        return self._enter(kept)

    def _move(
        self,
        refund: Refund,
        back: CardBack,
        tender: Tender,
        on_progress: TerminalProgress | None,
    ) -> RefundResult | None:
        """Give one payment back; None means approved."""
        with self._roads.alone(tender.kind) as road:
            try:
                mark = road.mark()
            except FinalError as error:
                movement = Movement(words=Words(error.ru, error.en), code=error.code)
                return self._stopped(movement, tender.kind)
            intent = PaymentIntent(
                tender.payment_id,
                refund.sale_id,
                -back.amount_minor,
                PaymentState.INTENT,
                self._desk.clock.now(),
                mark,
                reference=back.original,
                kind=tender.kind,
            )
            with self._store.unit() as uow:
                uow.payments.add(intent)
                uow.commit()
            return self._ended(intent, road.give_back(intent, back.original, on_progress))

    def _ended(self, intent: PaymentIntent, movement: Movement) -> RefundResult | None:
        state = PaymentState.DECLINED
        if movement.is_unknown:
            state = PaymentState.UNKNOWN
        elif movement.is_approved:
            state = PaymentState.APPROVED
        with self._store.unit() as uow:
            uow.payments.update(replace(intent, state=state))
            uow.commit()
        if state is PaymentState.UNKNOWN:
            return self._unknown(movement, intent.kind)
        if state is PaymentState.DECLINED:
            return self._stopped(movement, intent.kind)
        return None

    def _unknown(self, movement: Movement, kind: TenderKind) -> RefundResult:
        if kind is TenderKind.SBP:
            return RefundResult(RefundPhase.UNKNOWN, failure=qr_ways.refund_unknown(movement))
        words = texts.REFUND_UNKNOWN
        failure = Failure(
            movement.code or "REFUND_UNKNOWN", words, (CHECK, SLIP, NOT_PAID), movement.detail
        )
        return RefundResult(RefundPhase.UNKNOWN, failure=failure)

    def _stopped(self, movement: Movement, kind: TenderKind) -> RefundResult:
        """End a refund that was refused: what other payments got back before is entered, no more."""
        kept = refund_pending.read(self._store)
        assert kept is not None
        done = self._enter(kept) if self._approved_parts(kept) else None
        if done is None:
            with self._store.unit() as uow:
                refund_pending.clear(uow)
                uow.commit()
        cash = Way(WayOut.CASH, texts.WAY_CASH, Action.REFUND_CASH_FOR_CARD)
        failure = Failure(
            movement.code or "REFUND_DECLINED",
            qr_texts.SBP_REFUND_REFUSED if kind is TenderKind.SBP else texts.REFUND_DECLINED,
            (RETRY, cash),
            movement.detail,
        )
        refund = done.refund if done else None
        return RefundResult(RefundPhase.FAILED, refund=refund, failure=failure)

    # -------------------------------------------------------------- unknown outcomes
    def resolve(self, on_progress: TerminalProgress | None = None) -> RefundResult:
        """Ask terminal or bank about a refund whose answer was lost, and finish it; device lane.

        Raises:
            RuleError: There is none.
        """
        intent = self._open_intent()
        if intent is None:
            return self._go_on(on_progress)
        ended = self._found(intent)
        return ended if ended is not None else self._go_on(on_progress)

    def confirm_by_slip(self, approval: Approval | None = None) -> RefundResult:
        """Take a lost refund as made: there is a slip; a senior's decision."""
        return self._decide(is_made=True, approval=approval)

    def confirm_not_made(self, approval: Approval | None = None) -> RefundResult:
        """Take a lost refund as not made: there is no slip; a senior's decision."""
        return self._decide(is_made=False, approval=approval)

    def _decide(self, *, is_made: bool, approval: Approval | None) -> RefundResult:
        self._desk.session.require(Action.MANUAL_PAYMENT, approval)
        intent = self._open_intent()
        if intent is None:
            return self._go_on()
        if not is_made:
            ended = self._ended(intent, Movement(words=texts.REFUND_DECLINED))
            assert ended is not None
            return ended
        log.warning("refund movement %s confirmed by slip", intent.payment_id)
        with self._store.unit() as uow:
            uow.payments.update(replace(intent, state=PaymentState.APPROVED))
            uow.commit()
        return self._go_on()

    def recover(self, *, asks_terminal: bool = True) -> RefundResult | None:
        """Finish after a crash a refund that was begun; None if there was none or nothing moved."""
        kept = refund_pending.read(self._store)
        if kept is None:
            return None
        intent = self._open_intent()
        if intent is not None:
            if not (asks_terminal and self._roads.is_there(intent.kind)):
                return self._unknown(Movement(is_unknown=True), intent.kind)
            ended = self._found(intent)
            if ended is not None:
                return ended
        if self._approved_parts(kept):
            return self._enter(kept)
        with self._store.unit() as uow:
            refund_pending.clear(uow)
            uow.commit()
        return None

    def _found(self, intent: PaymentIntent) -> RefundResult | None:
        with self._roads.alone(intent.kind) as road:
            return self._ended(intent, road.find(intent))

    def _open_intent(self) -> PaymentIntent | None:
        kept = refund_pending.read(self._store)
        if kept is None:
            raise texts.PART_UNKNOWN.rule_error("NOTHING_PENDING")
        with self._store.reader() as db:
            intents = [db.payments.find(t.payment_id) for t in kept.refund.tenders]
        for intent in intents:
            if intent and intent.state in {PaymentState.INTENT, PaymentState.UNKNOWN}:
                return intent
        return None

    # -------------------------------------------------------------- the end
    def _approved_parts(self, kept: PendingRefund) -> Sequence[Tender]:
        with self._store.reader() as db:
            return [
                tender
                for tender in kept.refund.tenders
                if tender.kind in BY_DEVICE
                and (intent := db.payments.find(tender.payment_id)) is not None
                and intent.state is PaymentState.APPROVED
            ]

    def _enter(self, kept: PendingRefund) -> RefundResult:
        approved = self._approved_parts(kept)
        cash = [t for t in kept.refund.tenders if t.kind is TenderKind.CASH]
        refund = kept.refund
        if len(approved) < len(kept.cards):
            # Only what really went back is entered; it is a sum, the lines stay refundable.
            amount = sum(tender.amount_minor for tender in approved)
            refund = replace(refund, tenders=tuple(approved), amount_minor=amount, lines=())
            cash = []
        return self._finish(refund, sum(tender.amount_minor for tender in cash))

    def _finish(self, refund: Refund, cash_minor: int) -> RefundResult:
        sale = self.look(refund.sale_id).sale
        receipt = self._fiscal.refund_task(refund, sale)
        is_ours = self._desk.house.settings.prints_receipts and self._printing.has_printer
        with self._store.unit() as uow:
            self._write(uow, refund, sale)
            stopped = kitchen_refund.take_back(
                uow, self._desk.kitchen, sale, refund, self._desk.clock.now()
            )
            if receipt is not None:
                uow.fiscal.add(receipt)  # paper comes from the register, or after it
            elif is_ours:
                uow.print_jobs.add(self._printing.refund_job(refund, sale))
            uow.commit()
        if stopped is not None:
            self._desk.kitchen.let_go(stopped)
        self._desk.wake_sync()
        self._fiscal.wake()
        self._printing.drawers.paid({tender.kind.value for tender in refund.tenders})
        self._printing.wake()
        return RefundResult(
            RefundPhase.DONE, refund, cash_minor, is_kitchen_told=stopped is not None
        )

    def _write(self, uow: UnitOfWork, refund: Refund, sale: Sale) -> None:
        given = sum(x.amount_minor for x in uow.sales.list_refunds(sale.sale_id))
        if given + refund.amount_minor > sale.due_minor:
            rest = format_money(max(0, sale.due_minor - given))
            raise texts.REFUND_TOO_MUCH.fill(rest=rest).input_error("REFUND_TOO_MUCH")
        uow.sales.add_refund(refund)
        uow.outbox.add(self._desk.operations.refund(refund, sale))
        refund_pending.clear(uow)
