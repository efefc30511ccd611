"""Devices behind the till's ports: every call runs on the thread of its device.

`app.bootstrap.rig` makes them from the settings, and moves them to another thread when those change.
"""

import logging

from app.bootstrap.supervised import Supervised
from drivers.api.drawer import CashDrawer
from drivers.api.drawer_policy import DrawerWhen
from drivers.api.printer import (
    DrawerPin,
    PrintDocument,
    PrinterCapabilities,
    PrinterStatus,
    PrintReport,
    ReceiptPrinter,
)
from drivers.api.terminal import (
    BatchResult,
    Capability,
    Lookup,
    OperationMark,
    PaymentTerminal,
    ProgressHandler,
    TerminalResult,
    TerminalStatus,
)
from drivers.supervisor import Worker

log = logging.getLogger(__name__)


class SupervisedTerminal(Supervised[PaymentTerminal]):
    """A payment terminal whose every call runs on the device's own thread."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this model can do beyond a payment."""
        return self._worker.device.capabilities

    def status(self) -> TerminalStatus:
        """Ask whether the terminal is ready."""
        return self._do(lambda device: device.status())

    def diagnose(self) -> TerminalStatus:
        """Have the terminal test itself and its line to the bank."""
        return self._do(lambda device: device.diagnose())

    def pay(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Take money from a card; see `PaymentTerminal.pay`."""
        return self._do(
            lambda device: device.pay(amount_minor, currency, operation_id, on_progress)
        )

    def cancel(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Reverse an operation; see `PaymentTerminal.cancel`."""
        return self._do(
            lambda device: device.cancel(receipt_no, amount_minor, operation_id, on_progress)
        )

    def refund(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        original: TerminalResult | None = None,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give money back to a card; see `PaymentTerminal.refund`."""
        return self._do(
            lambda device: device.refund(
                amount_minor, currency, operation_id, original, on_progress
            )
        )

    def hold(
        self,
        amount_minor: int,
        currency: str,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Reserve money on a card; see `PaymentTerminal.hold`."""
        return self._do(
            lambda device: device.hold(amount_minor, currency, operation_id, on_progress)
        )

    def capture(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Take money that was held; see `PaymentTerminal.capture`."""
        return self._do(
            lambda device: device.capture(receipt_no, amount_minor, operation_id, on_progress)
        )

    def release(
        self,
        receipt_no: str,
        amount_minor: int,
        operation_id: str,
        on_progress: ProgressHandler | None = None,
    ) -> TerminalResult:
        """Give a hold free; see `PaymentTerminal.release`."""
        return self._do(
            lambda device: device.release(receipt_no, amount_minor, operation_id, on_progress)
        )

    def last_operation(self) -> TerminalResult | None:
        """Tell what the terminal did last."""
        return self._do(lambda device: device.last_operation())

    def find_operation(
        self, operation_id: str, amount_minor: int, before: OperationMark | None = None
    ) -> Lookup:
        """Tell what became of an operation; see `PaymentTerminal.find_operation`."""
        return self._do(lambda device: device.find_operation(operation_id, amount_minor, before))

    def close_batch(self) -> BatchResult:
        """Reconcile with the bank."""
        return self._do(lambda device: device.close_batch())

    def abort(self) -> None:
        """Ask the terminal to stop; the one call that goes past the device's thread."""
        self._worker.device.abort()


class SupervisedDrawer:
    """A cash drawer with a port of its own; an `app.till.devices.Drawer`.

    Args:
        worker: Its thread.
        when: Which payments open it by themselves.
    """

    def __init__(self, worker: Worker[CashDrawer], when: DrawerWhen) -> None:
        self._worker = worker
        self.when = when

    def kick(self) -> None:
        """Open it, on its own thread."""
        self._worker.submit(lambda device: device.kick()).result()


class SupervisedPrinter(Supervised[ReceiptPrinter]):
    """A printer whose every call runs on the device's own thread."""

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        return self._worker.device.name

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What this model can do on this road."""
        return self._worker.device.capabilities

    def print(self, document: PrintDocument) -> PrintReport:
        """Print one document; see `ReceiptPrinter.print`."""
        report = self._do(lambda device: device.print(document))
        self._worker.look_now()
        return report

    def status(self) -> PrinterStatus:
        """Ask the printer; its protocol allows that beside a print."""
        return self._worker.device.status()

    def open_drawer(self, pin: DrawerPin | None = None) -> None:
        """Open the cash drawer."""
        self._do(lambda device: device.open_drawer(pin))
