"""Starters of the simulators that take money, for the table of `drivers.commands.simulate`.

Each starts its device and returns where it is and how it ends. The two that stand for a vendor's program
make a folder with that program in it; the address is the program.
"""

from collections.abc import Callable
from tempfile import TemporaryDirectory

# ruff: noqa: PLC0415 - each simulator is loaded by its own starter alone

Started = tuple[str, Callable[[], None]]

_STALL_S = 120.0
INPAS_FAULTS = (
    "decline", "cancel", "no-link", "slow-card", "stall", "silent-after", "lose-after", "lose-before",
    "busy", "bad-crc", "garbage", "odd-status", "mute",
)  # fmt: skip
SBERBANK_FAULTS = (
    "decline", "cancel", "busy", "slow-card", "stall", "die-after", "die-before", "half-result",
    "wrong-exit", "garbage", "no-files", "old-version",
)  # fmt: skip
EXTERNAL_FAULTS = (
    "decline", "cancel", "busy", "stall", "die-after", "die-before", "half-result", "wrong-exit",
    "garbage", "unknown", "talkative",
)  # fmt: skip
SBP_FAULTS = (
    "lost-after", "lost-before", "cut-midway", "slow", "error-500", "error-500-after", "garbage",
    "no-http", "unauthorized", "too-many",
)  # fmt: skip


def start_inpas(port: int, fault: str) -> Started:
    """INPAS on TCP."""
    from drivers.sim.inpas import Act, Behaviour, InpasSimulator

    simulator = InpasSimulator(port)
    simulator.start()
    if fault:
        simulator.always(Behaviour(Act(fault), _STALL_S))
    return f"127.0.0.1:{simulator.port}", simulator.stop


def start_inpas_serial(port: int, fault: str) -> Started:
    """INPAS on a pseudo-terminal."""
    from drivers.sim.serial_bridge import SerialBridge

    address, stop = start_inpas(port, fault)
    line = SerialBridge(int(address.rpartition(":")[2]))
    line.start()

    def stop_both() -> None:
        line.stop()
        stop()

    return line.path, stop_both


def start_sbp(port: int, fault: str) -> Started:
    """The bank's API; its key is printed in the simulator's module."""
    from drivers.sim.sbp import Fault, SbpSimulator

    simulator = SbpSimulator(port)
    simulator.start()
    if fault:
        simulator.always(Fault(fault, _STALL_S))
    return simulator.url, simulator.stop


def start_sberbank(port: int, fault: str) -> Started:
    """Sberbank's program in a folder of its own."""
    from pathlib import Path

    from drivers.sim.sberbank import Plan, SberbankFolder

    del port
    folder = TemporaryDirectory(prefix="sberbank-")
    pad = SberbankFolder(Path(folder.name))
    pad.install()
    if fault:
        pad.always(Plan(fault, 4451 if fault == "decline" else _STALL_S))
    return str(pad.program), folder.cleanup


def start_external(port: int, fault: str) -> Started:
    """A program that keeps the contract of external terminals."""
    from pathlib import Path

    from drivers.sim.sberbank import Plan
    from drivers.sim.terminal_program import ProgramFolder

    del port
    folder = TemporaryDirectory(prefix="terminal-")
    program = ProgramFolder(Path(folder.name))
    program.install()
    if fault:
        program.always(Plan(fault, _STALL_S))
    return str(program.program), folder.cleanup
