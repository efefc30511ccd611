"""What the fiscal register did for a shift, in words: opened, its Z report, receipts that wait (S1, S9)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass

from app.domain.sale import Refund
from app.kernel.errors import RuleError
from app.kernel.ids import ShiftId
from app.store.engine import Store
from app.store.rows import FiscalKind, FiscalState, FiscalTask
from app.till import fiscal_views
from app.till import receipt_texts as texts
from app.till.fiscalisation import Fiscalisation
from app.till.order import StepStatus
from app.till.queue_receipts import receipt_row
from app.till.queue_states import QueueRow
from app.till.words import Words

log = logging.getLogger(__name__)

_RECEIPTS = frozenset({FiscalKind.SALE, FiscalKind.REFUND})


@dataclass(frozen=True, slots=True)
class RegisterStep:
    """How something that a shift asked of the register stands.

    Attributes:
        status: DONE, NOW, WAITING, or FAILED when a person must help.
        words: The same for people.
        task_id: What can be tried again; '' when nothing is to be done.
    """

    status: StepStatus
    words: Words
    task_id: str = ""


class RegisterBook:
    """Looks up what the register did; on the query lane.

    Args:
        store: The queue of the register.
        fiscal: Says how a task stands.
    """

    def __init__(self, store: Store, fiscal: Fiscalisation) -> None:
        self._store, self._fiscal = store, fiscal

    def opening(self, shift_id: ShiftId) -> RegisterStep | None:
        """Return what the register said to the opening of a shift; None if it was not asked."""
        task = self._last(shift_id, FiscalKind.SHIFT_OPEN)
        if task is None:
            return None
        if task.is_made:
            return RegisterStep(StepStatus.DONE, texts.REGISTER_OPENED)
        return self._waiting(task, texts.REGISTER_OPENS, texts.REGISTER_OPENS_LATER)

    def z_report(self, shift_id: ShiftId) -> RegisterStep | None:
        """Return how the register's Z report of a shift stands; None if there is none."""
        task = self._last(shift_id, FiscalKind.SHIFT_CLOSE)
        if task is None:
            return None
        if task.is_made:
            number = (task.document or {}).get("number")
            words = texts.Z_DONE_NUMBER.fill(number=number) if number else texts.Z_DONE
            return RegisterStep(StepStatus.DONE, words)
        with self._store.reader() as db:
            unmade = db.fiscal.count_unmade(shift_id)
        if unmade and not task.error_code:
            words = texts.Z_AFTER_RECEIPTS.fill(count=unmade)
            return RegisterStep(StepStatus.WAITING, words, task.task_id)
        return self._waiting(task, texts.Z_NOW, texts.Z_LATER)

    def refund_receipt(self, refund: Refund) -> RegisterStep | None:
        """Return how the receipt of a refund stands; None if it gets none."""
        with self._store.reader() as db:
            tasks = db.fiscal.list_refunds(refund.sale_id)
        task = next((x for x in tasks if x.refund_id == refund.refund_id), None)
        if task is None:
            return None
        if task.is_made:
            return RegisterStep(StepStatus.DONE, texts.REFUND_MADE)
        return self._waiting(task, texts.REFUND_NOW, texts.REFUND_LATER)

    def unmade(self, shift_id: ShiftId) -> tuple[QueueRow, ...]:
        """Return the receipts of a shift that are not known to be made, the oldest first."""
        with self._store.reader() as db:
            tasks = db.fiscal.list_by_shift(shift_id)
            return tuple(
                receipt_row(task, db, self._fiscal.words_of(task)) for task in _unmade(tasks)
            )

    def pay_off(self, shift_id: ShiftId) -> None:
        """Have the register try every receipt of a shift that is not made."""
        for row in self.unmade(shift_id):
            try:
                self._fiscal.retry(row.row_id)
            except RuleError as error:
                log.info("receipt %s needs nothing any more: %s", row.row_id, error)

    def _last(self, shift_id: ShiftId, kind: FiscalKind) -> FiscalTask | None:
        with self._store.reader() as db:
            tasks = db.fiscal.list_by_shift(shift_id)
        return next((task for task in reversed(tasks) if task.kind is kind), None)

    def _waiting(self, task: FiscalTask, now: Words, later: Words) -> RegisterStep:
        if task.state is FiscalState.CANCELLED:
            return RegisterStep(StepStatus.FAILED, texts.REGISTER_GIVEN_UP)
        if not task.error_code:
            return RegisterStep(StepStatus.NOW, now, task.task_id)
        why = fiscal_views.without_head(self._fiscal.words_of(task))
        words = Words(
            later.ru.replace("{reason}", _begun_large(why.ru)),
            later.en.replace("{reason}", _begun_large(why.en)),
        )
        status = StepStatus.FAILED if task.state is FiscalState.FAILED else StepStatus.WAITING
        return RegisterStep(status, words, task.task_id)


def _begun_large(text: str) -> str:
    return text[:1].upper() + text[1:]


def _unmade(tasks: Iterable[FiscalTask]) -> Iterable[FiscalTask]:
    return (task for task in tasks if task.kind in _RECEIPTS and task.is_open and not task.is_made)
