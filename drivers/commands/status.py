"""`status`: how a device is, whatever its kind, as one JSON object.

The kind is taken from `--kind`, else guessed from the address: a camera by its index or folder, a
printer or terminal by the port it listens on, a printer behind a device file. A serial port tells
nothing about what hangs on it and counts as a scanner's, which is opened and never written to.
"""

import argparse
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, Health, OptionValue, Probe
from drivers.api.errors import ConfigurationError, DriverError
from drivers.commands.common import EXIT_FAILED, Commands, guess_transport, say_json
from drivers.doctor import check_device
from drivers.registry import MODELS, Model

_ATOL_PORT = "16732"  # of ATOL's Web server, reference "Routes"


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    status = commands.add_parser("status", help="ask a device how it is, as JSON")
    status.add_argument("address", metavar="DEVICE", help="host:port, serial port, camera, path")
    status.add_argument("--kind", choices=tuple(map(str, DeviceKind)), help="else it is guessed")
    status.add_argument(
        "--model", default="", help="a model of `list`, or the profile of an ESC/POS printer"
    )
    status.add_argument("--baud", type=int)
    status.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the device's health, words and hint; fails unless it can work."""
    config = _config(options)
    try:
        probe = check_device(config)
    except ConfigurationError:
        raise
    except DriverError as error:
        error.device = ""  # the object names it
        probe = Probe.of_error(error)
        say_json({**_shown(config, probe), "detail": error.detail})
        return EXIT_FAILED
    say_json(_shown(config, probe))
    # Degraded without a code is a warning, as paper near its end; with one the device cannot work.
    return EXIT_FAILED if probe.health is Health.OFFLINE or probe.code else 0


def _config(options: argparse.Namespace) -> DeviceConfig:
    transport, address = guess_transport(options.address)
    named = MODELS.get(options.model)
    if options.kind:
        kind = DeviceKind(options.kind)
    else:
        kind = named.kind if named is not None else guess_kind(transport, address)
    model = named or _first_model(kind)
    transport, address = fit_transport(model, transport, address)
    extra: dict[str, OptionValue] = {}
    if named is None and options.model:
        extra["profile"] = options.model
    if options.baud and transport == "serial":
        extra["baud"] = options.baud
    return DeviceConfig(str(kind), kind, model.id, transport, address, extra)


def fit_transport(model: Model, transport: str, address: str) -> tuple[str, str]:
    """Take the road that a model has where the address alone says another one."""
    if transport in model.transports or not {transport} <= {"tcp", "file", "serial", "usb"}:
        return transport, address
    if "camera" in model.transports:
        return "camera", address
    if transport == "tcp" and "http" in model.transports:
        return "http", f"http://{address}"
    if transport == "usb" and "serial" in model.transports:
        return "serial", f"usb:{address}"
    for road in ("serial", "https", "program", "printer"):
        if transport == "file" and road in model.transports:
            return road, address  # a link to a serial port may have any name
    return transport, address


def guess_kind(transport: str, address: str) -> DeviceKind:
    """Say what a device probably is from the way it is reached."""
    if transport == "camera" or address.isdigit() or Path(address).is_dir():
        return DeviceKind.CAMERA
    if transport == "serial":
        return DeviceKind.SCANNER
    if transport in ("http", "libfptr10"):
        return DeviceKind.FISCAL
    port = address.rpartition(":")[2]
    if transport == "tcp" and port == _ATOL_PORT:
        return DeviceKind.FISCAL
    if transport == "tcp" and port.isdigit():
        for model in MODELS.values():
            if model.default_port == int(port):
                return model.kind
    return DeviceKind.PRINTER


def _first_model(kind: DeviceKind) -> Model:
    model = next((item for item in MODELS.values() if item.kind is kind), None)
    if model is None:
        raise ConfigurationError(f"no model of kind {kind} is known")
    return model


def _shown(config: DeviceConfig, probe: Probe) -> dict[str, object]:
    return {
        "device": config.address,
        "kind": str(config.kind),
        "model": config.model,
        "transport": config.transport,
        "health": str(probe.health),
        "code": probe.code,
        "words": {"ru": probe.words_ru, "en": probe.words_en},
        "hint": {"ru": probe.hint_ru, "en": probe.hint_en},
    }
