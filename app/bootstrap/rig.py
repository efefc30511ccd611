"""The devices of a till while it runs: built from the settings, changed without a restart.

    settings -> registry -> supervisor (one thread a device) -> ports of `app.till.devices`

A device that is configured wrongly is left out and told; the till sells without it. The adapters that
the till holds (`SupervisedPrinter`, `SupervisedTerminal`) stay the same when settings change: they
move to the thread of the new device.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from app.bootstrap.devices import SupervisedDrawer, SupervisedPrinter, SupervisedTerminal
from app.bootstrap.fiscal import SupervisedRegister, house_of, taxation_of
from app.bootstrap.qr_payments import SupervisedQr
from app.bootstrap.strips import PrintsCodePages, lines_of
from app.bootstrap.watching import Watchers
from app.till import kitchen_setup
from app.till.devices import RECEIPT_PRINTER, Devices, Drawer
from app.till.equipment_states import DeviceModel, StripLine
from drivers.api.camera import CodeCamera, FailureHandler, FrameHandler
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Probe
from drivers.api.display import CustomerDisplay, Page
from drivers.api.drawer import CashDrawer
from drivers.api.drawer_policy import drawer_when
from drivers.api.errors import DriverError, NotConnected, NotSupported
from drivers.api.fiscal import FiscalRegister
from drivers.api.printer import PrintReport, ReceiptPrinter
from drivers.api.qr_payment import QrPayments
from drivers.api.scale import Scale, weigh
from drivers.api.scanner import ScanHandler
from drivers.registry import (
    MODELS,
    build_camera,
    get_model,
)
from drivers.supervisor import Supervisor, Worker
from drivers.watch import Watched

log = logging.getLogger(__name__)

Result = TypeVar("Result")

#: A person waits for the answer of a test; a driver's own time-outs are shorter.
PROBE_TIMEOUT_S: Final = 30.0


class CameraSlot:
    """The till's camera; settings may put another one in. See `CodeCamera`.

    Args:
        camera: The one from the settings.
    """

    def __init__(self, camera: CodeCamera) -> None:
        self.camera = camera

    @property
    def running(self) -> bool:
        """Whether frames are being taken."""
        return self.camera.running

    def start(
        self,
        on_scan: ScanHandler,
        on_frame: FrameHandler | None = None,
        on_failure: FailureHandler | None = None,
    ) -> None:
        """Begin; see `CodeCamera.start`."""
        self.camera.start(on_scan, on_frame, on_failure)

    def stop(self, wait_s: float = 0.0) -> None:
        """Let go of the camera."""
        self.camera.stop(wait_s)


@dataclass(slots=True)
class _Kept:
    """A configured device: it runs, it is a camera, or it was left out."""

    config: DeviceConfig
    worker: Worker[Any] | None = None  # of one of several kinds
    problem: DriverError | None = None
    is_waiting: bool = False


class Rig:
    """Builds, runs and changes the devices; an `app.till.equipment_ports.Rig`.

    Nothing is opened before `supervisor.start`. `put` and `remove` belong on a lane.

    Args:
        entries: One object a device, from the settings; each is checked by itself.
        state_folder: Where a terminal keeps its notes for lost answers.
        on_state: Told of each change, on the device's thread.
        on_scan: Gets the codes of serial scanners, on the device's thread.

    Attributes:
        supervisor: Runs the device threads.
        devices: The ports for the till.
        camera: For reading codes, or None.
        on_printer: Called after a printer or drawer was added to a running till, or a printer removed.
        on_notice: Called when a bank says that a code has moved, on a thread of its receiver.
    """

    def __init__(
        self,
        entries: Iterable[dict[str, Any]],  # JSON
        *,
        state_folder: Path,
        on_state: Callable[[DeviceState], None],
        on_scan: ScanHandler,
    ) -> None:
        self.supervisor = Supervisor(on_state)
        self.on_printer: Callable[[], None] = _nothing
        self.on_notice: Callable[[], None] = _nothing
        self.camera: CameraSlot | None = None
        self._watchers = Watchers(state_folder, on_scan, lambda _notice: self.on_notice())
        self._printers: dict[str, ReceiptPrinter] = {}
        self._names: dict[str, str] = {}
        self._drawers: dict[str, Drawer] = {}
        self.devices = Devices(printers=self._printers, drawers=self._drawers)
        self._kept: dict[str, _Kept] = {}
        self._unreadable: list[DriverError] = []
        self._is_building = True
        for entry in entries:
            self._take_entry(entry)
        self._is_building = False

    # ------------------------------------------------------------ looking
    @property
    def left_out(self) -> Sequence[DriverError]:
        """Return why devices were left out."""
        known = [kept.problem for kept in self._kept.values() if kept.problem is not None]
        return (*self._unreadable, *known)

    @property
    def scanners(self) -> int:
        """Return how many serial scanners there are."""
        kinds = [kept.config.kind for kept in self._kept.values() if kept.worker is not None]
        return kinds.count(DeviceKind.SCANNER)

    def configs(self) -> Sequence[DeviceConfig]:
        """Return the configured devices in their order."""
        return tuple(kept.config for kept in list(self._kept.values()))

    def states(self) -> Mapping[str, DeviceState]:
        """Return the last state of each supervised device; asks nobody."""
        return {state.id: state for state in self.supervisor.states()}

    def problems(self) -> Mapping[str, DriverError]:
        """Return devices that were left out, with the reason."""
        kept = list(self._kept.items())
        return {key: each.problem for key, each in kept if each.problem is not None}

    def waiting(self) -> frozenset[str]:
        """Return devices whose settings take effect at the next start."""
        return frozenset(key for key, kept in list(self._kept.items()) if kept.is_waiting)

    def models(self) -> Sequence[DeviceModel]:
        """Return the models that may be added."""
        return tuple(
            DeviceModel(
                model.id,
                model.kind.value,
                model.title,
                model.transports,
                tuple(
                    (name, kind.__name__)
                    for name, kind in {**model.options, **model.application}.items()
                ),
            )
            for model in MODELS.values()
        )

    # ------------------------------------------------------------ asking
    def probe(self, device_id: str) -> Probe:
        """Ask a device how it is, on its own thread."""
        kept = self._get(device_id)
        if kept.config.kind is DeviceKind.CAMERA:
            return self._probe_camera(kept.config)
        assert kept.worker is not None
        return self._answer(kept, kept.worker.look())

    def printer(self, device_id: str) -> ReceiptPrinter | None:
        """Return a printer for a test, or None."""
        return self._printers.get(self._names.get(device_id, ""))

    def eye(self, device_id: str) -> CodeCamera | None:
        """Return a camera for a look through it, or None."""
        kept = self._kept.get(device_id)
        if kept is None or kept.config.kind is not DeviceKind.CAMERA or kept.problem is not None:
            return None
        if self.camera is not None and not kept.is_waiting:
            return self.camera
        return build_camera(kept.config)

    def show_lines(self, device_id: str, first: str, second: str) -> None:
        """Show two lines on a display."""

        def show(display: CustomerDisplay) -> None:
            display.show(Page(first, second))

        self._do(self._get(device_id), show)

    def displays(self) -> Mapping[str, Worker[CustomerDisplay]]:
        """Return the threads of the displays of two lines."""
        return {
            key: kept.worker
            for key, kept in list(self._kept.items())
            if kept.config.kind is DeviceKind.DISPLAY and kept.worker is not None
        }

    def weigh(self, device_id: str) -> int:
        """Return the grams on the scales, once they are at rest."""

        def read(scale: Scale) -> int:
            return weigh(scale).grams

        return self._do(self._get(device_id), read)

    def open_drawer(self, device_id: str) -> None:
        """Open a drawer that is a device of its own."""

        def kick(drawer: CashDrawer) -> None:
            drawer.kick()

        self._do(self._get(device_id), kick)

    def print_code_pages(self, device_id: str) -> None:
        """Print the strip by which a person finds the code page of a printer."""

        def print_strip(printer: ReceiptPrinter) -> PrintReport:
            if not isinstance(printer, PrintsCodePages):
                raise NotSupported(f"{device_id}: this model has no strip of code pages")
            return printer.print_code_page_strip()

        self._do(self._get(device_id), print_strip)

    def strip_lines(self, device_id: str) -> Sequence[StripLine]:
        """Return the lines of that strip; asks nobody."""
        kept = self._kept.get(device_id)
        printer = kept.worker.device if kept is not None and kept.worker is not None else None
        return lines_of(printer) if isinstance(printer, PrintsCodePages) else ()

    # ------------------------------------------------------------ changing
    def check(self, config: DeviceConfig) -> None:
        """Look whether settings make sense, without touching the device."""
        get_model(config)
        drawer_when(config.options.get("drawer_when", "cash"))
        if config.kind is DeviceKind.FISCAL:
            taxation_of(config)
        if config.kind is DeviceKind.CAMERA:
            build_camera(config)
        else:
            self._watch(config)

    def put(self, config: DeviceConfig) -> bool:
        """Take a new device, or new settings of one, into use; tell whether that is done already."""
        self.check(config)
        old = self._kept.get(config.id)
        if old is not None and old.worker is not None:
            self.supervisor.remove(config.id)
        kept = _Kept(config)
        self._take(kept)
        self._kept[config.id] = kept
        return not kept.is_waiting

    def remove(self, device_id: str) -> None:
        """Let a device go."""
        kept = self._kept.pop(device_id, None)
        if kept is None:
            return
        if kept.worker is not None:
            self.supervisor.remove(device_id)
        if kept.config.kind is DeviceKind.TERMINAL:
            self.devices.terminal = None
        elif kept.config.kind is DeviceKind.QR_PAYMENT:
            self.devices.qr = None
        elif kept.config.kind is DeviceKind.FISCAL:
            if self.devices.fiscal_house.device_id == device_id:
                self.devices.fiscal = None
        elif kept.config.kind is DeviceKind.CAMERA and self.camera is not None:
            self.camera.stop()
        self._printers.pop(self._names.pop(device_id, ""), None)
        self._drawers.pop(device_id, None)
        self._show_stations()
        if kept.config.kind is DeviceKind.PRINTER:
            self.on_printer()

    def pause(self, device_id: str) -> DeviceConfig:
        """Let go of a device for somebody who uses its port alone, until `resume`.

        Raises:
            DriverError: There is no such device, or it was left out.
        """
        kept = self._get(device_id)
        if kept.worker is not None:
            self.supervisor.remove(device_id)
            kept.worker = None
        return kept.config

    def resume(self, device_id: str) -> None:
        """Take a device back that was paused; one that was changed or removed meanwhile stays so."""
        kept = self._kept.get(device_id)
        if kept is not None and kept.worker is None and kept.problem is None:
            self._take(kept)

    # ------------------------------------------------------------ inside
    def _take_entry(self, entry: dict[str, Any]) -> None:  # JSON
        try:
            config = DeviceConfig.from_json(entry)
        except DriverError as error:
            log.warning("a device is left out: %s", error)
            self._unreadable.append(error)
            return
        kept = self._kept[config.id] = _Kept(config)
        try:
            self._take(kept)
        except DriverError as error:
            log.warning("a device is left out: %s", error)
            kept.problem = error

    def _take(self, kept: _Kept) -> None:
        config = kept.config
        if config.kind is DeviceKind.CAMERA:
            self._take_camera(kept)
            return
        if config.kind is DeviceKind.FISCAL:
            taxation_of(config)  # before anything is taken into use
        watched = self._watch(config)
        kept.worker = self.supervisor.add(config.id, config.kind, config.model, watched)
        if config.kind is DeviceKind.PRINTER:
            self._take_printer(kept, kept.worker)
        elif config.kind is DeviceKind.DRAWER:
            when = drawer_when(config.options.get("drawer_when", "cash"))
            self._drawers[config.id] = SupervisedDrawer(kept.worker, when)
            self.on_printer()
        elif config.kind is DeviceKind.TERMINAL:
            terminal = self.devices.terminal
            if isinstance(terminal, SupervisedTerminal):
                terminal.move_to(kept.worker)
            else:
                self.devices.terminal = SupervisedTerminal(kept.worker)
        elif config.kind is DeviceKind.QR_PAYMENT:
            self._take_bank(kept.worker)
        elif config.kind is DeviceKind.FISCAL:
            self._take_register(config, kept.worker)

    def _take_printer(self, kept: _Kept, worker: Worker[ReceiptPrinter]) -> None:
        config = kept.config
        old, name = self._names.get(config.id), self._queue_of(config)
        known = self._printers.get(name) if name == old else None
        if isinstance(known, SupervisedPrinter):
            known.move_to(worker)
        else:
            self._printers.pop(old or "", None)
            self._names[config.id] = name
            self._printers[name] = SupervisedPrinter(worker)
        self._show_stations(kept)
        self.on_printer()

    def _queue_of(self, config: DeviceConfig) -> str:
        """Return the name in the print queue: receipts go to the first printer that may have them."""
        if not kitchen_setup.prints_receipts(config):
            return config.id
        is_free = RECEIPT_PRINTER not in self._printers
        has_it = self._names.get(config.id) == RECEIPT_PRINTER
        return RECEIPT_PRINTER if is_free or has_it else config.id

    def _promote(self, configs: Mapping[str, DeviceConfig]) -> None:
        """Give the receipts to the next printer that may have them, if nobody has them now."""
        if RECEIPT_PRINTER in self._printers:
            return
        for key, name in self._names.items():
            if key in configs and kitchen_setup.prints_receipts(configs[key]):
                self._names[key] = RECEIPT_PRINTER
                self._printers[RECEIPT_PRINTER] = self._printers.pop(name)
                self.on_printer()
                return

    def _show_stations(self, kept: _Kept | None = None) -> None:
        """Tell the till which printers cook what; `kept` is one that is being taken."""
        configs = {one.config.id: one.config for one in list(self._kept.values())}
        if kept is not None:
            configs[kept.config.id] = kept.config
        self._promote(configs)
        named = {queue: configs[key] for key, queue in self._names.items() if key in configs}
        self.devices.stations = kitchen_setup.stations_of(named)

    def _take_bank(self, worker: Worker[QrPayments]) -> None:
        bank = self.devices.qr
        if isinstance(bank, SupervisedQr):
            bank.move_to(worker)
        else:
            self.devices.qr = SupervisedQr(worker)

    def _take_register(self, config: DeviceConfig, worker: Worker[FiscalRegister]) -> None:
        register = self.devices.fiscal
        if isinstance(register, SupervisedRegister):
            register.move_to(worker)
        else:
            register = SupervisedRegister(worker)
        self.devices.fiscal_house = house_of(config, register)
        self.devices.fiscal = register

    def _take_camera(self, kept: _Kept) -> None:
        camera = build_camera(kept.config)
        if self.camera is not None:
            self.camera.stop()
            self.camera.camera = camera
        elif self._is_building:
            self.camera = CameraSlot(camera)
        else:
            # The search for guests was made without a camera.
            kept.is_waiting = True

    def _watch(self, config: DeviceConfig) -> Watched[Any]:
        return self._watchers.watch(config, self.printer(config.address))

    def _get(self, device_id: str) -> _Kept:
        kept = self._kept.get(device_id)
        if kept is None:
            raise NotConnected(f"{device_id}: no such device")
        if kept.problem is not None:
            raise kept.problem
        return kept

    def _do(self, kept: _Kept, job: Callable[[Any], Result]) -> Result:
        assert kept.worker is not None
        return self._answer(kept, kept.worker.submit(job))

    def _answer(self, kept: _Kept, future: "Future[Result]") -> Result:
        try:
            return future.result(PROBE_TIMEOUT_S)
        except TimeoutError as error:
            raise NotConnected(f"{kept.config.id}: no answer in {PROBE_TIMEOUT_S} s") from error

    def _probe_camera(self, config: DeviceConfig) -> Probe:
        from drivers.doctor import check_device  # noqa: PLC0415 -- loads every kind of device

        if self.camera is not None and self.camera.running:
            self.camera.stop(1.0)
        return check_device(config)


def _nothing() -> None:
    """Nobody is to be told."""
