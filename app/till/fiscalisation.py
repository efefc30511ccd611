"""Fiscal receipts as the till's use cases see them: tasks made, ways out of trouble, warnings (D8).

till.fiscal.sale_task(sale)      in the sale's transaction; the queue does the rest by itself
till.fiscal.failure(done)        what keeps a receipt from being made, with its ways out
"""

import logging
from itertools import takewhile
from typing import Any, Final

from app.domain.sale import Refund, Sale
from app.kernel.ids import SaleId
from app.kernel.text import clean_line
from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalKind, FiscalState, FiscalTask
from app.store.uow import UnitOfWork
from app.till import fiscal_texts, fiscal_views, texts
from app.till.fiscal_queue import FiscalParts
from app.till.fiscal_shift import FiscalShifts
from app.till.order import Approval
from app.till.payment_states import Failure
from app.till.permissions import Action
from app.till.session import Session
from app.till.words import Words
from drivers.api.device import Health

log = logging.getLogger(__name__)

ADDRESS_MAX: Final = 64


class Fiscalisation(FiscalShifts):
    """Queues receipts and does what people decide about them.

    Args:
        session: Who decides.
        parts: What the queue works with.
    """

    def __init__(self, session: Session, parts: FiscalParts) -> None:
        super().__init__(parts)
        self._session = session

    # -------------------------------------------------------------- making tasks
    def sale_task(self, sale: Sale) -> FiscalTask | None:
        """Return the task of a sale's receipt, None without a register; written with the sale."""
        if not self.has_register:
            return None
        return self.tasks.of_sale(sale, self._devices.fiscal_house)

    def refund_task(self, refund: Refund, sale: Sale) -> FiscalTask | None:
        """Return the task of a refund's receipt, written with it; None if the sale has no receipt."""
        with self._store.reader() as db:
            return self._refund_task(db, refund, sale)

    def _refund_task(self, db: UnitOfWork, refund: Refund, sale: Sale) -> FiscalTask | None:
        made = db.fiscal.find_by_sale(sale.sale_id)
        refunds = db.sales.list_refunds(sale.sale_id)
        if made is None or made.state is FiscalState.CANCELLED:
            return None
        before = list(takewhile(lambda one: one.refund_id != refund.refund_id, refunds))
        house = self._devices.fiscal_house if self.has_register else None
        return self.tasks.of_refund(refund, sale, made, before, house)

    def require_receipt(self, sale_id: SaleId) -> None:
        """Refuse to go on with a sale whose receipt is not made yet.

        Raises:
            RuleError: Make it first (`retry`), or have a senior give it up (`give_up`).
        """
        task = self.task_of(sale_id)
        if task is not None and task.is_open and not task.is_made:
            raise fiscal_texts.RECEIPT_FIRST.rule_error("RECEIPT_FIRST")

    # -------------------------------------------------------------- looking
    def warning(self) -> Words | None:
        """Return why a receipt will have to wait, None if nothing is known against it; asks nobody."""
        probe = self._devices.fiscal_house.probe() if self.has_register else None
        if probe is None or probe.health is Health.ONLINE or not probe.code:
            return None
        words = Words(probe.words_ru, probe.words_en)
        why = fiscal_views.reason(probe.code, words, self._devices.fiscal_house.name)
        return Words(
            fiscal_texts.LATER.ru.replace("{reason}", why.ru),
            fiscal_texts.LATER.en.replace("{reason}", why.en),
        )

    def task_of(self, sale_id: SaleId) -> FiscalTask | None:
        """Return the task of a sale's receipt, None where there is none."""
        with self._store.reader() as db:
            return db.fiscal.find_by_sale(sale_id)

    def failure(self, task: FiscalTask | None) -> Failure | None:
        """Return what keeps a sale's receipt from being made or printed; None while all goes well."""
        house = self._devices.fiscal_house
        return fiscal_views.failure_of(task, house.name, can_be_electronic=house.is_paperless)

    def words_of(self, task: FiscalTask) -> Words:
        """Return in words how a task stands that is not done."""
        return fiscal_views.words_of_task(task, self._devices.fiscal_house.name)

    # -------------------------------------------------------------- ways out
    def retry(self, task_id: str) -> None:
        """Try a task again at once; one whose answer was lost is asked about.

        Raises:
            RuleError: It is done already.
        """
        with self._store.unit() as uow:
            task = self._open(uow, task_id)
            if task.state is FiscalState.FAILED:
                self._requeue(uow, task)
            elif task.state is not FiscalState.RUNNING:
                uow.fiscal.set_state(task_id, task.state, error=_asked_again(task))
            uow.commit()
        self.wake()

    def hurry(self) -> None:
        """Try what waits for the register at once: it has just come back, or somebody asks."""
        with self._store.unit(durable=False) as uow:
            head = uow.fiscal.find_head()
            if head is not None and head.state is not FiscalState.RUNNING:
                error = (head.error_code, head.error_ru, head.error_en)
                uow.fiscal.set_state(head.task_id, head.state, error=error)
            uow.commit()
        self.wake()

    def renew_shift(self) -> None:
        """Close the register's shift and open the next one, then make what waits.

        Raises:
            FinalError: There is no register.
        """
        if not self.has_register:
            raise fiscal_texts.REGISTER_NONE.final("REGISTER_NONE")
        person = self._session.signed_in()
        with self._store.unit() as uow:
            head = uow.fiscal.find_head()
            shift = uow.shifts.find_open()
            shift_id = shift.shift_id if shift else (head.shift_id if head else None)
            if shift_id is not None:
                self._renew(uow, shift_id, person.name)
            uow.commit()
        self.hurry()

    def send_electronically(self, task_id: str, address: str) -> None:
        """Make a receipt without paper and send it to a phone (+7...) or an e-mail.

        Raises:
            RuleError: The register has it already, or works on it.
            InputError: The address is neither.
        """
        address = clean_line(address, ADDRESS_MAX)
        if not (address.startswith("+") and address[1:].isdigit()) and "@" not in address:
            raise fiscal_texts.ADDRESS_WRONG.input_error("ADDRESS_WRONG")
        with self._store.unit() as uow:
            task = self._known_unmade(uow, task_id)
            receipt = task.payload.get("receipt")
            if receipt is None:
                raise fiscal_texts.TASK_RUNS.rule_error("FISCAL_NO_RECEIPT")
            receipt = {**receipt, "contact": {"address": address}, "electronic": True}
            self._requeue(uow, task, {**task.payload, "receipt": receipt})
            uow.commit()
        self.wake()

    # -------------------------------------------------------------- seniors' decisions
    def confirm_made(self, task_id: str, approval: Approval | None = None) -> None:
        """Take a document as made: a senior has its paper in the hand."""
        self._session.require(Action.FISCAL_DECIDE, approval)
        with self._store.unit() as uow:
            task = self._decidable(uow, task_id)
            log.warning("fiscal task %s declared made", task_id)
            uow.fiscal.set_state(task.task_id, FiscalState.DONE, finished_at=self._clock.now())
            uow.commit()
        self.wake()

    def confirm_not_made(self, task_id: str, approval: Approval | None = None) -> None:
        """Take a document as not made: a senior compared; it is made under a new id."""
        self._session.require(Action.FISCAL_DECIDE, approval)
        with self._store.unit() as uow:
            task = self._decidable(uow, task_id)
            log.warning("fiscal task %s declared not made", task_id)
            again = int(task.payload.get("again", 0)) + 1
            self._requeue(uow, task, {**task.payload, "again": again})
            uow.commit()
        self.wake()

    def give_up(self, task_id: str, reason: str, approval: Approval | None = None) -> None:
        """Do not make a document at all; a senior's decision with its reason.

        Raises:
            InputError: Without a reason.
            RuleError: The register has it already, or works on it.
        """
        self._session.require(Action.FISCAL_DECIDE, approval)
        if not clean_line(reason):
            raise texts.REASON_NEEDED.input_error("REASON_NEEDED")
        with self._store.unit() as uow:
            task = self._decidable(uow, task_id)
            log.warning("fiscal task %s given up: %s", task_id, clean_line(reason))
            words = clean_line(reason)
            uow.fiscal.set_state(
                task.task_id,
                FiscalState.CANCELLED,
                error=("fiscal.given_up", words, words),
                finished_at=self._clock.now(),
            )
            uow.commit()
        self.wake()

    # -------------------------------------------------------------- inside
    def _open(self, uow: UnitOfWork, task_id: str) -> FiscalTask:
        task = uow.fiscal.find(task_id)
        if task is None or not task.is_open:
            raise fiscal_texts.TASK_GONE.rule_error("FISCAL_TASK_GONE")
        return task

    def _known_unmade(self, uow: UnitOfWork, task_id: str) -> FiscalTask:
        task = self._open(uow, task_id)
        if task.state not in fiscal_views.KNOWN_UNMADE:
            raise fiscal_texts.TASK_RUNS.rule_error("FISCAL_TASK_RUNS")
        return task

    def _decidable(self, uow: UnitOfWork, task_id: str) -> FiscalTask:
        """Return a task that a person may decide about: nothing is being asked of the register."""
        task = self._open(uow, task_id)
        is_unclear = task.state is FiscalState.UNKNOWN and task.error_code == UNCERTAIN
        if not (is_unclear or task.state in fiscal_views.KNOWN_UNMADE):
            raise fiscal_texts.TASK_RUNS.rule_error("FISCAL_TASK_RUNS")
        return task

    def _requeue(
        self, uow: UnitOfWork, task: FiscalTask, payload: dict[str, Any] | None = None
    ) -> None:
        """Put a task back; a receipt that could not be worked out before is worked out anew."""
        fresh = self._fresh(uow, task) if "receipt" not in task.payload else None
        if fresh is not None:
            state, error = fresh.state, (fresh.error_code, fresh.error_ru, fresh.error_en)
            uow.fiscal.set_state(task.task_id, state, error=error, payload=fresh.payload)
            return
        uow.fiscal.set_state(task.task_id, FiscalState.QUEUED, attempts=0, payload=payload)

    def _fresh(self, uow: UnitOfWork, task: FiscalTask) -> FiscalTask | None:
        if task.sale_id is None:
            return None
        sale = uow.sales.get(task.sale_id)
        if task.kind is FiscalKind.SALE:
            return self.sale_task(sale)
        refund = uow.sales.find_refund(task.refund_id) if task.refund_id else None
        return self._refund_task(uow, refund, sale) if refund is not None else None


def _asked_again(task: FiscalTask) -> tuple[str, str, str]:
    """Return what to show of a task while it is asked about again."""
    if task.error_code == UNCERTAIN:
        return ("fiscal.asking", fiscal_texts.ASKING.ru, fiscal_texts.ASKING.en)
    return (task.error_code, task.error_ru, task.error_en)
