"""`maxloyalty simulate DEVICE ...`: the simulators as programs of their own."""

from collections.abc import Callable, Mapping, Sequence

from drivers.sim import escpos_console, scanner, terminal

SIMULATORS: Mapping[str, Callable[[list[str]], int]] = {
    "printer": escpos_console.main,
    "scanner": scanner.main,
    "terminal": terminal.main,
}


def run_simulator(device: str, arguments: Sequence[str]) -> int:
    """Run one simulator until it is ended and return its exit status.

    Args:
        device: A key of `SIMULATORS`.
        arguments: Of the simulator itself.
    """
    return SIMULATORS[device](list(arguments))
