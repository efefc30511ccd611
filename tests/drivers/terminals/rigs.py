"""Every terminal driver on its simulator, with one vocabulary of faults for all of them.

A rig owns a simulator that outlives the driver: `terminal()` makes a new driver on the same device and
the same notes, as after a restart of the till.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar, Protocol

from drivers.api.terminal import PaymentTerminal
from drivers.sim import inpas as sim_inpas
from drivers.sim import terminal as sim_zvt
from drivers.sim.inpas import InpasSimulator
from drivers.sim.sberbank import Plan, SberbankFolder
from drivers.sim.serial_bridge import SerialBridge
from drivers.sim.terminal import TerminalSimulator
from drivers.sim.terminal_journal import Journal
from drivers.sim.terminal_program import ProgramFolder
from drivers.sim.terminal_serial import SerialTerminalLine
from drivers.terminals.external.driver import ExternalOptions, ExternalTerminal
from drivers.terminals.inpas.driver import InpasTerminal
from drivers.terminals.inpas.link import InpasLink
from drivers.terminals.inpas.options import InpasOptions
from drivers.terminals.marks import MarkStore
from drivers.terminals.sberbank.driver import SberbankTerminal
from drivers.terminals.sberbank.options import SberbankOptions
from drivers.terminals.zvt.conversation import ZvtOptions
from drivers.terminals.zvt.driver import ZvtTerminal
from drivers.terminals.zvt.link import SerialLink, TcpLink
from drivers.transport.base import Transport
from drivers.transport.serial import SerialTransport
from drivers.transport.tcp import TcpTransport


class Rig(Protocol):
    """A simulated device and the way to a driver on it."""

    @property
    def journal(self) -> Journal:
        """What the device has booked."""
        ...

    def terminal(self) -> PaymentTerminal:
        """Make a driver, with time-outs short enough for a test."""
        ...

    def next(self, fault: str) -> None:
        """Order what becomes of the next operation that moves money."""
        ...

    def close(self) -> None:
        """End the simulator."""
        ...


class ZvtRig:
    """ZVT over TCP, or over a pseudo-terminal."""

    _acts: ClassVar = {
        "approve": sim_zvt.Act.APPROVE,
        "decline": sim_zvt.Act.DECLINE,
        "cancel": sim_zvt.Act.CANCEL,
        "busy": sim_zvt.Act.BUSY,
        "lost-after": sim_zvt.Act.LOSE_AFTER,
        "lost-before": sim_zvt.Act.LOSE_BEFORE,
        "garbage": sim_zvt.Act.GARBAGE,
    }

    def __init__(self, folder: Path, *, serial: bool = False) -> None:
        self._notes = folder / "notes.json"
        self._simulator = TerminalSimulator(journal_path=folder / "journal.jsonl")
        self._simulator.start()
        self._line = SerialTerminalLine(self._simulator.port) if serial else None
        if self._line is not None:
            self._line.start()

    @property
    def journal(self) -> Journal:
        return self._simulator.journal

    def terminal(self) -> ZvtTerminal:
        options = ZvtOptions(ack_timeout_s=1.0, answer_timeout_s=1.0)
        marks = MarkStore(self._notes)
        if self._line is not None:
            link = SerialLink(SerialTransport(self._line.path, 115200))
            return ZvtTerminal(link, options, marks=marks)
        transport = TcpTransport("127.0.0.1", self._simulator.port)
        return ZvtTerminal(TcpLink(transport), options, marks=marks)

    def next(self, fault: str) -> None:
        self._simulator.next(sim_zvt.Behaviour(self._acts[fault], 5))

    def close(self) -> None:
        if self._line is not None:
            self._line.stop()
        self._simulator.stop()


class InpasRig:
    """INPAS over TCP, or over a pseudo-terminal."""

    _acts: ClassVar = {
        "approve": sim_inpas.Act.APPROVE,
        "decline": sim_inpas.Act.DECLINE,
        "cancel": sim_inpas.Act.CANCEL,
        "busy": sim_inpas.Act.BUSY,
        "lost-after": sim_inpas.Act.LOSE_AFTER,
        "lost-before": sim_inpas.Act.LOSE_BEFORE,
        "garbage": sim_inpas.Act.GARBAGE,
    }

    def __init__(self, folder: Path, *, serial: bool = False) -> None:
        self._notes = folder / "notes.json"
        self._simulator = InpasSimulator(journal_path=folder / "journal.jsonl")
        self._simulator.start()
        self._line = SerialBridge(self._simulator.port) if serial else None
        if self._line is not None:
            self._line.start()

    @property
    def journal(self) -> Journal:
        return self._simulator.journal

    def terminal(self) -> InpasTerminal:
        transport: Transport = TcpTransport("127.0.0.1", self._simulator.port)
        if self._line is not None:
            transport = SerialTransport(self._line.path, 115200)
        options = InpasOptions(ack_timeout_s=1.5, answer_timeout_s=1.5)
        link = InpasLink(transport, ack_timeout_s=options.ack_timeout_s)
        return InpasTerminal(link, options, marks=MarkStore(self._notes))

    def next(self, fault: str) -> None:
        self._simulator.next(sim_inpas.Behaviour(self._acts[fault]))

    def close(self) -> None:
        if self._line is not None:
            self._line.stop()
        self._simulator.stop()


class SberbankRig:
    """Sberbank's files, with a program in place of the bank's."""

    _acts: ClassVar = {
        "lost-after": "die-after",
        "lost-before": "die-before",
    }

    def __init__(self, folder: Path, encoding: str = "cp866") -> None:
        self._notes = folder / "notes.json"
        pad = folder / "pad"
        pad.mkdir()
        self.pad = SberbankFolder(pad, encoding)
        self.pad.install()

    @property
    def journal(self) -> Journal:
        return self.pad.journal

    def terminal(self) -> SberbankTerminal:
        # Starting a program takes its time on a busy machine: limits are for what hangs.
        options = SberbankOptions(operation_limit_s=60.0, ask_limit_s=60.0)
        return SberbankTerminal(str(self.pad.program), options, marks=MarkStore(self._notes))

    def next(self, fault: str) -> None:
        self.pad.next(Plan(self._acts.get(fault, fault)))

    def close(self) -> None:
        """A program holds nothing open."""


class ExternalRig:
    """The contract for external programs."""

    _acts: ClassVar = {"lost-after": "die-after", "lost-before": "die-before"}

    def __init__(self, folder: Path) -> None:
        program = folder / "program"
        program.mkdir()
        self.folder = ProgramFolder(program)
        self.folder.install()

    @property
    def journal(self) -> Journal:
        return self.folder.journal

    def terminal(self) -> ExternalTerminal:
        options = ExternalOptions(
            operations="cancel refund hold close", operation_limit_s=60.0, ask_limit_s=60.0
        )
        return ExternalTerminal(str(self.folder.program), options)

    def next(self, fault: str) -> None:
        self.folder.next(Plan(self._acts.get(fault, fault)))

    def close(self) -> None:
        """A program holds nothing open."""


RIGS: dict[str, Callable[[Path], Rig]] = {"zvt": ZvtRig, "inpas": InpasRig}
if sys.platform != "win32":  # pseudo-terminals and executable scripts are POSIX
    RIGS |= {
        "zvt-serial": lambda folder: ZvtRig(folder, serial=True),
        "inpas-serial": lambda folder: InpasRig(folder, serial=True),
        "sberbank": lambda folder: SberbankRig(folder, "koi8-r"),
        "external": ExternalRig,
    }
