"""`doctor`: check configured devices, libraries and what is plugged in, with hints."""

import argparse
import json
from pathlib import Path

from drivers.api.device import DeviceConfig, Health
from drivers.api.errors import ConfigurationError
from drivers.commands.common import EXIT_FAILED, Commands, language, say
from drivers.doctor import examine


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    doctor = commands.add_parser("doctor", help="check everything, with hints")
    doctor.add_argument("--config", type=Path, help="JSON list of configured devices")
    doctor.add_argument("--json", action="store_true")
    doctor.add_argument(
        "--network", action="store_true", help="look through the local network as well"
    )
    doctor.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print a line for each finding; fails if a device does not work."""
    findings = examine(_load_configs(options.config), network=options.network)
    if options.json:
        say(json.dumps([item.to_json() for item in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            say(finding.line(language(options)))
    bad = any(item.probe.health is Health.OFFLINE for item in findings)
    return EXIT_FAILED if bad else 0


def _load_configs(path: Path | None) -> list[DeviceConfig]:
    if path is None:
        return []
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(data, list):
        raise ConfigurationError(f"{path}: a list of devices is expected")
    return [DeviceConfig.from_json(item) for item in data]
