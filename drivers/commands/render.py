"""`render FILE.bin`: what the printer simulator makes of any bytes, as a picture and as a list of events.

One line of JSON: ``{"file", "profile", "bytes", "png", "width", "height", "events", "text"}``. Events stand in
the order of the bytes: ``cut``, ``drawer``, ``qr``, ``barcode``, ``picture``, ``logo``, ``beep``,
``status_request``, ``unknown`` and ``incomplete``, each with its ``offset``.
"""

import argparse
import sys
from pathlib import Path

from drivers.api.errors import ConfigurationError
from drivers.commands.common import EXIT_FAILED, EXIT_USAGE, Commands, note, say_json

# ruff: noqa: PLC0415 - drawing loads numpy and Pillow: only when it is asked for


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    parser = commands.add_parser("render", help="printer bytes as a picture and a list of events")
    parser.add_argument("file", metavar="FILE.bin", help="'-' reads the standard input")
    parser.add_argument("--profile", default="generic-80", metavar="MODEL")
    parser.add_argument("--columns", type=int, metavar="N", help="instead of the model's")
    parser.add_argument("--png", type=Path, metavar="FILE.png")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw the bytes and tell what happened."""
    from drivers.printers.profiles import get_profile
    from drivers.sim.rendering import render

    try:
        profile = get_profile(options.profile)
        if options.columns is not None:
            profile = profile.adjusted(columns=options.columns)
        data = _read(options.file)
    except ConfigurationError as error:
        note(f"{error.detail}.")
        return EXIT_USAGE
    except OSError as error:
        note(f"{options.file}: {error.strerror}.")
        return EXIT_USAGE
    rendering = render(data, profile)
    told: dict[str, object] = {"file": options.file, "profile": profile.id, "bytes": len(data)}
    if options.png:
        from drivers.printers.picture import draw_items

        picture = draw_items(rendering.items, profile)
        try:
            picture.save(options.png, "PNG")
        except OSError as error:
            note(f"{options.png}: {error.strerror}.")
            return EXIT_FAILED
        told |= {"png": str(options.png), "width": picture.width, "height": picture.height}
    say_json({**told, "events": list(rendering.events), "text": list(rendering.text)})
    return 0


def _read(source: str) -> bytes:
    return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
