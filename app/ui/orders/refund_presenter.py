"""Giving money back for one sale: rehearsed first, then done once, whatever the terminal says."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject
from typing_extensions import override

from app.domain.sale import Refund
from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.kernel.ids import LineId, SaleId
from app.till import kitchen_texts
from app.till.order import Approval
from app.till.payment_states import WayOut
from app.till.permissions import Action
from app.till.refund_plan import Refundable, RefundBy, RefundPlan, RefundWish
from app.till.refunds import RefundPhase, RefundResult
from app.till.register_book import RegisterStep
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound, Tone
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.orders.refund_receipt import RECEIPT_FIRST, RECEIPT_WAYS, RefundReceipt
from app.ui.orders.refund_view import RefundView
from app.ui.orders.state import Mode, RefundLine, RefundState, RefundWay, Rehearsal
from app.ui.text import language, tr
from app.ui.widgets.amount_entry import AmountEntry

#: A rehearsal before the reason is chosen; it is never sent.
_NO_REASON_YET: Final = "-"


@dataclass(frozen=True, slots=True)
class _Facts:
    found: Refundable
    balance_minor: int | None
    drawer_minor: int | None


class RefundPresenter(QObject, BaseScreen):
    """Works a refund out and does it.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.REFUND
    placement = Placement.FULL

    def __init__(self, tools: Tools, till: Till, view: RefundView | None = None) -> None:
        super().__init__()
        self._tools, self._till, self._refunds = tools, till, till.refunds
        self._receipt = RefundReceipt(tools, till)
        self._sale_id: SaleId | None = None
        self._is_pending = False
        self._asked = 0
        self._entered = 0
        self._done: Refund | None = None
        self._state = RefundState(0, Mode.WHOLE, (), AmountEntry())
        self.view = view or RefundView()
        self._connect_signals()

    @property
    def state(self) -> RefundState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ beginning

    def open_sale(self, sale_id: SaleId) -> None:
        """Begin a refund of this sale; the screen is entered next."""
        self._sale_id, self._is_pending = sale_id, False

    def open_pending(self) -> None:
        """Take up the refund whose outcome is not known; the screen is entered next."""
        self._sale_id, self._is_pending = None, True

    @override
    def on_enter(self) -> None:
        """Show what may be given back."""
        self._entered += 1
        entered, self._done = self._entered, None
        self._state = RefundState(0, Mode.WHOLE, (), AmountEntry())
        self.view.render(self._state)
        self.view.setFocus()
        if self._is_pending:
            self._run(lambda _approval: self._refunds.resolve(), running=True)
            return
        sale_id = self._sale_id
        if sale_id is None:
            self._tools.stage.go(ScreenId.ORDERS)
            return
        self._tools.ops.run(
            lambda: self._read(sale_id),
            success=lambda facts: self._on_looked(facts, entered),
            lane=Lane.QUERY,
        )

    @override
    def on_key(self, key: str) -> bool:
        """Take digits of the sum, Enter when it is done, Esc."""
        if key == "Esc":
            self.back()
        elif key == "Enter" and self._state.done_cash_minor is not None:
            self._tools.stage.go(ScreenId.ORDERS)
        elif key == "Backspace":
            self.erase()
        elif len(key) == 1 and (key.isdigit() or key in ",."):
            self.type_key(key)
        else:
            return False
        return True

    def back(self) -> None:
        """Back to the list, unless the terminal works."""
        if not self._state.running:
            self._tools.stage.go(ScreenId.ORDERS)

    def _read(self, sale_id: SaleId) -> _Facts:
        is_hidden = self._till.house.settings.is_blind_count or self._till.shift.current is None
        return _Facts(
            found=self._refunds.look(sale_id),
            balance_minor=self._till.orders.guest_balance(sale_id),
            drawer_minor=None if is_hidden else self._till.shift.totals().expected_cash_minor,
        )

    def _on_looked(self, facts: _Facts, entered: int) -> None:
        if entered != self._entered:
            return  # the screen was entered again meanwhile
        found = facts.found
        loyalty = found.sale.loyalty
        lines = tuple(
            RefundLine(line.line_id, line.name, line.rest_milli, line.rest_minor)
            for line in found.lines
            if line.rest_milli > 0
        )
        self._put(
            number=found.sale.number,
            lines=_chosen(lines, self._state.mode),  # a quick hand has chosen it already
            guest=loyalty.card.first_name if loyalty else "",
            can_card=any(found.rest_of(kind) > 0 for kind in (TenderKind.CARD, TenderKind.SBP)),
            balance_minor=facts.balance_minor,
            drawer_minor=facts.drawer_minor,
            paid=tuple((tender.kind, tender.amount_minor) for tender in found.sale.tenders),
            paid_points_minor=found.sale.priced.points_minor,
        )
        self._rehearse()

    # ------------------------------------------------------------ choosing

    def choose_mode(self, mode: Mode) -> None:
        """Give back all, lines, or a sum."""
        if not self._state.can_change:
            return
        self._put(mode=mode, lines=_chosen(self._state.lines, mode), error=None)
        self._rehearse()

    def change_line(self, line_id: str, milli: int) -> None:
        """Choose how much of a line."""
        lines = tuple(
            replace(line, chosen_milli=milli) if line.line_id == line_id else line
            for line in self._state.lines
        )
        self._put(lines=lines, error=None)
        self._rehearse()

    def set_reason(self, reason: str) -> None:
        """Say why."""
        self._put(reason=reason, error=None)

    def set_by_cash(self, by_cash: bool) -> None:
        """Give cash instead of the way it was paid."""
        self._put(by_cash=by_cash, error=None)
        self._rehearse()

    def type_key(self, key: str) -> None:
        """Add a digit or comma to the sum."""
        if self._state.mode is Mode.SUM and self._state.can_change:
            self._put(entry=self._state.entry.typed(key), error=None)
            self._rehearse()

    def erase(self) -> None:
        """Take the last sign away."""
        if self._state.mode is Mode.SUM and self._state.can_change:
            self._put(entry=self._state.entry.erased(), error=None)
            self._rehearse()

    def _wish(self, reason: str) -> RefundWish | None:
        state, sale_id = self._state, self._sale_id
        if sale_id is None:
            return None
        by = RefundBy.CASH if state.by_cash else RefundBy.AS_PAID
        if state.mode is Mode.WHOLE:
            return RefundWish(sale_id, reason, by=by)
        if state.mode is Mode.SUM:
            return RefundWish(sale_id, reason, amount_minor=state.entry.minor, by=by)
        quantities = {
            LineId(line.line_id): line.chosen_milli for line in state.lines if line.chosen_milli
        }
        return RefundWish(sale_id, reason, quantities=quantities, by=by) if quantities else None

    def _rehearse(self) -> None:
        wish = self._wish(_NO_REASON_YET)
        self._asked += 1
        asked = self._asked
        nothing_typed = self._state.mode is Mode.SUM and not self._state.entry.minor
        if wish is None or nothing_typed:
            self._put(plan=None)
            return
        self._tools.ops.run(
            lambda: self._refunds.rehearse(wish),
            success=lambda plan: self._on_plan(plan, asked),
            failure=lambda error: self._on_no_plan(error, asked),
            lane=Lane.QUERY,
        )

    def _on_plan(self, plan: RefundPlan, asked: int) -> None:
        if asked != self._asked:
            return
        points = plan.points
        amounts = {str(line.line_id): line.amount_minor for line in plan.lines}
        self._put(
            lines=tuple(
                replace(line, chosen_minor=amounts.get(line.line_id, 0))
                for line in self._state.lines
            ),
            plan=Rehearsal(
                amount_minor=plan.amount_minor,
                cash_minor=plan.cash_minor,
                cards=tuple(
                    (back.original.masked_pan, back.amount_minor)
                    for back in plan.cards
                    if back.original.kind is TenderKind.CARD
                ),
                phones=tuple(
                    back.amount_minor for back in plan.cards if back.original.kind is TenderKind.SBP
                ),
                returned_minor=points.returned_regular_minor + points.returned_promo_minor,
                earned_back_minor=points.earned_back_minor,
                needs_senior=self._needs_senior(plan),
            ),
        )

    def _needs_senior(self, plan: RefundPlan) -> bool:
        allowed = self._till.session.allowed
        may_cash = not plan.needs_cash_right or allowed(Action.REFUND_CASH_FOR_CARD)
        return not (allowed(Action.REFUND) and may_cash)

    def _on_no_plan(self, error: AppError, asked: int) -> None:
        if asked == self._asked:
            self._put(plan=None, error=Words(error.ru, error.en))

    # ------------------------------------------------------------ doing

    def refund(self) -> None:
        """Give the money back; a senior's PIN is asked for where it is needed."""
        wish = self._wish(self._state.reason)
        if wish is None or self._state.busy:
            return
        has_card = self._state.plan is not None and self._state.plan.is_by_device
        self._run(lambda approval: self._refunds.refund(wish, approval), running=has_card)

    def go_way(self, way: WayOut) -> None:
        """Go a way out of a failure."""
        steps: dict[WayOut, Callable[[], object]] = {
            WayOut.RETRY: self._again,
            WayOut.CASH: self._again_in_cash,
            WayOut.CHECK: lambda: self._run(lambda _a: self._refunds.resolve(), running=True),
            WayOut.SLIP: lambda: self._run(self._refunds.confirm_by_slip),
            WayOut.NOT_PAID: lambda: self._run(self._refunds.confirm_not_made),
            WayOut.RECEIPT_RETRY: self._make_receipt,
            WayOut.WITHOUT_RECEIPT: self._give_receipt_up,
        }
        if way in steps and not self._state.busy:
            steps[way]()

    def _again(self) -> None:
        self._put(ways=(), error=None)
        self.refund()

    def _again_in_cash(self) -> None:
        self._put(ways=(), error=None, by_cash=True)
        self._rehearse()

    def _run(self, op: Callable[[Approval | None], RefundResult], *, running: bool = False) -> None:
        self._put(busy=True, running=running, error=None)
        self._tools.approvals.run(
            op,
            success=self._on_result,
            failure=self._on_refused,
            asked=self._on_senior_asked,
            lane=Lane.DEVICE,
        )

    def _on_result(self, result: RefundResult) -> None:
        if result.phase is RefundPhase.DONE:
            self._tools.bridge.sound(Sound.SALE_DONE)
            self._put(
                busy=False, running=False, ways=(), error=None, done_cash_minor=result.cash_minor
            )
            self._done = result.refund
            if result.is_kitchen_told:
                self._tools.bridge.toast(kitchen_texts.REFUND_TOLD.text(language()))
            self._look_at_refund_receipt()
            return
        failure = result.failure
        assert failure is not None
        self._tools.bridge.sound(Sound.ERROR)
        self._put(
            busy=False,
            running=False,
            error=failure.words,
            ways=tuple(RefundWay(way.way, way.words) for way in failure.ways),
        )

    def _on_refused(self, error: AppError) -> None:
        words = Words(error.ru, error.en)
        ways = RECEIPT_WAYS if error.code == RECEIPT_FIRST else self._state.ways
        self._put(busy=False, running=False, error=words, ways=ways)

    # ------------------------------------------------------------ the receipt of the sale

    def _make_receipt(self) -> None:
        """Have the receipt of the sale made before it is given back; the screen waits for it."""
        if self._sale_id is not None:
            self._put(busy=True)
            self._receipt.make(
                self._sale_id,
                success=self._on_receipt_asked,
                failure=self._on_refused,
                asked=self._on_senior_asked,
            )

    def _give_receipt_up(self) -> None:
        """Give back a sale that has no receipt and gets none: a senior's decision."""

        def given_up() -> None:
            self._put(busy=False)
            self._again()

        if self._sale_id is not None:
            self._put(busy=True)
            self._receipt.give_up(
                self._sale_id,
                self._state.reason,
                success=given_up,
                failure=self._on_refused,
                asked=self._on_senior_asked,
            )

    def _on_senior_asked(self) -> None:
        self._put(busy=False, running=False)

    def _on_receipt_asked(self) -> None:
        self._put(busy=False)
        self._look_at_receipt()

    def _look_at_receipt(self) -> None:
        """Ask whether the receipt that is waited for is made."""
        sale_id = self._sale_id
        if sale_id is not None and self._state.ways == RECEIPT_WAYS:
            self._receipt.look(
                sale_id, lambda is_made, words: self._on_receipt(sale_id, is_made, words)
            )

    def _on_receipt(self, sale_id: SaleId, is_made: bool, words: Words | None) -> None:
        if self._sale_id != sale_id or self._state.ways != RECEIPT_WAYS:
            return  # another refund is shown by now
        if is_made:
            self._tools.bridge.toast(tr("The receipt is made"), tone=Tone.OK)
            self._put(ways=(), error=None)
        else:
            self._put(error=words)

    def _on_changes(self, topics: object) -> None:
        if isinstance(topics, frozenset) and "fiscal" in topics:
            self._look_at_receipt()
            self._look_at_refund_receipt()

    def _look_at_refund_receipt(self) -> None:
        """Show how the receipt of the refund that is done stands."""
        refund = self._done
        if refund is not None:
            self._tools.ops.run(
                lambda: self._till.register.refund_receipt(refund),
                success=lambda step: self._on_refund_receipt(refund, step),
                lane=Lane.QUERY,
            )

    def _on_refund_receipt(self, refund: Refund, step: RegisterStep | None) -> None:
        if self._done is refund:
            self._put(receipt=step)

    def _put(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # RefundState
        self.view.render(self._state)

    def _connect_signals(self) -> None:
        view = self.view
        view.back_wanted.connect(self.back)
        view.mode_chosen.connect(self.choose_mode)
        view.line_changed.connect(self.change_line)
        view.reason_changed.connect(self.set_reason)
        view.key_typed.connect(self.type_key)
        view.erased.connect(self.erase)
        view.cash_toggled.connect(self.set_by_cash)
        view.refund_wanted.connect(self.refund)
        view.way_chosen.connect(self.go_way)
        view.done.connect(lambda: self._tools.stage.go(ScreenId.ORDERS))
        self._tools.changes.happened.connect(self._on_changes)


def _chosen(lines: tuple[RefundLine, ...], mode: Mode) -> tuple[RefundLine, ...]:
    """Return the lines as a mode begins: all of them, none, or as they were for a sum."""
    if mode is Mode.SUM:
        return lines
    whole = mode is Mode.WHOLE
    return tuple(replace(line, chosen_milli=line.rest_milli if whole else 0) for line in lines)
