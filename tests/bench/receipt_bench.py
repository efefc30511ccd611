"""A receipt of 40 lines with a QR code: bytes, time to encode, time to draw its picture.

Run: python -m tests.bench.receipt_bench [--json FILE]

The receipt goes the till's road: queue JSON -> `app.till.paper.to_document` -> encoder -> bytes ->
picture. The reference is the same text written in the printer's code page without any layout.
"""

import sys
import timeit
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from app.till.paper import receipt_to_json, to_document
from drivers.api.receipt import (
    Line,
    Loyalty,
    Payment,
    PaymentKind,
    QrRow,
    ReceiptDocument,
    ReceiptKind,
    Seller,
    Tax,
    Totals,
)
from drivers.printers.escpos import EscposEncoder
from drivers.printers.layout import LaidLine
from drivers.printers.picture import draw_bytes
from drivers.printers.profiles import get_profile
from drivers.receipts.lines import receipt_lines, text_of
from drivers.receipts.page import receipt_html
from drivers.receipts.picture import preview_png
from drivers.receipts.sheet import receipt_pdf
from drivers.receipts.template import load_template
from tests.bench.report import Figure, finish
from tests.bench.sandbox import load_average

MODEL: Final = "epson-tm-t88"
LINES: Final = 40
AT: Final = datetime(2026, 11, 21, 14, 32, tzinfo=UTC)
QR: Final = "t=20261120T1432&s=12345.50&fn=9960440300000000&i=12345&fp=1234567890&n=1"
_NAMES: Final = ("Капучино 350 мл", "Сырник с вишней", "Борщ домашний со сметаной", "Морс ягодный")


def receipt() -> ReceiptDocument:
    """Return a receipt that is 40 lines long on the paper of the model, and the code of the tax service."""
    return ReceiptDocument(
        ReceiptKind.SALE,
        title="Чек № 1284",
        number="1284",
        made_at=AT,
        seller=Seller(
            "Кофейня на Ленина",
            legal_name="ООО «Кофейня»",
            taxpayer_id="7700000000",
            footer=("Спасибо, ждём вас снова!",),
        ),
        cashier="Анна",
        lines=tuple(
            Line(f"{_NAMES[n % 4]} x {1 + n % 3}", 25_000 + n * 1700, price_minor=25_000 + n * 1700)
            for n in range(19)
        ),
        totals=Totals(12_345_50, 12_845_50, discount_minor=500_00),
        taxes=(Tax(2200, 12_345_50, 2_226_24),),
        payments=(Payment(PaymentKind.CARD, 12_345_50, masked_pan="****1234", rrn="632412345678"),),
        loyalty=Loyalty("Мария", earned_minor=617_27, code="482913"),
        qr=QrRow(QR),
    )


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Return the best mean of seven series."""
    return min(timeit.repeat(work, number=runs, repeat=7)) / runs * 1e3


def main() -> int:
    """Measure and print."""
    profile = get_profile(MODEL)
    payload = receipt_to_json(receipt())
    encoder = EscposEncoder(profile)
    document = to_document(payload, is_copy=False)
    data = encoder.encode(document)
    laid = receipt_lines(receipt(), load_template(), profile.columns, profile)
    printed = sum(isinstance(item, LaidLine) for item in laid)
    assert printed == LINES, printed
    assert profile.native_qr
    text = "\n".join(text_of(laid))
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
        Figure("picture of the simulator", milliseconds(lambda: draw_bytes(data, profile), 5), "ms", 30),
        Figure("picture for the preview", milliseconds(_preview(profile.columns), 5), "ms", 30),
        Figure("page", milliseconds(lambda: receipt_html(receipt(), load_template()), 5), "ms"),
        Figure("PDF", milliseconds(lambda: receipt_pdf(receipt(), load_template(), 48), 1), "ms"),
    ]  # fmt: skip
    return finish("receipt", figures, sys.argv)


def _preview(columns: int) -> Callable[[], object]:
    return lambda: preview_png(receipt(), load_template(), columns)


def _to_document(payload: object) -> Callable[[], object]:
    return lambda: to_document(payload, is_copy=False)  # type: ignore[arg-type]  # queue JSON


if __name__ == "__main__":
    sys.exit(main())
