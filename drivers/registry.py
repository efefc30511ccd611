"""Which models there are, and how a configured device becomes a driver.

The table is explicit. A driver's module is imported only when one of its devices is built: the till's
start must not pay for OpenCV, python-escpos or pyserial where they are not used. Simulators are
reached by address like real devices and are no models of their own.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.api.camera import CodeCamera
from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.display import CustomerDisplay
from drivers.api.drawer import CashDrawer
from drivers.api.errors import ConfigurationError
from drivers.api.fiscal import FiscalRegister
from drivers.api.marking import MarkingProvider, MarkingSettings
from drivers.api.printer import ReceiptPrinter
from drivers.api.printer_setup import CalibratedPrinter
from drivers.api.qr_payment import QrPayments
from drivers.api.scale import Scale
from drivers.api.scanner import ScanHandler, Scanner
from drivers.api.terminal import PaymentTerminal
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

PORT_MAX = 65535
_SECRET_OPTIONS = frozenset({"password"})  # never repeated in a message
_SERIAL_OPTIONS: Mapping[str, type] = {
    "baud": int,
    "byte_size": int,
    "parity": str,
    "stop_bits": int,
    "rtscts": bool,
}


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the table.

    Attributes:
        id: what `DeviceConfig.model` names.
        kind: of its devices.
        title: for the settings screen.
        transports: that it can be reached by.
        options: names and types of its settings; those of a serial line come by themselves.
        default_port: of tcp, where the address names none.
        line: how a serial line is set where the settings do not say.
    """

    id: str
    kind: DeviceKind
    title: str
    transports: tuple[str, ...]
    options: Mapping[str, type]
    default_port: int | None = None
    line: Mapping[str, OptionValue] = field(default_factory=dict)


