"""When the kitchen did not get an order: what the cashier is told, and the ways out (design S6, S11).

retry        to the station's own printer again
print_here   on the receipt printer, with the mark of the station
say_aloud    somebody told the kitchen: nothing is printed
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from app.kernel.errors import BugError
from app.kernel.ids import SaleId
from app.store.engine import Store
from app.store.print_jobs import WITHDRAWN
from app.store.rows import PrintJob, PrintState
from app.store.uow import UnitOfWork
from app.till import kitchen_texts, texts
from app.till.kitchen_paper import is_moved, is_ticket, ticket_from_json
from app.till.order import StepName, StepState, StepStatus
from app.till.payment_states import Failure, Way, WayOut
from app.till.printing import Printing
from app.till.words import Words

log = logging.getLogger(__name__)

#: Code of the failure that `KitchenTrouble.failure` tells.
KITCHEN_FAILED: Final = "KITCHEN_FAILED"


class KitchenTrouble:
    """Says what became of the tickets of a sale and does what the cashier chooses.

    Args:
        store: The print queue.
        printing: Works it off.
    """

    def __init__(self, store: Store, printing: Printing) -> None:
        self._store, self._printing = store, printing

    # -------------------------------------------------------------- looking
    def failure(self, tickets: Sequence[PrintJob]) -> Failure | None:
        """Return what to tell the cashier of a sale's tickets; None while nothing failed."""
        failed = [job for job in tickets if job.state is PrintState.FAILED]
        if not failed:
            return None
        here = (Way(WayOut.KITCHEN_HERE, kitchen_texts.CHOICE_HERE),)
        ways = (
            Way(WayOut.KITCHEN_RETRY, texts.CHOICE_RETRY),
            *(here if self._printing.has_printer else ()),
            Way(WayOut.KITCHEN_TOLD, kitchen_texts.CHOICE_VOICE),
            Way(WayOut.NEXT_GUEST, texts.WAY_NEXT),
        )
        detail = ", ".join(sorted({job.last_error for job in failed if job.last_error}))
        return Failure(KITCHEN_FAILED, kitchen_texts.NOT_RECEIVED, ways, detail)

    def call_for(self, called: Callable[[Words, bool], object]) -> None:
        """Have somebody called when a ticket goes astray.

        Args:
            called: Takes what became of it and whether a person must help; on the thread of the
                ticket's printer.
        """
        self._printing.kitchen.on_trouble = lambda job, words: called(
            words, job.state is PrintState.FAILED
        )

    # -------------------------------------------------------------- ways out
    def retry(self, sale_id: SaleId) -> None:
        """Send what the kitchen did not get to its own printers again."""
        self._each(sale_id, self._printing.kitchen.retry)

    def print_here(self, sale_id: SaleId) -> None:
        """Print what the kitchen did not get on the receipt printer.

        Raises:
            FinalError: This till has none.
        """
        if not self._printing.has_printer:
            raise texts.PRINTER_NONE.final("PRINTER_NONE")
        self._each(sale_id, self._printing.kitchen.print_here)

    def say_aloud(self, sale_id: SaleId) -> None:
        """Take note that the kitchen was told what it did not get on paper."""

        def drop(uow: UnitOfWork, job: PrintJob) -> None:
            log.info("kitchen ticket %s: the kitchen was told", job.job_id)
            uow.print_jobs.set_state(job.job_id, PrintState.CANCELLED, last_error=job.last_error)

        self._each(sale_id, drop)

    def _each(self, sale_id: SaleId, what: Callable[[UnitOfWork, PrintJob], object]) -> None:
        """Do something with all tickets of a sale that failed, in one transaction."""
        with self._store.unit() as uow:
            tickets = tickets_of(uow, sale_id)
            jobs = [job for job in tickets if job.state is PrintState.FAILED]
            for job in jobs:
                what(uow, job)
            uow.commit()
        for job in jobs:
            self._printing.note(job.job_id)
        self._printing.wake()


def tickets_of(db: UnitOfWork, sale_id: SaleId) -> tuple[PrintJob, ...]:
    """Return the tickets of a sale; those that were withdrawn unread are none."""
    jobs = db.print_jobs.list_by_sale(sale_id)
    return tuple(job for job in jobs if is_ticket(job) and job.last_error != WITHDRAWN)


def kitchen_step(tickets: Sequence[PrintJob] | None, count: int) -> StepState:
    """Return the step of the kitchen.

    Args:
        tickets: The tickets of the sale as they stand; None is not asked yet.
        count: How many it has.
    """
    if tickets is None:
        waits = count > 0
        words = kitchen_texts.STEP_WAITS if waits else kitchen_texts.STEP_NONE
        return _step(StepStatus.WAITING if waits else StepStatus.DONE, words)
    states = {job.state for job in tickets}
    if PrintState.FAILED in states:
        return _step(StepStatus.FAILED, kitchen_texts.NOT_RECEIVED)
    if states & {PrintState.QUEUED, PrintState.PRINTING}:
        return _step(StepStatus.WAITING, kitchen_texts.STEP_WAITS)
    return _step(StepStatus.DONE, _done_words(tickets))


def _done_words(tickets: Sequence[PrintJob]) -> Words:
    if not tickets:
        return kitchen_texts.STEP_NONE
    if any(job.state is PrintState.CANCELLED for job in tickets):
        return kitchen_texts.STEP_TOLD
    has_moved = any(is_moved(job) for job in tickets)
    return kitchen_texts.STEP_INSTEAD if has_moved else kitchen_texts.STEP_DONE


def ticket_title(job: PrintJob) -> Words:
    """Return what a ticket is called in the queue."""
    try:
        ticket = ticket_from_json(job.payload)
    except BugError:
        title = str(job.payload.get("title", ""))
        return Words(title, title)
    return kitchen_texts.TITLE.fill(station=ticket.station, number=ticket.order)


def dish_count(job: PrintJob) -> int:
    """Return how many dishes a ticket names; 0 for one that cannot be read."""
    try:
        return len(ticket_from_json(job.payload).lines)
    except BugError:
        return 0


def _step(status: StepStatus, words: Words) -> StepState:
    return StepState(StepName.KITCHEN, status, words)
