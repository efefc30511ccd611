"""How a configured device becomes a driver, by the table of `drivers.models`.

A driver's module is imported only when one of its devices is built: the till's
start must not pay for OpenCV, python-escpos or pyserial where they are not used. Simulators are
reached by address like real devices and are no models of their own.
"""

import datetime as dt
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from drivers.api.camera import CodeCamera
from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.display import CustomerDisplay
from drivers.api.drawer import CashDrawer
from drivers.api.errors import ConfigurationError
from drivers.api.fiscal import FiscalRegister
from drivers.api.marking import MarkingProvider, MarkingSettings
from drivers.api.printer import ReceiptPrinter
from drivers.api.printer_setup import CalibratedPrinter
from drivers.api.qr_payment import NoticeHandler, QrPayments
from drivers.api.scale import Scale
from drivers.api.scanner import ScanHandler, Scanner
from drivers.api.terminal import PaymentTerminal
from drivers.models import (
    MODELS,
    SERIAL_OPTIONS,
    Model,
    get_model,
    get_model_of,
    own_options,
    split_address,
)
from drivers.transport.base import Transport
from drivers.watch import (
    PROGRAM_EVERY_S,
    Watched,
    WatchedDisplay,
    WatchedDrawer,
    WatchedFiscal,
    WatchedPrinter,
    WatchedQrPayments,
    WatchedScale,
    WatchedScanner,
    WatchedTerminal,
    WeightHandler,
)

# ruff: noqa: PLC0415 - drivers are imported when built, see the module's docstring

__all__ = [
    "MODELS",
    "Model",
    "build_camera",
    "build_display",
    "build_drawer",
    "build_fiscal",
    "build_marking",
    "build_printer",
    "build_qr_payments",
    "build_scale",
    "build_scanner",
    "build_terminal",
    "get_model",
    "split_address",
    "watch_display",
    "watch_drawer",
    "watch_fiscal",
    "watch_printer",
    "watch_qr_payments",
    "watch_scale",
    "watch_scanner",
    "watch_terminal",
]


def build_printer(config: DeviceConfig) -> CalibratedPrinter:
    """Make the driver of a printer; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.PRINTER)
    from drivers.printers.escpos import EscposEncoder
    from drivers.printers.profiles import get_profile
    from drivers.printers.receipt import EscposPrinter

    options = own_options(config, model)
    name = str(options.pop("name", config.id))
    logo = options.pop("logo", None)
    profile = get_profile(str(options.pop("profile", "generic-80")))
    profile = profile.adjusted(**options)
    encoder = EscposEncoder(profile, logo_path=None if logo is None else Path(str(logo)))
    return EscposPrinter(name, profile, _transport(config, model), encoder=encoder)


def build_terminal(
    config: DeviceConfig,
    *,
    state_folder: Path | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PaymentTerminal:
    """Make the driver of a payment terminal; nothing is opened yet.

    Args:
        config: the device.
        state_folder: where the notes for lost answers are kept; without one they die with the
            process, and a till that crashed can only be told "uncertain".
        clock: monotonic seconds.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.TERMINAL)
    from drivers.terminals.build import line_terminal_of, program_terminal_of

    options = own_options(config, model)
    path = state_folder / f"terminal-{config.id}.json" if state_folder is not None else None
    if config.transport == "program":
        return program_terminal_of(model.id, config.address, options, notes_path=path, clock=clock)
    return line_terminal_of(
        model.id,
        _transport(config, model),
        options,
        is_serial=config.transport == "serial",
        notes_path=path,
        clock=clock,
    )


