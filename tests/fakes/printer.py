"""A receipt printer that keeps its paper and fails on demand."""

from dataclasses import dataclass, field

from drivers.api.errors import DriverError
from drivers.api.printer import (
    Columns,
    DrawerPin,
    MaybePrinted,
    Paper,
    PrintDocument,
    PrinterCapabilities,
    PrinterStatus,
    PrintReport,
    ReceiptPrinter,
    Text,
)


@dataclass
class FakePrinter:
    """Prints into a list.

    Attributes:
        error: Raised by the next prints until it is set to None.
        maybe: The next print comes out, but its end is not known.
        paper: What was printed, in order.
        drawer: How often the drawer was opened.
    """

    error: DriverError | None = None
    drawer_error: DriverError | None = None
    maybe: bool = False
    paper: list[PrintDocument] = field(default_factory=list)
    drawer: int = 0

    @property
    def name(self) -> str:
        return "fake"

    @property
    def capabilities(self) -> PrinterCapabilities:
        return PrinterCapabilities(columns=48, dots=576)

    def open(self) -> None:
        pass

    def close(self) -> None:
        pass

    def print(self, document: PrintDocument) -> PrintReport:
        if self.error is not None:
            raise self.error
        self.paper.append(document)
        if self.maybe:
            self.maybe = False
            raise MaybePrinted("the line broke")
        return PrintReport(confirmed=True)

    def status(self) -> PrinterStatus:
        return PrinterStatus(online=True, paper=Paper.OK)

    def open_drawer(self, pin: DrawerPin | None = None) -> None:
        if self.drawer_error is not None:
            raise self.drawer_error
        self.drawer += 1

    def text(self, index: int = -1) -> str:
        """The words of one document."""
        lines = []
        for element in self.paper[index].elements:
            if isinstance(element, Text):
                lines.append(element.text)
            elif isinstance(element, Columns):
                lines.append(f"{element.left} {element.right}")
        return "\n".join(lines)


_IS_A_PRINTER: type[ReceiptPrinter] = FakePrinter
