"""`maxloyalty simulate DEVICE ...`: the simulators as programs of their own."""
# ruff: noqa: PLC0415 -- each simulator is loaded alone: a display needs no picture of a receipt

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

Program: TypeAlias = Callable[[list[str]], int]


def _display() -> Program:
    from drivers.sim.display import main

    return main


def _fiscal() -> Program:
    from drivers.sim.atol_web_console import main

    return main


def _printer() -> Program:
    from drivers.sim.escpos_console import main

    return main


def _sbp() -> Program:
    from drivers.sim.sbp_console import main

    return main


def _scanner() -> Program:
    from drivers.sim.scanner import main

    return main


def _terminal() -> Program:
    from drivers.sim.terminal import main

    return main


SIMULATORS: Final[Mapping[str, Callable[[], Program]]] = {
    "display": _display,
    "fiscal": _fiscal,
    "printer": _printer,
    "sbp": _sbp,
    "scanner": _scanner,
    "terminal": _terminal,
}


def run_simulator(device: str, arguments: Sequence[str]) -> int:
    """Run one simulator until it is ended and return its exit status.

    Args:
        device: A key of `SIMULATORS`.
        arguments: Of the simulator itself.
    """
    return SIMULATORS[device]()(list(arguments))
