"""The payment screen: shows where the payment stands, types sums, and ends with the next guest."""

from typing import Final

from PySide6.QtCore import QObject, QTimer
from typing_extensions import override

from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.till.order import OrderState
from app.till.payment_states import CheckoutState, Completed, WayOut
from app.till.permissions import Action
from app.till.till import Till
from app.ui.dates import say
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.payment import pages
from app.ui.payment.finished_sale import FinishedSale
from app.ui.payment.flow import PaymentFlow
from app.ui.payment.receipt_road import ReceiptRoad
from app.ui.payment.state import (
    CardPage,
    CashPage,
    DonePage,
    Page,
    PaymentState,
    SbpPage,
    SeveralPage,
    Tab,
    TroublePage,
)
from app.ui.payment.trouble_page import number_length
from app.ui.payment.view import PaymentView
from app.ui.text import tr
from app.ui.widgets.amount_entry import AmountEntry
from app.ui.widgets.main_button import MainMeaning

_TABS: Final = {
    "F1": Tab.CASH,
    "F2": Tab.CARD,
    "F3": Tab.SBP,
    "F4": Tab.GIFT_CARD,
    "F5": Tab.SEVERAL,
}
_QUEUE_TOPICS: Final = frozenset({"print_jobs", "outbox", "fiscal"})


