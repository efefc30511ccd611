"""Document + template + columns -> laid-out lines: the one step before every drawing."""

from collections.abc import Iterator, Sequence

from drivers.api.printer import Barcode, Image, Qr
from drivers.api.receipt import ReceiptDocument
from drivers.printers.layout import Block, LaidLine, lay_out
from drivers.receipts.compose import compose
from drivers.receipts.template import ReceiptTemplate

CELL_DOTS = 12
"""Width of a character in dots, as font A of every 203 dpi printer."""
LINE_DOTS = 30
"""From line to line: 24 dots of letter and 6 of air."""
COLUMNS_MIN, COLUMNS_MAX = 20, 96


def receipt_lines(
    document: ReceiptDocument, template: ReceiptTemplate, columns: int
) -> list[LaidLine | Block]:
    """Return the lines and blocks of a receipt, each line exactly as wide as the paper.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        columns: characters a line at normal width; 32 for paper of 58 mm, 42 or 48 for 80 mm.

    Raises:
        BadReceipt: the template's logo is no picture.
        ValueError: senseless columns.
    """
    if not COLUMNS_MIN <= columns <= COLUMNS_MAX:
        raise ValueError(f"{columns} columns, {COLUMNS_MIN} to {COLUMNS_MAX} are possible")
    return lay_out(compose(document, template, dots=columns * CELL_DOTS), columns)


def text_of(items: Sequence[LaidLine | Block]) -> list[str]:
    """Return laid-out lines as text; codes and pictures in square brackets."""
    found = []
    for item in items:
        match item:
            case LaidLine():
                found.append(item.text.rstrip())
            case Qr() | Barcode():
                found.append(f"[{type(item).__name__.lower()} {item.data}]")
            case Image():
                found.append(f"[picture {item.width}x{item.height}]")
            case _:
                pass
    return found


def dark_runs(row: bytes) -> Iterator[tuple[int, int]]:
    """Yield begin and end of each run of dark modules in a row of a code."""
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end
        start = row.find(1, end)
