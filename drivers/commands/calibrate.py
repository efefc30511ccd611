"""`calibrate`: scan the two codes of a printed sheet; tells a serial scanner's settings as JSON.

    python -m drivers calibrate --sheet sheet.png
    python -m drivers calibrate /dev/ttyACM0

A typing scanner is calibrated on the till's Devices screen, which sees its keys.
"""

import argparse
import time
from pathlib import Path

from drivers.api.errors import ConfigurationError, Language
from drivers.commands.common import (
    EXIT_FAILED,
    Commands,
    guess_transport,
    language,
    note,
    say_json,
)
from drivers.scanners.calibration import BAUDS, Calibration, Learnt
from drivers.transport.serial import SerialTransport

_WAIT_S = 0.1


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    calibrate = commands.add_parser("calibrate", help="learn a serial scanner's settings")
    calibrate.add_argument("address", nargs="?", default="", help="serial port")
    calibrate.add_argument("--sheet", type=Path, metavar="PNG", help="write the sheet to print")
    calibrate.add_argument("--baud", type=int, default=BAUDS[0])
    calibrate.add_argument("--seconds", type=float, default=120.0, help="how long to wait")
    calibrate.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the sheet, calibrate, or both."""
    if not options.sheet and not options.address:
        raise ConfigurationError("name a serial port, or --sheet FILE.png")
    if options.sheet:
        _write_sheet(options.sheet)
    if not options.address:
        return 0
    learnt = _calibrate(options)
    if learnt is None:
        note("Сканер не настроен." if language(options) == "ru" else "The scanner is not set up.")
        return EXIT_FAILED
    advice = {"ru": learnt.advice("ru"), "en": learnt.advice("en")}
    say_json({"options": learnt.serial_options(), "sends_aim": learnt.sends_aim, "advice": advice})
    return 0


def _write_sheet(path: Path) -> None:
    from drivers.scanners.sheet import draw_sheet, encode_png  # noqa: PLC0415 - loads OpenCV

    try:
        path.write_bytes(encode_png(draw_sheet()))
    except OSError as error:
        raise ConfigurationError(f"{path}: {error}") from error


def _calibrate(options: argparse.Namespace) -> Learnt | None:
    transport, address = guess_transport(options.address)
    if transport not in ("serial", "file"):
        raise ConfigurationError(f"{options.address} is no serial port")
    calibration = Calibration(options.baud)
    end_s = time.monotonic() + options.seconds
    tell = _Teller(language(options))
    while calibration.learnt is None and time.monotonic() < end_s:
        line = SerialTransport(address, calibration.baud)
        try:
            line.open()
            _listen(line, calibration, end_s, tell)
        finally:
            line.close()
    return calibration.learnt


def _listen(line: SerialTransport, calibration: Calibration, end_s: float, tell: "_Teller") -> None:
    """Feed what comes until all is learnt, the time is over or another speed is to be tried."""
    baud = calibration.baud
    now_s = time.monotonic()
    while calibration.baud == baud and calibration.learnt is None and now_s < end_s:
        tell(calibration)
        received = line.read(timeout_s=_WAIT_S)
        now_s = time.monotonic()
        if received:
            calibration.feed_bytes(received, now_s)
        calibration.tick(now_s)


class _Teller:
    """Says what to do next whenever that changes."""

    def __init__(self, lang: Language) -> None:
        self._lang = lang
        self._told = ""

    def __call__(self, calibration: Calibration) -> None:
        words = calibration.words(self._lang)
        if words != self._told:
            note(words)
        self._told = words
