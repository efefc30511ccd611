"""The kitchen of the till: who cooks what, tickets for what it was not told yet, marks on the lines (D4).

    order + what the kitchen knows -> tickets -> print queue of each station's printer

Makes jobs and never writes them: whoever changes the order writes both in one transaction, so that
nothing is cooked twice and nothing that was sent disappears. Any thread.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.domain.cart import Cart, CartLine
from app.kernel.clock import Clock
from app.kernel.errors import AppError
from app.kernel.ids import Ids, LineId, ProductId
from app.store.engine import Store
from app.store.rows import PrintJob, PrintState
from app.store.uow import UnitOfWork
from app.till import kitchen_plan, kitchen_texts
from app.till.catalog import Catalog
from app.till.devices import COOKS_ALL, Devices, Station
from app.till.house import House
from app.till.kitchen_memory import Batch, Memory, Told
from app.till.kitchen_paper import KITCHEN_JOB, is_moved, ticket_to_json
from app.till.kitchen_plan import Plan, Slip
from app.till.order import KitchenMark, KitchenView, Order, StepStatus
from app.till.print_marks import BEGUN
from drivers.api.kitchen import KitchenTicket

log = logging.getLogger(__name__)

_STATUS: Final[Mapping[PrintState, StepStatus]] = {
    PrintState.DONE: StepStatus.DONE,
    PrintState.CANCELLED: StepStatus.DONE,  # somebody told them
    PrintState.FAILED: StepStatus.FAILED,
}
_COMPARED_MAX: Final = 5_000
_WORST: Final = (StepStatus.FAILED, StepStatus.WAITING, StepStatus.DONE)


@dataclass(frozen=True, slots=True)
class Tickets:
    """Tickets to be written with the order.

    Attributes:
        jobs: For the print queue.
        memory: What the kitchen knows when they are printed.
    """

    jobs: tuple[PrintJob, ...]
    memory: Memory

    def write(self, uow: UnitOfWork) -> None:
        """Put the jobs in the queue, in the transaction of the order."""
        for job in self.jobs:
            uow.print_jobs.add(job)


@dataclass(frozen=True, slots=True)
class WayBack:
    """Takes the last tickets of an order back.

    Attributes:
        memory: What the kitchen knows then.
    """

    kitchen: "Kitchen"
    order: Order
    batch: Batch
    memory: Memory

    def write(self, uow: UnitOfWork) -> None:
        """Withdraw what is not printed, print slips for the rest, in the order's transaction."""
        self.kitchen.withdraw(self.order, self.batch, self.memory, uow)


@dataclass(frozen=True, slots=True)
class _Known:
    """A job as it was seen last."""

    status: StepStatus
    instead: str = ""


