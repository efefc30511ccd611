"""`simulate KIND --port N [--fault NAME]`: a device that exists only as bytes, misbehaving on demand.

It prints one line of JSON with its address, for example
``{"kind": "printer", "address": "127.0.0.1:9100", "fault": ""}``, and runs until SIGINT or SIGTERM.
Port 0 takes any free one; a device on a serial line gets a pseudo-terminal, whose path is the address.

A new simulator is a function here and a line in `KINDS`::

    def _scale(port: int, fault: str) -> Simulated:
        from drivers.sim.scale import FAULTS, ScaleSimulator

        simulator = ScaleSimulator(port)
        simulator.start()
        simulator.break_(fault)
        return Simulated(f"127.0.0.1:{simulator.port}", simulator.stop)

    "scale": Kind(_scale, ("silent", "wrong-checksum"), "Massa-K on TCP"),

The function starts the device and returns where it is and how it ends; `fault` is '' or one of the
names in the line, checked before. It imports its simulator itself: the others must not be loaded.
"""

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.commands import simulate_payments as payments
from drivers.commands.common import EXIT_FAILED, EXIT_USAGE, Commands, note, say_json

if TYPE_CHECKING:
    from drivers.sim.printer import PrinterSimulator
    from drivers.sim.scanner import ScannerSimulator

# ruff: noqa: PLC0415 - each simulator is loaded by its own starter alone, see the module's docstring

_REPEAT_S = 2.0
SAMPLE_CODES = ("4600682000013", "LC:7f3a", "010460043993125621JgXJ5T\x1d93Mdk5")


@dataclass(frozen=True, slots=True)
class Simulated:
    """A running simulator: where it is reached, and what ends it."""

    address: str
    stop: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One line of the table.

    Attributes:
        start: gets a port (0 any, ignored by serial devices) and a fault ('' none).
        faults: that `start` knows.
        title: one line for the help.
    """

    start: Callable[[int, str], Simulated]
    faults: tuple[str, ...]
    title: str


def _printer_faults() -> dict[str, tuple[str, ...]]:
    """Orders of the printer's console that make each fault."""
    return {
        "paper-out": ("paper out",),
        "paper-near-end": ("paper near_end",),
        "paper-out-midway": ("paper out after 10",),
        "cover-open": ("cover open",),
        "cutter": ("cutter error",),
        "head-hot": ("head hot",),
        "offline": ("offline on",),
        "silent": ("silent on",),
        "slow": ("slow 0.5",),
        "unplug-midway": ("unplug after 200",),
        "swallow-bytes": ("swallow 50",),
        "buffer-full": ("buffer full",),
    }


def _printer(port: int, fault: str) -> Simulated:
    from drivers.sim.printer import simulated_printer

    return _started_printer(simulated_printer(port=port), fault)


def _printer_star(port: int, fault: str) -> Simulated:
    from drivers.sim.printer import simulated_printer

    return _started_printer(simulated_printer("star-line-80", port=port), fault)


def _printer_serial(_port: int, fault: str) -> Simulated:
    from drivers.sim.printer import simulated_printer

    return _started_printer(simulated_printer(pty=True), fault)


def _started_printer(simulator: "PrinterSimulator", fault: str) -> Simulated:
    from drivers.sim.escpos_console import obey

    simulator.start()
    for order in _printer_faults().get(fault, ()):
        obey(simulator, order)
    return Simulated(simulator.address, simulator.stop)


def _terminal(port: int, fault: str) -> Simulated:
    from drivers.sim.terminal import TerminalSimulator, parse_behaviour

    simulator = TerminalSimulator(port, card_time_s=1.0)
    simulator.start()
    if fault:
        long = fault in ("stall", "slow-card")
        simulator.always(parse_behaviour([fault, "120"] if long else [fault]))
    return Simulated(f"127.0.0.1:{simulator.port}", simulator.stop)


def _terminal_serial(_port: int, fault: str) -> Simulated:
    from drivers.sim.terminal_serial import SerialTerminalLine

    line_faults = ("wrong-checksum", "refused-frames")
    terminal = _terminal(0, "" if fault in line_faults else fault)
    line = SerialTerminalLine(int(terminal.address.rpartition(":")[2]))
    if fault == "wrong-checksum":
        line.damage_next(sys.maxsize)
    elif fault == "refused-frames":
        line.ignore_next(sys.maxsize)
    line.start()

    def stop() -> None:
        line.stop()
        terminal.stop()

    return Simulated(line.path, stop)


def _paying(start: Callable[[int, str], payments.Started]) -> Callable[[int, str], Simulated]:
    return lambda port, fault: Simulated(*start(port, fault))


def _scanner(_port: int, fault: str) -> Simulated:
    from drivers.sim.scanner import Fault, ScannerSimulator

    simulator = ScannerSimulator(fault=Fault(fault) if fault else None)
    simulator.plug()
    stopping = threading.Event()
    guest = threading.Thread(target=_scan_lines, args=(simulator, stopping), daemon=True)
    guest.start()

    def stop() -> None:
        stopping.set()
        simulator.unplug()

    return Simulated(simulator.path, stop)


