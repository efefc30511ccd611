"""Document + template + columns -> laid-out lines: the one step before every drawing."""

import functools
from collections.abc import Iterator, Sequence

from drivers.api.printer import Barcode, Image, Logo, Qr
from drivers.api.receipt import ReceiptDocument
from drivers.printers.layout import Block, LaidLine, lay_out
from drivers.printers.profiles import PrinterProfile, get_profile
from drivers.printers.spelling import kept_signs
from drivers.receipts.compose import compose
from drivers.receipts.template import ReceiptTemplate

CELL_DOTS = 12
"""Width of a character in dots, as font A of every 203 dpi printer."""
LINE_DOTS = 30
"""From line to line: 24 dots of letter and 6 of air."""
COLUMNS_MIN, COLUMNS_MAX = 20, 96
USUAL_PROFILE = "generic-80"


def receipt_lines(
    document: ReceiptDocument,
    template: ReceiptTemplate,
    columns: int,
    profile: PrinterProfile | None = None,
) -> list[LaidLine | Block]:
    """Return the lines and blocks of a receipt, each line exactly as wide as the paper.

    Args:
        document: what the receipt says.
        template: what of it is shown, and how.
        columns: characters a line at normal width; 32 for paper of 58 mm, 42 or 48 for 80 mm.
        profile: the printer whose signs are shown; None: the usual one, which has no « » and few ₽.

    Raises:
        BadReceipt: the template's logo is no picture.
        ValueError: senseless columns.
    """
    if not COLUMNS_MIN <= columns <= COLUMNS_MAX:
        raise ValueError(f"{columns} columns, {COLUMNS_MIN} to {COLUMNS_MAX} are possible")
    composed = compose(document, template, dots=columns * CELL_DOTS)
    laid = lay_out(composed, columns, kept_signs(composed, profile or _usual()))
    return [item for each in laid if (item := _seen(each)) is not None]


def _seen(item: LaidLine | Block) -> LaidLine | Block | None:
    """A logo as its dots; one that only a printer's memory has cannot be seen."""
    return item.image if isinstance(item, Logo) else item


@functools.cache
def _usual() -> PrinterProfile:
    return get_profile(USUAL_PROFILE)


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
                found.append("[picture]")
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
