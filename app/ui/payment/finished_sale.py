"""A sale that is paid while its page is still shown: how far it has come, its light, its copy.

finished -> begin -> progress of the queues -> draft (steps, failure) and light on the panel
                                                until forget
"""

from dataclasses import replace
from typing import Final

from app.domain.sale import SaleState
from app.till.kitchen_trouble import KITCHEN_FAILED
from app.till.order import OrderState, StepName, StepStatus
from app.till.payment_states import CheckoutState, Completed, Progress
from app.till.till import Till
from app.ui.bridge import Sound
from app.ui.frame.kitchen_watch import KITCHEN_TOAST
from app.ui.frame.receipt_watch import RECEIPT_TOAST
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.payment import after_sale
from app.ui.payment.flow import PaymentFlow
from app.ui.text import tr

AUTO_NEXT_S: Final = 15


class FinishedSale:
    """Follows a paid sale through the queues and shows its light; GUI thread only.

    Args:
        tools: Lanes, messages, the order panel.
        till: The use cases.
        flow: Keeps what the page shows and tells of changes.
    """

    def __init__(self, tools: Tools, till: Till, flow: PaymentFlow) -> None:
        self._tools, self._till, self._flow = tools, till, flow
        self._paid_order: OrderState | None = None

    @property
    def done(self) -> Completed | None:
        """Return the sale, None while nothing is paid in full."""
        return self._flow.state.done if self._flow.state else None

    def begin(self, state: CheckoutState) -> None:
        """Show a sale that was finished just now."""
        done, before = state.done, self._tools.board.state
        assert done is not None
        is_his = before is not None and before.order.sale_id == done.sale.sale_id
        self._paid_order = before if is_his else None
        # Nobody goes on by himself while change is to be given.
        self._flow.draft = replace(
            self._flow.draft, auto_next_s=None if done.change_minor else AUTO_NEXT_S
        )
        self._publish(Progress(state.steps))
        self._tools.bridge.sound(Sound.SALE_DONE)
        self.look()

    def look(self) -> None:
        """Ask how far the sale is."""
        done = self.done
        if done is not None:
            self._tools.ops.run(
                lambda: self._till.progress(done),
                success=lambda progress: self._on_progress(done, progress),
                lane=Lane.QUERY,
            )

    def print_copy(self) -> None:
        """Print a copy of its receipt; the page stays."""
        done = self.done
        if done is None:
            return
        self._flow.change(auto_next_s=None)
        self._tools.ops.run(
            lambda: self._till.printing.reprint(done.sale.sale_id),
            success=lambda _job: self._tools.bridge.toast(tr("The copy is being printed")),
        )

    def forget(self) -> None:
        """The next guest is here."""
        self._paid_order = None

    def _on_progress(self, done: Completed, progress: Progress) -> None:
        """Show how far the sale is; a receipt that is not made takes the page until it is."""
        draft = self._flow.draft
        if self.done is not done:
            return  # the next guest is here already
        failure = progress.failure
        last = draft.receipt_failure
        is_receipt = last is not None and last.code != KITCHEN_FAILED
        if failure is None and is_receipt and _is_on_its_way(progress):
            failure = last  # tried again: the page stays until it is known
        if (progress.steps, failure) == (draft.done_steps, draft.receipt_failure):
            return
        if failure is not None and draft.receipt_failure is None:
            self._tools.bridge.withdraw(RECEIPT_TOAST)  # the page says it with its ways out
            self._tools.bridge.withdraw(KITCHEN_TOAST)
            self._tools.bridge.sound(Sound.ERROR)
        asks = draft.asks_phone and failure is not None
        self._flow.change(done_steps=progress.steps, receipt_failure=failure, asks_phone=asks)
        self._publish(Progress(progress.steps, failure))

    def _publish(self, progress: Progress) -> None:
        """Show the finished order on the panel with its light, until the next guest."""
        if self._paid_order is None:
            return
        lights = after_sale.receipt_lights(progress.steps, progress.failure)
        order = replace(self._paid_order.order, state=SaleState.PAID)
        self._tools.board.publish(
            replace(self._paid_order, order=order, lights=lights, warning=None)
        )


def _is_on_its_way(progress: Progress) -> bool:
    """Tell whether the register still has the receipt to make."""
    step = after_sale.receipt_step(progress.steps)
    return step is not None and step.name is StepName.FISCAL and step.status is not StepStatus.DONE
