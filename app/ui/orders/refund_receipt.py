"""A refund of a sale whose receipt is not made: make it first, or a senior does without it.

GUI thread only; the presenter shows what is told here.
"""

from collections.abc import Callable
from typing import Final

from app.kernel.errors import AppError
from app.kernel.ids import SaleId
from app.till import receipt_texts
from app.till.order import Approval
from app.till.payment_states import WayOut
from app.till.till import Till
from app.till.words import Words
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.orders.state import RefundWay

#: `code` of the error that says so.
RECEIPT_FIRST: Final = "RECEIPT_FIRST"
RECEIPT_WAYS: Final = (
    RefundWay(WayOut.RECEIPT_RETRY, receipt_texts.WAY_MAKE),
    RefundWay(WayOut.WITHOUT_RECEIPT, receipt_texts.WAY_WITHOUT),
)


class RefundReceipt:
    """Does something about the receipt of the sale that is to be given back.

    Args:
        tools: Lanes and approvals.
        till: The use cases.
    """

    def __init__(self, tools: Tools, till: Till) -> None:
        self._tools, self._fiscal = tools, till.fiscal

    def make(
        self,
        sale_id: SaleId,
        *,
        success: Callable[[], object],
        failure: Callable[[AppError], object],
        asked: Callable[[], object],
    ) -> None:
        """Have the register try the receipt now."""
        self._do(lambda task_id, _: self._fiscal.retry(task_id), sale_id, success, failure, asked)

    def give_up(
        self,
        sale_id: SaleId,
        reason: str,
        *,
        success: Callable[[], object],
        failure: Callable[[AppError], object],
        asked: Callable[[], object],
    ) -> None:
        """Make no receipt of the sale at all; a senior's decision."""

        def drop(task_id: str, approval: Approval | None) -> None:
            self._fiscal.give_up(task_id, reason, approval)

        self._do(drop, sale_id, success, failure, asked)

    def look(self, sale_id: SaleId, told: Callable[[bool, Words | None], object]) -> None:
        """Ask whether the receipt is out of the way: true, or what is in the way."""

        def read() -> tuple[bool, Words | None]:
            task = self._fiscal.task_of(sale_id)
            if task is None or not task.is_open:
                return True, None
            return task.is_made, self._fiscal.words_of(task)

        self._tools.ops.run(read, success=lambda found: told(*found), lane=Lane.QUERY)

    def _do(
        self,
        what: Callable[[str, Approval | None], None],
        sale_id: SaleId,
        success: Callable[[], object],
        failure: Callable[[AppError], object],
        asked: Callable[[], object],
    ) -> None:
        def op(approval: Approval | None) -> None:
            task = self._fiscal.task_of(sale_id)
            if task is not None and task.is_open:
                what(task.task_id, approval)

        self._tools.approvals.run(op, success=lambda _: success(), failure=failure, asked=asked)
