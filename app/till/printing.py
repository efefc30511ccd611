"""Printing: a queue on disk for each printer, worked off in order, that never stops a sale (D5).

    add (in the sale's transaction) -> QUEUED -> PRINTING -> DONE
                                         ^          |-- nothing printed: back, tried again later
                                         |          |-- maybe printed: back as a marked copy
                                         |          `-- cannot be printed: FAILED, a person decides

The mark "maybe printed" is written before the first byte goes out, so that after a crash the job
comes again as a copy.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Final

from app.domain.sale import Refund, Sale
from app.kernel.clock import Clock
from app.kernel.errors import BugError
from app.kernel.ids import Ids, RefundId, SaleId
from app.store.engine import Store
from app.store.rows import PrintJob, PrintState
from app.till import texts
from app.till.devices import RECEIPT_PRINTER, Devices, words_of
from app.till.house import House
from app.till.paper import receipt_to_json, to_document
from app.till.receipt_templates import ReceiptTemplates
from app.till.receipts import refund_document, sale_document
from drivers.api import errors as driver_errors
from drivers.api.printer import ReceiptPrinter
from drivers.api.receipt import ReceiptDocument

log = logging.getLogger(__name__)

RETRY_PAUSES_S: Final = (1, 2, 5, 10)
#: A drawer is not opened for a receipt that had to wait: nobody stands before it any more.
DRAWER_FRESH: Final = timedelta(seconds=60)
#: Begins `last_error` of a job of which some paper may be out already.
BEGUN: Final = "maybe_printed"


class Printing:
    """Puts documents in the queue and prints them.

    Args:
        store: The queue.
        clock: Tells when to try again.
        ids: Ids of jobs.
        house: Head and foot of receipts.
        devices: The printers.
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
        self._wake = threading.Condition()
        self._woken = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self.on_trouble: Callable[[PrintJob, str, str], None] | None = None

    # -------------------------------------------------------------- making jobs
    def sale_job(self, sale: Sale, *, open_drawer: bool) -> PrintJob:
        """Return the job for the receipt of a sale; the caller writes it with the sale."""
        receipt = self.receipt_of(sale)
        return self._job(receipt, "receipt", sale_id=sale.sale_id, open_drawer=open_drawer)

    def refund_job(self, refund: Refund, sale: Sale, *, open_drawer: bool) -> PrintJob:
        """Return the job for the receipt of a refund; the caller writes it with the refund."""
        receipt = refund_document(refund, sale, self._house.venue, self._house.zone)
        return self._job(receipt, "refund", sale_id=sale.sale_id, open_drawer=open_drawer)

    def receipt_of(self, sale: Sale) -> ReceiptDocument:
        """Return the receipt of a sale, for paper or screen."""
        house = self._house
        return sale_document(sale, house.venue, house.zone, house.tax_names())

    def _job(
        self,
        receipt: ReceiptDocument,
        kind: str,
        *,
        sale_id: SaleId | None = None,
        open_drawer: bool = False,
        is_copy: bool = False,
    ) -> PrintJob:
        return PrintJob(
            job_id=self._ids.new(),
            printer=RECEIPT_PRINTER,
            kind=kind,
            payload=receipt_to_json(receipt, open_drawer=open_drawer and self._devices.has_drawer),
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
        job = self.refund_job(refund, sale, open_drawer=False)
        return self._queue(replace(job, is_copy=True))

    def open_drawer(self) -> None:
        """Open the cash drawer now; on the device's lane.

        Raises:
            OutsideError: It did not open.
        """
        printer = self._devices.receipt_printer
        if printer is None or not self._devices.has_drawer:
            raise texts.DRAWER_FAILED.final("DRAWER_NONE")
        try:
            printer.open_drawer()
        except driver_errors.DriverError as error:
            raise texts.DRAWER_FAILED.temporary(error.code) from error

    def retry(self, job_id: str) -> None:
        """Try a job again at once."""
        with self._store.unit() as uow:
            uow.print_jobs.set_state(job_id, PrintState.QUEUED)
            uow.commit()
        self.wake()

    def drop(self, job_id: str) -> None:
        """Do not print a job."""
        with self._store.unit() as uow:
            uow.print_jobs.set_state(job_id, PrintState.CANCELLED)
            uow.commit()

    # -------------------------------------------------------------- working off
    def run_once(self, printer_name: str = RECEIPT_PRINTER) -> bool:
        """Print the job at the head of a printer's queue.

        Returns:
            True if something was printed or laid aside, False if there was nothing to do now.
        """
        printer = self._devices.printers.get(printer_name)
        if printer is None:
            return False
        with self._store.reader() as db:
            job = db.print_jobs.find_next(printer_name, self._clock.now())
        if job is None:
            return False
        return self._print(printer, job)

    def _print(self, printer: ReceiptPrinter, job: PrintJob) -> bool:
        try:
            document = to_document(
                job.payload,
                is_copy=job.is_copy or _was_begun(job),
                template=self.templates.current,
                dots=printer.capabilities.dots,
            )
        except BugError as error:
            log.exception("print job %s is unreadable", job.job_id)
            self._set(job, PrintState.FAILED, str(error.detail))
            return True
        self._kick_drawer(printer, job)
        self._set(job, PrintState.PRINTING, f"{BEGUN} started", attempts=job.attempts + 1)
        try:
            printer.open()
            printer.print(document)
        except driver_errors.OutcomeUnknown as error:
            log.warning("print job %s may be printed: %s", job.job_id, error)
            self._set(job, PrintState.QUEUED, f"{BEGUN} {error.code}", wait=True)
            self._tell(job, error)
            return False
        except driver_errors.DriverError as error:
            log.info("print job %s waits: %s", job.job_id, error)
            if error.retryable:
                self._set(job, PrintState.QUEUED, _kept(job, error.code), wait=True)
            else:
                self._set(job, PrintState.FAILED, error.code)
            self._tell(job, error)
            return not error.retryable
        self._set(job, PrintState.DONE, "")
        return True

    def _kick_drawer(self, printer: ReceiptPrinter, job: PrintJob) -> None:
        is_fresh = self._clock.now() - job.created_at < DRAWER_FRESH
        if not (job.payload.get("drawer") and job.attempts == 0 and is_fresh):
            return
        try:
            printer.open()
            printer.open_drawer()
        except driver_errors.DriverError as error:
            log.warning("the drawer did not open: %s", error)
            if self.on_trouble is not None:
                self.on_trouble(job, texts.DRAWER_FAILED.ru, texts.DRAWER_FAILED.en)

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

    def _tell(self, job: PrintJob, error: driver_errors.DriverError) -> None:
        if self.on_trouble is not None and job.attempts == 0:
            words = words_of(error)
            self.on_trouble(job, words.ru, words.en)

    # -------------------------------------------------------------- the worker
    def start(self) -> None:
        """Begin a thread for each printer that has none; again after a printer was added."""
        self._stopping = False
        running = {thread.name for thread in self._threads}
        for name in self._devices.printers:
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


def _was_begun(job: PrintJob) -> bool:
    return job.last_error.startswith(BEGUN)


def _kept(job: PrintJob, code: str) -> str:
    return f"{BEGUN} {code}" if _was_begun(job) else code