class PaymentPresenter(QObject, BaseScreen):
    """Shows the payment of the order on the desk.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.PAYMENT
    placement = Placement.WORK

    def __init__(self, tools: Tools, till: Till, view: PaymentView | None = None) -> None:
        super().__init__()
        self._tools, self._till = tools, till
        self.flow = PaymentFlow(tools, till)
        self._sale = FinishedSale(tools, till, self.flow)
        self._receipt = ReceiptRoad(tools, till, self.flow, self._sale.look)
        self._page: Page | None = None
        self._shown = False
        self.view = view or PaymentView()
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._on_tick)
        self._connect_signals()

    @property
    def page(self) -> Page | None:
        """Return what is shown, None before the first payment."""
        return self._page

    # ------------------------------------------------------------ screen

    @property
    @override
    def is_money_moving(self) -> bool:
        """Tell whether an operation runs or its outcome is not known."""
        return self.flow.is_money_moving

    @override
    def on_enter(self) -> None:
        """Begin to take money for the order on the desk."""
        self._shown = True
        self._tick.start()
        self.view.setFocus()
        self.flow.start()

    @override
    def on_leave(self) -> None:
        """Forget what was typed; the payment itself is kept by the checkout."""
        self._shown = False
        self._tick.stop()
        if self._done is not None:
            self._finish()
        elif self.flow.state is not None:
            self._tools.board.publish(self.flow.state.order)

    @override
    def main_meaning(self) -> MainMeaning | None:
        """Return what the main button means on this page."""
        state = self.flow.state
        if self._page is None or state is None:
            return None
        return pages.main_meaning(self._page, self.flow.draft, state.remaining_minor)

    @override
    def on_main(self, key: str) -> None:
        """Take the money in the way the page says, or go on to the next guest."""
        page = self._page
        match page:
            case CashPage() if key == pages.REST:
                self.flow.pay_part_then_rest(page.entry.minor)
            case CashPage():
                self.flow.pay_cash(None if page.entry.is_empty else page.entry.minor)
            case SeveralPage() if key == pages.PART:
                self._take_cash_part(page)
            case SeveralPage() if key == pages.SBP:
                self.flow.pay_sbp(None if page.entry.is_empty else page.next_minor)
            case SeveralPage():
                self.flow.pay_card(None if page.entry.is_empty else page.next_minor)
            case DonePage():
                self.next_guest()
            case _:
                pass

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
            return key == "F11" and self.flow.is_money_moving  # nobody leaves meanwhile
        return True

    # ------------------------------------------------------------ typing and choosing

    def type_key(self, key: str) -> None:
        """Add a digit or comma to the sum, or to the RRN."""
        draft, page = self.flow.draft, self._page
        if isinstance(page, TroublePage) and page.asks_number:
            if key.isdigit() and len(draft.slip) < number_length(page):
                self.flow.change(slip=draft.slip + key, slip_error=None)
        elif not draft.busy:
            self.flow.change(entry=draft.entry.typed(key), error=None)

    def erase(self) -> None:
        """Take the last sign away."""
        draft = self.flow.draft
        if draft.asks_slip or draft.asks_phone:
            self.flow.change(slip=draft.slip[:-1], slip_error=None)
        else:
            self.flow.change(entry=draft.entry.erased(), error=None)

    def choose_tab(self, tab: Tab) -> None:
        """Choose a way to pay; the card begins at once."""
        state = self.flow.state
        is_choosing = isinstance(self._page, CashPage | SeveralPage)
        if state is None or self.flow.draft.busy or not is_choosing:
            return
        wanted = next((t for t in pages.tabs_of(state) if t.tab is tab), None)
        if wanted is None or not wanted.is_enabled:
            if wanted is not None and wanted.why_not is not None:
                self._tools.bridge.toast(say(wanted.why_not))
            return
        self.flow.change(tab=tab, entry=AmountEntry(), error=None)
        if tab is Tab.CARD:
            self.flow.pay_card(None)
        elif tab is Tab.SBP:
            self.flow.pay_sbp(None)

    def choose_kind(self, kind: TenderKind) -> None:
        """Choose the tender of the next part."""
        self.flow.change(kind=kind, error=None)

    def remove_part(self, payment_id: str) -> None:
        """Give a paid part back."""
        self.flow.remove_part(payment_id)

    def go_way(self, way: WayOut) -> None:
        """Go a way out of a failure, or leave a receipt that is not made for later."""
        done = self._done
        if done is None:
            self.flow.go_way(way)
        elif way is WayOut.NEXT_GUEST:
            self.next_guest()
        else:
            self._receipt.go(way, done)

    def confirm_number(self) -> None:
        """Take the number that was typed: the RRN of the slip, or the phone for the receipt."""
        done = self._done
        if done is None:
            self.flow.confirm_slip()
        else:
            self._receipt.confirm_phone(done)

    def _take_cash_part(self, page: SeveralPage) -> None:
        sum_minor = page.next_minor
        if page.entry.is_empty or sum_minor >= page.remaining_minor:
            self.flow.pay_cash(None if page.entry.is_empty else sum_minor)
        else:
            self.flow.pay_cash(sum_minor, part_minor=sum_minor)

    def _enter_in_trouble(self, page: TroublePage) -> None:
        if page.asks_number:
            if len(page.slip) == number_length(page):
                self.confirm_number()
            return
        way = pages.first_way(page)
        if way is not None:
            self.go_way(way)

    def back(self) -> None:
        """Back to the order, unless money is moving; a finished sale goes on to the next guest."""
        draft = self.flow.draft
        if draft.asks_slip or draft.asks_phone:
            self.flow.change(asks_slip=False, asks_phone=False)
        elif self._done is not None:
            self.next_guest()
        elif isinstance(self._page, SbpPage):
            self.flow.cancel_code()
        elif not self.flow.is_money_moving:
            self._tools.stage.go(ScreenId.SALE)

    def print_code(self) -> None:
        """Print the code for a guest who does not see the screen."""
        self._tools.ops.run(
            self._till.checkout.print_code,
            success=lambda _job: self._tools.bridge.toast(tr("The code is being printed")),
        )

    # ------------------------------------------------------------ done

    def next_guest(self) -> None:
        """Leave the finished sale for the next order."""
        self._tools.stage.go(ScreenId.SALE)

    @property
    def _done(self) -> Completed | None:
        return self._sale.done

    def _finish(self) -> None:
        state = self.flow.state
        self._forget()
        if state is not None:
            self._tools.board.publish(state.order)
        self._tools.ops.run(self._till.checkout.dismiss, success=self._on_dismissed)

    def _on_dismissed(self, state: CheckoutState) -> None:
        if not self._shown:
            self._tools.board.publish(state.order)

    def _forget(self) -> None:
        self._page = None
        self._sale.forget()
        self.flow.forget()

    # ------------------------------------------------------------ state

    def _show(self) -> None:
        state, draft = self.flow.state, self.flow.draft
        if state is None:
            return
        can_decide = self._till.session.allowed(Action.MANUAL_PAYMENT)
        can_print = self._till.printing.has_printer
        page = pages.page_of(state, draft, can_decide, can_print=can_print)
        self._page = page
        self.view.render(
            PaymentState(
                page=page,
                tabs=pages.tabs_of(state),
                tab=pages.tab_of(page, draft),
                can_go_back=state.code is not None
                or not (self.flow.is_money_moving or self._done is not None),
                busy=draft.busy,
            )
        )
        if self._shown:
            self._tools.stage.refresh_main()

    def _on_refused(self, error: AppError) -> None:
        self._tools.bridge.show_error(error)
        self._tools.stage.go(ScreenId.SALE)

    def _on_tick(self) -> None:
        draft = self.flow.draft
        self.flow.tick()
        if isinstance(self._page, CardPage):
            self.flow.change(elapsed_s=draft.elapsed_s + 1)
        elif isinstance(self._page, DonePage) and draft.auto_next_s is not None:
            if draft.auto_next_s <= 1:
                self.next_guest()
            else:
                self.flow.change(auto_next_s=draft.auto_next_s - 1)

    def _on_changes(self, topics: object) -> None:
        if isinstance(topics, frozenset):
            if topics & _QUEUE_TOPICS:
                self._sale.look()
            if "payments" in topics:
                self.flow.on_payments_changed()

    def _on_board(self, order: object) -> None:
        """Go on by itself when the next order gets its first product on the done screen."""
        done = self._done
        if done is None or not self._shown or not isinstance(order, OrderState):
            return
        if order.order.sale_id != done.sale.sale_id and not order.cart.is_empty:
            self._forget()
            self._tools.ops.run(self._till.checkout.dismiss)
            self._tools.stage.go(ScreenId.SALE)

    def _connect_signals(self) -> None:
        view, flow = self.view, self.flow
        flow.changed.connect(self._show)
        flow.finished.connect(self._sale.begin)
        flow.refused.connect(self._on_refused)
        flow.left.connect(lambda: self._tools.stage.go(ScreenId.SALE))
        view.back_wanted.connect(self.back)
        view.tab_chosen.connect(self.choose_tab)
        view.key_typed.connect(self.type_key)
        view.erased.connect(self.erase)
        view.language_changed.connect(self._tools.stage.refresh_main)
        view.cash.cleared.connect(self._clear)
        view.cash.sum_chosen.connect(self._on_sum_chosen)
        view.cash.exact_wanted.connect(flow.pay_exact)
        view.cash.rest_wanted.connect(lambda: self.on_main(pages.REST))
        view.card.cancel_wanted.connect(flow.cancel_on_terminal)
        view.sbp.cancel_wanted.connect(flow.cancel_code)
        view.sbp.check_wanted.connect(flow.check_code)
        view.sbp.print_wanted.connect(self.print_code)
        view.several.rest_chosen.connect(self._clear)
        view.several.kind_chosen.connect(self.choose_kind)
        view.several.part_removed.connect(self.remove_part)
        view.trouble.way_chosen.connect(self.go_way)
        view.trouble.slip_confirmed.connect(self.confirm_number)
        view.trouble.slip_cancelled.connect(lambda: flow.change(asks_slip=False, asks_phone=False))
        view.done.copy_wanted.connect(self._sale.print_copy)
        view.done.stay_wanted.connect(lambda: flow.change(auto_next_s=None))
        self._tools.changes.happened.connect(self._on_changes)
        self._tools.board.changed.connect(self._on_board)

    def _clear(self) -> None:
        self.flow.change(entry=AmountEntry(), error=None)

    def _on_sum_chosen(self, minor: int) -> None:
        self.flow.change(entry=AmountEntry.of(minor), error=None)
