"""Any bytes as a receipt document or template; what is readable is laid out.

`python -m tests.fuzz.fuzz_receipt_document -runs=100000`
"""

import json

from drivers.api.receipt import ReceiptDocument
from drivers.printers import hyphens, layout
from drivers.receipts import reading
from drivers.receipts.lines import receipt_lines
from drivers.receipts.template import load_template, template_from_text
from tests.fakes.receipts import FULL
from tests.fuzz.common import run

SEEDS = [
    json.dumps(reading.to_json(FULL), ensure_ascii=False).encode(),
    b'{"kind":"report","rows":[{"type":"text","text":"x"},{"type":"qr","data":"1"}]}',
    b'{"kind":"sale","lines":[{"name":"a","amount_minor":1,"quantity_milli":350,"price_minor":2}]}',
    b'{"blocks":["totals","rule"],"words":{"total":"x"},"sizes":{"total":"large"}}',
    b'{"kind":"sale","lines":[{}]}',
    b"[[[[",
]


def one(data: bytes) -> object:
    """Read bytes as a template, or as a document and lay it out on narrow paper."""
    if data[:10].find(b"blocks") >= 0:
        return template_from_text(data)
    document: ReceiptDocument = reading.document_from_text(data)
    assert reading.from_json(ReceiptDocument, reading.to_json(document)) == document
    lines = receipt_lines(document, load_template(), 32)
    assert all(
        len(line.text) * line.width_mult <= 32
        for line in lines
        if isinstance(line, layout.LaidLine)
    )
    return lines


if __name__ == "__main__":
    run(one, SEEDS, instrument=(reading.__name__, layout.__name__, hyphens.__name__))
