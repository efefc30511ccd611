"""Rigs for tests of fiscal registers: a driver, its simulator, and ways to break what is between."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.api.fiscal import FiscalRegister
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.atol.library import LibraryRoad
from drivers.fiscal.atol.web import WebOptions, WebRoad, pause_for
from drivers.fiscal.notes import NoteStore
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.atol_web_library import SimulatedLibrary
from drivers.sim.atol_web_register import RegisterMachine
from drivers.transport.http import HttpLink

MOSCOW = dt.timezone(dt.timedelta(hours=3))
#: Limits are short where a simulator never answers, long where it must have its time to.
FAST = WebOptions(
    request_timeout_s=20.0,
    answer_limit_s=20.0,
    blocked_limit_s=0.2,
    settle_s=0.001,
    loss_limit_s=10.0,
)


class ManualClock:
    """A clock that stands until it is told to go on."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 20, 13, 45, tzinfo=MOSCOW)

    def __call__(self) -> dt.datetime:
        return self.now

    def go_on(self, **step: int) -> None:
        self.now += dt.timedelta(**step)


class Rig:
    """A register, reached anew by each `connect`, with notes that survive it."""

    def __init__(self, machine: RegisterMachine, clock: ManualClock, notes: Path) -> None:
        self.machine = machine
        self.clock = clock
        self.notes = notes

    def connect(self) -> FiscalRegister:
        """Make a driver as after a restart of the till."""
        raise NotImplementedError

    def heal(self) -> None:
        """Put everything right."""
        self.machine.is_linked = self.machine.has_paper = True
        self.machine.is_cover_open = False


class WebRig(Rig):
    """Through the Web server."""

    def __init__(self, machine: RegisterMachine, clock: ManualClock, notes: Path) -> None:
        super().__init__(machine, clock, notes)
        self.simulator = AtolWebSimulator(machine=machine)
        self.simulator.start()
        self.url = self.simulator.url

    def connect(self, options: WebOptions = FAST) -> AtolRegister:
        road = WebRoad(HttpLink(self.url), options, pause=lambda wait_s: pause_for(wait_s / 20))
        return AtolRegister(road, notes=NoteStore(self.notes))


class LibraryRig(Rig):
    """Through the driver library."""

    def __init__(self, machine: RegisterMachine, clock: ManualClock, notes: Path) -> None:
        super().__init__(machine, clock, notes)
        self.library = SimulatedLibrary(machine)

    def connect(self) -> AtolRegister:
        road = LibraryRoad("10.0.0.5", load=lambda _: self.library)
        return AtolRegister(road, notes=NoteStore(self.notes))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def machine(clock: ManualClock) -> RegisterMachine:
    return RegisterMachine(clock=clock)


@pytest.fixture
def web(machine: RegisterMachine, clock: ManualClock, tmp_path: Path) -> Iterator[WebRig]:
    rig = WebRig(machine, clock, tmp_path / "notes.json")
    yield rig
    rig.simulator.stop()


@pytest.fixture
def library(machine: RegisterMachine, clock: ManualClock, tmp_path: Path) -> LibraryRig:
    return LibraryRig(machine, clock, tmp_path / "notes.json")


@pytest.fixture(params=["web", "library"])
def rig(request: pytest.FixtureRequest) -> Rig:
    """Each register of the shared suite."""
    made: Rig = request.getfixturevalue(request.param)
    return made
