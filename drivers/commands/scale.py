"""`scale ADDRESS`: read the weight, wait for one that may be sold by, set zero or tare, detect the model."""

import argparse
from dataclasses import replace

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.api.scale import Scale, Weight, weigh
from drivers.commands.common import EXIT_FAILED, Commands, guess_transport, say_json
from drivers.registry import MODELS, build_scale
from drivers.scales.detect import Attempt, detect

DETECT_S = 0.3
_MODELS = tuple(id_ for id_, model in MODELS.items() if model.kind is DeviceKind.SCALE)


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    scale = commands.add_parser("scale", help="weigh, set zero or tare; JSON")
    scale.add_argument("address", help="/dev/ttyUSB0, COM3 or 192.168.1.70:5001")
    scale.add_argument(
        "action",
        nargs="?",
        default="read",
        choices=("read", "weigh", "zero", "tare", "set-tare", "detect"),
    )
    scale.add_argument("--driver", default="scale.massak100", choices=_MODELS)
    scale.add_argument("--grams", type=int, help="of the vessel, for set-tare")
    scale.add_argument("--least", type=int, default=1, metavar="G", help="smallest, for weigh")
    scale.add_argument("--baud", type=int, help="line speed; the model's own without it")
    scale.add_argument("--parity", choices=("N", "E", "O"))
    scale.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do one action and print the weight after it as one line of JSON."""
    if options.action == "detect":
        return _detect(options)
    scale = build_scale(_config(options))
    try:
        scale.open()
        say_json(_to_json(_act(scale, options), options.driver))
    finally:
        scale.close()
    return 0


def _detect(options: argparse.Namespace) -> int:
    """Ask in every protocol and print the settings that fit."""
    transport, address = guess_transport(options.address)
    if transport != "serial":
        raise ConfigurationError("detect needs a serial port; on the network `discover` does it")

    def config_of(attempt: Attempt) -> DeviceConfig:
        line: dict[str, OptionValue] = {"baud": attempt.baud, "parity": attempt.parity}
        return DeviceConfig("scale", DeviceKind.SCALE, attempt.model, transport, address, line)

    def make(attempt: Attempt) -> Scale:
        config = config_of(attempt)
        return build_scale(replace(config, options={**config.options, "answer_s": DETECT_S}))

    found = detect(make)
    say_json({"config": config_of(found).to_json() if found else None})
    return 0 if found else EXIT_FAILED


def _act(scale: Scale, options: argparse.Namespace) -> Weight:
    if options.action == "weigh":
        return weigh(scale, least_g=options.least)
    if options.action == "zero":
        scale.zero()
    elif options.action == "tare":
        scale.tare()
    elif options.action == "set-tare":
        if options.grams is None:
            raise ConfigurationError("set-tare needs --grams with the weight of the vessel")
        scale.set_tare(options.grams)
    return scale.read()


def _to_json(weight: Weight, model: str) -> dict[str, object]:
    return {
        "model": model,
        "grams": weight.grams,
        "stable": weight.stable,
        "tare_g": weight.tare_g,
        "zero": weight.zero,
        "has_tare": weight.has_tare,
        "overload": weight.overload,
    }


def _config(options: argparse.Namespace) -> DeviceConfig:
    transport, address = guess_transport(options.address)
    line: dict[str, OptionValue] = {}
    if transport == "serial":
        chosen = {"baud": options.baud, "parity": options.parity}
        line = {name: value for name, value in chosen.items() if value is not None}
    return DeviceConfig("scale", DeviceKind.SCALE, options.driver, transport, address, line)
