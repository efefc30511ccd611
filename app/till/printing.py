"""Printing: a queue on disk for each printer, worked off in order, that never stops a sale (D5).

    add (in the sale's transaction) -> QUEUED -> PRINTING -> DONE
                                         ^          |-- nothing printed: back, tried again later
                                         |          |-- maybe printed: back as a marked copy
                                         |          `-- cannot be printed: FAILED, a person decides
                                         `-- too old: FAILED, a person says whether, and as what

The mark "maybe printed" is written before the first byte goes out, so that after a crash the job
comes again as a copy. Tickets for the kitchen are jobs of their printers; when one fails for long,
`KitchenRoad` sends them on. A printer's thread opens the drawer in its socket, before it prints.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.domain.sale import Refund, Sale
from app.kernel.clock import Clock
from app.kernel.errors import BugError
from app.kernel.ids import Ids, RefundId, SaleId
from app.kernel.late import LateModule
from app.store.engine import Store
from app.store.rows import PrintJob, PrintState
from app.store.uow import UnitOfWork
from app.till import texts
from app.till.devices import RECEIPT_PRINTER, Devices, words_of
from app.till.drawers import Drawers
from app.till.house import House
from app.till.kitchen_paper import is_ticket, ticket_document
from app.till.kitchen_road import KitchenRoad
from app.till.paper import receipt_to_json, to_document
from app.till.print_marks import BEGUN, LATE, asks_whether, was_begun, with_mark
from app.till.receipt_templates import ReceiptTemplates
from app.till.receipts import refund_document, sale_document
from drivers.api import errors as driver_errors
from drivers.api.printer import PrintDocument, ReceiptPrinter
from drivers.api.receipt import ReceiptDocument

if TYPE_CHECKING:
    from app.till import fiscal_codec
    from drivers.api.fiscal import FiscalDocument
else:
    fiscal_codec = LateModule("app.till.fiscal_codec")  # a till without a register never loads it

log = logging.getLogger(__name__)

RETRY_PAUSES_S: Final = (1, 2, 5, 10)
#: A printer that was away for a night must not pour out what nobody waits for any more.
LATE_AFTER: Final = timedelta(hours=1)
TICKET_LATE_AFTER: Final = timedelta(minutes=20)


class Printing:
    """Puts documents in the queue and prints them.

    Args:
        store: The queue.
        clock: Tells when to try again.
        ids: Ids of jobs.
        house: Head and foot of receipts.
        devices: The printers and drawers.

    Attributes:
        drawers: Opens them.
        kitchen: Where tickets go when a printer of the kitchen fails.
        on_trouble: Told of a job's first failure, on the thread of its printer.
        on_late: Told that jobs became too old to be printed unasked, on the same thread.
    """

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, house: House, devices: Devices
    ) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._house = house
        self._devices = devices
        self.templates = ReceiptTemplates(store, house)
        self.drawers = Drawers(clock, devices)
        self.kitchen = KitchenRoad(store, clock, devices)
        self._wake = threading.Condition()
        self._woken = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self.on_trouble: Callable[[PrintJob, str, str], None] | None = None
        self.on_late: Callable[[], object] = _nobody

    # -------------------------------------------------------------- making jobs
    def sale_job(self, sale: Sale, fiscal: "FiscalDocument | None" = None) -> PrintJob:
        """Return the job for the receipt of a sale; the caller writes it with the sale.

        Args:
            sale: Paid.
            fiscal: What the register made for it, where the register does not print it itself.
        """
        return self._job(self._sale_receipt(sale, fiscal), "receipt", sale_id=sale.sale_id)

    def refund_job(
        self, refund: Refund, sale: Sale, fiscal: "FiscalDocument | None" = None
    ) -> PrintJob:
        """Return the job for the receipt of a refund; `fiscal` as for a sale."""
        receipt = refund_document(refund, sale, self._house.venue, self._house.zone, fiscal)
        return self._job(receipt, "refund", sale_id=sale.sale_id)

    def receipt_of(self, sale: Sale) -> ReceiptDocument:
        """Return the receipt of a sale as it stands now, for paper or screen."""
        return self._sale_receipt(sale, self._made(sale.sale_id))

    def _sale_receipt(self, sale: Sale, fiscal: "FiscalDocument | None") -> ReceiptDocument:
        house = self._house
        return sale_document(sale, house.venue, house.zone, house.tax_names(), fiscal)

    def _made(self, sale_id: SaleId) -> "FiscalDocument | None":
        """Return the document of a sale that the register made earlier, for copies."""
        with self._store.reader() as db:
            task = db.fiscal.find_by_sale(sale_id)
        if task is None or task.document is None:
            return None
        return fiscal_codec.document_from_json(task.document)

    def _job(
        self,
        receipt: ReceiptDocument,
        kind: str,
        *,
        sale_id: SaleId | None = None,
        is_copy: bool = False,
    ) -> PrintJob:
        return PrintJob(
            job_id=self._ids.new(),
            printer=RECEIPT_PRINTER,
            kind=kind,
            payload=receipt_to_json(receipt),
            created_at=self._clock.now(),
            is_copy=is_copy,
            sale_id=sale_id,
        )

    def _queue(self, job: PrintJob) -> str:
        if not self.has_printer:
            raise texts.PRINTER_NONE.final("PRINTER_NONE")
        with self._store.unit() as uow:
            uow.print_jobs.add(job)
            uow.commit()
        self.wake()
        return job.job_id

    # -------------------------------------------------------------- asked by people
    @property
    def has_printer(self) -> bool:
        """Tell whether this till has a receipt printer at all, ready or not."""
        return self._devices.receipt_printer is not None

    def print_receipt(self, receipt: ReceiptDocument, *, kind: str = "slip") -> str:
        """Queue a document that belongs to no sale; return the id of its job.

        Raises:
            FinalError: This till has no receipt printer.
        """
        return self._queue(self._job(receipt, kind))

    def reprint(self, sale_id: SaleId) -> str:
        """Queue a copy of a sale's receipt, marked as such; return the id of its job.

        Raises:
            RuleError: This till did not make the sale.
        """
        with self._store.reader() as db:
            sale = db.sales.find(sale_id)
        if sale is None:
            raise texts.SALE_UNKNOWN.rule_error("SALE_UNKNOWN")
        return self._queue(
            self._job(self.receipt_of(sale), "receipt", sale_id=sale_id, is_copy=True)
        )

    def reprint_refund(self, refund_id: RefundId) -> str:
        """Queue a copy of a refund's receipt, marked as such; return the id of its job."""
        with self._store.reader() as db:
            refund = db.sales.find_refund(refund_id)
            sale = db.sales.find(refund.sale_id) if refund else None
        if refund is None or sale is None:
            raise texts.SALE_UNKNOWN.rule_error("SALE_UNKNOWN")
        job = self.refund_job(refund, sale)
        return self._queue(replace(job, is_copy=True))

    def open_drawer(self) -> None:
        """Open the cash drawer now; on the device's lane.

        Raises:
            OutsideError: It did not open.
        """
        self.drawers.open_now()

    def retry(self, job_id: str, *, is_late: bool = False) -> None:
        """Try a job again at once; a ticket goes to its own printer again.

        Args:
            job_id: Which one.
            is_late: Mark it as late on paper.
        """

        def again(uow: UnitOfWork, job: PrintJob) -> None:
            if is_ticket(job):
                self.kitchen.retry(uow, job)
            else:
                uow.print_jobs.set_state(job_id, PrintState.QUEUED, last_error=_mark_of(job))

        self._decide(job_id, again, is_late=is_late)

    def print_here(self, job_id: str) -> None:
        """Print a ticket of the kitchen on the receipt printer.

        Raises:
            FinalError: This till has no receipt printer.
        """
        if not self.has_printer:
            raise texts.PRINTER_NONE.final("PRINTER_NONE")
        self._decide(job_id, self.kitchen.print_here)

    def _decide(
        self,
        job_id: str,
        what: Callable[[UnitOfWork, PrintJob], object],
        *,
        is_late: bool = False,
    ) -> None:
        with self._store.unit() as uow:
            job = uow.print_jobs.find(job_id)
            if job is None or job.state in (PrintState.DONE, PrintState.CANCELLED):
                raise texts.QUEUE_ROW_GONE.rule_error("QUEUE_ROW_GONE")
            what(uow, job)
            uow.print_jobs.want(job_id, self._clock.now(), is_late=is_late)
            uow.commit()
        self.note(job_id)
        self.wake()

    def drop(self, job_id: str) -> None:
        """Do not print a job."""
        with self._store.unit() as uow:
            uow.print_jobs.set_state(job_id, PrintState.CANCELLED)
            uow.commit()
        self.note(job_id)

    def drop_old(self) -> None:
        """Print no receipt or report that waited too long; of each ticket the kitchen must be told."""
        with self._store.unit() as uow:
            for job in uow.print_jobs.list_waiting():
                if asks_whether(job) and not is_ticket(job):
                    uow.print_jobs.set_state(job.job_id, PrintState.CANCELLED)
            uow.commit()

    # -------------------------------------------------------------- working off
    def run_once(self, printer_name: str = RECEIPT_PRINTER) -> bool:
        """Open the drawer in a printer's socket if that is wanted, then print the next job.

        Args:
            printer_name: Name in the queue; of a drawer with a thread of its own, its id.

        Returns:
            True if something was printed or laid aside, False if there was nothing to do now.
        """
        self.drawers.serve(printer_name)
        printer = self._devices.printers.get(printer_name)
        if printer is None:
            return False
        with self._store.reader() as db:
            job = db.print_jobs.find_next(printer_name, self._clock.now())
        if job is None:
            return False
        if self._is_too_old(job):
            self._ask_whether(job)
            return True
        return self._print(printer, job)

    def _is_too_old(self, job: PrintJob) -> bool:
        limit = TICKET_LATE_AFTER if is_ticket(job) else LATE_AFTER
        return self._clock.now() - (job.wanted_at or job.created_at) > limit

    def _ask_whether(self, job: PrintJob) -> None:
        """Lay a job aside until a person says whether it is printed; those behind it go on."""
        log.info("print job %s waited too long", job.job_id)
        self._set(job, PrintState.FAILED, with_mark(job, LATE))
        self.on_late()

    def _print(self, printer: ReceiptPrinter, job: PrintJob) -> bool:
        try:
            document = self._printable(printer, job)
        except BugError as error:
            log.exception("print job %s is unreadable", job.job_id)
            self._set(job, PrintState.FAILED, str(error.detail))
            return True
        if not self._claimed(job):
            return True
        try:
            printer.open()
            printer.print(document)
        except driver_errors.OutcomeUnknown as error:
            log.warning("print job %s may be printed: %s", job.job_id, error)
            self._set(job, PrintState.QUEUED, f"{BEGUN} {error.code}", wait=True)
            return self._after_failure(job, error)
        except driver_errors.DriverError as error:
            log.info("print job %s waits: %s", job.job_id, error)
            state = PrintState.QUEUED if error.retryable else PrintState.FAILED
            if is_ticket(job):
                state = PrintState.QUEUED  # its road decides
            self._set(job, state, with_mark(job, error.code), wait=error.retryable)
            return self._after_failure(job, error)
        self.kitchen.note_success(job.printer)
        self._set(job, PrintState.DONE, "")
        return True

    def _printable(self, printer: ReceiptPrinter, job: PrintJob) -> PrintDocument:
        is_again = job.is_copy or was_begun(job)
        if is_ticket(job):
            document = ticket_document(job, is_repeat=is_again)
        else:
            document = to_document(
                job.payload,
                is_copy=is_again,
                template=self.templates.current,
                dots=printer.capabilities.dots,
            )
        return _marked_late(document) if job.is_late else document

    def _claimed(self, job: PrintJob) -> bool:
        """Write that paper may come out from now on; False if the job was taken away meanwhile."""
        with self._store.unit() as uow:
            is_ours = uow.print_jobs.claim(job, f"{BEGUN} started")
            uow.commit()
        return is_ours

    def _after_failure(self, job: PrintJob, error: driver_errors.DriverError) -> bool:
        """Tell of a failure, send tickets on; True if the next job may be tried at once."""
        self._tell(job, error)
        has_to_wait = error.retryable or isinstance(error, driver_errors.OutcomeUnknown)
        lasts = has_to_wait and self.kitchen.is_given_up(job.printer)
        if not is_ticket(job):
            return not has_to_wait
        if lasts:
            self.kitchen.send_on(job.printer)
        elif not has_to_wait:
            with self._store.reader() as db:
                now = db.print_jobs.find(job.job_id)
            self.kitchen.send_one_on(now or job, error.code)
        if lasts or not has_to_wait:
            self.wake()
            return True
        return False

    def _set(
        self,
        job: PrintJob,
        state: PrintState,
        error: str,
        *,
        attempts: int | None = None,
        wait: bool = False,
    ) -> None:
        not_before = None
        if wait:
            pause = RETRY_PAUSES_S[min(job.attempts, len(RETRY_PAUSES_S) - 1)]
            not_before = self._clock.now() + timedelta(seconds=pause)
        with self._store.unit(durable=state is not PrintState.DONE) as uow:
            uow.print_jobs.set_state(
                job.job_id, state, attempts=attempts, not_before=not_before, last_error=error
            )
            uow.commit()
        if is_ticket(job):
            self.note(job.job_id)

    def note(self, job_id: str) -> None:
        """Tell what became of a ticket; jobs of other kinds concern nobody."""
        with self._store.reader() as db:
            job = db.print_jobs.find(job_id)
        if job is not None and is_ticket(job):
            self.kitchen.on_job(job)

    def _tell(self, job: PrintJob, error: driver_errors.DriverError) -> None:
        if self.on_trouble is not None and job.attempts == 0:
            words = words_of(error)
            self.on_trouble(job, words.ru, words.en)

    # -------------------------------------------------------------- the worker
    def start(self) -> None:
        """Begin a thread for each printer and drawer that has none; again after one was added."""
        self._stopping = False
        self.kitchen.adopt()
        running = {thread.name for thread in self._threads}
        for name in (*self._devices.printers, *self._devices.drawers):
            thread = threading.Thread(
                target=self._work, args=(name,), name=f"print-{name}", daemon=True
            )
            if thread.name not in running:
                self._threads.append(thread)
                thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """End the threads; what is not printed stays in the queue."""
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for thread in self._threads:
            thread.join(timeout_s)
        self._threads.clear()

    def wake(self) -> None:
        """Have the workers look at their queues now."""
        with self._wake:
            self._woken += 1
            self._wake.notify_all()

    def _work(self, printer_name: str) -> None:
        seen = 0
        while (woken := self._wait(seen)) is not None:
            seen = woken
            self._drain(printer_name)

    def _wait(self, seen: int) -> int | None:
        """Wait for a wake-up or a moment to try again; None ends the thread."""
        with self._wake:
            if not self._stopping and self._woken == seen:
                self._wake.wait(RETRY_PAUSES_S[0])
            return None if self._stopping else self._woken

    def _drain(self, printer_name: str) -> None:
        try:
            while not self._stopping and self.run_once(printer_name):
                pass
        except Exception:  # the edge of the thread: printing goes on with the next wake-up
            log.exception("the print queue of %s stumbled", printer_name)


def _marked_late(document: PrintDocument) -> PrintDocument:
    mark = texts.LATE_MARK.ru
    text = f"{document.copy_text}, {mark}" if document.copy_mark else mark
    return replace(document, copy_mark=True, copy_text=text)


def _nobody() -> None:
    """Nobody asked to be told."""


def _mark_of(job: PrintJob) -> str:
    return job.last_error if was_begun(job) else ""
