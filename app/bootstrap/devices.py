"""The devices of a till: brands from the settings, each on its own thread, behind the till's ports.

    settings -> registry -> supervisor (one thread a device) -> ports of `app.till.devices`

A device that is configured wrongly is left out and told; the till sells without it.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from app.till.devices import RECEIPT_PRINTER, Devices
from drivers.api.camera import CodeCamera
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState
from drivers.api.errors import DriverError
from drivers.api.printer import (
    DrawerPin,
    PrintDocument,
    PrinterCapabilities,
    PrinterStatus,
    PrintReport,
    ReceiptPrinter,
)
from drivers.api.scanner import ScanHandler
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
from drivers.registry import build_camera, watch_printer, watch_scanner, watch_terminal
from drivers.supervisor import Supervisor, Worker

log = logging.getLogger(__name__)

Result = TypeVar("Result")


class SupervisedTerminal:
    """A payment terminal whose every call runs on the device's own thread."""

    def __init__(self, worker: Worker[PaymentTerminal]) -> None:
        self._worker = worker

    def _do(self, job: Callable[[PaymentTerminal], Result]) -> Result:
        return self._worker.submit(job).result()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this model can do beyond a payment."""
        return self._worker.device.capabilities

    def open(self) -> None:
        """Connect and register with the terminal."""
        self._do(lambda device: device.open())

    def close(self) -> None:
        """Nothing: the supervisor closes its devices itself."""

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


class SupervisedPrinter:
    """A printer whose every call runs on the device's own thread."""

    def __init__(self, worker: Worker[ReceiptPrinter]) -> None:
        self._worker = worker

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        return self._worker.device.name

    @property
    def capabilities(self) -> PrinterCapabilities:
        """What this model can do on this road."""
        return self._worker.device.capabilities

    def open(self) -> None:
        """Get ready."""
        self._worker.submit(lambda device: device.open()).result()

    def close(self) -> None:
        """Nothing: the supervisor closes its devices itself."""

    def print(self, document: PrintDocument) -> PrintReport:
        """Print one document; see `ReceiptPrinter.print`."""
        report = self._worker.submit(lambda device: device.print(document)).result()
        self._worker.look_now()
        return report

    def status(self) -> PrinterStatus:
        """Ask the printer; its protocol allows that beside a print."""
        return self._worker.device.status()

    def open_drawer(self, pin: DrawerPin | None = None) -> None:
        """Open the cash drawer."""
        self._worker.submit(lambda device: device.open_drawer(pin)).result()


@dataclass(slots=True)
class DeviceSet:
    """What the settings gave.

    Attributes:
        supervisor: Runs the device threads; start and stop it.
        devices: The ports for the till.
        camera: For reading codes, or None.
        scanners: How many serial scanners there are.
        problems: Devices that were left out, with the reason.
    """

    supervisor: Supervisor
    devices: Devices
    camera: CodeCamera | None = None
    scanners: int = 0
    problems: list[DriverError] = field(default_factory=list)


def build_devices(
    settings: Iterable[dict[str, Any]],  # JSON, checked here entry by entry
    *,
    state_folder: Path,
    on_state: Callable[[DeviceState], None],
    on_scan: ScanHandler,
) -> DeviceSet:
    """Build every device of the settings; nothing is opened before the supervisor starts.

    Args:
        settings: One object a device.
        state_folder: Where a terminal keeps its notes for lost answers.
        on_state: Told of each change, on the device's thread.
        on_scan: Gets the codes of serial scanners, on the device's thread.
    """
    supervisor = Supervisor(on_state)
    printers: dict[str, ReceiptPrinter] = {}
    terminal: PaymentTerminal | None = None
    result = DeviceSet(supervisor, Devices())
    for entry in settings:
        try:
            config = DeviceConfig.from_json(entry)
            if config.kind is DeviceKind.PRINTER:
                worker = _supervise(supervisor, config, watch_printer(config))
                name = RECEIPT_PRINTER if not printers else config.id
                printers[name] = SupervisedPrinter(worker)
            elif config.kind is DeviceKind.TERMINAL:
                watched = watch_terminal(config, state_folder=state_folder)
                terminal = SupervisedTerminal(_supervise(supervisor, config, watched))
            elif config.kind is DeviceKind.SCANNER:
                _supervise(supervisor, config, watch_scanner(config, on_scan))
                result.scanners += 1
            else:
                result.camera = build_camera(config)
        except DriverError as error:
            log.warning("a device is left out: %s", error)
            result.problems.append(error)
    result.devices = Devices(terminal=terminal, printers=printers)
    return result


def _supervise(supervisor: Supervisor, config: DeviceConfig, watched: Any) -> Worker[Any]:  # noqa: ANN401 -- one of several Watched[...]
    return supervisor.add(config.id, config.kind, config.model, watched)
