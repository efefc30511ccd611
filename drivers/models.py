"""The table of models: what a device may be, how it is reached, which settings it takes.

The table is explicit and loads no driver. `drivers.registry` makes drivers by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError

PORT_MAX = 65535
_SECRET_OPTIONS = frozenset({"password", "callback_secret"})  # never repeated in a message
SERIAL_OPTIONS: Mapping[str, type] = {
    "baud": int,
    "byte_size": int,
    "parity": str,
    "stop_bits": int,
    "rtscts": bool,
}

#: What the application keeps with a fiscal register: how the house uses it.
FISCAL_APPLICATION: Mapping[str, type] = {
    "taxation": str,
    "receipts": bool,
    "paperless": bool,
    "title": str,
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
        application: settings that the application keeps with the device; its driver never sees them.
        line: how a serial line is set where the settings do not say.
    """

    id: str
    kind: DeviceKind
    title: str
    transports: tuple[str, ...]
    options: Mapping[str, type]
    default_port: int | None = None
    application: Mapping[str, type] = field(default_factory=dict)
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
            application={"kitchen": str, "station": str, "substitute": str, "receipts": bool},
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
            {
                "merchant_id": str,
                "account": str,
                "timeout_s": float,
                "ca_file": str,
                "notice_port": int,
            },
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
            application={"drawer_when": str},
        ),
        Model(
            "drawer.printer",
            DeviceKind.DRAWER,
            "Денежный ящик в гнезде принтера",
            ("printer",),
            {"name": str, "pin": int},
            application={"drawer_when": str},
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
                "connect_timeout_s": float,
                "request_timeout_s": float,
                "answer_limit_s": float,
                "blocked_limit_s": float,
                "wrapper": str,
                "library": str,
            },
            application=FISCAL_APPLICATION,
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
                "callback_listen": str,
                "callback_secret": str,
                "device_number": str,
                "ism_optional": bool,
                "timeout_s": float,
                "ca_file": str,
            },
            application=FISCAL_APPLICATION,
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


def get_model_of(config: DeviceConfig, kind: DeviceKind) -> Model:
    """Return the table's entry of a device that has to be of one kind.

    Raises:
        ConfigurationError: it is of another kind, or as in `get_model`.
    """
    model = get_model(config)
    if model.kind is not kind:
        raise ConfigurationError(f"device {config.id} is a {model.kind}, not a {kind}")
    return model


def _known_options(config: DeviceConfig, model: Model) -> Mapping[str, type]:
    serial = SERIAL_OPTIONS if config.transport == "serial" else {}
    return {**model.options, **model.application, **serial}


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


def own_options(config: DeviceConfig, model: Model) -> dict[str, Any]:
    """Options of the model itself, for its options class: checked above, so Any is safe."""
    return {name: value for name, value in config.options.items() if name in model.options}