class Kitchen:
    """Makes tickets and knows what became of them.

    Args:
        store: The print queue.
        clock: The time on tickets.
        ids: Ids of jobs.
        house: Zone and categories.
        catalog: Categories of products.
        devices: The kitchen's printers.
    """

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ids: Ids,
        house: House,
        catalog: Catalog,
        devices: Devices,
    ) -> None:
        self._store, self._clock, self._ids = store, clock, ids
        self._house, self._catalog, self._devices = house, catalog, devices
        self._jobs: dict[str, _Known] = {}
        self._generation = 0
        self._compared: dict[LineId, tuple[CartLine, Told, bool]] = {}
        self._marked: tuple[tuple[Told, ...], object, Mapping[str, KitchenMark]] = ((), None, {})
        #: Printers by product, for these stations and this menu.
        self._routed: tuple[object, object, dict[ProductId, tuple[str, ...]]] = (None, None, {})

    # -------------------------------------------------------------- routing
    @property
    def is_used(self) -> bool:
        """Tell whether this till has a printer in a kitchen."""
        return bool(self._devices.stations)

    def route(self, line: CartLine) -> tuple[str, ...]:
        """Return the printers that cook a line, in the order of the settings.

        A menu that cannot be read stops no sale: then all are told, one of them will cook it.
        """
        stations, menu = self._devices.stations, self._house.menu_mark
        if not stations:
            return ()
        if self._routed[0] is not stations or self._routed[1] is not menu:
            self._routed = (stations, menu, {})
        known = self._routed[2]
        found = known.get(line.product_id)
        if found is None:
            try:
                product = self._catalog.find(line.product_id)
            except AppError as error:
                log.warning("nobody knows who cooks %s, all are told: %s", line.name, error)
                return tuple(station.printer for station in stations)
            groups = self._house.groups_of(product) if product is not None else frozenset[str]()
            found = tuple(station.printer for station in stations if _cooks(station, groups))
            known[line.product_id] = found
        return found

    def station(self, printer: str) -> Station | None:
        """Return the station of a printer, or None."""
        return next((one for one in self._devices.stations if one.printer == printer), None)

    # -------------------------------------------------------------- making tickets
    def tickets(
        self, order: Order, *, only: frozenset[LineId] | None = None, comment: str = ""
    ) -> Tickets:
        """Return tickets for what the kitchen must still be told of an order.

        Args:
            order: The order as it will be written.
            only: Lines that may be told of now; None tells of all.
            comment: Why something is taken back.
        """
        memory = order.kitchen
        if not self.is_used and memory.is_empty:
            return Tickets((), memory)
        now = self._clock.now()
        plan = kitchen_plan.plan(order.cart, memory, self.route, now, only)
        return self._made(order, plan, comment)

    def all_back(self, order: Order, reason: str) -> Tickets:
        """Return tickets that take everything back, for an order that is thrown away."""
        if order.kitchen.is_empty:
            return Tickets((), order.kitchen)
        empty = Cart(note=order.kitchen.note)
        plan = kitchen_plan.plan(empty, order.kitchen, self.route, self._clock.now())
        return self._made(order, plan, reason)

    def way_back(self, order: Order, batch: Batch) -> "WayBack":
        """Return what takes the last tickets back (T61), to be written with the order."""
        number = order.kitchen.tickets + len(batch.jobs)
        before = replace(batch.before, tickets=number, last=None)
        return WayBack(self, order, batch, before)

    def withdraw(self, order: Order, batch: Batch, before: Memory, uow: UnitOfWork) -> None:
        """Take tickets back: those on paper by a slip, the others without one."""
        kept = [job_id for job_id in batch.jobs if not uow.print_jobs.withdraw(job_id, BEGUN)]
        found = [uow.print_jobs.find(job_id) for job_id in kept]
        printers = frozenset(str(job.payload.get("made_for")) for job in found if job is not None)
        slips = kitchen_plan.way_back(order.kitchen, before, printers)
        self._made(order, Plan(slips, before.told, before.note), "").write(uow)

    def _made(self, order: Order, plan: Plan, comment: str) -> Tickets:
        memory = order.kitchen
        number = memory.tickets
        jobs: dict[str, PrintJob] = {}
        for printer in plan.printers():
            number += 1
            jobs[printer] = self._job(order, plan, printer, number, comment)
        told = tuple(_with_jobs(one, plan.slips, jobs) for one in plan.told)
        for job in jobs.values():
            self._jobs[job.job_id] = _Known(StepStatus.WAITING)
        ids = tuple(job.job_id for job in jobs.values())
        last = Batch(ids, self._clock.now(), memory.without_last(), order.cart) if ids else None
        made = Memory(told, plan.note, number, last)
        return Tickets(tuple(jobs.values()), made if ids or told != memory.told else memory)

    def _job(self, order: Order, plan: Plan, printer: str, number: int, comment: str) -> PrintJob:
        now = self._clock.now()
        station = self.station(printer)
        name = station.name if station is not None else printer
        ticket = KitchenTicket(
            station=name,
            order=f"{order.number} {order.name}".strip(),
            time=f"{now.astimezone(self._house.zone):%H:%M}",
            lines=plan.lines_for(printer),
            ticket_id=f"{order.number}-{number}",
            waiter=order.owner_name,
            comment=comment or order.cart.note,
        )
        title = kitchen_texts.TITLE.fill(station=name, number=order.number).ru
        return PrintJob(
            job_id=self._ids.new(),
            printer=printer,
            kind=KITCHEN_JOB,
            payload=ticket_to_json(ticket, title, printer),
            created_at=now,
            sale_id=order.sale_id,
        )

    # -------------------------------------------------------------- looking
    def view(self, order: Order) -> KitchenView | None:
        """Return what the kitchen knows of an order; None where there is no kitchen."""
        memory = order.kitchen
        if not self.is_used and memory.is_empty:
            return None
        open_lines = kitchen_plan.unsent(order.cart, memory, self.route, self._is_told)
        return KitchenView(self._marks(memory.told), open_lines)

    def _is_told(self, line: CartLine, told: Told) -> bool:
        """Tell whether the kitchen knows a line as it is; the answer for the same two is kept."""
        known = self._compared.get(line.line_id)
        if known is None or known[0] is not line or known[1] is not told:
            now = kitchen_plan.told_of(line, told.printers, told.at)
            if len(self._compared) > _COMPARED_MAX:
                self._compared.clear()
            known = self._compared[line.line_id] = (line, told, told.is_same(now))
        return known[2]

    def _marks(self, told: tuple[Told, ...]) -> Mapping[str, KitchenMark]:
        """Return the marks of lines; the same ones until a ticket or the lines are others."""
        facts = (self._generation, self._house.zone)
        known = self._marked
        if known[0] is not told or known[1] != facts:
            marks = {str(one.line_id): self._mark(one) for one in told}
            known = self._marked = (told, facts, marks)
        return known[2]

    def _mark(self, told: Told) -> KitchenMark:
        known = [self._known(job_id) for job_id in told.jobs]
        seen = {one.status for one in known}
        status = next((one for one in _WORST if one in seen), StepStatus.DONE)
        instead = next((one.instead for one in known if one.instead), "")
        return KitchenMark(status, told.at.astimezone(self._house.zone), instead)

    def _known(self, job_id: str) -> _Known:
        known = self._jobs.get(job_id)
        if known is None:
            with self._store.reader() as db:
                job = db.print_jobs.find(job_id)
            # A job that was trimmed was printed long ago.
            known = self._seen(job) if job is not None else _Known(StepStatus.DONE)
            self._jobs[job_id] = known
        return known

    def note_job(self, job: PrintJob) -> None:
        """Take note of what became of a ticket; any thread."""
        if job.job_id in self._jobs:
            self._jobs[job.job_id] = self._seen(job)
            self._generation += 1

    def _seen(self, job: PrintJob) -> _Known:
        status = _STATUS.get(job.state, StepStatus.WAITING)
        if not is_moved(job):
            return _Known(status)
        station = self.station(job.printer)
        return _Known(status, station.name if station is not None else job.printer)

    def jobs_of(self, memory: Memory) -> tuple[str, ...] | None:
        """Return the tickets that tell of an order; None where there is no kitchen."""
        if not self.is_used and not memory.tickets:
            return None
        return tuple(dict.fromkeys(job for told in memory.told for job in told.jobs))

    def let_go(self, tickets: Tickets) -> None:
        """Let go of tickets that belong to no order on the desk."""
        for job in tickets.jobs:
            self._jobs.pop(job.job_id, None)

    def forget(self, memory: Memory) -> None:
        """Let go of the tickets of an order that is gone."""
        for told in memory.told:
            self._compared.pop(told.line_id, None)
            for job_id in told.jobs:
                self._jobs.pop(job_id, None)


def _cooks(station: Station, groups: frozenset[str]) -> bool:
    return any(
        one == COOKS_ALL or one in groups or one.casefold() in groups for one in station.cooks
    )


def _with_jobs(told: Told, slips: Sequence[Slip], jobs: Mapping[str, PrintJob]) -> Told:
    """Return a line with the tickets that tell of it now; one that is told anew forgets the old."""
    printers = {slip.printer for slip in slips if slip.line_id == told.line_id}
    if not printers:
        return told
    return replace(told, jobs=tuple(jobs[printer].job_id for printer in sorted(printers)))
