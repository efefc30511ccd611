"""`read`: codes out of pictures, or from a live scanner or camera, as lines of JSON.

Pictures give one line each, in their order, decoded by the same pair of readers as the camera::

    {"file": "a.png", "codes": [{"format": "qr", "text": "LC:1", "hex": "4c433a31"}], "ms": 3.1}
    {"file": "b.png", "error": "..."}

`ms` is the time of decoding alone. A picture that is missing or none does not end the command; the exit
code is 1 then. A live source gives a line for each scan until `--count` or `--seconds` is reached::

    {"device": "/dev/ttyACM0", "codes": [...], "kind": "product", "value": "4600682000013"}
"""

import argparse
import queue
import time
from collections.abc import Sequence
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError, DriverError
from drivers.api.scanner import Scan
from drivers.commands.common import (
    EXIT_FAILED,
    SCHEMES,
    Commands,
    guess_transport,
    language,
    note,
    say_json,
)
from drivers.registry import build_camera, build_scanner
from drivers.scanners.codes import classify

VIDEOS = (".avi", ".mkv", ".mov", ".mp4", ".webm")


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    read = commands.add_parser("read", help="read codes from pictures, a scanner or a camera")
    read.add_argument(
        "sources",
        nargs="+",
        metavar="IMAGE",
        help="pictures; or one serial port, camera number, video or folder of pictures",
    )
    read.add_argument("--count", type=int, default=1, help="scans to wait for")
    read.add_argument("--seconds", type=float, default=30.0, help="how long to wait for them")
    read.add_argument("--baud", type=int, default=9600)
    read.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read what the arguments name."""
    live = [source for source in options.sources if is_live(source)]
    if not live:
        return _read_pictures(options.sources)
    if len(options.sources) > 1:
        raise ConfigurationError(f"{live[0]} is read alone: name pictures or one live source")
    transport, address = guess_transport(live[0])
    if transport == "serial":
        return _read_serial(address, options)
    return _read_camera(live[0].removeprefix("camera:"), options)


def is_live(source: str) -> bool:
    """Whether a source is a scanner or camera (or what stands for one), not a single picture."""
    scheme, colon, _ = source.partition(":")
    if (colon and scheme in SCHEMES) or source.isdigit():
        return True
    if guess_transport(source)[0] == "serial":
        return True
    path = Path(source)
    return path.is_dir() or path.suffix.lower() in VIDEOS


def _read_pictures(sources: Sequence[str]) -> int:
    from drivers.scanners import vision  # noqa: PLC0415 - loads OpenCV
    from drivers.scanners.decoder import Decoder  # noqa: PLC0415 - as above
    from drivers.scanners.readers import FORMATS  # noqa: PLC0415 - as above

    decoder = Decoder(FORMATS, single=True)
    decoder.warm_up()
    failed = False
    for source in sources:
        try:
            picture = vision.load_picture(Path(source))
            if picture is None:
                raise ConfigurationError(f"{source} is no picture")
        except DriverError as error:
            say_json({"file": source, "error": error.detail})
            failed = True
            continue
        begun_s = time.perf_counter()
        found = decoder.decode(picture)
        took_s = time.perf_counter() - begun_s
        codes = [_code(code.symbology.value, code.text, code.data) for code in found]
        say_json({"file": source, "codes": codes, "ms": round(took_s * 1000, 2)})
    return EXIT_FAILED if failed else 0


def _code(name: str, text: str, data: bytes) -> dict[str, str]:
    return {"format": name, "text": text, "hex": data.hex()}


def _read_serial(address: str, options: argparse.Namespace) -> int:
    baud: dict[str, OptionValue] = {"baud": options.baud}
    config = DeviceConfig("scanner", DeviceKind.SCANNER, "scanner.serial", "serial", address, baud)
    scanner = build_scanner(config)
    end_s = time.monotonic() + options.seconds
    count = 0
    try:
        scanner.open()
        while count < options.count and (left_s := end_s - time.monotonic()) > 0:
            for scan in scanner.read(min(left_s, 0.2)):
                _show_scan(scan, address)
                count += 1
    finally:
        scanner.close()
    return _told(count, options)


def _read_camera(address: str, options: argparse.Namespace) -> int:
    camera = build_camera(
        DeviceConfig("camera", DeviceKind.CAMERA, "camera.opencv", "camera", address)
    )
    events: queue.Queue[Scan | Exception] = queue.Queue()
    camera.start(events.put, on_failure=events.put)
    end_s = time.monotonic() + options.seconds
    count = 0
    try:
        while count < options.count and (left_s := end_s - time.monotonic()) > 0:
            try:
                event = events.get(timeout=left_s)
            except queue.Empty:
                break
            if isinstance(event, Exception):
                raise event
            _show_scan(event, address)
            count += 1
    finally:
        camera.stop(1.0)
    return _told(count, options)


def _told(count: int, options: argparse.Namespace) -> int:
    if count:
        return 0
    note("Код не считан." if language(options) == "ru" else "No code was read.")
    return EXIT_FAILED


def _show_scan(scan: Scan, device: str) -> None:
    code = classify(scan.text)
    shown = _code(scan.symbology.value, scan.text, scan.text.encode())
    told: dict[str, object] = {"device": device, "codes": [shown], "kind": code.kind.value}
    told["value"] = code.value
    if code.reason:
        told["reason"] = code.reason
    say_json(told)
