"""Fiscal receipts: a queue on disk, worked off in order by a thread, that never stops a sale (D8).

    sale_task (in the sale's transaction) -> QUEUED -> RUNNING -> DONE
        ^ known not made: tried again later  |          |-- answer lost: UNKNOWN, asked, never repeated
        `------------------------------------'          |-- made, no paper: UNPRINTED
                                                        `-- refused for good: FAILED, a person decides

RUNNING is on the disk before the register is asked. A document keeps its id for ever, and the driver
asks what became of an id before it sends anything under it, so a receipt is made once whatever dies.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.kernel.clock import Clock
from app.kernel.errors import AppError
from app.kernel.ids import Ids, ShiftId
from app.kernel.late import LateModule
from app.store.engine import Store
from app.store.fiscal import UNCERTAIN
from app.store.rows import FiscalKind, FiscalState, FiscalTask, PrintJob
from app.store.uow import UnitOfWork
from app.till import fiscal_run, fiscal_texts, fiscal_views
from app.till.devices import Devices
from app.till.fiscal_run import Ended, Need
from app.till.fiscal_tasks import FiscalTasks
from app.till.house import House
from app.till.printing import Printing
from app.till.words import Words

if TYPE_CHECKING:
    from app.till import fiscal_codec
    from drivers.api import fiscal
else:  # a till without a register never loads these
    fiscal_codec = LateModule("app.till.fiscal_codec")
    fiscal = LateModule("drivers.api.fiscal")

log = logging.getLogger(__name__)

RETRY_PAUSES_S: Final = (1, 2, 5, 10, 30)
#: A receipt that waits longer is called to mind.
REMIND_AFTER: Final = timedelta(minutes=10)
#: How long the thread sleeps while something waits, and while nothing does.
TICK_S: Final = 1.0
IDLE_S: Final = 30.0
#: How long somebody waits for the task that runs to end.
TURN_S: Final = 30.0
_SHIFTS: Final = frozenset({FiscalKind.SHIFT_OPEN, FiscalKind.SHIFT_CLOSE})
_RECEIPTS: Final = frozenset({FiscalKind.SALE, FiscalKind.REFUND})

Trouble = Callable[[FiscalTask, Words], None]


@dataclass(frozen=True, slots=True)
class FiscalParts:
    """What the queue works with.

    Attributes:
        store: The queue on disk.
        clock: Tells when to try again.
        ids: Ids of documents.
        house: Whether paper receipts are wanted.
        devices: The register.
        printing: Prints receipts where the register does not.
    """

    store: Store
    clock: Clock
    ids: Ids
    house: House
    devices: Devices
    printing: Printing


class FiscalQueue:
    """Has the register do what is queued, one thing after the other.

    Args:
        parts: What it works with.
    """

    def __init__(self, parts: FiscalParts) -> None:
        self._store = parts.store
        self._clock = parts.clock
        self._house = parts.house
        self._devices = parts.devices
        self._printing = parts.printing
        self.tasks = FiscalTasks(parts.clock, parts.ids)
        self._turn = threading.Lock()
        self._wake = threading.Condition()
        self._woken = 0
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._reminded: set[str] = set()
        #: Told of a task that needs a person, or has waited long; on the thread of this queue.
        self.on_trouble: Trouble | None = None

    # -------------------------------------------------------------- the register
    @property
    def has_register(self) -> bool:
        """Tell whether this till has a fiscal register at all, ready or not."""
        return self._devices.fiscal is not None

    @property
    def prints_receipts(self) -> bool:
        """Tell whether the register prints the guest's receipt itself."""
        register = self._devices.fiscal
        if register is None:
            return False
        chosen = self._devices.fiscal_house.prints
        return fiscal.FiscalCapability.PRINTS in register.capabilities if chosen is None else chosen

    def _can(self, capability: str) -> bool:
        """Tell whether there is a register that can do something beyond receipts."""
        register = self._devices.fiscal
        return register is not None and fiscal.FiscalCapability[capability] in register.capabilities

    # -------------------------------------------------------------- working off
    def run_once(self) -> bool:
        """Do the task at the head of the queue.

        Returns:
            True if it was done or laid aside, False if there was nothing to do now.
        """
        with self._turn:
            register = self._devices.fiscal
            task = self._claim() if register is not None else None
            if register is None or task is None:
                return False
            ended = self._attempt(register, task)
            self._write(task, ended)
            is_over = ended.state in {FiscalState.DONE, FiscalState.FAILED}
            return is_over or ended.need is not None or not ended.waits

    def _claim(self) -> FiscalTask | None:
        """Write down that a task is being done, before the register hears of it."""
        with self._store.reader() as db:
            if db.fiscal.find_next(self._clock.now()) is None:
                return None
        with self._store.unit() as uow:
            task = uow.fiscal.find_next(self._clock.now())
            if task is None:
                return None
            is_new = task.state is FiscalState.QUEUED
            error = (task.error_code, task.error_ru, task.error_en)
            state = FiscalState.RUNNING if is_new else task.state
            device = self._devices.fiscal_house.device_id
            payload = {**task.payload, "register": device} if is_new else None
            uow.fiscal.set_state(
                task.task_id, state, attempts=task.attempts + 1, error=error, payload=payload
            )
            uow.commit()
        return replace(task, attempts=task.attempts + 1)

    def _attempt(self, register: "fiscal.FiscalRegister", task: FiscalTask) -> Ended:
        """Ask the register; `task.state` is what it was before."""
        try:
            if task.state is FiscalState.QUEUED:
                checks = self._devices.fiscal_house.is_paperless
                return fiscal_run.make(register, task, checks_paper=checks)
            if task.state is FiscalState.UNPRINTED:
                return fiscal_run.finish_print(register, task)
            if task.payload.get("register") != self._devices.fiscal_house.device_id:
                return fiscal_run.OTHER_REGISTER
            return fiscal_run.ask(register, task)
        except Exception:  # a fault of ours: it may have been made, so it is asked about
            log.exception("fiscal task %s stumbled", task.task_id)
            is_hopeless = task.attempts >= fiscal_run.OWN_TRIES_MAX  # it would hold up all others
            state = FiscalState.FAILED if is_hopeless else FiscalState.UNKNOWN
            return Ended(state, code="fiscal.bug", words=fiscal_texts.PROGRAM_FAULT)

    def _write(self, task: FiscalTask, ended: Ended) -> None:
        now = self._clock.now()
        is_done = ended.state is FiscalState.DONE
        pause = RETRY_PAUSES_S[min(task.attempts, len(RETRY_PAUSES_S)) - 1]
        waits = ended.waits and not is_done and ended.state is not FiscalState.FAILED
        document = fiscal_codec.document_to_json(ended.document) if ended.document else None
        with self._store.unit() as uow:
            uow.fiscal.set_state(
                task.task_id,
                ended.state,
                not_before=now + timedelta(seconds=pause) if waits else None,
                error=(ended.code, ended.words.ru, ended.words.en),
                finished_at=now if is_done else None,
                document=document,
            )
            if ended.need is not None:
                self._prepare_register(uow, task, ended.need)
            if is_done:
                self._follow(uow, task, ended)
            uow.commit()
        self._tell(task, ended)

    def _tell(self, task: FiscalTask, ended: Ended) -> None:
        if ended.state is FiscalState.DONE:
            self._reminded.discard(task.task_id)
            self._printing.wake()
            return
        log.info("fiscal task %s: %s %s", task.task_id, ended.state, ended.code)
        needs_person = ended.state is FiscalState.FAILED or ended.code == UNCERTAIN
        if needs_person and self.on_trouble is not None:
            self.on_trouble(task, ended.words)

    def _prepare_register(self, uow: UnitOfWork, task: FiscalTask, need: Need) -> None:
        """Put what must be done first before everything else, unless it stands there already."""
        operator = str(task.payload["operator"]["name"])
        waiting = uow.fiscal.list_open()
        closings = [x for x in waiting if x.kind is FiscalKind.SHIFT_CLOSE]
        has_failed = any(x.urgent and not _runs(x) for x in closings)  # a person tries that again
        is_asked = bool(closings) or task.kind is FiscalKind.SHIFT_OPEN
        openings = [x for x in waiting if x.urgent and x.kind is FiscalKind.SHIFT_OPEN]
        if need is Need.OPEN_SHIFT and not openings:
            self._add_urgent(uow, FiscalKind.SHIFT_OPEN, task.shift_id, operator)
        elif need is Need.OPEN_SHIFT:
            for one in openings:
                if one.state is FiscalState.FAILED:
                    uow.fiscal.set_state(one.task_id, FiscalState.QUEUED)
        elif is_asked and not has_failed:
            self._renew(uow, task.shift_id, operator)

    def _renew(self, uow: UnitOfWork, shift_id: ShiftId, operator: str) -> None:
        """Have the register's shift closed and opened before anything else, once."""
        urgent = [x for x in uow.fiscal.list_open() if x.urgent and x.kind in _SHIFTS]
        closings = [x for x in urgent if x.kind is FiscalKind.SHIFT_CLOSE and _runs(x)]
        old = [x for x in urgent if not closings or x.sequence < closings[0].sequence]
        if not closings:
            self._add_urgent(uow, FiscalKind.SHIFT_CLOSE, shift_id, operator)
            self._add_urgent(uow, FiscalKind.SHIFT_OPEN, shift_id, operator)
        # An opening before the Z report would wait for it for ever; what failed is done anew.
        for one in old:
            if one.state is FiscalState.QUEUED or not _runs(one):
                uow.fiscal.set_state(
                    one.task_id, FiscalState.CANCELLED, finished_at=self._clock.now()
                )

    def _add_urgent(
        self, uow: UnitOfWork, kind: FiscalKind, shift_id: ShiftId, operator: str
    ) -> None:
        uow.fiscal.add(self.tasks.of_shift(kind, shift_id, operator, urgent=True))

    def _follow(self, uow: UnitOfWork, task: FiscalTask, ended: Ended) -> None:
        """Do what a document that is made brings with it: paper of ours, cash for others."""
        if task.kind in {FiscalKind.CASH_IN, FiscalKind.SALE}:
            uow.fiscal.requeue_failed(fiscal_run.DRAWER_SHORT)
        if ended.drawer_minor is not None and "float" in task.payload:
            self._match_drawer(uow, task, ended.drawer_minor)
        if task.kind not in _RECEIPTS or self.prints_receipts:
            return
        if not (self._house.settings.prints_receipts and self._printing.has_printer):
            return
        try:
            job = self._paper(uow, task, ended)
        except Exception:  # it is made: its paper must not keep it from being noted
            log.exception("no paper for fiscal task %s", task.task_id)
            return
        uow.print_jobs.add(job)

    def _paper(self, uow: UnitOfWork, task: FiscalTask, ended: Ended) -> PrintJob:
        """Return our own receipt with the register's numbers."""
        document = ended.document or (
            fiscal_codec.document_from_json(task.document) if task.document else None
        )
        assert task.sale_id is not None
        sale = uow.sales.get(task.sale_id)
        if task.kind is FiscalKind.SALE:
            return self._printing.sale_job(sale, document)
        refund = uow.sales.find_refund(task.refund_id) if task.refund_id else None
        assert refund is not None
        return self._printing.refund_job(refund, sale, document)

    def _match_drawer(self, uow: UnitOfWork, task: FiscalTask, has_minor: int) -> None:
        """Bring the float of a new shift to the register, which else has nothing to give back from."""
        missing = int(task.payload["float"]) - has_minor
        if missing:
            operator = str(task.payload["operator"]["name"])
            uow.fiscal.add(self.tasks.of_float(task.shift_id, missing, operator))

    # -------------------------------------------------------------- the worker
    def recover(self) -> None:
        """Take what the last run left in the middle as not known: it is asked about first."""
        if self._thread is not None:
            return
        with self._store.reader() as db:
            begun = [x for x in db.fiscal.list_open() if x.state is FiscalState.RUNNING]
        if not begun:
            return
        with self._turn, self._store.unit() as uow:
            for task in begun:
                log.warning("fiscal task %s was begun by the last run", task.task_id)
                uow.fiscal.set_state(
                    task.task_id,
                    FiscalState.UNKNOWN,
                    error=("fiscal.interrupted", *fiscal_texts.ASKING),
                )
            uow.commit()

    def start(self) -> None:
        """Begin the thread, once; what the last run left is asked about first."""
        if self._thread is not None:
            return
        self.recover()
        self._stopping = False
        self._thread = threading.Thread(target=self._work, name="fiscal", daemon=True)
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the thread; what is not made stays in the queue."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def wake(self) -> None:
        """Have the worker look at the queue now."""
        with self._wake:
            self._woken += 1
            self._wake.notify_all()

    def _work(self) -> None:
        seen = 0
        while (woken := self._wait(seen)) is not None:
            seen = woken
            self._drain()

    def _wait(self, seen: int) -> int | None:
        """Wait for a wake-up or a moment to try again; None ends the thread."""
        pause_s = TICK_S if self._has_waiting() else IDLE_S
        with self._wake:
            if not self._stopping and self._woken == seen:
                self._wake.wait(pause_s)
            return None if self._stopping else self._woken

    def _has_waiting(self) -> bool:
        try:
            with self._store.reader() as db:
                return db.fiscal.count_open() > 0
        except AppError as error:
            log.warning("the fiscal queue cannot be read now: %s", error)
            return True

    def _drain(self) -> None:
        try:
            self._aside()
            while not self._stopping and self.run_once():
                pass
            self.remind()
        except Exception:  # the edge of the thread: it goes on with the next wake-up
            log.exception("the fiscal queue stumbled")

    def _aside(self) -> None:
        """Do what is not kept in the queue."""

    def remind(self) -> None:
        """Tell once of each task that has waited for long."""
        if self.on_trouble is None:
            return
        before = self._clock.now() - REMIND_AFTER
        with self._store.reader() as db:
            late = [x for x in db.fiscal.list_open() if x.created_at <= before]
        for task in late:
            if task.task_id not in self._reminded:
                self._reminded.add(task.task_id)
                name = self._devices.fiscal_house.name
                self.on_trouble(task, fiscal_views.words_of_task(task, name))


def _runs(task: FiscalTask) -> bool:
    """Tell whether a task will be done without a person."""
    return task.state is not FiscalState.FAILED and task.error_code != UNCERTAIN
