"""`print-test`: a page that shows letters, columns, barcode, QR and cut; `--strip` finds the code page.

    print-test 192.168.1.50 --model TM-T88V
    print-test 04b8:0e15 --strip            prints numbered lines of Russian words
    print-test 04b8:0e15 --line 11          prints the page by the line that could be read

    print-test 04b8:0e15 --store-logo logo.png      keeps the logo in the printer's memory

With `--line` and `--store-logo` the settings for the device file are printed as JSON.
"""

import argparse
from collections.abc import Mapping
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.printer import (
    Barcode,
    Columns,
    Cut,
    PrintDocument,
    Qr,
    Rule,
    Text,
)
from drivers.api.printer_setup import CalibratedPrinter
from drivers.commands.common import (
    Commands,
    guess_transport,
    language,
    say,
    say_json,
    with_baud,
)
from drivers.registry import build_printer


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    printer = commands.add_parser("print-test", help="print a test page")
    printer.add_argument("address")
    printer.add_argument("--model", default="generic-80", metavar="PROFILE")
    printer.add_argument("--baud", type=int, default=9600)
    printer.add_argument("--strip", action="store_true", help="print the strip of code pages")
    printer.add_argument("--line", type=int, metavar="N", help="line of the strip that can be read")
    printer.add_argument("--store-logo", type=Path, metavar="PICTURE", help="keep a logo in it")
    printer.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the page or the strip and say whether the printer confirmed it."""
    printer = _printer(options, {})
    if options.line is not None:
        chosen = printer.calibration(options.line)
        say_json({"options": dict(chosen)})
        printer = _printer(options, chosen)
    try:
        printer.open()
        if options.store_logo is not None:
            say_json({"options": dict(printer.store_logo(options.store_logo))})
            return 0
        if options.strip:
            report = printer.print_code_page_strip()
        else:
            report = printer.print(_test_page(options.address))
    finally:
        printer.close()
    say(_outcome(options, confirmed=report.confirmed))
    return 0


def _outcome(options: argparse.Namespace, *, confirmed: bool) -> str:
    is_russian = language(options) == "ru"
    if options.strip:
        if is_russian:
            return "Найдите строку, где всё читается, и повторите с --line НОМЕР (0: ни одной)."
        return "Find the line that can be read and repeat with --line NUMBER (0: none)."
    if is_russian:
        return "Напечатано." if confirmed else "Отправлено, принтер не подтверждает печать."
    return "Printed." if confirmed else "Sent; this printer does not confirm printing."


def _printer(options: argparse.Namespace, chosen: Mapping[str, OptionValue]) -> CalibratedPrinter:
    transport, address = guess_transport(options.address)
    extra: dict[str, OptionValue] = {"profile": options.model, "name": options.address, **chosen}
    extra = with_baud(extra, transport, options)
    return build_printer(
        DeviceConfig("printer", DeviceKind.PRINTER, "printer.escpos", transport, address, extra)
    )


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
