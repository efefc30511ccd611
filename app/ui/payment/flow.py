"""The road of one payment: asks the checkout, keeps what was typed, and tells of every change.

    start -> pay_cash | pay_card | remove_part | a way out of a failure -> ... -> finished

Cash runs on the till's lane; whatever asks the terminal runs on the device's lane, so that the
screen and the rest of the till stay usable meanwhile. GUI thread only.
"""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.kernel.ids import PaymentId
from app.till import qr_texts, texts
from app.till.order import Approval, Lights, OrderState, StepStatus
from app.till.payment_states import CheckoutState, Phase, WayOut
from app.till.qr_codes import PhoneCode, is_by_phone
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.payment.code_watch import CodeWatch, is_waiting
from app.ui.payment.pages import Draft
from app.ui.payment.progress import progress_words
from app.ui.payment.state import Tab
from app.ui.widgets.amount_entry import AmountEntry


class PaymentFlow(QObject):
    """Does what the cashier chooses and says where the payment stands.

    Args:
        tools: Lanes, messages, approvals.
        till: The use cases.

    Attributes:
        changed: State or draft are other than before.
        finished: The sale is complete: the `CheckoutState` in phase DONE, once.
        refused: The payment cannot be begun; an `AppError`.
        left: A failure was left for the order.
    """

    changed = Signal()
    finished = Signal(object)
    refused = Signal(object)
    left = Signal()
    _progressed = Signal(str, str)

    def __init__(self, tools: Tools, till: Till) -> None:
        super().__init__()
        self._tools, self._till, self._checkout = tools, till, till.checkout
        self.state: CheckoutState | None = None
        self.draft = Draft()
        self._removed: PaymentId | None = None
        self._card_part: int | None = None
        self._is_by_phone = False
        self.watch = CodeWatch(tools, self._checkout, self._on_watched)
        self._progressed.connect(self._on_progressed)

    # ------------------------------------------------------------ beginning and end

    @property
    def is_money_moving(self) -> bool:
        """Tell whether nobody may leave: an operation runs or its outcome is not known."""
        is_open = self.state is not None and self.state.phase in (Phase.UNKNOWN, Phase.CODE)
        return self.draft.busy or self.draft.running_minor is not None or is_open

    def start(self) -> None:
        """Begin to take money for the order on the desk."""
        self.draft = Draft(running_minor=self.draft.running_minor)
        self._run(self._checkout.start, failure=self._on_cannot_start)

    def forget(self) -> None:
        """Be done with this order."""
        self.state, self.draft = None, Draft()
        self._removed, self._card_part, self._is_by_phone = None, None, False

    def change(self, **changes: object) -> None:
        """Change what was typed or chosen."""
        self.draft = replace(self.draft, **changes)  # type: ignore[arg-type]  # fields of Draft
        self.changed.emit()

    # ------------------------------------------------------------ cash

    def pay_exact(self) -> None:
        """Take all that remains in cash at once (T60)."""
        if not self.draft.busy:
            self._run(self._checkout.pay_exact_cash)

    def pay_cash(self, received_minor: int | None, *, part_minor: int | None = None) -> None:
        """Take cash for all that remains, or for a part."""
        if not self.draft.busy:
            self._run(lambda: self._checkout.pay_cash(received_minor, part_minor=part_minor))

    def pay_part_then_rest(self, part_minor: int) -> None:
        """Take too little cash as a part; the rest goes another way."""
        self.change(tab=Tab.SEVERAL, kind=self._kind_for_rest(), entry=AmountEntry(), error=None)
        if part_minor:
            self.pay_cash(part_minor, part_minor=part_minor)

    def _kind_for_rest(self) -> TenderKind:
        methods = self.state.methods if self.state else ()
        has_card = any(m.kind is TenderKind.CARD and m.is_enabled for m in methods)
        return TenderKind.CARD if has_card else TenderKind.CASH

    # ------------------------------------------------------------ card

    def pay_card(self, part_minor: int | None) -> None:
        """Take all that remains, or a part, by the terminal."""
        if self.state is None or self.draft.busy:
            return
        self._card_part, self._removed, self._is_by_phone = part_minor, None, False
        asked = self.state.remaining_minor if part_minor is None else part_minor
        self._run_card(lambda: self._checkout.pay_card(part_minor, self._on_progress), asked)

    def cancel_on_terminal(self) -> None:
        """Ask the terminal to stop; the payment ends by itself, with or without money."""
        self.change(is_cancelling=True)
        self._checkout.abort_card()

    # ------------------------------------------------------------ phone

    def pay_sbp(self, part_minor: int | None) -> None:
        """Get a code for all that remains, or for a part."""
        if self.state is None or self.draft.busy:
            return
        self._card_part, self._removed, self._is_by_phone = part_minor, None, True
        asked = self.state.remaining_minor if part_minor is None else part_minor
        self._run_phone(lambda: self._checkout.start_sbp(part_minor), asked, qr_texts.CODE_COMES)

    def check_code(self) -> None:
        """Ask the bank now, because the cashier wants to know."""
        if not self.draft.busy:
            self._run(self._checkout.resolve_payment, lane=Lane.DEVICE)

    def cancel_code(self) -> None:
        """Make the code worthless; a guest who was quicker has paid."""
        if not self.draft.busy:
            self._run(self._checkout.cancel_sbp, lane=Lane.DEVICE)

    def tick(self) -> None:
        """Note that a second has passed."""
        self.watch.tick(self.state, is_busy=self.draft.busy)
        if self.state is not None and self.state.code is not None:
            left = self._left_s(self.state.code)
            if left != self.draft.code_left_s:
                self.change(code_left_s=left)

    def on_payments_changed(self) -> None:
        """Look at a code's end that the bank told by itself."""
        state = self.state
        if state is not None and not self.draft.busy and is_waiting(state):
            self.watch.ask()

    def _left_s(self, code: PhoneCode) -> int:
        return max(0, int((code.until - self._tools.clock.now()).total_seconds()))

    def _on_watched(self, state: CheckoutState) -> None:
        """Take what the bank said meanwhile, unless something newer is on its way."""
        if not self.draft.busy and self.state is not None and state != self.state:
            self._on_state(state)

    # ------------------------------------------------------------ a part that is paid

    def remove_part(self, payment_id: str) -> None:
        """Give a paid part back."""
        if self.state is None or self.draft.busy:
            return
        part = PaymentId(payment_id)
        tenders = self.state.order.order.tenders
        tender = next((t for t in tenders if t.payment_id == part), None)
        if tender is None:
            return
        self._removed = part
        if tender.kind is TenderKind.CARD:
            self._run_card(
                lambda: self._checkout.remove_part(part, self._on_progress), tender.amount_minor
            )
        elif tender.kind is TenderKind.SBP:
            self._run_phone(
                lambda: self._checkout.remove_part(part), tender.amount_minor, qr_texts.MONEY_GOES
            )
        else:
            self._run(lambda: self._checkout.remove_part(part))

    def _on_progress(self, progress: object, text: str) -> None:
        """Hear the terminal, on the device's thread."""
        self._progressed.emit(str(getattr(progress, "value", progress)), text)

    def _on_progressed(self, name: str, text: str) -> None:
        words = progress_words(name, text)
        if self.draft.running_minor is not None and words is not None:
            self.change(terminal_words=words)

    # ------------------------------------------------------------ ways out

    def go_way(self, way: WayOut) -> None:
        """Go a way out of a failure."""
        if self.draft.busy:
            return
        ways: dict[WayOut, Callable[[], object]] = {
            WayOut.RETRY: self._retry,
            WayOut.CASH: lambda: self._dismiss(Tab.CASH),
            WayOut.OTHER_TENDER: lambda: self._dismiss(Tab.SEVERAL),
            WayOut.CHECK: lambda: self._run(self._checkout.resolve_payment, lane=Lane.DEVICE),
            WayOut.SLIP: lambda: self.change(asks_slip=True, slip="", slip_error=None),
            WayOut.NOT_PAID: self._not_paid,
            WayOut.CANCEL: self._abandon,
            WayOut.RESERVE_AGAIN: self._reserve_again,
            WayOut.WITHOUT_POINTS: lambda: self._run(self._checkout.accept_lost_points),
            WayOut.BACK: self._leave_failure,
            WayOut.NEXT_GUEST: self._leave_failure,
        }
        ways[way]()

    def _retry(self) -> None:
        state, removed = self.state, self._removed
        assert state is not None
        if removed is not None:
            self.remove_part(removed)
        elif state.remaining_minor == 0:
            self._run(self._checkout.go_on)
        elif self._is_by_phone:
            self.pay_sbp(self._card_part)
        else:
            self.pay_card(self._card_part)

    def _dismiss(self, tab: Tab) -> None:
        kind = TenderKind.CASH if tab is Tab.CASH else self.draft.kind
        self.change(tab=tab, kind=kind, entry=AmountEntry(), error=None)
        self._run(self._checkout.dismiss)

    def _abandon(self) -> None:
        pending = self.state.pending if self.state else None
        if is_by_phone(pending):
            self._run(self._checkout.abandon_payment, lane=Lane.DEVICE)
            return
        asked = abs(pending.amount_minor) if pending else 0
        self._run_card(lambda: self._checkout.abandon_payment(self._on_progress), asked)

    def _not_paid(self) -> None:
        # A bank is asked once more before; a terminal is not.
        is_phone = self.state is not None and is_by_phone(self.state.pending)
        self._tools.approvals.run(
            self._checkout.confirm_not_paid,
            success=self._on_state,
            failure=self._on_failure,
            lane=Lane.DEVICE if is_phone else Lane.TILL,
        )

    def confirm_slip(self) -> None:
        """Take the payment as made, by the RRN that was typed; a senior's decision."""
        rrn = self.draft.slip

        def confirm(approval: Approval | None) -> CheckoutState:
            return self._checkout.confirm_by_slip(rrn, approval)

        self._tools.approvals.run(confirm, success=self._on_state, failure=self._on_slip_refused)

    def _on_slip_refused(self, error: AppError) -> None:
        self.change(slip_error=Words(error.ru, error.en))

    def _reserve_again(self) -> None:
        lost = self.state.order.order.points_lost_minor if self.state else 0
        guests = self._till.guests

        def hold() -> CheckoutState:
            guests.redeem(lost)
            return self._checkout.start()

        self._run(hold, lane=Lane.NET)

    def _leave_failure(self) -> None:
        self._run(self._checkout.dismiss, then=self.left.emit)

    # ------------------------------------------------------------ running

    def _run(
        self,
        op: Callable[[], CheckoutState],
        *,
        lane: Lane = Lane.TILL,
        failure: Callable[[AppError], object] | None = None,
        then: Callable[[], object] | None = None,
    ) -> None:
        def success(state: CheckoutState) -> None:
            self._on_state(state)
            if then is not None:
                then()

        self.change(busy=True, error=None)
        self._tools.ops.run(op, success=success, failure=failure or self._on_failure, lane=lane)

    def _run_card(self, op: Callable[[], CheckoutState], asked_minor: int) -> None:
        self.change(running_minor=asked_minor, elapsed_s=0, terminal_words=None, error=None)
        self._run(op, lane=Lane.DEVICE)

    def _run_phone(self, op: Callable[[], CheckoutState], asked_minor: int, words: Words) -> None:
        self.change(running_minor=asked_minor, phone_words=words, error=None)
        self._run(op, lane=Lane.DEVICE)

    def _on_state(self, state: CheckoutState) -> None:
        was_done = self.state is not None and self.state.phase is Phase.DONE
        self.state = state
        self.draft = replace(
            self.draft,
            busy=False,
            running_minor=None,
            phone_words=None,
            is_cancelling=False,
            asks_slip=False,
            terminal_words=None,
        )
        if state.code is not None:
            # After a restart nobody else remembers what is being paid, and how.
            self._card_part, self._is_by_phone = state.code.amount_minor, True
            self.draft = replace(self.draft, code_left_s=self._left_s(state.code))
        if state.phase is Phase.DONE:
            if not was_done:
                self.draft = Draft()
                self.finished.emit(state)
        else:
            self._after_part(state)
            self._tools.board.publish(_being_paid(state))
        self.changed.emit()

    def _after_part(self, state: CheckoutState) -> None:
        if state.order.order.tenders and self.draft.tab is not Tab.SEVERAL:
            self.draft = replace(self.draft, tab=Tab.SEVERAL)
        if state.phase is Phase.TAKING:
            is_device = self.draft.tab in (Tab.CARD, Tab.SBP)
            tab = Tab.CASH if is_device else self.draft.tab
            self.draft = replace(self.draft, tab=tab, entry=AmountEntry())

    def _on_failure(self, error: AppError) -> None:
        self.draft = replace(
            self.draft,
            busy=False,
            running_minor=None,
            phone_words=None,
            error=Words(error.ru, error.en),
        )
        self._tools.bridge.sound(Sound.ERROR)
        if self.state is None or self.state.failure is not None:
            self._tools.bridge.show_error(error)
        self.changed.emit()

    def _on_cannot_start(self, error: AppError) -> None:
        self.draft = Draft()
        self.refused.emit(error)


def _being_paid(state: CheckoutState) -> OrderState:
    """Return an order whose light says that it is being paid, unless it says more already."""
    order, words = state.order, texts.LIGHT_PAYMENT
    if state.code is not None:
        words = qr_texts.LIGHT_AWAITED
    elif order.lights.paid is not StepStatus.NOT_YET:
        return order
    lights = Lights(StepStatus.DONE, StepStatus.NOW, StepStatus.NOT_YET, words)
    return replace(order, lights=lights)
