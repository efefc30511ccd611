"""A whole till on real drivers, whose devices are simulators behind plugs that can be pulled."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from typing_extensions import override

from app.bootstrap.rig import Rig
from app.domain.sale import Sale
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.kernel.clock import ManualClock
from app.store.rows import PrintJob
from app.till.devices import Devices
from app.till.recovery import Recovered
from drivers.api.device import DeviceKind
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.atol.web import WebRoad, pause_for
from drivers.printers.profiles import get_profile
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.atol_web_register import RegisterMachine
from drivers.sim.printer import PrinterSimulator
from drivers.sim.terminal import TerminalSimulator
from tests.chaos.plug import Plug
from tests.till.bench import BORIS, MENU, Bench

_ALL: Final = 1_000_000
#: The supervisor's own questions would move the places: it asks once, at the start.
_NEVER_S: Final = 3600.0
_TRIES_MAX: Final = 4_000
_PAUSE_S: Final = 0.005
PROFILE: Final = "TM-T88V"


@dataclass
class WiredBench(Bench):
    """A till whose devices come from settings, as in the program.

    Attributes:
        entries: Its devices.
        told: What the cashier was told about paper, as (Russian, English).
    """

    entries: tuple[dict[str, Any], ...] = ()
    told: list[tuple[str, str]] = field(default_factory=list)

    @override
    def start(self) -> None:
        self.rig = Rig(
            self.entries,
            state_folder=self.folder,
            on_state=lambda _state: None,
            on_scan=lambda _scan: None,
        )
        assert not self.rig.left_out, self.rig.left_out
        super().start()
        self.till.printing.on_trouble = self._hear
        for worker in self.rig.supervisor._workers.values():
            vars(worker._watched)["poll_every_s"] = _NEVER_S
            if worker.state.kind is DeviceKind.FISCAL:
                _hurry(worker.device)
        self.rig.supervisor.start()

    @override
    def _fill(self) -> None:
        super()._fill()
        rates = (TaxPeriod(dt.date(2019, 1, 1), 2000), TaxPeriod(dt.date(2026, 1, 1), 2200))
        self.store.replace_menu(replace(MENU, taxes=TaxTable((Tax("vat20", "НДС", rates),))))

    @override
    def _devices(self) -> Devices:
        return self.rig.devices

    @override
    def restart(self) -> Recovered:
        self._let_go()
        return super().restart()

    @override
    def close(self) -> None:
        self._let_go()
        super().close()

    def _let_go(self) -> None:
        assert self.rig.supervisor.stop() == ()

    def _hear(self, _job: PrintJob, ru: str, en: str) -> None:
        self.told.append((ru, en))


class PluggedTill:
    """Simulators, plugs and a till with an open shift. Order: ``start -> ... -> stop``.

    Args:
        folder: Of the store.
        has_register: A fiscal register makes the receipts, and prints them.

    Attributes:
        machine: The register, whose storage tells what was made.
    """

    def __init__(self, folder: Path, *, has_register: bool = False) -> None:
        self._has_register = has_register
        self.machine = RegisterMachine(clock=self._now)
        self.register = AtolWebSimulator(machine=self.machine, hidden_polls=0)
        self.register.start()
        self.register_plug = Plug(self.register.port)
        self.register_plug.start()
        self.printer = PrinterSimulator(get_profile(PROFILE))
        self.terminal = TerminalSimulator()
        self.printer.start()
        self.terminal.start()
        self.printer_plug = Plug(self.printer.port)
        self.terminal_plug = Plug(self.terminal.port)
        self.printer_plug.start()
        self.terminal_plug.start()
        self.bench = WiredBench(folder, entries=self._entries())
        self.bench.sign_in(BORIS)
        self.bench.till.shift.open(1_000_00)
        while self.bench.till.fiscal.run_once():
            pass

    @property
    def till(self) -> Any:
        """The use cases; another object after a restart."""
        return self.bench.till

    def stop(self) -> None:
        """End everything."""
        self.bench.close()
        for plug in (self.printer_plug, self.terminal_plug, self.register_plug):
            plug.stop()
        for device in (self.printer, self.terminal, self.register):
            device.stop()

    def _now(self) -> dt.datetime:
        """The register's clock goes with the till's."""
        return self.bench.clock.now() if hasattr(self, "bench") else ManualClock().now()

    def _entries(self) -> tuple[dict[str, Any], ...]:
        register = {
            "id": "fiscal",
            "kind": "fiscal",
            "model": "fiscal.atol",
            "transport": "http",
            "address": f"http://127.0.0.1:{self.register_plug.port}",
        }
        return (
            *((register,) if self._has_register else ()),
            {
                "id": "receipt",
                "kind": "printer",
                "model": "printer.escpos",
                "transport": "tcp",
                "address": f"127.0.0.1:{self.printer_plug.port}",
                "options": {"profile": PROFILE, "name": "Чеки"},
            },
            {
                "id": "terminal",
                "kind": "terminal",
                "model": "terminal.zvt",
                "transport": "tcp",
                "address": f"127.0.0.1:{self.terminal_plug.port}",
            },
        )

    def sales(self) -> int:
        """How many sales the till has entered."""
        with self.bench.store.reader() as db:
            return len(db.sales.list_heads(limit=_ALL))

    def operations(self) -> int:
        """How many sales wait for the service."""
        with self.bench.store.reader() as db:
            return sum(each.type == "sale" for each in db.outbox.list_unsent(_ALL))

    def last_sale(self) -> Sale:
        """The newest sale."""
        with self.bench.store.reader() as db:
            return db.sales.get(db.sales.list_heads(limit=1)[0].sale_id)

    def later(self, seconds: float = 15.0) -> None:
        """Let time pass, so that what waits is due."""
        self.bench.clock.advance(dt.timedelta(seconds=seconds))


def _hurry(register: AtolRegister) -> None:
    """Have a driver wait less for a register that is gone; what it asks stays the same."""
    road = register._road
    assert isinstance(road, WebRoad)
    road._options = replace(
        road._options, answer_limit_s=0.2, blocked_limit_s=0.05, settle_s=0.001, loss_limit_s=0.05
    )
    road._pause = lambda wait_s: pause_for(wait_s / 20)


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: It never was.
    """
    pause = threading.Event()
    for _ in range(_TRIES_MAX):
        if condition():
            return
        pause.wait(_PAUSE_S)
    raise AssertionError(f"never: {what}")
