"""Command line of the printer simulator: address out, commands in."""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from drivers.api.errors import ConfigurationError
from drivers.api.printer import Paper
from drivers.printers.profiles import load_profiles
from drivers.sim.printer import DEFAULT_PROFILE, PrinterSimulator, simulated_printer

HELP = """\
paper ok|near_end|out    the roll
paper out after N        run out after N printed lines
cover open|closed        the cover
cutter error|ok          the knife
head hot|ok              the print head
offline on|off           the off-line button
silent on|off            no answers to anything
swallow N                lose each N-th byte, 0 none
buffer full|ok           take no more bytes, or take them again
slow SECONDS             time a printed line takes
unplug after N           lose power after N more bytes
unplug, plug             lose power, come back
drawer close             push the drawer in
state                    what it is like now
quit                     stop
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until ``quit``, a signal or the end of the input, which is the end of whoever started it."""
    options = _parser().parse_args(arguments)
    try:
        simulator = simulated_printer(
            options.profile, port=options.port, pty=options.pty, out_dir=options.out
        )
    except (ConfigurationError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with simulator:
        sys.stdout.write(f"{simulator.address}\n")
        sys.stdout.flush()
        if not options.no_orders:
            threading.Thread(
                target=_obey_lines, args=(simulator, sys.stdin, stopped), daemon=True
            ).start()
        stopped.wait()
    return 0


def obey(simulator: PrinterSimulator, line: str) -> str:
    """Do one command of the console; gives the answer to print.

    Raises:
        ValueError: it is none.
    """
    words = line.split()
    match words:
        case ["paper", "out", "after", count]:
            simulator.end_paper_after(int(count))
        case ["paper", "ok" | "near_end" | "out" as paper]:
            simulator.set_paper(Paper(paper))
        case ["swallow", count]:
            simulator.set_swallow(int(count))
        case ["slow", seconds]:
            simulator.set_line_delay(float(seconds))
        case ["unplug", "after", count]:
            simulator.unplug_after(int(count))
        case ["state"]:
            return f"{simulator.state}, drawer pulses {simulator.drawer_count}"
        case ["help"]:
            return HELP.rstrip()
        case _:
            _switches(simulator)[" ".join(words)]()
    return "ok"


def _switches(simulator: PrinterSimulator) -> dict[str, Callable[[], None]]:
    return _Unknown(
        {
            "cover open": lambda: simulator.set_cover(is_open=True),
            "cover closed": lambda: simulator.set_cover(is_open=False),
            "cutter error": lambda: simulator.set_cutter_error(is_jammed=True),
            "cutter ok": lambda: simulator.set_cutter_error(is_jammed=False),
            "head hot": lambda: simulator.set_head_hot(is_hot=True),
            "head ok": lambda: simulator.set_head_hot(is_hot=False),
            "offline on": lambda: simulator.set_offline(is_offline=True),
            "offline off": lambda: simulator.set_offline(is_offline=False),
            "silent on": lambda: simulator.set_silent(is_silent=True),
            "silent off": lambda: simulator.set_silent(is_silent=False),
            "buffer full": lambda: simulator.set_buffer_full(is_full=True),
            "buffer ok": lambda: simulator.set_buffer_full(is_full=False),
            "unplug": simulator.unplug,
            "plug": simulator.plug_in,
            "drawer close": simulator.close_drawer,
        }
    )


class _Unknown(dict[str, Callable[[], None]]):
    def __missing__(self, key: str) -> Callable[[], None]:
        raise ValueError(f"unknown command {key!r}, try help")


def _obey_lines(simulator: PrinterSimulator, lines: TextIO, stopped: threading.Event) -> None:
    for line in lines:
        order = line.strip()
        if order == "quit":
            break
        if not order:
            continue
        try:
            answer = obey(simulator, order)
        except ValueError as error:
            answer = str(error)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    stopped.set()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drivers.sim.printer", description="Receipt printer simulator."
    )
    parser.add_argument(
        "--port", type=int, default=0, help="TCP port on 127.0.0.1; 0 takes a free one"
    )
    parser.add_argument("--pty", action="store_true", help="a pseudo-terminal instead of TCP")
    parser.add_argument("--out", type=Path, help="folder for PNG and text of each receipt")
    parser.add_argument(
        "--profile",
        default=DEFAULT_PROFILE,
        metavar="PROFILE",
        help=f"one of {', '.join(load_profiles())}",
    )
    parser.add_argument(
        "--no-orders", action="store_true", help="take no orders from the input; end by a signal"
    )
    return parser
