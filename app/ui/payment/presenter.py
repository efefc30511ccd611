"""Taking money: asks the checkout, shows where it stands, and offers every way out.

    on_enter -> checkout.start -> page -> pay_cash | pay_card | ... -> page -> DONE -> next guest

Cash runs on the till's lane; whatever asks the terminal runs on the device's lane, so that the
screen and the rest of the till stay usable meanwhile.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal
from typing_extensions import override

from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.kernel.ids import PaymentId, SaleId
from app.till.order import Approval, Lights, OrderState, StepName, StepState, StepStatus
from app.till.payment_states import CheckoutState, Completed, Phase, WayOut
from app.till.permissions import Action
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound
from app.ui.dates import say
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.payment import pages
from app.ui.payment.pages import Draft
from app.ui.payment.progress import progress_words
from app.ui.payment.state import (
    CardPage,
    DonePage,
    Page,
    PaymentState,
    SeveralPage,
    Tab,
    TroublePage,
)
from app.ui.payment.trouble_page import RRN_LENGTH
from app.ui.payment.view import PaymentView
from app.ui.text import tr
from app.ui.widgets.amount_entry import AmountEntry
from app.ui.widgets.main_button import MainMeaning

AUTO_NEXT_S: Final = 15
_TABS: Final = {
    "F1": Tab.CASH,
    "F2": Tab.CARD,
    "F3": Tab.SBP,
    "F4": Tab.GIFT_CARD,
    "F5": Tab.SEVERAL,
}
_QUEUE_TOPICS: Final = frozenset({"print_jobs", "outbox"})


class PaymentPresenter(QObject, BaseScreen):
    """Shows the payment of the order on the desk.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
    """

    screen_id = ScreenId.PAYMENT
    placement = Placement.WORK
    _progressed = Signal(str, str)

    def __init__(self, tools: Tools, till: Till) -> None:
        super().__init__()
        self._tools, self._till = tools, till
        self._checkout = till.checkout
        self._state: CheckoutState | None = None
        self._draft = Draft()
        self._page: Page | None = None
        self._removed: PaymentId | None = None
        self._card_part: int | None = None
        self._paid_order: OrderState | None = None
        self._shown = False
        self.view = PaymentView()
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._on_tick)
        self._connect_signals()

    @property
    def page(self) -> Page | None:
        """Return what is shown, None before the first payment."""
        return self._page

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Begin to take money for the order on the desk."""
        self._shown = True
        self._draft = Draft(running_minor=self._draft.running_minor)
        self._tick.start()
        self.view.setFocus()
        self._run(self._checkout.start, failure=self._on_cannot_start)

    @override
    def on_leave(self) -> None:
        """Forget what was typed; the payment itself is kept by the checkout."""
        self._shown = False
        self._tick.stop()
        if self._page is not None and isinstance(self._page, DonePage):
            self._finish()

    @override
    def main_meaning(self) -> MainMeaning | None:
        """Return what the main button means on this page."""
        if self._page is None or self._state is None:
            return None
        return pages.main_meaning(self._page, self._draft, self._state.remaining_minor)

    @override
    def on_main(self, key: str) -> None:
        """Take the money in the way the page says, or go on to the next guest."""
        if key == pages.ACCEPT:
            self._accept_cash()
        elif key == pages.REST:
            self._take_part_and_go_on()
        elif key == pages.PART:
            self._take_cash_part()
        elif key == pages.CARD:
            self._take_card_part()
        elif key == pages.NEXT:
            self.next_guest()

    @override
    def on_key(self, key: str) -> bool:
        """Take F1 to F5, digits, Esc, and Enter for the first way out."""
        if key in _TABS:
            self.choose_tab(_TABS[key])
        elif key == "Esc":
            self.back()
        elif key == "Enter" and isinstance(self._page, TroublePage):
            self._enter_in_trouble(self._page)
        elif key == "Backspace":
            self.erase()
        elif len(key) == 1 and (key.isdigit() or key in ",."):
            self.type_key(key)
        else:
            return key == "F11" and self._is_money_moving()  # nobody leaves while money moves
        return True

    # ------------------------------------------------------------ typing

    def type_key(self, key: str) -> None:
        """Add a digit or comma to the sum, or to the RRN."""
        if self._draft.asks_slip:
            self._type_slip(key)
        elif not self._draft.busy:
            self._change(entry=self._draft.entry.typed(key), error=None)

    def erase(self) -> None:
        """Take the last sign away."""
        if self._draft.asks_slip:
            self._change(slip=self._draft.slip[:-1], slip_error=None)
        else:
            self._change(entry=self._draft.entry.erased(), error=None)

    def _type_slip(self, key: str) -> None:
        if key.isdigit() and len(self._draft.slip) < RRN_LENGTH:
            self._change(slip=self._draft.slip + key, slip_error=None)

    def choose_tab(self, tab: Tab) -> None:
        """Choose a way to pay; the card begins at once."""
        state = self._state
        if state is None or self._draft.busy or isinstance(self._page, CardPage | DonePage):
            return
        if isinstance(self._page, TroublePage):
            return
        allowed = {t.tab: t for t in pages.tabs_of(state)}
        if not allowed[tab].is_enabled:
            why = allowed[tab].why_not
            if why is not None:
                self._tools.bridge.toast(say(why))
            return
        self._change(tab=tab, entry=AmountEntry(), error=None)
        if tab is Tab.CARD:
            self._pay_card(None)

    def choose_kind(self, kind: TenderKind) -> None:
        """Choose the tender of the next part."""
        self._change(kind=kind, error=None)

    # ------------------------------------------------------------ cash

    def pay_exact(self) -> None:
        """Take the exact sum in cash at once (T60)."""
        if not self._draft.busy:
            self._run(self._checkout.pay_exact_cash)

    def _accept_cash(self) -> None:
        entry = self._draft.entry
        if entry.is_empty:
            self.pay_exact()
            return
        received = entry.minor
        self._run(lambda: self._checkout.pay_cash(received))

    def _take_part_and_go_on(self) -> None:
        part = self._draft.entry.minor
        self._change(tab=Tab.SEVERAL, kind=self._kind_for_rest(), error=None)
        if part:
            self._change(entry=AmountEntry())
            self._run(lambda: self._checkout.pay_cash(part, part_minor=part))

    def _kind_for_rest(self) -> TenderKind:
        methods = self._state.methods if self._state else ()
        has_card = any(m.kind is TenderKind.CARD and m.is_enabled for m in methods)
        return TenderKind.CARD if has_card else TenderKind.CASH

    def _take_cash_part(self) -> None:
        page = self._page
        assert isinstance(page, SeveralPage)
        sum_minor = page.next_minor
        if page.entry.is_empty or sum_minor >= page.remaining_minor:
            received = None if page.entry.is_empty else sum_minor
            self._run(lambda: self._checkout.pay_cash(received))
        else:
            self._run(lambda: self._checkout.pay_cash(sum_minor, part_minor=sum_minor))

    # ------------------------------------------------------------ card

    def _take_card_part(self) -> None:
        page = self._page
        assert isinstance(page, SeveralPage)
        self._pay_card(None if page.entry.is_empty else page.next_minor)

    def _pay_card(self, part_minor: int | None) -> None:
        assert self._state is not None
        self._card_part = part_minor
        asked = self._state.remaining_minor if part_minor is None else part_minor
        self._run_card(lambda: self._checkout.pay_card(part_minor, self._on_progress), asked)

    def cancel_on_terminal(self) -> None:
        """Ask the terminal to stop; the payment ends by itself, with or without money."""
        self._change(is_cancelling=True)
        self._checkout.abort_card()

    def remove_part(self, payment_id: str) -> None:
        """Give a paid part back."""
        state = self._state
        if state is None or self._draft.busy:
            return
        part = PaymentId(payment_id)
        tender = next((t for t in state.order.order.tenders if t.payment_id == part), None)
        if tender is None:
            return
        self._removed = part
        if tender.kind is TenderKind.CARD:
            self._run_card(
                lambda: self._checkout.remove_part(part, self._on_progress), tender.amount_minor
            )
        else:
            self._run(lambda: self._checkout.remove_part(part))

    def _on_progress(self, progress: object, text: str) -> None:
        """Hear the terminal, on the device's thread."""
        self._progressed.emit(str(getattr(progress, "value", progress)), text)

    def _on_progressed(self, name: str, text: str) -> None:
        if self._draft.running_minor is not None:
            words = progress_words(name, text)
            if words is not None:
                self._change(terminal_words=words)

    # ------------------------------------------------------------ ways out

    def go_way(self, way: WayOut) -> None:
        """Go a way out of a failure."""
        if self._draft.busy:
            return
        steps: dict[WayOut, Callable[[], object]] = {
            WayOut.RETRY: self._retry,
            WayOut.CASH: lambda: self._dismiss(Tab.CASH),
            WayOut.OTHER_TENDER: lambda: self._dismiss(Tab.SEVERAL),
            WayOut.CHECK: self._check,
            WayOut.SLIP: lambda: self._change(asks_slip=True, slip="", slip_error=None),
            WayOut.NOT_PAID: self._not_paid,
            WayOut.CANCEL: self._abandon,
            WayOut.RESERVE_AGAIN: self._reserve_again,
            WayOut.WITHOUT_POINTS: lambda: self._run(self._checkout.accept_lost_points),
            WayOut.BACK: self._leave_failure,
            WayOut.NEXT_GUEST: self.next_guest,
        }
        steps[way]()

    def _retry(self) -> None:
        state = self._state
        assert state is not None
        removed, self._removed = self._removed, None
        if removed is not None:
            self.remove_part(removed)
        elif state.remaining_minor == 0:
            self._run(self._checkout.go_on)
        else:
            self._pay_card(self._card_part)

    def _dismiss(self, tab: Tab) -> None:
        kind = TenderKind.CASH if tab is Tab.CASH else self._draft.kind
        self._change(tab=tab, kind=kind, entry=AmountEntry(), error=None)
        self._run(self._checkout.dismiss)

    def _check(self) -> None:
        self._change(busy=True)
        self._run(self._checkout.resolve_payment, lane=Lane.DEVICE)

    def _abandon(self) -> None:
        pending = self._state.pending if self._state else None
        asked = abs(pending.amount_minor) if pending else 0
        self._run_card(lambda: self._checkout.abandon_payment(self._on_progress), asked)

    def _not_paid(self) -> None:
        self._tools.approvals.run(
            self._checkout.confirm_not_paid, success=self._on_state, failure=self._on_failure
        )

    def confirm_slip(self) -> None:
        """Take the payment as made, by the RRN that was typed; a senior's decision."""
        rrn = self._draft.slip

        def confirm(approval: Approval | None) -> CheckoutState:
            return self._checkout.confirm_by_slip(rrn, approval)

        self._tools.approvals.run(confirm, success=self._on_state, failure=self._on_slip_refused)

    def _on_slip_refused(self, error: AppError) -> None:
        self._change(slip_error=Words(error.ru, error.en))

    def _reserve_again(self) -> None:
        state = self._state
        lost = state.order.order.points_lost_minor if state else 0
        guests = self._till.guests
        self._change(busy=True)

        def hold() -> CheckoutState:
            guests.redeem(lost)
            return self._checkout.start()

        self._run(hold, lane=Lane.NET)

    def _leave_failure(self) -> None:
        self._tools.ops.run(self._checkout.dismiss, success=self._on_left)

    def _on_left(self, state: CheckoutState) -> None:
        self._on_state(state)
        self._tools.stage.go(ScreenId.SALE)

    def _enter_in_trouble(self, page: TroublePage) -> None:
        if page.asks_slip:
            if len(page.slip) == RRN_LENGTH:
                self.confirm_slip()
            return
        way = pages.first_way(page)
        if way is not None:
            self.go_way(way)

    def back(self) -> None:
        """Back to the order, unless money is moving; a finished sale goes on to the next guest."""
        if isinstance(self._page, DonePage):
            self.next_guest()
        elif self._draft.asks_slip:
            self._change(asks_slip=False)
        elif not self._is_money_moving():
            self._tools.stage.go(ScreenId.SALE)

    def _is_money_moving(self) -> bool:
        is_unknown = self._state is not None and self._state.phase is Phase.UNKNOWN
        return self._draft.busy or self._draft.running_minor is not None or is_unknown

    # ------------------------------------------------------------ done

    def next_guest(self) -> None:
        """Leave the finished sale for the next order."""
        self._tools.stage.go(ScreenId.SALE)

    def print_copy(self) -> None:
        """Print a copy of the receipt that was just made."""
        done = self._state.done if self._state else None
        if done is None:
            return
        sale_id: SaleId = done.sale.sale_id
        self._change(auto_next_s=None)
        self._tools.ops.run(
            lambda: self._till.printing.reprint(sale_id),
            success=lambda _job: self._tools.bridge.toast(tr("The copy is being printed")),
        )

    def _finish(self) -> None:
        state = self._state
        self._forget()
        if state is not None:
            self._tools.board.publish(state.order)
        self._tools.ops.run(self._checkout.dismiss, success=lambda s: self._publish(s.order))

    def _forget(self) -> None:
        self._state, self._page, self._paid_order = None, None, None
        self._draft = Draft()

    def _publish(self, order: OrderState) -> None:
        if not self._shown:
            self._tools.board.publish(order)

    def _load_steps(self, done: Completed) -> None:
        self._tools.ops.run(
            lambda: self._till.progress(done), success=self._on_steps, lane=Lane.QUERY
        )

    def _on_steps(self, steps: tuple[StepState, ...]) -> None:
        if self._state is None or self._state.done is None:
            return
        if steps != self._draft.done_steps:
            self._change(done_steps=steps)
            self._publish_done(steps)

    def _publish_done(self, steps: tuple[StepState, ...]) -> None:
        """Show the finished order on the panel with its light, until the next guest."""
        if self._paid_order is None:
            return
        receipt = next((s for s in steps if s.name is StepName.PRINT), None)
        words = receipt.words if receipt else Words("Оплачен", "Paid")
        status = receipt.status if receipt else StepStatus.WAITING
        lights = Lights(StepStatus.DONE, StepStatus.DONE, status, words)
        self._tools.board.publish(replace(self._paid_order, lights=lights, warning=None))

    # ------------------------------------------------------------ state

    def _run(
        self,
        op: Callable[[], CheckoutState],
        *,
        lane: Lane = Lane.TILL,
        failure: Callable[[AppError], object] | None = None,
    ) -> None:
        self._change(busy=True, error=None)
        self._tools.ops.run(
            op, success=self._on_state, failure=failure or self._on_failure, lane=lane
        )

    def _run_card(self, op: Callable[[], CheckoutState], asked_minor: int) -> None:
        self._change(running_minor=asked_minor, elapsed_s=0, terminal_words=None, error=None)
        self._run(op, lane=Lane.DEVICE)

    def _on_state(self, state: CheckoutState) -> None:
        was_done = self._state is not None and self._state.phase is Phase.DONE
        before = self._tools.board.state
        self._state = state
        self._draft = replace(
            self._draft,
            busy=False,
            running_minor=None,
            is_cancelling=False,
            asks_slip=False,
            terminal_words=None,
        )
        if state.phase is Phase.DONE and not was_done:
            self._on_done(state, before)
        elif state.phase is not Phase.DONE:
            self._after_part(state)
            self._tools.board.publish(state.order)
        self._show()

    def _on_done(self, state: CheckoutState, before: OrderState | None) -> None:
        done = state.done
        assert done is not None
        is_his = before is not None and before.order.sale_id == done.sale.sale_id
        self._paid_order = before if is_his else None
        may_go_on = done.change_minor == 0
        self._draft = Draft(auto_next_s=AUTO_NEXT_S if may_go_on else None)
        self._publish_done(state.steps)
        self._tools.bridge.sound(Sound.SALE_DONE)
        self._load_steps(done)

    def _after_part(self, state: CheckoutState) -> None:
        if state.order.order.tenders and self._draft.tab is not Tab.SEVERAL:
            self._draft = replace(self._draft, tab=Tab.SEVERAL)
        if state.phase is Phase.TAKING:
            tab = Tab.CASH if self._draft.tab is Tab.CARD else self._draft.tab
            self._draft = replace(self._draft, tab=tab, entry=AmountEntry())

    def _on_failure(self, error: AppError) -> None:
        self._draft = replace(
            self._draft, busy=False, running_minor=None, error=Words(error.ru, error.en)
        )
        self._tools.bridge.sound(Sound.ERROR)
        if self._state is None or self._state.failure is not None:
            self._tools.bridge.show_error(error)
        self._show()

    def _on_cannot_start(self, error: AppError) -> None:
        self._draft = Draft()
        self._tools.bridge.show_error(error)
        self._tools.stage.go(ScreenId.SALE)

    def _change(self, **changes: object) -> None:
        self._draft = replace(self._draft, **changes)  # type: ignore[arg-type]  # fields of Draft
        self._show()

    def _show(self) -> None:
        state = self._state
        if state is None:
            return
        can_decide = self._till.session.allowed(Action.MANUAL_PAYMENT)
        page = pages.page_of(state, self._draft, can_decide)
        self._page = page
        moving = self._is_money_moving() or isinstance(page, DonePage)
        self.view.render(
            PaymentState(
                page=page,
                tabs=pages.tabs_of(state),
                tab=pages.tab_of(page, self._draft),
                can_go_back=not moving,
                busy=self._draft.busy,
            )
        )
        if self._shown:
            self._tools.stage.refresh_main()

    def _on_tick(self) -> None:
        draft = self._draft
        if draft.running_minor is not None:
            self._change(elapsed_s=draft.elapsed_s + 1)
        elif draft.auto_next_s is not None and isinstance(self._page, DonePage):
            if draft.auto_next_s <= 1:
                self.next_guest()
            else:
                self._change(auto_next_s=draft.auto_next_s - 1)

    def _on_changes(self, topics: object) -> None:
        done = self._state.done if self._state else None
        if done is not None and isinstance(topics, frozenset) and topics & _QUEUE_TOPICS:
            self._load_steps(done)

    def _on_board(self, order: object) -> None:
        """Go on by itself when the next order gets its first product on the done screen."""
        done = self._state.done if self._state else None
        if done is None or not self._shown or not isinstance(order, OrderState):
            return
        if order.order.sale_id != done.sale.sale_id and not order.cart.is_empty:
            self._forget()
            self._tools.ops.run(self._checkout.dismiss)
            self._tools.stage.go(ScreenId.SALE)

    def _connect_signals(self) -> None:
        view = self.view
        view.back_wanted.connect(self.back)
        view.tab_chosen.connect(self.choose_tab)
        view.key_typed.connect(self.type_key)
        view.erased.connect(self.erase)
        view.language_changed.connect(self._tools.stage.refresh_main)
        view.cash.cleared.connect(lambda: self._change(entry=AmountEntry(), error=None))
        view.cash.sum_chosen.connect(self._on_sum_chosen)
        view.cash.exact_wanted.connect(self.pay_exact)
        view.cash.rest_wanted.connect(self._take_part_and_go_on)
        view.card.cancel_wanted.connect(self.cancel_on_terminal)
        view.several.rest_chosen.connect(lambda: self._change(entry=AmountEntry(), error=None))
        view.several.kind_chosen.connect(self.choose_kind)
        view.several.part_removed.connect(self.remove_part)
        view.trouble.way_chosen.connect(self.go_way)
        view.trouble.slip_confirmed.connect(self.confirm_slip)
        view.trouble.slip_cancelled.connect(lambda: self._change(asks_slip=False))
        view.done.copy_wanted.connect(self.print_copy)
        view.done.stay_wanted.connect(lambda: self._change(auto_next_s=None))
        self._progressed.connect(self._on_progressed)
        self._tools.changes.happened.connect(self._on_changes)
        self._tools.board.changed.connect(self._on_board)

    def _on_sum_chosen(self, minor: int) -> None:
        self._change(entry=AmountEntry.of(minor), error=None)