def build_qr_payments(
    config: DeviceConfig, *, secret_key: str, state_folder: Path | None = None
) -> QrPayments:
    """Make the driver of a bank's QR payments; nothing is opened yet.

    Args:
        config: the device; its address is the bank's API.
        secret_key: of the restaurant at the bank; it is no setting, lest it be shown or exported.
        state_folder: where codes and refunds are noted.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.QR_PAYMENT)
    from drivers.sbp.build import raiffeisen_of

    path = state_folder / f"qr-{config.id}.json" if state_folder is not None else None
    return raiffeisen_of(config.address, secret_key, own_options(config, model), path)


def build_scanner(config: DeviceConfig, *, clock: Callable[[], float] = time.monotonic) -> Scanner:
    """Make the driver of a scanner; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.SCANNER)
    from drivers.scanners.serial import SerialScanner, SerialScannerOptions

    options = SerialScannerOptions(**own_options(config, model))
    transport = _transport(config, model)
    return SerialScanner(transport, options, device_id=config.id, clock=clock)


def build_scale(config: DeviceConfig, *, clock: Callable[[], float] = time.monotonic) -> Scale:
    """Make the driver of a scale; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.SCALE)
    from drivers.scales.build import scale_of

    transport = _transport(config, model)
    return scale_of(model.id, transport, own_options(config, model), name=config.id, clock=clock)


def build_display(config: DeviceConfig) -> CustomerDisplay:
    """Make the driver of a customer display; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.DISPLAY)
    from drivers.displays.driver import LineDisplay
    from drivers.displays.profiles import get_profile

    options = own_options(config, model)
    name = str(options.pop("name", config.id))
    brightness = options.pop("brightness", None)
    profile = get_profile(str(options.pop("profile", "cd5220"))).adjusted(**options)
    return LineDisplay(_transport(config, model), profile, name=name, brightness=brightness)


def build_drawer(config: DeviceConfig, printer: ReceiptPrinter | None = None) -> CashDrawer:
    """Make the driver of a cash drawer; nothing is opened yet.

    Args:
        config: the device.
        printer: the one that the address names, for a drawer in a printer's socket.

    Raises:
        ConfigurationError: the settings make no sense, or there is no such printer.
    """
    model = get_model_of(config, DeviceKind.DRAWER)
    options = own_options(config, model)
    name = str(options.pop("name", config.id))
    if config.transport == "printer":
        from drivers.drawers.printer import PrinterDrawer

        if printer is None:
            raise ConfigurationError(f"device {config.id}: there is no printer {config.address!r}")
        return PrinterDrawer(printer, name=name, **options)
    from drivers.drawers.port import PortDrawer, PortDrawerOptions

    return PortDrawer(_transport(config, model), PortDrawerOptions(**options), name=name)


