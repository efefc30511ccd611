"""`python -m drivers`: use the devices without the till.

    python -m drivers list
    python -m drivers doctor [--config devices.json]
    python -m drivers print-test 192.168.1.50:9100 --model epson-tm-t20
    python -m drivers status /dev/ttyUSB0 --baud 19200
    python -m drivers read /dev/ttyACM0 | read 0 | read picture.png
    python -m drivers terminal status|last|pay|cancel|refund|close 192.168.1.60:20007 [...]

Errors are one sentence on the error output; the exit code is 0 for success, 1 for a failure of the
device, 2 for a wrong command line, 3 when the outcome of a payment is unknown.
"""

import argparse
import json
import queue
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, Health, OptionValue
from drivers.api.errors import ConfigurationError, DriverError, OutcomeUnknown
from drivers.api.printer import Barcode, Columns, Cut, PrintDocument, Qr, ReceiptPrinter, Rule, Text
from drivers.api.scanner import Scan, Source
from drivers.api.terminal import PaymentTerminal, Progress, TerminalResult
from drivers.doctor import Finding, examine, find_cameras, find_serial_ports, find_usb_printers
from drivers.registry import MODELS, build_camera, build_printer, build_scanner, build_terminal
from drivers.scanners.codes import classify

EXIT_FAILED, EXIT_USAGE, EXIT_UNKNOWN = 1, 2, 3
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except OutcomeUnknown as error:
        _complain(error, options.lang)
        return EXIT_UNKNOWN
    except DriverError as error:
        _complain(error, options.lang)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return 130


