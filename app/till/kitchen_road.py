"""The road of a ticket when its printer fails: to the substitute once, then to a person (D4).

    printer fails for 15 s, or for good -> substitute, with "instead of" and, if need be, REPEAT
    substitute fails as well, or none   -> FAILED: try again, print here, or tell them

Duplicates are tolerable in a kitchen, losses are not: what may be on paper already goes on with a
mark (reference, 6, order of failure handling). Called on the printers' threads.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from app.kernel.clock import Clock
from app.kernel.errors import BugError
from app.store.engine import Store
from app.store.rows import Json, PrintJob, PrintState
from app.store.uow import UnitOfWork
from app.till import kitchen_texts
from app.till.devices import RECEIPT_PRINTER, Devices, Station
from app.till.kitchen_paper import is_moved, is_ticket, moved, ticket_from_json
from app.till.print_marks import was_begun
from app.till.words import Words

log = logging.getLogger(__name__)

#: So long may a printer fail before its tickets go elsewhere.
PATIENCE: Final = timedelta(seconds=15)
#: Why a ticket waits for a printer that the settings do not know any more.
NO_PRINTER: Final = "printer_gone"

JobTold = Callable[[PrintJob], object]
TroubleTold = Callable[[PrintJob, Words], object]


class KitchenRoad:
    """Knows which printers fail, and sends their tickets on.

    Args:
        store: The print queue.
        clock: Tells how long a printer has been failing.
        devices: Stations and their substitutes.

    Attributes:
        on_job: Told of each ticket that changed.
        on_trouble: Told what a cashier should know of a ticket, as it is then.
    """

    def __init__(self, store: Store, clock: Clock, devices: Devices) -> None:
        self._store, self._clock, self._devices = store, clock, devices
        self._failing: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self.on_job: JobTold = _nobody
        self.on_trouble: TroubleTold = _nobody_cares

    # -------------------------------------------------------------- what printers do
    def note_success(self, printer: str) -> None:
        """A printer printed: it may be trusted again."""
        with self._lock:
            self._failing.pop(printer, None)

    def is_given_up(self, printer: str) -> bool:
        """Take note of a failure; tell whether it has lasted too long."""
        now = self._clock.now()
        with self._lock:
            return now - self._failing.setdefault(printer, now) > PATIENCE

    def send_on(self, printer: str) -> None:
        """Send all tickets that wait for a printer on, in their order."""
        self._send_on(partial(_waiting, printer), "printer_fails")

    def send_one_on(self, job: PrintJob, code: str) -> None:
        """Send one ticket on that its printer cannot print."""
        self._send_on(partial(_found, job.job_id), code)

    def adopt(self) -> None:
        """Send on what waits for printers that are there no more."""
        printers = self._devices.printers
        with self._store.reader() as db:
            lost = [name for name in db.print_jobs.list_printers() if name not in printers]
        for name in lost:
            self._send_on(partial(_waiting, name), NO_PRINTER)

    def _send_on(self, jobs_of: "Callable[[UnitOfWork], tuple[PrintJob, ...]]", code: str) -> None:
        with self._store.unit() as uow:
            told = [
                (job, self._give(uow, job, code))
                for job in jobs_of(uow)
                if is_ticket(job) and job.state is not PrintState.FAILED
            ]
            uow.commit()
        for job, words in told:
            log.warning("kitchen ticket %s: %s", job.job_id, words.en)
            self._tell(job.job_id, words)

    def _give(self, uow: UnitOfWork, job: PrintJob, code: str) -> Words:
        """Give a ticket to the substitute, or to a person; return what to say of it."""
        try:
            ticket = ticket_from_json(job.payload)
        except BugError:
            log.exception("kitchen ticket %s is unreadable", job.job_id)
            uow.print_jobs.set_state(job.job_id, PrintState.FAILED, last_error=code)
            return kitchen_texts.NOT_RECEIVED
        station = self._station(str(job.payload.get("made_for", job.printer)))
        substitute = station.substitute if station is not None else ""
        can_move = substitute in self._devices.printers and substitute != job.printer
        if is_moved(job) or not can_move:
            uow.print_jobs.set_state(
                job.job_id, PrintState.FAILED, last_error=job.last_error or code
            )
            return kitchen_texts.NOT_RECEIVED_NUMBER.fill(number=ticket.order)
        uow.print_jobs.move(job, substitute, moved(job.payload, ticket.station), _mark_of(job))
        other = self.name_of(substitute)
        return Words(
            *(
                sentence.format(broken=ticket.station, number=ticket.order, printer=name)
                for sentence, name in zip(kitchen_texts.INSTEAD, other, strict=True)
            )
        )

    def _tell(self, job_id: str, words: Words) -> None:
        with self._store.reader() as db:
            job = db.print_jobs.find(job_id)
        if job is not None:
            self.on_job(job)
            self.on_trouble(job, words)

    # -------------------------------------------------------------- what people do
    def retry(self, uow: UnitOfWork, job: PrintJob) -> None:
        """Send a ticket to its own printer again."""
        home = str(job.payload.get("made_for", job.printer))
        self.note_success(home)  # somebody has been there: patience begins anew
        self._move_now(uow, job, home, moved(job.payload, ""))

    def print_here(self, uow: UnitOfWork, job: PrintJob) -> None:
        """Send a ticket to the receipt printer."""
        station = ticket_from_json(job.payload).station
        self._move_now(uow, job, RECEIPT_PRINTER, moved(job.payload, station))

    def _move_now(self, uow: UnitOfWork, job: PrintJob, printer: str, payload: Json) -> None:
        """Move a ticket for a person who asks for it now, however old it is."""
        uow.print_jobs.move(job, printer, payload, _mark_of(job))
        uow.print_jobs.want(job.job_id, self._clock.now(), is_late=False)

    @property
    def can_print_here(self) -> bool:
        """Tell whether there is a receipt printer."""
        return RECEIPT_PRINTER in self._devices.printers

    def name_of(self, printer: str) -> Words:
        """Return what people call a printer."""
        station = self._station(printer)
        if station is not None:
            return Words(station.name, station.name)
        if printer == RECEIPT_PRINTER:
            return kitchen_texts.RECEIPT_PRINTER
        return Words(printer, printer)

    def _station(self, printer: str) -> Station | None:
        return next((one for one in self._devices.stations if one.printer == printer), None)


def _waiting(printer: str, uow: UnitOfWork) -> tuple[PrintJob, ...]:
    return uow.print_jobs.list_waiting(printer)


def _found(job_id: str, uow: UnitOfWork) -> tuple[PrintJob, ...]:
    job = uow.print_jobs.find(job_id)
    return (job,) if job is not None else ()


def _mark_of(job: PrintJob) -> str:
    return job.last_error if was_begun(job) else ""


def _nobody(_job: PrintJob) -> None:
    """Nobody asked to be told."""


def _nobody_cares(_job: PrintJob, _words: Words) -> None:
    """Nobody asked to be told."""
