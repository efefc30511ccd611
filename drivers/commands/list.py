"""`list`: the models that drivers exist for and the devices that are plugged in, as one JSON object."""

import argparse
from collections.abc import Callable, Mapping

from drivers.api.errors import DriverError
from drivers.commands.common import Commands, say_json
from drivers.doctor import Finding, find_cameras, find_serial_ports, find_usb_printers
from drivers.registry import MODELS, Model
from drivers.transport.ports import list_usb_ports, stable_address

SEARCHES: tuple[Callable[[], list[Finding]], ...] = (
    find_serial_ports,
    find_usb_printers,
    find_cameras,
)


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    commands.add_parser("list", help="models and what is plugged in, as JSON").set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print `{"models": [...], "found": [...], "problems": [...]}`."""
    del options
    found: list[dict[str, object]] = []
    problems = []
    lasting = {port.device: stable_address(port) for port in list_usb_ports()}
    for search in SEARCHES:
        try:
            found += [_found(finding, lasting) for finding in search()]
        except (DriverError, OSError, ImportError) as error:
            problems.append({"search": search.__name__, "error": str(error)})
    models = [_model(model) for model in MODELS.values()]
    say_json({"models": models, "found": found, "problems": problems})
    return 0


def _model(model: Model) -> dict[str, object]:
    return {
        "id": model.id,
        "kind": str(model.kind),
        "title": model.title,
        "transports": list(model.transports),
        "options": {name: kind.__name__ for name, kind in model.options.items()},
        "default_port": model.default_port,
    }


def _found(finding: Finding, lasting: Mapping[str, str]) -> dict[str, object]:
    """One device; `lasting` is the address that stays in another socket, '' if there is none."""
    return {
        "kind": finding.kind,
        "name": finding.name,
        "address": finding.address,
        "lasting": lasting.get(finding.address, ""),
        "hint": {"ru": finding.probe.hint_ru, "en": finding.probe.hint_en},
    }
