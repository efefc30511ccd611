"""`discover [--network]`: what is there and how the till would be set up for it, as JSON."""

import argparse
import json

from drivers.commands.common import Commands, language, note, say
from drivers.discovery.search import discover


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    parser = commands.add_parser("discover", help="find devices and propose settings; JSON")
    parser.add_argument(
        "--network",
        action="store_true",
        help="also look through the local network (port 9100 and 5001 of each address near by)",
    )
    parser.add_argument("--seconds", type=float, metavar="S", help="time for all searches together")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print `{"found": [...], "problems": [...]}`; problems are told on the error output too."""
    result = discover(network=options.network, timeout_s=options.seconds)
    shown = {
        "found": [item.to_json() for item in result.found],
        "problems": [item.to_json() for item in result.problems],
    }
    say(json.dumps(shown, ensure_ascii=False, indent=1))
    for problem in result.problems:
        note(problem.words_ru if language(options) == "ru" else problem.words_en)
    return 0