def guess_transport(address: str) -> tuple[str, str]:
    """Say how an address is reached: 'tcp:', 'serial:' or 'file:' in front decides, else its look."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme in ("tcp", "serial", "file", "camera"):
        return scheme, rest
    if address.upper().startswith("COM") and address[3:].isdigit():
        return "serial", address
    if address.startswith(("/dev/tty", "/dev/pts/", "/dev/cu.", "/dev/rfcomm")):
        return "serial", address
    if "/" in address or "\\" in address:
        return "file", address
    return "tcp", address


def _list(options: argparse.Namespace) -> int:
    del options
    print("models:")
    for model in MODELS.values():
        print(f"  {model.id:<16} {model.kind:<9} {', '.join(model.transports)}")
    print("found:")
    findings: list[Finding] = []
    for search in (find_serial_ports, find_usb_printers, find_cameras):
        try:
            findings += search()
        except (DriverError, OSError, ImportError) as error:
            print(f"  {search.__name__}: {error}", file=sys.stderr)
    for finding in findings:
        print(f"  {finding.kind:<12} {finding.address:<20} {finding.name}")
    return 0


def _doctor(options: argparse.Namespace) -> int:
    findings = examine(_load_configs(options.config))
    if options.json:
        print(json.dumps([item.to_json() for item in findings], ensure_ascii=False, indent=1))
    else:
        for finding in findings:
            print(finding.line(options.lang))
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


def _print_test(options: argparse.Namespace) -> int:
    printer = _printer(options)
    try:
        printer.open()
        report = printer.print(_test_page(options.address))
    finally:
        printer.close()
    if options.lang == "ru":
        print("Напечатано." if report.confirmed else "Отправлено, принтер не подтверждает печать.")
    else:
        print("Printed." if report.confirmed else "Sent; this printer does not confirm printing.")
    return 0


def _test_page(address: str) -> PrintDocument:
    return PrintDocument(
        [
            Text("Проверка печати", align="center", width_mult=2, height_mult=2, bold=True),
            Text(address, align="center"),
            Rule(),
            Text("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ абвгдеёжзийклмнопрстуфхцчшщъыьэюя"),
            Text("ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 №%$#@&*()"),
            Columns("Капучино 300 мл", "225,00"),
            Columns("Очень длинное название блюда, которое не помещается в строку", "1 234,50"),
            Rule(),
            Text("жирный", bold=True),
            Text(" белым по чёрному ", invert=True),
            Barcode("4600682000013", "EAN13"),
            Qr("https://example.org/test"),
            Cut(),
        ]
    )


def _status(options: argparse.Namespace) -> int:
    printer = _printer(options)
    try:
        printer.open()
        status = printer.status()
    finally:
        printer.close()
    print(status.words(options.lang))
    return 0 if status.is_ready else EXIT_FAILED


def _printer(options: argparse.Namespace) -> ReceiptPrinter:
    transport, address = guess_transport(options.address)
    extra: dict[str, OptionValue] = {"profile": options.model, "name": options.address}
    config = DeviceConfig(
        "printer",
        DeviceKind.PRINTER,
        "printer.escpos",
        transport,
        address,
        _with_baud(extra, transport, options),
    )
    return build_printer(config)


def _with_baud(
    extra: dict[str, OptionValue], transport: str, options: argparse.Namespace
) -> dict[str, OptionValue]:
    return {**extra, "baud": options.baud} if transport == "serial" else extra


def _read(options: argparse.Namespace) -> int:
    source = Path(options.source)
    if source.suffix.lower() in PICTURES:
        return _read_picture(source, options.lang)
    transport, address = guess_transport(options.source)
    if transport == "serial":
        return _read_serial(address, options)
    return _read_camera(options.source.removeprefix("camera:"), options)


def _read_picture(path: Path, lang: str) -> int:
    from drivers.scanners import vision  # noqa: PLC0415 - OpenCV is loaded only where it is needed

    picture = vision.load_picture(path)
    if picture is None:
        raise ConfigurationError(f"{path} is no picture")
    decoder = vision.Decoder(("qr", "ean", "code128", "datamatrix"), second_every=1)
    found = decoder.decode(picture)
    for text, symbology in found:
        _show_scan(Scan(text, Source.FILE, symbology))
    if not found:
        print(
            "Кода на картинке не найдено." if lang == "ru" else "No code in the picture.",
            file=sys.stderr,
        )
    return 0 if found else EXIT_FAILED


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
                _show_scan(scan)
                count += 1
    finally:
        scanner.close()
    return 0 if count else EXIT_FAILED


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
            _show_scan(event)
            count += 1
    finally:
        camera.stop(1.0)
    return 0 if count else EXIT_FAILED


def _show_scan(scan: Scan) -> None:
    code = classify(scan.text)
    shown = json.dumps(scan.text, ensure_ascii=False)
    tail = f"  {code.reason}" if code.reason else ""
    print(f"{shown}  {scan.symbology.value}  {code.kind.value}  {code.value}{tail}", flush=True)


def _terminal(options: argparse.Namespace) -> int:
    transport, address = guess_transport(options.address)
    extra = _with_baud({"language": options.lang}, transport, options)
    terminal = build_terminal(
        DeviceConfig("terminal", DeviceKind.TERMINAL, "terminal.zvt", transport, address, extra),
        state_folder=options.notes,
    )
    try:
        return _TERMINAL_ACTIONS[options.action](terminal, options)
    finally:
        terminal.close()


def _terminal_status(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    status = terminal.status()
    ready = ("готов", "не готов") if options.lang == "ru" else ("ready", "not ready")
    print(ready[0] if status.ready else f"{ready[1]}: {status.text}")
    return 0 if status.ready else EXIT_FAILED


def _terminal_last(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    last = terminal.last_operation()
    if last is None:
        print("операций нет" if options.lang == "ru" else "no operations")
        return 0
    return _show_result(last)


def _terminal_pay(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    return _show_result(
        terminal.pay(_amount(options), options.currency, _operation_id(options), _show_progress)
    )


def _terminal_refund(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    return _show_result(
        terminal.refund(
            _amount(options), options.currency, _operation_id(options), None, _show_progress
        )
    )


def _terminal_cancel(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    if not options.receipt:
        raise ConfigurationError("cancel needs --receipt with the number on the slip")
    return _show_result(
        terminal.cancel(options.receipt, _amount(options), _operation_id(options), _show_progress)
    )


def _terminal_close(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    del options
    batch = terminal.close_batch()
    print(f"total_minor={batch.total_minor} count={batch.count}")
    for line in batch.slip_lines:
        print(f"  {line}")
    return 0


_TERMINAL_ACTIONS: dict[str, Callable[[PaymentTerminal, argparse.Namespace], int]] = {
    "status": _terminal_status,
    "last": _terminal_last,
    "pay": _terminal_pay,
    "refund": _terminal_refund,
    "cancel": _terminal_cancel,
    "close": _terminal_close,
}


def _amount(options: argparse.Namespace) -> int:
    if options.amount_minor is None:
        raise ConfigurationError("the sum is missing: give it in kopecks, e.g. 12345 for 123,45")
    return int(options.amount_minor)


def _operation_id(options: argparse.Namespace) -> str:
    return f"cli-{options.action}-{time.monotonic_ns()}"


def _show_progress(step: Progress, text: str) -> None:
    print(f"... {step.value} {text}".rstrip(), file=sys.stderr)


def _show_result(result: TerminalResult) -> int:
    print(f"{result.outcome.value}: {result.text}")
    print(f"amount_minor={result.amount_minor} receipt={result.receipt_no} auth={result.auth_code}")
    for line in result.slip_lines:
        print(f"  {line}")
    return 0 if result.approved else EXIT_FAILED


def _complain(error: DriverError, lang: str) -> None:
    text = error.text("ru" if lang == "ru" else "en")
    print(f"{text} [{error.detail}]" if error.detail else text, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m drivers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lang", choices=("ru", "en"), default="ru")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    commands.add_parser("list", help="models and what is plugged in").set_defaults(run=_list)

    doctor = commands.add_parser("doctor", help="check everything, with hints")
    doctor.add_argument("--config", type=Path, help="JSON list of configured devices")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=_doctor)

    for name, run, words in (
        ("print-test", _print_test, "print a test page"),
        ("status", _status, "ask a printer how it is"),
    ):
        printer = commands.add_parser(name, help=words)
        printer.add_argument("address")
        printer.add_argument("--model", default="generic-80", metavar="PROFILE")
        printer.add_argument("--baud", type=int, default=9600)
        printer.set_defaults(run=run)

    read = commands.add_parser("read", help="read codes from a scanner, a camera or a picture")
    read.add_argument("source")
    read.add_argument("--count", type=int, default=1)
    read.add_argument("--seconds", type=float, default=30.0)
    read.add_argument("--baud", type=int, default=9600)
    read.set_defaults(run=_read)

    terminal = commands.add_parser("terminal", help="use a ZVT payment terminal")
    terminal.add_argument("action", choices=tuple(_TERMINAL_ACTIONS))
    terminal.add_argument("address")
    terminal.add_argument("amount_minor", type=int, nargs="?", help="sum in kopecks")
    terminal.add_argument("--currency", default="RUB")
    terminal.add_argument("--receipt", default="", help="number on the slip, for cancel")
    terminal.add_argument("--baud", type=int, default=9600)
    terminal.add_argument("--notes", type=Path, help="folder for notes about unfinished payments")
    terminal.set_defaults(run=_terminal)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
