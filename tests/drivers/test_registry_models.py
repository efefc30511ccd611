"""Settings become drivers, or a sentence that says what is wrong with them."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.registry import (
    MODELS,
    build_camera,
    build_display,
    build_drawer,
    build_fiscal,
    build_printer,
    build_qr_payments,
    build_scale,
    build_scanner,
    build_terminal,
    get_model,
    split_address,
)
from drivers.terminals.zvt.driver import ZvtTerminal

GOOD: dict[str, Any] = {
    "id": "card",
    "kind": "terminal",
    "model": "terminal.zvt",
    "transport": "tcp",
    "address": "192.168.1.60",
    "options": {"password": "123456"},
}


def test_settings_survive_json() -> None:
    config = DeviceConfig.from_json(GOOD)
    assert config.kind is DeviceKind.TERMINAL
    assert DeviceConfig.from_json(json.loads(json.dumps(config.to_json()))) == config
    assert split_address(config, 20007) == ("192.168.1.60", 20007)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "terminal.arcus"}, "is none of"),
        ({"kind": "toaster"}, "is none of printer, terminal"),
        ({"kind": "printer"}, "is a terminal, not a printer"),
        ({"transport": "usb"}, "is reached by tcp, serial"),
        ({"address": "host:0"}, "must be host:port"),
        ({"address": ":20007"}, "must be host:port"),
        ({"address": "host:99999"}, "must be host:port"),
        ({"address": ""}, "address is empty"),
        ({"id": ""}, "must have 1 to"),
        ({"options": {"speed": 1}}, "has no option 'speed', only password"),
        ({"options": {"password": 5}}, "must be str"),
        ({"options": {"ack_timeout_s": "5"}}, "must be float"),
        ({"options": {"ack_timeout_s": True}}, "must be float"),
        ({"options": []}, "options must be names"),
        ({"options": {"password": None}}, "options must be names"),
        ({"address": 5}, "field 'address' must be text"),
        ({"colour": "red"}, "unknown fields: colour"),
    ],
)
def test_wrong_settings_are_refused_in_words(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        get_model(DeviceConfig.from_json({**GOOD, **change}))


@pytest.mark.parametrize("data", [None, [], "x", 5])
def test_settings_that_are_no_object_are_refused(data: object) -> None:
    with pytest.raises(ConfigurationError, match="must be an object"):
        DeviceConfig.from_json(data)


def test_serial_options_are_known_on_serial_lines_only() -> None:
    serial = {**GOOD, "transport": "serial", "address": "/dev/ttyS9", "options": {"baud": 115200}}
    assert isinstance(build_terminal(DeviceConfig.from_json(serial)), ZvtTerminal)
    with pytest.raises(ConfigurationError, match="has no option 'baud'"):
        build_terminal(DeviceConfig.from_json({**GOOD, "options": {"baud": 115200}}))


def test_every_model_of_the_table_can_be_built(tmp_path: Path) -> None:
    builders: dict[DeviceKind, Callable[[DeviceConfig], object]] = {
        DeviceKind.PRINTER: build_printer,
        DeviceKind.TERMINAL: build_terminal,
        DeviceKind.DISPLAY: build_display,
        DeviceKind.FISCAL: build_fiscal,
        DeviceKind.DRAWER: lambda config: build_drawer(config, printer),
        DeviceKind.SCALE: build_scale,
        DeviceKind.SCANNER: build_scanner,
        DeviceKind.CAMERA: build_camera,
        DeviceKind.QR_PAYMENT: lambda config: build_qr_payments(config, secret_key="key"),  # noqa: S106 - opens nothing
    }
    needed: dict[str, dict[str, OptionValue]] = {
        "qr.sbp_raiffeisen": {"merchant_id": "MA1"},
        "fiscal.atol_online": {
            "login": "cafe",
            "password": "x",
            "group": "cafe-1",
            "inn": "5544332219",
            "email": "kassa@cafe.ru",
            "payment_address": "https://cafe.example",
            "version": "v5",
        },
    }
    addresses = {
        "tcp": "127.0.0.1:9",
        "serial": "/dev/ttyS9",
        "usb": "04b8:0e15",
        "bluetooth": "/dev/rfcomm9",
        "spooler": "EPSON TM-T20",
        "file": str(tmp_path / "out"),
        "camera": "0",
        "http": "http://127.0.0.1:9",
        "libfptr10": "usb",
        "printer": "receipt",
        "program": str(tmp_path / "terminal-program"),
        "https": "https://pay.example.org/api",
    }
    printer = build_printer(
        DeviceConfig("receipt", DeviceKind.PRINTER, "printer.escpos", "tcp", "127.0.0.1:9")
    )
    for model in MODELS.values():
        for transport in model.transports:
            options = needed.get(model.id, {})
            config = DeviceConfig(
                "x", model.kind, model.id, transport, addresses[transport], options
            )
            assert builders[model.kind](config) is not None


def test_builder_of_another_kind_refuses() -> None:
    with pytest.raises(ConfigurationError, match="is a terminal, not a scanner"):
        build_scanner(DeviceConfig.from_json(GOOD))


def test_printer_takes_profile_and_corrections() -> None:
    options: dict[str, OptionValue] = {"profile": "generic-80", "columns": 42, "name": "Кухня"}
    config = DeviceConfig(
        "kitchen", DeviceKind.PRINTER, "printer.escpos", "tcp", "127.0.0.1", options
    )
    printer = build_printer(config)
    assert (printer.name, printer.capabilities.columns) == ("Кухня", 42)


def test_importing_the_registry_loads_no_heavy_library() -> None:
    """The till's start pays for a library only when one of its devices is used."""
    program = (
        "import sys, drivers.registry, drivers.supervisor\n"
        "heavy = {'cv2', 'numpy', 'escpos', 'serial', 'zxingcpp', 'PIL', 'pyzbar'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.strip() == "[]"
