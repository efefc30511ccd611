"""The receipt of these checks, and a program that prints it; imports nothing but the drivers, for it runs on Windows too.

    python -m tests.wine.sample_receipt QUEUE whole|plain

It says in one line of JSON how printing ended: ``{"confirmed": false}``, or ``{"error": CLASS, "reason": CLASS}``.
"""

import json
import sys

from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.errors import DriverError
from drivers.api.printer import Columns, Cut, MaybePrinted, PrintDocument, Qr, Rule, Text
from drivers.registry import build_printer

PROFILE = "xprinter-xp80"
RECEIPT = PrintDocument(
    [
        Text("Кафе «Ромашка»", "center", 2, 2, bold=True),
        Rule("="),
        *(Columns(f"Капучино {number}", "250,00\u00a0₽") for number in range(5)),
        Columns("ИТОГО", "1\u202f250,00\u00a0₽", bold=True),
        Text("Ռեստորան"),
        Qr("https://ml.example/r/1"),
        Cut(),
    ]
)
"""Text, lines as pictures and a code: plain bytes and binary ones."""
PLAIN_RECEIPT = PrintDocument(
    [
        Text("Кафе «Ромашка»", "center", 2, 2, bold=True),
        Columns("Капучино", "250,00"),
        Qr("https://ml.example/r/1"),
        Cut(),
    ]
)
"""Only signs that the code page has: drawing the others takes numpy."""


def queue_config(queue: str) -> DeviceConfig:
    """What a till's settings say of a printer of Windows."""
    options = {"profile": PROFILE}
    return DeviceConfig("receipt", DeviceKind.PRINTER, "printer.escpos", "spooler", queue, options)


def _outcome(queue: str, which: str) -> dict[str, object]:
    document = {"whole": RECEIPT, "plain": PLAIN_RECEIPT}[which]
    try:
        return {"confirmed": build_printer(queue_config(queue)).print(document).confirmed}
    except MaybePrinted as error:
        return {"error": "MaybePrinted", "reason": type(error.reason).__name__}
    except DriverError as error:
        return {"error": type(error).__name__}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_outcome(*sys.argv[1:])) + "\n")