MODELS: Mapping[str, Model] = {
    model.id: model
    for model in (
        Model(
            "printer.escpos",
            DeviceKind.PRINTER,
            "ESC/POS",
            ("tcp", "serial", "usb", "bluetooth", "spooler", "file"),
            {
                "name": str,
                "profile": str,
                "columns": int,
                "dots": int,
                "code_page": str,
                "code_page_number": int,
                "signs": str,
                "cutter": bool,
                "native_qr": bool,
                "native_barcode": bool,
                "tells_status": bool,
                "confirms_printing": bool,
                "drawer_when": str,
                "drawer_pin": int,
                "drawer_pulse_ms": int,
                "drawer_open_level": str,
                "logo": str,
                "logo_number": int,
            },
            default_port=9100,
        ),
        Model(
            "terminal.zvt",
            DeviceKind.TERMINAL,
            "ZVT",
            ("tcp", "serial"),
            {
                "password": str,
                "currency": str,
                "encoding": str,
                "language": str,
                "receipts": str,
                "capture_command": str,
                "ack_timeout_s": float,
                "answer_timeout_s": float,
                "operation_limit_s": float,
            },
            default_port=20007,
        ),
        Model(
            "terminal.sberbank",
            DeviceKind.TERMINAL,
            "Сбербанк (файлы e и p)",
            ("program",),
            {
                "folder": str,
                "encoding": str,
                "language": str,
                "currency": str,
                "cancel_arguments": str,
                "refund_arguments": str,
                "operation_limit_s": float,
                "ask_limit_s": float,
            },
        ),
        Model(
            "terminal.inpas",
            DeviceKind.TERMINAL,
            "INPAS SmartSale (экспериментально)",
            ("tcp", "serial"),
            {
                "terminal_id": str,
                "ecr_id": str,
                "currency": str,
                "language": str,
                "encoding": str,
                "sale": str,
                "cancel": str,
                "refund": str,
                "settlement": str,
                "link_test": str,
                "last_operation": str,
                "last_command": str,
                "ack_timeout_s": float,
                "answer_timeout_s": float,
                "operation_limit_s": float,
                "settlement_limit_s": float,
            },
            default_port=8888,
            line={"baud": 115200},
        ),
        Model(
            "terminal.external",
            DeviceKind.TERMINAL,
            "Внешняя программа терминала",
            ("program",),
            {
                "arguments": str,
                "ask_command": str,
                "operations": str,
                "currency": str,
                "operation_limit_s": float,
                "ask_limit_s": float,
            },
        ),
        Model(
            "qr.sbp_raiffeisen",
            DeviceKind.QR_PAYMENT,
            "СБП, Райффайзенбанк",
            ("https",),
            {"merchant_id": str, "account": str, "timeout_s": float, "ca_file": str},
        ),
        Model(
            "scanner.serial",
            DeviceKind.SCANNER,
            "Serial / USB-COM",
            ("serial",),
            {
                "prefix": str,
                "suffix": str,
                "separator": str,
                "silence_s": float,
                "encoding": str,
            },
        ),
        Model(
            "display.line",
            DeviceKind.DISPLAY,
            "Дисплей покупателя 2x20 (CD5220, Epson, DSP800)",
            ("serial", "tcp", "file"),
            {
                "name": str,
                "profile": str,
                "code_page": str,
                "code_page_number": int,
                "brightness": int,
            },
            default_port=9100,
        ),
        Model(
            "drawer.port",
            DeviceKind.DRAWER,
            "Денежный ящик на своём порту",
            ("serial", "tcp", "file"),
            {
                "name": str,
                "kick": str,
                "ask": str,
                "open_mask": int,
                "open_value": int,
                "answer_s": float,
            },
        ),
        Model(
            "drawer.printer",
            DeviceKind.DRAWER,
            "Денежный ящик в гнезде принтера",
            ("printer",),
            {"name": str, "pin": int},
        ),
        Model(
            "scale.massak100",
            DeviceKind.SCALE,
            "Масса-К, протокол 100",
            ("tcp", "serial"),
            {"name": str, "answer_s": float, "division": str, "check": str},
            default_port=5001,
            line={"baud": 57600},  # the usual setting, not confirmed by the maker
        ),
        Model(
            "scale.massak2",
            DeviceKind.SCALE,
            "Масса-К, протокол 2",
            ("serial",),
            {"name": str, "answer_s": float},
            line={"baud": 4800, "parity": "E"},
        ),
        Model(
            "scale.pos2m",
            DeviceKind.SCALE,
            "Штрих, Mertech (POS2-M)",
            ("serial",),
            {"name": str, "answer_s": float, "password": str},
        ),
        Model(
            "scale.cas",
            DeviceKind.SCALE,
            "CAS, Mertech (CAS-M)",
            ("serial",),
            {"name": str, "answer_s": float, "decimals": int},
        ),
        Model(
            "fiscal.atol",
            DeviceKind.FISCAL,
            "АТОЛ: веб-сервер драйвера или libfptr10",
            ("http", "libfptr10"),
            {
                "user": str,
                "password": str,
                "device_id": str,
                "api": str,
                "ca_file": str,
                "request_timeout_s": float,
                "answer_limit_s": float,
                "wrapper": str,
                "library": str,
            },
        ),
        Model(
            "fiscal.atol_online",
            DeviceKind.FISCAL,
            "АТОЛ Онлайн и совместимые облачные кассы",
            ("https", "http"),
            {
                "login": str,
                "password": str,
                "group": str,
                "inn": str,
                "email": str,
                "payment_address": str,
                "version": str,
                "callback_url": str,
                "device_number": str,
                "ism_optional": bool,
                "timeout_s": float,
                "ca_file": str,
            },
        ),
        Model(
            "camera.opencv",
            DeviceKind.CAMERA,
            "Camera",
            ("camera",),
            {
                "fps_max": float,
                "width": int,
                "height": int,
                "formats": str,
                "second_every": int,
                "duplicate_s": float,
                "preview_width": int,
                "reconnect_s": float,
            },
        ),
    )
}


def get_model(config: DeviceConfig) -> Model:
    """Return the table's entry of a device after checking the device against it.

    Raises:
        ConfigurationError: one sentence that says what is wrong and what would be right.
    """
    where = f"device {config.id}"
    model = MODELS.get(config.model)
    if model is None:
        raise ConfigurationError(f"{where}: model {config.model!r} is none of {', '.join(MODELS)}")
    if config.kind is not model.kind:
        raise ConfigurationError(f"{where}: {model.id} is a {model.kind}, not a {config.kind}")
    if config.transport not in model.transports:
        known = ", ".join(model.transports)
        raise ConfigurationError(
            f"{where}: {model.id} is reached by {known}, not by {config.transport!r}"
        )
    _check_options(config, model)
    if config.transport == "tcp":
        split_address(config, model.default_port)
    return model


def split_address(config: DeviceConfig, default_port: int | None) -> tuple[str, int]:
    """Cut 'host:port' or 'host'.

    Raises:
        ConfigurationError: there is no host, or no port from 1 to 65535.
    """
    host, colon, port = config.address.rpartition(":")
    if not colon:
        host, port = config.address, str(default_port or "")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= PORT_MAX:
        raise ConfigurationError(
            f"device {config.id}: address {config.address!r} must be host:port"
        )
    return host, int(port)