def _scan_lines(simulator: "ScannerSimulator", stopping: threading.Event) -> None:
    """Scan each line of the input; where the input is closed, the samples over and over."""
    count = 0
    # No input at all, or a cable that was pulled on purpose, ends the guest's scanning.
    with contextlib.suppress(OSError, ValueError):
        for line in sys.stdin or ():
            simulator.scan(line.rstrip("\n"))
            count += 1
    with contextlib.suppress(OSError):
        while not count and not stopping.wait(_REPEAT_S):
            simulator.scan(*SAMPLE_CODES)


def _fiscal(port: int, fault: str) -> Simulated:
    from drivers.sim.atol_web import WIRE_FAULTS, AtolWebSimulator

    simulator = AtolWebSimulator(port)
    if fault in WIRE_FAULTS:
        simulator.standing_fault = fault
    elif fault:
        simulator.misbehave(fault)
    simulator.start()
    return Simulated(simulator.url, simulator.stop)


def _camera(_port: int, fault: str) -> Simulated:
    from tempfile import TemporaryDirectory

    from drivers.sim.camera import write_faulty_video

    folder = TemporaryDirectory(prefix="simulated-camera-")
    path = write_faulty_video(Path(folder.name) / "camera.avi", SAMPLE_CODES[1], fault)
    return Simulated(str(path), folder.cleanup)


def _scale(model: str, *, serial: bool) -> Callable[[int, str], Simulated]:
    def start(port: int, fault: str) -> Simulated:
        from drivers.sim.escpos_links import PtyLink, TcpLink
        from drivers.sim.scale import ScaleFault, ScaleSimulator

        simulator = ScaleSimulator(model, PtyLink() if serial else TcpLink(port))
        simulator.always(ScaleFault(fault) if fault else None)
        simulator.load(350)
        simulator.start()
        return Simulated(simulator.address, simulator.stop)

    return start


def _display(command_set: str) -> Callable[[int, str], Simulated]:
    def start(_port: int, fault: str) -> Simulated:
        from drivers.sim.display import DisplayFault, DisplaySimulator

        simulator = DisplaySimulator(
            command_set, on_change=lambda lines: say_json({"lines": list(lines)})
        )
        simulator.fault = DisplayFault(fault) if fault else None
        simulator.start()
        return Simulated(simulator.address, simulator.stop)

    return start


def _drawer(_port: int, fault: str) -> Simulated:
    from drivers.sim.drawer import DrawerSimulator

    simulator = DrawerSimulator(ask=b"\x05")
    simulator.jammed, simulator.silent = fault == "jammed", fault == "silent"
    simulator.start()
    return Simulated(simulator.address, simulator.stop)


_PRINTER_FAULTS = tuple(_printer_faults())
_TERMINAL_FAULTS = (
    "decline",
    "cancel",
    "stall",
    "slow-card",
    "lose-after",
    "lose-before",
    "busy",
    "garbage",
    "mute",
)

_SCALE_FAULTS = (
    "silent",
    "wrong-checksum",
    "noise-before",
    "noise-only",
    "split",
    "slow",
    "drop-midway",
    "flood",
    "nak",
)

_DISPLAY_FAULTS = ("stuck", "dead", "wrong-code-page", "loses-bytes")

_FISCAL_FAULTS = (
    "link-before",
    "link-after",
    "fn-before",
    "fn-after",
    "paper-before",
    "paper-after",
    "answer-lost",
    "silence",
    "slow",
    "garbage",
    "no-http",
    "unauthorised",
    "server-error",
    "no-paper",
    "cover-open",
    "fn-expired",
    "fn-full",
    "unsent",
    "shift-expired",
    "unlinked",
)

_CLOUD_FAULTS = (
    "answer-lost",
    "answer-cut",
    "request-lost",
    "error-500-after",
    "error-500",
    "slow",
    "silent",
    "garbage",
    "wrong-shape",
    "no-till",
    "no-till-at-once",
    "driver-error",
    "out-of-order",
    "blocked",
    "stuck",
    "wrong-total",
    "token-expired",
    "report-500",
    "report-garbage",
    "callback-refused",
)

_MARKING_FAULTS = (
    "slow",
    "silent",
    "drop",
    "cut",
    "error-500",
    "busy-429",
    "emergency-203",
    "garbage",
    "wrong-shape",
    "other-code",
    "service-error",
    "wrong-key",
    "unknown-code",
    "not-applied",
    "bad-signature",
    "sold",
    "blocked",
    "not-realizable",
    "grey-zone",
    "expired",
    "wrong-owner",
    "dear",
)


def _atol_online(port: int, fault: str) -> Simulated:
    from drivers.sim.atol_online import AtolOnlineSimulator

    simulator = AtolOnlineSimulator(port)
    simulator.start()
    simulator.break_(fault)
    return Simulated(simulator.url_of("v5"), simulator.stop)


def _marking(port: int, fault: str) -> Simulated:
    from drivers.sim.marking import MarkingSimulator

    simulator = MarkingSimulator(port)
    simulator.start()
    simulator.break_(fault)
    return Simulated(simulator.url, simulator.stop)


