"""A till with a fiscal register: the real driver over HTTP, and a simulator that misbehaves on demand."""

import datetime as dt
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from typing_extensions import override

from app.domain.catalog import Menu
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.store.rows import FiscalState, FiscalTask
from app.till.devices import Devices
from app.till.fiscal_port import FiscalHouse
from drivers.api.device import Probe
from drivers.api.fiscal import FiscalDocument, FiscalReceipt
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.atol.web import WebOptions, WebRoad, pause_for
from drivers.fiscal.notes import NoteStore
from drivers.fiscal.split import emitted
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.atol_web_register import RegisterMachine, StoredDocument
from drivers.transport.http import HttpLink
from tests.fakes.fuse import Fuse
from tests.till.bench import MENU, Bench

#: Limits are short where a simulator never answers, long where it must have its time to.
FAST = WebOptions(
    request_timeout_s=20.0,
    answer_limit_s=20.0,
    blocked_limit_s=0.05,
    settle_s=0.001,
    loss_limit_s=10.0,
)


def menu_of(menu: Menu, vat_bp: int) -> Menu:
    """Return a menu with one rate for everything, in force since 2026."""
    rates = (TaxPeriod(dt.date(2026, 1, 1), vat_bp),)
    return replace(menu, taxes=TaxTable((Tax("vat20", "НДС", rates),)))


class FusedRegister(AtolRegister):
    """The real driver; the process may die before a document is sent and after it is made."""

    fuse = Fuse()

    @override
    def register(self, receipt: FiscalReceipt, document_id: str) -> FiscalDocument:
        self.fuse.pass_by("before receipt")
        document = super().register(receipt, document_id)
        self.fuse.pass_by("after receipt")
        return document


@dataclass
class FiscalBench(Bench):
    """See `Bench`; the register and its notes on disk outlive the till.

    Attributes:
        prints: Who prints the guest's receipt: the register, or the till after it.
        is_paperless: The register makes electronic receipts without paper.
        probe: What the supervisor says of the register.
        vat_bp: Rate of everything on the menu.
        auto_open: A receipt opens a closed shift.
        device_id: Of the register in the settings.
        notes_name: File of the driver's notes.
    """

    prints: bool | None = None
    is_paperless: bool = False
    probe: Probe | None = None
    vat_bp: int = 2200
    auto_open: bool = True
    device_id: str = "fiscal"
    notes_name: str = "fiscal-notes.json"
    machine: RegisterMachine = field(init=False)
    _is_closed: bool = field(init=False, default=False)
    simulator: AtolWebSimulator = field(init=False)
    devices: Devices = field(init=False)

    def __post_init__(self) -> None:
        self.machine = RegisterMachine(
            clock=lambda: self.clock.now().astimezone(dt.UTC), auto_open=self.auto_open
        )
        self.simulator = AtolWebSimulator(machine=self.machine, hidden_polls=0)
        self.simulator.start()
        super().__post_init__()

    def _fill(self) -> None:
        super()._fill()
        self.store.replace_menu(menu_of(MENU, self.vat_bp))

    @property
    def notes(self) -> Path:
        """Where the driver notes what it sends."""
        return self.folder / self.notes_name

    def connect(self) -> AtolRegister:
        """Return a driver as after a restart of the till."""
        link = HttpLink(self.simulator.url)
        road = WebRoad(link, FAST, pause=lambda wait_s: pause_for(wait_s / 20))
        made = FusedRegister(road, notes=NoteStore(self.notes))
        made.fuse = self.fuse
        return made

    def _devices(self) -> Devices:
        devices = self.devices = super()._devices()
        devices.fiscal = self.connect()
        devices.fiscal_house = FiscalHouse(
            device_id=self.device_id,
            prints=self.prints,
            is_paperless=self.is_paperless,
            name="АТОЛ 30Ф",
            probe=lambda: self.probe,
            emit=emitted,
        )
        return devices

    def close(self) -> None:
        """End till and simulator; repeatable."""
        if not self._is_closed:
            self._is_closed = True
            super().close()
            self.simulator.stop()

    # -------------------------------------------------------------- doing
    def work(self, *, minutes: int = 0) -> None:
        """Have the queue worked off as its thread does, with the time that it waits."""
        for _ in range(40):
            while self.till.fiscal.run_once():
                pass
            if not any(task.not_before for task in self.tasks()):
                break
            self.clock.advance(dt.timedelta(seconds=30))
        self.clock.advance(dt.timedelta(minutes=minutes))

    def restart_register(self) -> None:
        """Start the Web server again, at the same place with the same queue."""
        port = self.simulator.port
        self.simulator = AtolWebSimulator(port, machine=self.machine, hidden_polls=0)
        self.simulator.start()

    def heal(self) -> None:
        """Put everything right at the register."""
        self.machine.is_linked = self.machine.has_paper = True
        self.machine.is_cover_open = False
        self.machine.faults.clear()
        self.simulator.wire_faults.clear()

    # -------------------------------------------------------------- looking
    def tasks(self) -> tuple[FiscalTask, ...]:
        """Return the tasks that are not done yet."""
        with self.store.reader() as db:
            return db.fiscal.list_open()

    def receipts(self) -> list[StoredDocument]:
        """Return the receipts in the fiscal storage."""
        return self.machine.receipts

    def sums(self, sign: int = 1) -> list[int]:
        """Return the sums of the receipts of one kind in kopecks, in their order."""
        return [int(item.total * Decimal(100)) for item in self.receipts() if item.sign == sign]

    def state_of(self, task_id: str) -> FiscalState:
        """Return where a task stands."""
        with self.store.reader() as db:
            task = db.fiscal.find(task_id)
        assert task is not None
        return task.state
