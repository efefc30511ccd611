"""What the shift screen does about the fiscal register: receipts before closing, the Z report after.

GUI thread only; the presenter gives what it shows and takes back what is to be shown.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import QObject

from app.kernel.errors import AppError
from app.kernel.ids import ShiftId
from app.till import receipt_texts
from app.till.order import Approval
from app.till.permissions import Action
from app.till.queue_states import QueueRow
from app.till.register_book import RegisterStep
from app.till.till import Till
from app.till.words import Words
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.shift.state import ReceiptsPage, ReportPage, ShiftPage


class Shown(Protocol):
    """The page of the shift screen, as the presenter lets others change it."""

    @property
    def page(self) -> ShiftPage:
        """What is shown."""

    def put(self, page: ShiftPage) -> None:
        """Show something else."""


class RegisterRoad(QObject):
    """Pays receipts off, lets a senior leave them, and follows the Z report.

    Args:
        tools: Lanes, messages, approvals.
        till: The use cases.
        shown: The page that is shown.
        go_on: Told that receipts are no longer in the way of closing.
    """

    def __init__(self, tools: Tools, till: Till, shown: Shown, go_on: Callable[[], object]) -> None:
        super().__init__()
        self._tools, self._till, self._shown, self._go_on = tools, till, shown, go_on
        self._closed: ShiftId | None = None
        self._given: dict[str, Approval] = {}

    # ------------------------------------------------------------ before closing

    def begin(self) -> None:
        """Forget what seniors allowed for an earlier closing."""
        self._given = {}

    def page_of(self, rows: tuple[QueueRow, ...]) -> ReceiptsPage:
        """Return the page for receipts that are not made."""
        zone = self._till.house.zone
        return ReceiptsPage(
            title=receipt_texts.UNMADE.fill(count=len(rows)),
            rows=tuple(replace(row, at=row.at.astimezone(zone)) for row in rows),
            is_senior=self._till.session.allowed(Action.FISCAL_DECIDE),
        )

    def pay_off(self) -> None:
        """Have the register try every receipt now."""
        page, shift = self._shown.page, self._till.shift.current
        if not isinstance(page, ReceiptsPage) or page.busy or shift is None:
            return
        shift_id = shift.shift_id
        self._shown.put(replace(page, busy=True, error=None))
        self._tools.ops.run(
            lambda: self._till.register.pay_off(shift_id),
            success=lambda _: self._rest(),
            failure=self._on_refused,
        )

    def let_be(self) -> None:
        """Close although receipts are not made: they stay in the queue; a senior's decision."""
        page = self._shown.page
        if not isinstance(page, ReceiptsPage) or page.busy:
            return

        def allow(approval: Approval | None) -> Approval | None:
            self._till.session.require(Action.FISCAL_DECIDE, approval)
            return approval

        def allowed(approval: Approval | None) -> None:
            self.note(approval)
            self._go_on()

        self._tools.approvals.run(allow, success=allowed, failure=self._on_refused)

    def note(self, approval: Approval | None) -> None:
        """Remember what a senior allowed while this shift is being closed."""
        if approval is not None:
            self._given[approval.action] = approval

    def given(self, action: Action) -> Approval | None:
        """Return what a senior allowed while this shift is being closed."""
        return self._given.get(action.value)

    def _rest(self) -> None:
        page = self._shown.page
        if isinstance(page, ReceiptsPage):
            self._shown.put(replace(page, busy=False))

    def _on_refused(self, error: AppError) -> None:
        page = self._shown.page
        if isinstance(page, ReceiptsPage):
            self._shown.put(replace(page, busy=False, error=Words(error.ru, error.en)))
        else:
            self._tools.bridge.show_error(error)

    # ------------------------------------------------------------ after closing

    def follow(self, shift_id: ShiftId) -> None:
        """Follow the register's Z report of a shift that was closed."""
        self._closed = shift_id
        self.look()

    def look(self) -> None:
        """Show how the Z report stands now."""
        shift_id, page = self._closed, self._shown.page
        if shift_id is not None and isinstance(page, ReportPage) and page.is_closed:
            self._tools.ops.run(
                lambda: self._till.register.z_report(shift_id),
                success=self._on_step,
                lane=Lane.QUERY,
            )

    def retry_z(self) -> None:
        """Have the register try its Z report again."""
        page = self._shown.page
        if isinstance(page, ReportPage) and page.register is not None and page.register.task_id:
            task_id = page.register.task_id
            self._tools.ops.run(
                lambda: self._till.fiscal.retry(task_id), success=lambda _: self.look()
            )

    def _on_step(self, step: RegisterStep | None) -> None:
        page = self._shown.page
        if isinstance(page, ReportPage) and page.is_closed:
            self._shown.put(replace(page, register=step))