# One line for each kind; names of serial ones end in "-serial" where there is a TCP one as well.
KINDS: Mapping[str, Kind] = {
    "printer": Kind(_printer, _PRINTER_FAULTS, "ESC/POS receipt printer on TCP"),
    "printer-star": Kind(_printer_star, _PRINTER_FAULTS, "Star line mode printer on TCP"),
    "printer-serial": Kind(_printer_serial, _PRINTER_FAULTS, "the same on a serial line"),
    "terminal": Kind(_terminal, _TERMINAL_FAULTS, "ZVT payment terminal on TCP"),
    "terminal-serial": Kind(
        _terminal_serial,
        (*_TERMINAL_FAULTS, "wrong-checksum", "refused-frames"),
        "the same on a serial line",
    ),
    "inpas": Kind(_paying(payments.start_inpas), payments.INPAS_FAULTS, "INPAS terminal on TCP"),
    "inpas-serial": Kind(
        _paying(payments.start_inpas_serial), payments.INPAS_FAULTS, "the same on a serial line"
    ),
    "sberbank": Kind(
        _paying(payments.start_sberbank), payments.SBERBANK_FAULTS, "Sberbank's program and files"
    ),
    "terminal-program": Kind(
        _paying(payments.start_external), payments.EXTERNAL_FAULTS, "external terminal program"
    ),
    "sbp": Kind(_paying(payments.start_sbp), payments.SBP_FAULTS, "Raiffeisenbank's API for SBP"),
    "scanner": Kind(
        _scanner,
        ("silent", "no-suffix", "slow", "cut", "gs-lost", "garbage", "double", "unplug"),
        "serial scanner; each line of the input is a code",
    ),
    "display-cd5220": Kind(
        _display("cd5220"), _DISPLAY_FAULTS, "customer display; tells its lines"
    ),
    "display-epson": Kind(_display("epson"), _DISPLAY_FAULTS, "the same with Epson's commands"),
    "display-dsp800": Kind(_display("dsp800"), _DISPLAY_FAULTS, "the same with those of DSP800"),
    "drawer": Kind(_drawer, ("jammed", "silent"), "cash drawer on a serial line, asked by 05"),
    "scale-massak100": Kind(_scale("massak100", serial=False), _SCALE_FAULTS, "Massa-K 100 on TCP"),
    "scale-massak100-serial": Kind(
        _scale("massak100", serial=True), _SCALE_FAULTS, "the same on a serial line"
    ),
    "scale-massak2": Kind(_scale("massak2", serial=True), _SCALE_FAULTS, "Massa-K, protocol 2"),
    "scale-pos2m": Kind(_scale("pos2m", serial=True), _SCALE_FAULTS, "Shtrih, Mertech: POS2-M"),
    "scale-cas": Kind(_scale("cas", serial=True), _SCALE_FAULTS, "CAS"),
    "fiscal": Kind(_fiscal, _FISCAL_FAULTS, "ATOL register behind its local Web server"),
    "atol-online": Kind(_atol_online, _CLOUD_FAULTS, "ATOL Online, /possystem/v4 and /v5"),
    "marking": Kind(_marking, _MARKING_FAULTS, "checks of marking codes: network, local module"),
    "camera": Kind(_camera, ("no-code", "dark", "blurred", "broken"), "video of a guest's QR code"),
}


# Other words for a kind, and the first of a family.
ALIASES: Mapping[str, str] = {
    "atol": "fiscal",
    "display": "display-cd5220",
    "escpos": "printer",
    "scale": "scale-massak100",
    "star": "printer-star",
    "zvt": "terminal",
    "zvt-serial": "terminal-serial",
}


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    kinds = "\n".join(
        f"  {name:<16} {kind.title}\n{'':<19}faults: {', '.join(kind.faults) or 'none'}"
        for name, kind in KINDS.items()
    )
    simulate = commands.add_parser(
        "simulate",
        help="play a device, with faults on demand",
        description=f"Devices:\n{kinds}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    simulate.add_argument("kind", metavar="KIND", help=", ".join(KINDS))
    simulate.add_argument("--port", type=int, default=0, metavar="N", help="0 takes any free one")
    simulate.add_argument("--fault", default="", metavar="NAME", help="misbehave like that")
    simulate.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Play the device until a signal ends it."""
    name = ALIASES.get(options.kind, options.kind)
    kind = KINDS.get(name)
    if kind is None:
        note(f"no simulator {options.kind!r}; there are: {', '.join(KINDS)}")
        return EXIT_USAGE
    if options.fault and options.fault not in kind.faults:
        known = ", ".join(kind.faults) or "none"
        note(f"no fault {options.fault!r} of {name}; there are: {known}")
        return EXIT_USAGE
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        simulated = kind.start(options.port, options.fault)
    except OSError as error:
        note(f"port {options.port}: {error}")
        return EXIT_FAILED
    try:
        say_json({"kind": name, "address": simulated.address, "fault": options.fault})
        stopped.wait()
    finally:
        simulated.stop()
    return 0
