"""`maxloyalty simulate DEVICE ...`: the simulators as programs of their own.

Those of `SIMULATORS` take orders on their input. Every other kind of `python -m drivers simulate` runs
here as there, with `--port N` and `--fault NAME`.
"""
# ruff: noqa: PLC0415 -- each simulator is loaded alone: a display needs no picture of a receipt

import sys
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
    """Run one simulator until it is ended and return its exit status, 2 for wrong arguments.

    Args:
        device: A key of `SIMULATORS`, or a kind of `drivers.commands.simulate`; '' tells them all.
        arguments: Of the simulator itself.
    """
    program = SIMULATORS.get(device)
    if program is not None:
        return program()(list(arguments))
    from drivers.__main__ import main
    from drivers.commands.simulate import ALIASES, KINDS

    if device in KINDS or device in ALIASES:
        return main(["simulate", device, *arguments])
    names = ", ".join(sorted({*SIMULATORS, *KINDS, *ALIASES}))
    if not device:
        sys.stdout.write(f"{names}\n")
        return 0
    sys.stderr.write(f"maxloyalty: there is no simulator {device!r}; there are: {names}\n")
    return 2