def build_fiscal(
    config: DeviceConfig,
    *,
    state_folder: Path | None = None,
    today: Callable[[], dt.date] | None = None,
    now: Callable[[], dt.datetime] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> FiscalRegister:
    """Make the driver of a fiscal register; nothing is opened yet.

    Args:
        config: the device; its address is the base URL, or for libfptr10 'usb', 'host:port', a port.
        state_folder: where the notes for lost answers are kept; without one they die with the process.
        today: day by the till's clock, for rates of VAT; None checks no day.
        now: the till's clock, written into documents for a cloud; None takes the machine's.
        clock: monotonic seconds.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.FISCAL)
    path = state_folder / f"fiscal-{config.id}.json" if state_folder is not None else None
    options = own_options(config, model)
    if model.id == "fiscal.atol_online":
        from drivers.fiscal.atol_online.build import build_online

        return build_online(config.address, options, path, now, clock)
    from drivers.fiscal.atol.build import build_register

    return build_register(config.transport, config.address, options, path, today, clock)


def build_marking(
    settings: MarkingSettings,
    *,
    now: Callable[[], dt.datetime],
    clock: Callable[[], float] = time.monotonic,
) -> MarkingProvider:
    """Make what asks about marking codes; nothing is opened yet.

    Args:
        settings: who is asked; nobody leaves every code unchecked.
        now: wall clock with zone, for shelf lives.
        clock: monotonic seconds.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    from drivers.fiscal.marking.build import build_chain

    return build_chain(settings, now=now, clock=clock)


def build_camera(
    config: DeviceConfig, *, clock: Callable[[], float] = time.monotonic
) -> CodeCamera:
    """Make the driver of a camera; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = get_model_of(config, DeviceKind.CAMERA)
    from drivers.scanners.camera import CameraOptions, OpencvCamera

    options = CameraOptions(**own_options(config, model))
    return OpencvCamera(config.address, options, device_id=config.id, clock=clock)


def watch_printer(config: DeviceConfig) -> Watched[ReceiptPrinter]:
    """Make a printer for the supervisor."""
    return WatchedPrinter(build_printer(config))


def watch_terminal(
    config: DeviceConfig, *, state_folder: Path | None = None
) -> Watched[PaymentTerminal]:
    """Make a terminal for the supervisor."""
    terminal = build_terminal(config, state_folder=state_folder)
    if config.transport == "program":
        return WatchedTerminal(terminal, every_s=PROGRAM_EVERY_S)
    return WatchedTerminal(terminal)


def watch_qr_payments(
    config: DeviceConfig,
    *,
    secret_key: str,
    state_folder: Path | None = None,
    on_notice: NoticeHandler | None = None,
) -> Watched[QrPayments]:
    """Make a bank's QR payments for the supervisor.

    Args:
        config: the device; with `notice_port` the bank's notices are heard there.
        secret_key: of the restaurant at the bank.
        state_folder: where codes and refunds are noted.
        on_notice: told each notice, on a thread of the receiver.
    """
    from drivers.sbp.build import notices_of

    bank = build_qr_payments(config, secret_key=secret_key, state_folder=state_folder)
    notices = None
    if on_notice is not None:
        options = own_options(config, get_model_of(config, DeviceKind.QR_PAYMENT))
        notices = notices_of(secret_key, options, on_notice)
    return WatchedQrPayments(bank, notices)


def watch_fiscal(
    config: DeviceConfig,
    *,
    state_folder: Path | None = None,
    today: Callable[[], dt.date] | None = None,
    now: Callable[[], dt.datetime] | None = None,
) -> Watched[FiscalRegister]:
    """Make a fiscal register for the supervisor."""
    return WatchedFiscal(build_fiscal(config, state_folder=state_folder, today=today, now=now))


def watch_scanner(config: DeviceConfig, on_scan: ScanHandler) -> Watched[Scanner]:
    """Make a scanner for the supervisor; codes go to `on_scan` on the device's thread."""
    return WatchedScanner(build_scanner(config), on_scan)


def watch_scale(config: DeviceConfig, on_weight: WeightHandler | None = None) -> Watched[Scale]:
    """Make a scale for the supervisor; each new weight goes to `on_weight` on the device's thread."""
    return WatchedScale(build_scale(config), on_weight)


def watch_display(config: DeviceConfig) -> Watched[CustomerDisplay]:
    """Make a customer display for the supervisor."""
    return WatchedDisplay(build_display(config))


def watch_drawer(
    config: DeviceConfig, printer: ReceiptPrinter | None = None
) -> Watched[CashDrawer]:
    """Make a cash drawer for the supervisor."""
    return WatchedDrawer(build_drawer(config, printer))


def _transport(config: DeviceConfig, model: Model) -> Transport:
    if config.transport == "tcp":
        from drivers.transport.tcp import TcpTransport

        return TcpTransport(*split_address(config, model.default_port))
    if config.transport == "serial":
        from drivers.transport.serial import SerialTransport

        chosen = {name: value for name, value in config.options.items() if name in SERIAL_OPTIONS}
        serial: dict[str, Any] = {**model.line, **chosen}
        return SerialTransport(config.address, **serial)
    return _other_transport(config)


def _other_transport(config: DeviceConfig) -> Transport:
    """The roads of printers that need no options."""
    if config.transport == "usb":
        from drivers.transport.usb import UsbTransport

        return UsbTransport(config.address)
    if config.transport == "bluetooth":
        from drivers.transport.bluetooth import BluetoothTransport

        return BluetoothTransport(config.address)
    if config.transport == "spooler":
        from drivers.transport.spooler import SpoolerTransport

        return SpoolerTransport(config.address)
    from drivers.transport.file import FileTransport

    return FileTransport(config.address)
