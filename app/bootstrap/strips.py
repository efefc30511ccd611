"""The strip of code pages: what each of its lines would set at a printer."""

from collections.abc import Mapping, Sequence
from typing import Final, Protocol, runtime_checkable

from app.till.equipment_states import NONE_READABLE, StripLine
from drivers.api.errors import ConfigurationError
from drivers.api.printer import PrintReport

LINES_MAX: Final = 100


@runtime_checkable
class PrintsCodePages(Protocol):
    """A printer that can print its code pages and knows what each line stands for."""

    def print_code_page_strip(self) -> PrintReport:
        """Print the strip."""
        ...

    def calibration(self, number: int) -> Mapping[str, str | int]:
        """Return the options of a line; 0 means that none can be read. Asks nobody.

        Raises:
            ConfigurationError: There is no such line.
        """
        ...


def lines_of(printer: PrintsCodePages) -> Sequence[StripLine]:
    """Return the lines of a printer's strip, the answer that none can be read first."""
    lines = []
    for index in range(NONE_READABLE, LINES_MAX):
        try:
            options = printer.calibration(index)
        except ConfigurationError:
            break
        page = str(options.get("code_page", "")).removeprefix("cp")
        label = f"{index:02} {options.get('code_page_number', '')}/{page}"
        lines.append(StripLine(index, label, tuple(sorted(options.items()))))
    return lines
