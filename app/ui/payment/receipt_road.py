"""What a cashier does about a receipt of a paid sale that is not made; GUI thread only.

The money is safe whatever happens here: each way is asked of the till, and the page follows what the
queue says afterwards.
"""

from collections.abc import Callable

from app.kernel.errors import AppError
from app.till.payment_states import CheckoutState, Completed, WayOut
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound
from app.ui.frame.tools import Tools
from app.ui.payment.after_sale import PHONE_DIGITS, phone_of
from app.ui.payment.flow import PaymentFlow


class ReceiptRoad:
    """Goes the ways out of a receipt that is not made, and of a kitchen that got no ticket.

    Args:
        tools: Lanes and messages.
        till: The use cases.
        flow: Keeps what is typed and tells of changes.
        changed: Called after something was done: how far the receipt is may be other than before.
    """

    def __init__(
        self, tools: Tools, till: Till, flow: PaymentFlow, changed: Callable[[], object]
    ) -> None:
        self._tools, self._till, self._flow, self._changed = tools, till, flow, changed

    def go(self, way: WayOut, done: Completed) -> None:
        """Go a way; a phone that is not known is asked for first."""
        if self._flow.draft.busy:
            return
        match way:
            case WayOut.RECEIPT_RETRY:
                self._run(lambda: self._till.fiscal.retry(done.fiscal_task_id))
            case WayOut.RENEW_SHIFT:
                self._run(self._till.fiscal.renew_shift)
            case WayOut.KITCHEN_RETRY:
                self._run(lambda: self._till.kitchen_trouble.retry(done.sale.sale_id))
            case WayOut.KITCHEN_HERE:
                self._run(lambda: self._till.kitchen_trouble.print_here(done.sale.sale_id))
            case WayOut.KITCHEN_TOLD:
                self._run(lambda: self._till.kitchen_trouble.say_aloud(done.sale.sale_id))
            case WayOut.E_RECEIPT if phone_of(done.sale):
                self._send(done, f"+{phone_of(done.sale)}")
            case WayOut.E_RECEIPT:
                self._flow.change(asks_phone=True, slip="", slip_error=None)
            case _:
                pass

    def confirm_phone(self, done: Completed) -> None:
        """Send the receipt to the phone that was typed."""
        typed = self._flow.draft.slip
        if len(typed) == PHONE_DIGITS and not self._flow.draft.busy:
            self._send(done, f"+7{typed}")

    def _send(self, done: Completed, address: str) -> None:
        fiscal = self._till.fiscal
        self._run(lambda: fiscal.send_electronically(done.fiscal_task_id, address))

    def _run(self, op: Callable[[], object]) -> None:
        paid = self._flow.state
        self._flow.change(busy=True, slip_error=None)
        self._tools.ops.run(
            op,
            success=lambda _: self._on_done(paid),
            failure=lambda error: self._on_refused(paid, error),
        )

    def _on_done(self, paid: CheckoutState | None) -> None:
        if self._flow.state is paid:  # else the next guest is being served: nothing of his changes
            self._flow.change(busy=False, asks_phone=False, slip="")
            self._changed()

    def _on_refused(self, paid: CheckoutState | None, error: AppError) -> None:
        if self._flow.state is not paid:
            self._tools.bridge.show_error(error)
            return
        if self._flow.draft.asks_phone:
            self._flow.change(busy=False, slip_error=Words(error.ru, error.en))
            self._tools.bridge.sound(Sound.ERROR)
        else:
            self._flow.change(busy=False)
            self._tools.bridge.show_error(error)
        self._changed()
