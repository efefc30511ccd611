"""The register's shift beside the till's: opened with it, closed after its receipts, cash and X report."""

import logging
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from typing_extensions import override

from app.kernel.ids import ShiftId
from app.kernel.late import LateModule
from app.store.rows import CashMovement, FiscalKind, FiscalState, FiscalTask
from app.till import fiscal_texts
from app.till.devices import words_of
from app.till.fiscal_queue import FiscalParts, FiscalQueue
from app.till.words import Words
from drivers.api import errors as driver_errors
from drivers.api.device import Health

if TYPE_CHECKING:
    from app.till import fiscal_receipt
else:
    fiscal_receipt = LateModule(
        "app.till.fiscal_receipt"
    )  # a till without a register never loads it

log = logging.getLogger(__name__)


class FiscalShifts(FiscalQueue):
    """Queues what a shift asks of the register; a model without shifts of its own is asked nothing.

    Args:
        parts: What the queue works with.
    """

    def __init__(self, parts: FiscalParts) -> None:
        super().__init__(parts)
        self._reports: deque[str] = deque()
        #: Told why a report was not printed, on the thread of this queue.
        self.on_report_failed: Callable[[Words], None] | None = None

    def open_shift(self, shift_id: ShiftId, operator: str, float_minor: int) -> None:
        """Open the register's shift and give it the float; what cannot be done now is done later.

        Asks the register at once where nothing waits before it, so not on the GUI thread.

        Raises:
            RuleError: The register refused for good; the till's shift must not be opened.
        """
        if not self._can("SHIFT"):
            return
        task = self.tasks.of_shift(
            FiscalKind.SHIFT_OPEN, shift_id, operator, float_minor=float_minor
        )
        with self._store.unit() as uow:
            is_first = uow.fiscal.find_head() is None
            uow.fiscal.add(task)
            uow.commit()
        if is_first and self._is_there() and self.run_once():
            self.run_once()  # the float, if the register lacks it
        self._refuse_if_failed(task.task_id)
        self.wake()

    def _refuse_if_failed(self, task_id: str) -> None:
        with self._store.unit() as uow:
            task = uow.fiscal.find(task_id)
            if task is None or task.state is not FiscalState.FAILED:
                return
            uow.fiscal.set_state(
                task_id,
                FiscalState.CANCELLED,
                error=(task.error_code, task.error_ru, task.error_en),
                finished_at=self._clock.now(),
            )
            uow.commit()
        words = fiscal_texts.SHIFT_REFUSED
        raise Words(
            words.ru.replace("{reason}", task.error_ru), words.en.replace("{reason}", task.error_en)
        ).rule_error("SHIFT_REFUSED")

    def close_task(self, shift_id: ShiftId, operator: str) -> FiscalTask | None:
        """Return the Z report of a shift, written with its end; made after the shift's receipts."""
        if not self._can("SHIFT"):
            return None
        return self.tasks.of_shift(FiscalKind.SHIFT_CLOSE, shift_id, operator)

    def cash_task(self, movement: CashMovement, operator: str) -> FiscalTask | None:
        """Return the task of cash put in or taken out, written with the movement."""
        return self.tasks.of_movement(movement, operator) if self._can("CASH") else None

    def x_report(self, operator: str) -> None:
        """Have the register print its X report, by and by; a report that fails is not repeated."""
        if self._can("X_REPORT"):
            self._reports.append(operator)
            self.wake()

    def print_reports(self) -> None:
        """Print the X reports that were asked for; on the thread of this queue."""
        while self._reports and (register := self._devices.fiscal) is not None:
            operator = self._reports.popleft()
            try:
                with self._turn:
                    register.x_report(fiscal_receipt.operator_of(operator))
            except driver_errors.DriverError as error:
                log.info("no X report from the register: %s", error)
                if self.on_report_failed is not None:
                    self.on_report_failed(words_of(error))

    @override
    def _aside(self) -> None:
        self.print_reports()

    def _is_there(self) -> bool:
        """Tell whether the register answered lately, as far as anybody has looked."""
        probe = self._devices.fiscal_house.probe()
        return probe is None or probe.health is not Health.OFFLINE
