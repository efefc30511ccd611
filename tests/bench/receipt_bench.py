"""A receipt of 40 lines with a QR code: bytes, time to encode, time to draw its picture.

Run: python -m tests.bench.receipt_bench [--json FILE]

The receipt goes the till's road: queue JSON -> `app.till.paper.to_document` -> encoder -> bytes ->
picture. The reference is the same text written in the printer's code page without any layout.
"""

import sys
import timeit
from collections.abc import Callable
from typing import Final

from app.domain.receipt import Divider, Pair, Paragraph, QrCode, Receipt, ReceiptKind
from app.till.paper import receipt_to_json, to_document
from drivers.printers.escpos import EscposEncoder
from drivers.printers.picture import draw_bytes
from drivers.printers.profiles import get_profile
from tests.bench.report import Figure, finish
from tests.bench.sandbox import load_average

MODEL: Final = "epson-tm-t88"
LINES: Final = 40
QR: Final = "t=20261120T1432&s=12345.50&fn=9960440300000000&i=12345&fp=1234567890&n=1"
_NAMES: Final = ("Капучино 350 мл", "Сырник с вишней", "Борщ домашний со сметаной", "Морс ягодный")


def receipt() -> Receipt:
    """Return a receipt that is 40 lines long on the paper of the model, and a QR code."""
    head = (
        Paragraph("Кофейня на Ленина", "center", is_bold=True, is_large=True),
        Paragraph("ООО «Кофейня», ИНН 7700000000", "center"),
        Divider(),
        Pair("Чек № 1284", "21.11.2026 14:32"),
        Paragraph("Кассир Анна"),
        Divider(),
    )
    products = tuple(
        Pair(f"{_NAMES[n % 4]} x {1 + n % 3}", f"{250 + n * 17},00") for n in range(24)
    )
    foot = (
        Divider(),
        Pair("Сумма", "12 845,50"),
        Pair("Скидка", "-500,00"),
        Pair("ИТОГ", "12 345,50", is_bold=True, is_large=True),
        Pair("Картой", "12 345,50"),
        Paragraph("  **** 1234  RRN 123456789012"),
        Pair("в т. ч. НДС 22 %", "2 226,24"),
        Pair("Начислим", "617,27"),
        Paragraph("Код карты 482913"),
        Paragraph("Спасибо, ждём вас снова!", "center"),
    )
    return Receipt(ReceiptKind.SALE, "Чек № 1284", (*head, *products, *foot, QrCode(QR)))


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the best mean of seven series."""
    return min(timeit.repeat(work, number=runs, repeat=7)) / runs * 1e3


def main() -> int:
    """Measure and print."""
    profile = get_profile(MODEL)
    payload = receipt_to_json(receipt(), open_drawer=True)
    encoder = EscposEncoder(profile)
    document = to_document(payload, is_copy=False)
    data = encoder.encode(document)
    printed = len([block for block in payload["blocks"] if block[0] != "qr"])
    assert printed == LINES, printed
    assert profile.native_qr
    text = "\n".join(" ".join(map(str, block[1:3])) for block in payload["blocks"])
    figures = [
        Figure("load average", load_average(), "processes"),
        Figure("receipt of 40 lines with a QR, size", len(data), "bytes", 2_500),
        Figure("reference: the bare text", len(text.encode("cp866", "replace")), "bytes"),
        Figure("queue JSON to document", milliseconds(_to_document(payload), 100), "ms"),
        Figure("document to bytes", milliseconds(lambda: encoder.encode(document), 100), "ms", 2),
        Figure(
            "reference: the bare text to bytes",
            milliseconds(lambda: text.encode("cp866", "replace"), 100), "ms",
        ),
        Figure("picture for the preview", milliseconds(lambda: draw_bytes(data, profile), 5), "ms", 30),
    ]  # fmt: skip
    return finish("receipt", figures, sys.argv)


def _to_document(payload: object) -> Callable[[], object]:
    return lambda: to_document(payload, is_copy=False)  # type: ignore[arg-type]  # queue JSON


if __name__ == "__main__":
    sys.exit(main())