def build_printer(config: DeviceConfig) -> CalibratedPrinter:
    """Make the driver of a printer; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = _get_model_of(config, DeviceKind.PRINTER)
    from drivers.printers.escpos import EscposEncoder
    from drivers.printers.profiles import get_profile
    from drivers.printers.receipt import EscposPrinter

    options = _own_options(config, model)
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
    model = _get_model_of(config, DeviceKind.TERMINAL)
    from drivers.terminals.build import line_terminal_of, program_terminal_of

    options = _own_options(config, model)
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
    model = _get_model_of(config, DeviceKind.QR_PAYMENT)
    from drivers.sbp.build import raiffeisen_of

    path = state_folder / f"qr-{config.id}.json" if state_folder is not None else None
    return raiffeisen_of(config.address, secret_key, _own_options(config, model), path)


def build_scanner(config: DeviceConfig, *, clock: Callable[[], float] = time.monotonic) -> Scanner:
    """Make the driver of a scanner; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = _get_model_of(config, DeviceKind.SCANNER)
    from drivers.scanners.serial import SerialScanner, SerialScannerOptions

    options = SerialScannerOptions(**_own_options(config, model))
    transport = _transport(config, model)
    return SerialScanner(transport, options, device_id=config.id, clock=clock)


def build_scale(config: DeviceConfig, *, clock: Callable[[], float] = time.monotonic) -> Scale:
    """Make the driver of a scale; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = _get_model_of(config, DeviceKind.SCALE)
    from drivers.scales.build import scale_of

    transport = _transport(config, model)
    return scale_of(model.id, transport, _own_options(config, model), name=config.id, clock=clock)


def build_display(config: DeviceConfig) -> CustomerDisplay:
    """Make the driver of a customer display; nothing is opened yet.

    Raises:
        ConfigurationError: the settings make no sense.
    """
    model = _get_model_of(config, DeviceKind.DISPLAY)
    from drivers.displays.driver import LineDisplay
    from drivers.displays.profiles import get_profile

    options = _own_options(config, model)
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
    model = _get_model_of(config, DeviceKind.DRAWER)
    options = _own_options(config, model)
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
    model = _get_model_of(config, DeviceKind.FISCAL)
    path = state_folder / f"fiscal-{config.id}.json" if state_folder is not None else None
    options = _own_options(config, model)
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
    model = _get_model_of(config, DeviceKind.CAMERA)
    from drivers.scanners.camera import CameraOptions, OpencvCamera

    options = CameraOptions(**_own_options(config, model))
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
    config: DeviceConfig, *, secret_key: str, state_folder: Path | None = None
) -> Watched[QrPayments]:
    """Make a bank's QR payments for the supervisor."""
    return WatchedQrPayments(
        build_qr_payments(config, secret_key=secret_key, state_folder=state_folder)
    )


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


def _get_model_of(config: DeviceConfig, kind: DeviceKind) -> Model:
    model = get_model(config)
    if model.kind is not kind:
        raise ConfigurationError(f"device {config.id} is a {model.kind}, not a {kind}")
    return model


def _known_options(config: DeviceConfig, model: Model) -> Mapping[str, type]:
    serial = _SERIAL_OPTIONS if config.transport == "serial" else {}
    return {**model.options, **serial}


def _check_options(config: DeviceConfig, model: Model) -> None:
    known = _known_options(config, model)
    for name, value in config.options.items():
        wanted = known.get(name)
        if wanted is None:
            listed = ", ".join(known)
            raise ConfigurationError(
                f"device {config.id}: {model.id} has no option {name!r}, only {listed}"
            )
        if not _fits(value, wanted):
            shown = "this" if name in _SECRET_OPTIONS else repr(value)
            raise ConfigurationError(
                f"device {config.id}: option {name} must be {wanted.__name__}, not {shown}"
            )


def _fits(value: OptionValue, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if wanted is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, wanted)


def _own_options(config: DeviceConfig, model: Model) -> dict[str, Any]:
    """Options of the model itself, for its options class: checked above, so Any is safe."""
    return {name: value for name, value in config.options.items() if name in model.options}


def _transport(config: DeviceConfig, model: Model) -> Transport:
    if config.transport == "tcp":
        from drivers.transport.tcp import TcpTransport

        return TcpTransport(*split_address(config, model.default_port))
    if config.transport == "serial":
        from drivers.transport.serial import SerialTransport

        chosen = {name: value for name, value in config.options.items() if name in _SERIAL_OPTIONS}
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
