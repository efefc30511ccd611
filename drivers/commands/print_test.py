"""`print-test`: a page that shows letters, columns, barcode, QR and cut."""

import argparse

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.printer import Barcode, Columns, Cut, PrintDocument, Qr, ReceiptPrinter, Rule, Text
from drivers.commands.common import Commands, guess_transport, say, with_baud
from drivers.registry import build_printer


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    printer = commands.add_parser("print-test", help="print a test page")
    printer.add_argument("address")
    printer.add_argument("--model", default="generic-80", metavar="PROFILE")
    printer.add_argument("--baud", type=int, default=9600)
    printer.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the page and say whether the printer confirmed it."""
    printer = _printer(options)
    try:
        printer.open()
        report = printer.print(_test_page(options.address))
    finally:
        printer.close()
    if options.lang == "ru":
        say("Напечатано." if report.confirmed else "Отправлено, принтер не подтверждает печать.")
    else:
        say("Printed." if report.confirmed else "Sent; this printer does not confirm printing.")
    return 0


def _printer(options: argparse.Namespace) -> ReceiptPrinter:
    transport, address = guess_transport(options.address)
    extra: dict[str, OptionValue] = {"profile": options.model, "name": options.address}
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
